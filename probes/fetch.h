/* SPDX-License-Identifier: ISC */
/*
 * fetch - one reading of one device: which question comes next, and what its reply or silence
 * means.
 *
 * Pure. Its owner asks what fetch_next() says, one question at a time, and hands back the reply
 * (fetch_reply) or that there was none (fetch_silence) until fetch_next() has no more. Values go to
 * on_value as they come, and are borrowed for that call. Scalars come first, in groups; then a look
 * at the first row of each column, because a profile names tables that most devices lack; then the
 * rest of those that have rows, by GETBULK (GETNEXT for v1). A question that was too big, or that
 * stayed unanswered while the device lives, is asked again smaller. Whatever the agent does, an end
 * comes: rows, values, octets, questions and silences are bounded, and a column ends where a name
 * does not increase. What a value means is not its affair (probes/value.h), nor is when to read
 * (probes/readings.h). Owner: one reading.
 */
#ifndef KT_FETCH_H
#define KT_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/ber.h"
#include "probes/plan.h"
#include "probes/question.h"

#define FETCH_ITEMS_MAX 128

/* An object with its instance ("….0"), or a column (or any subtree) of which all is read. */
struct fetch_item {
    struct oid oid;
    bool column;
    uint16_t rows; /* of a column: more are of no use, and no trouble; 0: all */
};

/* How it ended for one item. */
enum fetch_reason {
    FETCH_READ = 1,  /* to its end */
    FETCH_ABSENT,    /* the agent has no such object, or not one row */
    FETCH_SKIPPED,   /* by its owner */
    FETCH_REFUSED,   /* the agent named it in an error (genErr, noAccess …) */
    FETCH_TOO_BIG,   /* even alone */
    FETCH_SILENT,    /* not answered though the device lives, or it lives no more */
    FETCH_LOOP,      /* the agent gave a name that is not behind the last one */
    FETCH_NONSENSE,  /* other names than those that were asked, or none */
    FETCH_LONG_NAME, /* a name that is too long to ask for what follows it */
    FETCH_BOUND,     /* more than this reading may take */
    FETCH_REASON_END
};

/* What a device is remembered by from one reading to the next; zero knows nothing. To be zeroed
 * when it booted or the items are others. */
struct fetch_memory {
    uint64_t absent[FETCH_ITEMS_MAX / 64]; /* items that are not asked for any more */
    uint8_t repetitions;                   /* most per GETBULK; 0: not known to be limited */
    uint8_t width;                         /* most names per question; 0: likewise */
};

struct fetch_limits {
    uint32_t rows; /* of one column: more are trouble */
    uint32_t values;
    uint32_t octets; /* of names and values */
    uint32_t questions;
};

struct fetch_value {
    size_t item;
    struct ber_varbind varbind; /* never one of the exceptions */
};

typedef void fetch_value_fn(const struct fetch_value *value, void *arg);
/* All scalars are read, no column is yet: fetch_skip() may be called. */
typedef void fetch_scalars_fn(void *arg);

struct fetch_order {
    enum plan_snmp snmp;
    const struct fetch_item *items; /* borrowed for the reading's life */
    size_t count;                   /* at most FETCH_ITEMS_MAX */
    struct fetch_memory *memory;    /* likewise; NULL: nothing is remembered */
    struct fetch_limits limits;     /* zero: as usual */
    fetch_value_fn *on_value;
    fetch_scalars_fn *on_scalars; /* NULL allowed */
    void *arg;
};

struct fetch_sum {
    uint32_t questions;
    uint32_t silences;
    uint32_t halved; /* questions that were asked again smaller */
    uint32_t values;
    uint32_t octets;
    bool partial;              /* something that the device may have was not read, */
    enum fetch_reason trouble; /* the first time for this reason; else 0 */
};

struct fetch_answer {
    struct ber_list list;
    int32_t error_status;
    int32_t error_index;
};

struct fetch;

struct fetch *fetch_new(const struct fetch_order *order);
void fetch_free(struct fetch *fetch); /* NULL allowed */

/* False: the reading is over. Else to be answered by one of the next two before it is called again.
 */
bool fetch_next(struct fetch *fetch, struct question *question);
void fetch_reply(struct fetch *fetch, const struct fetch_answer *answer);
/* alive: the device answers its heartbeats, so the question itself may be the reason. */
void fetch_silence(struct fetch *fetch, bool alive);

void fetch_skip(struct fetch *fetch, size_t item);

const struct fetch_sum *fetch_sum(const struct fetch *fetch);
/* 0 while the reading goes on. */
enum fetch_reason fetch_reason(const struct fetch *fetch, size_t item);
uint32_t fetch_rows(const struct fetch *fetch, size_t item); /* that were handed on */
const char *fetch_reason_name(enum fetch_reason reason);     /* "too big" */
#endif
