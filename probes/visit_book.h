/* SPDX-License-Identifier: ISC */
/*
 * visit_book - what each profile has a device asked for, made when first wanted.
 *
 * Shared by all visits (probes/visit.h) of one set of profiles. Pure. Owner: whoever called
 * visit_book_new().
 */
#ifndef KT_VISIT_BOOK_H
#define KT_VISIT_BOOK_H

#include <stddef.h>
#include <stdint.h>

#include "probes/fetch.h"
#include "probes/profile.h"
#include "probes/reading.h"

#define VISIT_ITEM_NONE SIZE_MAX

/* The profile's own items first, then what tells a new numbering of interfaces. */
struct visit_list {
    size_t count;
    size_t own; /* of the profile */
    /* Which items those are, if_name of them the profile's; VISIT_ITEM_NONE: not asked. */
    size_t uptime, if_number, if_changed, if_name;
    struct oid if_name_else; /* the column that names interfaces where if_name has no row */
    uint64_t interfaces[FETCH_ITEMS_MAX / 64]; /* items whose rows are named by if_name */
    struct reading_list wanted;
    struct fetch_item items[FETCH_ITEMS_MAX];
};

struct visit_book;

struct visit_book *visit_book_new(const struct profiles *profiles); /* borrowed for its life */
void visit_book_free(struct visit_book *book);                      /* NULL allowed */
const struct profiles *visit_book_profiles(const struct visit_book *book);
/* profile: one of the set; the list lives as long as the book. */
const struct visit_list *visit_book_open(struct visit_book *book, const struct profile *profile);
#endif
