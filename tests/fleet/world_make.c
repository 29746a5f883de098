/* SPDX-License-Identifier: ISC */
/* A world of nothing but a number and a net; see world.h. */
#include "tests/fleet/world.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/text.h"

bool world_net(const char *text, uint32_t *first, uint32_t *count, struct err *err)
{
    char address[64];
    const char *slash = strchr(text, '/');
    int64_t bits = 32;
    struct in_addr in;

    snprintf(address, sizeof address, "%.*s", (int)strcspn(text, "/"), text);
    if (inet_pton(AF_INET, address, &in) != 1 || ntohl(in.s_addr) >> 24 != 127 ||
        (slash != NULL && !text_i64(slash + 1, 8, 32, &bits)))
        return err_set(err, "'%s' is no net inside 127.0.0.0/8, such as 127.1.0.0/16", text);
    *count = UINT32_C(1) << (32 - bits);
    *first = ntohl(in.s_addr) & ~(*count - 1);
    return true;
}

bool world_make(struct world *world, const struct world_plan *plan, struct mono now,
                struct err *err)
{
    uint32_t first, size, name, empty;

    *world = (struct world){.dice = (uint64_t)now.us};
    if (!world_net(plan->net, &first, &size, err))
        return false;
    if (plan->count == 0 || plan->count > 16 * 1000 * 1000 ||
        plan->port + (plan->count - 1) / size > UINT16_MAX)
        return err_set(err, "%zu devices: from 1 to 16 million, on ports up to 65535", plan->count);
    world->sites = calloc(plan->count, sizeof *world->sites);
    world->devices = calloc(plan->count, sizeof *world->devices);
    if (world->sites == NULL || world->devices == NULL)
        abort();
    name = world_add_word(world, "gw");
    empty = world_add_word(world, "demo");
    for (size_t i = 0; i < plan->count; i++) {
        struct site *site = &world->sites[i];
        char code[32];

        snprintf(code, sizeof code, "d%07zu", i);
        site->code = site->name = world_add_word(world, code);
        site->kecamatan = empty;
        site->has_device = true;
        world_site_born(site, code, now);
        world->devices[i] = (struct device){.address = first + (uint32_t)(i % size),
                                            .port = (uint16_t)(plan->port + i / size),
                                            .site = (uint32_t)i,
                                            .name = name,
                                            .profile = (uint8_t)mib_profile_index(plan->profile),
                                            .speaks = (uint8_t)plan->speaks};
    }
    world->site_count = world->device_count = plan->count;
    world_settle(world);
    return true;
}
