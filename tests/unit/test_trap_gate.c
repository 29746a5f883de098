/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/trap_gate.h"
#include "probes/trap_replay.h"

static const struct siphash_key key = {
    {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}};

/* The vectors of the paper's appendix: the key 00 … 0f, the message 00 01 02 … */
static void siphash_gives_what_its_paper_says(void **state)
{
    uint8_t message[15];

    (void)state;
    for (size_t i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)i;
    assert_true(siphash(&key, message, 0) == UINT64_C(0x726fdb47dd0e0e31));
    assert_true(siphash(&key, message, 8) == UINT64_C(0x93f5f5799a932462));
    assert_true(siphash(&key, message, 15) == UINT64_C(0xa129ca6149be45e5));
}

static struct mono at_ms(int64_t ms)
{
    return mono_add_ms((struct mono){5 * US_PER_S}, ms);
}

static size_t passed(struct trap_gate *gate, uint32_t host, struct mono now, size_t tries)
{
    size_t count = 0;

    for (size_t i = 0; i < tries; i++)
        count += trap_gate_pass(gate, &host, sizeof host, now);
    return count;
}

static void a_sender_has_a_burst_and_then_one_each_gap(void **state)
{
    struct trap_gate *gate = trap_gate_new(&key);

    (void)state;
    assert_int_equal(passed(gate, 1, at_ms(0), 1000), TRAP_GATE_BURST);
    assert_int_equal(passed(gate, 1, at_ms(TRAP_GATE_GAP_MS - 1), 1000), 0);
    assert_int_equal(passed(gate, 1, at_ms(TRAP_GATE_GAP_MS), 1000), 1);
    assert_int_equal(passed(gate, 1, at_ms(10 * TRAP_GATE_GAP_MS), 1000), 9);
    assert_int_equal(passed(gate, 1, at_ms(3600000), 1000), TRAP_GATE_BURST);
    trap_gate_free(gate);
}

/* Nothing is owed for what was refused: 50,000/s for a minute pass what the bucket says. */
static void a_flood_of_one_sender_gets_no_more_than_his_share(void **state)
{
    struct trap_gate *gate = trap_gate_new(&key);
    size_t count = 0;

    (void)state;
    for (int64_t ms = 0; ms < 60000; ms++)
        count += passed(gate, 1, at_ms(ms), 50);
    assert_in_range(count, TRAP_GATE_BURST + 60000 / TRAP_GATE_GAP_MS - 1,
                    TRAP_GATE_BURST + 60000 / TRAP_GATE_GAP_MS + 1);
    trap_gate_free(gate);
}

static void a_flood_leaves_other_senders_their_share(void **state)
{
    struct trap_gate *gate = trap_gate_new(&key);

    (void)state;
    for (uint32_t host = 1; host < 10; host++)
        passed(gate, host, at_ms(0), 5000);
    for (uint32_t host = 100; host < 1000; host++)
        assert_int_equal(passed(gate, host, at_ms(0), 1), 1);
    trap_gate_free(gate);
}

static void longer_addresses_are_other_senders(void **state)
{
    struct trap_gate *gate = trap_gate_new(&key);
    uint8_t host[16] = {1};

    (void)state;
    assert_int_equal(passed(gate, 1, at_ms(0), 1000), TRAP_GATE_BURST);
    assert_true(trap_gate_pass(gate, host, sizeof host, at_ms(0)));
    trap_gate_free(gate);
}

/* A million addresses: each passes, memory stays as it is, and the one that floods stays held. */
static void more_senders_than_the_table_has_rows_do_no_harm(void **state)
{
    struct trap_gate *gate = trap_gate_new(&key);
    uint32_t flooder = UINT32_MAX;
    size_t through;

    (void)state;
    through = passed(gate, flooder, at_ms(0), 1000);
    for (uint32_t host = 0; host < 1000000; host++) {
        assert_true(trap_gate_pass(gate, &host, sizeof host, at_ms(host / 1000)));
        through += passed(gate, flooder, at_ms(host / 1000), 1);
    }
    /* pushed out only when its row got four newer ones between two of its own: never */
    assert_in_range(through, TRAP_GATE_BURST, TRAP_GATE_BURST + 1000 / TRAP_GATE_GAP_MS + 1);
    trap_gate_free(gate);
}

