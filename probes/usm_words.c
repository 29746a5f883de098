/* SPDX-License-Identifier: ISC */
#include "probes/usm_words.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "daemon/base/text.h"

#define PREFIX "v3"
#define BLANKS " \t"

/* A word that names an enumerator; the first one of a value is how it is printed. */
struct name {
    const char *word;
    int value;
};

static const struct name levels[] = {
    {"noAuthNoPriv", USM_NOAUTH_NOPRIV},
    {"authNoPriv", USM_AUTH_NOPRIV},
    {"authPriv", USM_AUTH_PRIV},
};
static const struct name auths[] = {
    {"MD5", USM_AUTH_MD5},        {"SHA", USM_AUTH_SHA},        {"SHA-224", USM_AUTH_SHA224},
    {"SHA-256", USM_AUTH_SHA256}, {"SHA-384", USM_AUTH_SHA384}, {"SHA-512", USM_AUTH_SHA512},
    {"SHA-1", USM_AUTH_SHA},      {"SHA1", USM_AUTH_SHA},       {"SHA224", USM_AUTH_SHA224},
    {"SHA256", USM_AUTH_SHA256},  {"SHA384", USM_AUTH_SHA384},  {"SHA512", USM_AUTH_SHA512},
};
static const struct name privs[] = {
    {"DES", USM_PRIV_DES},
    {"AES", USM_PRIV_AES128},
    {"AES-192", USM_PRIV_AES192},
    {"AES-256", USM_PRIV_AES256},
    {"AES-192-C", USM_PRIV_AES192_CISCO},
    {"AES-256-C", USM_PRIV_AES256_CISCO},
    {"AES-128", USM_PRIV_AES128},
    {"AES128", USM_PRIV_AES128},
    {"AES192", USM_PRIV_AES192},
    {"AES256", USM_PRIV_AES256},
    {"AES192C", USM_PRIV_AES192_CISCO},
    {"AES256C", USM_PRIV_AES256_CISCO},
};
#define COUNT(list) (sizeof(list) / sizeof *(list))

/* A word of the line: [at, at + bytes). */
struct word {
    const char *at;
    size_t bytes;
};

static bool find_value(const struct name *names, size_t count, struct word word, int *value)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(names[i].word) == word.bytes &&
            strncasecmp(names[i].word, word.at, word.bytes) == 0) {
            *value = names[i].value;
            return true;
        }
    }
    return false;
}

static const char *find_name(const struct name *names, size_t count, int value)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].value == value)
            return names[i].word;
    return "none";
}

const char *usm_level_name(enum usm_level level)
{
    return find_name(levels, COUNT(levels), (int)level);
}

const char *usm_auth_name(enum usm_auth auth)
{
    return find_name(auths, COUNT(auths), (int)auth);
}

const char *usm_priv_name(enum usm_priv priv)
{
    return find_name(privs, COUNT(privs), (int)priv);
}

static bool copy_word(char *out, size_t out_bytes, struct word word)
{
    if (word.bytes == 0 || word.bytes >= out_bytes)
        return false;
    memset(out, 0, out_bytes);
    memcpy(out, word.at, word.bytes);
    return true;
}

/* "SHA:passphrase"; key is what the word is called in the line. */
static bool read_protocol(struct word word, const char *key, const struct name *names, size_t count,
                          int *value, char pass[USM_PASS_MAX], struct err *err)
{
    const char *colon = memchr(word.at, ':', word.bytes);
    struct word name, rest;

    if (colon == NULL)
        return err_set(err, "%s= must be PROTOCOL:PASSPHRASE", key);
    name = (struct word){word.at, (size_t)(colon - word.at)};
    rest = (struct word){colon + 1, word.bytes - name.bytes - 1};
    /* The name is not shown: in a line gone wrong it may be half a passphrase. */
    if (!find_value(names, count, name, value))
        return err_set(err, "%s= begins with no protocol that is known here (%s)", key,
                       names == auths ? "MD5 SHA SHA-224 SHA-256 SHA-384 SHA-512"
                                      : "DES AES AES-192 AES-256 AES-192-C AES-256-C");
    if (rest.bytes < USM_PASS_LEAST)
        return err_set(err, "the passphrase of %s= is shorter than %d bytes", key, USM_PASS_LEAST);
    if (!copy_word(pass, USM_PASS_MAX, rest))
        return err_set(err, "the passphrase of %s= is longer than %d bytes", key, USM_PASS_MAX - 1);
    return true;
}

static bool take_user(struct usm_words *words, struct word value, struct err *err)
{
    return copy_word(words->user, sizeof words->user, value) ||
           err_set(err, "user= must have 1 to %d bytes", USM_USER_MAX - 1);
}

