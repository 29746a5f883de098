/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "daemon/base/log.h"
#include "probes/engine_inside.h"
#include "probes/heartbeat.h"
#include "tests/fuzz/fuzz.h"

/*
 * A datagram's way to the request that it answers. Devices of each version, one that may answer
 * from anywhere, questions under way, and the input says what comes: what an honest agent would
 * say, with some of its bytes turned around, or any bytes, from the right source or another; and
 * when time passes or the plan is another. Whatever comes, nobody is believed to have answered
 * unless he was asked, from where he was asked, with the number of that question and his own
 * credential: looked for in the bytes themselves, not by the code that judges them. The honest ones
 * must be believed.
 */

#define COMMUNITY_V1  1
#define COMMUNITY_V2C 2
#define COMMUNITY_ANY 3
#define OPEN_USER     5 /* without a key: everything is believed that has the form */
#define KEY_USER      6
#define GONE          4 /* by turns in the plan and not */
#define ICMP          7
#define DEVICES       7
#define SENT_MOST     64
#define STEPS_MOST    200
#define KEY_PASS      "bukan-rahasia"
#define SHA1_BYTES    20
#define SHA1_DIGEST   12 /* octets that are sent */

struct input {
    const uint8_t *at;
    size_t left;
};

/* What has left, as whoever it went to could see it. */
struct sent {
    uint32_t device_id;
    enum wire wire;
    size_t count;
    uint8_t bytes[UDP_SEND_MAX];
};

static struct {
    struct event_base *base;
    struct plan *plan;
    struct engine *engine;
    struct plan_now now;
    bool other_community; /* of the second device */
    bool gone;            /* the fourth is not in the plan */
    struct sent sent[SENT_MOST];
    size_t sent_count;
    const struct udp_datagram *heard; /* that is being looked at; NULL: nothing is */
    uint8_t bytes[BER_MESSAGE_MAX];   /* of it, before anybody wrote to them */
    size_t believed;                  /* answers to it */
} run;

static uint8_t next_byte(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++;
}

static const char *community_of(uint32_t device_id)
{
    if (device_id == COMMUNITY_V1)
        return "desa";
    if (device_id == COMMUNITY_ANY)
        return "lain";
    return run.other_community && device_id == COMMUNITY_V2C ? "baru" : "kampung";
}

static union address address_of(uint32_t device_id)
{
    union address address = {0};

    if (device_id == GONE) {
        address.v6 = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(161)};
        (void)inet_pton(AF_INET6, "2001:db8::4", &address.v6.sin6_addr);
        return address;
    }
    address.v4 = (struct sockaddr_in){.sin_family = AF_INET,
                                      .sin_port = htons(device_id == ICMP ? 0 : 161),
                                      .sin_addr = {htonl(0xc0000200U + device_id)}};
    return address;
}

/* ---- what is in the bytes ---- */

static bool has(const uint8_t *bytes, size_t count)
{
    return memmem(run.bytes, run.heard->count, bytes, count) != NULL;
}

static bool has_community(uint32_t device_id)
{
    const char *community = community_of(device_id);
    uint8_t wanted[32] = {0x04, (uint8_t)strlen(community)};

    memcpy(wanted + 2, community, strlen(community));
    return has(wanted, strlen(community) + 2);
}

