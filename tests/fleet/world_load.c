/* SPDX-License-Identifier: ISC */
#include "tests/fleet/world.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fleet/table.h"

#define DAY_US (INT64_C(86400) * US_PER_S)

static int site_by_code(const void *a, const void *b)
{
    return strcmp(((const struct site *)a)->code, ((const struct site *)b)->code);
}

/* Port before address: the devices of one socket lie together. */
static int device_by_address(const void *a, const void *b)
{
    const struct sockaddr_in *one = &((const struct device *)a)->address;
    const struct sockaddr_in *two = &((const struct device *)b)->address;
    uint64_t x = (uint64_t)ntohs(one->sin_port) << 32 | ntohl(one->sin_addr.s_addr);
    uint64_t y = (uint64_t)ntohs(two->sin_port) << 32 | ntohl(two->sin_addr.s_addr);

    return (x > y) - (x < y);
}

/* FNV-1a: what differs from site to site but not from run to run. */
static uint64_t hash_of(const char *text)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return hash;
}

static bool load_site(struct site *site, const struct table *table, size_t row, struct mono now,
                      struct err *err)
{
    uint64_t hash;

    if (!text_copy(site->code, sizeof site->code, table_cell(table, row, "code")) ||
        site->code[0] == '\0')
        return err_set(err, "sites.csv: row %zu: a site needs a code of 1 to %d bytes", row + 1,
                       SITE_CODE_MAX - 1);
    if (!text_copy(site->name, sizeof site->name, table_cell(table, row, "name")) ||
        !text_copy(site->kecamatan, sizeof site->kecamatan, table_cell(table, row, "kecamatan")))
        return err_set(err, "sites.csv: %s: name and kecamatan are at most %zu bytes of UTF-8",
                       site->code, sizeof site->name - 1);
    hash = hash_of(site->code);
    site->boots = 1 + (uint32_t)(hash % 40);
    site->booted_at.us = now.us - DAY_US - (int64_t)((hash >> 16) % (uint64_t)(90 * DAY_US));
    return true;
}

static bool load_uplinks(struct world *world, const struct table *table, size_t row,
                         struct err *err)
{
    struct site *site = world_site(world, table_cell(table, row, "code"));
    char list[SITE_CODE_MAX * SITE_UPLINKS_MAX];
    char *rest = list;
    char *code;

    if (!text_copy(list, sizeof list, table_cell(table, row, "uplinks")))
        return err_set(err, "sites.csv: %s: too many uplinks", site->code);
    while ((code = strsep(&rest, " ")) != NULL) {
        const struct site *parent;

        if (*code == '\0')
            continue;
        parent = world_site(world, code);
        if (parent == NULL)
            return err_set(err, "sites.csv: %s: its uplink %s is not in the file", site->code,
                           code);
        if (site->uplink_count == SITE_UPLINKS_MAX)
            return err_set(err, "sites.csv: %s: more than %d uplinks", site->code,
                           SITE_UPLINKS_MAX);
        site->uplinks[site->uplink_count++] = (size_t)(parent - world->sites);
    }
    return true;
}

static bool load_sites(struct world *world, const struct table *table, struct mono now,
                       struct err *err)
{
    world->site_count = table->rows > 0 ? table->rows - 1 : 0;
    world->sites = calloc(world->site_count + 1, sizeof *world->sites);
    if (world->sites == NULL)
        abort();
    for (size_t i = 0; i < world->site_count; i++)
        if (!load_site(&world->sites[i], table, i + 1, now, err))
            return false;
    qsort(world->sites, world->site_count, sizeof *world->sites, site_by_code);
    for (size_t i = 1; i < world->site_count; i++)
        if (strcmp(world->sites[i - 1].code, world->sites[i].code) == 0)
            return err_set(err, "sites.csv: %s stands there twice", world->sites[i].code);
    for (size_t i = 0; i < world->site_count; i++)
        if (!load_uplinks(world, table, i + 1, err))
            return false;
    return true;
}

