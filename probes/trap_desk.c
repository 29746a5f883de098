/* SPDX-License-Identifier: ISC */
#include "probes/trap_desk.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"
#include "probes/trap_gate.h"
#include "probes/trap_places.h"
#include "probes/trap_replay.h"

/* SNMPv3 traps that are tried, of all senders together. */
#define TRIES_GAP_US (US_PER_S / 50)
#define TRIES_BURST  200

struct last {
    uint32_t id;
    struct trap_heard heard[TRAP_HEARD_MOST]; /* oldest first */
    size_t count;
    bool gone; /* the plan that is being given has not named it yet */
    UT_hash_handle hh;
};

struct trap_desk {
    struct siphash_key key;
    trap_name_fn *name;
    void *arg;
    struct trap_places now;
    struct trap_places next;
    struct last *lasts; /* by id, who was heard last at the end; only of devices that were */
    struct trap_replay *replay;
    struct trap_bucket believed;
    struct trap_bucket tried; /* proofs cost more than anything else here */
    uint32_t answers[TRAP_ANSWERS_MOST];
    size_t answers_count;
    struct trap_counters before; /* of children that are gone, and our own */
    struct trap_counters child;
};

struct trap_desk *trap_desk_new(const struct siphash_key *key, trap_name_fn *name, void *arg,
                                struct mono now)
{
    struct trap_desk *desk = calloc(1, sizeof *desk);

    if (desk == NULL)
        abort();
    desk->key = *key;
    desk->name = name;
    desk->arg = arg;
    desk->replay = trap_replay_new(now);
    return desk;
}

static void last_free(struct trap_desk *desk, struct last *last)
{
    HASH_DEL(desk->lasts, last);
    free(last);
}

void trap_desk_free(struct trap_desk *desk)
{
    struct last *last, *next;

    if (desk == NULL)
        return;
    HASH_ITER(hh, desk->lasts, last, next)
    last_free(desk, last);
    trap_replay_free(desk->replay);
    trap_places_free(&desk->now);
    trap_places_free(&desk->next);
    explicit_bzero(desk, sizeof *desk);
    free(desk);
}

/* Hints of devices that are gone would pile up. */
void trap_desk_begin(struct trap_desk *desk)
{
    struct last *last, *next;

    trap_places_free(&desk->next);
    HASH_ITER(hh, desk->lasts, last, next)
    last->gone = true;
}

void trap_desk_credential(struct trap_desk *desk, uint32_t id, const char *community)
{
    size_t bytes = strlen(community);

    if (bytes > 0)
        trap_places_word(&desk->next, &(struct trap_word){
                                          id, trap_community(&desk->key, community, bytes), false});
}

void trap_desk_user(struct trap_desk *desk, uint32_t id)
{
    trap_places_word(&desk->next, &(struct trap_word){.credential = id, .user = true});
}

static uint64_t host_hash(const struct trap_desk *desk, const struct trap_host *host)
{
    return siphash(&desk->key, host->at, host->bytes);
}

void trap_desk_device(struct trap_desk *desk, uint32_t id, const struct sockaddr *address,
                      uint32_t credential)
{
    struct trap_host host = trap_host_of(address);
    struct last *last;

    trap_places_add(
        &desk->next,
        &(struct trap_place){.host = host_hash(desk, &host), .id = id, .credential = credential});
    HASH_FIND(hh, desk->lasts, &id, sizeof id, last);
    if (last != NULL)
        last->gone = false;
}

bool trap_desk_prepare(struct trap_desk *desk, size_t most)
{
    return trap_places_sort(&desk->next, most);
}

void trap_desk_commit(struct trap_desk *desk)
{
    struct last *last, *next;

    while (!trap_desk_prepare(desk, SIZE_MAX))
        ;
    trap_places_free(&desk->now);
    desk->now = desk->next;
    desk->next = (struct trap_places){0};
    HASH_ITER(hh, desk->lasts, last, next)
    {
        if (last->gone)
            last_free(desk, last);
    }
}

/* Who it may be from: the devices at that address with that community. */
static enum trap_verdict senders(const struct trap_desk *desk, const struct trap_report *report,
                                 struct trap_hint *hint)
{
    const struct trap_places *places = &desk->now;
    uint64_t host = host_hash(desk, &report->host);
    size_t at = trap_places_find(places, host);

    if (at == places->count)
        return TRAP_UNKNOWN_SENDER;
    for (; at < places->count && places->at[at].host == host; at++)
        if (places->at[at].credential != 0 && !places->at[at].user &&
            places->at[at].community == report->community && hint->count < TRAP_DEVICES_MOST)
            hint->devices[hint->count++] = places->at[at].id;
    return hint->count > 0 ? TRAP_BELIEVED : TRAP_WRONG_COMMUNITY;
}

/* Who sent it may be believed; is it new? */
static enum trap_verdict judge(struct trap_desk *desk, uint64_t digest, struct mono now)
{
    if (trap_replay_knows(desk->replay, digest, now))
        return TRAP_REPEATED;
    if (!trap_bucket_take(&desk->believed, now, US_PER_S / TRAP_REPLAY_PER_S, TRAP_REPLAY_BURST) ||
        !trap_replay_note(desk->replay, digest, now))
        return TRAP_BUSY;
    return TRAP_BELIEVED;
}

