/* SPDX-License-Identifier: ISC */
/*
 * phases - an orderly end: one phase after the other stops taking new work, then waits for what it
 * owes.
 *
 * Each phase has a limit, so that the end comes whatever hangs. Knows none of the parts.
 */
#ifndef KT_PHASES_H
#define KT_PHASES_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct phases;

struct phase {
    const char *name;
    void (*stop)(void *arg);
    bool (*idle)(void *arg);
    int64_t limit_ms;
};

/* phases end with a NULL name and are borrowed. on_end is called once, from the loop. */
struct phases *phases_start(struct loop *loop, const struct phase *phases,
                            void (*on_end)(void *arg), void *arg);
void phases_free(struct phases *phases); /* NULL allowed */
#endif
