/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "daemon/cli/cli.h"
#include "daemon/cli/show.h"
#include "daemon/cli/show_cause.h"
#include "daemon/cli/show_course.h"
#include "daemon/cli/show_history.h"
#include "daemon/cli/show_learned.h"
#include "daemon/cli/show_readings.h"
#include "probes/budget.h"
#include "daemon/cli/table.h"

/* Nothing else on the page is news then. */
static void print_blind(const struct js *of, struct text *out)
{
    char since[SHOW_TIME_MAX];

    if (*show_member_time(of, "blind", since) != '\0')
        text_addf(
            out,
            "The poller itself has been cut off since %s: nothing is known of any site until it is "
            "in touch again.\n",
            since);
}

/* "up, auth-problem" of the gateway; "up, radio: auth-problem" of one beside it. */
static void add_auth(const struct js *site, struct text *out)
{
    const struct js *beside = js_get(site, "auth_beside");
    size_t count = js_count(beside);

    if (!js_is_null(js_get(site, "auth")))
        text_add(out, ", auth-problem");
    if (count > 0)
        text_addf(out, ", %s", js_text(js_at(beside, 0), "device", ""));
    if (count > 1)
        text_addf(out, " and %zu more", count - 1);
    if (count > 0)
        text_add(out, ": auth-problem");
}

static void print_sites(const struct js *sites, struct text *out)
{
    static const struct table_column columns[] = {{"CODE", 20, false},      {"NAME", 20, false},
                                                  {"KECAMATAN", 16, false}, {"STATE", 0, false},
                                                  {"SINCE", 0, false},      {"TICKET", 0, false}};
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    char since[SHOW_TIME_MAX];

    print_blind(js_at(sites, 0), out);
    for (size_t i = 0; i < js_count(sites); i++) {
        const struct js *site = js_at(sites, i);
        struct text state = {0};

        table_add(table, js_text(site, "code", ""));
        table_add(table, js_text(site, "name", ""));
        table_add(table, js_text(site, "kecamatan", ""));
        text_add(&state, js_text(site, "state", ""));
        add_auth(site, &state);
        text_add(&state, js_as_bool(js_get(site, "maintenance"), false) ? ", maintenance" : "");
        if (*show_member_time(site, "maintenance_until", since) != '\0')
            text_addf(&state, " until %s", since);
        table_add(table, text_get(&state));
        text_free(&state);
        table_add(table, show_member_time(site, "since", since));
        table_add(table, js_text(site, "ticket", ""));
    }
    table_print(table, 0, out);
    table_free(table);
}

enum cli_exit cmd_sites(struct cli *cli)
{
    struct js *sites;
    enum cli_exit code = cli_ask(cli, STMT_CLI_SITES, NULL, cli->json ? &cli->out : NULL, &sites);

    if (code == CLI_DONE && cli->json)
        text_add(&cli->out, "\n");
    else if (code == CLI_DONE && js_count(sites) == 0)
        text_add(&cli->out, "There are no sites yet; kentongan import DIR reads them.\n");
    else if (code == CLI_DONE)
        print_sites(sites, &cli->out);
    js_free(sites);
    return code;
}

static void print_uplinks(const struct js *uplinks, struct text *out)
{
    for (size_t i = 0; i < js_count(uplinks); i++) {
        const struct js *uplink = js_at(uplinks, i);
        struct text value = {0};

        text_addf(&value, "%s %s, %s", js_text(uplink, "code", ""), js_text(uplink, "name", ""),
                  js_text(uplink, "state", "unknown"));
        show_line(i == 0 ? "uplinks" : "", text_get(&value), out);
        text_free(&value);
    }
}

/* What the devices of a site share. */
struct line {
    uint32_t budget_mb; /* of the gateway; 0: none */
    uint32_t devices;
};

static struct line line_of(const struct js *devices)
{
    struct line line = {.devices = (uint32_t)js_count(devices)};

