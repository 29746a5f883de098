/* SPDX-License-Identifier: ISC */
#include "tests/bench/scale_parent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/history.h"
#include "daemon/loop_event.h"
#include "daemon/roster.h"
#include "probes/counters.h"
#include "probes/probers.h"
#include "tests/bench/scale_store.h"

#define CREDENTIAL_ID 1
#define LAG_MS        20
#define LOOK_MS       20 /* how often the end of a phase is looked for */
#define CODE_BYTES    48
#define TAKE_MS       60000 /* until a plan must have been taken */

struct scale_parent {
    struct scale_plan plan;
    struct loop *loop;
    struct prober_start start;
    struct probers *probers;
    struct outages *outages;
    struct history *history;
    struct loop_timer *lag_timer;
    struct mono lag_due;
    struct scale_lag lag;
    struct loop_timer *look;
    bool (*is)(struct scale_parent *parent, void *arg);
    void *is_arg;
    struct mono end_at;
    bool said;
    bool taking; /* a plan */
    struct err refused;
};

static void on_lag(void *arg)
{
    struct scale_parent *parent = arg;
    struct mono now = loop_mono(parent->loop);
    double late_ms = (double)(now.us - parent->lag_due.us) / 1e3;

    if (late_ms > parent->lag.late_ms)
        parent->lag.late_ms = late_ms;
    parent->lag_due = mono_add_ms(now, LAG_MS);
    loop_timer_arm(parent->lag_timer, LAG_MS);
}

static void on_look(void *arg)
{
    struct scale_parent *parent = arg;

    parent->said = parent->is(parent, parent->is_arg);
    if (parent->said || loop_mono(parent->loop).us >= parent->end_at.us)
        loop_break(parent->loop);
    else
        loop_timer_arm(parent->look, LOOK_MS);
}

/* Until somebody breaks it. Waiting costs no processor time, so what a turn used is what it did. */
static void run(struct scale_parent *parent)
{
    struct event_base *base = loop_base(parent->loop);
    int64_t before_us = thread_cpu_us();

    do {
        int64_t after_us;
        double turn_ms;

        if (event_base_loop(base, EVLOOP_ONCE) != 0)
            abort();
        after_us = thread_cpu_us();
        turn_ms = (double)(after_us - before_us) / 1e3;
        if (turn_ms > parent->lag.turn_ms)
            parent->lag.turn_ms = turn_ms;
        parent->lag.long_turns += after_us - before_us > TURN_LONG_US;
        before_us = after_us;
    } while (!event_base_got_break(base));
}

bool scale_run_until(struct scale_parent *parent,
                     bool (*is)(struct scale_parent *parent, void *arg), void *arg, int64_t most_ms)
{
    parent->is = is;
    parent->is_arg = arg;
    parent->end_at = mono_add_ms(loop_mono(parent->loop), most_ms);
    loop_timer_arm(parent->look, 0);
    run(parent);
    return parent->said;
}

/* ---- what the children say ---- */

static void on_change(const struct link_change *change, void *arg)
{
    struct scale_parent *parent = arg;

    outage_on_link_change(change, parent->outages);
}

static void on_ready(uint32_t shard, void *arg)
{
    struct scale_parent *parent = arg;

    outages_on_prober_ready(parent->outages, shard);
}

static void on_lost(uint32_t shard, const char *why, void *arg)
{
    struct scale_parent *parent = arg;

    fprintf(stdout, "child %u is lost: %s\n", shard, why);
    outages_on_prober_lost(parent->outages, shard);
}

static void on_verified(const struct verify_verdict *verdict, void *arg)
{
    (void)verdict;
    (void)arg;
}

static void on_rollup(const struct rollup_record *record, void *arg)
{
    struct scale_parent *parent = arg;

    history_add(parent->history, record);
}

static void on_begins(struct plan_device *device, void *arg)
{
    struct scale_parent *parent = arg;

    outages_begins(device, parent->outages);
}

static const struct probers_callbacks callbacks = {.on_change = on_change,
                                                   .on_ready = on_ready,
                                                   .on_lost = on_lost,
                                                   .on_verified = on_verified,
                                                   .on_rollup = on_rollup,
                                                   .on_begins = on_begins};

