/* SPDX-License-Identifier: ISC */
#include "probes/trap_replay.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 131072 /* a power of two; twice the room, so that a search is short */

_Static_assert(SLOTS >= 2 * TRAP_REPLAY_ROOM, "a table that fills up is slow");

/* Open addressing without removal: emptied whole. 0 is a free slot. */
struct table {
    uint64_t slots[SLOTS];
    size_t count;
};

struct trap_replay {
    struct table tables[2];
    size_t young; /* which of them takes what is new */
    struct mono turned_at;
};

struct trap_replay *trap_replay_new(struct mono now)
{
    struct trap_replay *replay = calloc(1, sizeof *replay);

    if (replay == NULL)
        abort();
    replay->turned_at = now;
    return replay;
}

void trap_replay_free(struct trap_replay *replay)
{
    free(replay);
}

static void turn(struct trap_replay *replay, struct mono now)
{
    int64_t age_ms = mono_diff_ms(now, replay->turned_at);

    if (age_ms < TRAP_REPLAY_KEPT_MS)
        return;
    replay->young ^= 1;
    memset(&replay->tables[replay->young], 0, sizeof replay->tables[0]);
    if (age_ms >= 2 * TRAP_REPLAY_KEPT_MS) /* nobody asked for so long that the other is old too */
        memset(&replay->tables[replay->young ^ 1], 0, sizeof replay->tables[0]);
    replay->turned_at = now;
}

/* Its slot, or the free one where it would be. */
static uint64_t *slot_of(struct table *table, uint64_t digest)
{
    size_t at = digest % SLOTS;

    while (table->slots[at] != 0 && table->slots[at] != digest)
        at = (at + 1) % SLOTS;
    return &table->slots[at];
}

static uint64_t entry_of(uint64_t digest)
{
    return digest == 0 ? 1 : digest;
}

bool trap_replay_knows(struct trap_replay *replay, uint64_t digest, struct mono now)
{
    uint64_t entry = entry_of(digest);

    turn(replay, now);
    return *slot_of(&replay->tables[0], entry) == entry ||
           *slot_of(&replay->tables[1], entry) == entry;
}

bool trap_replay_note(struct trap_replay *replay, uint64_t digest, struct mono now)
{
    struct table *table;

    turn(replay, now);
    table = &replay->tables[replay->young];
    if (table->count == TRAP_REPLAY_ROOM)
        return false;
    *slot_of(table, entry_of(digest)) = entry_of(digest);
    table->count++;
    return true;
}
