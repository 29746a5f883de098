/* SPDX-License-Identifier: ISC */
/*
 * serve - the bench's child: the server with the pages of bench.h. Does not return.
 */
#ifndef KT_TESTS_WEB_SERVE_H
#define KT_TESTS_WEB_SERVE_H

#include "tests/web/bench.h"

/* Writes one byte to ready once it listens. */
_Noreturn void serve(const char *listen, const struct web_limits *limits,
                     struct bench_counts *counts, int ready);
#endif
