/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <string.h>

#include "daemon/base/clock.h"
#include "daemon/cli/cli.h"
#include "daemon/cli/show.h"
#include "daemon/cli/table.h"
#include "daemon/web/api_token.h"

#define DAYS_DEFAULT 365
#define DAYS_MOST    3650
#define DAY_MS       (INT64_C(24) * 3600 * 1000)

static void print_added(const struct js *added, const char *token, struct cli *cli)
{
    char expires[SHOW_TIME_MAX];
    struct js *shown;

    if (cli->json) {
        shown = js_copy(added);
        js_set_text(shown, "token", token);
        js_print(shown, 0, &cli->out);
        text_add(&cli->out, "\n");
        js_free(shown);
        return;
    }
    text_addf(&cli->out, "%s\n", token);
    text_addf(&cli->out, "Token %" PRId64 ", %s%s%s, good until %s. It is not shown again.\n",
              js_i64(added, "id", 0), js_text(added, "role", ""),
              js_text(added, "party", NULL) == NULL ? "" : " of ", js_text(added, "party", ""),
              show_member_time(added, "expires", expires));
}

enum cli_exit cmd_token_add(struct cli *cli)
{
    char token[API_TOKEN_MAX];
    char hash[API_TOKEN_HASH_MAX];
    struct wall now = wall_now();
    struct pg_args args = {0};
    int64_t days = DAYS_DEFAULT;
    struct js *added;
    enum cli_exit code;

    if (cli->days != NULL && !text_i64(cli->days, 1, DAYS_MOST, &days)) {
        cli_say("--days takes a number from 1 to %d, not %s", DAYS_MOST, cli->days);
        return CLI_USAGE;
    }
    api_token_make(token);
    if (!api_token_hash(token, hash))
        return CLI_REFUSED;                                   /* cannot be: it was just made */
    pg_arg_text(&args, cli->words[0]);                        /* $1 */
    pg_arg_text(&args, cli->party);                           /* $2 */
    pg_arg_text(&args, cli->label == NULL ? "" : cli->label); /* $3 */
    pg_arg_text(&args, hash);                                 /* $4 */
    pg_arg_wall(&args, wall_add_ms(now, days * DAY_MS));      /* $5 */
    pg_arg_text(&args, cli->actor);                           /* $6 */
    pg_arg_wall(&args, now);                                  /* $7 */
    code = cli_ask(cli, STMT_TOKEN_ADD, &args, NULL, &added);
    if (code == CLI_DONE)
        print_added(added, token, cli);
    explicit_bzero(token, sizeof token);
    js_free(added);
    return code;
}

static void print_tokens(const struct js *tokens, struct text *out)
{
    static const struct table_column columns[] = {
        {"ID", 0, true},       {"ROLE", 0, false},     {"PARTY", 20, false}, {"STATE", 0, false},
        {"EXPIRES", 0, false}, {"MADE BY", 16, false}, {"LABEL", 30, false}};
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    char at[SHOW_TIME_MAX];

    for (size_t i = 0; i < js_count(tokens); i++) {
        const struct js *token = js_at(tokens, i);

        table_addf(table, "%" PRId64, js_i64(token, "id", 0));
        table_add(table, js_text(token, "role", ""));
        table_add(table, js_text(token, "party", ""));
        table_add(table, js_text(token, "state", ""));
        table_add(table, show_member_time(token, "expires", at));
        table_add(table, js_text(token, "created_by", ""));
        table_add(table, js_text(token, "label", ""));
    }
    table_print(table, 0, out);
    table_free(table);
}

enum cli_exit cmd_token_list(struct cli *cli)
{
    struct pg_args args = {0};
    struct js *tokens;
    enum cli_exit code;

    pg_arg_wall(&args, wall_now()); /* $1 */
    code = cli_ask(cli, STMT_TOKEN_LIST, &args, cli->json ? &cli->out : NULL, &tokens);
    if (code == CLI_DONE && cli->json)
        text_add(&cli->out, "\n");
    else if (code == CLI_DONE && js_count(tokens) == 0)
        text_add(&cli->out, "No tokens. `kentongan token add ROLE` makes one.\n");
    else if (code == CLI_DONE)
        print_tokens(tokens, &cli->out);
    js_free(tokens);
    return code;
}

enum cli_exit cmd_token_revoke(struct cli *cli)
{
    struct pg_args args = {0};
    struct js *revoked;
    int64_t id;
    enum cli_exit code;

    if (!text_i64(cli->words[0], 1, INT64_MAX, &id)) {
        cli_say("%s is no token's number; `kentongan token list` shows them", cli->words[0]);
        return CLI_USAGE;
    }
    pg_arg_i64(&args, id);          /* $1 */
    pg_arg_text(&args, cli->actor); /* $2 */
    pg_arg_wall(&args, wall_now()); /* $3 */
    code = cli_ask(cli, STMT_TOKEN_REVOKE, &args, cli->json ? &cli->out : NULL, &revoked);
    if (code == CLI_DONE && cli->json)
        text_add(&cli->out, "\n");
    else if (code == CLI_DONE)
        text_addf(&cli->out, "Token %" PRId64 " is revoked; a daemon forgets it within a minute.\n",
                  id);
    js_free(revoked);
    return code;
}
