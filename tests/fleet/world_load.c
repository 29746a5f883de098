/* SPDX-License-Identifier: ISC */
#include "tests/fleet/world.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/text.h"
#include "tests/fleet/table.h"

#define SITE_UPLINKS_MAX 8

static int site_by_code(const void *a, const void *b, void *arg)
{
    const struct site *one = a, *two = b;

    return strcmp(world_word(arg, one->code), world_word(arg, two->code));
}

/* Port before address: the devices of one socket lie together. */
static int device_by_address(const void *a, const void *b)
{
    const struct device *one = a, *two = b;
    uint64_t x = (uint64_t)one->port << 32 | one->address;
    uint64_t y = (uint64_t)two->port << 32 | two->address;

    return (x > y) - (x < y);
}

/* A text of the file's cell; many rows in turn say the same. */
static bool load_word(struct world *world, const char *text, size_t most, uint32_t *last,
                      uint32_t *place)
{
    char copy[128];

    if (!text_copy(copy, most < sizeof copy ? most : sizeof copy, text))
        return false;
    if (*last == 0 || strcmp(world_word(world, *last), copy) != 0)
        *last = world_add_word(world, copy);
    *place = *last;
    return true;
}

static bool load_site(struct world *world, struct site *site, const struct table *table, size_t row,
                      uint32_t *kecamatan, struct err *err)
{
    uint32_t none = 0;
    const char *code = table_cell(table, row, "code");

    if (code[0] == '\0' || !load_word(world, code, SITE_CODE_MAX, &none, &site->code))
        return err_set(err, "sites.csv: row %zu: a site needs a code of 1 to %d bytes", row + 1,
                       SITE_CODE_MAX - 1);
    none = 0;
    if (!load_word(world, table_cell(table, row, "name"), 128, &none, &site->name) ||
        !load_word(world, table_cell(table, row, "kecamatan"), 96, kecamatan, &site->kecamatan))
        return err_set(err, "sites.csv: %s: name and kecamatan are at most 127 bytes of UTF-8",
                       code);
    return true;
}

static void add_uplink(struct world *world, uint32_t site)
{
    if (world->uplink_count == world->uplink_room) {
        world->uplink_room = world->uplink_room * 2 + 256;
        world->uplinks = realloc(world->uplinks, world->uplink_room * sizeof *world->uplinks);
        if (world->uplinks == NULL)
            abort();
    }
    world->uplinks[world->uplink_count++] = site;
}

static bool load_uplinks(struct world *world, const struct table *table, size_t row,
                         struct err *err)
{
    struct site *site = world_site(world, table_cell(table, row, "code"));
    const char *own = table_cell(table, row, "code");
    char list[SITE_CODE_MAX * SITE_UPLINKS_MAX];
    char *rest = list;
    char *code;

    if (!text_copy(list, sizeof list, table_cell(table, row, "uplinks")))
        return err_set(err, "sites.csv: %s: too many uplinks", own);
    site->uplinks = (uint32_t)world->uplink_count;
    while ((code = strsep(&rest, " ")) != NULL) {
        const struct site *parent;

        if (*code == '\0')
            continue;
        parent = world_site(world, code);
        if (parent == NULL)
            return err_set(err, "sites.csv: %s: its uplink %s is not in the file", own, code);
        if (site->uplink_count == SITE_UPLINKS_MAX)
            return err_set(err, "sites.csv: %s: more than %d uplinks", own, SITE_UPLINKS_MAX);
        add_uplink(world, (uint32_t)(parent - world->sites));
        site->uplink_count++;
    }
    return true;
}

static bool load_sites(struct world *world, const struct table *table, struct mono now,
                       struct err *err)
{
    uint32_t kecamatan = 0; /* the last one's */

