/* SPDX-License-Identifier: ISC */
/*
 * feeders - which sites are on which feeder of the power company.
 *
 * Pure. Sites are numbers (the topology's). Filled once, then sealed; the owner frees it.
 */
#ifndef KT_FEEDERS_H
#define KT_FEEDERS_H

#include <stdbool.h>
#include <stddef.h>

#define FEEDERS_NONE ((size_t)-1)

struct feeders;

struct feeders *feeders_new(void);
void feeders_free(struct feeders *feeders); /* NULL allowed */
/* name: copied; "" for a site of which it is not known. */
void feeders_add(struct feeders *feeders, const char *name, size_t site);
void feeders_seal(struct feeders *feeders, size_t sites);
/* The same in steps of no more than `most` sites or feeders, until it is true. */
bool feeders_seal_step(struct feeders *feeders, size_t sites, size_t most);

size_t feeders_count(const struct feeders *feeders);
size_t feeders_of(const struct feeders *feeders, size_t site); /* or FEEDERS_NONE */
const char *feeders_name(const struct feeders *feeders, size_t feeder);
/* Its sites; how many, and where they are. */
size_t feeders_sites(const struct feeders *feeders, size_t feeder, const size_t **sites);
#endif
