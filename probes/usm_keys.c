/* SPDX-License-Identifier: ISC */
#include "probes/usm_protocol.h" /* first, for net-snmp's configuration */

#include "probes/usm_keys.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"

struct master {
    size_t bytes; /* 0: not derived yet, or not needed */
    uint8_t at[USM_AUTH_KEY_MAX];
};

struct usm_user {
    struct usm_words words; /* the key: its bytes, of which the unused ones are zeros */
    uint32_t generation;    /* another number for each; never 0 */
    bool kept;              /* given since usm_keys_begin() */
    bool broken;            /* net-snmp derives no key from it */
    struct master auth;
    struct master priv;
    UT_hash_handle hh;
};

/* Which credential is which user; ids mean nothing beyond one plan. */
struct user_name {
    uint32_t credential;
    struct usm_user *user;
    UT_hash_handle hh;
};

struct usm_keys {
    struct usm_user *users;  /* by words */
    struct user_name *names; /* by credential */
    uint32_t generations;
    size_t missing; /* users that usm_keys_work() has still work with */
};

static void user_free(struct usm_keys *keys, struct usm_user *user)
{
    HASH_DEL(keys->users, user);
    explicit_bzero(user, sizeof *user);
    free(user);
}

static void names_free(struct usm_keys *keys)
{
    struct user_name *name, *next;

    HASH_ITER(hh, keys->names, name, next)
    {
        HASH_DEL(keys->names, name);
        free(name);
    }
}

struct usm_keys *usm_keys_new(void)
{
    struct usm_keys *keys = calloc(1, sizeof *keys);

    if (keys == NULL)
        abort();
    return keys;
}

void usm_keys_free(struct usm_keys *keys)
{
    struct usm_user *user, *next;

    if (keys == NULL)
        return;
    names_free(keys);
    HASH_ITER(hh, keys->users, user, next)
    user_free(keys, user);
    free(keys);
}

void usm_keys_begin(struct usm_keys *keys)
{
    struct usm_user *user, *next;

    names_free(keys);
    HASH_ITER(hh, keys->users, user, next)
    user->kept = false;
}

static struct usm_user *user_of(struct usm_keys *keys, const struct usm_words *words)
{
    struct usm_user *user;
    struct usm_words key;

    usm_words_copy(&key, words);
    HASH_FIND(hh, keys->users, &key, sizeof key, user);
    if (user == NULL) {
        user = calloc(1, sizeof *user);
        if (user == NULL)
            abort();
        memcpy(&user->words, &key, sizeof key);
        user->generation = ++keys->generations;
        HASH_ADD(hh, keys->users, words, sizeof user->words, user);
    }
    explicit_bzero(&key, sizeof key);
    return user;
}

void usm_keys_user(struct usm_keys *keys, uint32_t credential, const struct usm_words *words)
{
    struct user_name *name = calloc(1, sizeof *name);

    if (name == NULL)
        abort();
    assert(usm_keys_find(keys, credential) == NULL);
    name->credential = credential;
    name->user = user_of(keys, words);
    name->user->kept = true;
    HASH_ADD(hh, keys->names, credential, sizeof name->credential, name);
}

void usm_keys_commit(struct usm_keys *keys)
{
    struct usm_user *user, *next;

    keys->missing = 0;
    HASH_ITER(hh, keys->users, user, next)
    {
        if (!user->kept)
            user_free(keys, user);
        else if (usm_user_state(user) == USM_USER_WAITS)
            keys->missing++;
    }
}

static bool derive(struct usm_user *user, const char *pass, struct master *master)
{
    const netsnmp_auth_alg_info *auth = usm_auth_protocol(user->words.auth);
    size_t bytes = sizeof master->at;

    if (auth == NULL || generate_Ku(auth->alg_oid, (u_int)auth->oid_len, (const u_char *)pass,
                                    strlen(pass), master->at, &bytes) != SNMPERR_SUCCESS)
        return false;
    master->bytes = bytes;
    return true;
}

bool usm_keys_work(struct usm_keys *keys)
{
    struct usm_user *user, *next;

    if (keys->missing == 0)
        return false;
    HASH_ITER(hh, keys->users, user, next)
    {
        if (usm_user_state(user) != USM_USER_WAITS)
            continue;
        if (user->auth.bytes == 0)
            user->broken = !derive(user, user->words.auth_pass, &user->auth);
        else
            user->broken = !derive(user, user->words.priv_pass, &user->priv);
        if (usm_user_state(user) != USM_USER_WAITS)
            keys->missing--;
        break;
    }
    return keys->missing > 0;
}

