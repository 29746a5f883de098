/* SPDX-License-Identifier: ISC */
#include "probes/trap_port.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/base/log.h"
#include "probes/frame_trap.h"
#include "probes/trap_gate.h"
#include "probes/trap_socket.h"
#include "probes/trap_v3.h"

#define BATCHES_MOST  16   /* a turn: a thousand datagrams, about a millisecond */
#define REST_US       5000 /* between two turns: a flood wakes us 200 times a second, not 50,000 */
#define REPORTS_MOST  1024
#define REPORTS_GAP   (US_PER_S / 1000) /* what the parent is told: a thousand a second */
#define REPORTS_BURST 1024
#define RAWS_MOST     32
#define INFORMS_MOST  64
#define SAID_GAP_US   (10 * US_PER_S)

/* An inform that waits for the parent's word, as its response. */
struct waiting {
    uint32_t number; /* 0: free */
    struct trap_path path;
    size_t count; /* 0: of SNMPv3, whose reply comes with the word */
    uint8_t bytes[BER_MESSAGE_MAX];
};

struct trap_port {
    int fd;
    struct event *readable; /* once; then the rest */
    struct event *rest;
    trap_port_fn *on_reports;
    void *arg;
    struct siphash_key key;
    struct trap_gate *gate;
    struct trap_bucket told;
    struct trap_report reports[REPORTS_MOST]; /* not sent yet */
    size_t reports_count;
    struct trap_raw raws[RAWS_MOST]; /* not sent yet */
    size_t raws_count;
    uint32_t informs; /* numbers given out */
    struct waiting waiting[INFORMS_MOST];
    struct trap_counters counters;
    struct trap_counters said; /* at the last line of the log */
    struct log_gate line;
    uint32_t drops_before; /* of the socket, when this child got it */
    bool beat_due;
    struct trap_batch batch;
};

static struct waiting *wait_for_word(struct trap_port *port, const struct trap_datagram *datagram)
{
    uint32_t number = ++port->informs == 0 ? ++port->informs : port->informs;
    struct waiting *waiting = &port->waiting[number % INFORMS_MOST];

    waiting->number = number;
    waiting->path = datagram->path;
    waiting->count = 0;
    return waiting;
}

/* Its response is made already, and leaves or not. */
static uint32_t wait_as_response(struct trap_port *port, const struct trap *trap,
                                 const struct trap_datagram *datagram)
{
    struct waiting *waiting = wait_for_word(port, datagram);

    waiting->count = datagram->count;
    trap_response(trap, datagram->bytes, datagram->count, waiting->bytes);
    return waiting->number;
}

static void hand_up(struct trap_port *port, const struct trap *trap,
                    const struct trap_datagram *datagram, const struct trap_host *host,
                    struct mono now)
{
    struct trap_report *report = &port->reports[port->reports_count];

    if (port->reports_count == REPORTS_MOST ||
        !trap_bucket_take(&port->told, now, REPORTS_GAP, REPORTS_BURST)) {
        port->counters.crowded++;
        return;
    }
    *report = (struct trap_report){
        .host = *host,
        .kind = trap->kind,
        .oid = trap->oid,
        .uptime_ticks = trap->uptime_ticks,
        .digest = trap_digest(trap, &port->key),
        .community = trap_community(&port->key, trap->community, trap->community_bytes),
    };
    if (trap->inform)
        report->inform = wait_as_response(port, trap, datagram);
    port->reports_count++;
}

/* SNMPv3: whose it is, another says. */
static void hand_up_raw(struct trap_port *port, const struct trap_datagram *datagram, bool waits,
                        const struct trap_host *host, struct mono now)
{
    struct trap_raw *raw = &port->raws[port->raws_count];

    if (port->raws_count == RAWS_MOST ||
        !trap_bucket_take(&port->told, now, REPORTS_GAP, REPORTS_BURST)) {
        port->counters.crowded++;
        return;
    }
    *raw = (struct trap_raw){.host = *host, .count = (uint16_t)datagram->count};
    if (waits)
        raw->inform = wait_for_word(port, datagram)->number;
    memcpy(raw->bytes, datagram->bytes, datagram->count);
    port->raws_count++;
}

