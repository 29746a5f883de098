/* SPDX-License-Identifier: ISC */
/*
 * The prober's child: frames in, probes out; results in, frames out. One timer, in ticks.
 */
#include "probes/child_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <sys/socket.h>

#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "probes/child_alone.h"
#include "probes/agent_frame.h"
#include "probes/frame_io.h"
#include "probes/heartbeat.h"
#include "probes/icmp.h"
#include "probes/spawn.h"

#define BEAT_MS           1000
#define SWEEP_MOST        2000 /* devices looked at in one turn for slots that are over */
#define BEHIND_MOST_MS    100  /* after a longer pause its sends are not made up for in one burst */
#define FRAMES_PER_WAKEUP 16   /* some thousand devices */
#define ASLEEP_LEAST_MS   2000 /* shorter gaps of the loop are told from silence by reading first */
/* More changes that wait, and four for each device: the parent reads nothing any more, better a new
 * start. */
#define CHANGES_MOST 1000000

static void child_end(struct child *child, int exit_code)
{
    child->exit_code = exit_code;
    event_base_loopbreak(child->base);
}

static void earlier(struct mono *least, bool known, struct mono at)
{
    if (known && at.us < least->us)
        *least = at;
}

/* Arms the one timer for what is due first, but not before the present tick is over. */
static void child_rearm(struct child *child)
{
    struct mono at = child->beat_at, other;
    struct mono floor = mono_add_ms(child->turned_at, child->unfinished ? 0 : PLAN_TICK_MS);
    int64_t wait_us;

    if (child->ending) { /* nothing is asked any more */
        event_del(child->tick);
        return;
    }
    earlier(&at, plan_next_at(child->plan, &other), other);
    earlier(&at, engine_next_at(child->engine, &other), other);
    earlier(&at, child_readings_next_at(child->readings, &other), other);
    earlier(&at, child->unfinished, floor);
    if (at.us < floor.us)
        at = floor;
    child->tick_due = at;
    wait_us = at.us - mono_now().us;
    if (wait_us < 0)
        wait_us = 0;
    engine_watch(child->engine, wait_us <= PLAN_TICK_MS * US_PER_MS);
    event_add(child->tick, &(struct timeval){.tv_sec = (time_t)(wait_us / US_PER_S),
                                             .tv_usec = (suseconds_t)(wait_us % US_PER_S)});
}

/* Anything for the parent waits for the socket, in the order ready, changes, verdicts, history,
 * what was learned, agents, beat, readings. */
static bool child_next_frame(struct child *child, struct frame *frame)
{
    struct plan_now now = child_now();
    struct prober_counters counters;

    if (child->ready_serial != 0) {
        frame_begin(frame, FRAME_READY);
        return frame_add_number(frame, child->ready_serial);
    }
    if (change_queue_frame(&child->changes, frame))
        return true;
    if (child->verdicts_count > 0) {
        frame_begin(frame, FRAME_VERDICTS);
        for (size_t i = 0; i < child->verdicts_count; i++)
            if (!frame_add_verdict(frame, &child->verdicts[i]))
                break;
        return true;
    }
    if (rollup_queue_frame(&child->rollups, frame) || learned_queue_frame(&child->learned, frame) ||
        agent_frame_fill(child->engine, &now, frame))
        return true;
    if (child->proven_count > 0) {
        frame_begin(frame, FRAME_TRAP_PROVEN);
        for (size_t i = 0; i < child->proven_count; i++)
            if (!frame_add_trap_proven(frame, &child->proven[i]))
                break;
        return true;
    }
    if (trap_port_frame(child->traps, frame))
        return true;
    if (!child->beat_due)
        return child_readings_frame(child->readings, frame);
    engine_counters(child->engine, &counters);
    child_readings_counters(child->readings, &counters.readings);
    counters.turns = child->turns;
    counters.long_turns = child->long_turns;
    counters.turn_cpu_us = child->turn_cpu_us;
    counters.loop_lag_ms = child->lag_ms;
    frame_begin(frame, FRAME_BEAT);
    return frame_add_counters(frame, &counters);
}

