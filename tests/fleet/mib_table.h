/* SPDX-License-Identifier: ISC */
/*
 * mib_table - which objects there are, which make has them, and what each says. Part of mib.c.
 */
#ifndef KT_FLEET_MIB_TABLE_H
#define KT_FLEET_MIB_TABLE_H

#include "tests/fleet/mib.h"

#define MIB_INTERFACES  4
#define MIB_OBJECTS_MAX 160
#define MIB_NAME_MAX    24 /* bytes of a name's content octets */

/* Sets of objects. */
enum mib_set {
    MIB_BASE = 1,
    MIB_ENGINE = 2,
    MIB_MIKROTIK = 4,
    MIB_AIRMAX = 8,
    MIB_EPMP = 16,
    MIB_MIMOSA = 32,
    MIB_UPS = 64
};

struct mib_profile {
    const char *name;
    const char *description;
    const char *object_id;
    unsigned sets;
};

struct mib_column;

struct mib_asked {
    const struct mib_device *device;
    const struct vitals *vitals;
    const struct mib_column *column;
    unsigned row;
};

struct mib_column {
    const char *name; /* without the row */
    enum mib_set set;
    uint8_t first, last; /* rows; a scalar has 0 */
    enum ber_tag tag;
    struct value (*value)(const struct mib_asked *asked);
    int32_t low;   /* of what wobbles: the least value */
    uint32_t span; /* and how many values; of what grows: the most in a second */
    int32_t scale; /* what stands on the wire for one */
};

extern const struct mib_column mib_columns[]; /* the last one has no name */
extern const struct mib_profile mib_profiles[];
extern const size_t mib_profile_count;
#endif
