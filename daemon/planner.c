/* SPDX-License-Identifier: ISC */
#include "daemon/planner.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"
#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/hops.h"
#include "daemon/loop.h"
#include "probes/budget.h"
#include "probes/profile.h"
#include "sql/store.h"

#define DAY_MS         (INT64_C(24) * 3600 * 1000)
#define LEFT_OUT_NAMED 5    /* in the log */
#define SLICE          2000 /* devices looked at in one turn */

/* A name of the secrets file that devices use, and the credential that it became. */
struct secret_name {
    uint32_t credential;
    enum credential_kind kind;
    UT_hash_handle hh;
    char name[]; /* the key */
};

/* What of a load is under way. GIVEN: the owner has what was read. */
enum planner_step { PLANNER_IDLE = 1, PLANNER_READS, PLANNER_LANES, PLANNER_GIVEN, PLANNER_CLEARS };

struct planner {
    struct loop_timer *timer; /* the next slice of what is not reading */
    planner_secret_fn *secret;
    planner_done_fn *done;
    void *arg;
    enum planner_step step;
    size_t laned;          /* devices that have their lane */
    struct roster *roster; /* the owner's, once it is given */
    struct credentials credentials;
    struct secret_name *names; /* which of them has which name */
    struct hops *hops;
    char (*codes)[STORE_CODE_MAX]; /* of the devices' sites, in their order */
    struct plan_device *devices;
    size_t count;
    size_t room;
    struct agent_news *agents; /* what was known of SNMPv3 engines */
    size_t agents_count;
    size_t agents_room;
    struct beside_device *beside; /* of the devices, those that are no gateway */
    size_t beside_count;
    size_t beside_room;
    uint32_t references[BLIND_REFERENCES_MOST];
    size_t reference_count;
    size_t left_out;
    size_t learned; /* devices of which something was learned before */
    struct planner_result result;
    struct text first_left_out; /* the first few of them, and why */
    struct pg_conn *again;      /* not NULL: load once more after this one */
    bool abandoned;             /* freed while under way; the last row frees it */
};

static void on_slice(void *arg);

struct planner *planner_new(struct loop *loop, planner_secret_fn *secret, planner_done_fn *done,
                            void *arg)
{
    struct planner *planner = calloc(1, sizeof *planner);

    if (planner == NULL)
        abort();
    *planner = (struct planner){.step = PLANNER_IDLE, .secret = secret, .done = done, .arg = arg};
    planner->timer = loop_timer_new(loop, on_slice, planner);
    return planner;
}

static bool read_address(const struct store_site *row, union address *address)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(row->port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(row->port)};

    if (inet_pton(AF_INET, row->address, &v4.sin_addr) == 1)
        memcpy(address, &v4, sizeof v4);
    else if (inet_pton(AF_INET6, row->address, &v6.sin6_addr) == 1)
        memcpy(address, &v6, sizeof v6);
    else
        return false;
    return true;
}

/* One line of the log tells of all of them: with a secret gone they are hundreds. */
static void leave_out(struct planner *planner, const struct store_site *row, const char *why,
                      const char *name)
{
    struct text *first = &planner->first_left_out;

    if (planner->left_out++ < LEFT_OUT_NAMED)
        text_addf(first, "%s%s: %s%s", first->bytes > 0 ? ", " : "", row->code, why, name);
}

/* The name as it is known from now on, until the load is over. */
static struct secret_name *keep_name(struct planner *planner, const char *text,
                                     struct credential *credential)
{
    size_t bytes = strlen(text) + 1;
    struct secret_name *name = malloc(sizeof *name + bytes);

    if (name == NULL)
        abort();
    credential->id = (uint32_t)planner->credentials.count + 1;
    credentials_add(&planner->credentials, credential);
    name->credential = credential->id;
    name->kind = credential->kind;
    memcpy(name->name, text, bytes);
    HASH_ADD_STR(planner->names, name, name);
    return name;
}

/* False: the secret opens no agent. The secrets file was checked when it was read. */
static bool read_secret(const char *secret, struct credential *credential)
{
    struct err err;

    if (usm_words_are_meant(secret)) {
        credential->kind = CREDENTIAL_USM;
        return usm_words_read(secret, &credential->usm, &err);
    }
    credential->kind = CREDENTIAL_COMMUNITY;
    return text_copy(credential->community, sizeof credential->community, secret);
}

