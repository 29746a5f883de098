/* SPDX-License-Identifier: ISC */
#include "sql/conninfo.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct {
    const char *key;
    const char *value;
} conninfo_defaults[] = {
    {"fallback_application_name", "kentongan"},
    {"client_encoding", "UTF8"},
    {"connect_timeout", "10"},
    {"gssencmode", "disable"}, /* its negotiation looks names up */
    {"keepalives", "1"},
    {"keepalives_idle", "10"},
    {"keepalives_interval", "5"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "15000"},
};
/* clang-format on */

static char *copy(const char *text)
{
    char *made = strdup(text);

    if (made == NULL)
        abort();
    return made;
}

static size_t find(const struct conninfo *info, const char *key)
{
    size_t at = 0;

    while (info->key[at] != NULL && strcmp(info->key[at], key) != 0)
        at++;
    return at;
}

const char *conninfo_get(const struct conninfo *info, const char *key)
{
    size_t at = find(info, key);

    return info->key[at] == NULL ? NULL : info->value[at];
}

void conninfo_set(struct conninfo *info, const char *key, const char *value)
{
    size_t at = find(info, key);

    if (info->key[at] == NULL) {
        if (value == NULL || at == CONNINFO_MAX)
            return; /* libpq 15 knows 42 keys */
        info->key[at] = copy(key);
        info->value[at] = copy(value);
        return;
    }
    free(info->value[at]);
    info->value[at] = copy(value == NULL ? "" : value); /* libpq takes "" as not set */
}

/* One of the comma-separated hosts: a socket's directory, an address, or nothing (the default
 * socket). */
static bool is_near(const char *host, size_t bytes)
{
    char name[256];
    struct in6_addr address;

    if (bytes == 0 || host[0] == '/' || host[0] == '@')
        return true;
    if (bytes >= sizeof name)
        return false;
    memcpy(name, host, bytes);
    name[bytes] = '\0';
    return inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1;
}

static bool hosts_check(const char *hosts, struct err *err)
{
    for (const char *host = hosts;;) {
        size_t bytes = strcspn(host, ",");

        if (!is_near(host, bytes))
            return err_set(err,
                           "database conninfo: host=%.*s is a name, and looking it up would stop "
                           "the polling; write hostaddr=ADDRESS beside it, or a socket's directory",
                           (int)bytes, host);
        if (host[bytes] == '\0')
            return true;
        host += bytes + 1;
    }
}

bool conninfo_init(struct conninfo *info, const char *text, struct err *err)
{
    char *words = NULL;
    PQconninfoOption *options = PQconninfoParse(text, &words);
    char line[512];

    *info = (struct conninfo){0};
    if (options == NULL) {
        conninfo_one_line(words == NULL ? "out of memory" : words, line, sizeof line);
        PQfreemem(words);
        return err_set(err, "database conninfo: %s", line);
    }
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
        if (option->val != NULL)
            conninfo_set(info, option->keyword, option->val);
    PQconninfoFree(options);
    for (size_t n = 0; n < sizeof conninfo_defaults / sizeof conninfo_defaults[0]; n++)
        if (conninfo_get(info, conninfo_defaults[n].key) == NULL)
            conninfo_set(info, conninfo_defaults[n].key, conninfo_defaults[n].value);

    const char *host = conninfo_get(info, "host");

    if (host == NULL)
        host = getenv("PGHOST"); /* as libpq does */
    if (host == NULL || conninfo_get(info, "hostaddr") != NULL || getenv("PGHOSTADDR") != NULL ||
        hosts_check(host, err))
        return true;
    conninfo_free(info);
    return false;
}

PGconn *conninfo_start(const struct conninfo *info)
{
    return PQconnectStartParams((const char *const *)info->key, (const char *const *)info->value,
                                0);
}

PGconn *conninfo_connect(const struct conninfo *info, struct err *err)
{
    PGconn *pg =
        PQconnectdbParams((const char *const *)info->key, (const char *const *)info->value, 0);
    char words[512];

    if (pg != NULL && PQstatus(pg) == CONNECTION_OK)
        return pg;
    conninfo_words(pg, words, sizeof words);
    PQfinish(pg);
    err_set(err, "database out of reach: %s", words);
    return NULL;
}

void conninfo_free(struct conninfo *info)
{
    for (size_t n = 0; info->key[n] != NULL; n++) {
        free(info->key[n]);
        free(info->value[n]);
    }
    *info = (struct conninfo){0};
}

void conninfo_one_line(const char *text, char *out, size_t out_bytes)
{
    size_t used = 0;

    for (; *text != '\0' && used + 1 < out_bytes; text++)
        if (*text != '\n' && *text != '\t')
            out[used++] = *text;
        else if (used > 0 && out[used - 1] != ' ')
            out[used++] = ' ';
    while (used > 0 && out[used - 1] == ' ')
        used--;
    out[used] = '\0';
}

void conninfo_words(const PGconn *pg, char *out, size_t out_bytes)
{
    conninfo_one_line(pg == NULL ? "out of memory" : PQerrorMessage(pg), out, out_bytes);
    if (out[0] == '\0')
        snprintf(out, out_bytes, "the connection was closed");
}