/* The numbers of questions all take four octets (CODEC_ID_LEAST). */
static bool has_number(int32_t id)
{
    uint8_t wanted[] = {
        0x02, 0x04, (uint8_t)(id >> 24), (uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id};

    return has(wanted, sizeof wanted);
}

static bool has_version(uint8_t version)
{
    uint8_t wanted[] = {0x02, 0x01, version};

    return has(wanted, sizeof wanted);
}

/* What an echo has to bring back. */
static bool has_cookie(uint64_t cookie, const uint8_t *bytes, size_t count)
{
    uint8_t wanted[8];

    for (size_t i = 0; i < sizeof wanted; i++)
        wanted[i] = (uint8_t)(cookie >> (56 - 8 * i));
    return memmem(bytes, count, wanted, sizeof wanted) != NULL;
}

static bool is_cookie_open(const uint8_t *bytes, size_t count)
{
    struct request *request, *next;

    HASH_ITER(hh, run.engine->requests.by_id, request, next)
    if (request->device_id == ICMP && has_cookie(request->cookie, bytes, count))
        return true;
    return false;
}

static bool is_number_open(uint32_t device_id)
{
    struct request *request, *next;

    HASH_ITER(hh, run.engine->requests.by_id, request, next)
    if (request->device_id == device_id && has_number(request->id))
        return true;
    return false;
}

static bool is_from(uint32_t device_id)
{
    union address wanted = address_of(device_id);
    const union address *from = &run.heard->from;

    if (device_id == COMMUNITY_ANY)
        return true;
    if (from->any.sa_family != wanted.any.sa_family)
        return false;
    if (wanted.any.sa_family == AF_INET6)
        return from->v6.sin6_port == wanted.v6.sin6_port &&
               memcmp(&from->v6.sin6_addr, &wanted.v6.sin6_addr, 16) == 0;
    return from->v4.sin_addr.s_addr == wanted.v4.sin_addr.s_addr &&
           (device_id == ICMP || from->v4.sin_port == wanted.v4.sin_port);
}

/* The user's key at that engine. [RFC 3414 §A.2.2] */
static void localize(const struct ber_v3 *message, uint8_t key[SHA1_BYTES])
{
    static uint8_t ku[SHA1_BYTES];
    static bool made;
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    fuzz_holds(context != NULL && EVP_DigestInit_ex(context, EVP_sha1(), NULL) == 1);
    for (size_t i = 0; !made && i < 1048576; i++)
        (void)EVP_DigestUpdate(context, &KEY_PASS[i % (sizeof KEY_PASS - 1)], 1);
    if (!made)
        (void)EVP_DigestFinal_ex(context, ku, NULL);
    made = true;
    (void)EVP_DigestInit_ex(context, EVP_sha1(), NULL);
    (void)EVP_DigestUpdate(context, ku, sizeof ku);
    (void)EVP_DigestUpdate(context, message->engine.at, message->engine.bytes);
    (void)EVP_DigestUpdate(context, ku, sizeof ku);
    (void)EVP_DigestFinal_ex(context, key, NULL);
    EVP_MD_CTX_free(context);
}

/* The digest is over the message with zeros in its own place. [RFC 3414 §6.3.2] */
static bool is_signed(void)
{
    uint8_t key[SHA1_BYTES], digest[EVP_MAX_MD_SIZE], copy[BER_MESSAGE_MAX];
    unsigned bytes = 0;
    struct ber_v3 message;

    if (ber_v3_check(run.bytes, run.heard->count, &message) != BER_OK ||
        message.digest.bytes != SHA1_DIGEST)
        return false;
    localize(&message, key);
    memcpy(copy, run.bytes, run.heard->count);
    memset(copy + (message.digest.at - run.bytes), 0, SHA1_DIGEST);
    fuzz_holds(HMAC(EVP_sha1(), key, sizeof key, copy, run.heard->count, digest, &bytes) != NULL);
    return memcmp(digest, message.digest.at, SHA1_DIGEST) == 0;
}

/* ---- what the engine says ---- */

static void check_answer(const struct engine_result *result)
{
    fuzz_holds(run.heard != NULL && is_from(result->device_id));
    if (result->device_id == ICMP) {
        fuzz_holds(is_cookie_open(run.bytes, run.heard->count));
        return;
    }
    fuzz_holds(is_number_open(result->device_id));
    if (result->snmp != PLAN_SNMP_V3) {
        fuzz_holds(!result->locked_out && has_community(result->device_id));
        fuzz_holds(has_version(result->snmp == PLAN_SNMP_V1 ? 0 : 1));
        return;
    }
    fuzz_holds(has_version(3));
    fuzz_holds(result->locked_out || result->device_id != KEY_USER || is_signed());
}

static void on_result(const struct engine_result *result, void *arg)
{
    (void)arg;
    fuzz_holds(result->device_id >= 1 && result->device_id <= DEVICES);
    fuzz_holds(plan_find(run.plan, result->device_id) != NULL || !result->answered);
    fuzz_holds(result->asker == ENGINE_HEARTBEAT);
    if (!result->answered)
        return;
    check_answer(result);
    run.believed++;
    fuzz_holds(run.believed == 1);
}

static void on_forgotten(const struct engine_result *result, void *arg)
{
    (void)result;
    (void)arg;
    fuzz_holds(false);
}

static void on_read(void *arg)
{
    (void)arg;
}

static void on_change(const struct link_change *change, void *arg)
{
    (void)change;
    (void)arg;
}

/* ---- what there is ---- */

static void add_user(uint32_t id, const char *words)
{
    struct credential user = {.id = id, .kind = CREDENTIAL_USM};
    struct err err;

    fuzz_holds(usm_words_read(words, &user.usm, &err));
    plan_credential(run.plan, &user);
}

static void take_plan(bool empty)
{
    static const struct plan_policy policy = {30000, 1000, 3, 2, 0, 0, 0};
    static const enum plan_snmp versions[DEVICES + 1] = {0,
                                                         PLAN_SNMP_V1,
                                                         PLAN_SNMP_V2C,
                                                         PLAN_SNMP_V2C,
                                                         PLAN_SNMP_V2C,
                                                         PLAN_SNMP_V3,
                                                         PLAN_SNMP_V3,
                                                         PLAN_ICMP};

    plan_begin(run.plan, &policy);
    for (uint32_t id = COMMUNITY_V1; id <= GONE; id++) {
        struct credential credential = {.id = id, .kind = CREDENTIAL_COMMUNITY};

        memcpy(credential.community, community_of(id), strlen(community_of(id)));
        plan_credential(run.plan, &credential);
    }
    add_user(OPEN_USER, "v3 user=terbuka level=noAuthNoPriv");
    add_user(KEY_USER, "v3 user=kunci level=authNoPriv auth=SHA:" KEY_PASS);
    for (uint32_t id = 1; id <= DEVICES && !empty; id++) {
        struct plan_device device = {.id = id,
                                     .snmp = versions[id],
                                     .credential = id == ICMP ? 0 : id,
                                     .address = address_of(id),
                                     .reply_from_any = id == COMMUNITY_ANY};

        if (id != GONE || !run.gone)
            plan_device(run.plan, &device);
    }
    plan_commit(run.plan, &run.now);
    engine_plan_changed(run.engine);
    while (!engine_plan_sweep(run.engine, SIZE_MAX))
        ;
    while (run.engine->keys_missing)
        engine_expire(run.engine, &run.now);
}

/* An engine with no way to the network: what comes is handed to it, and what leaves is kept. */
static void set_up(void)
{
    static const struct engine_callbacks callbacks = {on_result, on_forgotten, on_read};
    struct err err;

    log_set_level(LOG_LEVEL_ERROR);
    run.now = (struct plan_now){mono_now(), wall_now()};
    run.base = event_base_new();
    run.plan = plan_new(on_change, NULL, run.now.mono);
    fuzz_holds(run.base != NULL);
    run.engine = engine_new(run.base, run.plan, &callbacks, NULL, &err);
    fuzz_holds(run.engine != NULL);
    for (enum wire wire = WIRE_V4; wire < WIRES; wire++) {
        if (run.engine->readable[wire] != NULL)
            event_free(run.engine->readable[wire]);
        if (run.engine->fds[wire] >= 0)
            close(run.engine->fds[wire]);
        run.engine->readable[wire] = NULL;
        run.engine->fds[wire] = -1;
    }
    for (enum wire wire = WIRE_ECHO_V4; wire <= WIRE_ECHO_V6; wire++) /* whatever we may here */
        run.engine->icmp[wire] = (struct icmp){.fd = -1,
                                               .way = ICMP_PING,
                                               .family = wire == WIRE_ECHO_V4 ? ECHO_V4 : ECHO_V6,
                                               .sequence = 1};
}

/* Engines are dear: one takes all inputs, and knows nothing between two of them. */
static void forget_all(void)
{
    requests_free(&run.engine->requests);
    for (enum wire wire = WIRE_V4; wire < WIRES; wire++)
        run.engine->out[wire].count = 0;
    run.other_community = run.gone = false;
    run.sent_count = 0;
    run.heard = NULL;
    take_plan(true);
    take_plan(false);
}

/* ---- what happens ---- */

static uint32_t device_at(const union address *address)
{
    for (uint32_t id = 1; id <= DEVICES; id++) {
        union address is = address_of(id);

        if (address_equal(&is, address))
            return id;
    }
    return 0;
}

/* The oldest makes room. */
static void keep(enum wire wire, const struct udp_outgoing *datagram)
{
    struct sent *sent = &run.sent[run.sent_count++ % SENT_MOST];

    *sent = (struct sent){.device_id = device_at(&datagram->to), .wire = wire};
    sent->count = datagram->count;
    memcpy(sent->bytes, datagram->bytes, datagram->count);
}

static void collect(void)
{
    for (enum wire wire = WIRE_V4; wire < WIRES; wire++) {
        struct udp_out *out = &run.engine->out[wire];

        for (size_t i = 0; i < out->count; i++)
            keep(wire, &out->datagrams[i]);
        out->count = 0;
    }
}

static void ask(struct input *input)
{
    uint8_t byte = next_byte(input);
    const struct plan_device *device = plan_find(run.plan, byte % DEVICES + 1);
    struct engine_ask ask = {.device = device,
                             .question = heartbeat_question((byte >> 4) % PLAN_OBJECTS_ALL + 1),
                             .asker = ENGINE_HEARTBEAT,
                             .token = run.sent_count > 0 ? (uint32_t)run.sent_count : 1,
                             .tries = (byte >> 6) % 3 + 1,
                             .timeout_ms = 1000};

    if (device == NULL)
        return;
    if (device->snmp == PLAN_ICMP)
        ask.question = heartbeat_echo();
    fuzz_holds(engine_ask(run.engine, &ask, &run.now));
    collect();
}

static union address source_of(uint8_t how, uint32_t device_id)
{
    union address address = address_of(device_id);

    switch (how % 4) {
    case 1: /* another port */
        if (address.any.sa_family == AF_INET)
            address.v4.sin_port ^= htons(1);
        else
            address.v6.sin6_port ^= htons(1);
        break;
    case 2: /* another device */
        return address_of(how / 4 % DEVICES + 1);
    case 3: /* nobody's */
        address = address_of(COMMUNITY_V1);
        address.v4.sin_addr.s_addr ^= htonl(0x100);
        break;
    default:
        break;
    }
    return address;
}

/* Answers that were believed. */
static size_t hear(enum wire wire, struct udp_datagram *datagram)
{
    struct prober_counters before = run.engine->counters;
    const struct prober_counters *after = &run.engine->counters;

    memcpy(run.bytes, datagram->bytes, datagram->count);
    run.heard = datagram;
    run.believed = 0;
    datagram->at = run.now.wall;
    engine_hear(run.engine, wire, datagram);
    run.heard = NULL;
    fuzz_holds(after->answered + after->late + after->locked_out >=
               before.answered + before.late + before.locked_out + run.believed);
    collect();
    return run.believed;
}

/* Of a request in v1 or v2c: the octet that says what the PDU is. */
static size_t pdu_at(const uint8_t *bytes)
{
    size_t at = 1 + 1 + (bytes[1] >= 0x80 ? bytes[1] & 0x7f : 0) + 3;

    return at + 2 + bytes[at + 1];
}

static bool is_open(const struct sent *sent)
{
    const struct plan_device *device = plan_find(run.plan, sent->device_id);
    struct ber_message message;
    const struct request *request;

    if (device != NULL && sent->device_id == ICMP)
        return is_cookie_open(sent->bytes, sent->count);
    if (device == NULL || ber_check(sent->bytes, sent->count, &message) != BER_OK)
        return false;
    request = requests_find(&run.engine->requests, message.request_id);
    return request != NULL && strlen(community_of(sent->device_id)) == message.community_bytes &&
           memcmp(community_of(sent->device_id), message.community, message.community_bytes) == 0;
}

/* With the sum that its octets have by now, so that more than the sum is looked at. [RFC 1071] */
static void sum_up(uint8_t *bytes, size_t count)
{
    unsigned sum = 0;

    bytes[2] = bytes[3] = 0;
    for (size_t i = 0; i < count; i++)
        sum += i % 2 == 0 ? (unsigned)bytes[i] << 8 : bytes[i];
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~((sum & 0xffff) + (sum >> 16));
    bytes[2] = (uint8_t)(sum >> 8);
    bytes[3] = (uint8_t)sum;
}

/* What the agent would say to one of the last questions, with some octets turned around. */
static void answer(struct input *input)
{
    const struct sent *sent = &run.sent[next_byte(input) % SENT_MOST];
    uint8_t how = next_byte(input), flips = next_byte(input) % 8;
    struct udp_datagram datagram = {.count = sent->count};
    bool honest;

    if (sent->count == 0)
        return;
    memcpy(datagram.bytes, sent->bytes, sent->count);
    datagram.from = source_of(how, sent->device_id);
    honest = how % 4 == 0 && flips == 0 && is_open(sent);
    if (sent->wire >= WIRE_ECHO_V4)
        datagram.bytes[0] = 0; /* echo reply [RFC 792] */
    else if (datagram.bytes[0] == 0x30 && sent->device_id <= GONE)
        datagram.bytes[pdu_at(datagram.bytes)] = BER_PDU_RESPONSE;
    for (; flips > 0; flips--) {
        size_t at = (size_t)next_byte(input) << 8;

        at = (at | next_byte(input)) % datagram.count;
        datagram.bytes[at] ^= next_byte(input);
    }
    if (sent->wire >= WIRE_ECHO_V4)
        sum_up(datagram.bytes, datagram.count);
    fuzz_holds(hear(sent->wire, &datagram) == 1 || !honest);
}

static void any_bytes(struct input *input)
{
    uint8_t how = next_byte(input);
    struct udp_datagram datagram = {.truncated = how >= 0xf0};
    size_t count = (size_t)next_byte(input) << 8;

    count |= next_byte(input);
    if (count > input->left)
        count = input->left;
    if (count > sizeof datagram.bytes)
        count = sizeof datagram.bytes;
    memcpy(datagram.bytes, input->at, count);
    input->at += count;
    input->left -= count;
    datagram.count = count;
    datagram.from = source_of(how, how / 4 % DEVICES + 1);
    (void)hear((enum wire)(how / 32 % WIRES), &datagram);
}

static void let_pass(struct input *input)
{
    int64_t ms = 4 + next_byte(input) * INT64_C(50);

    run.now.mono = mono_add_ms(run.now.mono, ms);
    run.now.wall = wall_add_ms(run.now.wall, ms);
    run.engine->spent = 0;
    engine_expire(run.engine, &run.now);
    collect();
}

static void change_plan(struct input *input)
{
    uint8_t byte = next_byte(input);

    run.other_community = (byte & 1) != 0;
    run.gone = (byte & 2) != 0;
    take_plan(false);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct input input = {bytes, count};

    if (run.base == NULL)
        set_up();
    forget_all();
    memset(run.sent, 0, sizeof run.sent);
    for (size_t steps = 0; input.left > 0 && steps < STEPS_MOST; steps++) {
        switch (next_byte(&input) % 8) {
        case 0:
        case 1:
            ask(&input);
            break;
        case 2:
        case 3:
        case 4:
            answer(&input);
            break;
        case 5:
            any_bytes(&input);
            break;
        case 6:
            let_pass(&input);
            break;
        default:
            change_plan(&input);
            break;
        }
    }
    return 0;
}
