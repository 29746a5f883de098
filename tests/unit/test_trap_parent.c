/* SPDX-License-Identifier: ISC */
/* SNMPv3 informs on their way through the parent: who is asked, and what goes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>

#include "probes/frame_trap.h"
#include "probes/trap_parent.h"

#define HOST   "127.0.0.9"
#define INFORM 5

static struct trap_parent *parent;
static struct frame frame;
static struct trap_order ordered; /* the last */
static unsigned orders, answers, boots, hints;
static bool boots_fail;

static void on_hint(const struct trap_hint *hint, void *arg)
{
    (void)hint;
    (void)arg;
    hints++;
}

static bool on_order(const struct trap_order *order, void *arg)
{
    (void)arg;
    ordered = *order;
    orders++;
    return true;
}

static void on_answer(void *arg)
{
    (void)arg;
    answers++;
}

static bool on_boot(struct trap_engine *engine, void *arg)
{
    (void)arg;
    *engine = (struct trap_engine){.bytes = 5, .at = {0x80, 0, 0, 0, 5}, .boots = ++boots};
    return !boots_fail;
}

static const struct trap_parent_callbacks callbacks = {NULL, on_hint, on_order, on_answer, on_boot};

/* As the prober does: the child gets the socket. */
static void give_socket(void)
{
    int passed;

    assert_true(trap_parent_frame(parent, &frame, &passed));
    assert_int_equal(frame.type, FRAME_TRAP_LISTEN);
    trap_parent_sent(parent, &frame);
}

/* Devices 7 and 8 have one address, each with a user of its own. */
static int begin(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET};

    (void)state;
    orders = answers = boots = hints = 0;
    boots_fail = false;
    parent = trap_parent_new(open("/dev/null", O_RDONLY | O_CLOEXEC), &callbacks, NULL);
    inet_pton(AF_INET, HOST, &at.sin_addr);
    trap_desk_begin(trap_parent_desk(parent));
    trap_desk_user(trap_parent_desk(parent), 1);
    trap_desk_user(trap_parent_desk(parent), 2);
    trap_desk_device(trap_parent_desk(parent), 7, (const struct sockaddr *)&at, 1);
    trap_desk_device(trap_parent_desk(parent), 8, (const struct sockaddr *)&at, 2);
    trap_desk_commit(trap_parent_desk(parent));
    return 0;
}

static int end(void **state)
{
    (void)state;
    trap_parent_free(parent);
    return 0;
}

static void reopen(void)
{
    assert_true(frame_open(&frame, frame.bytes));
}

/* The child heard something that waits for a reply. */
static void hear(void)
{
    struct trap_raw raw = {.host = {.bytes = 4}, .inform = INFORM, .count = 3};

    inet_pton(AF_INET, HOST, raw.host.at);
    frame_begin(&frame, FRAME_TRAPS_RAW);
    assert_true(frame_add_trap_raw(&frame, &raw));
    reopen();
    assert_true(trap_parent_hear(parent, &frame));
}

/* A shard says what it is; its reply is so many bytes long, 0 for none. */
static void prove(uint32_t device, enum trap_proof proof, uint16_t reply_bytes)
{
    struct trap_proven proven = {
        .device_id = device,
        .number = ordered.number,
        .proof = proof,
        .kind = TRAP_LINK_DOWN,
        .digest = 99,
        .reply = {.report = proof != TRAP_PROOF_TRUE, .count = reply_bytes}};

    frame_begin(&frame, FRAME_TRAP_PROVEN);
    assert_true(frame_add_trap_proven(&frame, &proven));
    reopen();
    assert_true(trap_parent_hear_proven(parent, &frame));
}

/* What the child is given: the reply's length, 0 when there is none. */
static size_t replied(bool *report)
{
    struct trap_answer answer;
    int passed;

    if (!trap_parent_frame(parent, &frame, &passed))
        return 0;
    assert_int_equal(frame.type, FRAME_TRAP_REPLY);
    assert_int_equal(frame.count, 1);
    reopen();
    assert_true(frame_get_trap_answer(&frame, 0, &answer));
    assert_int_equal(answer.inform, INFORM);
    *report = answer.reply.report;
    trap_parent_sent(parent, &frame);
    return answer.reply.count;
}

