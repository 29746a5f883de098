/* SPDX-License-Identifier: ISC */
/* Traps of SNMPv3: whose is it, and is it of now? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/trap_v3.h"
#include "probes/usm.h"
#include "tests/unit/bytes.h"
#include "tests/unit/trap_vectors.h"
#include "tests/unit/v3_messages.h"
#include "tests/unit/v3_user.h"

static struct usm *usm;
static struct usm_agent agent;
static struct usm_user *user;
static struct ber_v3 message;
static const struct mono now = {1000 * US_PER_S};

static int begin(void **state)
{
    (void)state;
    usm = usm_new();
    agent = (struct usm_agent){0};
    return 0;
}

static int end(void **state)
{
    (void)state;
    usm_free(usm);
    return 0;
}

static void use(const char *secret)
{
    user = v3_user(usm, secret);
}

static void meet(const char *engine_hex)
{
    struct bytes engine = bytes_hex(engine_hex);

    usm_agent_meet(&agent, engine.at, engine.count);
    free(engine.at);
}

/* As after a conversation with the sender of the recorded traps. */
static void meet_sender(const char *secret, uint32_t boots, uint32_t time_s)
{
    use(secret);
    meet(TRAP_V3_ENGINE);
    usm_agent_clock(&agent, boots, time_s, now);
}

static enum trap_proof prove_bytes(struct bytes bytes, uint64_t *digest)
{
    static const struct siphash_key key = {{3, 4}};
    enum trap_proof proof;
    struct usm_said said;
    struct trap trap;
    bool waits;

    assert_int_equal(trap_v3_form(bytes.at, bytes.count, &waits), TRAP_OK);
    assert_false(waits);
    assert_int_equal(ber_v3_check(bytes.at, bytes.count, &message), BER_OK);
    proof = usm_prove(usm, user, &agent, now, &message, bytes.at, bytes.count, &said);
    if (proof != TRAP_PROOF_TRUE)
        return proof;
    assert_true(trap_read_list(said.list, &trap));
    assert_true(trap.kind == TRAP_LINK_DOWN || trap.kind == TRAP_COLD_START);
    assert_int_equal(trap.uptime_ticks, 12345);
    if (digest != NULL)
        *digest =
            trap_v3_digest(&key, agent.engine, agent.engine_bytes, said.request_id, said.list);
    return proof;
}

static enum trap_proof prove(const char *hex)
{
    struct bytes bytes = bytes_hex(hex);
    enum trap_proof proof = prove_bytes(bytes, NULL);

    free(bytes.at);
    return proof;
}

static void a_trap_of_each_level_is_proven(void **state)
{
    (void)state;
    meet_sender(AUTH, 5, 1000);
    assert_int_equal(prove(TRAP_V3_AUTH), TRAP_PROOF_TRUE);
    meet_sender(PRIV, 5, 1000);
    assert_int_equal(prove(TRAP_V3_PRIV), TRAP_PROOF_TRUE);
    meet_sender(OPEN, 0, 0);
    assert_int_equal(prove(TRAP_V3_OPEN), TRAP_PROOF_TRUE);
}

static void a_trap_that_is_not_quite_ours_is_not_proven(void **state)
{
    (void)state;
    meet_sender("v3 user=authsha level=authNoPriv auth=SHA:sandi-salah", 5, 1000);
    assert_int_equal(prove(TRAP_V3_AUTH), TRAP_PROOF_KEY);
    meet_sender("v3 user=privsha level=authPriv auth=SHA:sandi-auth-1 priv=AES:sandi-salah", 5,
                1000);
    assert_int_not_equal(prove(TRAP_V3_PRIV), TRAP_PROOF_TRUE);
    meet_sender("v3 user=lain level=authNoPriv auth=SHA:sandi-auth-1", 5, 1000);
    assert_int_equal(prove(TRAP_V3_AUTH), TRAP_PROOF_USER);
    meet_sender("v3 user=noauth level=authNoPriv auth=SHA:sandi-auth-1", 5, 1000);
    assert_int_equal(prove(TRAP_V3_OPEN), TRAP_PROOF_LEVEL);
    meet_sender("v3 user=authsha level=noAuthNoPriv", 5, 1000);
    assert_int_equal(prove(TRAP_V3_AUTH), TRAP_PROOF_LEVEL);
    meet_sender(AUTH, 5, 1000);
    meet("8000000001020305");
    assert_int_equal(prove(TRAP_V3_AUTH), TRAP_PROOF_ENGINE);
    use(AUTH);
    agent = (struct usm_agent){0};
    assert_int_equal(prove(TRAP_V3_AUTH), TRAP_PROOF_ENGINE);
}

