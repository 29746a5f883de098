/* SPDX-License-Identifier: ISC */
/*
 * hops - which radio hop of the core the traffic of each site goes over.
 *
 * The hop next to the core carries the whole subtree behind it, so what keeps to its pace keeps to
 * the pace of every hop below. A site with several uplinks is counted by its first. Pure.
 */
#ifndef KT_HOPS_H
#define KT_HOPS_H

#include <stdbool.h>
#include <stdint.h>

struct hops;

struct hops *hops_new(void);
void hops_free(struct hops *hops); /* NULL allowed */
/* uplinks: codes, blank-separated; each site once, in any order. */
void hops_add(struct hops *hops, const char *code, const char *uplinks, bool is_core);
/*
 * The number of the site below the core that this one hangs behind (itself, when it is that one),
 * 1 or more; 0 for the core, and for a site whose first uplinks lead to none.
 */
uint32_t hops_of(const struct hops *hops, const char *code);
#endif
