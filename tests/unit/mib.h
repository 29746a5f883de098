/* SPDX-License-Identifier: ISC */
/*
 * mib - an agent in memory: what a device would answer to a question, and the ways in which agents
 * go wrong.
 *
 * Objects are added one by one, or from a recording (lines "OID|TAG|VALUE" as snmpsim has them).
 * Replies are real BER, so that what reads them is tested with it.
 */
#ifndef KT_TEST_MIB_H
#define KT_TEST_MIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/fetch.h"

#define MIB_REPLY_MAX 65536

struct mib_row {
    struct oid oid;
    uint8_t tag;
    size_t bytes;
    uint8_t value[256];
};

struct mib {
    struct mib_row *rows; /* in the order of their names */
    size_t count;
    size_t room;
    /* What it was asked: */
    unsigned questions;
    unsigned varbinds; /* that it gave */
    size_t octets;     /* of all replies */
    size_t widest;     /* names in one question */
    /* Faults; zero: none. */
    bool v1;              /* errors instead of exceptions, no GETBULK */
    bool dead;            /* no answer to anything */
    bool no_index;        /* error-index is 0 whatever the error */
    size_t too_big_above; /* varbinds in a reply; more: tooBig */
    size_t silent_above;  /* more: no answer */
    size_t stops_after;   /* varbinds of a GETBULK that it gives at most */
    bool gives_none;      /* replies without one varbind */
    struct oid mute_at;   /* no answer to a question for this name */
    struct oid broken_at; /* genErr */
    struct oid loops_at;  /* what follows it is itself, again and again */
    uint8_t reply[MIB_REPLY_MAX];
};

void mib_free(struct mib *mib);
void mib_add(struct mib *mib, const char *oid, uint8_t tag, const void *value, size_t bytes);
void mib_add_number(struct mib *mib, const char *oid, uint8_t tag, int64_t number);
void mib_add_text(struct mib *mib, const char *oid, const char *text);
void mib_remove(struct mib *mib, const char *oid); /* and all below it */
/* False: the file is not there. */
bool mib_load(struct mib *mib, const char *path);

/* False: silence. The answer lies in the mib until the next. */
bool mib_answer(struct mib *mib, const struct question *question, struct fetch_answer *answer);

struct oid mib_oid(const char *dotted); /* fails the test when it is none */
#endif
