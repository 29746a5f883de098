/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "daemon/cli/cli.h"
#include "daemon/cli/probe_parts.h"
#include "daemon/cli/show.h"
#include "probes/probe_once.h"
#include "probes/profile_files.h"

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
    device->snmp = plan_snmp_of(cli->snmp == NULL ? "2c" : cli->snmp);
    if (device->snmp == PLAN_SNMP_END) {
        cli_say("--snmp must be 1, 2c, 3 or none");
        return CLI_USAGE;
    }
    if (device->snmp == PLAN_SNMP_V3 && cli->credential == NULL) {
        cli_say("--snmp 3 needs --credential NAME: a line of the secrets file with the user");
        return CLI_USAGE;
    }
    if (device->snmp == PLAN_ICMP && (cli->given & CLI_WALK) != 0) {
        cli_say("--snmp none is an echo: there is nothing to walk");
        return CLI_USAGE;
    }
    return CLI_DONE;
}

/* What that secret opens; false when it was said that it opens nothing. */
static bool take_secret(const struct cli *cli, const char *secret, enum plan_snmp snmp,
                        struct credential *credential)
{
    struct err err;

    if (secret == NULL) {
        cli_say("%s is not in %s", cli->credential, cli->config.secrets_file);
    } else if (snmp == PLAN_SNMP_V3 && !usm_words_are_meant(secret)) {
        cli_say("%s is no SNMPv3 user, which begins with: v3 user=NAME", cli->credential);
    } else if (snmp == PLAN_SNMP_V3) {
        credential->kind = CREDENTIAL_USM;
        if (usm_words_read(secret, &credential->usm, &err))
            return true;
        cli_say("%s: %s", cli->credential, err.text);
    } else if (usm_words_are_meant(secret)) {
        cli_say("%s is an SNMPv3 user: --snmp 3", cli->credential);
    } else if (text_copy(credential->community, sizeof credential->community, secret)) {
        return true;
    } else {
        cli_say("%s is too long for a community", cli->credential);
    }
    return false;
}

/* By name out of the secrets file: an argument list is for everybody to read. */
static bool take_credential(const struct cli *cli, enum plan_snmp snmp,
                            struct credential *credential)
{
    struct text complaints = {0};
    struct secrets *secrets;
    bool taken;

    credential->kind = CREDENTIAL_COMMUNITY;
    if (cli->credential == NULL)
        return text_copy(credential->community, sizeof credential->community, "public");
    secrets = secrets_load(cli->config.secrets_file, &complaints);
    if (secrets == NULL)
        cli_say_lines(text_get(&complaints));
    text_free(&complaints);
    if (secrets == NULL)
        return false;
    taken = take_secret(cli, secrets_get(secrets, cli->credential), snmp, credential);
    secrets_free(secrets);
    return taken;
}

struct refusal {
    const char *name; /* in JSON */
    const char *words;
    uint64_t count;
};

#define REFUSALS 7

static void list_refusals(const struct probe_once_result *result, struct refusal list[REFUSALS])
{
    const struct prober_counters *counters = &result->counters;

    list[0] = (struct refusal){"address", "from another address", counters->refused_address};
    list[1] = (struct refusal){"version", "of another SNMP version", counters->refused_version};
    list[2] = (struct refusal){"community", "with another community", counters->refused_community};
    list[3] = (struct refusal){"request", "to another request", counters->refused_request};
    list[4] = (struct refusal){"objects", "with other objects", counters->refused_objects};
    list[5] =
        (struct refusal){"authentication", "without the proof of its user", counters->refused_auth};
    list[6] = (struct refusal){"malformed", "malformed", counters->refused_malformed};
}

static const char *const snmp_words[PLAN_SNMP_END] = {
    [PLAN_SNMP_V1] = "1", [PLAN_SNMP_V2C] = "2c", [PLAN_SNMP_V3] = "3", [PLAN_ICMP] = "none"};

#define ENGINE_TEXT_MAX (2 * BER_ENGINE_MAX + 1)

static const char *print_engine(const struct agent_news *agent, char out[ENGINE_TEXT_MAX])
{
    for (size_t i = 0; i < agent->engine_bytes; i++)
        snprintf(out + 2 * i, 3, "%02x", agent->engine[i]);
    return out;
}

static struct js *answer_json(const struct cli *cli, enum plan_snmp snmp,
                              const struct probe_once_result *result)
{
    struct js *object = js_object(), *refused = js_object();
    struct refusal list[REFUSALS];
    char engine[ENGINE_TEXT_MAX];

    js_set_text(object, "address", cli->words[0]);
    js_set_text(object, "snmp", snmp_words[snmp]);
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
    js_set(object, "auth",
           result->agent.auth == 0 ? js_new_null()
                                   : js_new_text(auth_state_name(result->agent.auth)));
    js_set(object, "engine",
           result->agent.engine_bytes == 0 ? js_new_null()
                                           : js_new_text(print_engine(&result->agent, engine)));
    list_refusals(result, list);
    for (size_t i = 0; i < REFUSALS; i++)
        js_set_i64(refused, list[i].name, (int64_t)list[i].count);
    js_set(object, "refused", refused);
    return object;
}

