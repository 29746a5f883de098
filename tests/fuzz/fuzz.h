/* SPDX-License-Identifier: ISC */
/*
 * fuzz - libFuzzer's entry. fuzz_NAME.c has it; with clang and KT_FUZZ libFuzzer calls it,
 * otherwise corpus.c does, once for each file that it is given.
 *
 * A target checks what has to hold for any bytes, by fuzz_holds(); the sanitizers check the rest.
 */
#ifndef KT_TESTS_FUZZ_H
#define KT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

/* Not assert(): it has to hold in a release build too. */
#define fuzz_holds(what)                                                                           \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #what);              \
            abort();                                                                               \
        }                                                                                          \
    } while (0)
#endif