    for (size_t i = 0; i < js_count(devices); i++)
        if (strcmp(js_text(js_at(devices, i), "role", ""), "gateway") == 0)
            line.budget_mb = (uint32_t)js_i64(js_at(devices, i), "byte_budget_mb", 0);
    return line;
}

/* The interval that the budget of its line leaves a device; 0: it is not metered. */
static int64_t own_ms_of(const struct js *device, const struct line *line)
{
    return budget_shared_ms((uint32_t)js_i64(device, "byte_budget_mb", 0), line->budget_mb,
                            line->devices, plan_snmp_of(js_text(device, "snmp", "")));
}

/* How a metered line stretches the turns of its devices; nothing where it does not. */
static void add_budget(const struct js *device, const struct line *line,
                       const struct config *config, struct text *out)
{
    uint32_t budget_mb = (uint32_t)js_i64(device, "byte_budget_mb", 0);
    uint32_t bytes = (uint32_t)js_i64(device, "reading_bytes", 0);
    enum plan_snmp snmp = plan_snmp_of(js_text(device, "snmp", ""));
    int64_t own_ms = own_ms_of(device, line);
    int64_t reading_ms = config->poll_reading_interval_ms;
    const char *before = budget_mb > 0 ? ":" : ",";
    char every[SHOW_DURATION_MAX];

    if (own_ms == 0)
        return;
    if (budget_mb > 0)
        text_addf(out, ", %u MB a month", budget_mb);
    if (own_ms > config->poll_interval_ms) {
        text_addf(out, "%s probed every %s", before, show_duration(own_ms, every));
        before = ",";
    }
    if (bytes == 0 || reading_ms == 0)
        return;
    reading_ms *= budget_stretch(snmp, (uint32_t)own_ms, bytes, reading_ms);
    text_addf(out, "%s read every %s (%.1f kB each)", before, show_duration(reading_ms, every),
              bytes / 1000.0);
}

/* Of a device beside the gateway; what the gateway is the site is. */
static void add_state(const struct js *device, struct text *out)
{
    char since[SHOW_TIME_MAX];

    if (strcmp(js_text(device, "role", ""), "gateway") == 0)
        return;
    text_addf(out, ", %s", js_text(device, "state", "unknown"));
    if (*show_member_time(device, "since", since) != '\0')
        text_addf(out, " since %s", since);
}

/* The engine behind an SNMPv3 device, where there is something to say of it. */
static void print_agent(const struct js *device, struct text *out)
{
    const char *auth = js_text(device, "auth", "ok"),
               *shared = js_text(device, "engine_shared", "");
    struct text value = {0};

    if (strcmp(auth, "ok") != 0) {
        text_addf(&value, "auth-problem: %s since %s (it lives: no outage comes of this)", auth,
                  js_text(device, "auth_since", "?"));
        show_line("", text_get(&value), out);
        text_clear(&value);
    }
    if (*shared != '\0') {
        text_addf(&value, "its SNMP engine id %s is also that of %s", js_text(device, "engine", ""),
                  shared);
        show_line("", text_get(&value), out);
    }
    text_free(&value);
}

static void print_devices(const struct js *devices, const struct config *config, struct text *out)
{
    const struct line line = line_of(devices);

    for (size_t i = 0; i < js_count(devices); i++) {
        const struct js *device = js_at(devices, i);
        struct text value = {0};

        text_addf(&value, "%s (%s): %s", js_text(device, "name", ""), js_text(device, "role", ""),
                  js_text(device, "address", ""));
        if (strcmp(js_text(device, "snmp", ""), "none") == 0)
            text_add(&value, ", asked by ping alone");
        else
            text_addf(&value, " port %lld, SNMP %s, credential %s",
                      (long long)js_i64(device, "port", 0), js_text(device, "snmp", ""),
                      js_text(device, "credential", "-"));
        add_budget(device, &line, config, &value);
        add_state(device, &value);
        show_line(i == 0 ? "devices" : "", text_get(&value), out);
        text_free(&value);
        print_agent(device, out);
        show_learned(device, config, own_ms_of(device, &line), out);
    }
}

