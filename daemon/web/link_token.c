/* SPDX-License-Identifier: ISC */
#include "daemon/web/link_token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/text.h"
#include "daemon/web/digest.h"

#define VERSION          1
#define MAC_BYTES        16
#define HEAD_BYTES       21 /* version 1, ticket 8, generation 4, expiry 8 */
#define RAW_MAX          (HEAD_BYTES + LINK_PARTY_MAX - 1 + MAC_BYTES)
#define SECRET_BYTES_MIN 32
#define PATH_BYTES_MAX   1024

_Static_assert(DIGEST_BASE64_MAX(RAW_MAX) <= LINK_TOKEN_MAX, "a token fits");

static void put(unsigned char *at, uint64_t number, size_t bytes)
{
    for (size_t i = bytes; i > 0; i--, number >>= 8)
        at[i - 1] = (unsigned char)(number & 0xff);
}

static uint64_t get(const unsigned char *at, size_t bytes)
{
    uint64_t number = 0;

    for (size_t i = 0; i < bytes; i++)
        number = number << 8 | at[i];
    return number;
}

/* Over everything in front of it, the version too. */
static void sign(const void *key, size_t key_bytes, const unsigned char *raw, size_t bytes,
                 char mac[MAC_BYTES])
{
    unsigned char whole[DIGEST_BYTES];

    digest_hmac(key, key_bytes, raw, bytes, whole);
    memcpy(mac, whole, MAC_BYTES);
    explicit_bzero(whole, sizeof whole);
}

bool link_token_make(const void *key, size_t key_bytes, const struct link_words *words,
                     char out[LINK_TOKEN_MAX])
{
    size_t party = strnlen(words->party, LINK_PARTY_MAX);
    unsigned char raw[RAW_MAX];
    char mac[MAC_BYTES];

    out[0] = '\0';
    if (party == 0 || party == LINK_PARTY_MAX)
        return false;
    raw[0] = VERSION;
    put(raw + 1, (uint64_t)words->ticket, 8);
    put(raw + 9, words->generation, 4);
    put(raw + 13, (uint64_t)(words->expires.us / US_PER_S), 8);
    memcpy(raw + HEAD_BYTES, words->party, party);
    sign(key, key_bytes, raw, HEAD_BYTES + party, mac);
    memcpy(raw + HEAD_BYTES + party, mac, MAC_BYTES);
    digest_base64url(raw, HEAD_BYTES + party + MAC_BYTES, out);
    return true;
}

static bool is_genuine(const void *key, size_t key_bytes, const unsigned char *raw, size_t bytes)
{
    char mac[MAC_BYTES];
    bool same;

    if (bytes <= HEAD_BYTES + MAC_BYTES)
        return false;
    sign(key, key_bytes, raw, bytes - MAC_BYTES, mac);
    same = text_equal_secret(mac, (const char *)raw + bytes - MAC_BYTES, MAC_BYTES);
    explicit_bzero(mac, sizeof mac);
    return same;
}

enum link_verdict link_token_read(const void *key, size_t key_bytes, const char *token,
                                  struct wall now, struct link_words *words)
{
    unsigned char raw[RAW_MAX];
    size_t bytes = sizeof raw;
    size_t party;

    /* What it says is looked at only once it is known to be ours. */
    if (!digest_base64url_read(token, raw, &bytes) || !is_genuine(key, key_bytes, raw, bytes) ||
        raw[0] != VERSION)
        return LINK_FORGED;
    party = bytes - HEAD_BYTES - MAC_BYTES;
    *words = (struct link_words){.ticket = (int64_t)get(raw + 1, 8),
                                 .generation = (uint32_t)get(raw + 9, 4),
                                 .expires = {(int64_t)get(raw + 13, 8) * US_PER_S}};
    memcpy(words->party, raw + HEAD_BYTES, party);
    return now.us > words->expires.us ? LINK_EXPIRED : LINK_OK;
}

