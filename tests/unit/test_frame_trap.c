/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/frame_trap.h"
#include "probes/trap_v3.h"

static struct frame frame;

/* As if it had come from the socket. */
static void reopen(void)
{
    size_t bytes = frame.bytes;

    frame.type = FRAME_TYPE_END;
    frame.count = frame.bytes = 0;
    assert_true(frame_open(&frame, bytes));
}

static struct trap_report some_trap(void)
{
    return (struct trap_report){.host = {4, {192, 0, 2, 1}},
                                .kind = TRAP_LINK_DOWN,
                                .oid = {4, {0x2b, 6, 1, 4}},
                                .uptime_ticks = UINT32_MAX,
                                .digest = UINT64_C(0xfedcba9876543210),
                                .community = 77,
                                .inform = 5};
}

static void a_trap_goes_up_as_it_is(void **state)
{
    struct trap_report trap = some_trap(), got;

    (void)state;
    frame_begin(&frame, FRAME_TRAPS);
    assert_true(frame_add_trap(&frame, &trap));
    trap.host = (struct trap_host){16, {0x20, 1, 0xd, 0xb8}};
    trap.uptime_ticks = -1;
    trap.inform = 0;
    assert_true(frame_add_trap(&frame, &trap));
    reopen();
    assert_int_equal(frame.count, 2);
    assert_true(frame_get_trap(&frame, 1, &got));
    assert_memory_equal(&got.host, &trap.host, sizeof got.host);
    assert_int_equal(got.uptime_ticks, -1);
    assert_int_equal(got.inform, 0);
    trap = some_trap();
    assert_true(frame_get_trap(&frame, 0, &got));
    assert_memory_equal(&got.host, &trap.host, sizeof got.host);
    assert_int_equal(got.kind, trap.kind);
    assert_true(oid_equal(&trap.oid, got.oid.at, got.oid.bytes));
    assert_true(got.uptime_ticks == trap.uptime_ticks);
    assert_true(got.digest == trap.digest);
    assert_true(got.community == trap.community);
    assert_int_equal(got.inform, trap.inform);
}

static void a_trap_that_nothing_sends_is_refused(void **state)
{
    struct trap_report wrong[4], got;

    (void)state;
    for (size_t i = 0; i < 4; i++)
        wrong[i] = some_trap();
    wrong[0].host.bytes = 5;
    wrong[1].kind = TRAP_KIND_END;
    wrong[2].oid.bytes = OID_BYTES_MAX + 1;
    wrong[3].uptime_ticks = INT64_C(0x100000000);
    frame_begin(&frame, FRAME_TRAPS);
    for (size_t i = 0; i < 4; i++)
        assert_true(frame_add_trap(&frame, &wrong[i]));
    reopen();
    for (size_t i = 0; i < 4; i++)
        assert_false(frame_get_trap(&frame, i, &got));
}

static void keys_and_counters_of_traps_keep_their_numbers(void **state)
{
    struct siphash_key key = {{UINT64_MAX - 1, 2}}, same = {{0, 0}};
    struct trap_counters counters = {1, 2, 3, 4, 5, 6, 7, 8, .unknown = 9}, got = {.unknown = 10};

    (void)state;
    frame_begin(&frame, FRAME_TRAP_LISTEN);
    assert_true(frame_add_trap_key(&frame, &key));
    reopen();
    frame_get_trap_key(&frame, 0, &same);
    assert_memory_equal(&same, &key, sizeof key);
    frame_begin(&frame, FRAME_TRAP_BEAT);
    assert_true(frame_add_trap_counters(&frame, &counters));
    reopen();
    frame_get_trap_counters(&frame, 0, &got);
    assert_int_equal(got.unknown, 10);
    got.unknown = counters.unknown;
    assert_memory_equal(&got, &counters, sizeof got);
}