static void child_sent(struct child *child, const struct frame *frame)
{
    if (frame->type == FRAME_READY) {
        child->ready_serial = 0;
    } else if (frame->type == FRAME_CHANGES) {
        change_queue_sent(&child->changes, frame->count);
    } else if (frame->type == FRAME_VERDICTS) {
        child->verdicts_count -= frame->count;
        memmove(child->verdicts, child->verdicts + frame->count,
                child->verdicts_count * sizeof *child->verdicts);
    } else if (frame->type == FRAME_READINGS) {
        child_readings_sent(child->readings, frame);
    } else if (frame->type == FRAME_ROLLUPS) {
        rollup_queue_sent(&child->rollups, frame->count);
    } else if (frame->type == FRAME_LEARNED) {
        learned_queue_sent(&child->learned, frame->count);
    } else if (frame->type == FRAME_AGENTS) {
        engine_agent_told(child->engine, frame->count);
    } else if (frame->type == FRAME_TRAP_PROVEN) {
        child->proven_count -= frame->count;
        memmove(child->proven, child->proven + frame->count,
                child->proven_count * sizeof *child->proven);
    } else if (frame->type == FRAME_TRAPS || frame->type == FRAME_TRAPS_RAW ||
               frame->type == FRAME_TRAP_BEAT) {
        trap_port_sent(child->traps, frame);
    } else {
        child->beat_due = false;
        child->lag_ms = 0;
    }
}

static void child_flush(struct child *child)
{
    struct frame *frame = &child->frame;

    while (child_next_frame(child, frame)) {
        if (frame_send(child->fd, frame, -1)) {
            child_sent(child, frame);
            continue;
        }
        if (errno == EAGAIN || errno == ENOBUFS)
            event_add(child->to_parent, NULL);
        else if (errno != EINTR)
            child_end(child, EXIT_SUCCESS); /* the parent is gone; so is the reason to probe */
        if (errno != EINTR)
            return;
    }
    if (child->ending)
        child_end(child, EXIT_SUCCESS);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    child_flush(arg);
}

void child_tell_change(struct child *child, const struct link_change *change)
{
    if (child->changes.count > CHANGES_MOST + 4 * plan_count(child->plan))
        abort();
    change_queue_push(&child->changes, change);
}

static void on_change(const struct link_change *change, void *arg)
{
    child_tell_change(arg, change);
}

static void on_verdict(const struct verify_verdict *verdict, void *arg)
{
    struct child *child = arg;

    if (child->verdicts_count == child->verdicts_room) {
        size_t room = child->verdicts_room == 0 ? 8 : child->verdicts_room * 2;
        struct verify_verdict *verdicts = reallocarray(child->verdicts, room, sizeof *verdicts);

        if (verdicts == NULL)
            abort();
        child->verdicts = verdicts;
        child->verdicts_room = room;
    }
    child->verdicts[child->verdicts_count++] = *verdict;
}

static void on_rollup(const struct rollup_record *record, void *arg)
{
    struct child *child = arg;

    rollup_queue_push(&child->rollups, record);
}

static void on_learned(const struct learned_news *news, void *arg)
{
    struct child *child = arg;

    learned_queue_push(&child->learned, news);
}

static void on_result(const struct engine_result *got, void *arg)
{
    struct child *child = arg;
    struct plan_now now = child_now();
    struct heartbeat heartbeat = {.vitals = {-1, -1, -1}};
    struct plan_result result = {
        .device_id = got->device_id,
        .serial = got->token,
        .probe = {.outcome = got->answered ? PROBE_ANSWERED : PROBE_SILENT,
                  .sent_at = got->sent_at,
                  .at = got->at},
        .rtt_us = got->rtt_us,
    };

    if (got->asker == ENGINE_SECOND) {
        plan_hear_echo(child->plan, got->device_id, got->answered, got->at);
        return;
    }
    if (got->asker == ENGINE_READING) {
        child_readings_result(child->readings, got, &now);
        return;
    }
    if (got->answered && !got->locked_out)
        heartbeat = heartbeat_read(got->snmp, got->question, got->error_status, got->error_index,
                                   got->list);
    result.vitals = heartbeat.vitals;
    result.dropped = heartbeat.dropped;
    plan_settle(child->plan, &now, &result, dice_throw(&child->dice));
}

static void on_forgotten(const struct engine_result *got, void *arg)
{
    struct child *child = arg;
    struct plan_now now = child_now();

    if (got->asker == ENGINE_READING)
        child_readings_forgotten(child->readings, got);
    else if (got->asker == ENGINE_HEARTBEAT)
        plan_forget(child->plan, &now, got->device_id, got->token);
}

void child_replies_read(void *arg)
{
    struct child *child = arg;

    engine_flush(child->engine); /* what an answer made us ask next */
    child_flush(arg);
    child_rearm(arg);
}

/* Before the probe itself, so that a silence of both is heard in this order. On this machine's own
 * addresses the kernel answers, whoever lives there. */
static void ask_second(struct child *child, const struct plan_probe *probe,
                       const struct plan_now *now)
{
    const struct engine_ask ask = {.device = probe->device,
                                   .question = heartbeat_echo(),
                                   .asker = ENGINE_SECOND,
                                   .tries = 1,
                                   .timeout_ms = probe->timeout_ms};

    if (!address_is_loopback(&probe->device->address) &&
        engine_can_echo(child->engine, &probe->device->address))
        (void)engine_ask(child->engine, &ask, now); /* the next probe asks again */
}

