/* SPDX-License-Identifier: ISC */
#include <string.h>

#include <openssl/hmac.h>

#include "probes/trap_v3.h"
#include "probes/usm.h"
#include "probes/usm_inform.h"
#include "tests/fuzz/fuzz.h"

/*
 * The bytes are a datagram from a device whose engine and user are known. Whatever it is, what is
 * pointed out lies inside of it, and nothing but a signed message is an answer, or sets the clock.
 * Signed is what has the digest that we reckon ourselves: libFuzzer sees net-snmp compare the right
 * one with the message's, and writes it in.
 */

#define SHA1_DIGEST 12 /* octets that are sent */

static struct usm *usm;
static struct usm_user *user;
static struct usm_user *keyless;
static struct usm_agent known;

static void set_up(void)
{
    static const uint8_t engine[] = {0x80, 0x00, 0x1f, 0x88, 0x80, 0xe0, 0xaf, 0xb3, 0x6b,
                                     0x0b, 0x51, 0x05, 0x6b, 0x00, 0x00, 0x00, 0x00};
    struct usm_words words = {.user = "privsha",
                              .level = USM_AUTH_PRIV,
                              .auth = USM_AUTH_SHA,
                              .auth_pass = "not-the-one",
                              .priv = USM_PRIV_AES128,
                              .priv_pass = "nor-this-one"};
    struct usm_words open = {.user = "noauth", .level = USM_NOAUTH_NOPRIV};

    usm = usm_new();
    usm_keys_begin(usm_keys(usm));
    usm_keys_user(usm_keys(usm), 1, &words);
    usm_keys_user(usm_keys(usm), 2, &open);
    usm_keys_commit(usm_keys(usm));
    while (usm_keys_work(usm_keys(usm)))
        ;
    user = usm_keys_find(usm_keys(usm), 1);
    keyless = usm_keys_find(usm_keys(usm), 2);
    fuzz_holds(usm_user_state(user) == USM_USER_READY);
    fuzz_holds(usm_user_state(keyless) == USM_USER_READY);
    usm_agent_meet(&known, engine, sizeof engine);
    usm_agent_clock(&known, 1, 370, (struct mono){US_PER_S});
    fuzz_holds(usm_agent_key(&known, user));
}

/* The digest is over the message with zeros in its own place. [RFC 3414 §6.3.2] */
static bool is_signed(const struct ber_v3 *message, const uint8_t *bytes, size_t count)
{
    uint8_t digest[EVP_MAX_MD_SIZE], *copy = malloc(count);
    unsigned digest_bytes = 0;
    bool same;

    if (copy == NULL)
        abort();
    memcpy(copy, bytes, count);
    memset(copy + (message->digest.at - bytes), 0, message->digest.bytes);
    if (HMAC(EVP_sha1(), known.auth_key, known.auth_bytes, copy, count, digest, &digest_bytes) ==
        NULL)
        abort();
    same = message->digest.bytes == SHA1_DIGEST &&
           memcmp(digest, message->digest.at, SHA1_DIGEST) == 0;
    free(copy);
    return same;
}

static void check_inside(struct ber_octets octets, const uint8_t *bytes, size_t count, size_t most)
{
    fuzz_holds(octets.bytes <= most);
    fuzz_holds(octets.bytes == 0 ||
               (octets.at >= bytes && octets.at + octets.bytes <= bytes + count));
}

static void check_message(const struct ber_v3 *message, const uint8_t *bytes, size_t count)
{
    bool sealed = (message->flags & BER_V3_PRIV) != 0;
    struct ber_list list = message->plain.list;
    struct ber_varbind varbind;
    size_t varbinds = 0;

    check_inside(message->engine, bytes, count, BER_ENGINE_MAX);
    check_inside(message->user, bytes, count, BER_USER_MAX);
    check_inside(message->digest, bytes, count, 48);
    check_inside(message->encrypted, bytes, count, count);
    fuzz_holds(message->msg_id >= 0);
    fuzz_holds(sealed == (message->encrypted.bytes > 0) && sealed == (message->plain.pdu == 0));
    fuzz_holds(!sealed || (message->flags & BER_V3_AUTH) != 0);
    fuzz_holds((message->flags & BER_V3_AUTH) == 0 || message->digest.bytes >= 12);
    for (; ber_next(&list, &varbind); varbinds++)
        fuzz_holds(varbind.value >= bytes && varbind.value + varbind.value_bytes <= bytes + count);
    fuzz_holds(varbinds == message->plain.varbinds);
}

/*
 * The same bytes as a trap of a device with that user, or with one who has no key and of whom
 * everything is believed that has the form: what it says then lies inside of it.
 */