/* What the silence is: of the agent, or of the device; "" when that is not known. */
static const char *ping_word(const struct js *outage)
{
    const struct js *answers = js_get(outage, "answers_ping");

    if (outage == NULL || js_is_null(answers))
        return "";
    return js_as_bool(answers, false) ? "agent mute" : "device silent";
}

static void print_reason(const struct js *outages, struct text *out)
{
    const struct js *last = js_count(outages) == 0 ? NULL : js_at(outages, 0);
    const char *word = ping_word(last);
    struct text value = {0};

    if (*word == '\0' || !js_is_null(js_get(last, "restored")))
        return;
    text_addf(&value, "%s: it %s", word,
              strcmp(word, "agent mute") == 0 ? "answers pings, but no SNMP"
                                              : "does not answer pings either");
    show_line("reason", text_get(&value), out);
    text_free(&value);
}

/* "degraded   signal wlan1 -84.0 dBm, limit -82 dBm, since …": it answers, and is not well. */
static void print_conditions(const struct js *conditions, struct text *out)
{
    char since[SHOW_TIME_MAX];

    for (size_t i = 0; i < js_count(conditions); i++) {
        const struct js *condition = js_at(conditions, i);
        const char *told = js_text(condition, "told", "");
        struct text value = {0};

        text_addf(&value, "%s%ssince %s", told, *told == '\0' ? "" : ", ",
                  show_member_time(condition, "since", since));
        show_line(js_text(condition, "kind", ""), text_get(&value), out);
        text_free(&value);
    }
}

static void print_outages(const struct js *outages, struct text *out)
{
    static const struct table_column columns[] = {{"LAST GOOD", 0, false}, {"FIRST BAD", 0, false},
                                                  {"RESTORED", 0, false},  {"FOR", 0, true},
                                                  {"ROOT", 20, false},     {"TICKET", 0, false},
                                                  {"REASON", 0, false},    {"CAUSE", 0, false}};
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    char text[SHOW_TIME_MAX], duration[SHOW_DURATION_MAX];

    for (size_t i = 0; i < js_count(outages); i++) {
        const struct js *outage = js_at(outages, i);
        struct wall from = show_member_wall(outage, "first_bad");
        struct wall to = show_member_wall(outage, "restored");
        struct text cause = {0};

        table_add(table, show_member_time(outage, "last_good", text));
        table_add(table, show_time(from, text));
        table_add(table, show_time(to, text));
        table_add(table,
                  show_duration(wall_diff_ms(wall_is_set(to) ? to : wall_now(), from), duration));
        table_add(table, js_text(outage, "root", ""));
        table_add(table, js_text(outage, "ticket", ""));
        table_add(table, ping_word(outage));
        show_cause_word(outage, &cause);
        table_add(table, text_get(&cause));
        text_free(&cause);
    }
    text_add(out, "\n");
    table_print(table, 0, out);
    table_free(table);
}

static void print_ticket_line(const struct js *ticket, struct text *out)
{
    char opened[SHOW_TIME_MAX];
    struct text value = {0};

    if (js_is_null(ticket))
        return;
    text_addf(&value, "%s, %s, opened %s, root %s", js_text(ticket, "ticket", ""),
              js_text(ticket, "state", ""), show_member_time(ticket, "opened", opened),
              js_text(js_get(ticket, "root"), "code", ""));
    show_line("ticket", text_get(&value), out);
    text_free(&value);
}

