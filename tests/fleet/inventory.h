/* SPDX-License-Identifier: ISC */
/*
 * inventory - writes the CSV files of a large district, for tests of scale.
 *
 * A core, relays in at most three steps, up to 20 villages behind each, some with a second uplink;
 * a gateway at each relay and village. The same arguments give the same files.
 */
#ifndef KT_FLEET_INVENTORY_H
#define KT_FLEET_INVENTORY_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/base/err.h"

struct inventory_plan {
    size_t sites;    /* with the core */
    const char *net; /* 127.64.0.0/10 */
    uint16_t port;
    const char *snmp; /* 1, 2c or 3 */
    const char *credential;
};

/* sites.csv, devices.csv, parties.csv and contracts.csv into dir, which is made. */
KT_MUST_CHECK bool inventory_write(const char *dir, const struct inventory_plan *plan,
                                   struct err *err);
#endif
