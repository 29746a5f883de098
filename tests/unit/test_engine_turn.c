/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "daemon/base/log.h"
#include "probes/engine_inside.h"
#include "probes/heartbeat.h"

/* How much one turn of an engine does, in units of work. All devices live in one socket of ours. */

#define DEVICES    3000
#define COMMUNITY  1
#define USER       2
#define HALF       (ENGINE_TURN_MOST / 2)
#define SETTLED_MS 5000 /* until what was sent must be there */

struct rig {
    struct event_base *base;
    struct plan *plan;
    struct engine *engine;
    struct plan_now now;
    size_t answered, silent;
    int peer;
    union address peer_at;
};

static void on_change(const struct link_change *change, void *arg)
{
    (void)change;
    (void)arg;
}

static void on_result(const struct engine_result *result, void *arg)
{
    struct rig *rig = arg;

    rig->answered += result->answered;
    rig->silent += !result->answered;
}

static void on_read(void *arg)
{
    (void)arg;
}

static void take_plan(struct rig *rig, enum plan_snmp snmp)
{
    static const struct plan_policy policy = {30000, 1000, 3, 2, 0, 0, 0};
    struct credential community = {
        .id = COMMUNITY, .kind = CREDENTIAL_COMMUNITY, .community = "kampung"};
    struct credential user = {.id = USER, .kind = CREDENTIAL_USM};
    struct err err;

    assert_true(usm_words_read("v3 user=desa level=noAuthNoPriv", &user.usm, &err));
    plan_begin(rig->plan, &policy);
    plan_credential(rig->plan, &community);
    plan_credential(rig->plan, &user);
    for (uint32_t id = 1; id <= DEVICES; id++)
        plan_device(rig->plan,
                    &(struct plan_device){.id = id,
                                          .snmp = snmp,
                                          .credential = snmp == PLAN_SNMP_V3 ? USER : COMMUNITY,
                                          .address = rig->peer_at});
    plan_commit(rig->plan, &rig->now);
    engine_plan_changed(rig->engine);
    engine_expire(rig->engine, &rig->now); /* keys */
}

