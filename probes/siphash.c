/* SPDX-License-Identifier: ISC */
#include "probes/siphash.h"

static uint64_t turn(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static void rounds(uint64_t v[4], int count)
{
    for (int i = 0; i < count; i++) {
        v[0] += v[1];
        v[1] = turn(v[1], 13) ^ v[0];
        v[0] = turn(v[0], 32);
        v[2] += v[3];
        v[3] = turn(v[3], 16) ^ v[2];
        v[0] += v[3];
        v[3] = turn(v[3], 21) ^ v[0];
        v[2] += v[1];
        v[1] = turn(v[1], 17) ^ v[2];
        v[2] = turn(v[2], 32);
    }
}

/* Little-endian, up to eight bytes. */
static uint64_t word_of(const uint8_t *at, size_t count)
{
    uint64_t word = 0;

    for (size_t i = 0; i < count; i++)
        word |= (uint64_t)at[i] << (8 * i);
    return word;
}

static void take(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    rounds(v, 2);
    v[0] ^= word;
}

uint64_t siphash(const struct siphash_key *key, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;
    uint64_t v[4] = {key->halves[0] ^ UINT64_C(0x736f6d6570736575),
                     key->halves[1] ^ UINT64_C(0x646f72616e646f6d),
                     key->halves[0] ^ UINT64_C(0x6c7967656e657261),
                     key->halves[1] ^ UINT64_C(0x7465646279746573)};
    size_t left = count;

    for (; left >= 8; left -= 8, at += 8)
        take(v, word_of(at, 8));
    take(v, (uint64_t)count << 56 | word_of(at, left));
    v[2] ^= 0xff;
    rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