    world->site_count = table->rows > 0 ? table->rows - 1 : 0;
    world->sites = calloc(world->site_count + 1, sizeof *world->sites);
    if (world->sites == NULL)
        abort();
    for (size_t i = 0; i < world->site_count; i++)
        if (!load_site(world, &world->sites[i], table, i + 1, &kecamatan, err))
            return false;
    for (size_t i = 0; i < world->site_count; i++)
        world_site_born(&world->sites[i], world_word(world, world->sites[i].code), now);
    qsort_r(world->sites, world->site_count, sizeof *world->sites, site_by_code, world);
    for (size_t i = 1; i < world->site_count; i++)
        if (site_by_code(&world->sites[i - 1], &world->sites[i], world) == 0)
            return err_set(err, "sites.csv: %s stands there twice",
                           world_word(world, world->sites[i].code));
    for (size_t i = 0; i < world->site_count; i++)
        if (!load_uplinks(world, table, i + 1, err))
            return false;
    return true;
}

/* Only the machine's own loopback net: the fleet must never speak on a real network. */
static bool load_address(struct device *device, const char *code, const char *text,
                         const char *port_text, struct err *err)
{
    struct in_addr address;
    int64_t port;

    if (inet_pton(AF_INET, text, &address) != 1 || ntohl(address.s_addr) >> 24 != 127)
        return err_set(err,
                       "devices.csv: %s: address '%s' is not inside 127.0.0.0/8; the fleet speaks "
                       "on this machine only",
                       code, text);
    if (!text_i64(*port_text == '\0' ? "161" : port_text, 1, 65535, &port))
        return err_set(err, "devices.csv: %s: port '%s' is not a number from 1 to 65535", code,
                       port_text);
    device->address = ntohl(address.s_addr);
    device->port = (uint16_t)port;
    return true;
}

/* What an inventory calls 2c answers to v1 as well, as such agents do. */
static unsigned speaks_of(const char *snmp)
{
    if (strcmp(snmp, "1") == 0)
        return AGENT_V1;
    return strcmp(snmp, "3") == 0 ? AGENT_V3 : AGENT_V1 | AGENT_V2C;
}

static bool load_device(struct world *world, struct device *device, const struct table *table,
                        size_t row, uint32_t *name, struct err *err)
{
    const char *code = table_cell(table, row, "site");
    struct site *site = world_site(world, code);

    if (site == NULL)
        return err_set(err, "devices.csv: row %zu: site '%s' is not in sites.csv", row + 1, code);
    if (!load_word(world, table_cell(table, row, "name"), 64, name, &device->name))
        return err_set(err, "devices.csv: %s: a device's name is at most 63 bytes of UTF-8", code);
    site->has_device = true;
    device->site = (uint32_t)(site - world->sites);
    device->profile = (uint8_t)mib_profile_index(mib_profile(table_cell(table, row, "profile")));
    device->speaks = (uint8_t)speaks_of(table_cell(table, row, "snmp"));
    return load_address(device, code, table_cell(table, row, "address"),
                        table_cell(table, row, "port"), err);
}

static bool load_devices(struct world *world, const struct table *table, struct err *err)
{
    size_t rows = table->rows > 0 ? table->rows - 1 : 0;
    uint32_t name = 0; /* the last one's */

    world->devices = calloc(rows + 1, sizeof *world->devices);
    if (world->devices == NULL)
        abort();
    for (size_t i = 1; i <= rows; i++) {
        if (strcmp(table_cell(table, i, "snmp"), "none") == 0)
            continue; /* asked by ping, which the kernel answers on 127/8 whatever we do */
        if (!load_device(world, &world->devices[world->device_count], table, i, &name, err))
            return false;
        world->device_count++;
    }
    qsort(world->devices, world->device_count, sizeof *world->devices, device_by_address);
    for (size_t i = 1; i < world->device_count; i++)
        if (device_by_address(&world->devices[i - 1], &world->devices[i]) == 0)
            return err_set(err, "devices.csv: %s and %s have one address and port",
                           world_word(world, world->sites[world->devices[i - 1].site].code),
                           world_word(world, world->sites[world->devices[i].site].code));
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
