/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/frame_trap.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trap_goes_up_as_it_is),
        cmocka_unit_test(a_trap_that_nothing_sends_is_refused),
        cmocka_unit_test(keys_and_counters_of_traps_keep_their_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
