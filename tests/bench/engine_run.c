/* SPDX-License-Identifier: ISC */
#include "tests/bench/engine_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "probes/engine.h"
#include "probes/heartbeat.h"
#include "probes/plan.h"

#define SENDS_AT_ONCE 512 /* then answers are read: more of them than a socket holds are lost */
/* Of agents that are not ours, whose sockets are small: so many at once, and so many in one tick
 * without an answer. */
#define GENTLE_AT_ONCE 256
#define GENTLE_TICK    2048
#define LATE_STEP_US   100
#define LATE_STEPS     10000 /* the last holds whatever is later */
#define CREDENTIAL_ID  1
#define QUESTION_ID    100 /* not a heartbeat's */
#define NO_ANSWER      UINT32_MAX

struct engine_run {
    struct target target;
    struct run_policy policy;
    struct event_base *base;
    struct event *tick;
    struct plan *plan;
    struct engine *engine;
    struct question question;
    struct mono turned_at; /* the present tick's begin */
    size_t tick_packets;   /* sent in it and not answered */
    bool in_round;         /* all are due since started; else in their turns */
    struct mono started;
    size_t open; /* devices of the round that have no result yet */
    size_t sent;
    size_t answered;
    int64_t values;                /* read so far: nobody may leave the reading out */
    uint32_t *answered_us;         /* of the round, by device */
    uint8_t *settled;              /* in the round, by device */
    uint32_t *late_us;             /* from due to sent, of its last probe, by device */
    size_t late_steps[LATE_STEPS]; /* how many probes that were answered had left so late */
};

static struct plan_now now_of(void)
{
    return (struct plan_now){mono_now(), wall_now()};
}

static void on_change(const struct link_change *change, void *arg)
{
    (void)change;
    (void)arg;
}

static void read_values(struct engine_run *run, const struct engine_result *got)
{
    struct ber_list list = got->list;
    struct ber_varbind varbind;
    int64_t number;

    while (ber_next(&list, &varbind))
        if (ber_number(&varbind, &number))
            run->values += number;
}

static void note_late(struct engine_run *run, uint32_t late_us)
{
    size_t step = late_us / LATE_STEP_US;

    run->late_steps[step < LATE_STEPS ? step : LATE_STEPS - 1]++;
}

static void on_result(const struct engine_result *got, void *arg)
{
    struct engine_run *run = arg;
    struct plan_now now = now_of();
    struct plan_result result = {
        .device_id = got->device_id,
        .serial = got->token,
        .probe = {.outcome = got->answered ? PROBE_ANSWERED : PROBE_SILENT,
                  .sent_at = got->sent_at,
                  .at = got->at},
        .rtt_us = got->rtt_us,
        .vitals = {-1, -1, -1},
    };
    size_t device = got->device_id - 1;

    if (got->answered) {
        read_values(run, got);
        if (run->tick_packets > 0)
            run->tick_packets--;
        run->answered += !got->late;
        note_late(run, run->late_us[device]);
    }
    plan_settle(run->plan, &now, &result, (uint32_t)now.mono.us);
    if (run->settled[device])
        return;
    run->settled[device] = 1;
    if (run->open > 0)
        run->open--;
    run->answered_us[device] =
        got->answered ? (uint32_t)(now.mono.us - run->started.us) : NO_ANSWER;
}

static void on_forgotten(const struct engine_result *got, void *arg)
{
    struct engine_run *run = arg;
    struct plan_now now = now_of();

    plan_forget(run->plan, &now, got->device_id, got->token);
}

static void on_read(void *arg)
{
    (void)arg;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
}

static bool on_probe_due(const struct plan_probe *probe, void *arg)
{
    struct engine_run *run = arg;
    struct plan_now now = now_of();
    struct mono due;

    if (!engine_ask(run->engine,
                    &(struct engine_ask){.device = probe->device,
                                         .question = &run->question,
                                         .asker = ENGINE_HEARTBEAT,
                                         .token = probe->serial,
                                         .tries = run->policy.tries,
                                         .timeout_ms = run->policy.timeout_ms},
                    &now))
        return false;
    run->sent++;
    run->tick_packets++;
    due = run->in_round ? run->started : probe->due_at;
    run->late_us[probe->device->id - 1] = (uint32_t)(now.mono.us - due.us);
    return true;
}