/* 0 when the secrets file has no such name, or what it has is not for that version of SNMP. */
static uint32_t read_credential(struct planner *planner, const struct store_site *row,
                                enum plan_snmp snmp)
{
    enum credential_kind wanted = snmp == PLAN_SNMP_V3 ? CREDENTIAL_USM : CREDENTIAL_COMMUNITY;
    const char *secret = planner->secret(row->credential, planner->arg);
    struct credential credential = {0};
    struct secret_name *name;

    HASH_FIND_STR(planner->names, row->credential, name);
    if (name == NULL && secret == NULL) {
        leave_out(planner, row, "no secret is named ", row->credential);
        return 0;
    }
    if (name == NULL && read_secret(secret, &credential))
        name = keep_name(planner, row->credential, &credential);
    explicit_bzero(&credential, sizeof credential);
    if (name != NULL && name->kind == wanted)
        return name->credential;
    leave_out(planner, row,
              wanted == CREDENTIAL_USM ? "no SNMPv3 user is the secret "
                                       : "no community is the secret ",
              row->credential);
    return 0;
}

/* A budget so small that it would mean less than one probe in a day is kept to one in a day. */
static uint32_t interval_of(const struct store_site *row, enum plan_snmp snmp)
{
    int64_t ms =
        budget_shared_ms(row->byte_budget_mb, row->site_budget_mb, row->site_devices, snmp);

    return (uint32_t)(ms > DAY_MS ? DAY_MS : ms);
}

static enum plan_snmp read_snmp(const char *word)
{
    if (strcmp(word, "1") == 0)
        return PLAN_SNMP_V1;
    if (strcmp(word, "2c") == 0)
        return PLAN_SNMP_V2C;
    if (strcmp(word, "3") == 0)
        return PLAN_SNMP_V3;
    return strcmp(word, "none") == 0 ? PLAN_ICMP : PLAN_SNMP_END;
}

/* What is learned at one place says nothing of another (probes/learned.h). */
static uint32_t place_of(const struct store_site *row)
{
    struct text place = {0};
    uint32_t hash;

    text_addf(&place, "%s %d %s %u %s", row->code, row->beside, row->address, row->port, row->snmp);
    hash = hash_bytes(place.at, place.bytes);
    text_free(&place);
    return hash == 0 ? 1 : hash;
}

static struct learned read_learned(const struct store_site *row)
{
    const struct store_learned *known = &row->learned;
    struct learned learned = {.at = known->at,
                              .of = known->of,
                              .usual_ppm = known->usual_ppm,
                              .habit_ppm = known->habit_ppm,
                              .recent_ppm = known->recent_ppm,
                              .burst_milli = known->burst_milli,
                              .burst_ms = known->burst_ms,
                              .srtt_us = known->srtt_us,
                              .rttvar_us = known->rttvar_us};
    uint32_t place = place_of(row);

    if (wall_is_set(known->at) && known->of == place && learned_is_sane(&learned))
        return learned;
    return (struct learned){.of = place};
}

/* False: this device cannot be probed, and was left out. */
static bool read_device(struct planner *planner, const struct store_site *row,
                        struct plan_device *device)
{
    *device = (struct plan_device){.id = row->device_id,
                                   .snmp = read_snmp(row->snmp),
                                   .profile = profile_hash(row->profile),
                                   .reply_from_any = strcmp(row->reply_from, "any") == 0,
                                   .learned = read_learned(row)};
    device->interval_ms = interval_of(row, device->snmp);
    if (device->snmp == PLAN_SNMP_END)
        leave_out(planner, row, "this version does not probe with SNMP ", row->snmp);
    else if (!read_address(row, &device->address))
        leave_out(planner, row, "not an address: ", row->address);
    else if (device->snmp == PLAN_ICMP)
        return true; /* whoever is there answers */
    else
        device->credential = read_credential(planner, row, device->snmp);
    return device->credential != 0;
}

static enum auth_state read_auth(const char *word)
{
    for (int i = AUTH_FINE; i < AUTH_STATE_END; i++)
        if (strcmp(word, auth_state_name((enum auth_state)i)) == 0)
            return (enum auth_state)i;
    return AUTH_FINE; /* nothing is known, or a later version wrote it: the device will say */
}

