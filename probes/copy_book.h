/* SPDX-License-Identifier: ISC */
/*
 * copy_book - the devices of one plan as the parent keeps them for its child, by id.
 *
 * Part of probes/plan_copy.c. Filled, then put in order, then asked; in blocks, so that neither
 * filling nor forgetting a million of them is one long call. Pure; zero is empty.
 */
#ifndef KT_COPY_BOOK_H
#define KT_COPY_BOOK_H

#include "probes/order.h"
#include "probes/plan.h"

#define COPY_BLOCK 256

struct copy_entry {
    struct plan_device device; /* with the state that a new child would begin with */
    bool heard;                /* a child spoke of it: its word goes before the caller's */
    bool learned;              /* as heard, of what was learned */
    bool asked;                /* not answered yet */
    bool awaited;              /* what the plan before knew of it has not been looked up yet */
    struct mono hinted_until;  /* of a metered device: so far its share for hints is spent */
};

struct copy_book {
    struct copy_entry **blocks;
    size_t count;
    size_t room;        /* for blocks */
    struct order order; /* by id, once sorted */
    size_t gathered;    /* of them, in order */
    bool sorted;
};

void copy_book_add(struct copy_book *book, const struct plan_device *device);
/* Looks at no more than `most`. True: they are in order; nothing is added any more. */
bool copy_book_sort(struct copy_book *book, size_t most);
struct copy_entry *copy_book_find(const struct copy_book *book, uint32_t id); /* or NULL */
struct copy_entry *copy_book_at(const struct copy_book *book, size_t nth);    /* by id */
/* Forgets some `most` of them, wiping them. True: it is empty, and as new. */
bool copy_book_clear(struct copy_book *book, size_t most);
#endif
