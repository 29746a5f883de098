/* SPDX-License-Identifier: ISC */
/*
 * replay - a recorded or made-up device, in snmpsim's format ("OID|TAG|VALUE" by line), as a list
 * in memory that answers GET and GETNEXT. No network: for tests of what profiles make of it.
 */
#ifndef KT_TESTS_REPLAY_H
#define KT_TESTS_REPLAY_H

#include "probes/ber.h"
#include "probes/oid.h"

struct replay_line {
    struct oid oid;
    uint8_t tag;
    uint8_t *value;
    size_t value_bytes;
};

struct replay {
    struct replay_line *lines; /* by OID */
    size_t count;
};

/* False: the file cannot be read. A line that is none fails the test. */
bool replay_load(const char *path, struct replay *replay);
void replay_free(struct replay *replay);
/* NULL: there is none. */
const struct replay_line *replay_get(const struct replay *replay, const struct oid *oid);
/* The index of the first line behind oid; count when there is none. */
size_t replay_next(const struct replay *replay, const struct oid *oid);
struct ber_varbind replay_varbind(const struct replay_line *line);
#endif