static void take(struct trap_port *port, const struct trap_datagram *datagram, struct mono now)
{
    struct trap_host host = trap_host_of((const struct sockaddr *)&datagram->path.from);
    enum trap_rc rc = TRAP_MALFORMED;
    struct trap trap;
    bool v3 = false, waits = false;

    port->counters.received++;
    if (!trap_gate_pass(port->gate, host.at, host.bytes, now)) {
        port->counters.limited++;
        return;
    }
    if (!datagram->truncated)
        rc = trap_read(datagram->bytes, datagram->count, &trap);
    if (rc == TRAP_OTHER_VERSION) {
        v3 = true;
        rc = trap_v3_form(datagram->bytes, datagram->count, &waits);
    }
    switch (rc) {
    case TRAP_OK:
        if (v3)
            hand_up_raw(port, datagram, waits, &host, now);
        else
            hand_up(port, &trap, datagram, &host, now);
        return;
    case TRAP_OTHER_VERSION:
        port->counters.other_version++;
        return;
    case TRAP_NO_TRAP:
        port->counters.no_trap++;
        return;
    case TRAP_MALFORMED:
    case TRAP_RC_END:
        port->counters.malformed++;
        return;
    }
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct trap_port *port = arg;
    struct mono now = mono_now();

    (void)what;
    for (size_t round = 0; round < BATCHES_MOST; round++) {
        size_t count = trap_socket_receive(fd, &port->batch);

        for (size_t i = 0; i < count; i++)
            take(port, &port->batch.datagrams[i], now);
        if (count < TRAP_BATCH)
            break;
    }
    event_add(port->rest, &(struct timeval){.tv_usec = REST_US});
    if (port->reports_count > 0 || port->raws_count > 0)
        port->on_reports(port->arg);
}

static void on_rested(evutil_socket_t fd, short what, void *arg)
{
    struct trap_port *port = arg;

    (void)fd;
    (void)what;
    event_add(port->readable, NULL);
}

static struct trap_port *port_new(struct event_base *base, const struct frame *frame, int fd,
                                  trap_port_fn *on_reports, void *arg)
{
    struct trap_port *port;

    if (fd < 0 || frame->count != 1)
        return NULL;
    port = calloc(1, sizeof *port);
    if (port == NULL)
        abort();
    port->fd = fd;
    frame_get_trap_key(frame, 0, &port->key);
    port->on_reports = on_reports;
    port->arg = arg;
    port->gate = trap_gate_new(&port->key);
    port->drops_before = trap_socket_drops(fd);
    port->readable = event_new(base, fd, EV_READ, on_readable, port);
    port->rest = evtimer_new(base, on_rested, port);
    if (port->readable != NULL && port->rest != NULL &&
        event_priority_set(port->readable, TRAP_PORT_PRIORITIES - 1) == 0 &&
        event_priority_set(port->rest, TRAP_PORT_PRIORITIES - 1) == 0 &&
        event_add(port->readable, NULL) == 0)
        return port;
    trap_port_free(port);
    return NULL;
}

void trap_port_free(struct trap_port *port)
{
    if (port == NULL)
        return;
    if (port->readable != NULL)
        event_free(port->readable);
    if (port->rest != NULL)
        event_free(port->rest);
    close(port->fd);
    trap_gate_free(port->gate);
    explicit_bzero(port, sizeof *port); /* datagrams hold communities */
    free(port);
}

