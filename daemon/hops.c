/* SPDX-License-Identifier: ISC */
#include "daemon/hops.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/hash.h"

#define DEPTH_MOST 64 /* a ring of uplinks ends here; the roster refuses it elsewhere */

struct hop {
    UT_hash_handle hh;
    uint32_t number;
    bool is_core;
    char *up; /* the first uplink; "" for none. Inside code[] */
    char code[];
};

/* Hops live together, so that forgetting a million of them is quick. */
#define BLOCK_BYTES 65536

struct block {
    struct block *next;
    size_t used;
    _Alignas(max_align_t) char bytes[BLOCK_BYTES];
};

struct hops {
    struct hop *by_code;
    struct block *blocks;
};

struct hops *hops_new(void)
{
    struct hops *hops = calloc(1, sizeof *hops);

    if (hops == NULL)
        abort();
    return hops;
}

void hops_free(struct hops *hops)
{
    struct block *block;

    if (hops == NULL)
        return;
    HASH_CLEAR(hh, hops->by_code);
    while ((block = hops->blocks) != NULL) {
        hops->blocks = block->next;
        free(block);
    }
    free(hops);
}

static void *room_for(struct hops *hops, size_t bytes)
{
    size_t rounded = (bytes + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
    void *room;

    assert(rounded <= BLOCK_BYTES);
    if (hops->blocks == NULL || BLOCK_BYTES - hops->blocks->used < rounded) {
        struct block *block = calloc(1, sizeof *block);

        if (block == NULL)
            abort();
        block->next = hops->blocks;
        hops->blocks = block;
    }
    room = hops->blocks->bytes + hops->blocks->used;
    hops->blocks->used += rounded;
    return room;
}

void hops_add(struct hops *hops, const char *code, const char *uplinks, bool is_core)
{
    size_t code_bytes = strlen(code) + 1, up_bytes = strcspn(uplinks, " ");
    struct hop *hop = room_for(hops, sizeof *hop + code_bytes + up_bytes + 1);

    hop->number = HASH_COUNT(hops->by_code) + 1;
    hop->is_core = is_core;
    memcpy(hop->code, code, code_bytes);
    hop->up = hop->code + code_bytes;
    memcpy(hop->up, uplinks, up_bytes);
    HASH_ADD_KEYPTR(hh, hops->by_code, hop->code, code_bytes - 1, hop);
}

uint32_t hops_of(const struct hops *hops, const char *code)
{
    const struct hop *hop, *up;

    HASH_FIND_STR(hops->by_code, code, hop);
    for (size_t depth = 0; hop != NULL && depth < DEPTH_MOST; depth++) {
        if (hop->is_core)
            return 0;
        HASH_FIND_STR(hops->by_code, hop->up, up);
        if (up != NULL && up->is_core)
            return hop->number;
        hop = up;
    }
    return 0;
}
