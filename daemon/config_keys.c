/* SPDX-License-Identifier: ISC */
#include "daemon/config_keys.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "probes/trap_listen.h"

#define ZONE_DIR        "/usr/share/zoneinfo"
#define SOCKET_PATH_MAX ((size_t)100) /* sun_path has 108, PostgreSQL and nginx want a few */

#define AT(field) offsetof(struct config, field), sizeof((struct config *)NULL)->field
#define S         INT64_C(1000)
#define M         (60 * S)
#define H         (60 * M)

/* clang-format off */
const struct config_key config_keys[] = {
    /* section    key                type             field                          preset */
    {"",         "state_dir",        CONFIG_PATH,     AT(state_dir),                 "/var/lib/kentongan", 1, 0, NULL,
     "Where the daemon keeps what must outlive it."},
    {"",         "secrets_file",     CONFIG_PATH,     AT(secrets_file),              "/etc/kentongan/secrets", 1, 0, NULL,
     "Lines NAME = VALUE, mode 0600: communities and webhook secrets. Re-read on SIGHUP."},
    {"",         "profiles_dir",     CONFIG_PATH,     AT(profiles_dir),              "", 0, 0, NULL,
     "A folder of profiles (*.profile) of your own, besides those built in; empty: none."},
    {"database", "conninfo",         CONFIG_CONNINFO, AT(database_conninfo),         "host=/run/postgresql dbname=kentongan", 1, 0, NULL,
     "How the daemon and the command line reach PostgreSQL: a Unix socket, or hostaddr."},
    {"database", "admin",            CONFIG_CONNINFO, AT(database_admin),            "", 0, 0, NULL,
     "The same for 'db init' and 'db migrate', as a role that may create roles; empty: from conninfo."},
    {"web",      "listen",           CONFIG_LISTEN,   AT(web_listen),                "unix:/run/kentongan/http.sock", 0, 0, NULL,
     "unix:/PATH, or a loopback address and port such as 127.0.0.1:8420; nginx is the public side."},
    {"web",      "base_url",         CONFIG_URL,      AT(web_base_url),              "http://127.0.0.1:8420", 0, 0, NULL,
     "What links in notifications begin with."},
    {"poll",     "interval",         CONFIG_DURATION, AT(poll_interval_ms),          "30s", 100, H, NULL,
     "Every device once per interval, spread evenly."},
    {"poll",     "reading_interval", CONFIG_DURATION, AT(poll_reading_interval_ms), "5m", 0, 24 * H, NULL,
     "What devices say of themselves (signal, power, traffic) is read that often, or seldomer where a line has no room for it; 0s: never."},
    {"poll",     "timeout",          CONFIG_DURATION, AT(poll_timeout_ms),           "2s", 50, M, NULL,
     "An answer is waited for so long until round trips are known. Shorter than interval."},
    {"poll",     "packets_per_second", CONFIG_COUNT,  AT(poll_packets_per_second),   "20000", 10, 1000000, NULL,
     "No more requests leave in a second, whatever is due."},
    {"poll",     "uplink_bytes_per_second", CONFIG_COUNT, AT(poll_uplink_bytes_per_second), "32000", 0, 1000000000, NULL,
     "Probes, readings and answers behind one radio hop of the core take no more than this; 0: no limit."},
    {"poll",     "misses_to_down",   CONFIG_COUNT,    AT(poll_misses_to_down),       "3", 1, 100, NULL,
     "So many misses in a row at least until a site is down; its outage counts from the first of them."},
    {"poll",     "false_down_years", CONFIG_COUNT,    AT(poll_false_down_years),     "100", 0, 10000, NULL,
     "A site is taken for down by mistake once in so many years; 0: misses are only counted."},
    {"poll",     "answers_to_up",    CONFIG_COUNT,    AT(poll_answers_to_up),        "3", 1, 100, NULL,
     "Answers in a row until it is up again; restored at the first of them."},
    {"prober",   "count",            CONFIG_COUNT,    AT(prober_count),              "1", 1, 64, NULL,
     "Probing processes; each has its share of the devices. One does for 100,000. Needs a restart."},
    {"prober",   "sandbox",          CONFIG_SWITCH,   AT(prober_sandbox),            "true", 0, 0, NULL,
     "The probing process confines itself to what it needs; false only where that fails. Needs a restart."},
    {"history",  "five_minutes",     CONFIG_DURATION, AT(history_five_minutes_ms),   "30d", 24 * H, 3660 * 24 * H, NULL,
     "How long loss, round trips and readings are kept five minutes at a time."},
    {"history",  "hours",            CONFIG_DURATION, AT(history_hours_ms),          "730d", 24 * H, 36600 * 24 * H, NULL,
     "How long they are kept by the hour."},
    {"history",  "readings",         CONFIG_COUNT,    AT(history_readings),          "16", 0, 256, NULL,
     "Of so many readings of a device, the main ones first; each takes some 900 kB in 30 days. 0: none."},
    {"degraded", "loss",             CONFIG_COUNT,    AT(degraded_loss_percent),     "5", 0, 99, NULL,
     "A link that answers but loses more percent of its probes than this, half an hour long, has a ticket; 0: none has."},
    {"degraded", "rtt",              CONFIG_DURATION, AT(degraded_rtt_ms),           "1s", 0, M, NULL,
     "The same for one whose round trips take longer than this on average; 0s: none has."},
    {"degraded", "readings",         CONFIG_SWITCH,   AT(degraded_readings),         "true", 0, 0, NULL,
     "The same for what devices say of themselves, by the limits of their profiles: signal, voltage, optics, errors."},
    {"degraded", "baseline",         CONFIG_SWITCH,   AT(degraded_baseline),         "true", 0, 0, NULL,
     "Round trips and readings are compared, too, with what they were in this hour of the last eight weeks."},
    {"verify",   "window",           CONFIG_DURATION, AT(verify_window_ms),          "3m", 10 * S, H, NULL,
     "How long a claimed repair is watched before it counts."},
    {"verify",   "self_heal_after",  CONFIG_DURATION, AT(verify_self_heal_after_ms), "30m", S, 24 * 7 * H, NULL,
     "A link that came back is restored without a claim after this time."},
    {"webhook",  "timeout",          CONFIG_DURATION, AT(webhook_timeout_ms),        "20s", S, M, NULL,
     "How long one delivery may take."},
    {"webhook",  "allow",            CONFIG_NETS,     AT(webhook_allow),             NULL, 0, 0, NULL,
     "Private receivers that may be called: networks such as { \"10.20.0.0/16\" }."},
    {"trap",     "listen",           CONFIG_TRAPS,    AT(trap_listen),               "", 0, 0, NULL,
     "Where traps and informs are heard: 0.0.0.0:162, [::]:162 (IPv4 as well), systemd (its socket unit); empty: nowhere."},
    {"locale",   "language",         CONFIG_WORD,     AT(locale_language),           "id", 0, 0, "id en",
     "Of pages and messages: id or en."},
    {"locale",   "timezone",         CONFIG_ZONE,     AT(locale_timezone),           "Asia/Jakarta", 0, 0, NULL,
     "In which times are shown and months begin."},
    {"log",      "level",            CONFIG_WORD,     AT(log_level),                 "info", 0, 0, "debug info warn error",
     "debug, info, warn or error."},
};
/* clang-format on */
const size_t config_key_count = sizeof config_keys / sizeof config_keys[0];