static bool credential_of(const struct target *target, struct credential *credential,
                          struct err *err)
{
    char words[512];

    *credential = (struct credential){.id = CREDENTIAL_ID, .kind = CREDENTIAL_COMMUNITY};
    if (target->version != 3) {
        snprintf(credential->community, sizeof credential->community, "%s", target->community);
        return true;
    }
    credential->kind = CREDENTIAL_USM;
    snprintf(words, sizeof words, "v3 user=%s level=%s%s%s%s%s", target->user, target->level,
             target->auth == NULL ? "" : " auth=", target->auth == NULL ? "" : target->auth,
             target->priv == NULL ? "" : " priv=", target->priv == NULL ? "" : target->priv);
    return usm_words_read(words, &credential->usm, err);
}

static void plan_all(struct engine_run *run, const struct credential *credential)
{
    static const enum plan_snmp versions[] = {
        [1] = PLAN_SNMP_V1, [2] = PLAN_SNMP_V2C, [3] = PLAN_SNMP_V3};
    struct plan_policy policy = {.interval_ms = run->policy.interval_ms,
                                 .timeout_ms = run->policy.timeout_ms,
                                 .misses_to_down = 3,
                                 .answers_to_up = 1};
    struct plan_now now = now_of();

    plan_begin(run->plan, &policy);
    plan_credential(run->plan, credential);
    for (size_t i = 0; i < run->target.count; i++) {
        struct plan_device device = {.id = (uint32_t)i + 1,
                                     .snmp = versions[run->target.version],
                                     .credential = CREDENTIAL_ID};

        device.address.v4 = target_address(&run->target, i);
        plan_device(run->plan, &device);
    }
    plan_commit(run->plan, &now);
    engine_plan_changed(run->engine);
}

struct engine_run *run_new(const struct target *target, const struct run_policy *policy,
                           size_t *rss_empty_kib, struct err *err)
{
    static const struct engine_callbacks callbacks = {on_result, on_forgotten, on_read};
    struct engine_run *run = calloc(1, sizeof *run);
    struct credential credential;

    if (run == NULL)
        abort();
    run->target = *target;
    run->policy = *policy;
    run->question = (struct question){
        .kind = QUESTION_GET, .count = (uint16_t)target->varbinds, .id = QUESTION_ID};
    for (size_t i = 0; i < target->varbinds; i++)
        if (!oid_read(target_names[i], &run->question.oids[i]))
            abort();
    run->answered_us = malloc(target->count * sizeof *run->answered_us);
    run->settled = malloc(target->count);
    run->late_us = calloc(target->count, sizeof *run->late_us);
    run->base = event_base_new();
    if (run->answered_us == NULL || run->settled == NULL || run->late_us == NULL ||
        run->base == NULL)
        abort();
    run->tick = evtimer_new(run->base, on_tick, run);
    run->plan = plan_new(on_change, run, mono_now());
    if (credential_of(target, &credential, err))
        run->engine = engine_new(run->base, run->plan, &callbacks, run, err);
    if (run->engine == NULL) {
        run_free(run);
        return NULL;
    }
    memset(run->settled, 0, target->count); /* of the benchmark, so in memory before it is asked */
    memset(run->answered_us, 0, target->count * sizeof *run->answered_us);
    memset(run->late_us, 0xff, target->count * sizeof *run->late_us);
    *rss_empty_kib = run_rss_kib();
    plan_all(run, &credential);
    return run;
}

void run_free(struct engine_run *run)
{
    if (run == NULL)
        return;
    engine_free(run->engine);
    plan_free(run->plan);
    event_free(run->tick);
    event_base_free(run->base);
    free(run->answered_us);
    free(run->settled);
    free(run->late_us);
    free(run);
}

/* What a tick of the child does. True: there is more to do at once. */
static bool turn(struct engine_run *run)
{
    struct plan_now now = now_of();
    size_t most = run->policy.gentle ? GENTLE_AT_ONCE : SENDS_AT_ONCE, sent = 0;
    bool read_all, more;

    if (mono_diff_ms(now.mono, run->turned_at) >= PLAN_TICK_MS) {
        run->turned_at = now.mono;
        run->tick_packets = 0;
    }
    read_all = engine_read(run->engine);
    if (read_all)
        engine_expire(run->engine, &now);
    if (!run->policy.gentle || run->tick_packets < GENTLE_TICK)
        sent = plan_due(run->plan, &now, most, on_probe_due, run);
    more = !read_all || engine_is_spent(run->engine);
    engine_flush(run->engine);
    return sent > 0 || more;
}

