/* SPDX-License-Identifier: ISC */
#include "probes/prober_inside.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "daemon/base/retry.h"
#include "probes/agent_book.h"
#include "probes/dice.h"
#include "probes/frame.h"
#include "probes/frame_reading.h"
#include "probes/frame_io.h"
#include "probes/plan_copy.h"
#include "probes/profile_hand.h"
#include "probes/spawn.h"
#include "probes/trap_parent.h"
#include "probes/verify_copy.h"

#define WATCH_MS          1000
#define SILENT_MOST       5 /* watches without a frame; counted, because we may be frozen ourselves */
#define FAREWELL_MOST     3  /* watches: what a million devices have counted is told in one */
#define FRAMES_PER_WAKEUP 4  /* two thousand changes: the loop has others to see to */
#define FRAMES_SENT_MOST  16 /* at once: a child that reads as fast as we write would hold us up */
#define FRAMES_LAST_MOST  4096  /* what a dead child may have left behind */
#define SETTLED_MS        60000 /* who lived so long did not die of its beginning */

static const int64_t respawn_delays_ms[] = {100, 1000, 5000, 30000};
static const struct retry_schedule respawn_schedule = {
    .delays_ms = respawn_delays_ms,
    .count = sizeof respawn_delays_ms / sizeof *respawn_delays_ms,
    .jitter_percent = 20,
    .forever = true,
};

static void timer_arm(struct event *timer, int64_t ms)
{
    event_add(timer, &(struct timeval){.tv_sec = (time_t)(ms / 1000),
                                       .tv_usec = (suseconds_t)(ms % 1000 * US_PER_MS)});
}

static void event_forget(struct event **event)
{
    if (*event != NULL)
        event_free(*event);
    *event = NULL;
}

