/* SPDX-License-Identifier: ISC */
#include "daemon/inventory_field.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define CODE_MAX   ((size_t)63)
#define CODE_BYTES "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-"
#define BASE64     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

void field_complain(const struct field_place *place, const char *column, const char *words)
{
    text_addf(place->complaints, "%s:%zu: %s: %s\n", place->path, place->line, column, words);
}

/* The next blank-separated word from *at on, as a span; false at the end. */
static bool next_word(const char **at, const char **word, size_t *bytes)
{
    *at += strspn(*at, " ");
    *word = *at;
    *bytes = strcspn(*at, " ");
    *at += *bytes;
    return *bytes > 0;
}

bool field_list_has(const char *list, const char *word)
{
    size_t length = strlen(word), bytes;
    const char *at = list, *found;

    while (next_word(&at, &found, &bytes))
        if (bytes == length && memcmp(found, word, length) == 0)
            return true;
    return false;
}

static bool check_code(const char *value, size_t bytes, struct err *err)
{
    if (bytes == 0 || bytes > CODE_MAX || strspn(value, CODE_BYTES) < bytes ||
        strchr("._-", *value) != NULL)
        return err_set(err, "not a code: 1 to %zu of 0-9 A-Z a-z . _ -, a letter or digit first",
                       CODE_MAX);
    return true;
}

static bool check_text(const struct field_rule *rule, const char *value, struct err *err)
{
    if (strlen(value) > (size_t)rule->most)
        return err_set(err, "longer than %d bytes", (int)rule->most);
    for (const char *at = value; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return err_set(err, "holds a line break or another control byte");
    return true;
}

static bool check_word(const struct field_rule *rule, const char *value, struct err *err)
{
    if (!field_list_has(rule->words, value))
        return err_set(err, "must be one of: %s", rule->words);
    return true;
}

static bool check_number(const struct field_rule *rule, const char *value, struct err *err)
{
    int64_t number;

    if (!text_i64(value, rule->least, rule->most, &number))
        return err_set(err, "must be a whole number from %lld to %lld", (long long)rule->least,
                       (long long)rule->most);
    return true;
}

/* Digits with at most one dot between them; strtod() alone would take "0x1p3", "inf" and blanks. */
static bool check_degree(const struct field_rule *rule, const char *value, struct err *err)
{
    const char *at = value + (*value == '-');
    size_t whole = strspn(at, "0123456789"), part = 0;
    double degree;

    if (at[whole] == '.')
        part = 1 + strspn(at + whole + 1, "0123456789");
    if (strchr(value, ',') != NULL)
        return err_set(err, "write it with a decimal dot, as -7.38534");
    if (whole == 0 || whole > 3 || part == 1 || part > 13 || at[whole + part] != '\0')
        return err_set(err, "not a number of degrees such as -7.38534");
    degree = strtod(value, NULL);
    if (degree < (double)rule->least || degree > (double)rule->most)
        return err_set(err, "must lie between %d and %d degrees", (int)rule->least,
                       (int)rule->most);
    return true;
}

static bool seen_before(const char *list, const char *word, size_t bytes)
{
    const char *at = list, *other;
    size_t other_bytes;

    while (next_word(&at, &other, &other_bytes) && other < word)
        if (other_bytes == bytes && memcmp(other, word, bytes) == 0)
            return true;
    return false;
}

static bool check_codes(const struct field_rule *rule, const char *value, struct err *err)
{
    const char *at = value, *word;
    size_t bytes;
    int64_t count = 0;

    while (next_word(&at, &word, &bytes)) {
        size_t code = bytes - (rule->type == FIELD_PATTERNS && word[bytes - 1] == '*');

        if (code > 0 && !check_code(word, code, err))
            return err_prefix(err, "\"%.*s\"", (int)(bytes < 70 ? bytes : 70), word);
        if (seen_before(value, word, bytes))
            return err_set(err, "%.*s stands twice", (int)bytes, word);
        if (++count > rule->most)
            return err_set(err, "more than %d codes", (int)rule->most);
    }
    return true;
}

static bool two_digits(const char *at, int most)
{
    return at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9' &&
           (at[0] - '0') * 10 + at[1] - '0' <= most;
}

/* "07:30"; "24:00" is the end of a day. */
static bool is_hour(const char *at)
{
    return (two_digits(at, 23) && at[2] == ':' && two_digits(at + 3, 59)) ||
           strncmp(at, "24:00", 5) == 0;
}

static bool check_hours(const struct field_rule *rule, const char *value, struct err *err)
{
    const char *at = value, *word;
    size_t bytes;
    int64_t count = 0;

    while (next_word(&at, &word, &bytes)) {
        if (bytes != 11 || !is_hour(word) || word[5] != '-' || !is_hour(word + 6))
            return err_set(err, "not hours such as 08:00-15:30");
        if (memcmp(word, word + 6, 5) == 0)
            return err_set(err, "begins and ends at the same time; a whole day is 00:00-24:00");
        if (++count > rule->most)
            return err_set(err, "more than %d span%s", (int)rule->most, rule->most == 1 ? "" : "s");
    }
    return true;
}

static bool check_date(const char *value, struct err *err)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool form = strlen(value) == 10 && value[4] == '-' && value[7] == '-' &&
                two_digits(value, 99) && two_digits(value + 2, 99) && two_digits(value + 5, 12) &&
                two_digits(value + 8, 31);
    int year = form ? (int)strtol(value, NULL, 10) : 0;
    int month = form ? (int)strtol(value + 5, NULL, 10) : 0;
    int day = form ? (int)strtol(value + 8, NULL, 10) : 0;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 1970 || month < 1 || day < 1 || day > days[month - 1] + (month == 2 && leap))
        return err_set(err, "not a date such as 2026-11-24");
    return true;
}