/* ---- the plan ---- */

static struct plan_policy policy_of(const struct scale_plan *plan)
{
    return (struct plan_policy){.interval_ms = plan->interval_ms,
                                .timeout_ms = 1000,
                                .misses_to_down = 3,
                                .answers_to_up = 3,
                                .packets_per_s =
                                    plan->at_once ? 0 : (uint32_t)(plan->target.count / 8 + 20000)};
}

static void code_of(const struct scale_plan *plan, size_t device, char code[CODE_BYTES])
{
    size_t relay = device / plan->behind;

    if (device % plan->behind == 0)
        snprintf(code, CODE_BYTES, "33.%06zu", relay);
    else
        snprintf(code, CODE_BYTES, "33.%06zu.%06zu", relay, device % plan->behind);
}

static void add_device(const struct scale_plan *plan, size_t i, struct roster *roster,
                       struct plan_device *device)
{
    char code[CODE_BYTES], relay[CODE_BYTES];
    struct roster_row row = {.code = code, .uplinks = "33", .device_id = (uint32_t)i + 1};

    code_of(plan, i, code);
    if (i % plan->behind != 0) {
        code_of(plan, i - i % plan->behind, relay);
        row.uplinks = relay;
    }
    roster_add(roster, &row);
    *device = (struct plan_device){.id = row.device_id,
                                   .snmp = plan->dead_users > 0        ? PLAN_SNMP_V3
                                           : plan->target.version == 1 ? PLAN_SNMP_V1
                                                                       : PLAN_SNMP_V2C,
                                   .credential = CREDENTIAL_ID,
                                   .lane = (uint32_t)(i / plan->behind) + 1};
    if (plan->dead_users > 0)
        device->credential += (uint32_t)(i % plan->dead_users);
    device->address.v4 = target_address(&plan->target, i);
}

/* Each by two passphrases of its own, which the child has to hash. */
static bool add_users(struct credentials *credentials, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct credential user = {.id = CREDENTIAL_ID + (uint32_t)i, .kind = CREDENTIAL_USM};
        char secret[160];

        snprintf(secret, sizeof secret,
                 "v3 user=dead level=authPriv auth=SHA-512:passphrase-%zu priv=AES:passphrase-%zu",
                 2 * i, 2 * i + 1);
        if (!usm_words_read(secret, &user.usm, err))
            return false;
        credentials_add(credentials, &user);
    }
    return true;
}

static bool add_credentials(const struct scale_plan *plan, struct credentials *credentials,
                            struct err *err)
{
    struct credential community = {.id = CREDENTIAL_ID, .kind = CREDENTIAL_COMMUNITY};

    if (plan->dead_users > 0)
        return add_users(credentials, plan->dead_users, err);
    snprintf(community.community, sizeof community.community, "%s", plan->target.community);
    credentials_add(credentials, &community);
    return true;
}

static void on_taken(bool taken, const char *why, void *arg)
{
    struct scale_parent *parent = arg;

    parent->taking = false;
    if (!taken)
        err_set(&parent->refused, "%s", why);
}

static bool is_taken(struct scale_parent *parent, void *arg)
{
    (void)arg;
    return !parent->taking;
}

/* The daemon's rows come a few in each turn, so making them here is no turn of the parent's. */
bool scale_take_plan(struct scale_parent *parent, struct err *err)
{
    const struct scale_plan *plan = &parent->plan;
    struct credentials credentials = {0};
    struct plan_device *devices = calloc(plan->target.count, sizeof *devices);
    struct roster *roster = roster_new();
    struct planned planned;

    if (devices == NULL)
        abort();
    if (!add_credentials(plan, &credentials, err)) {
        free(devices);
        roster_free(roster);
        return false;
    }
    roster_add(roster, &(struct roster_row){.code = "33", .uplinks = "", .is_core = true});
    for (size_t i = 0; i < plan->target.count; i++)
        add_device(plan, i, roster, &devices[i]);
    planned = (struct planned){.credentials = credentials.at,
                               .credential_count = credentials.count,
                               .devices = devices,
                               .device_count = plan->target.count};
    parent->taking = true;
    parent->refused = (struct err){0};
    outages_begin_plan(parent->outages, roster, &planned, on_taken, parent);
    scale_run_until(parent, is_taken, NULL, TAKE_MS);
    if (!parent->taking) {
        credentials_free(&credentials);
        free(devices);
    }
    *err = parent->refused;
    return !parent->taking && parent->refused.text[0] == '\0';
}

