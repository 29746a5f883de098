/* SPDX-License-Identifier: ISC */
/*
 * bench - what the webhook tests stand on: an event loop, webhooks, and kt-sinks as child
 * processes.
 *
 * Waits are for facts, with a deadline that ends the program. Each child is stopped by the pid that
 * started it.
 */
#ifndef KT_BENCH_H
#define KT_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "alerts/webhook.h"

#define BENCH_SECRET     "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define BENCH_SECRET_2   "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define BENCH_DEADLINE_S 60

struct event_base;
struct js;

/* A child that says "... port=N ..." on standard error when it is ready. */
struct child {
    pid_t pid;
    int port;
};

struct bench {
    struct event_base *base;
    struct webhooks *hooks;
    struct child sink;
    char dir[64];
    char log[128]; /* of the sink */
};

struct call {
    bool done;
    bool sending; /* while webhook_send() runs */
    struct webhook_outcome outcome;
    struct bench *bench;
};

int bench_set_up(void **state);
int bench_tear_down(void **state);

/* words: what stands right in front of the port number on one of the child's output streams. */
struct child child_start(char *const argv[], const char *words, bool on_stdout);
void child_stop(struct child *child);
/* Waits for its end; its exit code, -1 when it was killed. Its output is dropped. */
int child_run(char *const argv[]);

void bench_policy(struct bench *bench, const char *allow, int64_t timeout_ms); /* "": none */
void bench_send(struct bench *bench, struct call *call, const char *url);
void bench_wait(struct bench *bench, struct call *calls, size_t count);
/* Both, for one URL. */
struct webhook_outcome bench_post(struct bench *bench, const char *url);
/* The same for a path of the sink: "ok". */
struct webhook_outcome bench_ask(struct bench *bench, const char *path);
const char *bench_url(const struct bench *bench, const char *path, char out[256]);

/* How many requests the sink wrote down; the last one, to be freed. */
size_t bench_logged(const struct bench *bench);
struct js *bench_last(const struct bench *bench);
#endif