static void fd_forget(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Our end of the conversation; the child, if it lives, ends when it sees that. */
static void child_hang_up(struct prober *prober)
{
    event_forget(&prober->readable);
    event_forget(&prober->writable);
    fd_forget(&prober->fd);
}

static void child_forget(struct prober *prober)
{
    child_hang_up(prober);
    event_forget(&prober->exited);
    fd_forget(&prober->pidfd);
    prober->pid = -1;
    prober->ready = false;
    trap_orders_free(&prober->orders);
    if (prober->listens)
        trap_parent_child_gone(prober->traps);
    evtimer_del(prober->watch);
    counters_add(&prober->before, &prober->last);
    prober->last = (struct prober_counters){0};
}

static void child_kill(struct prober *prober, const char *why)
{
    if (prober->pid < 0 || prober->why[0] != '\0')
        return;
    snprintf(prober->why, sizeof prober->why, "%s", why);
    kill(prober->pid, SIGKILL);
}

/* As child_kill(), and nothing it may still say is heard. */
static void child_condemn(struct prober *prober, const char *why)
{
    child_kill(prober, why);
    child_hang_up(prober);
}

/* Profiles first, a few dozen kilobytes, because devices name theirs; engines before the plan, else
 * their devices are asked who they are; then the plan: a trial of a device that the child does not
 * know would end before it began. */
static bool next_frame(struct prober *prober, struct frame *frame, int *passed)
{
    *passed = -1;
    if (prober->stopping) {
        frame_begin(frame, FRAME_STOP);
        return !prober->stop_said && frame_add_number(frame, 1);
    }
    if (profile_hand_frame(prober->profiles, frame) || agent_book_frame(prober->agents, frame) ||
        plan_copy_frame(prober->copy, frame))
        return true;
    if (plan_copy_serial(prober->copy) > 0 && verify_copy_frame(prober->trials, frame))
        return true;
    return (prober->ready && trap_orders_frame(&prober->orders, frame)) ||
           (prober->listens && trap_parent_frame(prober->traps, frame, passed));
}

static void frame_sent(struct prober *prober, const struct frame *frame)
{
    if (frame->type == FRAME_VERIFY || frame->type == FRAME_VERIFY_CANCEL)
        verify_copy_sent(prober->trials, frame);
    else if (frame->type == FRAME_PROFILES)
        profile_hand_sent(prober->profiles, frame);
    else if (frame->type == FRAME_AGENTS_KNOWN)
        agent_book_sent(prober->agents, frame);
    else if (frame->type == FRAME_TRAP_LISTEN || frame->type == FRAME_TRAP_ANSWER ||
             frame->type == FRAME_TRAP_REPLY)
        trap_parent_sent(prober->traps, frame);
    else if (frame->type == FRAME_TRAP_ORDERS)
        trap_orders_sent(&prober->orders, frame);
    else if (frame->type == FRAME_STOP)
        prober->stop_said = true;
    else
        plan_copy_sent(prober->copy, frame);
}

void prober_send(struct prober *prober)
{
    struct frame *frame = &prober->out;
    size_t sent = 0;
    int passed;

    while (prober->fd >= 0 && next_frame(prober, frame, &passed)) {
        if (sent++ == FRAMES_SENT_MOST) {
            event_add(prober->writable, NULL);
            break;
        }
        if (frame_send(prober->fd, frame, passed)) {
            frame_sent(prober, frame);
            continue;
        }
        if (errno == EINTR)
            continue;
        /* A broken socket is seen by the reading side as well, and dealt with there. */
        if (errno == EAGAIN || errno == ENOBUFS)
            event_add(prober->writable, NULL);
        break;
    }
    explicit_bzero(frame->at, sizeof frame->at); /* it held communities */
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    prober_send(arg);
}

/* At most `most` frames; the callbacks may stop the prober in between. */
static void prober_read(struct prober *prober, size_t most)
{
    for (size_t i = 0; i < most && prober->fd >= 0; i++) {
        ssize_t bytes = recv(prober->fd, prober->in.at, sizeof prober->in.at, MSG_DONTWAIT);

        if (bytes < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (bytes <= 0) {
            /* Dead: on_exited will say of what. One that lives and only hung up is of no use, but
             * when it was told to end. */
            if (!prober->stopping)
                kill(prober->pid, SIGKILL);
            child_hang_up(prober);
            return;
        }
        prober->silent = 0;
        if (!prober_hear(prober, (size_t)bytes)) {
            child_condemn(prober, "it sent a frame that makes no sense");
            return;
        }
    }
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    prober_read(arg, FRAMES_PER_WAKEUP);
}

static void on_watch(evutil_socket_t fd, short what, void *arg)
{
    struct prober *prober = arg;

    (void)fd;
    (void)what;
    timer_arm(prober->watch, WATCH_MS);
    if (prober->stopping && ++prober->farewell >= FAREWELL_MOST)
        child_kill(prober, "it did not end by itself");
    else if (!prober->stopping && ++prober->silent >= SILENT_MOST)
        child_kill(prober, "it was silent for 5 s");
}

/* The death in words: ours first, because a SIGKILL of our own says nothing. */
static void death_words(struct prober *prober, int status, char *words, size_t words_bytes)
{
    if (prober->why[0] != '\0')
        snprintf(words, words_bytes, "%s", prober->why);
    else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
        snprintf(words, words_bytes,
                 "killed by its sandbox for a system call that it never needs; see prober.sandbox "
                 "above");
    else if (WIFSIGNALED(status))
        snprintf(words, words_bytes, "killed by signal %d", WTERMSIG(status));
    else
        snprintf(words, words_bytes, "exit status %d", WEXITSTATUS(status));
}

static void prober_lost(struct prober *prober, const char *why)
{
    uint32_t random = dice_throw(&prober->dice);

    prober->restarts++;
    timer_arm(prober->respawn, retry_delay_ms(&respawn_schedule, prober->deaths++, random));
    prober->callbacks->on_lost(why, prober->arg);
}

static void on_exited(evutil_socket_t fd, short what, void *arg)
{
    struct prober *prober = arg;
    char words[sizeof prober->why];
    int status = 0;

    (void)fd;
    (void)what;
    if (waitpid(prober->pid, &status, WNOHANG) == 0)
        return;
    prober_read(prober, FRAMES_LAST_MOST); /* its last words */
    death_words(prober, status, words, sizeof words);
    if (mono_diff_ms(mono_now(), prober->spawned_at) >= SETTLED_MS)
        prober->deaths = 0;
    child_forget(prober);
    if (!prober->stopping)
        prober_lost(prober, words);
}

/* Events for a child that runs; its exit is watched by descriptor, so no SIGCHLD of others is
 * taken. */
static bool child_watch(struct prober *prober, struct err *err)
{
    struct event_base *base = prober->base;

    prober->pidfd = pidfd_open(prober->pid, 0);
    if (prober->pidfd < 0)
        return err_set(err, "pidfd_open: %s", strerror(errno));
    prober->readable = event_new(base, prober->fd, EV_READ | EV_PERSIST, on_readable, prober);
    prober->writable = event_new(base, prober->fd, EV_WRITE, on_writable, prober);
    prober->exited = event_new(base, prober->pidfd, EV_READ | EV_PERSIST, on_exited, prober);
    if (prober->readable == NULL || prober->writable == NULL || prober->exited == NULL ||
        event_add(prober->readable, NULL) < 0 || event_add(prober->exited, NULL) < 0)
        return err_set(err, "cannot watch the prober's child");
    timer_arm(prober->watch, WATCH_MS);
    return true;
}

static void child_end(struct prober *prober)
{
    if (prober->pid > 0) {
        kill(prober->pid, SIGKILL);
        while (waitpid(prober->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    child_forget(prober);
}

/* On false nothing is left behind: no child, no event, no descriptor. */
static bool child_spawn(struct prober *prober, struct err *err)
{
    int pair[2];
    bool done;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) < 0)
        return err_set(err, "socketpair: %s", strerror(errno));
    prober->fd = pair[0];
    prober->silent = 0;
    prober->why[0] = '\0';
    prober->spawned_at = mono_now();
    done = spawn_child(prober->start->self, prober->start->sandbox, pair[1], &prober->pid, err) &&
           child_watch(prober, err);
    close(pair[1]);
    if (!done) {
        child_end(prober); /* takes what was built, tolerates what was not */
        return false;
    }
    plan_copy_rewind(prober->copy);
    verify_copy_rewind(prober->trials);
    profile_hand_rewind(prober->profiles);
    agent_book_rewind(prober->agents);
    prober_send(prober);
    return true;
}

static void on_respawn(evutil_socket_t fd, short what, void *arg)
{
    struct prober *prober = arg;
    struct err err;

    (void)fd;
    (void)what;
    if (!child_spawn(prober, &err))
        prober_lost(prober, err.text);
}

struct prober *prober_new(struct event_base *base, const struct prober_start *start,
                          const struct prober_callbacks *callbacks, void *arg, struct err *err)
{
    struct prober *prober = calloc(1, sizeof *prober);

    if (prober == NULL)
        abort();
    prober->base = base;
    prober->start = start;
    prober->callbacks = callbacks;
    prober->arg = arg;
    prober->pid = -1;
    prober->fd = prober->pidfd = -1;
    prober->copy = plan_copy_new();
    plan_copy_on_begins(prober->copy, callbacks->on_begins, arg);
    prober->trials = verify_copy_new();
    prober->profiles = profile_hand_new();
    prober->agents = agent_book_new();
    prober->watch = evtimer_new(base, on_watch, prober);
    prober->respawn = evtimer_new(base, on_respawn, prober);
    if (prober->watch == NULL || prober->respawn == NULL)
        err_set(err, "cannot make a timer");
    else if (child_spawn(prober, err))
        return prober;
    prober_free(prober);
    return NULL;
}

void prober_free(struct prober *prober)
{
    if (prober == NULL)
        return;
    if (prober->watch != NULL)
        child_end(prober);
    event_forget(&prober->watch);
    event_forget(&prober->respawn);
    plan_copy_free(prober->copy);
    verify_copy_free(prober->trials);
    profile_hand_free(prober->profiles);
    agent_book_free(prober->agents);
    free(prober);
}

void prober_plan_begin(struct prober *prober, const struct plan_policy *policy)
{
    plan_copy_begin(prober->copy, policy);
    agent_book_begin(prober->agents);
}

void prober_plan_credential(struct prober *prober, const struct credential *credential)
{
    assert(credential->id != 0);
    plan_copy_credential(prober->copy, credential);
}

void prober_plan_device(struct prober *prober, const struct plan_device *device)
{
    plan_copy_device(prober->copy, device);
    if (device->snmp == PLAN_SNMP_V3)
        agent_book_keep(prober->agents, device->id);
}

void prober_plan_commit(struct prober *prober)
{
    plan_copy_commit(prober->copy);
    agent_book_commit(prober->agents);
    prober_send(prober);
}

bool prober_plan_prepare(struct prober *prober, size_t most)
{
    return plan_copy_prepare(prober->copy, most);
}

bool prober_plan_settle(struct prober *prober, size_t most)
{
    return plan_copy_settle(prober->copy, most);
}

void prober_agent_know(struct prober *prober, const struct agent_news *news)
{
    agent_book_know(prober->agents, news);
}

void prober_probe_now(struct prober *prober, uint32_t device_id)
{
    plan_copy_ask(prober->copy, device_id);
    prober_send(prober);
}

void prober_hint(struct prober *prober, uint32_t device_id)
{
    if (plan_copy_hint(prober->copy, device_id, mono_now()))
        prober_send(prober);
}

void prober_renew(struct prober *prober, uint32_t device_id)
{
    plan_copy_renew(prober->copy, device_id);
}

void prober_renewed(struct prober *prober)
{
    prober_send(prober);
}

void prober_verify(struct prober *prober, const struct verify_order *order)
{
    assert(order->ticket > 0 && order->window_ms > 0);
    verify_copy_order(prober->trials, order);
    prober_send(prober);
}

void prober_verify_cancel(struct prober *prober, uint64_t ticket)
{
    verify_copy_cancel(prober->trials, ticket);
    prober_send(prober);
}

uint32_t prober_profiles(struct prober *prober, const char *packed, uint32_t interval_s)
{
    uint32_t serial = profile_hand_give(prober->profiles, packed, interval_s);

    prober_send(prober);
    return serial;
}

void prober_hear_traps(struct prober *prober, struct trap_parent *traps, bool listens)
{
    prober->traps = traps;
    prober->listens = listens;
    prober_send(prober);
}

void prober_answer_traps(struct prober *prober)
{
    prober_send(prober);
}

bool prober_prove_trap(struct prober *prober, const struct trap_order *order)
{
    if (!prober->ready || !trap_orders_add(&prober->orders, order))
        return false;
    prober_send(prober);
    return true;
}

bool prober_is_ready(const struct prober *prober)
{
    return prober->ready;
}

uint32_t prober_restarts(const struct prober *prober)
{
    return prober->restarts;
}

int prober_pid(const struct prober *prober)
{
    return prober->pid;
}

void prober_counters(const struct prober *prober, struct prober_counters *out)
{
    *out = prober->before;
    counters_add(out, &prober->last);
}

void prober_stop(struct prober *prober)
{
    prober->stopping = true;
    evtimer_del(prober->respawn);
    prober_send(prober);
}

bool prober_idle(const struct prober *prober)
{
    return prober->stopping && prober->pid < 0;
}
