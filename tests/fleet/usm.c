/* SPDX-License-Identifier: ISC */
#include "tests/fleet/usm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fleet/agent.h"
#include "tests/fleet/usm_user.h"

#define USERS_MAX       16
#define LOCALS          16384 /* a power of two: localised keys that are kept */
#define ENGINE_MAX      32
#define MESSAGE_MAX     2048
#define V3_OVERHEAD     192 /* all headers of a message but the PDU's */
#define TIME_WINDOW_S   150
#define FLAG_REPORTABLE 4

struct local_slot {
    uint8_t engine[ENGINE_MAX];
    size_t engine_bytes; /* 0: empty */
    const struct usm_user *user;
    struct usm_local local;
};

/* usmStats of RFC 3414 section 5, by their last sub-identifier. */
enum report {
    REPORT_NONE,
    REPORT_LEVEL,
    REPORT_WINDOW,
    REPORT_USER,
    REPORT_ENGINE,
    REPORT_DIGEST,
    REPORT_DECRYPTION,
    REPORT_END
};

struct usm {
    struct usm_user users[USERS_MAX];
    size_t count;
    struct local_slot *locals;
    uint64_t salt;
    int64_t reports[REPORT_END];
};

/* A message as it came; borrows its bytes. */
struct v3 {
    int32_t id;
    int32_t most;
    unsigned flags;
    struct slice engine;
    int32_t boots;
    int32_t time;
    struct slice user;
    struct slice mac;
    struct slice salt;
    struct slice data; /* the scoped PDU's inside, or the encrypted bytes */
};

/* The answer's frame: who we are and how the message is to be secured. */
struct answer {
    struct usm *usm;
    const struct mib_device *device;
    const struct vitals *vitals;
    const struct v3 *asked;
    const struct usm_user *user; /* NULL with no user known */
    const struct usm_local *local;
    unsigned flags;
    enum forge forge;
};

struct usm *usm_new(void)
{
    struct usm *usm = calloc(1, sizeof *usm);

    if (usm != NULL)
        usm->locals = calloc(LOCALS, sizeof *usm->locals);
    if (usm == NULL || usm->locals == NULL)
        abort();
    return usm;
}

void usm_free(struct usm *usm)
{
    if (usm == NULL)
        return;
    for (size_t i = 0; i < usm->count; i++)
        usm_keys_close(&usm->users[i].keys);
    free(usm->locals);
    free(usm);
}

size_t usm_count(const struct usm *usm)
{
    return usm->count;
}

uint64_t usm_discoveries(const struct usm *usm)
{
    return usm == NULL ? 0 : (uint64_t)usm->reports[REPORT_ENGINE];
}

bool usm_add(struct usm *usm, const char *line, struct err *err)
{
    if (usm->count == USERS_MAX)
        return err_set(err, "at most %d users of v3", USERS_MAX);
    if (!usm_user_read(&usm->users[usm->count], line, err))
        return false;
    usm->count++;
    return true;
}

bool usm_load(struct usm *usm, const char *path, struct err *err)
{
    FILE *file = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    bool good = true;

    if (file == NULL)
        return err_set(err, "%s: %s", path, strerror(errno));
    while (good && getline(&line, &room, file) > 0) {
        const char *value = strchr(line, '=');

        if (line[0] == '#' || value == NULL)
            continue;
        value += 1 + strspn(value + 1, " \t");
        if (strncmp(value, "v3 ", 3) == 0 && !(good = usm_add(usm, value + 3, err)))
            err_prefix(err, "%s", path);
    }
    free(line);
    fclose(file);
    return good;
}

static const struct usm_local *local_of(struct usm *usm, const struct usm_user *user,
                                        const struct mib_device *device)
{
    uint32_t hash = (uint32_t)(user - usm->users);
    struct local_slot *slot;

    for (size_t i = 0; i < device->engine_bytes; i++)
        hash = (hash ^ device->engine[i]) * UINT32_C(16777619);
    slot = &usm->locals[(hash ^ hash >> 15) % LOCALS];
    if (slot->user != user || slot->engine_bytes != device->engine_bytes ||
        memcmp(slot->engine, device->engine, device->engine_bytes) != 0) {
        memcpy(slot->engine, device->engine, device->engine_bytes);
        slot->engine_bytes = device->engine_bytes;
        slot->user = user;
        usm_localise(&user->keys, device->engine, device->engine_bytes, &slot->local);
    }
    return &slot->local;
}