static void print_answer(const struct cli *cli, const struct probe_once_result *result,
                         struct text *out)
{
    const struct agent_news *agent = &result->agent;
    char duration[SHOW_DURATION_MAX], engine[ENGINE_TEXT_MAX];

    text_addf(out, "%s answered in %.1f ms", cli->words[0], (double)result->rtt_us / 1000);
    if (result->tries > 1 && agent->auth == 0)
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
    if (agent->engine_bytes > 0)
        text_addf(out, "  snmpEngineID    %s, boots %u\n", print_engine(agent, engine),
                  (unsigned)agent->boots);
}

static void say_silence(const struct cli *cli, const struct once_ask *ask,
                        const struct probe_once_result *result)
{
    static const char *const what_to_check[PLAN_SNMP_END] = {
        [PLAN_SNMP_V1] = "port, version and community (a wrong community is silence too)",
        [PLAN_SNMP_V2C] = "port, version and community (a wrong community is silence too)",
        [PLAN_SNMP_V3] = "port, user, level and passphrases",
        [PLAN_ICMP] = "whether it, or a firewall, lets echo requests pass",
    };
    struct refusal list[REFUSALS];
    char timeout[32];

    text_duration_print(ask->timeout_ms, timeout);
    list_refusals(result, list);
    for (size_t i = 0; i < REFUSALS; i++)
        if (list[i].count > 0)
            fprintf(stderr, "%llu repl%s %s refused: %s\n", (unsigned long long)list[i].count,
                    list[i].count == 1 ? "y" : "ies", list[i].count == 1 ? "was" : "were",
                    list[i].words);
    cli_say("%s did not answer within %s, asked %u times; check address, %s", cli->words[0],
            timeout, (unsigned)result->tries, what_to_check[ask->device.snmp]);
}

bool probe_say_locked_out(const struct cli *cli, const struct once *once)
{
    struct agent_news agent;

    if (!once_agent(once, &agent) || agent.auth == AUTH_FINE)
        return false;
    cli_say("%s lives, but does not let us in: %s: %s; put %s in %s right, or the user there",
            cli->words[0], auth_state_name(agent.auth), auth_state_hint(agent.auth),
            cli->credential, cli->config.secrets_file);
    return true;
}

/* The heartbeat, and the reading behind it. */
static enum cli_exit ask_all(struct cli *cli, struct once *once, const struct once_ask *ask,
                             const struct profiles *profiles)
{
    enum plan_snmp snmp = ask->device.snmp;
    enum cli_exit code = CLI_DONE;
    struct probe_once_result result;
    struct js *object = NULL;
    struct err err;

    if (!probe_once(once, snmp, &result, &err)) {
        cli_say("%s", err.text);
        return CLI_REFUSED;
    }
    if (cli->json)
        object = answer_json(cli, snmp, &result);
    else if (result.answered)
        print_answer(cli, &result, &cli->out);
    if (result.answered && snmp != PLAN_ICMP)
        code = probe_read(once, snmp, profiles, object, &cli->out);
    if (object != NULL) {
        js_print(object, 0, &cli->out);
        text_add(&cli->out, "\n");
        js_free(object);
    }
    if (!result.answered && !(result.locked_out && probe_say_locked_out(cli, once)))
        say_silence(cli, ask, &result);
    return result.answered ? code : CLI_REFUSED;
}

static enum cli_exit ask_by_profiles(struct cli *cli, const struct once_ask *ask,
                                     const struct profiles *profiles)
{
    const char *subtree = cli->word_count > 1 ? cli->words[1] : NULL;
    enum cli_exit code;
    struct once *once;
    struct err err;

    once = once_open(ask, &err);
    if (once == NULL) {
        cli_say("%s", err.text);
        return CLI_REFUSED;
    }
    if ((cli->given & CLI_WALK) != 0)
        code = probe_walk(cli, once, ask->device.snmp, profiles, subtree);
    else
        code = ask_all(cli, once, ask, profiles);
    once_close(once);
    return code;
}

enum cli_exit cmd_probe(struct cli *cli)
{
    struct once_ask ask = {.timeout_ms = cli->config.poll_timeout_ms, .tries = PROBE_TRIES};
    enum cli_exit code = take_device(cli, &ask.device);
    struct text complaints = {0};
    struct profiles *profiles;

    if (code != CLI_DONE)
        return code;
    if (cli->word_count > 1 && (cli->given & CLI_WALK) == 0) {
        cli_say("one argument too many: %s; an OID goes with --walk", cli->words[1]);
        return CLI_USAGE;
    }
    if (ask.device.snmp != PLAN_ICMP && !take_credential(cli, ask.device.snmp, &ask.credential))
        return CLI_REFUSED;
    profiles = profile_files_read(cli->config.profiles_dir, NULL, &complaints);
    if (profiles == NULL)
        cli_say_lines(text_get(&complaints));
    text_free(&complaints);
    code = profiles == NULL ? CLI_REFUSED : ask_by_profiles(cli, &ask, profiles);
    profiles_free(profiles);
    explicit_bzero(&ask, sizeof ask);
    return code;
}
