/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "probes/frame.h"
#include "probes/frame_reading.h"
#include "tests/unit/frame_samples.h"
#include "tests/unit/frame_traps.h"

static struct frame frame;
static struct frame hostile;

static struct plan_device some_device(void)
{
    struct plan_device device = {.id = 42,
                                 .snmp = PLAN_SNMP_V1,
                                 .credential = 5,
                                 .lane = 3,
                                 .interval_ms = 120000,
                                 .gateway_of = UINT32_MAX - 2,
                                 .profile = UINT32_MAX - 1,
                                 .reply_from_any = true,
                                 .begins_down = true,
                                 .last_good = {INT64_C(1764000000000001)},
                                 .first_bad = {INT64_C(1764000060000002)},
                                 .learned = {{99}, 7, 600000, 1, 2, 3, 4, 5, 6}};
    struct sockaddr_in v4 = {AF_INET, htons(1161), {htonl(0x7f210a0b)}, {0}};

    memcpy(&device.address, &v4, sizeof v4);
    return device;
}

static struct link_change some_change(void)
{
    return (struct link_change){.device_id = UINT32_MAX,
                                .ping = LINK_PING_SILENT,
                                .state = LINK_UP,
                                .effect = LINK_FX_ENDS,
                                .at = {4},
                                .last_good = {INT64_MIN},
                                .first_bad = {-1},
                                .first_good = {INT64_MAX},
                                .vitals = {-1, INT64_C(4294967295), 77},
                                .loss_ppm = 300000,
                                .gateway_of = UINT32_MAX - 1,
                                .asked = true};
}

static struct verify_order some_order(void)
{
    return (struct verify_order){
        .ticket = INT64_C(1) << 40, .device_id = UINT32_MAX, .serial = 77, .window_ms = 180000};
}

static struct verify_verdict some_verdict(void)
{
    return (struct verify_verdict){.ticket = INT64_MAX,
                                   .device_id = 42,
                                   .serial = UINT32_MAX,
                                   .reason = VERIFY_OK,
                                   .first_good = {INT64_C(1764000060000002)},
                                   .sent = 91,
                                   .lost = 2,
                                   .usual_ppm = 5000,
                                   .limit_ppm = 27181,
                                   .window_ms = 180000};
}

static struct prober_counters some_counters(void)
{
    struct prober_counters counters = {.turn_cpu_us = 4711, .loop_lag_ms = 17, .devices = 228};
    uint64_t *sums[COUNTERS_SUMS];

    counters_sums(&counters, sums);
    for (size_t i = 0; i < COUNTERS_SUMS; i++)
        *sums[i] = UINT64_MAX - i;
    return counters;
}

static void reopen(void)
{
    size_t bytes = frame.bytes;

    frame.count = 0;
    frame.type = FRAME_TYPE_END;
    assert_true(frame_open(&frame, bytes));
}

static void a_device_comes_through(void **state)
{
    struct plan_device device = some_device(), got;

    (void)state;
    frame_begin(&frame, FRAME_PLAN_DEVICES);
    assert_true(frame_add_device(&frame, &device));
    reopen();
    assert_true(frame_get_device(&frame, 0, &got));
    assert_int_equal(got.id, 42);
    assert_int_equal(got.snmp, PLAN_SNMP_V1);
    assert_int_equal(got.credential, 5);
    assert_int_equal(got.lane, 3);
    assert_int_equal(got.interval_ms, 120000);
    assert_int_equal(got.gateway_of, UINT32_MAX - 2);
    assert_int_equal(got.profile, UINT32_MAX - 1);
    assert_true(got.reply_from_any);
    assert_true(got.begins_down);
    assert_int_equal(got.last_good.us, device.last_good.us);
    assert_int_equal(got.first_bad.us, device.first_bad.us);
    assert_memory_equal(&got.learned, &device.learned, sizeof got.learned);
    assert_memory_equal(&got.address, &device.address, sizeof device.address);
}

static void a_link_local_address_keeps_its_scope(void **state)
{
    struct plan_device device = some_device(), got;
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(161), .sin6_scope_id = 3};

    (void)state;
    v6.sin6_addr.s6_addr[0] = 0xfe;
    v6.sin6_addr.s6_addr[1] = 0x80;
    v6.sin6_addr.s6_addr[15] = 1;
    memset(&device.address, 0, sizeof device.address);
    memcpy(&device.address, &v6, sizeof v6);
    frame_begin(&frame, FRAME_PLAN_DEVICES);
    assert_true(frame_add_device(&frame, &device));
    reopen();
    assert_true(frame_get_device(&frame, 0, &got));
    assert_memory_equal(&got.address, &device.address, sizeof device.address);
}