static bool take_security(struct slice in, struct v3 *v3)
{
    struct slice inside;

    return ber_take(&in, BER_SEQUENCE, &inside) && ber_take(&inside, BER_OCTETS, &v3->engine) &&
           ber_take_i32(&inside, &v3->boots) && ber_take_i32(&inside, &v3->time) &&
           ber_take(&inside, BER_OCTETS, &v3->user) && ber_take(&inside, BER_OCTETS, &v3->mac) &&
           ber_take(&inside, BER_OCTETS, &v3->salt);
}

static bool v3_decode(const uint8_t *bytes, size_t count, struct v3 *v3)
{
    struct slice in = {bytes, count};
    struct slice outer, head, flags, security;
    int32_t version, model;

    if (!ber_take(&in, BER_SEQUENCE, &outer) || !ber_take_i32(&outer, &version) ||
        version != SNMP_V3 || !ber_take(&outer, BER_SEQUENCE, &head) ||
        !ber_take_i32(&head, &v3->id) || !ber_take_i32(&head, &v3->most) ||
        !ber_take(&head, BER_OCTETS, &flags) || flags.left != 1 || !ber_take_i32(&head, &model) ||
        model != 3 || !ber_take(&outer, BER_OCTETS, &security) || !take_security(security, v3))
        return false;
    v3->flags = flags.at[0];
    return ber_take(&outer, (v3->flags & USM_FLAG_PRIV) != 0 ? BER_OCTETS : BER_SEQUENCE,
                    &v3->data);
}

bool usm_is_v3(const uint8_t *bytes, size_t count)
{
    struct slice in = {bytes, count};
    struct slice outer;
    int32_t version;

    return ber_take(&in, BER_SEQUENCE, &outer) && ber_take_i32(&outer, &version) &&
           version == SNMP_V3;
}

static void put_octets(struct writer *out, const void *bytes, size_t count)
{
    const uint8_t *end = out->at;

    ber_put_bytes(out, bytes, count);
    ber_put_header(out, BER_OCTETS, end);
}

static uint32_t time_of(const struct vitals *vitals)
{
    return (uint32_t)(vitals->uptime_us / 1000000);
}

/* Everything before the data; *mac is where the digest goes. */
static void put_frame(struct writer *out, const struct answer *answer, const uint8_t *end,
                      const uint8_t salt[USM_SALT], uint8_t **mac)
{
    static const uint8_t zeros[USM_MAC_MAX];
    const struct usm_user *user = answer->user;
    bool secure = (answer->flags & USM_FLAG_AUTH) != 0;
    const uint8_t *start = out->at, *inside;
    const struct slice stranger = {(const uint8_t *)"somebody-else", 13};
    const struct slice *name = answer->forge == FORGE_COMMUNITY ? &stranger : &answer->asked->user;
    uint8_t flags = (uint8_t)answer->flags;

    put_octets(out, salt, (answer->flags & USM_FLAG_PRIV) != 0 ? USM_SALT : 0);
    put_octets(out, zeros, secure ? user->keys.auth->mac_bytes : 0);
    *mac = out->at + 2;
    put_octets(out, name->at, name->left);
    ber_put_number(out, BER_INTEGER, time_of(answer->vitals));
    ber_put_number(out, BER_INTEGER, answer->vitals->boots);
    put_octets(out, answer->device->engine, answer->device->engine_bytes);
    ber_put_header(out, BER_SEQUENCE, start);
    ber_put_header(out, BER_OCTETS, start);
    inside = out->at;
    ber_put_number(out, BER_INTEGER, 3);
    put_octets(out, &flags, 1);
    ber_put_number(out, BER_INTEGER, AGENT_REPLY_MAX);
    ber_put_number(out, BER_INTEGER,
                   answer->asked->id ^ (answer->forge == FORGE_REQUEST ? 0x55 : 0));
    ber_put_header(out, BER_SEQUENCE, inside);
    ber_put_number(out, BER_INTEGER, answer->forge == FORGE_VERSION ? SNMP_V2C : SNMP_V3);
    ber_put_header(out, BER_SEQUENCE, end);
}

