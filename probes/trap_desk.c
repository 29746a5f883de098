/* SPDX-License-Identifier: ISC */
#include "probes/trap_desk.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"
#include "probes/trap_gate.h"
#include "probes/trap_replay.h"

/* SNMPv3 traps that are tried, of all senders together. */
#define TRIES_GAP_US (US_PER_S / 50)
#define TRIES_BURST  200

struct place {
    uint64_t host; /* hash of the address */
    uint64_t community;
    uint32_t id;
    uint32_t credential; /* 0: it has neither a community nor a user */
    bool user;           /* of SNMPv3; then the community means nothing */
};

struct word {
    uint32_t credential;
    uint64_t community;
    bool user;
};

struct words {
    struct word *at;
    size_t count;
    size_t room;
};

struct places {
    struct place *at; /* by host, once committed */
    size_t count;
    size_t room;
};

struct last {
    uint32_t id;
    struct trap_heard heard[TRAP_HEARD_MOST]; /* oldest first */
    size_t count;
    UT_hash_handle hh;
};

struct trap_desk {
    struct siphash_key key;
    trap_name_fn *name;
    void *arg;
    struct places now;
    struct places next;
    struct words words; /* of next; a commit needs them, nothing after it */
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
    free(desk->now.at);
    free(desk->next.at);
    free(desk->words.at);
    explicit_bzero(desk, sizeof *desk);
    free(desk);
}

void trap_desk_begin(struct trap_desk *desk)
{
    desk->next.count = 0;
    desk->words.count = 0;
}

static void word_add(struct trap_desk *desk, const struct word *word)
{
    struct words *words = &desk->words;

    if (words->count == words->room) {
        words->room = words->room == 0 ? 16 : words->room * 2;
        words->at = reallocarray(words->at, words->room, sizeof *words->at);
        if (words->at == NULL)
            abort();
    }
    words->at[words->count++] = *word;
}

void trap_desk_credential(struct trap_desk *desk, uint32_t id, const char *community)
{
    size_t bytes = strlen(community);

    if (bytes > 0)
        word_add(desk, &(struct word){id, trap_community(&desk->key, community, bytes), false});
}

void trap_desk_user(struct trap_desk *desk, uint32_t id)
{
    word_add(desk, &(struct word){.credential = id, .user = true});
}

static uint64_t host_hash(const struct trap_desk *desk, const struct trap_host *host)
{
    return siphash(&desk->key, host->at, host->bytes);
}

void trap_desk_device(struct trap_desk *desk, uint32_t id, const struct sockaddr *address,
                      uint32_t credential)
{
    struct places *next = &desk->next;
    struct trap_host host = trap_host_of(address);

    if (next->count == next->room) {
        next->room = next->room == 0 ? 64 : next->room * 2;
        next->at = reallocarray(next->at, next->room, sizeof *next->at);
        if (next->at == NULL)
            abort();
    }
    next->at[next->count++] =
        (struct place){.host = host_hash(desk, &host), .id = id, .credential = credential};
}

static int by_host(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->host != y->host)
        return x->host < y->host ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static int by_credential(const void *a, const void *b)
{
    uint32_t x = ((const struct word *)a)->credential, y = ((const struct word *)b)->credential;

    return (x > y) - (x < y);
}

static void resolve(struct places *places, struct words *words)
{
    if (words->count > 0)
        qsort(words->at, words->count, sizeof *words->at, by_credential);
    for (size_t i = 0; i < places->count; i++) {
        struct place *place = &places->at[i];
        struct word wanted = {.credential = place->credential};
        const struct word *word = words->count == 0 ? NULL
                                                    : bsearch(&wanted, words->at, words->count,
                                                              sizeof *words->at, by_credential);

        place->credential = word == NULL ? 0 : place->credential;
        place->community = word == NULL ? 0 : word->community;
        place->user = word != NULL && word->user;
    }
}

/* Hints of devices that are gone would pile up. */
static void forget_gone(struct trap_desk *desk)
{
    uint32_t *ids = calloc(desk->now.count + 1, sizeof *ids);
    struct last *last, *next;

    if (ids == NULL)
        abort();
    for (size_t i = 0; i < desk->now.count; i++)
        ids[i] = desk->now.at[i].id;
    qsort(ids, desk->now.count, sizeof *ids, by_id);
    HASH_ITER(hh, desk->lasts, last, next)
    {
        if (bsearch(&last->id, ids, desk->now.count, sizeof *ids, by_id) == NULL)
            last_free(desk, last);
    }
    free(ids);
}

void trap_desk_commit(struct trap_desk *desk)
{
    struct places old = desk->now;

    desk->now = desk->next;
    desk->next = old;
    desk->next.count = 0;
    resolve(&desk->now, &desk->words);
    if (desk->now.count > 0)
        qsort(desk->now.at, desk->now.count, sizeof *desk->now.at, by_host);
    if (desk->lasts != NULL)
        forget_gone(desk);
}

/* The first place of that host, count when there is none. */
static size_t places_find(const struct places *places, uint64_t host)
{
    size_t least = 0, end = places->count;

    while (least < end) {
        size_t middle = least + (end - least) / 2;

        if (places->at[middle].host < host)
            least = middle + 1;
        else
            end = middle;
    }
    return least < places->count && places->at[least].host == host ? least : places->count;
}

/* Who it may be from: the devices at that address with that community. */
static enum trap_verdict senders(const struct trap_desk *desk, const struct trap_report *report,
                                 struct trap_hint *hint)
{
    const struct places *places = &desk->now;
    uint64_t host = host_hash(desk, &report->host);
    size_t at = places_find(places, host);

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
    const struct places *places = &desk->now;
    uint64_t hash = host_hash(desk, host);
    size_t at = places_find(places, hash), count = 0;

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
