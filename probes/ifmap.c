/* SPDX-License-Identifier: ISC */
#include "probes/ifmap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AGE_TICKS (INT64_C(3600) * 100)

/* Each entry is its index, the length of its name, and the name. */
struct ifmap {
    struct ifmap_mark mark;
    uint16_t count;
    uint32_t octets;
    uint8_t packed[];
};

#define ENTRY_HEAD (sizeof(uint32_t) + 1)

bool ifmap_next(const struct ifmap *map, size_t *at, struct ifmap_entry *entry)
{
    const uint8_t *here;
    size_t bytes;

    if (map == NULL || *at >= map->octets)
        return false;
    here = map->packed + *at;
    memcpy(&entry->index, here, sizeof entry->index);
    bytes = here[sizeof entry->index];
    memcpy(entry->name, here + ENTRY_HEAD, bytes);
    entry->name[bytes] = '\0';
    *at += ENTRY_HEAD + bytes;
    return true;
}

static bool is_taken(const struct ifmap *map, const char *name)
{
    uint32_t index;

    return ifmap_index(map, name, &index);
}

static void pack(struct ifmap *map, const struct ifmap_entry *entry)
{
    char name[IFMAP_NAME_MAX], suffix[12];
    uint8_t *at = map->packed + map->octets;
    size_t bytes;

    snprintf(name, sizeof name, "%.*s", IFMAP_NAME_MAX - 1, entry->name);
    if (name[0] == '\0' || is_taken(map, name)) {
        int tail = snprintf(suffix, sizeof suffix, "#%u", (unsigned)entry->index);

        snprintf(name, sizeof name, "%.*s%s", IFMAP_NAME_MAX - 1 - tail, entry->name, suffix);
    }
    bytes = strlen(name);
    memcpy(at, &entry->index, sizeof entry->index);
    at[sizeof entry->index] = (uint8_t)bytes;
    memcpy(at + ENTRY_HEAD, name, bytes);
    map->octets += (uint32_t)(ENTRY_HEAD + bytes);
    map->count++;
}

struct ifmap *ifmap_new(const struct ifmap_mark *mark, const struct ifmap_entry *entries,
                        size_t count)
{
    struct ifmap *map, *fitting;

    if (count > IFMAP_MOST)
        count = IFMAP_MOST;
    map = calloc(1, sizeof *map + count * (ENTRY_HEAD + IFMAP_NAME_MAX));
    if (map == NULL)
        abort();
    map->mark = *mark;
    for (size_t i = 0; i < count; i++)
        pack(map, &entries[i]);
    fitting = realloc(map, sizeof *map + map->octets);
    return fitting == NULL ? map : fitting;
}

void ifmap_free(struct ifmap *map)
{
    free(map);
}

static bool differs(int64_t before, int64_t now)
{
    return before >= 0 && now >= 0 && before != now;
}

bool ifmap_holds(const struct ifmap *map, const struct ifmap_mark *now)
{
    const struct ifmap_mark *before;

    if (map == NULL)
        return false;
    before = &map->mark;
    /* Without an uptime a boot cannot be seen. Its wrap after 497 days looks like one: so be it. */
    if (before->uptime_ticks < 0 || now->uptime_ticks < before->uptime_ticks)
        return false;
    return now->uptime_ticks - before->uptime_ticks < AGE_TICKS &&
           !differs(before->if_number, now->if_number) &&
           !differs(before->last_change, now->last_change);
}

size_t ifmap_count(const struct ifmap *map)
{
    return map == NULL ? 0 : map->count;
}

bool ifmap_name(const struct ifmap *map, uint32_t index, char out[IFMAP_NAME_MAX])
{
    struct ifmap_entry entry;
    size_t at = 0;

    while (ifmap_next(map, &at, &entry)) {
        if (entry.index != index)
            continue;
        memcpy(out, entry.name, sizeof entry.name);
        return true;
    }
    out[0] = '\0';
    return false;
}

bool ifmap_index(const struct ifmap *map, const char *name, uint32_t *index)
{
    struct ifmap_entry entry;
    size_t at = 0;

    while (ifmap_next(map, &at, &entry)) {
        if (strcmp(entry.name, name) != 0)
            continue;
        *index = entry.index;
        return true;
    }
    return false;
}