static void check_trap(const struct ber_v3 *sent, const uint8_t *bytes, size_t count)
{
    const struct usm_user *users[] = {user, keyless};
    bool is_true = sent->digest.bytes > 0 && is_signed(sent, bytes, count);

    for (size_t i = 0; i < 2; i++) {
        struct usm_agent agent = known;
        enum trap_proof proof;
        struct ber_v3 message;
        struct usm_said said;
        struct trap trap;
        uint8_t *copy = malloc(count);

        if (copy == NULL)
            abort();
        memcpy(copy, bytes, count);
        fuzz_holds(ber_v3_check(copy, count, &message) == BER_OK);
        proof =
            usm_prove(usm, users[i], &agent, (struct mono){US_PER_S}, &message, copy, count, &said);
        fuzz_holds(proof > 0 && proof < TRAP_PROOF_END);
        fuzz_holds(proof != TRAP_PROOF_TRUE || i == 1 || is_true);
        fuzz_holds(is_true || (agent.boots == known.boots && agent.time_s == known.time_s));
        if (proof == TRAP_PROOF_TRUE && trap_read_list(said.list, &trap))
            fuzz_holds(trap.kind > 0 && trap.kind < TRAP_KIND_END && trap.uptime_ticks >= -1 &&
                       trap.oid.bytes <= OID_BYTES_MAX);
        free(copy);
    }
}

/* What is sent back is whole, about this message, and asks for nothing itself: no two engines talk
 * for ever. */
static void check_reply(const struct ber_v3 *sent, size_t count, const struct trap_reply *reply)
{
    struct ber_v3 back;

    fuzz_holds(reply->count <= TRAP_V3_BYTES);
    fuzz_holds(ber_v3_check(reply->bytes, reply->count, &back) == BER_OK);
    fuzz_holds(back.msg_id == sent->msg_id && (back.flags & BER_V3_REPORTABLE) == 0);
    fuzz_holds(usm_agent_is(&known, back.engine.at, back.engine.bytes));
    if (reply->report) {
        fuzz_holds(back.plain.pdu == BER_PDU_REPORT && (sent->flags & BER_V3_REPORTABLE) != 0);
        fuzz_holds(reply->count <= USM_REPORT_TIMES * count);
    } else {
        fuzz_holds((back.flags | BER_V3_REPORTABLE) == (sent->flags | BER_V3_REPORTABLE));
        fuzz_holds(back.encrypted.bytes > 0 || back.plain.pdu == BER_PDU_RESPONSE);
    }
}

/* The same bytes as an inform to us, that engine being ours. */
static void check_inform(const struct ber_v3 *sent, const uint8_t *bytes, size_t count)
{
    const struct usm_user *users[] = {user, keyless};
    bool is_true = sent->digest.bytes > 0 && is_signed(sent, bytes, count);
    struct trap_engine own = {.bytes = known.engine_bytes, .boots = 1, .time_s = 370};

    memcpy(own.at, known.engine, known.engine_bytes);
    for (size_t i = 0; i < 2; i++) {
        struct trap_reply reply;
        enum trap_proof proof;
        struct ber_v3 message;
        struct usm_said said;
        uint8_t *copy = malloc(count);

        if (copy == NULL)
            abort();
        memcpy(copy, bytes, count);
        fuzz_holds(ber_v3_check(copy, count, &message) == BER_OK);
        proof = usm_take_inform(usm, users[i], &own, &message, copy, count, &said, &reply);
        fuzz_holds(proof > 0 && proof < TRAP_PROOF_END);
        fuzz_holds(proof != TRAP_PROOF_TRUE || i == 1 || is_true);
        fuzz_holds(reply.count == 0 || reply.report == (proof != TRAP_PROOF_TRUE));
        if (reply.count > 0)
            check_reply(sent, count, &reply);
        free(copy);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct usm_agent agent;
    struct ber_v3 message, sent;
    struct usm_reply reply;
    enum usm_verdict verdict;
    uint8_t *copy;
    bool waits;

    if (usm == NULL)
        set_up();
    if (ber_v3_check(bytes, count, &message) != BER_OK)
        return 0;
    check_message(&message, bytes, count);
    sent = message;
    copy = malloc(count); /* net-snmp writes into what it parses */
    if (copy == NULL)
        abort();
    memcpy(copy, bytes, count);
    agent = known;
    fuzz_holds(ber_v3_check(copy, count, &message) == BER_OK);
    verdict = usm_judge(usm, user, &agent, (struct mono){US_PER_S}, &message, copy, count, &reply);
    fuzz_holds(verdict != USM_ANSWER || reply.authentic);
    fuzz_holds(!reply.authentic || is_signed(&sent, bytes, count));
    fuzz_holds(reply.authentic || (agent.boots == known.boots && agent.time_s == known.time_s));
    free(copy);
    if (trap_v3_form(bytes, count, &waits) == TRAP_OK) {
        check_trap(&sent, bytes, count);
        check_inform(&sent, bytes, count);
    }
    return 0;
}