static void earlier(struct mono *least, bool known, struct mono at)
{
    if (known && at.us < least->us)
        *least = at;
}

/* Until a reply comes, or until something is due, but not before the present tick is over, as the
 * child does; at most until `end`. */
static void wait_tick(struct engine_run *run, struct mono end)
{
    struct mono floor = mono_add_ms(run->turned_at, PLAN_TICK_MS), at = end, other;
    int64_t wait_us;
    struct timeval wait;

    earlier(&at, plan_next_at(run->plan, &other), other);
    earlier(&at, engine_next_at(run->engine, &other), other);
    if (at.us < floor.us)
        at = floor;
    wait_us = at.us - mono_now().us;
    if (wait_us < 0)
        wait_us = 0;
    wait = (struct timeval){.tv_sec = (time_t)(wait_us / US_PER_S),
                            .tv_usec = (suseconds_t)(wait_us % US_PER_S)};
    evtimer_add(run->tick, &wait);
    event_base_loop(run->base, EVLOOP_ONCE);
}

void run_round(struct engine_run *run, struct run_result *result)
{
    const struct mono never = {mono_now().us + 3600 * US_PER_S};
    size_t answered = run->answered;
    double cpu_s = target_cpu_s();

    memset(run->settled, 0, run->target.count);
    memset(run->answered_us, 0xff, run->target.count * sizeof *run->answered_us);
    memset(run->late_steps, 0, sizeof run->late_steps);
    run->in_round = true;
    run->open = run->target.count;
    run->started = mono_now();
    for (size_t i = 0; i < run->target.count; i++)
        plan_probe_now(run->plan, (uint32_t)i + 1);
    while (run->open > 0)
        if (!turn(run) && run->open > 0)
            wait_tick(run, never);
    run->in_round = false;
    result->cpu_s += target_cpu_s() - cpu_s;
    result->last_wall_s = (double)(mono_now().us - run->started.us) / 1e6;
    result->wall_s += result->last_wall_s;
    result->polls += run->target.count;
    result->answered += run->answered - answered;
}

void run_steady(struct engine_run *run, int64_t ms, struct run_result *result)
{
    struct mono start = mono_now(), end = mono_add_ms(start, ms);
    size_t answered = run->answered, sent = run->sent;
    double cpu_s = target_cpu_s();

    memset(run->late_steps, 0, sizeof run->late_steps);
    while (mono_now().us < end.us) {
        turn(run);
        wait_tick(run, end);
    }
    result->cpu_s += target_cpu_s() - cpu_s;
    result->last_wall_s = (double)(mono_now().us - start.us) / 1e6;
    result->wall_s += result->last_wall_s;
    result->polls += run->sent - sent;
    result->answered += run->answered - answered;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

uint32_t run_answer_us(struct engine_run *run, double share)
{
    size_t count = 0;

    qsort(run->answered_us, run->target.count, sizeof *run->answered_us, by_value);
    while (count < run->target.count && run->answered_us[count] != NO_ANSWER)
        count++;
    if (count == 0)
        return 0;
    return run->answered_us[(size_t)(share * (double)(count - 1))];
}

uint32_t run_late_us(const struct engine_run *run, double share)
{
    size_t all = 0, seen = 0, step = 0;

    for (size_t i = 0; i < LATE_STEPS; i++)
        all += run->late_steps[i];
    while (step < LATE_STEPS - 1 && (double)(seen += run->late_steps[step]) < share * (double)all)
        step++;
    return all == 0 ? 0 : (uint32_t)(step + 1) * LATE_STEP_US;
}

size_t run_rss_kib(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    long all = 0, resident = 0;

    if (file == NULL || fscanf(file, "%ld %ld", &all, &resident) != 2)
        resident = 0;
    if (file != NULL)
        fclose(file);
    return (size_t)resident * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}
