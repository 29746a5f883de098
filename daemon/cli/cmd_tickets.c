/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "daemon/cli/cli.h"
#include "daemon/cli/show.h"
#include "daemon/cli/show_cause.h"
#include "daemon/cli/table.h"

#define SITES_SHOWN 12 /* in a line */

/* When the fault's time ended; unset while it runs. */
static struct wall ended_at(const struct js *ticket)
{
    static const char *const ends[] = {"restored", "closed", "cancelled"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct wall end = show_member_wall(ticket, ends[i]);

        if (wall_is_set(end))
            return end;
    }
    return (struct wall){0};
}

/* As people felt it: from the first miss, not from the paper, until the end or until now. */
static int64_t lasted_ms(const struct js *ticket)
{
    struct wall begin = show_member_wall(ticket, "first_bad");
    struct wall end = ended_at(ticket);

    if (!wall_is_set(begin))
        begin = show_member_wall(ticket, "opened");
    return wall_diff_ms(wall_is_set(end) ? end : wall_now(), begin);
}

static void print_tickets(const struct js *tickets, struct text *out)
{
    static const struct table_column columns[] = {
        {"TICKET", 0, false}, {"STATE", 0, false},  {"KIND", 0, false},
        {"OPENED", 0, false}, {"FOR", 0, true},     {"SITES", 0, true},
        {"CAUSE", 0, false},  {"PARTY", 16, false}, {"ROOT", 44, false}};
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    char opened[SHOW_TIME_MAX], lasted[SHOW_DURATION_MAX];

    for (size_t i = 0; i < js_count(tickets); i++) {
        const struct js *ticket = js_at(tickets, i);
        struct text root = {0}, cause = {0};

        show_place(js_get(ticket, "root"), &root);
        table_add(table, js_text(ticket, "ticket", ""));
        table_add(table, js_text(ticket, "state", ""));
        table_add(table, js_text(ticket, "kind", ""));
        table_add(table, show_member_time(ticket, "opened", opened));
        table_add(table, show_duration(lasted_ms(ticket), lasted));
        table_addf(table, "%lld", (long long)js_i64(js_get(ticket, "affected"), "count", 0));
        show_cause_word(ticket, &cause);
        table_add(table, text_get(&cause));
        table_add(table, js_text(ticket, "party", ""));
        table_add(table, text_get(&root));
        text_free(&root);
        text_free(&cause);
    }
    table_print(table, 0, out);
    table_free(table);
}

enum cli_exit cmd_tickets(struct cli *cli)
{
    bool all = (cli->given & CLI_ALL) != 0;
    struct pg_args args = {0};
    struct js *tickets;
    enum cli_exit code;

    if (all && (cli->given & CLI_OPEN) != 0) {
        cli_say("--open and --all exclude one another");
        return CLI_USAGE;
    }
    pg_arg_text(&args, all ? "all" : "open"); /* $1 */
    pg_arg_text(&args, cli->site);            /* $2 */
    pg_arg_text(&args, cli->party);           /* $3 */
    code = cli_ask(cli, STMT_CLI_TICKETS, &args, cli->json ? &cli->out : NULL, &tickets);
    if (code == CLI_DONE && cli->json)
        text_add(&cli->out, "\n");
    else if (code == CLI_DONE && js_count(tickets) == 0)
        text_addf(&cli->out, "No %stickets.\n", all ? "" : "open ");
    else if (code == CLI_DONE)
        print_tickets(tickets, &cli->out);
    js_free(tickets);
    return code;
}

/* Those that the fault no longer cuts off. */
static void print_left(const struct js *left, struct text *out)
{
    struct text value = {0};
    char until[SHOW_TIME_MAX];

    for (size_t i = 0; i < js_count(left) && i < SITES_SHOWN; i++)
        text_addf(&value, "%s%s until %s", i == 0 ? "" : ", ", js_text(js_at(left, i), "site", ""),
                  show_member_time(js_at(left, i), "until", until));
    if (js_count(left) > SITES_SHOWN)
        text_add(&value, " …");
    show_line("no longer", text_get(&value), out);
    text_free(&value);
}

