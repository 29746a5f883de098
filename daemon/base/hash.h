/* SPDX-License-Identifier: ISC */
/*
 * hash - the only way to uthash: include this, then use uthash's HASH_ADD_STR and friends.
 *
 * Memory that is out aborts, as everywhere. Its default hash function falls through a switch in
 * macros, which -Wimplicit-fallthrough refuses in every file that uses them, so ours is FNV-1a.
 * Keys come from our own inventory and tables; do not key by what strangers choose.
 */
#ifndef KT_HASH_H
#define KT_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static inline unsigned hash_bytes(const void *key, size_t bytes)
{
    const unsigned char *at = (const unsigned char *)key;
    uint32_t hash = UINT32_C(2166136261);

    for (size_t i = 0; i < bytes; i++)
        hash = (hash ^ at[i]) * UINT32_C(16777619);
    /* uthash takes buckets from the low bits, where FNV mixes least */
    return hash ^ hash >> 15;
}

#define HASH_FUNCTION(key, bytes, hash_out) ((hash_out) = hash_bytes((key), (size_t)(bytes)))
#define uthash_fatal(message)               abort()

#include <uthash.h>

#endif
