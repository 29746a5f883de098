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

/* 0 when the secrets file has no such name, or it is no community. */
static uint32_t read_credential(struct planner *planner, const struct store_site *row)
{
    const char *community = planner->secret(row->credential, planner->arg);
    struct credential credential = {.kind = CREDENTIAL_COMMUNITY};
    size_t bytes = strlen(row->credential) + 1;
    struct secret_name *name;

    HASH_FIND_STR(planner->names, row->credential, name);
    if (name != NULL)
        return name->credential;
    if (community == NULL) {
        leave_out(planner, row, "no secret is named ", row->credential);
        return 0;
    }
    if (!text_copy(credential.community, sizeof credential.community, community)) {
        leave_out(planner, row, "no community is the secret ", row->credential);
        return 0;
    }
    credential.id = (uint32_t)planner->credentials.count + 1;
    credentials_add(&planner->credentials, &credential);
    explicit_bzero(&credential, sizeof credential);
    name = malloc(sizeof *name + bytes);
    if (name == NULL)
        abort();
    name->credential = (uint32_t)planner->credentials.count;
    memcpy(name->name, row->credential, bytes);
    HASH_ADD_STR(planner->names, name, name);
    return name->credential;
}

/* A budget so small that it would mean less than one probe in a day is kept to one in a day. */
static uint32_t interval_of(const struct store_site *row, enum plan_snmp snmp)
{
    int64_t ms = budget_interval_ms(row->byte_budget_mb, snmp);

    return (uint32_t)(ms > DAY_MS ? DAY_MS : ms);
}

static enum plan_snmp read_snmp(const char *word)
{
    if (strcmp(word, "1") == 0)
        return PLAN_SNMP_V1;
    if (strcmp(word, "2c") == 0)
        return PLAN_SNMP_V2C;
    return strcmp(word, "none") == 0 ? PLAN_ICMP : PLAN_SNMP_END;
}

/* False: this device cannot be probed, and was left out. */
static bool read_device(struct planner *planner, const struct store_site *row,
                        struct plan_device *device)
{
    *device = (struct plan_device){.id = row->device_id,
                                   .snmp = read_snmp(row->snmp),
                                   .profile = profile_hash(row->profile),
                                   .reply_from_any = strcmp(row->reply_from, "any") == 0};
    device->interval_ms = interval_of(row, device->snmp);
    if (device->snmp == PLAN_SNMP_END)
        leave_out(planner, row, "this version does not probe with SNMP ", row->snmp);
    else if (!read_address(row, &device->address))
        leave_out(planner, row, "not an address: ", row->address);
    else if (device->snmp == PLAN_ICMP)
        return true; /* whoever is there answers */
    else
        device->credential = read_credential(planner, row);
    return device->credential != 0;
}

static void take_row(struct planner *planner, const struct store_site *row)
{
    struct roster_row site = {.code = row->code,
                              .uplinks = row->uplinks,
                              .is_core = row->is_core,
                              .outage_root = row->has_outage ? row->outage_root : NULL,
                              .last_good = row->last_good,
                              .first_bad = row->first_bad,
                              .detected = row->detected};
    struct plan_device device;

    if (row->device_id != 0 && read_device(planner, row, &device)) {
        if (row->has_outage) {
            device.begins_down = true;
            device.last_good = row->last_good;
            device.first_bad = row->first_bad;
        }
        if (planner->count == planner->room) {
            planner->room = planner->room == 0 ? 64 : planner->room * 2;
            planner->devices =
                reallocarray(planner->devices, planner->room, sizeof *planner->devices);
            planner->codes = reallocarray(planner->codes, planner->room, sizeof *planner->codes);
            if (planner->devices == NULL || planner->codes == NULL)
                abort();
        }
        (void)text_copy(planner->codes[planner->count], STORE_CODE_MAX, row->code);
        planner->devices[planner->count++] = device;
    } else if (row->device_id != 0) {
        site.left_out = true;
    }
    hops_add(planner->hops, row->code, row->uplinks, row->is_core);
    site.device_id = row->device_id;
    roster_add(planner->roster, &site);
}

/* What was gathered is gone; communities do not stay behind in freed memory. */
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
                                                .device_count = planner->count},
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
