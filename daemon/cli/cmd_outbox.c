/* SPDX-License-Identifier: ISC */
#include "daemon/cli/cli.h"
#include "daemon/cli/show.h"
#include "daemon/cli/table.h"

/* Why it is still here, in the words of the last attempt. */
static void add_why(struct table *table, const struct js *message)
{
    const char *reason = js_text(message, "reason", "");
    long long status = (long long)js_i64(message, "last_status", 0);

    if (*reason != '\0') /* with a disabled endpoint too: it says what disabled it */
        table_add(table, reason);
    else if (js_bool(message, "endpoint_disabled", false))
        table_add(table, "the endpoint is disabled");
    else if (status > 0)
        table_addf(table, "HTTP %lld", status);
    else
        table_add(table, js_i64(message, "attempts", 0) == 0 ? "not tried yet" : "no answer");
}

static void print_outbox(const struct js *messages, bool dead, struct text *out)
{
    const struct table_column columns[] = {
        {"ID", 0, true},   {"TYPE", 0, false}, {"TICKET", 0, false},
        {"TO", 16, false}, {"TRIES", 0, true}, {dead ? "GIVEN UP" : "NEXT TRY", 0, false},
        {"WHY", 60, false}};
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    char at[SHOW_TIME_MAX];

    for (size_t i = 0; i < js_count(messages); i++) {
        const struct js *message = js_at(messages, i);

        table_addf(table, "%lld", (long long)js_i64(message, "id", 0));
        table_add(table, js_text(message, "type", ""));
        table_add(table, js_text(message, "ticket", ""));
        table_add(table, js_text(message, "endpoint", ""));
        table_addf(table, "%lld", (long long)js_i64(message, "attempts", 0));
        table_add(table, show_member_time(message, dead ? "settled" : "next", at));
        add_why(table, message);
    }
    table_print(table, 0, out);
    table_free(table);
}

enum cli_exit cmd_outbox(struct cli *cli)
{
    bool dead = (cli->given & CLI_DEAD) != 0;
    struct pg_args args = {0};
    struct js *messages;
    enum cli_exit code;

    pg_arg_bool(&args, dead); /* $1 */
    code = cli_ask(cli, STMT_CLI_OUTBOX, &args, cli->json ? &cli->out : NULL, &messages);
    if (code == CLI_DONE && cli->json)
        text_add(&cli->out, "\n");
    else if (code == CLI_DONE && js_count(messages) == 0)
        text_add(&cli->out, dead ? "Nothing was given up.\n" : "Nothing waits.\n");
    else if (code == CLI_DONE)
        print_outbox(messages, dead, &cli->out);
    js_free(messages);
    return code;
}
