/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "daemon/cli/cli.h"
#include "daemon/cli/show.h"
#include "daemon/cli/table.h"
#include "daemon/report.h"

#define NAME_MOST 28

static void add_duration(struct table *table, const struct js *row, const char *key)
{
    const struct js *value = js_get(row, key);
    char text[SHOW_DURATION_MAX];

    table_add(table, js_is_null(value)
                         ? NULL
                         : show_duration((int64_t)(js_as_real(value, 0) * 1000.0), text));
}

/* Cut off, not rounded: what is not all of the time never shows as 100.00 %. */
static void add_share(struct table *table, const struct js *row, const char *key)
{
    const struct js *value = js_get(row, key);
    int64_t millionths = (int64_t)(js_as_real(value, 0) * 1e6 + 0.5);

    if (js_is_null(value))
        table_add(table, NULL);
    else
        table_addf(table, "%lld.%02lld%%", (long long)(millionths / 10000),
                   (long long)(millionths % 10000 / 100));
}

static void add_row(struct table *table, const struct js *row, bool has_names)
{
    static const char *const durations[] = {"detect_p50_s",  "accept_p50_s",  "restore_mean_s",
                                            "restore_p50_s", "restore_p90_s", "restore_p95_s"};
    static const char *const shares[] = {"availability_citizen", "availability_network",
                                         "availability_contract", "coverage"};

    table_add(table, js_text(row, has_names ? "group" : "name", js_text(row, "group", NULL)));
    if (has_names)
        table_add(table, js_text(row, "name", NULL));
    table_addf(table, "%lld", (long long)js_i64(row, "n", 0));
    table_addf(table, "%lld", (long long)js_i64(row, "open", 0));
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++)
        add_duration(table, row, durations[i]);
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        add_share(table, row, shares[i]);
}

/* The figures that are read first; CSV and JSON have them all. */
static void print_report(const struct js *report, const char *by, struct text *out)
{
    static const struct table_column columns[] = {{"GROUP", NAME_MOST, false},
                                                  {"NAME", NAME_MOST, false},
                                                  {"N", 0, true},
                                                  {"OPEN", 0, true},
                                                  {"DETECT", 0, true},
                                                  {"ACCEPT", 0, true},
                                                  {"RESTORE", 0, true},
                                                  {"P50", 0, true},
                                                  {"P90", 0, true},
                                                  {"P95", 0, true},
                                                  {"CITIZEN", 0, true},
                                                  {"NETWORK", 0, true},
                                                  {"CONTRACT", 0, true},
                                                  {"KNOWN", 0, true}};
    size_t count = sizeof columns / sizeof columns[0];
    struct table_column shown[sizeof columns / sizeof columns[0]];
    bool has_names = strcmp(by, "site") == 0 || strcmp(by, "party") == 0;
    struct table *table;

    memcpy(shown, columns, sizeof columns);
    if (!has_names)
        memmove(&shown[1], &shown[2], (--count - 1) * sizeof shown[0]);
    table = table_new(shown, count);
    for (size_t i = 0; i < js_count(js_get(report, "rows")); i++)
        add_row(table, js_at(js_get(report, "rows"), i), has_names);
    table_print(table, 0, out);
    table_free(table);
}

/* "3 of 5 (60.00 %)" */
static void add_agree(struct text *out, const struct js *part)
{
    int64_t n = js_i64(part, "n", 0);

    text_addf(out, "%lld of %lld", (long long)js_i64(part, "agree", 0), (long long)n);
    if (n > 0)
        text_addf(out, " (%.0f %%)", js_as_real(js_get(part, "share"), 0) * 100.0);
}

/* How often what was guessed, and what people reported, is what was proven. */
static void print_agreement(const struct js *agreement, struct text *out)
{
    static const struct table_column columns[] = {{"PROVEN", 0, false},  {"N", 0, true},
                                                  {"GUESSED", 0, true},  {"OF THOSE", 0, true},
                                                  {"REPORTED", 0, true}, {"OF THOSE", 0, true}};
    static const char *const figures[] = {"n", "guess_agree", "guess_n", "reported_agree",
                                          "reported_n"};
    const struct js *rows = js_get(agreement, "rows");
    struct table *table;

    if (js_count(rows) == 0)
        return;
    table = table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < js_count(rows); i++) {
        table_add(table, js_text(js_at(rows, i), "proven", ""));
        for (size_t k = 0; k < sizeof figures / sizeof figures[0]; k++)
            table_addf(table, "%lld", (long long)js_i64(js_at(rows, i), figures[k], 0));
    }
    text_add(out, "\n");
    table_print(table, 0, out);
    table_free(table);
    text_add(out, "\nThe cause was guessed right ");
    add_agree(out, js_get(agreement, "guess"));
    text_add(out, " and reported right ");
    add_agree(out, js_get(agreement, "reported"));
    text_addf(out, ";\nof %lld more nothing could be proven.\n",
              (long long)js_i64(agreement, "unproven", 0));
}

static void print_span(const struct js *report, struct text *out)
{
    char since[SHOW_TIME_MAX], until[SHOW_TIME_MAX];

    if (strcmp(js_text(report, "since", ""), js_text(report, "until", "")) == 0) {
        text_addf(out, "\nThe month has not begun: it begins at %s.\n",
                  show_member_time(report, "since", since));
        return;
    }
    text_addf(out,
              "\n%s to %s. DETECT and ACCEPT are medians, RESTORE is the mean, P50 to P95 are of\n"
              "RESTORE; the shares are of the KNOWN time.\n",
              show_member_time(report, "since", since), show_member_time(report, "until", until));
}

static enum cli_exit check(const struct cli *cli, const char *by, const char *format)
{
    if (!report_is_month(cli->words[0]))
        cli_say("report: %s is no month; write it as 2026-11", cli->words[0]);
    else if (!report_is_group(by))
        cli_say("report: --by is kecamatan, site, party or cause, not %s", by);
    else if (strcmp(format, "table") != 0 && strcmp(format, "csv") != 0 &&
             strcmp(format, "json") != 0)
        cli_say("report: --format is table, csv or json, not %s", format);
    else
        return CLI_DONE;
    return CLI_USAGE;
}

static void print(const struct js *report, const char *raw, const char *by, const char *format,
                  struct text *out)
{
    if (strcmp(format, "csv") == 0) {
        report_csv(report, out);
    } else if (strcmp(format, "json") == 0) {
        text_addf(out, "%s\n", raw);
    } else {
        print_report(report, by, out);
        print_span(report, out);
        if (strcmp(by, "cause") == 0)
            print_agreement(js_get(report, "cause_agreement"), out);
    }
}

enum cli_exit cmd_report(struct cli *cli)
{
    const char *by = cli->by != NULL ? cli->by : report_groups[0];
    const char *format = cli->format != NULL ? cli->format : cli->json ? "json" : "table";
    struct pg_args args = {0};
    struct text raw = {0};
    struct js *report;
    enum cli_exit code = check(cli, by, format);

    if (code != CLI_DONE)
        return code;
    pg_arg_text(&args, cli->words[0]); /* $1 */
    pg_arg_text(&args, by);            /* $2 */
    pg_arg_wall(&args, wall_now());    /* $3 */
    code = cli_ask(cli, STMT_REPORT_MONTH, &args, &raw, &report);
    if (code == CLI_DONE)
        print(report, text_get(&raw), by, format, &cli->out);
    js_free(report);
    text_free(&raw);
    return code;
}
