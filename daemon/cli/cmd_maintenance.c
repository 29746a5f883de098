/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <string.h>

#include "daemon/cli/cli.h"
#include "daemon/cli/show.h"
#include "daemon/cli/table.h"

/* "mon,thu 22:00-23:30" of what comes every week; "" else. */
static const char *add_weeks(const struct js *window, struct text *out)
{
    const struct js *days = js_get(window, "every");

    for (size_t i = 0; i < js_count(days); i++)
        text_addf(out, "%s%s", i == 0 ? "" : ",", js_as_text(js_at(days, i)));
    if (js_count(days) > 0)
        text_addf(out, " %s-%s", js_text(window, "from", ""), js_text(window, "to", ""));
    return text_get(out);
}

static void add_site(const struct js *window, struct text *out)
{
    int64_t behind = js_i64(window, "sites", 1) - 1;

    text_addf(out, "%s %s", js_text(window, "site", ""), js_text(window, "name", ""));
    if (!js_as_bool(js_get(window, "behind"), true))
        text_add(out, " alone");
    else if (behind > 0)
        text_addf(out, " and %" PRId64 " behind it", behind);
}

/* What was announced, read back, so that a slip of the fingers is seen. */
static void print_added(const struct js *window, struct text *out)
{
    const struct js *next = js_get(window, "next");
    struct text site = {0}, weeks = {0};
    char since[SHOW_TIME_MAX], until[SHOW_TIME_MAX];

    add_site(window, &site);
    text_addf(out, "Maintenance %" PRId64 ": ", js_i64(window, "id", 0));
    show_safe(text_get(&site), out);
    if (*add_weeks(window, &weeks) != '\0')
        text_addf(out, ", %s, next", text_get(&weeks));
    else
        text_add(out, ",");
    text_addf(out, " %s to %s.\n", show_member_time(next, "since", since),
              show_member_time(next, "until", until));
    text_free(&site);
    text_free(&weeks);
}

static void set_said(const struct cli *cli, struct text *out)
{
    struct js *said = js_object();

    js_set_text(said, "from", cli->from);
    js_set_text(said, "to", cli->to);
    js_set_text(said, "every", cli->every);
    js_set_text(said, "since", cli->since);
    js_set_text(said, "until", cli->until);
    js_set_text(said, "reason", cli->reason);
    if ((cli->given & CLI_ONLY_SITE) != 0)
        js_set_text(said, "only_site", "true");
    js_print(said, 0, out);
    js_free(said);
}

enum cli_exit cmd_maintenance_add(struct cli *cli)
{
    struct pg_args args = {0};
    struct text said = {0};
    struct js *window;
    enum cli_exit code;

    set_said(cli, &said);
    pg_arg_text(&args, cli->words[0]);               /* $1 */
    pg_arg_text(&args, text_get(&said));             /* $2 */
    pg_arg_text(&args, cli->config.locale_timezone); /* $3 */
    pg_arg_text(&args, cli->actor);                  /* $4 */
    pg_arg_text(&args, cli->as);                     /* $5 */
    pg_arg_wall(&args, wall_now());                  /* $6 */
    code = cli_ask(cli, STMT_MAINTENANCE_ADD, &args, cli->json ? &cli->out : NULL, &window);
    if (code == CLI_DONE && cli->json)
        text_add(&cli->out, "\n");
    else if (code == CLI_DONE)
        print_added(window, &cli->out);
    js_free(window);
    text_free(&said);
    return code;
}

/* When it is open: the time that is on or next, or of what is over the time that it was for. */
static void add_times(const struct js *window, struct table *table)
{
    const struct js *next = js_get(window, "next");
    const struct js *of = js_is_null(next) ? window : next;
    const bool once = js_count(js_get(window, "every")) == 0;
    const char *ended = js_text(window, "ended", NULL);
    char at[SHOW_TIME_MAX];

    if (js_is_null(next) && !once) { /* days, not instants */
        table_add(table, js_text(window, "since", ""));
        table_add(table, ended == NULL ? js_text(window, "until", "")
                                       : show_member_time(window, "ended", at));
        return;
    }
    table_add(table, show_member_time(of, "since", at));
    table_add(table, show_member_time(of, ended == NULL ? "until" : "ended", at));
}

static void print_windows(const struct js *windows, struct text *out)
{
    static const struct table_column columns[] = {
        {"ID", 0, true},     {"STATE", 0, false}, {"SITE", 44, false}, {"FROM", 0, false},
        {"UNTIL", 0, false}, {"EVERY", 0, false}, {"BY", 16, false},   {"REASON", 60, false}};
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);

    for (size_t i = 0; i < js_count(windows); i++) {
        const struct js *window = js_at(windows, i);
        struct text site = {0}, weeks = {0};

        add_site(window, &site);
        table_addf(table, "%" PRId64, js_i64(window, "id", 0));
        table_add(table, js_text(window, "state", ""));
        table_add(table, text_get(&site));
        add_times(window, table);
        table_add(table, add_weeks(window, &weeks));
        table_add(table, js_text(window, "by", ""));
        table_add(table, js_text(window, "reason", ""));
        text_free(&site);
        text_free(&weeks);
    }
    table_print(table, 0, out);
    table_free(table);
}

enum cli_exit cmd_maintenance_list(struct cli *cli)
{
    bool all = (cli->given & CLI_ALL) != 0;
    struct pg_args args = {0};
    struct js *windows;
    enum cli_exit code;

    pg_arg_bool(&args, all);        /* $1 */
    pg_arg_text(&args, cli->site);  /* $2 */
    pg_arg_wall(&args, wall_now()); /* $3 */
    code = cli_ask(cli, STMT_MAINTENANCE_LIST, &args, cli->json ? &cli->out : NULL, &windows);
    if (code == CLI_DONE && cli->json)
        text_add(&cli->out, "\n");
    else if (code == CLI_DONE && js_count(windows) == 0)
        text_addf(&cli->out, "No maintenance%s.\n", all ? "" : " is on or to come");
    else if (code == CLI_DONE)
        print_windows(windows, &cli->out);
    js_free(windows);
    return code;
}

enum cli_exit cmd_maintenance_end(struct cli *cli)
{
    struct pg_args args = {0};
    struct js *window;
    int64_t id;
    enum cli_exit code;

    if (!text_i64(cli->words[0], 1, INT64_MAX, &id)) {
        cli_say("%s is no maintenance's number; `kentongan maintenance list` shows them",
                cli->words[0]);
        return CLI_USAGE;
    }
    pg_arg_i64(&args, id);           /* $1 */
    pg_arg_text(&args, cli->reason); /* $2 */
    pg_arg_text(&args, cli->actor);  /* $3 */
    pg_arg_text(&args, cli->as);     /* $4 */
    pg_arg_wall(&args, wall_now());  /* $5 */
    code = cli_ask(cli, STMT_MAINTENANCE_END, &args, cli->json ? &cli->out : NULL, &window);
    if (code == CLI_DONE && cli->json)
        text_add(&cli->out, "\n");
    else if (code == CLI_DONE)
        text_addf(&cli->out,
                  "Maintenance %" PRId64 " is over. What is silent still gets its ticket.\n", id);
    js_free(window);
    return code;
}