static size_t read_hex(const char *hex, uint8_t *out, size_t most)
{
    static const char digits[] = "0123456789abcdef";
    size_t bytes = strlen(hex) / 2;

    if (bytes > most || strspn(hex, digits) != 2 * bytes)
        return 0;
    for (size_t i = 0; i < bytes; i++)
        out[i] = (uint8_t)((strchr(digits, hex[2 * i]) - digits) << 4 |
                           (strchr(digits, hex[2 * i + 1]) - digits));
    return bytes;
}

static void take_agent(struct planner *planner, const struct store_site *row)
{
    struct agent_news *news;

    if (planner->agents_count == planner->agents_room) {
        planner->agents_room = planner->agents_room == 0 ? 64 : planner->agents_room * 2;
        planner->agents =
            reallocarray(planner->agents, planner->agents_room, sizeof *planner->agents);
        if (planner->agents == NULL)
            abort();
    }
    news = &planner->agents[planner->agents_count++];
    *news = (struct agent_news){.device_id = row->device_id, .auth = read_auth(row->auth)};
    news->engine_bytes = (uint8_t)read_hex(row->engine, news->engine, sizeof news->engine);
    if (wall_is_set(row->clock_at)) {
        news->boots = (uint32_t)row->boots;
        news->time_s = (uint32_t)row->time_s;
        news->at = row->clock_at;
    }
}

static void add_device(struct planner *planner, const struct store_site *row,
                       const struct plan_device *device)
{
    if (planner->count == planner->room) {
        planner->room = planner->room == 0 ? 64 : planner->room * 2;
        planner->devices = reallocarray(planner->devices, planner->room, sizeof *planner->devices);
        planner->codes = reallocarray(planner->codes, planner->room, sizeof *planner->codes);
        if (planner->devices == NULL || planner->codes == NULL)
            abort();
    }
    (void)text_copy(planner->codes[planner->count], STORE_CODE_MAX, row->code);
    planner->devices[planner->count++] = *device;
    planner->learned += wall_is_set(device->learned.at);
    if (device->snmp == PLAN_SNMP_V3 && *row->auth != '\0')
        take_agent(planner, row);
}

/* It is probed and read as a gateway is, and nothing hangs from it. */
static void take_beside(struct planner *planner, const struct store_site *row)
{
    struct plan_device device;
    struct beside_device *beside;
    bool left_out = !read_device(planner, row, &device);

    if (!left_out)
        add_device(planner, row, &device);
    if (planner->beside_count == planner->beside_room) {
        planner->beside_room = planner->beside_room == 0 ? 64 : planner->beside_room * 2;
        planner->beside =
            reallocarray(planner->beside, planner->beside_room, sizeof *planner->beside);
        if (planner->beside == NULL)
            abort();
    }
    beside = &planner->beside[planner->beside_count++];
    *beside = (struct beside_device){
        .device_id = row->device_id, .left_out = left_out, .reference = row->reference};
    (void)text_copy(beside->code, sizeof beside->code, row->code);
    if (left_out)
        return;
    roster_add_beside(planner->roster, row->code, row->device_id);
    if (row->reference && planner->reference_count < BLIND_REFERENCES_MOST)
        planner->references[planner->reference_count++] = row->device_id;
}

static void take_row(struct planner *planner, const struct store_site *row)
{
    struct roster_row site = {.code = row->code,
                              .uplinks = row->uplinks,
                              .is_core = row->is_core,
                              .feeder = row->feeder,
                              .outage_root = row->has_outage ? row->outage_root : NULL,
                              .last_good = row->last_good,
                              .first_bad = row->first_bad,
                              .detected = row->detected};
    struct plan_device device;

    if (row->beside) {
        take_beside(planner, row);
        return;
    }
    if (row->device_id != 0 && read_device(planner, row, &device)) {
        device.gateway_of = profile_hash(row->code);
        if (row->has_outage) {
            device.begins_down = true;
            device.last_good = row->last_good;
            device.first_bad = row->first_bad;
        }
        add_device(planner, row, &device);
    } else if (row->device_id != 0) {
        site.left_out = true;
    }
    hops_add(planner->hops, row->code, row->uplinks, row->is_core);
    site.device_id = row->device_id;
    roster_add(planner->roster, &site);
}

/* What was gathered is gone; secrets do not stay behind in freed memory. One of the big pieces with
 * each call; true: that was the last. */
