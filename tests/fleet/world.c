/* SPDX-License-Identifier: ISC */
#include "tests/fleet/world.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/text.h"

#define DAY_US (INT64_C(86400) * US_PER_S)

const char *world_word(const struct world *world, uint32_t place)
{
    return world->words + place;
}

uint32_t world_add_word(struct world *world, const char *word)
{
    size_t bytes = strlen(word) + 1;
    size_t place = world->words_bytes;

    if (place + bytes > world->words_room) {
        world->words_room = (place + bytes) * 2 + 4096;
        world->words = realloc(world->words, world->words_room);
        if (world->words == NULL || world->words_room > UINT32_MAX)
            abort();
    }
    memcpy(world->words + place, word, bytes);
    world->words_bytes += bytes;
    return (uint32_t)place;
}

struct site *world_site(const struct world *world, const char *code)
{
    size_t least = 0, end = world->site_count;

    while (least < end) {
        size_t middle = least + (end - least) / 2;
        int differ = strcmp(world_word(world, world->sites[middle].code), code);

        if (differ == 0)
            return &world->sites[middle];
        if (differ < 0)
            least = middle + 1;
        else
            end = middle;
    }
    return NULL;
}

/* FNV-1a */
static uint64_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return hash;
}

void world_site_born(struct site *site, const char *code, struct mono now)
{
    uint64_t hash = hash_of(code);

    site->boots = 1 + (uint32_t)(hash % 40);
    site->booted_at.us = now.us - DAY_US - (int64_t)((hash >> 16) % (uint64_t)(90 * DAY_US));
}

static bool is_up(const struct site *site)
{
    return !site->cut && !site->off;
}

/* True when something changed; then the sites behind this one need another look. */
static bool site_settle(struct world *world, size_t at)
{
    struct site *site = &world->sites[at];

    if (site->heard || !is_up(site))
        return false;
    for (size_t i = 0; i < site->uplink_count; i++)
        if (world->sites[world->uplinks[site->uplinks + i]].heard)
            site->heard = true;
    if (site->uplink_count == 0)
        site->heard = true;
    return site->heard;
}

/* The site to name as the reason: the nearest one upwards, by first uplinks, that is cut or off. */
static uint32_t fault_of(const struct world *world, uint32_t at)
{
    for (size_t hops = 0; hops < world->site_count; hops++) {
        const struct site *site = &world->sites[at];

        if (!is_up(site) || site->uplink_count == 0)
            return at;
        at = world->uplinks[site->uplinks];
    }
    return at; /* the uplinks go in a circle: nobody there is heard */
}

/* Waves from the cores, as many as the tree is deep. */
void world_settle(struct world *world)
{
    bool again = true;

    for (size_t i = 0; i < world->site_count; i++)
        world->sites[i].heard = false;
    while (again) {
        again = false;
        for (size_t i = 0; i < world->site_count; i++)
            if (site_settle(world, i))
                again = true;
    }
    for (size_t i = 0; i < world->site_count; i++)
        world->sites[i].fault_site =
            world->sites[i].heard ? (uint32_t)i : fault_of(world, (uint32_t)i);
}

static void put_u32(uint8_t *out, uint32_t number)
{
    for (size_t i = 0; i < 4; i++)
        out[i] = (uint8_t)(number >> (24 - 8 * i));
}

/* RFC 3411 SnmpEngineID: an enterprise's, of the form 5 (octets). */
static void engine_id(const struct device *device, uint8_t out[ENGINE_BYTES])
{
    static const uint8_t head[5] = {0x80, 0, 0x3a, 0x8c, 5};
    bool own = device->engine == 0;

    memcpy(out, head, sizeof head);
    put_u32(out + 5, own ? device->address : device->engine);
    out[9] = own ? (uint8_t)(device->port >> 8) : 0;
    out[10] = own ? (uint8_t)device->port : 0;
}

void world_agent(const struct world *world, const struct device *device,
                 uint8_t engine[ENGINE_BYTES], struct agent *agent)
{
    const struct site *site = &world->sites[device->site];

    engine_id(device, engine);
    agent->mib = (struct mib_device){
        .profile = mib_profile_at(device->profile),
        .name = world_word(world, device->name),
        .code = world_word(world, site->code),
        .site = world_word(world, site->name),
        .kecamatan = world_word(world, site->kecamatan),
        .engine = engine,
        .engine_bytes = ENGINE_BYTES,
        .seed = device->address * UINT32_C(2654435761) + device->port,
        .fade_db = site->fade_db,
        .v1_only = device->speaks == AGENT_V1,
    };
    agent->speaks = device->speaks;
    agent->usm = world->usm;
}

bool world_hears(const struct world *world, const struct device *device)
{
    return world->sites[device->site].heard;
}

/* splitmix64: enough for losing packets, and a run repeats when its commands do. */
static uint64_t throw(struct world * world)
{
    uint64_t z = world->dice += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

bool world_loses(struct world *world, const struct device *device)
{
    uint8_t percent = world->sites[device->site].loss_percent;

    return percent > 0 && throw(world) % 100 < percent;
}

unsigned world_forgeries(struct world *world, const struct device *device)
{
    const struct site *site = &world->sites[device->site];

    if (site->forge == 0 || site->forged_percent == 0)
        return 0;
    return site->forged_percent / 100U + (throw(world) % 100 < site->forged_percent % 100U);
}

enum forge world_forge(struct world *world, const struct device *device)
{
    unsigned set = world->sites[device->site].forge;
    unsigned nth = (unsigned)(throw(world) % (unsigned)__builtin_popcount(set));

    for (; nth > 0; nth--)
        set &= set - 1;
    return (enum forge)__builtin_ctz(set);
}

struct vitals world_vitals(const struct world *world, const struct device *device, struct mono now)
{
    const struct site *site = &world->sites[device->site];

    return (struct vitals){.uptime_us = now.us - site->booted_at.us, .boots = site->boots};
}

void world_free(struct world *world)
{
    free(world->words);
    free(world->sites);
    free(world->uplinks);
    free(world->devices);
    *world = (struct world){0};
}
