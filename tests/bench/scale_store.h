/* SPDX-License-Identifier: ISC */
/*
 * scale_store - a database for the outage flow that takes everything a millisecond after it was
 * told, and counts.
 *
 * Stands in at link time for sql/store_fault.c and the report of states: what a benchmark of the
 * parent wants to see is the parent, not PostgreSQL.
 */
#ifndef KT_SCALE_STORE_H
#define KT_SCALE_STORE_H

#include <stddef.h>

struct loop;

struct scale_store_counts {
    size_t faults;   /* statements about outages */
    size_t states;   /* statements about what people see of sites */
    size_t affected; /* sites named in the former */
};

void scale_store_open(struct loop *loop);
void scale_store_close(void); /* what is owed is forgotten; nobody is left to be answered */
void scale_store_counts(struct scale_store_counts *out);
#endif