/* Only the machine's own loopback net: the fleet must never speak on a real network. */
static bool load_address(struct sockaddr_in *address, const char *code, const char *text,
                         const char *port_text, struct err *err)
{
    int64_t port;

    *address = (struct sockaddr_in){.sin_family = AF_INET};
    if (inet_pton(AF_INET, text, &address->sin_addr) != 1 ||
        ntohl(address->sin_addr.s_addr) >> 24 != 127)
        return err_set(err,
                       "devices.csv: %s: address '%s' is not inside 127.0.0.0/8; the fleet speaks "
                       "on this machine only",
                       code, text);
    if (!text_i64(*port_text == '\0' ? "161" : port_text, 1, 65535, &port))
        return err_set(err, "devices.csv: %s: port '%s' is not a number from 1 to 65535", code,
                       port_text);
    address->sin_port = htons((uint16_t)port);
    return true;
}

static bool load_device(const struct world *world, struct device *device, const struct table *table,
                        size_t row, struct err *err)
{
    const struct site *site = world_site(world, table_cell(table, row, "site"));

    if (site == NULL)
        return err_set(err, "devices.csv: row %zu: site '%s' is not in sites.csv", row + 1,
                       table_cell(table, row, "site"));
    device->site = (size_t)(site - world->sites);
    device->agent.profile = agent_profile_find(table_cell(table, row, "profile"));
    device->agent.v1_only = strcmp(table_cell(table, row, "snmp"), "1") == 0;
    snprintf(device->agent.name, sizeof device->agent.name, "%.63s-%s",
             table_cell(table, row, "name"), site->code);
    snprintf(device->agent.location, sizeof device->agent.location, "%.127s, %.95s", site->name,
             site->kecamatan);
    return load_address(&device->address, site->code, table_cell(table, row, "address"),
                        table_cell(table, row, "port"), err);
}

static bool load_devices(struct world *world, const struct table *table, struct err *err)
{
    size_t rows = table->rows > 0 ? table->rows - 1 : 0;

    world->devices = calloc(rows + 1, sizeof *world->devices);
    if (world->devices == NULL)
        abort();
    for (size_t i = 1; i <= rows; i++) {
        if (strcmp(table_cell(table, i, "snmp"), "none") == 0)
            continue; /* asked by ping, which the kernel answers on 127/8 whatever we do */
        if (!load_device(world, &world->devices[world->device_count], table, i, err))
            return false;
        world->device_count++;
    }
    qsort(world->devices, world->device_count, sizeof *world->devices, device_by_address);
    for (size_t i = 1; i < world->device_count; i++)
        if (device_by_address(&world->devices[i - 1], &world->devices[i]) == 0)
            return err_set(err, "devices.csv: %s and %s have one address and port",
                           world->sites[world->devices[i - 1].site].code,
                           world->sites[world->devices[i].site].code);
    return true;
}

bool world_load(struct world *world, const char *dir, struct mono now, struct err *err)
{
    struct table sites = {0};
    struct table devices = {0};
    char path[4096];
    bool loaded;

    *world = (struct world){.dice = (uint64_t)now.us};
    snprintf(path, sizeof path, "%s/sites.csv", dir);
    loaded = table_read(&sites, path, err) && load_sites(world, &sites, now, err);
    snprintf(path, sizeof path, "%s/devices.csv", dir);
    loaded = loaded && table_read(&devices, path, err) && load_devices(world, &devices, err);
    table_free(&sites);
    table_free(&devices);
    if (loaded)
        world_settle(world);
    else
        world_free(world);
    return loaded;
}

const struct device *world_find(const struct world *world, const struct sockaddr_in *address)
{
    struct device key = {.address = *address};

    return bsearch(&key, world->devices, world->device_count, sizeof key, device_by_address);
}

void world_free(struct world *world)
{
    free(world->sites);
    free(world->devices);
    *world = (struct world){0};
}