static uint64_t unproven(enum trap_proof proof)
{
    struct trap_counters counters;

    trap_desk_counters(trap_parent_desk(parent), &counters);
    return counters.unproven[proof];
}

static void a_true_inform_is_answered_and_so_is_its_copy(void **state)
{
    bool report = true;

    (void)state;
    give_socket();
    for (unsigned i = 0; i < 2; i++) {
        hear();
        assert_int_equal(orders, 2 * (i + 1));
        prove(7, TRAP_PROOF_USER, 90);
        assert_int_equal(replied(&report), 0); /* the other one may know it */
        prove(8, TRAP_PROOF_TRUE, 120);
        assert_int_equal(hints, 1);
        assert_int_equal(replied(&report), 120);
        assert_false(report);
    }
    assert_int_equal(answers, 2);
}

static void of_several_reports_the_nearest_to_true_is_sent(void **state)
{
    static const enum trap_proof orders_of[][2] = {{TRAP_PROOF_USER, TRAP_PROOF_KEY},
                                                   {TRAP_PROOF_KEY, TRAP_PROOF_USER}};
    bool report = false;

    (void)state;
    give_socket();
    for (size_t i = 0; i < 2; i++) {
        hear();
        for (uint32_t n = 0; n < 2; n++)
            prove(7 + n, orders_of[i][n], orders_of[i][n] == TRAP_PROOF_KEY ? 91 : 90);
        assert_int_equal(replied(&report), 91);
        assert_true(report);
    }
    assert_int_equal(unproven(TRAP_PROOF_KEY), 2);
    assert_int_equal(unproven(TRAP_PROOF_USER), 0);
}

/* Every healthy sender asks so once. */
static void who_asks_for_name_or_clock_is_not_refused(void **state)
{
    static const enum trap_proof asked[] = {TRAP_PROOF_ENGINE, TRAP_PROOF_TIME};
    bool report;

    (void)state;
    give_socket();
    for (size_t i = 0; i < 2; i++) {
        hear();
        prove(7, asked[i], 100);
        prove(8, asked[i], 100);
        assert_int_equal(replied(&report), 100);
        assert_int_equal(unproven(asked[i]), 0);
        hear();
        prove(7, asked[i], 0); /* a trap, which nobody reports on */
        prove(8, asked[i], 0);
        assert_int_equal(replied(&report), 0);
        assert_int_equal(unproven(asked[i]), 1);
    }
}

static void each_child_that_hears_is_a_boot(void **state)
{
    (void)state;
    give_socket();
    hear();
    assert_int_equal(ordered.engine.boots, 1);
    assert_int_equal(ordered.engine.bytes, 5);
    trap_parent_child_gone(parent);
    assert_int_equal(boots, 1); /* not before there is another */
    give_socket();
    hear();
    assert_int_equal(ordered.engine.boots, 2);
    trap_parent_child_gone(parent);
    boots_fail = true;
    give_socket();
    hear();
    assert_int_equal(ordered.engine.bytes, 0);
}

/* Its numbers are its own. */
static void a_new_child_answers_nothing_of_the_one_before(void **state)
{
    bool report;

    (void)state;
    give_socket();
    hear();
    prove(7, TRAP_PROOF_TRUE, 120);
    hear();
    trap_parent_child_gone(parent);
    give_socket();
    assert_int_equal(replied(&report), 0);
    prove(8, TRAP_PROOF_TRUE, 120);
    assert_int_equal(replied(&report), 0);
}

#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_true_inform_is_answered_and_so_is_its_copy),
        T(of_several_reports_the_nearest_to_true_is_sent),
        T(who_asks_for_name_or_clock_is_not_refused),
        T(each_child_that_hears_is_a_boot),
        T(a_new_child_answers_nothing_of_the_one_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
