/* SPDX-License-Identifier: ISC */
/*
 * evil - an SNMP agent that lies in one chosen way, on the test's loop.
 *
 * Builds its messages by hand, so that it shares no code with what it tests. The truth, when it is
 * told, is told after the lies.
 */
#ifndef KT_TEST_EVIL_H
#define KT_TEST_EVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct evil;

enum evil_trick {
    EVIL_ADDRESS = 1, /* the right answer from another address, same port */
    EVIL_PORT,        /* … from another port, same address */
    EVIL_REQUEST,     /* another request-id */
    EVIL_COMMUNITY,
    EVIL_VERSION,
    EVIL_OBJECT,    /* another name than was asked */
    EVIL_TRAP,      /* a v2 trap with the right request-id */
    EVIL_TRAP_V1,   /* a v1 trap */
    EVIL_ECHO,      /* the request itself */
    EVIL_TRUNCATED, /* the right answer, cut by its last byte */
    EVIL_OVERSIZED, /* the right answer and 3000 bytes behind it */
    EVIL_END
};

struct evil_play {
    enum evil_trick trick;
    unsigned lies;    /* per request, before the truth */
    bool truth;       /* tell it, */
    unsigned times;   /* this often; 0 is once */
    int64_t delay_ms; /* the truth, so much later */
    unsigned again;   /* and then as often once more, */
    int64_t again_ms; /* so much later than the request */
};

/* Answers on address:port; other is where it lies from with EVIL_ADDRESS. Fails the test on error.
 */
struct evil *evil_new(struct event_base *base, const char *address, const char *other,
                      const char *community);
void evil_free(struct evil *evil);

void evil_play(struct evil *evil, const struct evil_play *play);
uint16_t evil_port(const struct evil *evil);
size_t evil_asked(const struct evil *evil); /* requests that came */
size_t evil_lies(const struct evil *evil);  /* told so far */
/* The request-ids that came, in their order; good until the next request. */
const int32_t *evil_ids(const struct evil *evil);
#endif
