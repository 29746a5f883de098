/* SPDX-License-Identifier: ISC */
/*
 * ifmap - which interface a device means by a number.
 *
 * A router numbers its interfaces anew when it boots, when a card is put in, when a tunnel comes
 * up; what people and histories know is the name. A map is made whenever ifmap_holds() says that
 * the last one need not be right any more, and does not change after that. Pure; a router of five
 * interfaces costs some hundred octets. Owner: whoever called ifmap_new().
 */
#ifndef KT_IFMAP_H
#define KT_IFMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IFMAP_NAME_MAX 32  /* with the NUL; a longer name is cut */
#define IFMAP_MOST     256 /* interfaces; those behind are not known by name */

/* What a device says from which a new numbering shows; -1: it does not say. [RFC 2863] */
struct ifmap_mark {
    int64_t uptime_ticks; /* sysUpTime.0 */
    int64_t if_number;    /* ifNumber.0 */
    int64_t last_change;  /* ifTableLastChange.0 */
};

struct ifmap_entry {
    uint32_t index; /* ifIndex */
    char name[IFMAP_NAME_MAX];
};

struct ifmap;

/* In any order. A name that several have goes to the first; the others get "#index" behind it. */
struct ifmap *ifmap_new(const struct ifmap_mark *mark, const struct ifmap_entry *entries,
                        size_t count);
void ifmap_free(struct ifmap *map); /* NULL allowed */

/* False: the device has booted since, its interfaces are others, or it is an hour ago: names are
 * changed by people as well. NULL never holds. */
bool ifmap_holds(const struct ifmap *map, const struct ifmap_mark *now);
size_t ifmap_count(const struct ifmap *map); /* NULL: 0 */
/* The entries one by one; *at begins as 0. False: there is none left. */
bool ifmap_next(const struct ifmap *map, size_t *at, struct ifmap_entry *entry);
/* False: no such interface; out is "". NULL knows none. */
bool ifmap_name(const struct ifmap *map, uint32_t index, char out[IFMAP_NAME_MAX]);
bool ifmap_index(const struct ifmap *map, const char *name, uint32_t *index);
#endif