static void an_snmpv3_trap_and_its_proof_go_as_they_are(void **state)
{
    struct trap_raw raw = {{4, {127, 0, 0, 9}}, UINT32_MAX, 3, {0x30, 1, 2}}, raw_got;
    struct trap_order order = {.device_id = 7,
                               .number = UINT32_MAX,
                               .key = {{1, UINT64_MAX}},
                               .engine = {BER_ENGINE_MAX, {0x80, 1}, INT32_MAX, 6},
                               .count = TRAP_V3_BYTES,
                               .bytes = {0x30, 9}},
                      order_got;
    struct trap_answer answer = {.inform = UINT32_MAX, .reply = {false, 2, {0x30, 0}}}, answer_got;
    struct trap_proven proven = {.device_id = 7,
                                 .number = 8,
                                 .proof = TRAP_PROOF_TRUE,
                                 .kind = TRAP_COLD_START,
                                 .oid = {3, {0x2b, 6, 1}},
                                 .uptime_ticks = UINT32_MAX,
                                 .digest = UINT64_MAX - 1,
                                 .reply = {true, TRAP_V3_BYTES, {0x30, 8}}},
                       proven_got;

    (void)state;
    order.bytes[TRAP_V3_BYTES - 1] = 77;
    frame_begin(&frame, FRAME_TRAPS_RAW);
    assert_true(frame_add_trap_raw(&frame, &raw));
    reopen();
    assert_true(frame_get_trap_raw(&frame, 0, &raw_got));
    assert_memory_equal(&raw_got, &raw, sizeof raw);
    frame_begin(&frame, FRAME_TRAP_ORDERS);
    assert_true(frame_add_trap_order(&frame, &order));
    reopen();
    assert_true(frame_get_trap_order(&frame, 0, &order_got));
    assert_int_equal(order_got.device_id, 7);
    assert_int_equal(order_got.number, UINT32_MAX);
    assert_memory_equal(&order_got.key, &order.key, sizeof order.key);
    assert_memory_equal(&order_got.engine, &order.engine, sizeof order.engine);
    assert_int_equal(order_got.count, TRAP_V3_BYTES);
    assert_memory_equal(order_got.bytes, order.bytes, TRAP_V3_BYTES);
    frame_begin(&frame, FRAME_TRAP_PROVEN);
    assert_true(frame_add_trap_proven(&frame, &proven));
    proven.uptime_ticks = -1;
    assert_true(frame_add_trap_proven(&frame, &proven));
    reopen();
    assert_true(frame_get_trap_proven(&frame, 0, &proven_got));
    assert_int_equal(proven_got.uptime_ticks, UINT32_MAX);
    assert_int_equal(proven_got.proof, proven.proof);
    assert_int_equal(proven_got.kind, proven.kind);
    assert_true(oid_equal(&proven.oid, proven_got.oid.at, proven_got.oid.bytes));
    assert_true(proven_got.digest == proven.digest);
    assert_memory_equal(&proven_got.reply, &proven.reply, sizeof proven.reply);
    assert_true(frame_get_trap_proven(&frame, 1, &proven_got));
    assert_int_equal(proven_got.uptime_ticks, -1);
    frame_begin(&frame, FRAME_TRAP_REPLY);
    assert_true(frame_add_trap_answer(&frame, &answer));
    reopen();
    assert_true(frame_get_trap_answer(&frame, 0, &answer_got));
    assert_memory_equal(&answer_got, &answer, sizeof answer);
}