static void next_salt(struct usm *usm, const struct answer *answer, uint8_t salt[USM_SALT])
{
    uint64_t number = ++usm->salt;

    if (answer->user->keys.priv == USM_DES)
        number = (uint64_t)answer->vitals->boots << 32 | (uint32_t)number;
    for (size_t i = 0; i < USM_SALT; i++)
        salt[i] = (uint8_t)(number >> (56 - 8 * i));
}

/* The scoped PDU, as the level wants it. */
static void put_data(struct writer *out, const struct answer *answer, const struct pdu *pdu,
                     uint8_t salt[USM_SALT])
{
    static uint8_t plain[MESSAGE_MAX];
    struct writer scoped = {plain, plain + sizeof plain - 8, false};
    const uint8_t *end = scoped.at;
    size_t count;

    pdu_put(&scoped, pdu);
    put_octets(&scoped, "", 0);
    put_octets(&scoped, answer->device->engine, answer->device->engine_bytes);
    ber_put_header(&scoped, BER_SEQUENCE, end);
    count = (size_t)(end - scoped.at);
    out->full = out->full || scoped.full;
    if ((answer->flags & USM_FLAG_PRIV) == 0) {
        ber_put_bytes(out, scoped.at, count);
        return;
    }
    next_salt(answer->usm, answer, salt);
    if (answer->user->keys.priv == USM_DES) {
        memset(plain + sizeof plain - 8, 0, 8);
        count = (count + 7) / 8 * 8;
    }
    if (!usm_crypt(&answer->user->keys, answer->local, true, answer->vitals->boots,
                   time_of(answer->vitals), salt, scoped.at, count))
        abort();
    put_octets(out, scoped.at, count);
}

static size_t encode(const struct answer *answer, const struct pdu *pdu, uint8_t *reply,
                     size_t room)
{
    struct writer out = {reply, reply + room, false};
    const uint8_t *end = out.at;
    uint8_t salt[USM_SALT] = {0}, digest[USM_MAC_MAX], *mac = NULL;
    size_t bytes;

    put_data(&out, answer, pdu, salt);
    put_frame(&out, answer, end, salt, &mac);
    if (out.full)
        return 0;
    bytes = (size_t)(end - out.at);
    if ((answer->flags & USM_FLAG_AUTH) != 0) {
        usm_mac(&answer->user->keys, answer->local, out.at, bytes, digest);
        memcpy(mac, digest, answer->user->keys.auth->mac_bytes);
    }
    memmove(reply, out.at, bytes);
    return bytes;
}

static size_t report(const struct answer *answer, enum report which, int32_t request_id,
                     uint8_t *reply, size_t room)
{
    static struct pdu pdu;
    uint8_t name[] = {0x2b, 6, 1, 6, 3, 15, 1, 1, (uint8_t)which, 0};

    answer->usm->reports[which]++;
    if ((answer->asked->flags & FLAG_REPORTABLE) == 0)
        return 0;
    pdu.type = BER_REPORT;
    pdu.request_id = request_id;
    pdu.error_status = pdu.error_index = 0;
    pdu.count = 1;
    pdu.binds[0] =
        (struct bind){.name = name,
                      .name_bytes = sizeof name,
                      .value = {.tag = BER_COUNTER32, .number = answer->usm->reports[which]}};
    return encode(answer, &pdu, reply, room);
}

static const struct usm_user *user_find(const struct usm *usm, const struct slice *name)
{
    for (size_t i = 0; i < usm->count; i++)
        if (strlen(usm->users[i].name) == name->left &&
            memcmp(usm->users[i].name, name->at, name->left) == 0)
            return &usm->users[i];
    return NULL;
}

/* The digest is over the message with zeros in its own place. */
static bool is_authentic(const struct answer *answer, const uint8_t *request, size_t bytes)
{
    static uint8_t copy[MESSAGE_MAX];
    const struct slice *mac = &answer->asked->mac;
    uint8_t digest[USM_MAC_MAX];

    if (bytes > sizeof copy || mac->left != answer->user->keys.auth->mac_bytes)
        return false;
    memcpy(copy, request, bytes);
    memset(copy + (mac->at - request), 0, mac->left);
    usm_mac(&answer->user->keys, answer->local, copy, bytes, digest);
    return memcmp(digest, mac->at, mac->left) == 0;
}

