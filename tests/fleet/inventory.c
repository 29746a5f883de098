/* SPDX-License-Identifier: ISC */
#include "tests/fleet/inventory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fleet/world.h"

#define CORE       "99.00"
#define PER_RELAY  20 /* villages behind one relay */
#define RELAY_TREE 25 /* relays behind one relay, so that a million sites are three steps deep */

enum file { SITES, DEVICES, PARTIES, CONTRACTS, FILES };

static const char *const names[FILES] = {"sites.csv", "devices.csv", "parties.csv",
                                         "contracts.csv"};
static const char *const headers[FILES] = {
    "code,name,kind,kecamatan,lat,lng,uplinks,feeder,service_hours\n",
    "site,name,address,port,snmp,credential,profile,role,reply_from,byte_budget_mb\n",
    "party,name,kind,language,parent\n",
    ("contract,party,sites,calendar,accept_minutes,restore_minutes,penalty_per_hour,penalty_cap,"
     "warranty_days,valid_from,valid_to\n"),
};

static void relay_code(size_t relay, char out[32])
{
    snprintf(out, 32, CORE ".%05zu", relay);
}

/* Relay 0 hangs on the core, like the first RELAY_TREE; the others on an earlier one. */
static void relay_uplink(size_t relay, char out[32])
{
    if (relay < RELAY_TREE)
        snprintf(out, 32, CORE);
    else
        relay_code(relay / RELAY_TREE - 1, out);
}

static void write_device(FILE *file, const char *code, size_t at, uint32_t first,
                         const struct inventory_plan *plan)
{
    static const char *const profiles[] = {"routeros", "routeros", "airos", "epmp", "mimosa"};
    uint32_t address = first + (uint32_t)at;

    fprintf(file, "%s,gw,%u.%u.%u.%u,%u,%s,%s,%s,gateway,,\n", code, address >> 24,
            address >> 16 & 255, address >> 8 & 255, address & 255, plan->port, plan->snmp,
            plan->credential, profiles[at % 5]);
}

static void write_sites(FILE *files[FILES], const struct inventory_plan *plan, uint32_t first)
{
    size_t relays = (plan->sites - 1 + PER_RELAY) / (PER_RELAY + 1);

    fprintf(files[SITES], CORE ",Pusat,core,,-7.40000,110.95000,,,\n");
    for (size_t i = 0; i + 1 < plan->sites; i++) {
        bool is_relay = i < relays;
        size_t relay = is_relay ? i : (i - relays) % relays;
        char code[32], uplink[64];
        double lat = -7.6 + (double)(i % 997) / 1661.7, lng = 110.7 + (double)(i % 991) / 1982.0;

        relay_code(relay, code);
        if (is_relay) {
            relay_uplink(relay, uplink);
        } else {
            snprintf(uplink, sizeof uplink, "%s", code);
            snprintf(code, sizeof code, CORE ".%05zu.%04zu", relay, 2001 + (i - relays) / relays);
            if (i % 20 == 0 && relays > 1) /* a second way, by the next relay */
                snprintf(uplink + strlen(uplink), sizeof uplink - strlen(uplink), " " CORE ".%05zu",
                         (relay + 1) % relays);
        }
        fprintf(files[SITES], "%s,%s %zu,%s,Kec %zu,%.5f,%.5f,%s,F-%03zu,07:30-16:00\n", code,
                is_relay ? "Menara" : "Desa", i, is_relay ? "relay" : "village", relay, lat, lng,
                uplink, relay % 500);
        write_device(files[DEVICES], code, i, first, plan);
    }
}

static void write_rest(FILE *files[FILES])
{
    fputs("dinas,Dinas (skala),team,id,\n"
          "pt-skala,PT Skala (demo),contractor,id,\n",
          files[PARTIES]);
    fputs("backbone,dinas," CORE ",,,,,,,,\n"
          "villages,pt-skala," CORE ".*,,,,,,,,\n",
          files[CONTRACTS]);
}

bool inventory_write(const char *dir, const struct inventory_plan *plan, struct err *err)
{
    FILE *files[FILES] = {NULL};
    uint32_t first, size;
    bool good = true;

    if (!world_net(plan->net, &first, &size, err))
        return false;
    if (plan->sites < 2 || plan->sites - 1 > size)
        return err_set(err, "%zu sites: from 2 to one more than the %u addresses of %s",
                       plan->sites, size, plan->net);
    if (mkdir(dir, 0755) < 0 && errno != EEXIST)
        return err_set(err, "%s: %s", dir, strerror(errno));
    for (size_t i = 0; i < FILES && good; i++) {
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        files[i] = fopen(path, "we");
        if (files[i] == NULL)
            good = err_set(err, "%s: %s", path, strerror(errno));
        else
            fputs(headers[i], files[i]);
    }
    if (good) {
        write_sites(files, plan, first);
        write_rest(files);
    }
    for (size_t i = 0; i < FILES; i++)
        if (files[i] != NULL && fclose(files[i]) != 0 && good)
            good = err_set(err, "%s/%s: %s", dir, names[i], strerror(errno));
    return good;
}