/* Behind what is degraded people are not cut off. */
static void print_affected(const struct js *ticket, bool is_over, struct text *out)
{
    const struct js *affected = js_get(ticket, "affected");
    bool degraded = strcmp(js_text(ticket, "kind", ""), "degraded") == 0;
    const struct js *sites = js_get(affected, "sites");
    struct text value = {0};
    size_t shown = js_count(sites) < SITES_SHOWN ? js_count(sites) : SITES_SHOWN;
    int64_t count = js_i64(affected, "count", 0), now = js_i64(affected, "now", count);

    text_addf(&value, "%lld site%s", (long long)count, count == 1 ? "" : "s");
    if (now < count && !is_over)
        text_addf(&value, ", %lld now", (long long)now);
    for (size_t i = 0; i < shown; i++)
        text_addf(&value, "%s %s", i == 0 ? ":" : "", js_as_text(js_at(sites, i)));
    if (shown < js_count(sites))
        text_add(&value, " …");
    show_line(degraded ? "affected" : "also cut off", text_get(&value), out);
    text_free(&value);
    print_left(js_get(affected, "left"), out);
}

static void print_instants(const struct js *ticket, struct text *out)
{
    static const char *const instants[][2] = {
        {"last good", "last_good"}, {"first bad", "first_bad"}, {"detected", "detected"},
        {"opened", "opened"},       {"offered", "offered"},     {"notified", "notified"},
        {"accepted", "accepted"},   {"on site", "onsite"},      {"claimed", "claimed"},
        {"restored", "restored"},   {"closed", "closed"},       {"cancelled", "cancelled"}};
    char at[SHOW_TIME_MAX];

    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++)
        show_line(instants[i][0], show_member_time(ticket, instants[i][1], at), out);
}

static void print_timeline(const struct js *timeline, struct text *out)
{
    static const struct table_column columns[] = {{"AT", 0, false},
                                                  {"WHO", 20, false},
                                                  {"DID", 0, false},
                                                  {"STATE", 0, false},
                                                  {"NOTE", 0, false}};
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    static const char *const more[] = {"proven", "feeder", "ticket", "duplicate", "site"};
    char at[SHOW_TIME_MAX];

    for (size_t i = 0; i < js_count(timeline); i++) {
        const struct js *event = js_at(timeline, i);
        const char *from = js_text(event, "from", ""), *to = js_text(event, "to", "");
        const struct js *detail = js_get(event, "detail");
        struct text note = {0};

        text_add(&note, js_text(event, "note", ""));
        if (js_text(detail, "cause", NULL) != NULL)
            text_addf(&note, "%scause %s, action %s", note.bytes > 0 ? "; " : "",
                      js_text(detail, "cause", ""), js_text(detail, "action", "-"));
        if (js_get(detail, "outages") != NULL)
            text_addf(&note, "%s%lld outages", note.bytes > 0 ? "; " : "",
                      (long long)js_i64(detail, "outages", 0));
        for (size_t k = 0; k < sizeof more / sizeof more[0]; k++)
            if (js_text(detail, more[k], NULL) != NULL)
                text_addf(&note, "%s%s", note.bytes > 0 ? "; " : "", js_text(detail, more[k], ""));
        table_add(table, show_member_time(event, "at", at));
        table_add(table, js_text(event, "actor", ""));
        table_add(table, js_text(event, "action", ""));
        if (strcmp(from, to) == 0)
            table_add(table, to);
        else
            table_addf(table, "%s%s%s", from, *from != '\0' ? " → " : "", to);
        table_add(table, text_get(&note));
        text_free(&note);
    }
    text_add(out, "\n");
    table_print(table, 0, out);
    table_free(table);
}