static bool clear_some(struct planner *planner)
{
    struct secret_name *name, *next;

    if (planner->devices != NULL) {
        free(planner->devices);
        planner->devices = NULL;
    } else if (planner->codes != NULL) {
        free(planner->codes);
        planner->codes = NULL;
    } else if (planner->hops != NULL) {
        hops_free(planner->hops);
        planner->hops = NULL;
    } else {
        HASH_ITER(hh, planner->names, name, next)
        {
            HASH_DEL(planner->names, name);
            free(name);
        }
        credentials_free(&planner->credentials);
        free(planner->agents);
        free(planner->beside);
        roster_free(planner->roster);
        text_free(&planner->first_left_out);
        *planner = (struct planner){.timer = planner->timer,
                                    .step = PLANNER_IDLE,
                                    .secret = planner->secret,
                                    .done = planner->done,
                                    .arg = planner->arg,
                                    .again = planner->again};
    }
    return planner->step == PLANNER_IDLE;
}

static void next_step(struct planner *planner, enum planner_step step)
{
    planner->step = step;
    loop_timer_arm(planner->timer, 0);
}

/* When all sites are known: who shares a radio hop with whom. */
static void find_lanes(struct planner *planner, size_t most)
{
    for (; most > 0 && planner->laned < planner->count; most--, planner->laned++)
        planner->devices[planner->laned].lane =
            hops_of(planner->hops, planner->codes[planner->laned]);
}

/* It is not wanted any more when another was asked for meanwhile. */
static void give(struct planner *planner)
{
    if (planner->again != NULL) {
        next_step(planner, PLANNER_CLEARS);
        return;
    }
    if (planner->left_out > 0)
        log_warn("plan.left_out", "devices=%zu sites=\"%s%s\"", planner->left_out,
                 text_get(&planner->first_left_out),
                 planner->left_out > LEFT_OUT_NAMED ? ", ..." : "");
    planner->result =
        (struct planner_result){.roster = planner->roster,
                                .planned = {.credentials = planner->credentials.at,
                                            .credential_count = planner->credentials.count,
                                            .devices = planner->devices,
                                            .device_count = planner->count,
                                            .agents = planner->agents,
                                            .agent_count = planner->agents_count},
                                .beside = planner->beside,
                                .beside_count = planner->beside_count,
                                .references = planner->references,
                                .reference_count = planner->reference_count,
                                .learned = planner->learned,
                                .left_out = planner->left_out};
    planner->roster = NULL;
    planner->step = PLANNER_GIVEN;
    planner->done(&planner->result, NULL, planner->arg);
}

static void finish(struct planner *planner, const struct store_status *status)
{
    if (status->rc == STORE_OK) {
        next_step(planner, PLANNER_LANES);
        return;
    }
    next_step(planner, PLANNER_CLEARS);
    if (planner->again == NULL)
        planner->done(NULL, status->words, planner->arg);
}

void planner_release(struct planner *planner)
{
    assert(planner->step == PLANNER_GIVEN);
    next_step(planner, PLANNER_CLEARS);
}

static void go_on(struct planner *planner)
{
    struct pg_conn *again = planner->again;

    if (planner->step == PLANNER_CLEARS && clear_some(planner) && again != NULL) {
        planner->again = NULL;
        planner_load(planner, again);
    } else if (planner->step == PLANNER_LANES) {
        find_lanes(planner, SLICE);
        if (planner->laned == planner->count)
            give(planner);
    }
}

static void on_slice(void *arg)
{
    struct planner *planner = arg;

    go_on(planner);
    if (planner->step == PLANNER_LANES || planner->step == PLANNER_CLEARS)
        loop_timer_arm(planner->timer, 0);
}

/* At the end. */
static void forget(struct planner *planner)
{
    while (!clear_some(planner))
        ;
    free(planner);
}

static void on_row(const struct store_site *row, const struct store_status *status, void *arg)
{
    struct planner *planner = arg;

    if (planner->abandoned) {
        if (row == NULL)
            forget(planner);
        return;
    }
    if (row != NULL)
        take_row(planner, row);
    else
        finish(planner, status);
}

void planner_load(struct planner *planner, struct pg_conn *conn)
{
    if (planner->step != PLANNER_IDLE) {
        planner->again = conn;
        return;
    }
    planner->step = PLANNER_READS;
    planner->roster = roster_new();
    planner->hops = hops_new();
    store_plan_load(conn, on_row, planner);
}

void planner_free(struct planner *planner)
{
    if (planner == NULL)
        return;
    loop_timer_free(planner->timer);
    planner->timer = NULL;
    if (planner->step == PLANNER_READS)
        planner->abandoned = true;
    else
        forget(planner);
}