struct usm_user *usm_keys_find(const struct usm_keys *keys, uint32_t credential)
{
    struct user_name *name;

    HASH_FIND(hh, keys->names, &credential, sizeof credential, name);
    return name == NULL ? NULL : name->user;
}

const struct usm_words *usm_user_words(const struct usm_user *user)
{
    return &user->words;
}

enum usm_user_state usm_user_state(const struct usm_user *user)
{
    if (user->broken)
        return USM_USER_BROKEN;
    if ((user->words.level >= USM_AUTH_NOPRIV && user->auth.bytes == 0) ||
        (user->words.level >= USM_AUTH_PRIV && user->priv.bytes == 0))
        return USM_USER_WAITS;
    return USM_USER_READY;
}

void usm_agent_wipe(struct usm_agent *agent)
{
    explicit_bzero(agent, sizeof *agent);
}

void usm_agent_meet(struct usm_agent *agent, const uint8_t *engine, size_t bytes)
{
    assert(bytes > 0 && bytes <= BER_ENGINE_MAX);
    usm_agent_wipe(agent);
    memcpy(agent->engine, engine, bytes);
    agent->engine_bytes = (uint8_t)bytes;
}

bool usm_agent_is(const struct usm_agent *agent, const uint8_t *engine, size_t bytes)
{
    return agent->engine_bytes == bytes && memcmp(agent->engine, engine, bytes) == 0;
}

void usm_agent_clock(struct usm_agent *agent, uint32_t boots, uint32_t time_s, struct mono now)
{
    agent->boots = boots;
    agent->time_s = time_s;
    agent->clock_at = now;
}

uint32_t usm_agent_time_s(const struct usm_agent *agent, struct mono now)
{
    int64_t time_s = agent->time_s + mono_diff_ms(now, agent->clock_at) / 1000;

    if (agent->clock_at.us == 0)
        return 0; /* nothing was heard */
    return time_s > INT32_MAX ? INT32_MAX : (uint32_t)time_s;
}

static bool localise(const netsnmp_auth_alg_info *auth, const struct usm_agent *agent,
                     const struct master *master, uint8_t *key, size_t *bytes)
{
    return generate_kul(auth->alg_oid, (u_int)auth->oid_len, agent->engine, agent->engine_bytes,
                        master->at, master->bytes, key, bytes) == SNMPERR_SUCCESS;
}

/* A hash shorter than the cipher's key is stretched; both ways of doing so are net-snmp's. */
static bool localise_priv(struct usm_agent *agent, const struct usm_user *user,
                          const netsnmp_auth_alg_info *auth)
{
    const netsnmp_priv_alg_info *priv = usm_priv_protocol(user->words.priv);
    size_t room = USM_AUTH_KEY_MAX + USM_PRIV_KEY_MAX, bytes = USM_AUTH_KEY_MAX, wanted;
    u_char *key = calloc(1, room); /* net-snmp may replace it by a longer one */
    bool done;

    if (key == NULL)
        abort();
    wanted = priv == NULL ? 0 : usm_priv_key_bytes(priv);
    done = priv != NULL && localise(auth, agent, &user->priv, key, &bytes) &&
           netsnmp_extend_kul((u_int)wanted, auth->alg_oid, (u_int)auth->oid_len, priv->type,
                              agent->engine, agent->engine_bytes, &key, &bytes,
                              (u_int)room) == SNMPERR_SUCCESS &&
           bytes >= wanted;
    if (done) {
        memcpy(agent->priv_key, key, wanted);
        agent->priv_bytes = (uint8_t)wanted;
    }
    explicit_bzero(key, bytes);
    free(key);
    return done;
}

bool usm_agent_key(struct usm_agent *agent, const struct usm_user *user)
{
    const netsnmp_auth_alg_info *auth = usm_auth_protocol(user->words.auth);
    size_t bytes = sizeof agent->auth_key;

    assert(usm_user_state(user) == USM_USER_READY && agent->engine_bytes > 0);
    if (agent->keys_of == user->generation)
        return true;
    agent->keys_of = 0;
    agent->auth_bytes = agent->priv_bytes = 0;
    if (user->words.level >= USM_AUTH_NOPRIV) {
        if (!localise(auth, agent, &user->auth, agent->auth_key, &bytes))
            return false;
        agent->auth_bytes = (uint8_t)bytes;
    }
    if (user->words.level >= USM_AUTH_PRIV && !localise_priv(agent, user, auth))
        return false;
    agent->keys_of = user->generation;
    return true;
}