static bool on_probe_due(const struct plan_probe *probe, void *arg)
{
    struct child *child = arg;
    struct plan_now now = child_now();
    const struct question *question =
        probe->device->snmp == PLAN_ICMP ? heartbeat_echo() : heartbeat_question(probe->objects);

    if (engine_is_spent(child->engine))
        return false;
    if (probe->echo_too)
        ask_second(child, probe, &now);
    return engine_ask(child->engine,
                      &(struct engine_ask){.device = probe->device,
                                           .question = question,
                                           .asker = ENGINE_HEARTBEAT,
                                           .token = probe->serial,
                                           .tries = 1,
                                           .timeout_ms = probe->timeout_ms},
                      &now);
}

/* How many probes may leave in this turn: packets by time, never by how many are outstanding. */
static size_t child_allowance(struct child *child, struct mono now)
{
    uint32_t rate = plan_policy(child->plan)->packets_per_s;
    int64_t since_ms = mono_diff_ms(now, child->sent_at);
    int64_t most;

    if (since_ms > BEHIND_MOST_MS) {
        since_ms = BEHIND_MOST_MS;
        child->sent_at = mono_add_ms(now, -BEHIND_MOST_MS);
    }
    child->sent_at = mono_add_ms(child->sent_at, since_ms); /* turns may be closer than that */
    if (rate == 0)
        return SIZE_MAX;
    child->packets_owed_milli += since_ms * rate;
    most = child->packets_owed_milli / 1000;
    child->packets_owed_milli %= 1000;
    return (size_t)most;
}

/* What it had no time for; not more than may be made up for. */
static void child_keep_allowance(struct child *child, size_t left)
{
    int64_t most_milli = BEHIND_MOST_MS * (int64_t)plan_policy(child->plan)->packets_per_s;

    if (!engine_is_spent(child->engine) || most_milli == 0)
        return;
    child->packets_owed_milli += (int64_t)left * 1000;
    if (child->packets_owed_milli > most_milli)
        child->packets_owed_milli = most_milli;
}

/*
 * Replies are read before time-outs are looked at: what waits in the socket is not silence. After a
 * gap of the loop itself (suspended, frozen) not even an empty socket proves anything.
 */
static void child_turn(struct child *child, const struct plan_now *now, int64_t gap_ms)
{
    int64_t asleep_ms = 2 * plan_policy(child->plan)->interval_ms;
    size_t allowed = child_allowance(child, now->mono);
    bool read_all = engine_read(child->engine);

    if (gap_ms > ASLEEP_LEAST_MS && gap_ms > asleep_ms) {
        log_warn("prober.asleep", "gap_ms=%lld", (long long)gap_ms);
        engine_forget_all(child->engine, now);
        plan_slept(child->plan);
    } else if (read_all) {
        engine_expire(child->engine, now);
    }
    allowed -= plan_due(child->plan, now, allowed, on_probe_due, child);
    child_readings_due(child->readings, now, allowed);
    child_keep_allowance(child, allowed);
    child->unfinished = !read_all || engine_is_spent(child->engine);
    engine_flush(child->engine);
    plan_sweep(child->plan, now, SWEEP_MOST);
    plan_tell_learned(child->plan, now, learned_queue_room(&child->learned));
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct child *child = arg;
    struct plan_now now = child_now();
    int64_t gap_ms = mono_diff_ms(now.mono, child->turned_at);
    int64_t lag_ms = mono_diff_ms(now.mono, child->tick_due);

    (void)fd;
    (void)what;
    child->turned_at = now.mono;
    if (lag_ms > child->lag_ms)
        child->lag_ms = lag_ms;
    child_turn(child, &now, gap_ms);
    if (now.mono.us >= child->beat_at.us) {
        child->beat_at = mono_add_ms(now.mono, BEAT_MS);
        child->beat_due = true;
        trap_port_beat(child->traps, now.mono);
    }
    child_flush(child);
    child_rearm(child);
}

static bool is_taking(const struct child *child)
{
    return child->taking != 0 || child->settling;
}

/* What the parent says next is about the plan that is being taken: it waits in the socket. */
static void child_take_up(struct child *child)
{
    static const struct timeval at_once = {0};

    event_del(child->from_parent);
    event_add(child->work, &at_once);
}

/* The sockets have their turn between two slices. */
static void on_work(evutil_socket_t fd, short what, void *arg)
{
    struct child *child = arg;
    struct plan_now now = child_now();

    (void)fd;
    (void)what;
    if (child_take_on(child, &now))
        event_add(child->from_parent, NULL);
    else
        child_take_up(child);
    child_flush(child);
    child_rearm(child);
}