/* The planned work that a site is in, or its next. */
static void print_work(const char *name, const struct js *work, bool is_now, struct text *out)
{
    const struct js *windows = js_get(work, "windows");
    struct text value = {0};
    char at[SHOW_TIME_MAX];

    if (js_is_null(work))
        return;
    if (!is_now)
        text_addf(&value, "%s ", show_member_time(work, "since", at));
    text_addf(&value, "until %s", show_member_time(work, "until", at));
    for (size_t i = 0; i < js_count(windows); i++) {
        const struct js *window = js_at(windows, i);

        text_addf(&value, "%s%lld at %s by %s: %s", i == 0 ? " (" : "; ",
                  (long long)js_i64(window, "id", 0), js_text(window, "site", ""),
                  js_text(window, "by", ""), js_text(window, "reason", ""));
    }
    text_add(&value, js_count(windows) > 0 ? ")" : "");
    show_line(name, text_get(&value), out);
    text_free(&value);
}

static void print_site(const struct js *site, const struct config *config, struct text *out)
{
    const struct js *contract = js_get(site, "contract");
    char since[SHOW_TIME_MAX];
    struct text value = {0};

    print_blind(site, out);
    show_place(site, &value);
    show_line("site", text_get(&value), out);
    show_line("kind", js_text(site, "kind", ""), out);
    text_clear(&value);
    text_addf(&value, "%s", js_text(site, "state", "unknown"));
    if (*show_member_time(site, "since", since) != '\0')
        text_addf(&value, " since %s", since);
    show_line("state", text_get(&value), out);
    print_reason(js_get(site, "outages"), out);
    print_conditions(js_get(site, "conditions"), out);
    print_work("in work", js_get(js_get(site, "maintenance"), "now"), true, out);
    print_work("next work", js_get(js_get(site, "maintenance"), "next"), false, out);
    text_clear(&value);
    if (!js_is_null(js_get(site, "lat")))
        text_addf(&value, "%.5f, %.5f", js_as_real(js_get(site, "lat"), 0),
                  js_as_real(js_get(site, "lng"), 0));
    show_line("place", text_get(&value), out);
    show_line("feeder", js_text(site, "feeder", ""), out);
    show_line("hours", js_text(site, "service_hours", ""), out);
    print_uplinks(js_get(site, "uplinks"), out);
    text_clear(&value);
    text_addf(&value, "%lld site%s", (long long)js_i64(site, "behind", 0),
              js_i64(site, "behind", 0) == 1 ? "" : "s");
    show_line("behind it", text_get(&value), out);
    print_devices(js_get(site, "devices"), config, out);
    show_history(js_get(site, "history"), out);
    show_course(js_get(site, "course"), out);
    text_clear(&value);
    if (!js_is_null(contract))
        text_addf(&value, "%s of %s (%s)", js_text(contract, "contract", ""),
                  js_text(contract, "party", ""), js_text(contract, "party_name", ""));
    show_line("contract", text_get(&value), out);
    text_free(&value);
    print_ticket_line(js_get(site, "ticket"), out);
    if (js_count(js_get(site, "outages")) > 0)
        print_outages(js_get(site, "outages"), out);
    show_readings(js_get(site, "readings"), config->history_readings, out);
}

/* The site with what is worked out here: how soon a cut would be known. */
static void print_json(struct js *site, const struct config *config, struct text *out)
{
    const struct js *devices = js_get(site, "devices");
    const struct line line = line_of(devices);
    struct js *with = js_array();

    for (size_t i = 0; i < js_count(devices); i++) {
        const struct js *device = js_at(devices, i);
        struct js *copy = js_copy(device);

        js_set(copy, "learned", learned_outlook(device, config, own_ms_of(device, &line)));
        js_push(with, copy);
    }
    js_set(site, "devices", with);
    js_print(site, 0, out);
    text_add(out, "\n");
}

enum cli_exit cmd_site_show(struct cli *cli)
{
    struct pg_args args = {0};
    struct js *site;
    enum cli_exit code;

    pg_arg_text(&args, cli->words[0]); /* $1 */
    code = cli_ask(cli, STMT_CLI_SITE, &args, NULL, &site);
    if (code == CLI_DONE && cli->json)
        print_json(site, &cli->config, &cli->out);
    else if (code == CLI_DONE)
        print_site(site, &cli->config, &cli->out);
    js_free(site);
    return code;
}
