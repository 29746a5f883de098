/* SPDX-License-Identifier: ISC */
/*
 * siphash - SipHash-2-4 [Aumasson, Bernstein 2012]: a hash under a secret key, for tables that are
 * keyed by what strangers choose. Pure.
 */
#ifndef KT_SIPHASH_H
#define KT_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/* Random, and known to nobody outside: who knows it can make everything fall into one place. */
struct siphash_key {
    uint64_t halves[2];
};

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t count);
#endif