static bool check_ip(const char *value, struct err *err)
{
    struct in_addr v4;
    struct in6_addr v6;
    uint32_t host;

    if (inet_pton(AF_INET, value, &v4) == 1) {
        host = ntohl(v4.s_addr);
        if (host >> 24 == 0 || host >> 28 >= 0xe)
            return err_set(err, "no device can have this address");
        return true;
    }
    if (inet_pton(AF_INET6, value, &v6) != 1)
        return err_set(err, "not an IP address; names are not looked up: write 10.20.1.1");
    if (IN6_IS_ADDR_UNSPECIFIED(&v6) || IN6_IS_ADDR_MULTICAST(&v6))
        return err_set(err, "no device can have this address");
    if (IN6_IS_ADDR_V4MAPPED(&v6))
        return err_set(err, "write the IPv4 address itself");
    return true;
}

/* The port of host[:port], and whether there is a host at all. */
static bool check_authority(const char *host, size_t bytes, struct err *err)
{
    const char *bracket = *host == '[' ? memchr(host, ']', bytes) : NULL;
    const char *rest = bracket != NULL ? bracket + 1 : host;
    const char *colon = memchr(rest, ':', bytes - (size_t)(rest - host));
    char port[8] = "";
    size_t digits;
    int64_t number;

    if (bytes == 0 || colon == host || (*host == '[' && bracket == NULL))
        return err_set(err, "names no host");
    if (memchr(host, '@', bytes) != NULL)
        return err_set(err, "must not hold a user or password; the signature is the proof");
    if (colon == NULL)
        return true;
    digits = bytes - (size_t)(colon + 1 - host);
    if (digits > 0 && digits < sizeof port)
        memcpy(port, colon + 1, digits);
    if (!text_i64(port, 1, 65535, &number))
        return err_set(err, "the port must be a number from 1 to 65535");
    return true;
}

static bool check_url(const struct field_rule *rule, const char *value, struct err *err)
{
    const char *host = strncmp(value, "http://", 7) == 0    ? value + 7
                       : strncmp(value, "https://", 8) == 0 ? value + 8
                                                            : NULL;

    if (host == NULL)
        return err_set(err, "must begin with http:// or https://");
    if (strlen(value) > (size_t)rule->most)
        return err_set(err, "longer than %d bytes", (int)rule->most);
    for (const char *at = value; *at != '\0'; at++)
        if ((unsigned char)*at <= 0x20 || (unsigned char)*at >= 0x7f || strchr("\"<>\\^`{|}", *at))
            return err_set(err, "holds a byte that no URL may hold; write it as %%XX");
    if (strchr(value, '#') != NULL)
        return err_set(err, "must not have a fragment (#...): it is never sent");
    return check_authority(host, strcspn(host, "/?"), err);
}

static const char *secret_of(const char *name, const struct field_secrets *secrets, struct err *err)
{
    const char *secret = NULL;

    if (check_code(name, strlen(name), err))
        secret = secrets->find(name, secrets->arg);
    else
        return NULL;
    if (secret == NULL)
        err_set(err, "%s is not in the secrets file; add a line %s = ...", name, name);
    return secret;
}

bool field_secret_is_user(const char *secret)
{
    return strncmp(secret, "v3 ", 3) == 0 || strncmp(secret, "v3\t", 3) == 0;
}

