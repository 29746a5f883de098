/* SPDX-License-Identifier: ISC */
/*
 * marks - a set of sites, by number, in the order in which they came in.
 *
 * Pure. What a flow has still to do with some of a million sites, so that it looks at those and not
 * at all. A site is in it once; each operation costs the same however many there are. marks_free()
 * empties it; zero is empty and of no site.
 */
#ifndef KT_MARKS_H
#define KT_MARKS_H

#include <stdbool.h>
#include <stddef.h>

struct marks {
    size_t *ring;
    size_t first;
    size_t count;
    size_t room; /* 0 or a power of two */
    bool *in;
    size_t sites;
};

/* Empty, for sites 0 … sites - 1. */
void marks_reset(struct marks *marks, size_t sites);
void marks_free(struct marks *marks);
void marks_add(struct marks *marks, size_t site); /* at the end; where it is in already: nothing */
/* The one that came first is out. False: there is none. */
bool marks_pop(struct marks *marks, size_t *site);
#endif