static void an_snmpv3_trap_that_nothing_sends_is_refused(void **state)
{
    struct trap_raw raw = {.host = {4, {0}}, .count = 1};
    struct trap_order order = {.count = TRAP_V3_BYTES + 1};
    struct trap_answer answers[3] = {{0, {true, 1, {0}}}, {1, {true, 0, {0}}}, {1, {true, 1, {0}}}};
    struct trap_proven wrong[6];

    (void)state;
    frame_begin(&frame, FRAME_TRAPS_RAW);
    raw.host.bytes = 6;
    assert_true(frame_add_trap_raw(&frame, &raw));
    raw = (struct trap_raw){.host = {.bytes = 4}};
    assert_true(frame_add_trap_raw(&frame, &raw));
    reopen();
    assert_false(frame_get_trap_raw(&frame, 0, &raw));
    assert_false(frame_get_trap_raw(&frame, 1, &raw));
    frame_begin(&frame, FRAME_TRAP_ORDERS);
    assert_true(frame_add_trap_order(&frame, &order));
    reopen();
    assert_false(frame_get_trap_order(&frame, 0, &order));
    order = (struct trap_order){.count = 1, .engine = {.bytes = BER_ENGINE_MAX + 1}};
    frame_begin(&frame, FRAME_TRAP_ORDERS);
    assert_true(frame_add_trap_order(&frame, &order));
    order.engine = (struct trap_engine){.bytes = 1, .boots = UINT32_MAX};
    assert_true(frame_add_trap_order(&frame, &order));
    reopen();
    assert_false(frame_get_trap_order(&frame, 0, &order));
    assert_false(frame_get_trap_order(&frame, 1, &order));
    frame_begin(&frame, FRAME_TRAP_REPLY);
    answers[2].reply.count = TRAP_V3_BYTES + 1;
    for (size_t i = 0; i < 3; i++)
        assert_true(frame_add_trap_answer(&frame, &answers[i]));
    reopen();
    for (size_t i = 0; i < 3; i++)
        assert_false(frame_get_trap_answer(&frame, i, &answers[i]));
    for (size_t i = 0; i < 6; i++)
        wrong[i] = (struct trap_proven){.proof = TRAP_PROOF_KEY, .kind = TRAP_OTHER};
    wrong[0].proof = TRAP_PROOF_END;
    wrong[1].kind = TRAP_KIND_END;
    wrong[2].oid.bytes = OID_BYTES_MAX + 1;
    wrong[3].uptime_ticks = INT64_C(0x100000000);
    wrong[4].uptime_ticks = -2;
    wrong[5].reply.count = TRAP_V3_BYTES + 1;
    frame_begin(&frame, FRAME_TRAP_PROVEN);
    for (size_t i = 0; i < 6; i++)
        assert_true(frame_add_trap_proven(&frame, &wrong[i]));
    reopen();
    for (size_t i = 0; i < 6; i++)
        assert_false(frame_get_trap_proven(&frame, i, &wrong[i]));
}

static void orders_go_in_frames_until_none_is_left(void **state)
{
    struct trap_order order = {.device_id = 1, .count = 5}, got;
    struct trap_orders orders = {0};
    uint32_t next = 0;

    (void)state;
    for (order.number = 0; order.number < TRAP_ORDERS_MOST; order.number++)
        assert_true(trap_orders_add(&orders, &order));
    assert_false(trap_orders_add(&orders, &order));
    while (trap_orders_frame(&orders, &frame)) {
        size_t count = frame.count;

        reopen();
        assert_true(count > 0 && frame.count == count);
        for (size_t i = 0; i < count; i++) {
            assert_true(frame_get_trap_order(&frame, i, &got));
            assert_int_equal(got.number, next++);
        }
        trap_orders_sent(&orders, &frame);
    }
    assert_int_equal(next, TRAP_ORDERS_MOST);
    assert_true(trap_orders_add(&orders, &order));
    trap_orders_free(&orders);
    assert_false(trap_orders_frame(&orders, &frame));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trap_goes_up_as_it_is),
        cmocka_unit_test(a_trap_that_nothing_sends_is_refused),
        cmocka_unit_test(an_snmpv3_trap_and_its_proof_go_as_they_are),
        cmocka_unit_test(an_snmpv3_trap_that_nothing_sends_is_refused),
        cmocka_unit_test(orders_go_in_frames_until_none_is_left),
        cmocka_unit_test(keys_and_counters_of_traps_keep_their_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
