/* SPDX-License-Identifier: ISC */
/*
 * bench - the real HTTP server in a child of its own, and a client that is as rude as a test wants.
 *
 * The child ends by bench_stop() only: stops orderly, frees everything (the sanitizer's leak check
 * is part of the verdict) and has to exit with 0. Every wait has a deadline and fails the test.
 */
#ifndef KT_TESTS_WEB_BENCH_H
#define KT_TESTS_WEB_BENCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/base/text.h"
#include "daemon/web/inside.h"

#define BENCH_PATIENCE_MS 30000 /* for what has to happen at once, on a machine that is busy */

/* Kept by the child in shared memory. */
struct bench_counts {
    atomic_int calls;   /* of any handler */
    atomic_int replies; /* by handlers that answer late */
    atomic_int conns;   /* open now; looked at every few milliseconds */
};

struct bench {
    pid_t pid;
    bool is_tcp;
    bool is_asked; /* to stop */
    int port;
    char directory[64];
    char path[108];
    struct bench_counts *counts;
};

/* limits: NULL for the usual ones. descriptors: the child's limit, 0 for plenty. */
struct bench_wish {
    bool is_tcp;
    const struct web_limits *limits;
    unsigned descriptors;
};

/*
 * GET /hello · GET, POST /echo (what was understood) · GET /late/MS · GET /big/BYTES · POST /post
 * GET /careless (headers of its own) · GET /unsound (a header with a line end) · GET /empty (204)
 */
void bench_start(struct bench *bench, const struct bench_wish *wish);
void bench_stop(struct bench *bench);
void bench_ask_to_stop(struct bench *bench); /* does not wait */
double bench_cpu_s(const struct bench *bench);
void bench_await(atomic_int *count, int least);
void bench_await_conns(struct bench *bench, int exactly);

/* ---- the client; descriptors are plain and blocking ---- */

int bench_connect(const struct bench *bench);
int bench_connect_from(const struct bench *bench, const char *address); /* TCP: 127.0.0.X */
/* False when the server has closed. */
bool bench_send(int fd, const char *bytes, size_t count);
bool bench_say(int fd, const char *words);
/* One answer, its head and its body of the length that it states (none after HEAD). */
void bench_answer(int fd, bool is_head, struct text *out);
/* What comes until the server closes; false: it did not within ms. */
bool bench_until_closed(int fd, int64_t ms, struct text *out);
bool bench_is_closed(int fd); /* now */
int bench_status(const struct text *answer);
bool bench_has(const struct text *answer, const char *words);
int bench_calls(const struct bench *bench);
int64_t bench_now_ms(void);
#endif