void config_key_label(const struct config_key *key, struct text *out)
{
    text_addf(out, "%s%s%s", key->section, *key->section != '\0' ? "." : "", key->name);
}

static void *config_field(const struct config_key *key, struct config *config)
{
    return (char *)config + key->offset;
}

static const void *config_field_const(const struct config_key *key, const struct config *config)
{
    return (const char *)config + key->offset;
}

static bool take_text(const struct config_key *key, const char *value, struct config *config,
                      struct err *err)
{
    char kept[CONFIG_TEXT_MAX];

    if (!text_copy(kept, key->room, value))
        return err_set(err, "longer than %zu bytes, or not plain UTF-8 text", key->room - 1);
    memcpy(config_field(key, config), kept, key->room);
    return true;
}

static bool path_is_good(const struct config_key *key, const char *value, struct err *err)
{
    if (*value == '\0' && key->least == 0)
        return true;
    if (value[0] != '/')
        return err_set(err, "must be an absolute path, from / on");
    return true;
}

/* "password = x" as a word of its own, or user:password@ in a URI. */
static bool conninfo_holds_password(const char *value)
{
    const char *at = strstr(value, "://");

    if (at != NULL) {
        const char *end = at + 3 + strcspn(at + 3, "/?");
        const char *user_end = memchr(at + 3, '@', (size_t)(end - at - 3));

        if (user_end != NULL && memchr(at + 3, ':', (size_t)(user_end - at - 3)) != NULL)
            return true;
    }
    for (at = value; (at = strstr(at, "password")) != NULL; at += strlen("password")) {
        const char *after = at + strlen("password");

        if ((at == value || strchr(" \t?&", at[-1]) != NULL) && after[strspn(after, " \t")] == '=')
            return true;
    }
    return false;
}