/* Each bit of an authentic trap: none may be changed. */
static void a_trap_that_was_changed_is_not_proven(void **state)
{
    struct bytes whole = bytes_hex(TRAP_V3_PRIV);

    (void)state;
    meet_sender(PRIV, 5, 1000);
    for (size_t i = 0; i < whole.count * 8; i++) {
        struct bytes bytes = bytes_copy(whole.at, whole.count);
        struct usm_said said;

        bytes.at[i / 8] ^= (uint8_t)(1 << i % 8);
        if (ber_v3_check(bytes.at, bytes.count, &message) == BER_OK)
            assert_int_not_equal(
                usm_prove(usm, user, &agent, now, &message, bytes.at, bytes.count, &said),
                TRAP_PROOF_TRUE);
        free(bytes.at);
    }
    assert_int_equal(prove(TRAP_V3_PRIV), TRAP_PROOF_TRUE);
    free(whole.at);
}

/* It says boots 5, time 1000. */
static void a_trap_is_of_now(void **state)
{
    static const struct {
        uint32_t boots, time_s;
        enum trap_proof proof;
    } cases[] = {
        {5, 1000, TRAP_PROOF_TRUE}, {5, 1150, TRAP_PROOF_TRUE},  {5, 1151, TRAP_PROOF_TIME},
        {5, 10, TRAP_PROOF_TRUE},   {4, 90000, TRAP_PROOF_TRUE}, {6, 0, TRAP_PROOF_TIME},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        meet_sender(AUTH, cases[i].boots, cases[i].time_s);
        if (prove(TRAP_V3_AUTH) != cases[i].proof)
            fail_msg("boots %u time %u", cases[i].boots, cases[i].time_s);
    }
    use(AUTH);
    meet(TRAP_V3_ENGINE); /* whose clock nobody has heard */
    agent.clock_at = (struct mono){0};
    assert_int_equal(prove(TRAP_V3_AUTH), TRAP_PROOF_TIME);
}

/* Only forward, and only by what is proven. */
static void a_later_trap_sets_the_clock(void **state)
{
    (void)state;
    meet_sender(AUTH, 4, 90000);
    assert_int_equal(prove(TRAP_V3_AUTH), TRAP_PROOF_TRUE);
    assert_int_equal(agent.boots, 5);
    assert_int_equal(usm_agent_time_s(&agent, now), 1000);
    usm_agent_clock(&agent, 5, 1100, now);
    assert_int_equal(prove(TRAP_V3_AUTH), TRAP_PROOF_TRUE);
    assert_int_equal(usm_agent_time_s(&agent, now), 1100);
    meet_sender("v3 user=authsha level=authNoPriv auth=SHA:sandi-salah", 4, 90000);
    assert_int_equal(prove(TRAP_V3_AUTH), TRAP_PROOF_KEY);
    assert_int_equal(agent.boots, 4);
}

static void a_copy_of_a_trap_has_its_digest_and_no_other_has(void **state)
{
    struct bytes one = bytes_hex(TRAP_V3_PRIV), other = bytes_hex(TRAP_V3_PRIV_COLD);
    struct bytes copy = bytes_hex(TRAP_V3_PRIV);
    uint64_t digest, again, another;

    (void)state;
    meet_sender(PRIV, 5, 1000);
    assert_int_equal(prove_bytes(one, &digest), TRAP_PROOF_TRUE);
    assert_int_equal(prove_bytes(other, &another), TRAP_PROOF_TRUE);
    assert_int_equal(prove_bytes(copy, &again), TRAP_PROOF_TRUE);
    assert_true(digest == again);
    assert_true(digest != another);
    free(one.at);
    free(copy.at);
    free(other.at);
}

/* An answer, a question: none is a trap, however true. */
static void an_answer_is_no_trap(void **state)
{
    struct bytes bytes = bytes_hex(V3_PRIV_ANSWER);
    struct usm_said said;

    (void)state;
    use(PRIV);
    meet(V3_ENGINE);
    assert_int_equal(ber_v3_check(bytes.at, bytes.count, &message), BER_OK);
    usm_agent_clock(&agent, message.boots, message.time_s, now);
    assert_int_equal(usm_prove(usm, user, &agent, now, &message, bytes.at, bytes.count, &said),
                     TRAP_PROOF_NO_TRAP);
    free(bytes.at);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_trap_of_each_level_is_proven),
        T(a_trap_that_is_not_quite_ours_is_not_proven),
        T(a_trap_that_was_changed_is_not_proven),
        T(a_trap_is_of_now),
        T(a_later_trap_sets_the_clock),
        T(a_copy_of_a_trap_has_its_digest_and_no_other_has),
        T(an_answer_is_no_trap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
