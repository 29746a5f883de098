/* SPDX-License-Identifier: ISC */
/*
 * question - what one request asks, apart from whom. Plain data.
 */
#ifndef KT_QUESTION_H
#define KT_QUESTION_H

#include <stdint.h>

#include "probes/oid.h"

#define QUESTION_OIDS_MAX        32
#define QUESTION_REPETITIONS_MAX 64

enum question_kind {
    QUESTION_GET = 1,
    QUESTION_GETNEXT,
    QUESTION_GETBULK,
    QUESTION_ECHO, /* ICMP: asks no object */
    QUESTION_KIND_END
};

struct question {
    enum question_kind kind;
    uint16_t max_repetitions; /* with QUESTION_GETBULK: 1 … QUESTION_REPETITIONS_MAX; else 0 */
    uint16_t count;           /* 1 … QUESTION_OIDS_MAX; 0 with QUESTION_ECHO */
    uint16_t id; /* 1 …: asked again and again, its request is kept; 0: asked once, copied */
    struct oid oids[QUESTION_OIDS_MAX];
};
#endif