static void what_was_believed_is_known_for_five_minutes(void **state)
{
    struct trap_replay *replay = trap_replay_new(at_ms(0));

    (void)state;
    for (int64_t begin = 0; begin < 3 * TRAP_REPLAY_KEPT_MS; begin += 70001) {
        uint64_t digest = (uint64_t)begin + 77;

        assert_false(trap_replay_knows(replay, digest, at_ms(begin)));
        assert_true(trap_replay_note(replay, digest, at_ms(begin)));
        assert_true(trap_replay_knows(replay, digest, at_ms(begin)));
    }
    trap_replay_free(replay);
    for (int64_t begin = 0; begin < 2 * TRAP_REPLAY_KEPT_MS; begin += 50000) {
        replay = trap_replay_new(at_ms(0));
        assert_true(trap_replay_note(replay, 5, at_ms(begin)));
        for (int64_t ms = 0; ms <= TRAP_REPLAY_KEPT_MS; ms += 10000)
            assert_true(trap_replay_knows(replay, 5, at_ms(begin + ms)));
        assert_false(trap_replay_knows(replay, 5, at_ms(begin + 3 * TRAP_REPLAY_KEPT_MS)));
        trap_replay_free(replay);
    }
}

/* At the highest rate that is let in, for an hour: always room, and nothing is forgotten. */
static void there_is_room_for_all_that_may_be_believed(void **state)
{
    struct trap_replay *replay = trap_replay_new(at_ms(0));
    struct trap_bucket bucket = {0};
    uint64_t digest = 0;
    const int64_t gap_us = US_PER_S / TRAP_REPLAY_PER_S;

    (void)state;
    for (int64_t ms = 0; ms < 1200000; ms += 100) {
        while (trap_bucket_take(&bucket, at_ms(ms), gap_us, TRAP_REPLAY_BURST)) {
            digest += UINT64_C(0x9e3779b97f4a7c15);
            assert_true(trap_replay_note(replay, digest, at_ms(ms)));
        }
        assert_true(trap_replay_knows(replay, digest, at_ms(ms)));
    }
    trap_replay_free(replay);
}

static void a_full_one_believes_nothing_more(void **state)
{
    struct trap_replay *replay = trap_replay_new(at_ms(0));

    (void)state;
    for (uint64_t digest = 0; digest < TRAP_REPLAY_ROOM; digest++)
        assert_true(trap_replay_note(replay, digest, at_ms(0)));
    assert_false(trap_replay_note(replay, TRAP_REPLAY_ROOM, at_ms(1)));
    assert_true(trap_replay_knows(replay, 0, at_ms(1)));
    assert_true(trap_replay_note(replay, TRAP_REPLAY_ROOM, at_ms(TRAP_REPLAY_KEPT_MS)));
    trap_replay_free(replay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siphash_gives_what_its_paper_says),
        cmocka_unit_test(a_sender_has_a_burst_and_then_one_each_gap),
        cmocka_unit_test(a_flood_of_one_sender_gets_no_more_than_his_share),
        cmocka_unit_test(a_flood_leaves_other_senders_their_share),
        cmocka_unit_test(longer_addresses_are_other_senders),
        cmocka_unit_test(more_senders_than_the_table_has_rows_do_no_harm),
        cmocka_unit_test(what_was_believed_is_known_for_five_minutes),
        cmocka_unit_test(there_is_room_for_all_that_may_be_believed),
        cmocka_unit_test(a_full_one_believes_nothing_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
