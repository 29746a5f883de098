/* SPDX-License-Identifier: ISC */
/*
 * late - replies that wait: for their site's delay, or because a forger sends them too late.
 *
 * A wheel of milliseconds: O(1) each, whatever delays are mixed. Replies go to the owner's callback
 * when due. The owner frees the wheel, and what still waits with it.
 */
#ifndef KT_FLEET_LATE_H
#define KT_FLEET_LATE_H

#include <netinet/in.h>

#include "daemon/base/clock.h"
#include "tests/fleet/world.h"

#define LATE_MS_MAX 65000

struct event_base;
struct late_queue;

struct late {
    struct late *next;
    const struct device *device;
    struct sockaddr_in to;
    int fd;
    size_t bytes;
    uint8_t reply[];
};

/* The reply is freed afterwards; NULL ends a round of them. */
typedef void late_due_fn(const struct late *late, void *arg);

struct late_queue *late_new(struct event_base *base, late_due_fn *due, void *arg);
void late_free(struct late_queue *queue);
/* like: all but next and reply. At most LATE_MS_MAX ahead. */
void late_add(struct late_queue *queue, struct mono now, int64_t delay_ms, const struct late *like,
              const uint8_t *reply);
#endif