bool link_path_make(const void *key, size_t key_bytes, const struct link_words *words,
                    struct wall owed, char out[LINK_PATH_MAX])
{
    struct link_words dated = *words;
    char token[LINK_TOKEN_MAX];

    dated.expires = wall_add_ms(owed, LINK_LIFE_MS);
    out[0] = '\0';
    if (!link_token_make(key, key_bytes, &dated, token))
        return false;
    snprintf(out, LINK_PATH_MAX, "/t/%s", token);
    explicit_bzero(token, sizeof token);
    return true;
}

/* -- the key -- */

static bool key_of_secret(const char *secret, char out[LINK_KEY_BYTES], struct err *err)
{
    unsigned char digest[DIGEST_BYTES];

    if (strlen(secret) < SECRET_BYTES_MIN)
        return err_set(err,
                       "link_key in the secrets file is shorter than %d characters; make one "
                       "with: openssl rand -base64 32",
                       SECRET_BYTES_MIN);
    digest_sha256(secret, strlen(secret), digest);
    memcpy(out, digest, LINK_KEY_BYTES);
    explicit_bzero(digest, sizeof digest);
    return true;
}

static bool write_key(int fd, const char *path, struct err *err)
{
    char key[LINK_KEY_BYTES];
    ssize_t done;

    digest_random(key, sizeof key);
    done = write(fd, key, sizeof key);
    explicit_bzero(key, sizeof key);
    if (done != LINK_KEY_BYTES || fsync(fd) < 0)
        return err_set(err, "cannot write %s: %s", path, strerror(done < 0 ? errno : ENOSPC));
    return true;
}

/* Under its own name only when it is whole; of two daemons that start at once the first one's
 * counts. */
static bool make_key(const char *path, struct err *err)
{
    char fresh[PATH_BYTES_MAX + 16];
    bool good = false;
    int fd;

    snprintf(fresh, sizeof fresh, "%s.XXXXXX", path);
    fd = mkostemp(fresh, O_CLOEXEC); /* 0600 */
    if (fd < 0)
        return err_set(err,
                       "cannot make %s: %s; let state_dir be a directory that the daemon may write "
                       "to, or put link_key into the secrets file",
                       path, strerror(errno));
    good = write_key(fd, fresh, err);
    if (good && link(fresh, path) < 0 && errno != EEXIST)
        good = err_set(err, "cannot make %s: %s", path, strerror(errno));
    unlink(fresh);
    close(fd);
    return good;
}

static bool read_key(int fd, const char *path, char out[LINK_KEY_BYTES], struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return err_set(err, "%s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode) || st.st_size != LINK_KEY_BYTES)
        return err_set(err,
                       "%s is not a key of %d bytes; remove it, and a new one is made: links "
                       "that were sent before no longer work then",
                       path, LINK_KEY_BYTES);
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return err_set(err, "%s is open to others (mode %04o); close it with: chmod 0600 %s", path,
                       (unsigned)(st.st_mode & 07777), path);
    if (read(fd, out, LINK_KEY_BYTES) != LINK_KEY_BYTES)
        return err_set(err, "cannot read %s: %s", path, strerror(errno));
    return true;
}

bool link_key_load(const char *secret, const char *state_dir, char out[LINK_KEY_BYTES],
                   struct err *err)
{
    char path[PATH_BYTES_MAX];
    bool good;
    int fd;

    if (secret != NULL)
        return key_of_secret(secret, out, err);
    if ((size_t)snprintf(path, sizeof path, "%s/link.key", state_dir) >= sizeof path)
        return err_set(err, "state_dir is longer than %d bytes", PATH_BYTES_MAX - 16);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) {
        if (!make_key(path, err))
            return false;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    }
    if (fd < 0)
        return err_set(err, "cannot open %s: %s", path, strerror(errno));
    good = read_key(fd, path, out, err);
    close(fd);
    return good;
}