static bool take_level(struct usm_words *words, struct word value, struct err *err)
{
    int number = 0;
    bool known = find_value(levels, COUNT(levels), value, &number);

    words->level = (enum usm_level)number;
    return known || err_set(err, "level= must be noAuthNoPriv, authNoPriv or authPriv");
}

static bool take_auth(struct usm_words *words, struct word value, struct err *err)
{
    int number = 0;
    bool known = read_protocol(value, "auth", auths, COUNT(auths), &number, words->auth_pass, err);

    words->auth = (enum usm_auth)number;
    return known;
}

static bool take_priv(struct usm_words *words, struct word value, struct err *err)
{
    int number = 0;
    bool known = read_protocol(value, "priv", privs, COUNT(privs), &number, words->priv_pass, err);

    words->priv = (enum usm_priv)number;
    return known;
}

static const struct key {
    const char *word;
    bool (*take)(struct usm_words *words, struct word value, struct err *err);
} keys[] = {{"user", take_user}, {"level", take_level}, {"auth", take_auth}, {"priv", take_priv}};

/* One "key=value"; seen has a bit for each key that was there. */
static bool read_word(struct word word, struct usm_words *words, unsigned *seen, struct err *err)
{
    const char *equals = memchr(word.at, '=', word.bytes);
    struct word key, value;

    if (equals == NULL)
        return err_set(err, "a word is no KEY=VALUE (a passphrase must not hold blanks)");
    key = (struct word){word.at, (size_t)(equals - word.at)};
    value = (struct word){equals + 1, word.bytes - key.bytes - 1};
    for (size_t i = 0; i < COUNT(keys); i++) {
        if (strlen(keys[i].word) != key.bytes || memcmp(keys[i].word, key.at, key.bytes) != 0)
            continue;
        if ((*seen & 1U << i) != 0)
            return err_set(err, "%s= stands twice", keys[i].word);
        *seen |= 1U << i;
        return keys[i].take(words, value, err);
    }
    return err_set(err, "a word is none of user= level= auth= priv=");
}

/* What each level needs is there, and nothing that it would leave unused. */
static bool is_complete(struct usm_words *words, struct err *err)
{
    if (words->user[0] == '\0')
        return err_set(err, "user= is missing");
    if (words->level == 0)
        return err_set(err, "level= is missing (noAuthNoPriv, authNoPriv or authPriv)");
    if (words->level >= USM_AUTH_NOPRIV && words->auth == 0)
        return err_set(err, "level=%s needs auth=", usm_level_name(words->level));
    if (words->level == USM_AUTH_PRIV && words->priv == 0)
        return err_set(err, "level=authPriv needs priv=");
    if (words->level < USM_AUTH_NOPRIV && words->auth != 0)
        return err_set(err, "level=noAuthNoPriv does not use auth=");
    if (words->level < USM_AUTH_PRIV && words->priv != 0)
        return err_set(err, "level=%s does not use priv=", usm_level_name(words->level));
    if (words->auth == 0)
        words->auth = USM_AUTH_NONE;
    if (words->priv == 0)
        words->priv = USM_PRIV_NONE;
    return true;
}

bool usm_words_are_meant(const char *secret)
{
    return strncmp(secret, PREFIX, 2) == 0 && (secret[2] == ' ' || secret[2] == '\t');
}

bool usm_words_read(const char *secret, struct usm_words *words, struct err *err)
{
    const char *at = secret + 2;
    struct usm_words read = {0};
    unsigned seen = 0;
    bool good = true;

    assert(usm_words_are_meant(secret));
    for (at += strspn(at, BLANKS); *at != '\0' && good; at += strspn(at, BLANKS)) {
        struct word word = {at, strcspn(at, BLANKS)};

        good = read_word(word, &read, &seen, err);
        at += word.bytes;
    }
    good = good && is_complete(&read, err);
    if (good)
        *words = read;
    explicit_bzero(&read, sizeof read);
    return good;
}

void usm_words_copy(struct usm_words *out, const struct usm_words *words)
{
    memset(out, 0, sizeof *out);
    memccpy(out->user, words->user, '\0', sizeof out->user - 1);
    out->level = words->level;
    out->auth = words->auth;
    memccpy(out->auth_pass, words->auth_pass, '\0', sizeof out->auth_pass - 1);
    out->priv = words->priv;
    memccpy(out->priv_pass, words->priv_pass, '\0', sizeof out->priv_pass - 1);
}

bool usm_words_equal(const struct usm_words *a, const struct usm_words *b)
{
    return strcmp(a->user, b->user) == 0 && a->level == b->level && a->auth == b->auth &&
           a->priv == b->priv && strcmp(a->auth_pass, b->auth_pass) == 0 &&
           strcmp(a->priv_pass, b->priv_pass) == 0;
}