static void a_change_comes_through(void **state)
{
    struct link_change change = some_change(), got;

    (void)state;
    frame_begin(&frame, FRAME_CHANGES);
    assert_true(frame_add_change(&frame, &change));
    reopen();
    assert_true(frame_get_change(&frame, 0, &got));
    assert_int_equal(got.device_id, change.device_id);
    assert_int_equal(got.state, change.state);
    assert_int_equal(got.effect, change.effect);
    assert_int_equal(got.gateway_of, change.gateway_of);
    assert_int_equal(got.ping, LINK_PING_SILENT);
    assert_int_equal(got.at.us, change.at.us);
    assert_true(got.last_good.us == change.last_good.us);
    assert_true(got.first_bad.us == change.first_bad.us);
    assert_true(got.first_good.us == change.first_good.us);
    assert_true(got.vitals.uptime_ticks == -1 && got.vitals.host_ticks == 77);
    assert_true(got.vitals.engine_time_s == 4294967295);
    assert_int_equal(got.loss_ppm, 300000);
    assert_true(got.asked);
}

static void an_order_comes_through(void **state)
{
    struct verify_order order = some_order(), got;

    (void)state;
    frame_begin(&frame, FRAME_VERIFY);
    assert_true(frame_add_order(&frame, &order));
    reopen();
    assert_int_equal(frame.type, FRAME_VERIFY);
    assert_true(frame_get_order(&frame, 0, &got));
    assert_true(got.ticket == order.ticket && got.device_id == order.device_id);
    assert_true(got.serial == order.serial && got.window_ms == order.window_ms);
}

static void a_verdict_comes_through(void **state)
{
    struct verify_verdict verdict = some_verdict(), got;

    (void)state;
    frame_begin(&frame, FRAME_VERDICTS);
    assert_true(frame_add_verdict(&frame, &verdict));
    reopen();
    assert_true(frame_get_verdict(&frame, 0, &got));
    assert_true(got.ticket == verdict.ticket && got.device_id == verdict.device_id);
    assert_true(got.serial == verdict.serial && got.window_ms == verdict.window_ms);
    assert_int_equal(got.reason, VERIFY_OK);
    assert_int_equal(got.first_good.us, verdict.first_good.us);
    assert_int_equal(got.sent, 91);
    assert_int_equal(got.lost, 2);
    assert_int_equal(got.usual_ppm, 5000);
    assert_int_equal(got.limit_ppm, 27181);
}

static void counters_come_through(void **state)
{
    struct prober_counters counters = some_counters(), got;

    (void)state;
    memset(&got, 0, sizeof got);
    frame_begin(&frame, FRAME_BEAT);
    assert_true(frame_add_counters(&frame, &counters));
    reopen();
    assert_true(frame_get_counters(&frame, 0, &got));
    assert_memory_equal(&got, &counters, sizeof counters);
}

static void a_frame_is_filled_to_the_brim_and_no_further(void **state)
{
    struct plan_device device = some_device(), got;
    uint32_t count = 0;

    (void)state;
    frame_begin(&frame, FRAME_PLAN_DEVICES);
    for (;; count++) {
        device.id = count;
        if (!frame_add_device(&frame, &device))
            break;
    }
    assert_in_range(count, 150, FRAME_MAX);
    assert_in_range(frame.bytes, 0, FRAME_MAX);
    reopen();
    assert_int_equal(frame.count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(frame_get_device(&frame, i, &got));
        assert_int_equal(got.id, i);
    }
}

static void read_down(const struct frame *open, size_t i)
{
    struct plan_policy policy;
    struct credential credential;
    struct plan_device device;
    struct verify_order order;
    struct profile_chunk chunk;
    uint64_t ticket;

    if (open->type == FRAME_PLAN_BEGIN && frame_get_policy(open, i, &policy))
        assert_true(policy.interval_ms > 0 && policy.misses_to_down > 0);
    if (open->type == FRAME_PLAN_DEVICES && frame_get_device(open, i, &device))
        assert_in_range(device.snmp, PLAN_SNMP_V1, PLAN_SNMP_END - 1);
    if (open->type == FRAME_PLAN_CREDENTIALS && frame_get_credential(open, i, &credential))
        assert_in_range(strlen(credential.community), 0, CREDENTIAL_COMMUNITY_MAX - 1);
    if (open->type == FRAME_VERIFY && frame_get_order(open, i, &order))
        assert_true(order.ticket > 0 && order.window_ms > 0);
    if (open->type == FRAME_VERIFY_CANCEL && frame_get_ticket(open, i, &ticket))
        assert_true(ticket > 0 && ticket <= INT64_MAX);
    if (open->type == FRAME_PROFILES && frame_get_chunk(open, i, &chunk))
        assert_in_range(chunk.offset + chunk.bytes, 0, chunk.total);
}