static bool conninfo_is_good(const struct config_key *key, const char *value, struct err *err)
{
    if (*value == '\0' && key->least > 0)
        return err_set(err, "must not be empty");
    if (conninfo_holds_password(value))
        return err_set(err, "must not hold a password; write passfile=FILE, or use peer logins");
    return true;
}

static bool take_duration(const struct config_key *key, const char *value, struct config *config,
                          struct err *err)
{
    char least[32], most[32];
    int64_t ms;

    if (*value != '\0' && value[strspn(value, "0123456789")] == '\0')
        return err_set(err, "a duration needs its unit: write %ss, or ms, m, h, d", value);
    text_duration_print(key->least, least);
    text_duration_print(key->most, most);
    if (!text_duration_ms(value, &ms))
        return err_set(err, "not a duration; write it as 500ms, 30s, 2m, 1h or 1d");
    if (ms < key->least || ms > key->most)
        return err_set(err, "must lie between %s and %s", least, most);
    *(int64_t *)config_field(key, config) = ms;
    return true;
}

static bool take_count(const struct config_key *key, const char *value, struct config *config,
                       struct err *err)
{
    int64_t count;

    if (!text_i64(value, key->least, key->most, &count))
        return err_set(err, "must be a whole number from %lld to %lld", (long long)key->least,
                       (long long)key->most);
    *(int64_t *)config_field(key, config) = count;
    return true;
}

static bool take_switch(const struct config_key *key, const char *value, struct config *config,
                        struct err *err)
{
    bool on = strcmp(value, "true") == 0;

    if (!on && strcmp(value, "false") != 0)
        return err_set(err, "must be true or false");
    *(bool *)config_field(key, config) = on;
    return true;
}

static bool take_net(const struct config_key *key, const char *value, struct config *config,
                     struct err *err)
{
    struct net_list *list = config_field(key, config);
    struct net net;

    if (!net_parse(value, &net))
        return err_set(err,
                       "not an IP network such as 10.20.0.0/16 or fd00::/8 (no bits may be set "
                       "behind the prefix)");
    if (list->count == NET_LIST_MAX)
        return err_set(err, "more than %d networks", NET_LIST_MAX);
    list->nets[list->count++] = net;
    return true;
}

static bool take_url(const struct config_key *key, const char *value, struct config *config,
                     struct err *err)
{
    const char *host = strncmp(value, "http://", 7) == 0    ? value + 7
                       : strncmp(value, "https://", 8) == 0 ? value + 8
                                                            : NULL;
    char *kept = config_field(key, config);

