/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "daemon/cli/cli.h"
#include "daemon/cli/show.h"
#include "probes/probe_once.h"

#define PROBE_TRIES 2

static bool take_address(const char *text, uint16_t port, union address *address)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        memcpy(address, &v4, sizeof v4);
    else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
        memcpy(address, &v6, sizeof v6);
    else
        return false;
    return true;
}

/* Said when it is wrong; CLI_DONE when the question can be asked. */
static enum cli_exit take_device(const struct cli *cli, struct plan_device *device)
{
    int64_t port = 161;

    if (cli->port != NULL && !text_i64(cli->port, 1, 65535, &port)) {
        cli_say("--port must be a number from 1 to 65535");
        return CLI_USAGE;
    }
    if (!take_address(cli->words[0], (uint16_t)port, &device->address)) {
        cli_say("%s is not an IP address; names are not looked up", cli->words[0]);
        return CLI_USAGE;
    }
    device->snmp = PLAN_SNMP_V2C;
    if (cli->snmp != NULL && strcmp(cli->snmp, "1") == 0) {
        device->snmp = PLAN_SNMP_V1;
    } else if (cli->snmp != NULL && strcmp(cli->snmp, "2c") != 0) {
        cli_say("--snmp must be 1 or 2c");
        return CLI_USAGE;
    }
    return CLI_DONE;
}

/* By name out of the secrets file: an argument list is for everybody to read. */
static bool take_community(const struct cli *cli, struct credential *credential)
{
    const char *path = cli->config.secrets_file;
    struct text complaints = {0};
    struct secrets *secrets;
    const char *community;
    bool taken;

    if (cli->credential == NULL)
        return text_copy(credential->community, sizeof credential->community, "public");
    secrets = secrets_load(path, &complaints);
    if (secrets == NULL)
        cli_say_lines(text_get(&complaints));
    text_free(&complaints);
    if (secrets == NULL)
        return false;
    community = secrets_get(secrets, cli->credential);
    taken = community != NULL &&
            text_copy(credential->community, sizeof credential->community, community);
    if (community == NULL)
        cli_say("%s is not in %s", cli->credential, path);
    else if (!taken)
        cli_say("%s is too long for a community", cli->credential);
    secrets_free(secrets);
    return taken;
}

struct refusal {
    const char *name; /* in JSON */
    const char *words;
    uint64_t count;
};

#define REFUSALS 6

static void list_refusals(const struct probe_once_result *result, struct refusal list[REFUSALS])
{
    const struct prober_counters *counters = &result->counters;

    list[0] = (struct refusal){"address", "from another address", counters->refused_address};
    list[1] = (struct refusal){"version", "of another SNMP version", counters->refused_version};
    list[2] = (struct refusal){"community", "with another community", counters->refused_community};
    list[3] = (struct refusal){"request", "to another request", counters->refused_request};
    list[4] = (struct refusal){"objects", "with other objects", counters->refused_objects};
    list[5] = (struct refusal){"malformed", "malformed", counters->refused_malformed};
}

static void print_json(const struct cli *cli, const struct probe_once_ask *ask,
                       const struct probe_once_result *result, struct text *out)
{
    struct js *object = js_object(), *refused = js_object();
    struct refusal list[REFUSALS];

    js_set_text(object, "address", cli->words[0]);
    js_set_text(object, "snmp", ask->device.snmp == PLAN_SNMP_V1 ? "1" : "2c");
    js_set(object, "answered", js_new_bool(result->answered));
    js_set_i64(object, "tries", result->tries);
    js_set(object, "rtt_ms",
           result->answered ? js_new_real((double)result->rtt_us / 1000) : js_new_null());
    js_set(object, "error_status",
           result->answered ? js_new_i64(result->error_status) : js_new_null());
    js_set(object, "uptime_s",
           result->vitals.uptime_ticks >= 0 ? js_new_real((double)result->vitals.uptime_ticks / 100)
                                            : js_new_null());
    js_set(object, "engine_time_s",
           result->vitals.engine_time_s >= 0 ? js_new_i64(result->vitals.engine_time_s)
                                             : js_new_null());
    list_refusals(result, list);
    for (size_t i = 0; i < REFUSALS; i++)
        js_set_i64(refused, list[i].name, (int64_t)list[i].count);
    js_set(object, "refused", refused);
    js_print(object, 0, out);
    text_add(out, "\n");
    js_free(object);
}

static void print_answer(const struct cli *cli, const struct probe_once_result *result,
                         struct text *out)
{
    char duration[SHOW_DURATION_MAX];

    text_addf(out, "%s answered in %.1f ms", cli->words[0], (double)result->rtt_us / 1000);
    if (result->tries > 1)
        text_addf(out, " (try %u)", (unsigned)result->tries);
    text_add(out, "\n");
    if (result->error_status != 0)
        text_addf(out, "  it refused with SNMP error status %d; it lives all the same\n",
                  (int)result->error_status);
    if (result->vitals.uptime_ticks >= 0)
        text_addf(out, "  sysUpTime       %s (%lld ticks)\n",
                  show_duration(result->vitals.uptime_ticks * 10, duration),
                  (long long)result->vitals.uptime_ticks);
    if (result->vitals.engine_time_s >= 0)
        text_addf(out, "  snmpEngineTime  %s\n",
                  show_duration(result->vitals.engine_time_s * 1000, duration));
}

static void say_silence(const struct cli *cli, const struct probe_once_ask *ask,
                        const struct probe_once_result *result)
{
    struct refusal list[REFUSALS];
    char timeout[32];

    text_duration_print(ask->timeout_ms, timeout);
    list_refusals(result, list);
    for (size_t i = 0; i < REFUSALS; i++)
        if (list[i].count > 0)
            fprintf(stderr, "%llu repl%s %s refused: %s\n", (unsigned long long)list[i].count,
                    list[i].count == 1 ? "y" : "ies", list[i].count == 1 ? "was" : "were",
                    list[i].words);
    cli_say("%s did not answer within %s, asked %u times; check address, port, version and "
            "community (a wrong community is silence too)",
            cli->words[0], timeout, (unsigned)result->tries);
}

enum cli_exit cmd_probe(struct cli *cli)
{
    struct probe_once_ask ask = {.timeout_ms = cli->config.poll_timeout_ms, .tries = PROBE_TRIES};
    struct probe_once_result result;
    enum cli_exit code = take_device(cli, &ask.device);
    struct err err;

    if (code != CLI_DONE)
        return code;
    if (!take_community(cli, &ask.credential))
        return CLI_REFUSED;
    if (!probe_once(&ask, &result, &err)) {
        cli_say("%s", err.text);
        return CLI_REFUSED;
    }
    if (cli->json)
        print_json(cli, &ask, &result, &cli->out);
    else if (result.answered)
        print_answer(cli, &result, &cli->out);
    if (!result.answered)
        say_silence(cli, &ask, &result);
    return result.answered ? CLI_DONE : CLI_REFUSED;
}
