/* SPDX-License-Identifier: ISC */
/*
 * mib - the objects that a demo device has, and what they say now.
 *
 * A profile is a make: the system and interfaces groups (RFC 3418, RFC 2863), snmpEngine (RFC
 * 3411), and the few radio, power or health objects of that make which kentongand reads. Values
 * follow from the device's seed and from how long it has been up: two askers in one moment see one
 * device, counters only grow, and a reboot sets them back. Holds no state but the tables, reads no
 * clock.
 */
#ifndef KT_FLEET_MIB_H
#define KT_FLEET_MIB_H

#include "tests/fleet/message.h"

struct mib_profile;

struct vitals {
    int64_t uptime_us;
    uint32_t boots;
};

/* What the objects are about. Texts are borrowed. */
struct mib_device {
    const struct mib_profile *profile;
    const char *name; /* sysName is "NAME-CODE" */
    const char *code;
    const char *site; /* sysLocation is "SITE, KECAMATAN" */
    const char *kecamatan;
    const uint8_t *engine; /* snmpEngineID */
    size_t engine_bytes;
    uint32_t seed;
    uint8_t fade_db; /* less is heard by its radio */
    bool v1_only;    /* without snmpEngine, as old radios are */
};

/* The make that the inventory's profile names; an unknown name gives a plain Linux box. */
const struct mib_profile *mib_profile(const char *name);
/* Profiles count from 0, so that a device can keep a small number; the one at 0 is the Linux box.
 */
size_t mib_profile_index(const struct mib_profile *profile);
const struct mib_profile *mib_profile_at(size_t index);

/* Fill in bind->value, and for a step of a walk its name. What is behind value.bytes is good until
 * the next request is answered. v1 has no 64-bit counters. */
void mib_get(const struct mib_device *device, const struct vitals *vitals, bool v1,
             struct bind *bind);
void mib_next(const struct mib_device *device, const struct vitals *vitals, bool v1,
              struct bind *bind);
#endif
