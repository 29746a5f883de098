/* SPDX-License-Identifier: ISC */
#include "daemon/planner.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"
#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "daemon/hops.h"
#include "probes/budget.h"
#include "probes/profile.h"
#include "sql/store.h"

#define DAY_MS         (INT64_C(24) * 3600 * 1000)
#define LEFT_OUT_NAMED 5 /* in the log */

/* A name of the secrets file that devices use, and the credential that it became. */
struct secret_name {
    uint32_t credential;
    enum credential_kind kind;
    UT_hash_handle hh;
    char name[]; /* the key */
};

struct planner {
    planner_secret_fn *secret;
    planner_done_fn *done;
    void *arg;
    struct roster *roster; /* not NULL: a load is under way */
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
    struct text first_left_out; /* the first few of them, and why */
    struct pg_conn *again;      /* not NULL: load once more after this one */
    bool abandoned;             /* freed while under way; the last row frees it */
};

struct planner *planner_new(planner_secret_fn *secret, planner_done_fn *done, void *arg)
{
    struct planner *planner = calloc(1, sizeof *planner);

    if (planner == NULL)
        abort();
    *planner = (struct planner){.secret = secret, .done = done, .arg = arg};
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

/* What was gathered is gone; secrets do not stay behind in freed memory. */
static void clear(struct planner *planner)
{
    struct secret_name *name, *next;

    HASH_ITER(hh, planner->names, name, next)
    {
        HASH_DEL(planner->names, name);
        free(name);
    }
    credentials_free(&planner->credentials);
    free(planner->devices);
    free(planner->codes);
    free(planner->agents);
    planner->agents = NULL;
    planner->agents_count = planner->agents_room = 0;
    free(planner->beside);
    planner->beside = NULL;
    planner->beside_count = planner->beside_room = planner->reference_count = 0;
    hops_free(planner->hops);
    planner->hops = NULL;
    planner->codes = NULL;
    roster_free(planner->roster);
    text_free(&planner->first_left_out);
    planner->devices = NULL;
    planner->roster = NULL;
    planner->count = planner->room = planner->left_out = 0;
}

/* When all sites are known: who shares a radio hop with whom. */
static void find_lanes(struct planner *planner)
{
    for (size_t i = 0; i < planner->count; i++)
        planner->devices[i].lane = hops_of(planner->hops, planner->codes[i]);
}

static void finish(struct planner *planner, const struct store_status *status)
{
    struct planner_result result = {.roster = planner->roster,
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
                                    .left_out = planner->left_out};
    struct pg_conn *again = planner->again;

    planner->again = NULL;
    find_lanes(planner);
    if (status->rc == STORE_OK && again == NULL) {
        planner->roster = NULL;
        if (planner->left_out > 0)
            log_warn("plan.left_out", "devices=%zu sites=\"%s%s\"", planner->left_out,
                     text_get(&planner->first_left_out),
                     planner->left_out > LEFT_OUT_NAMED ? ", ..." : "");
        planner->done(&result, NULL, planner->arg);
    } else if (again == NULL) {
        planner->done(NULL, status->words, planner->arg);
    }
    clear(planner);
    if (again != NULL)
        planner_load(planner, again);
}

static void on_row(const struct store_site *row, const struct store_status *status, void *arg)
{
    struct planner *planner = arg;

    if (planner->abandoned) {
        if (row == NULL) {
            clear(planner);
            free(planner);
        }
        return;
    }
    if (row != NULL)
        take_row(planner, row);
    else
        finish(planner, status);
}

void planner_load(struct planner *planner, struct pg_conn *conn)
{
    if (planner->roster != NULL) {
        planner->again = conn;
        return;
    }
    planner->roster = roster_new();
    planner->hops = hops_new();
    store_plan_load(conn, on_row, planner);
}

void planner_free(struct planner *planner)
{
    if (planner == NULL)
        return;
    if (planner->roster != NULL) {
        planner->abandoned = true;
        return;
    }
    clear(planner);
    free(planner);
}