static void read_up(const struct frame *open, size_t i)
{
    struct link_change change;
    struct verify_verdict verdict;
    struct rollup_record record;
    struct learned_news news;
    struct reading_report reading;
    struct prober_counters counters;

    if (open->type == FRAME_CHANGES && frame_get_change(open, i, &change))
        assert_non_null(link_state_name(change.state));
    if (open->type == FRAME_VERDICTS && frame_get_verdict(open, i, &verdict))
        assert_true(verdict.lost <= verdict.sent && *verify_reason_name(verdict.reason) != '\0');
    if (open->type == FRAME_ROLLUPS && frame_get_rollup(open, i, &record))
        assert_true(record.lost <= record.sent && record.min_us <= record.max_us &&
                    record.from_ms <= record.until_ms);
    if (open->type == FRAME_LEARNED && frame_get_learned(open, i, &news))
        assert_true(learned_is_sane(&news.learned));
    if (open->type == FRAME_READINGS && frame_get_reading(open, i, &reading))
        assert_in_range(strlen(reading.instance) + strlen(reading.text), 0, 110);
    if (open->type == FRAME_BEAT)
        (void)frame_get_counters(open, i, &counters);
}

/* Reads everything that an open frame holds. */
static void read_all(const struct frame *open)
{
    struct agent_news agent;
    uint32_t number;

    for (size_t i = 0; i < open->count; i++) {
        switch (open->type) {
        case FRAME_PLAN_BEGIN:
        case FRAME_PLAN_DEVICES:
        case FRAME_PLAN_CREDENTIALS:
        case FRAME_VERIFY:
        case FRAME_VERIFY_CANCEL:
        case FRAME_PROFILES:
            read_down(open, i);
            break;
        case FRAME_CHANGES:
        case FRAME_VERDICTS:
        case FRAME_ROLLUPS:
        case FRAME_LEARNED:
        case FRAME_READINGS:
        case FRAME_BEAT:
            read_up(open, i);
            break;
        case FRAME_AGENTS:
        case FRAME_AGENTS_KNOWN:
            assert_true(!frame_get_agent(open, i, &agent) || agent.engine_bytes <= 32);
            break;
        case FRAME_TRAPS:
        case FRAME_TRAPS_RAW:
        case FRAME_TRAP_ORDERS:
        case FRAME_TRAP_PROVEN:
        case FRAME_TRAP_BEAT:
        case FRAME_TRAP_LISTEN:
        case FRAME_TRAP_REPLY:
            frame_read_trap(open, i);
            break;
        case FRAME_PLAN_COMMIT:
        case FRAME_PROBE_NOW:
        case FRAME_RENEW:
        case FRAME_STOP:
        case FRAME_TRAP_ANSWER:
        case FRAME_READY:
            (void)frame_get_number(open, i, &number);
            break;
        case FRAME_TYPE_END:
            fail();
        }
    }
}

static bool make_down(enum frame_type type)
{
    struct plan_policy policy = {60000, 2000, 3, 3, 0, 0, 0};
    struct credential credential = {.id = 1, .kind = CREDENTIAL_COMMUNITY, .community = "desa"};
    struct plan_device device = some_device();
    struct verify_order order = some_order();
    struct profile_chunk chunk = some_chunk();

    if (type == FRAME_PLAN_BEGIN)
        return frame_add_policy(&frame, &policy);
    if (type == FRAME_PLAN_CREDENTIALS)
        return frame_add_credential(&frame, &credential);
    if (type == FRAME_PLAN_DEVICES)
        return frame_add_device(&frame, &device);
    if (type == FRAME_VERIFY)
        return frame_add_order(&frame, &order);
    if (type == FRAME_VERIFY_CANCEL)
        return frame_add_ticket(&frame, 7);
    return frame_add_chunk(&frame, &chunk);
}