static int begin(void **state)
{
    static const struct engine_callbacks callbacks = {on_result, on_result, on_read};
    static struct rig rig;
    socklen_t bytes = sizeof rig.peer_at;
    int big = 8 * 1024 * 1024;
    struct err err;

    log_set_level(LOG_LEVEL_ERROR);
    rig = (struct rig){.now = {mono_now(), wall_now()}, .base = event_base_new()};
    rig.peer = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    rig.peer_at.v4 =
        (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    assert_int_equal(bind(rig.peer, &rig.peer_at.any, sizeof rig.peer_at.v4), 0);
    assert_int_equal(getsockname(rig.peer, &rig.peer_at.any, &bytes), 0);
    (void)setsockopt(rig.peer, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big);
    (void)setsockopt(rig.peer, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
    rig.plan = plan_new(on_change, &rig, rig.now.mono);
    rig.engine = engine_new(rig.base, rig.plan, &callbacks, &rig, &err);
    assert_non_null(rig.engine);
    *state = &rig;
    return 0;
}

static int end(void **state)
{
    struct rig *rig = *state;

    engine_free(rig->engine);
    plan_free(rig->plan);
    event_base_free(rig->base);
    close(rig->peer);
    return 0;
}

/* As many as one turn does, from the device on; how many. */
static size_t ask_until_spent(struct rig *rig, uint32_t first)
{
    size_t asked = 0;

    while (!engine_is_spent(rig->engine) && first + asked <= DEVICES) {
        struct engine_ask ask = {.device = plan_find(rig->plan, first + (uint32_t)asked),
                                 .question = heartbeat_question(PLAN_OBJECTS_ALL),
                                 .asker = ENGINE_HEARTBEAT,
                                 .tries = 1,
                                 .timeout_ms = 1000};

        assert_true(engine_ask(rig->engine, &ask, &rig->now));
        asked++;
    }
    engine_flush(rig->engine);
    return asked;
}

static size_t hear(struct rig *rig, uint8_t *bytes, size_t room)
{
    struct pollfd ready = {.fd = rig->peer, .events = POLLIN};
    ssize_t got;

    assert_int_equal(poll(&ready, 1, SETTLED_MS), 1);
    got = recv(rig->peer, bytes, room, 0);
    assert_true(got > 0);
    return (size_t)got;
}

/* What the engine sent goes back to it as it is: with the right number, and no answer. */
static void throw_back(struct rig *rig, size_t count)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    socklen_t to_bytes = sizeof to;
    uint8_t bytes[2048];

    assert_int_equal(
        getsockname(rig->engine->fds[WIRE_V4], (struct sockaddr *)(void *)&to, &to_bytes), 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (; count > 0; count--) {
        size_t got = hear(rig, bytes, sizeof bytes);

        assert_int_equal(sendto(rig->peer, bytes, got, 0, (struct sockaddr *)(void *)&to, to_bytes),
                         got);
    }
}

static void a_turn_asks_as_many_as_its_units_and_fewer_of_those_that_cost_more(void **state)
{
    struct rig *rig = *state;

    take_plan(rig, PLAN_SNMP_V2C);
    (void)engine_read(rig->engine);
    assert_false(engine_is_spent(rig->engine));
    assert_int_equal(ask_until_spent(rig, 1), ENGINE_TURN_MOST);
    take_plan(rig, PLAN_SNMP_V3);
    (void)engine_read(rig->engine);
    assert_in_range(ask_until_spent(rig, 1), ENGINE_TURN_MOST / ENGINE_V3_UNITS,
                    ENGINE_TURN_MOST / ENGINE_V3_UNITS + 1);
}

static uint64_t refused(const struct rig *rig)
{
    struct prober_counters counters;

    engine_counters(rig->engine, &counters);
    return counters.refused_address + counters.refused_version + counters.refused_community +
           counters.refused_request + counters.refused_objects + counters.refused_auth +
           counters.refused_malformed;
}

/* What came is no answer, so each is refused; a batch that has been fetched is read to its end. */
static void a_turn_reads_half_of_that_and_comes_back_for_the_rest(void **state)
{
    struct rig *rig = *state;
    size_t asked;

    take_plan(rig, PLAN_SNMP_V2C);
    (void)engine_read(rig->engine);
    asked = ask_until_spent(rig, 1);
    throw_back(rig, asked);
    assert_false(engine_read(rig->engine));
    assert_in_range(refused(rig), HALF, HALF + UDP_BATCH);
    while (!engine_read(rig->engine))
        ;
    assert_int_equal(refused(rig), asked);
}

static void fewer_are_read_of_those_that_cost_more(void **state)
{
    struct rig *rig = *state;
    size_t asked = 0;

    take_plan(rig, PLAN_SNMP_V3);
    for (int turn = 0; turn < 2; turn++) {
        (void)engine_read(rig->engine);
        asked += ask_until_spent(rig, (uint32_t)asked + 1);
    }
    throw_back(rig, asked);
    assert_false(engine_read(rig->engine));
    assert_in_range(refused(rig), HALF / ENGINE_V3_UNITS, HALF / ENGINE_V3_UNITS + UDP_BATCH);
    while (!engine_read(rig->engine))
        ;
    assert_int_equal(refused(rig), asked);
}

static void time_outs_that_come_together_are_spread_over_turns(void **state)
{
    struct rig *rig = *state;
    size_t asked = 0, turns = 0;

    take_plan(rig, PLAN_SNMP_V2C);
    while (asked < DEVICES) {
        (void)engine_read(rig->engine);
        asked += ask_until_spent(rig, (uint32_t)asked + 1);
    }
    rig->now.mono = mono_add_ms(rig->now.mono, 60000);
    for (; rig->silent < DEVICES; turns++) {
        size_t before = rig->silent;
        struct mono at;

        assert_true(engine_next_at(rig->engine, &at) && at.us <= rig->now.mono.us);
        (void)engine_read(rig->engine);
        engine_expire(rig->engine, &rig->now);
        assert_in_range(rig->silent - before, 1, ENGINE_TURN_MOST);
    }
    assert_int_equal(turns, DEVICES / ENGINE_TURN_MOST + 1);
    assert_int_equal(rig->silent, DEVICES);
}

/* Somebody floods the one socket: who writes to another one is heard in the next turn. */
static void a_socket_that_is_flooded_keeps_no_other_waiting(void **state)
{
    struct rig *rig = *state;
    struct sockaddr_in6 to = {.sin6_family = AF_INET6};
    socklen_t to_bytes = sizeof to;
    int peer = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), waiting = 0;
    struct pollfd ready = {.fd = rig->engine->fds[WIRE_V6], .events = POLLIN};

    if (peer < 0 || ready.fd < 0)
        skip();
    take_plan(rig, PLAN_SNMP_V2C);
    (void)engine_read(rig->engine);
    throw_back(rig, ask_until_spent(rig, 1));
    assert_int_equal(getsockname(ready.fd, (struct sockaddr *)(void *)&to, &to_bytes), 0);
    to.sin6_addr = in6addr_loopback;
    assert_int_equal(sendto(peer, "x", 1, 0, (struct sockaddr *)(void *)&to, to_bytes), 1);
    assert_int_equal(poll(&ready, 1, SETTLED_MS), 1);
    rig->engine->first_wire = WIRE_V4;
    assert_false(engine_read(rig->engine));
    assert_false(engine_read(rig->engine)); /* there is more of it still */
    assert_int_equal(ioctl(ready.fd, FIONREAD, &waiting), 0);
    assert_int_equal(waiting, 0);
    close(peer);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        T(a_turn_asks_as_many_as_its_units_and_fewer_of_those_that_cost_more),
        T(a_turn_reads_half_of_that_and_comes_back_for_the_rest),
        T(fewer_are_read_of_those_that_cost_more),
        T(time_outs_that_come_together_are_spread_over_turns),
        T(a_socket_that_is_flooded_keeps_no_other_waiting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