static void on_parent_readable(evutil_socket_t fd, short what, void *arg)
{
    struct child *child = arg;
    struct frame *frame = &child->frame;

    (void)what;
    for (size_t i = 0; i < FRAMES_PER_WAKEUP && !is_taking(child); i++) {
        int passed;
        ssize_t bytes = frame_receive(fd, frame, &passed);

        if (bytes < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (bytes <= 0) {
            child_end(child, EXIT_SUCCESS);
            return;
        }
        if (!frame_open(frame, (size_t)bytes) || !child_hear(child, frame, passed)) {
            log_error("prober.nonsense", "frame of %zd bytes from the parent", bytes);
            child_end(child, EXIT_FAILURE);
            return;
        }
    }
    if (is_taking(child))
        child_take_up(child);
    child_flush(child);
    child_rearm(child);
}

static bool child_open(struct child *child, struct err *err)
{
    static const struct engine_callbacks callbacks = {on_result, on_forgotten, child_replies_read};
    struct mono now = mono_now();

    child->base = event_base_new();
    if (child->base == NULL || event_base_priority_init(child->base, TRAP_PORT_PRIORITIES) < 0)
        return err_set(err, "cannot make an event loop");
    child->turned_at = child->tick_due = child->beat_at = now;
    child->plan = plan_new(on_change, child, now);
    plan_on_verdict(child->plan, on_verdict);
    plan_on_rollup(child->plan, on_rollup);
    plan_on_learned(child->plan, on_learned);
    child->engine = engine_new(child->base, child->plan, &callbacks, child, err);
    if (child->engine == NULL)
        return false;
    child->readings = child_readings_new(child->plan, child->engine);
    child->from_parent =
        event_new(child->base, child->fd, EV_READ | EV_PERSIST, on_parent_readable, child);
    child->to_parent = event_new(child->base, child->fd, EV_WRITE, on_writable, child);
    child->tick = evtimer_new(child->base, on_tick, child);
    child->work = evtimer_new(child->base, on_work, child);
    if (child->work == NULL || child->from_parent == NULL || child->to_parent == NULL ||
        child->tick == NULL || event_add(child->from_parent, NULL) < 0)
        return err_set(err, "cannot watch the parent's socket");
    child_rearm(child);
    return true;
}

static void child_close(struct child *child)
{
    if (child->from_parent != NULL)
        event_free(child->from_parent);
    if (child->to_parent != NULL)
        event_free(child->to_parent);
    if (child->tick != NULL)
        event_free(child->tick);
    if (child->work != NULL)
        event_free(child->work);
    child_readings_free(child->readings);
    trap_port_free(child->traps);
    engine_free(child->engine);
    plan_free(child->plan);
    if (child->base != NULL)
        event_base_free(child->base);
    change_queue_free(&child->changes);
    free(child->verdicts);
    free(child->pingless);
    rollup_queue_free(&child->rollups);
    learned_queue_free(&child->learned);
    explicit_bzero(child, sizeof *child);
}

/* Until somebody ends it. Waiting costs no processor time, so what a turn used is what it did. */
static void child_loop(struct child *child)
{
    int64_t before_us = thread_cpu_us();

    while (!event_base_got_break(child->base) && event_base_loop(child->base, EVLOOP_ONCE) == 0) {
        int64_t after_us = thread_cpu_us();
        int64_t turn_us = after_us - before_us;

        child->turns++;
        child->long_turns += turn_us > TURN_LONG_US;
        if (turn_us > child->turn_cpu_us)
            child->turn_cpu_us = turn_us;
        before_us = after_us;
    }
}

static int child_run(int fd, bool sandbox)
{
    static struct child child; /* 32 kB of frame: too much for the stack, too little to allocate */
    struct err err;
    int exit_code = EXIT_FAILURE;
    bool boxed = false;

    child_begin_alone(fd);
    child = (struct child){.fd = fd, .exit_code = EXIT_FAILURE};
    if (child_open(&child, &err)) {
        boxed = child_box_in(sandbox);
        child_loop(&child);
        exit_code = child.exit_code;
    } else {
        log_error("prober.start", "%s", err.text);
    }
    close(fd);
    child_close(&child);
    return child_end_alone(boxed, exit_code);
}

bool prober_child_asked(int argc, char **argv)
{
    return argc >= 3 && strcmp(argv[1], SPAWN_PROBER) == 0;
}

int prober_child_main(int argc, char **argv)
{
    bool sandbox = argc == 3;
    int64_t fd;

    if ((sandbox || (argc == 4 && strcmp(argv[3], SPAWN_NO_SANDBOX) == 0)) &&
        text_i64(argv[2], 0, INT32_MAX, &fd) && child_is_socket((int)fd))
        return child_run((int)fd, sandbox);
    log_error("prober.start", "%s is for kentongand itself, not for people", argv[1]);
    return EXIT_FAILURE;
}