static void print_messages(const struct js *messages, struct text *out)
{
    static const struct table_column columns[] = {{"MESSAGE", 0, false},   {"TO", 20, false},
                                                  {"STATE", 0, false},     {"TRIES", 0, true},
                                                  {"DELIVERED", 0, false}, {"WHY", 60, false}};
    struct table *table;
    char at[SHOW_TIME_MAX];

    if (js_count(messages) == 0)
        return;
    table = table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < js_count(messages); i++) {
        const struct js *message = js_at(messages, i);

        table_add(table, js_text(message, "type", ""));
        table_add(table, js_text(message, "endpoint", ""));
        table_add(table, js_text(message, "state", ""));
        table_addf(table, "%lld", (long long)js_i64(message, "attempts", 0));
        table_add(table, show_member_time(message, "delivered", at));
        table_add(table, js_text(message, "reason", ""));
    }
    text_add(out, "\n");
    table_print(table, 0, out);
    table_free(table);
}

static void print_ticket(const struct js *ticket, struct text *out)
{
    char lasted[SHOW_DURATION_MAX];
    struct text value = {0};

    text_addf(&value, "%s, %s, %s %s %s", js_text(ticket, "ticket", ""),
              js_text(ticket, "kind", ""), js_text(ticket, "state", ""),
              wall_is_set(ended_at(ticket)) ? "after" : "for",
              show_duration(lasted_ms(ticket), lasted));
    show_line("ticket", text_get(&value), out);
    text_clear(&value);
    show_place(js_get(ticket, "root"), &value);
    show_line("root", text_get(&value), out);
    text_free(&value);
    show_line("feeder", js_text(ticket, "feeder", ""), out);
    print_affected(ticket, wall_is_set(ended_at(ticket)), out);
    show_line("party", js_text(ticket, "party", ""), out);
    show_line("contract", js_text(ticket, "contract", ""), out);
    print_instants(ticket, out);
    show_cause(ticket, out);
    show_line("cause", js_text(ticket, "cause_reported", ""), out);
    show_line("action", js_text(ticket, "action", ""), out);
    print_timeline(js_get(ticket, "timeline"), out);
    print_messages(js_get(ticket, "messages"), out);
}

enum cli_exit cmd_ticket_show(struct cli *cli)
{
    struct pg_args args = {0};
    struct js *ticket;
    enum cli_exit code;

    pg_arg_text(&args, cli->words[0]); /* $1 */
    code = cli_ask(cli, STMT_CLI_TICKET, &args, cli->json ? &cli->out : NULL, &ticket);
    if (code == CLI_DONE && cli->json)
        text_add(&cli->out, "\n");
    else if (code == CLI_DONE)
        print_ticket(ticket, &cli->out);
    js_free(ticket);
    return code;
}

/* Whoever claims may think that this was all. */
static const char *follows(const char *verb, const char *state)
{
    return strcmp(verb, "claim") == 0 && strcmp(state, "claimed") == 0
               ? ": the link is watched now; if the repair holds, the ticket is restored"
               : "";
}

enum cli_exit cmd_ticket_act(struct cli *cli)
{
    struct pg_args args = {0};
    struct text what = {0};
    struct js *given, *answer;
    enum cli_exit code;

    given = js_object();
    js_set_text(given, "cause", cli->cause);
    js_set_text(given, "action", cli->action);
    js_set_text(given, "note", cli->note);
    js_print(given, 0, &what);
    js_free(given);
    pg_arg_text(&args, cli->words[0]);   /* $1 */
    pg_arg_text(&args, cli->verb);       /* $2 */
    pg_arg_text(&args, cli->actor);      /* $3 */
    pg_arg_text(&args, cli->as);         /* $4 */
    pg_arg_text(&args, text_get(&what)); /* $5 */
    pg_arg_wall(&args, wall_now());      /* $6 */
    code = cli_ask(cli, STMT_TICKET_ACT, &args, cli->json ? &cli->out : NULL, &answer);
    if (code == CLI_DONE && cli->json)
        text_add(&cli->out, "\n");
    else if (code == CLI_DONE)
        text_addf(&cli->out, "%s is %s%s.\n", js_text(answer, "number", ""),
                  js_text(answer, "state", ""), follows(cli->verb, js_text(answer, "state", "")));
    js_free(answer);
    text_free(&what);
    return code;
}