static bool make_up(enum frame_type type)
{
    struct link_change change = some_change();
    struct prober_counters counters = some_counters();
    struct verify_verdict verdict = some_verdict();
    struct reading_report reading = some_reading();
    struct rollup_record record = {7, 5984928, 10, 1, 0, 299999, 1000, 2000, 3000, 3000};
    struct learned_news news = {.device_id = 7, .learned = some_device().learned};

    if (type == FRAME_CHANGES)
        return frame_add_change(&frame, &change);
    if (type == FRAME_VERDICTS)
        return frame_add_verdict(&frame, &verdict);
    if (type == FRAME_ROLLUPS)
        return frame_add_rollup(&frame, &record);
    if (type == FRAME_LEARNED)
        return frame_add_learned(&frame, &news);
    if (type == FRAME_READINGS)
        return frame_add_reading(&frame, &reading);
    return frame_add_counters(&frame, &counters);
}

/* A frame of two records. */
static void make(enum frame_type type)
{
    struct agent_news agent = {.auth = AUTH_KEY};

    frame_begin(&frame, type);
    for (int i = 0; i < 2; i++) {
        switch (type) {
        case FRAME_PLAN_BEGIN:
        case FRAME_PLAN_DEVICES:
        case FRAME_PLAN_CREDENTIALS:
        case FRAME_VERIFY:
        case FRAME_VERIFY_CANCEL:
        case FRAME_PROFILES:
            assert_true(make_down(type));
            break;
        case FRAME_CHANGES:
        case FRAME_VERDICTS:
        case FRAME_ROLLUPS:
        case FRAME_LEARNED:
        case FRAME_READINGS:
        case FRAME_BEAT:
            assert_true(make_up(type));
            break;
        case FRAME_AGENTS:
        case FRAME_AGENTS_KNOWN:
            assert_true(frame_add_agent(&frame, &agent));
            break;
        case FRAME_TRAPS:
        case FRAME_TRAPS_RAW:
        case FRAME_TRAP_ORDERS:
        case FRAME_TRAP_PROVEN:
        case FRAME_TRAP_BEAT:
        case FRAME_TRAP_LISTEN:
        case FRAME_TRAP_REPLY:
            frame_make_trap(&frame);
            break;
        case FRAME_PLAN_COMMIT:
        case FRAME_PROBE_NOW:
        case FRAME_RENEW:
        case FRAME_STOP:
        case FRAME_TRAP_ANSWER:
        case FRAME_READY:
        case FRAME_TYPE_END:
            assert_true(frame_add_number(&frame, 7));
            break;
        }
    }
}

static void every_truncation_of_every_frame_is_refused(void **state)
{
    (void)state;
    for (int type = FRAME_PLAN_BEGIN; type < FRAME_TYPE_END; type++) {
        make((enum frame_type)type);
        for (size_t bytes = 0; bytes < frame.bytes; bytes++) {
            memcpy(hostile.at, frame.at, frame.bytes);
            assert_false(frame_open(&hostile, bytes));
        }
        memcpy(hostile.at, frame.at, frame.bytes);
        assert_false(frame_open(&hostile, frame.bytes + 1));
        assert_false(frame_open(&hostile, FRAME_MAX + 1));
    }
}

static void every_bit_of_every_frame_may_be_flipped(void **state)
{
    (void)state;
    for (int type = FRAME_PLAN_BEGIN; type < FRAME_TYPE_END; type++) {
        make((enum frame_type)type);
        for (size_t bit = 0; bit < frame.bytes * 8; bit++) {
            memcpy(hostile.at, frame.at, frame.bytes);
            hostile.at[bit / 8] ^= (uint8_t)(1U << bit % 8);
            if (frame_open(&hostile, frame.bytes))
                read_all(&hostile);
        }
    }
}

static void noise_is_no_frame_or_a_readable_one(void **state)
{
    uint32_t dice = 362436069;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        make((enum frame_type)(1 + round % (FRAME_TYPE_END - 1)));
        for (int hit = 0; hit < 5; hit++) {
            dice ^= dice << 13;
            dice ^= dice >> 17;
            dice ^= dice << 5;
            frame.at[4 + dice % (frame.bytes - 4)] = (uint8_t)(dice >> 16);
        }
        if (frame_open(&frame, frame.bytes))
            read_all(&frame);
    }
}

static bool device_after(size_t offset, uint8_t byte)
{
    struct plan_device device = some_device(), got;

    frame_begin(&frame, FRAME_PLAN_DEVICES);
    assert_true(frame_add_device(&frame, &device));
    frame.at[8 + offset] = byte;
    reopen();
    return frame_get_device(&frame, 0, &got);
}