    if (host == NULL)
        return err_set(err, "must begin with http:// or https://");
    if (*host == '\0' || strchr("/:?#", *host) != NULL)
        return err_set(err, "names no host");
    if (strpbrk(value, "?#@ \"<>\\") != NULL)
        return err_set(err, "must be scheme, host and path only: no ? # @ or blanks");
    if (!take_text(key, value, config, err))
        return false;
    for (size_t length = strlen(kept); kept[length - 1] == '/'; length--)
        kept[length - 1] = '\0';
    return true;
}

/* 127.x.y.z:PORT or [::1]:PORT */
static bool listen_is_loopback(const char *value)
{
    const char *colon = strrchr(value, ':');
    char host[64] = "";
    struct in_addr v4;
    int64_t port;

    if (colon == NULL || (size_t)(colon - value) >= sizeof host ||
        !text_i64(colon + 1, 1, 65535, &port))
        return false;
    memcpy(host, value, (size_t)(colon - value));
    if (strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

static bool listen_is_good(const char *value, struct err *err)
{
    if (strncmp(value, "unix:", 5) == 0) {
        if (value[5] != '/')
            return err_set(err, "the socket's path must be absolute: unix:/run/...");
        if (strlen(value + 5) > SOCKET_PATH_MAX)
            return err_set(err, "the socket's path has more than %zu bytes; choose a shorter one",
                           SOCKET_PATH_MAX);
        return true;
    }
    if (!listen_is_loopback(value))
        return err_set(err, "must be unix:/PATH, or a loopback address with its port: "
                            "127.0.0.1:8420 or [::1]:8420");
    return true;
}

static bool traps_are_good(const char *value, struct err *err)
{
    struct sockaddr_storage address;

    if (trap_listen_read(value, &address) == TRAP_LISTEN_WRONG)
        return err_set(err, "must be an IP address with its port, 0.0.0.0:162 or [::]:162; or "
                            "systemd; or empty");
    return true;
}

static bool word_is_good(const struct config_key *key, const char *value, struct err *err)
{
    size_t length = strlen(value);
    const char *at = key->words;

    while (length > 0 && (at = strstr(at, value)) != NULL) {
        if ((at == key->words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0') &&
            strchr(value, ' ') == NULL)
            return true;
        at += length;
    }
    return err_set(err, "must be one of: %s", key->words);
}

/* A compiled zone begins with "TZif" (RFC 8536, section 3.1). */
static bool zone_is_compiled(const char *path)
{
    FILE *file = fopen(path, "rbe");
    char magic[4] = "";
    bool good = file != NULL && fread(magic, sizeof magic, 1, file) == 1 &&
                memcmp(magic, "TZif", sizeof magic) == 0;

    if (file != NULL)
        fclose(file);
    return good;
}

static bool zone_is_good(const char *value, struct err *err)
{
    char path[CONFIG_TEXT_MAX];
    struct stat st;

    if (*value != '\0' && value[0] != '/' && strstr(value, "..") == NULL) {
        snprintf(path, sizeof path, ZONE_DIR "/%s", value);
        if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && zone_is_compiled(path))
            return true;
    }
    return err_set(err, "no such time zone under " ZONE_DIR "; write it as Asia/Jakarta");
}

bool config_key_take(const struct config_key *key, const char *value, struct config *config,
                     struct err *err)
{
    bool good = true;

    switch (key->type) {
    case CONFIG_DURATION:
        return take_duration(key, value, config, err);
    case CONFIG_COUNT:
        return take_count(key, value, config, err);
    case CONFIG_SWITCH:
        return take_switch(key, value, config, err);
    case CONFIG_NETS:
        return take_net(key, value, config, err);
    case CONFIG_URL:
        return take_url(key, value, config, err);
    case CONFIG_PATH:
        good = path_is_good(key, value, err);
        break;
    case CONFIG_CONNINFO:
        good = conninfo_is_good(key, value, err);
        break;
    case CONFIG_LISTEN:
        good = listen_is_good(value, err);
        break;
    case CONFIG_TRAPS:
        good = traps_are_good(value, err);
        break;
    case CONFIG_WORD:
        good = word_is_good(key, value, err);
        break;
    case CONFIG_ZONE:
        good = zone_is_good(value, err);
        break;
    case CONFIG_TYPE_END:
        break;
    }
    return good && take_text(key, value, config, err);
}

/* Double quotes; a dollar is escaped because "${NAME}" is libconfuse's way to the environment. */
static void print_quoted(const char *value, struct text *out)
{
    text_add(out, "\"");
    for (const char *at = value; *at != '\0'; at++) {
        if (strchr("\"\\$", *at) != NULL)
            text_add(out, "\\");
        text_add_bytes(out, at, 1);
    }
    text_add(out, "\"");
}

/* Bare where libconfuse takes it as one word. */
static void print_text(const char *value, struct text *out)
{
    size_t safe =
        strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-");

    if (*value != '\0' && value[safe] == '\0' && strncmp(value, "//", 2) != 0)
        text_add(out, value);
    else
        print_quoted(value, out);
}

static void print_net(const struct net *net, struct text *out)
{
    bool is_v4 = IN6_IS_ADDR_V4MAPPED(&net->address) && net->prefix >= 96;
    char address[INET6_ADDRSTRLEN];

    if (is_v4)
        inet_ntop(AF_INET, net->address.s6_addr + 12, address, sizeof address);
    else
        inet_ntop(AF_INET6, &net->address, address, sizeof address);
    text_addf(out, "\"%s/%d\"", address, is_v4 ? net->prefix - 96 : net->prefix);
}

static void print_nets(const struct net_list *list, struct text *out)
{
    text_add(out, "{");
    for (size_t i = 0; i < list->count; i++) {
        text_add(out, i == 0 ? " " : ", ");
        print_net(&list->nets[i], out);
    }
    text_add(out, " }");
}

void config_key_print(const struct config_key *key, const struct config *config, struct text *out)
{
    const void *field = config_field_const(key, config);
    char duration[32];

    switch (key->type) {
    case CONFIG_DURATION:
        text_duration_print(*(const int64_t *)field, duration);
        text_add(out, duration);
        break;
    case CONFIG_COUNT:
        text_addf(out, "%lld", (long long)*(const int64_t *)field);
        break;
    case CONFIG_SWITCH:
        text_add(out, *(const bool *)field ? "true" : "false");
        break;
    case CONFIG_NETS:
        print_nets(field, out);
        break;
    case CONFIG_WORD:
    case CONFIG_ZONE:
    case CONFIG_PATH:
    case CONFIG_CONNINFO:
    case CONFIG_URL:
    case CONFIG_LISTEN:
    case CONFIG_TRAPS:
    case CONFIG_TYPE_END:
        print_text(field, out);
        break;
    }
}

void config_preset(struct config *config)
{
    *config = (struct config){.file = ""};
    for (size_t i = 0; i < config_key_count; i++) {
        struct err err;

        if (config_keys[i].preset != NULL &&
            !config_key_take(&config_keys[i], config_keys[i].preset, config, &err))
            abort(); /* a preset of ours that its own row refuses */
    }
}

static const struct config_key *key_of(size_t offset)
{
    for (size_t i = 0; i < config_key_count; i++)
        if (config_keys[i].offset == offset)
            return &config_keys[i];
    abort();
}

bool config_conflict(const struct config *config, const struct config_key *keys[2], struct err *err)
{
    char interval[32], timeout[32];

    if (config->poll_timeout_ms < config->poll_interval_ms)
        return false;
    text_duration_print(config->poll_interval_ms, interval);
    text_duration_print(config->poll_timeout_ms, timeout);
    err_set(err, "%s is not shorter than poll.interval, which is %s", timeout, interval);
    keys[0] = key_of(offsetof(struct config, poll_timeout_ms));
    keys[1] = key_of(offsetof(struct config, poll_interval_ms));
    return true;
}