static bool is_in_window(const struct answer *answer)
{
    int64_t apart = (int64_t)time_of(answer->vitals) - answer->asked->time;

    return answer->asked->boots == (int32_t)answer->vitals->boots && apart <= TIME_WINDOW_S &&
           apart >= -TIME_WINDOW_S;
}

/* RFC 3414 section 3.2, from 3) to 7) in its order. Sets how the answer will be secured. */
static enum report check(struct answer *answer, const uint8_t *request, size_t bytes)
{
    const struct v3 *asked = answer->asked;
    unsigned flags = asked->flags & (USM_FLAG_AUTH | USM_FLAG_PRIV);

    answer->flags = 0;
    if (asked->engine.left != answer->device->engine_bytes ||
        memcmp(asked->engine.at, answer->device->engine, asked->engine.left) != 0)
        return REPORT_ENGINE;
    answer->user = user_find(answer->usm, &asked->user);
    if (answer->user == NULL)
        return REPORT_USER;
    if ((flags & ~answer->user->flags) != 0 || flags == USM_FLAG_PRIV)
        return REPORT_LEVEL;
    answer->local = local_of(answer->usm, answer->user, answer->device);
    if ((flags & USM_FLAG_AUTH) == 0)
        return REPORT_NONE;
    if (!is_authentic(answer, request, bytes))
        return REPORT_DIGEST;
    answer->flags = USM_FLAG_AUTH;
    if (!is_in_window(answer))
        return REPORT_WINDOW;
    answer->flags = flags;
    return REPORT_NONE;
}

/* The scoped PDU of the request; into plain when it has to be decrypted. */
static bool open_data(const struct answer *answer, uint8_t plain[MESSAGE_MAX], struct slice *data)
{
    const struct v3 *asked = answer->asked;
    struct slice cipher;

    *data = asked->data;
    if ((asked->flags & USM_FLAG_PRIV) == 0)
        return true;
    if (asked->salt.left != USM_SALT || asked->data.left > MESSAGE_MAX)
        return false;
    memcpy(plain, asked->data.at, asked->data.left);
    if (!usm_crypt(&answer->user->keys, answer->local, false, (uint32_t)asked->boots,
                   (uint32_t)asked->time, asked->salt.at, plain, asked->data.left))
        return false;
    cipher = (struct slice){plain, asked->data.left};
    return ber_take(&cipher, BER_SEQUENCE, data);
}

static bool take_scoped(struct slice *data, struct pdu *pdu)
{
    struct slice ignored;

    return ber_take(data, BER_OCTETS, &ignored) && ber_take(data, BER_OCTETS, &ignored) &&
           pdu_take(data, pdu);
}

size_t usm_answer(struct usm *usm, const struct mib_device *device, const struct vitals *vitals,
                  const uint8_t *request, size_t bytes, enum forge forge, uint8_t *reply,
                  size_t room)
{
    static struct pdu pdu;
    static uint8_t plain[MESSAGE_MAX];
    struct v3 asked;
    struct answer answer = {
        .usm = usm, .device = device, .vitals = vitals, .asked = &asked, .forge = forge};
    struct slice data;
    enum report wrong;

    if (!v3_decode(request, bytes, &asked))
        return 0;
    wrong = check(&answer, request, bytes);
    if (wrong != REPORT_NONE) {
        data = asked.data;
        pdu.request_id = 0;
        if ((asked.flags & USM_FLAG_PRIV) == 0)
            (void)take_scoped(&data, &pdu); /* then the report can name the request */
        return report(&answer, wrong, pdu.request_id, reply, room);
    }
    if (!open_data(&answer, plain, &data) || !take_scoped(&data, &pdu)) {
        answer.flags = USM_FLAG_AUTH;
        return report(&answer, REPORT_DECRYPTION, 0, reply, room);
    }
    if ((answer.user->flags & ~asked.flags) != 0) {
        pdu.type = BER_RESPONSE;
        pdu.error_status = ERROR_AUTHORIZATION;
        pdu.error_index = 1;
    } else {
        agent_answer_pdu(device, vitals, false, &pdu, room - V3_OVERHEAD);
    }
    forge_pdu(forge, &pdu);
    bytes = encode(&answer, &pdu, reply, room);
    if (bytes > 0)
        return bytes;
    pdu.count = 0;
    pdu.error_status = ERROR_TOO_BIG;
    return encode(&answer, &pdu, reply, room);
}
