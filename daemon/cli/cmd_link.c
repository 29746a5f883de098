/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/cli/cli.h"
#include "daemon/cli/show.h"
#include "daemon/web/link_token.h"

/* The daemon makes the key at its first start, as the user that it runs as; one that is made here
 * would perhaps be nobody's. */
static bool has_key(const struct cli *cli)
{
    struct text path = {0};
    bool there;

    text_addf(&path, "%s/link.key", cli->config.state_dir);
    there = access(text_get(&path), R_OK) == 0;
    if (!there)
        cli_say("%s: %s; kentongand makes it at its first start, and its user can read it",
                text_get(&path), strerror(errno));
    text_free(&path);
    return there;
}

/* False: it was said why not. */
static bool load_key(const struct cli *cli, char key[LINK_KEY_BYTES])
{
    struct text complaints = {0};
    struct secrets *secrets = secrets_load(cli->config.secrets_file, &complaints);
    const char *secret = secrets == NULL ? NULL : secrets_get(secrets, "link_key");
    bool good = secrets != NULL && (secret != NULL || has_key(cli));
    struct err err;

    if (secrets == NULL)
        cli_say_lines(text_get(&complaints));
    text_free(&complaints);
    if (good && !link_key_load(secret, cli->config.state_dir, key, &err)) {
        cli_say("%s", err.text);
        good = false;
    }
    secrets_free(secrets);
    return good;
}

static void print_link(struct cli *cli, const struct js *made, const char *path,
                       struct wall expires)
{
    char at[WALL_TEXT_MAX], when[SHOW_TIME_MAX];
    struct text url = {0};
    struct js *shown;

    text_addf(&url, "%s%s", cli->config.web_base_url, path);
    wall_format(expires, at);
    if (cli->json) {
        shown = js_copy(made);
        js_set_text(shown, "url", text_get(&url));
        js_set_text(shown, "expires", at);
        js_print(shown, 0, &cli->out);
        text_add(&cli->out, "\n");
        js_free(shown);
    } else {
        text_addf(&cli->out, "%s\n", text_get(&url));
        text_addf(
            &cli->out, "For %s to work on %s until %s. Whoever has it can act in that name.\n",
            js_text(made, "party", ""), js_text(made, "number", ""), show_time(expires, when));
    }
    text_free(&url);
}

/* The database says for whom and writes down who asked; the link itself is made here, of the key
 * that the daemon has, and nobody keeps it. */
enum cli_exit cmd_ticket_link(struct cli *cli)
{
    char key[LINK_KEY_BYTES], path[LINK_PATH_MAX];
    struct wall now = wall_now();
    struct link_words words = {0};
    struct pg_args args = {0};
    struct js *made;
    enum cli_exit code;

    if (!load_key(cli, key))
        return CLI_REFUSED;
    pg_arg_text(&args, cli->words[0]); /* $1 */
    pg_arg_text(&args, cli->party);    /* $2 */
    pg_arg_text(&args, cli->actor);    /* $3 */
    pg_arg_text(&args, cli->as);       /* $4 */
    pg_arg_wall(&args, now);           /* $5 */
    code = cli_ask(cli, STMT_TICKET_LINK, &args, NULL, &made);
    words.ticket = js_i64(made, "ticket", 0);
    words.generation = (uint32_t)js_i64(made, "generation", 0);
    if (code == CLI_DONE &&
        text_copy(words.party, sizeof words.party, js_text(made, "party", "")) &&
        link_path_make(key, sizeof key, &words, now, path))
        print_link(cli, made, path, wall_add_ms(now, LINK_LIFE_MS));
    explicit_bzero(key, sizeof key);
    explicit_bzero(path, sizeof path);
    js_free(made);
    return code;
}