bool trap_port_frame(struct trap_port *port, struct frame *frame)
{
    if (port == NULL)
        return false;
    if (port->reports_count > 0) {
        frame_begin(frame, FRAME_TRAPS);
        for (size_t i = 0; i < port->reports_count; i++)
            if (!frame_add_trap(frame, &port->reports[i]))
                break;
        return true;
    }
    if (port->raws_count > 0) {
        frame_begin(frame, FRAME_TRAPS_RAW);
        for (size_t i = 0; i < port->raws_count; i++)
            if (!frame_add_trap_raw(frame, &port->raws[i]))
                break;
        return true;
    }
    if (!port->beat_due)
        return false;
    frame_begin(frame, FRAME_TRAP_BEAT);
    return frame_add_trap_counters(frame, &port->counters);
}

void trap_port_sent(struct trap_port *port, const struct frame *frame)
{
    if (frame->type == FRAME_TRAP_BEAT) {
        port->beat_due = false;
        return;
    }
    if (frame->type == FRAME_TRAPS_RAW) {
        port->raws_count -= frame->count;
        memmove(port->raws, port->raws + frame->count, port->raws_count * sizeof *port->raws);
        return;
    }
    port->reports_count -= frame->count;
    memmove(port->reports, port->reports + frame->count,
            port->reports_count * sizeof *port->reports);
}

/* The one that waits under that number; NULL: none does any more. */
static struct waiting *waiting_find(struct trap_port *port, uint32_t number)
{
    struct waiting *waiting = &port->waiting[number % INFORMS_MOST];

    return number == 0 || waiting->number != number ? NULL : waiting;
}

static void answer(struct trap_port *port, uint32_t number)
{
    struct waiting *waiting = waiting_find(port, number);

    if (waiting == NULL || waiting->count == 0)
        return;
    if (trap_socket_answer(port->fd, &waiting->path, waiting->bytes, waiting->count))
        port->counters.answered++;
    waiting->number = 0;
}

static void answer_by(struct trap_port *port, const struct trap_answer *said)
{
    struct waiting *waiting = waiting_find(port, said->inform);

    if (waiting == NULL || waiting->count > 0)
        return;
    if (trap_socket_answer(port->fd, &waiting->path, said->reply.bytes, said->reply.count))
        (*(said->reply.report ? &port->counters.reported : &port->counters.answered))++;
    waiting->number = 0;
}

static bool take_words(struct trap_port *port, const struct frame *frame)
{
    struct trap_answer said;
    uint32_t number;

    for (size_t i = 0; i < frame->count; i++)
        if (frame->type == FRAME_TRAP_REPLY) {
            if (!frame_get_trap_answer(frame, i, &said))
                return false;
            answer_by(port, &said);
        } else if (frame_get_number(frame, i, &number)) {
            answer(port, number);
        }
    return true;
}

bool trap_port_take(struct trap_port **port, struct event_base *base, const struct frame *frame,
                    int fd, trap_port_fn *on_reports, void *arg)
{
    if (frame->type == FRAME_TRAP_LISTEN) {
        if (*port == NULL)
            *port = port_new(base, frame, fd, on_reports, arg);
        return *port != NULL;
    }
    if (*port == NULL || fd >= 0)
        return false;
    return take_words(*port, frame);
}

void trap_port_beat(struct trap_port *port, struct mono now)
{
    struct trap_counters *c, *said;

    if (port == NULL)
        return;
    c = &port->counters;
    said = &port->said;
    c->dropped = trap_socket_drops(port->fd) - port->drops_before;
    port->beat_due = true;
    if (c->limited == said->limited && c->dropped == said->dropped && c->crowded == said->crowded &&
        c->malformed == said->malformed && c->other_version == said->other_version &&
        c->no_trap == said->no_trap)
        return;
    if (!log_gate_pass(&port->line, now, SAID_GAP_US))
        return;
    port->line.held = 0;
    log_warn("trap.refused",
             "limited=%" PRIu64 " dropped=%" PRIu64 " crowded=%" PRIu64 " malformed=%" PRIu64
             " version=%" PRIu64 " no_trap=%" PRIu64,
             c->limited - said->limited, c->dropped - said->dropped, c->crowded - said->crowded,
             c->malformed - said->malformed, c->other_version - said->other_version,
             c->no_trap - said->no_trap);
    *said = *c;
}
