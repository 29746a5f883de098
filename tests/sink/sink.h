/* SPDX-License-Identifier: ISC */
/*
 * sink - a receiver of webhooks that writes down what it got and answers as badly as its path says.
 *
 * main.c listens and logs, behave.c answers, verify.c checks signatures with OpenSSL directly and
 * not with alerts/signature.c, so that the two implementations watch each other.
 */
#ifndef KT_SINK_H
#define KT_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SINK_SECRETS_MAX  16
#define SINK_SECRET_BYTES 64
#define SINK_PATHS_MAX    512

struct event;
struct event_base;
struct evhttp;
struct evhttp_request;

struct sink_secret {
    unsigned char key[SINK_SECRET_BYTES];
    size_t bytes;
};

/* How often a path was asked for. */
struct sink_count {
    char path[256];
    uint32_t requests;
};

/* A request whose answer is late, slow or never comes. */
struct sink_held {
    struct sink_held *next;
    struct sink *sink;
    struct evhttp_request *request;
    struct event *timer;  /* NULL: never */
    uint32_t pieces_left; /* of an answer in pieces; 0: one late 204 */
    uint32_t piece_bytes;
    uint32_t pause_ms; /* between two pieces */
};

struct sink {
    struct event_base *base;
    struct evhttp *http;
    FILE *log;
    struct sink_secret secrets[SINK_SECRETS_MAX];
    size_t secret_count;
    struct sink_count counts[SINK_PATHS_MAX];
    size_t path_count;
    uint32_t requests;
    struct sink_held *held;
};

/* Answers (or does not) as the first segment of path says; times: requests of this path so far. */
void sink_behave(struct sink *sink, struct evhttp_request *request, const char *path,
                 uint32_t times);
/* Lets go of every request that was never answered. Before evhttp_free(). */
void sink_release(struct sink *sink);

/* One "whsec_…" per line. False: a line is no secret; nothing is said of its value. */
bool sink_read_secrets(struct sink *sink, const char *file);
/* Any of the header's signatures fits any of the secrets. */
bool sink_verify(const struct sink *sink, const char *id, const char *timestamp,
                 const char *signatures, const char *body, size_t body_bytes);
#endif