static bool check_community(const struct field_rule *rule, const char *value,
                            const struct field_secrets *secrets, struct err *err)
{
    const char *secret = secret_of(value, secrets, err);

    if (secret == NULL)
        return false;
    if (strncmp(secret, "whsec_", 6) == 0)
        return err_set(err, "%s is a webhook secret, not a community", value);
    if (!field_secret_is_user(secret) && strlen(secret) > (size_t)rule->most)
        return err_set(err, "the community %s is longer than %d bytes", value, (int)rule->most);
    return true;
}

/* "whsec_" and base64 of 24 to 64 bytes (Standard Webhooks 1.0.0). */
static bool is_signing_secret(const char *secret)
{
    const char *text = secret + 6;
    size_t digits, padding;

    if (strncmp(secret, "whsec_", 6) != 0)
        return false;
    digits = strspn(text, BASE64);
    padding = strspn(text + digits, "=");
    if (padding > 2 || text[digits + padding] != '\0' || (digits + padding) % 4 != 0)
        return false;
    return digits * 3 / 4 >= 24 && digits * 3 / 4 <= 64;
}

static bool check_signing(const char *value, const struct field_secrets *secrets, struct err *err)
{
    const char *secret = secret_of(value, secrets, err);

    if (secret == NULL)
        return false;
    if (!is_signing_secret(secret))
        return err_set(err,
                       "%s is not a webhook secret: whsec_ and base64 of 24 to 64 bytes, from "
                       "echo \"whsec_$(openssl rand -base64 32)\"",
                       value);
    return true;
}

bool field_check(const struct field_rule *rule, const char *value,
                 const struct field_secrets *secrets, struct err *err)
{
    if (*value == '\0')
        return rule->may_be_empty || err_set(err, "must not be empty");
    switch (rule->type) {
    case FIELD_CODE:
        return check_code(value, strlen(value), err);
    case FIELD_TEXT:
        return check_text(rule, value, err);
    case FIELD_WORD:
        return check_word(rule, value, err);
    case FIELD_NUMBER:
        return check_number(rule, value, err);
    case FIELD_DEGREE:
        return check_degree(rule, value, err);
    case FIELD_CODES:
    case FIELD_PATTERNS:
        return check_codes(rule, value, err);
    case FIELD_HOURS:
        return check_hours(rule, value, err);
    case FIELD_DATE:
        return check_date(value, err);
    case FIELD_IP:
        return check_ip(value, err);
    case FIELD_URL:
        return check_url(rule, value, err);
    case FIELD_COMMUNITY:
        return check_community(rule, value, secrets, err);
    case FIELD_SIGNING:
        return check_signing(value, secrets, err);
    case FIELD_TYPE_END:
        break;
    }
    return true;
}

/* The last word: the one that other rows need least, as "other" of the roles of devices. */
static const char *last_word(const char *words)
{
    const char *blank = strrchr(words, ' ');

    return blank != NULL ? blank + 1 : words;
}

void field_mend(const struct field_rule *rule, size_t line, struct text *out)
{
    switch (rule->type) {
    case FIELD_CODE:
        if (!rule->may_be_empty)
            text_addf(out, "line-%zu", line);
        return;
    case FIELD_TEXT:
        if (!rule->may_be_empty)
            text_addf(out, "line %zu", line);
        return;
    case FIELD_WORD:
        text_add(out, last_word(rule->words));
        return;
    case FIELD_IP: /* for documents, so that no device has it (RFC 3849) */
        text_addf(out, "2001:db8::%zx:%zx", line >> 16 & 0xffff, line & 0xffff);
        return;
    case FIELD_NUMBER:
    case FIELD_DEGREE:
    case FIELD_CODES:
    case FIELD_PATTERNS:
    case FIELD_HOURS:
    case FIELD_DATE:
    case FIELD_URL:
    case FIELD_COMMUNITY:
    case FIELD_SIGNING:
    case FIELD_TYPE_END:
        text_add(out, rule->preset);
        return;
    }
}

void field_mend_list(const struct field_rule *rule, const char *list, const char *without,
                     struct text *out)
{
    const char *at = list, *word;
    size_t bytes;
    struct err err;

    while (next_word(&at, &word, &bytes)) {
        size_t code = bytes - (rule->type == FIELD_PATTERNS && word[bytes - 1] == '*');
        bool is_it =
            without != NULL && strlen(without) == bytes && memcmp(word, without, bytes) == 0;

        if ((code > 0 && !check_code(word, code, &err)) || seen_before(list, word, bytes) || is_it)
            continue;
        text_add(out, out->bytes > 0 ? " " : "");
        text_add_bytes(out, word, bytes);
    }
}