/* ---- life ---- */

struct scale_parent *scale_new(const struct scale_plan *plan, struct err *err)
{
    struct scale_parent *parent = calloc(1, sizeof *parent);
    struct plan_policy policy = policy_of(plan);

    if (parent == NULL)
        abort();
    parent->plan = *plan;
    parent->loop = loop_new(err);
    if (parent->loop == NULL) {
        free(parent);
        return NULL;
    }
    scale_store_open(parent->loop);
    parent->outages = outages_new(parent->loop, &policy);
    parent->history = history_new(parent->loop);
    parent->lag_timer = loop_timer_new(parent->loop, on_lag, parent);
    parent->look = loop_timer_new(parent->loop, on_look, parent);
    parent->lag_due = loop_mono(parent->loop);
    on_lag(parent);
    parent->start = (struct prober_start){.self = "/proc/self/exe", .sandbox = true};
    parent->probers = probers_new(loop_base(parent->loop), &parent->start, plan->probers,
                                  &callbacks, parent, err);
    if (parent->probers == NULL) {
        scale_free(parent);
        return NULL;
    }
    outages_set_probers(parent->outages, parent->probers);
    return parent;
}

void scale_free(struct scale_parent *parent)
{
    probers_free(parent->probers);
    scale_store_close();
    history_free(parent->history);
    outages_free(parent->outages);
    loop_timer_free(parent->look);
    loop_timer_free(parent->lag_timer);
    loop_free(parent->loop);
    free(parent);
}

void scale_database(struct scale_parent *parent, bool up)
{
    outages_on_database(parent->outages, up);
}

bool scale_is_ready(struct scale_parent *parent, void *arg)
{
    (void)arg;
    return probers_are_ready(parent->probers);
}

void scale_counts(const struct scale_parent *parent, struct outage_counts *out)
{
    outages_counts(parent->outages, out);
}

uint64_t scale_answered(const struct scale_parent *parent)
{
    struct prober_counters counters;

    probers_counters(parent->probers, &counters);
    return counters.answered;
}

/* ---- figures ---- */

static size_t status_kib(int pid, const char *key)
{
    char path[64], line[256];
    size_t kib = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/status", pid);
    file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, key, strlen(key)) == 0)
            kib = strtoul(line + strlen(key), NULL, 10);
    if (file != NULL)
        fclose(file);
    return kib;
}

/* The scheduler's own account, in nanoseconds; utime and stime are counted in hundredths. */
static double run_s(int pid)
{
    char path[64];
    unsigned long long ns = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
    file = fopen(path, "re");
    if (file == NULL || fscanf(file, "%llu", &ns) != 1)
        ns = 0;
    if (file != NULL)
        fclose(file);
    return (double)ns / 1e9;
}

size_t scale_usages(const struct scale_parent *parent, struct scale_usage out[SCALE_PROCESSES])
{
    size_t count = probers_count(parent->probers) + 1;

    for (size_t i = 0; i < count; i++) {
        int pid = i == 0 ? (int)getpid() : prober_pid(probers_at(parent->probers, (uint32_t)i - 1));

        out[i] = (struct scale_usage){.cpu_s = run_s(pid),
                                      .rss_kib = status_kib(pid, "VmRSS:"),
                                      .peak_kib = status_kib(pid, "VmHWM:")};
    }
    return count;
}

void scale_turns(const struct scale_parent *parent, struct scale_turns *out)
{
    struct prober_counters counters;

    probers_counters(parent->probers, &counters);
    *out = (struct scale_turns){(double)counters.turn_cpu_us / 1e3, counters.long_turns};
}

void scale_lag(struct scale_parent *parent, struct scale_lag *out)
{
    *out = parent->lag;
    parent->lag = (struct scale_lag){0};
}