static void a_device_out_of_range_is_refused(void **state)
{
    (void)state;
    assert_true(device_after(4, PLAN_SNMP_V2C));
    assert_false(device_after(4, 0));
    assert_false(device_after(4, PLAN_SNMP_END));
    assert_true(device_after(5, 0));
    assert_false(device_after(5, 4));
    assert_true(device_after(6, 6));
    assert_false(device_after(6, 5));
}

static void an_order_out_of_range_is_refused(void **state)
{
    static const struct verify_order wrong[] = {
        {.ticket = 0, .window_ms = 10000},     {.ticket = UINT64_MAX, .window_ms = 10000},
        {.ticket = 1, .window_ms = 0},         {.ticket = 1, .window_ms = -1},
        {.ticket = 1, .window_ms = INT64_MAX},
    };
    struct verify_order got;
    uint64_t ticket;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        frame_begin(&frame, FRAME_VERIFY);
        assert_true(frame_add_order(&frame, &wrong[i]));
        reopen();
        assert_false(frame_get_order(&frame, 0, &got));
    }
    frame_begin(&frame, FRAME_VERIFY_CANCEL);
    assert_true(frame_add_ticket(&frame, 0));
    reopen();
    assert_false(frame_get_ticket(&frame, 0, &ticket));
}

static bool is_heard(const struct verify_verdict *verdict)
{
    struct verify_verdict got;

    frame_begin(&frame, FRAME_VERDICTS);
    assert_true(frame_add_verdict(&frame, verdict));
    reopen();
    return frame_get_verdict(&frame, 0, &got);
}

#define WITHOUT(field, value)                                                                      \
    do {                                                                                           \
        struct verify_verdict wrong = some_verdict();                                              \
        wrong.field = value;                                                                       \
        assert_false(is_heard(&wrong));                                                            \
    } while (0)

/* A child that was taken over must not be able to prove a repair with numbers that are none. */
static void a_verdict_that_makes_no_sense_is_refused(void **state)
{
    struct verify_verdict verdict = some_verdict();

    (void)state;
    assert_true(is_heard(&verdict));
    WITHOUT(ticket, 0);
    WITHOUT(ticket, UINT64_MAX);
    WITHOUT(reason, (enum verify_reason)0);
    WITHOUT(reason, VERIFY_REASON_END);
    WITHOUT(reason, VERIFY_LOSSY); /* and yet a first good probe */
    WITHOUT(first_good.us, 0);     /* passed, but when? */
    WITHOUT(sent, VERIFY_PROBES_LEAST - 1);
    WITHOUT(lost, 92);
    WITHOUT(usual_ppm, 1000001);
    WITHOUT(limit_ppm, UINT32_MAX);
    WITHOUT(window_ms, 0);
    WITHOUT(window_ms, INT64_MIN);
}

static void a_loss_beyond_all_is_refused(void **state)
{
    struct plan_device device = some_device(), got_device;
    struct link_change change = some_change(), got_change;

    (void)state;
    device.learned.usual_ppm = change.loss_ppm = 1000001;
    frame_begin(&frame, FRAME_PLAN_DEVICES);
    assert_true(frame_add_device(&frame, &device));
    reopen();
    assert_false(frame_get_device(&frame, 0, &got_device));
    frame_begin(&frame, FRAME_CHANGES);
    assert_true(frame_add_change(&frame, &change));
    reopen();
    assert_false(frame_get_change(&frame, 0, &got_change));
}

static void an_empty_frame_is_none(void **state)
{
    (void)state;
    make(FRAME_READY);
    frame.at[6] = frame.at[7] = 0;
    assert_false(frame_open(&frame, 8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_comes_through),
        cmocka_unit_test(a_link_local_address_keeps_its_scope),
        cmocka_unit_test(a_change_comes_through),
        cmocka_unit_test(an_order_comes_through),
        cmocka_unit_test(a_verdict_comes_through),
        cmocka_unit_test(counters_come_through),
        cmocka_unit_test(a_frame_is_filled_to_the_brim_and_no_further),
        cmocka_unit_test(every_truncation_of_every_frame_is_refused),
        cmocka_unit_test(every_bit_of_every_frame_may_be_flipped),
        cmocka_unit_test(noise_is_no_frame_or_a_readable_one),
        cmocka_unit_test(a_device_out_of_range_is_refused),
        cmocka_unit_test(an_order_out_of_range_is_refused),
        cmocka_unit_test(a_verdict_that_makes_no_sense_is_refused),
        cmocka_unit_test(a_loss_beyond_all_is_refused),
        cmocka_unit_test(an_empty_frame_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