static void last_note(struct trap_desk *desk, uint32_t id, const struct trap_hint *hint)
{
    struct last *last;

    HASH_FIND(hh, desk->lasts, &id, sizeof id, last);
    if (last != NULL) {
        HASH_DEL(desk->lasts, last);
    } else {
        if (HASH_COUNT(desk->lasts) == TRAP_HEARD_DEVICES)
            last_free(desk, desk->lasts);
        last = calloc(1, sizeof *last);
        if (last == NULL)
            abort();
        last->id = id;
    }
    HASH_ADD(hh, desk->lasts, id, sizeof last->id, last);
    if (last->count == TRAP_HEARD_MOST)
        memmove(last->heard, last->heard + 1, --last->count * sizeof *last->heard);
    last->heard[last->count++] = (struct trap_heard){hint->kind, hint->at};
}

static enum trap_kind kind_of(const struct trap_desk *desk, const struct trap_hint *hint)
{
    if (hint->kind != TRAP_OTHER || desk->name == NULL)
        return hint->kind;
    return desk->name(&hint->oid, desk->arg);
}

/* Counts it, and completes the hint. */
static void conclude(struct trap_desk *desk, enum trap_verdict verdict, struct trap_hint *hint)
{
    uint64_t *const refused[TRAP_VERDICT_END] = {
        [TRAP_REPEATED] = &desk->before.repeated,
        [TRAP_UNKNOWN_SENDER] = &desk->before.unknown,
        [TRAP_WRONG_COMMUNITY] = &desk->before.community,
        [TRAP_BUSY] = &desk->before.busy,
    };

    if (verdict == TRAP_BELIEVED) {
        hint->kind = kind_of(desk, hint);
        desk->before.believed[hint->kind]++;
    } else {
        (*refused[verdict])++;
        hint->count = 0;
    }
    for (size_t i = 0; i < hint->count; i++)
        last_note(desk, hint->devices[i], hint);
}

enum trap_verdict trap_desk_hear(struct trap_desk *desk, const struct trap_report *report,
                                 struct mono now, struct wall at, struct trap_hint *hint)
{
    enum trap_verdict verdict;

    *hint = (struct trap_hint){.kind = report->kind, .at = at, .oid = report->oid};
    verdict = senders(desk, report, hint);
    if (verdict == TRAP_BELIEVED)
        verdict = judge(desk, report->digest, now);
    conclude(desk, verdict, hint);
    if ((verdict == TRAP_BELIEVED || verdict == TRAP_REPEATED) && report->inform != 0 &&
        desk->answers_count < TRAP_ANSWERS_MOST)
        desk->answers[desk->answers_count++] = report->inform;
    return verdict;
}

size_t trap_desk_suspects(struct trap_desk *desk, const struct trap_host *host, struct mono now,
                          uint32_t devices[TRAP_TRIES_MOST])
{
    const struct trap_places *places = &desk->now;
    uint64_t hash = host_hash(desk, host);
    size_t at = trap_places_find(places, hash), count = 0;

    if (at == places->count) {
        desk->before.unknown++;
        return 0;
    }
    for (; at < places->count && places->at[at].host == hash && count < TRAP_TRIES_MOST; at++)
        if (places->at[at].user)
            devices[count++] = places->at[at].id;
    if (count == 0) {
        desk->before.unproven[TRAP_PROOF_USER]++;
    } else if (!trap_bucket_take(&desk->tried, now, TRIES_GAP_US, TRIES_BURST)) {
        desk->before.busy++;
        return 0;
    }
    return count;
}

enum trap_verdict trap_desk_hear_proven(struct trap_desk *desk, const struct trap_proven *proven,
                                        struct mono now, struct wall at, struct trap_hint *hint)
{
    enum trap_verdict verdict = judge(desk, proven->digest, now);

    *hint = (struct trap_hint){.kind = proven->kind,
                               .at = at,
                               .oid = proven->oid,
                               .devices = {proven->device_id},
                               .count = 1};
    conclude(desk, verdict, hint);
    return verdict;
}

void trap_desk_unproven(struct trap_desk *desk, enum trap_proof why)
{
    if (why == TRAP_PROOF_TRUE)
        desk->before.busy++;
    else
        desk->before.unproven[why]++;
}

bool trap_desk_last(const struct trap_desk *desk, uint32_t device_id, enum trap_kind *kind,
                    struct wall *at)
{
    const struct last *last;

    HASH_FIND(hh, desk->lasts, &device_id, sizeof device_id, last);
    if (last == NULL)
        return false;
    *kind = last->heard[last->count - 1].kind;
    *at = last->heard[last->count - 1].at;
    return true;
}

size_t trap_desk_heard(const struct trap_desk *desk, uint32_t device_id, struct wall from,
                       struct wall to, struct trap_heard out[TRAP_HEARD_MOST])
{
    const struct last *last;
    size_t count = 0;

    HASH_FIND(hh, desk->lasts, &device_id, sizeof device_id, last);
    for (size_t i = 0; last != NULL && i < last->count; i++)
        if (last->heard[i].at.us >= from.us && last->heard[i].at.us <= to.us)
            out[count++] = last->heard[i];
    return count;
}

size_t trap_desk_answers(const struct trap_desk *desk, const uint32_t **numbers)
{
    *numbers = desk->answers;
    return desk->answers_count;
}

void trap_desk_answered(struct trap_desk *desk, size_t count)
{
    desk->answers_count -= count;
    memmove(desk->answers, desk->answers + count, desk->answers_count * sizeof *desk->answers);
}

void trap_desk_count(struct trap_desk *desk, const struct trap_counters *child)
{
    desk->child = *child;
}

void trap_desk_child_gone(struct trap_desk *desk)
{
    trap_counters_add(&desk->before, &desk->child);
    desk->child = (struct trap_counters){0};
    desk->answers_count = 0;
}

void trap_desk_counters(const struct trap_desk *desk, struct trap_counters *out)
{
    *out = desk->before;
    trap_counters_add(out, &desk->child);
}

const struct siphash_key *trap_desk_key(const struct trap_desk *desk)
{
    return &desk->key;
}
