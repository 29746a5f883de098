/* SPDX-License-Identifier: ISC */
#include "tests/fleet/port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#define BATCH         64
#define REQUEST_MAX   2048
#define BATCHES_MAX   16 /* per wake-up, so that the control socket gets its turn */
#define RECEIVE_BYTES (4 * 1024 * 1024)

/* Room for exactly one in_pktinfo, aligned as cmsg(3) asks. */
struct pktinfo {
    _Alignas(struct cmsghdr) char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

/* A reply on its way, waiting for its site's delay to pass. */
struct late {
    TAILQ_ENTRY(late) link;
    struct mono due;
    const struct device *device;
    struct sockaddr_in to;
    int fd;
    size_t bytes;
    uint8_t reply[];
};

struct port {
    struct ports *ports;
    int fd;
    in_port_t number; /* network order */
    struct event *readable;
};

struct ports {
    struct event_base *base;
    struct world *world;
    struct port *ports;
    size_t count;
    struct event *timer;              /* for the earliest late reply */
    TAILQ_HEAD(late_list, late) late; /* by due */
    /* One batch in, one out. Too large for the stack, and used by one callback at a time. */
    uint8_t requests[BATCH][REQUEST_MAX];
    uint8_t replies[BATCH][AGENT_REPLY_MAX];
    struct sockaddr_in peers[BATCH];
    struct pktinfo infos_in[BATCH];
    struct pktinfo infos_out[BATCH];
    struct iovec vectors_in[BATCH];
    struct iovec vectors_out[BATCH];
    struct mmsghdr in[BATCH];
    struct mmsghdr out[BATCH];
};

/* The address that the request was sent to; 0 when the kernel did not say. */
static struct in_addr asked_address(struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c))
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;

            memcpy(&info, CMSG_DATA(c), sizeof info);
            return info.ipi_addr;
        }
    return (struct in_addr){0};
}

/* A reply from the device's own address, not from whatever the kernel would choose. */
static void address_reply(struct msghdr *message, struct pktinfo *room, struct iovec *vector,
                          struct sockaddr_in *to, const struct device *from)
{
    struct in_pktinfo info = {.ipi_spec_dst = from->address.sin_addr};
    struct cmsghdr *head;

    *message = (struct msghdr){.msg_name = to,
                               .msg_namelen = sizeof *to,
                               .msg_iov = vector,
                               .msg_iovlen = 1,
                               .msg_control = room,
                               .msg_controllen = sizeof *room};
    head = CMSG_FIRSTHDR(message);
    head->cmsg_level = IPPROTO_IP;
    head->cmsg_type = IP_PKTINFO;
    head->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(head), &info, sizeof info);
}

static void arm(struct ports *ports, struct mono now)
{
    const struct late *first = TAILQ_FIRST(&ports->late);
    int64_t wait_us = first == NULL ? 0 : first->due.us - now.us;
    struct timeval wait;

    if (first == NULL)
        return;
    if (wait_us < 0)
        wait_us = 0;
    wait = (struct timeval){.tv_sec = (time_t)(wait_us / US_PER_S),
                            .tv_usec = (suseconds_t)(wait_us % US_PER_S)};
    evtimer_add(ports->timer, &wait);
}

static void keep_late(struct port *port, const struct device *device, const struct sockaddr_in *to,
                      const uint8_t *reply, size_t bytes, struct mono due)
{
    struct ports *ports = port->ports;
    struct late *late = malloc(sizeof *late + bytes);
    struct late *before;

    if (late == NULL)
        abort();
    late->due = due;
    late->device = device;
    late->to = *to;
    late->fd = port->fd;
    late->bytes = bytes;
    memcpy(late->reply, reply, bytes);
    /* From the end: with one delay for all, the new one is the last. */
    TAILQ_FOREACH_REVERSE(before, &ports->late, late_list, link)
    if (before->due.us <= due.us)
        break;
    if (before == NULL)
        TAILQ_INSERT_HEAD(&ports->late, late, link);
    else
        TAILQ_INSERT_AFTER(&ports->late, before, late, link);
}

/* What a cut swallowed on its way back is not sent. */
static void send_late(struct ports *ports, struct late *late)
{
    struct iovec vector = {late->reply, late->bytes};
    struct pktinfo room;
    struct msghdr message;

    if (world_hears(ports->world, late->device)) {
        address_reply(&message, &room, &vector, &late->to, late->device);
        (void)sendmsg(late->fd, &message,
                      MSG_DONTWAIT); /* a full socket loses packets, as UDP may */
    }
    free(late);
}

static void on_due(evutil_socket_t fd, short what, void *arg)
{
    struct ports *ports = arg;
    struct mono now = mono_now();
    struct late *late;

    (void)fd;
    (void)what;
    while ((late = TAILQ_FIRST(&ports->late)) != NULL && late->due.us <= now.us) {
        TAILQ_REMOVE(&ports->late, late, link);
        send_late(ports, late);
    }
    arm(ports, now);
}

/* True: reply number `made` of this batch is ready to go. */
static bool answer_one(struct port *port, size_t at, size_t made, struct mono now)
{
    struct ports *ports = port->ports;
    struct mmsghdr *request = &ports->in[at];
    struct sockaddr_in asked = {.sin_family = AF_INET, .sin_port = port->number};
    const struct device *device;
    struct agent_vitals vitals;
    int64_t delay_ms;
    size_t bytes;

    asked.sin_addr = asked_address(&request->msg_hdr);
    device = world_find(ports->world, &asked);
    if (device == NULL || (request->msg_hdr.msg_flags & MSG_TRUNC) != 0 ||
        !world_hears(ports->world, device) || world_loses(ports->world, device))
        return false;
    vitals = world_vitals(ports->world, device, now);
    bytes = agent_answer(&device->agent, &vitals, ports->requests[at], request->msg_len,
                         ports->replies[made], AGENT_REPLY_MAX);
    if (bytes == 0)
        return false;
    delay_ms = ports->world->sites[device->site].delay_ms;
    if (delay_ms > 0) {
        keep_late(port, device, &ports->peers[at], ports->replies[made], bytes,
                  mono_add_ms(now, delay_ms));
        return false;
    }
    ports->vectors_out[made] = (struct iovec){ports->replies[made], bytes};
    address_reply(&ports->out[made].msg_hdr, &ports->infos_out[made], &ports->vectors_out[made],
                  &ports->peers[at], device);
    return true;
}

static void batch_ready(struct ports *ports)
{
    for (size_t i = 0; i < BATCH; i++) {
        ports->vectors_in[i] = (struct iovec){ports->requests[i], REQUEST_MAX};
        ports->in[i].msg_hdr = (struct msghdr){.msg_name = &ports->peers[i],
                                               .msg_namelen = sizeof ports->peers[i],
                                               .msg_iov = &ports->vectors_in[i],
                                               .msg_iovlen = 1,
                                               .msg_control = &ports->infos_in[i],
                                               .msg_controllen = sizeof ports->infos_in[i]};
    }
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct port *port = arg;
    struct ports *ports = port->ports;
    struct mono now = mono_now();

    (void)what;
    for (int batches = 0; batches < BATCHES_MAX; batches++) {
        unsigned made = 0;
        int got;

        batch_ready(ports);
        got = recvmmsg(fd, ports->in, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < got; i++)
            if (answer_one(port, (size_t)i, made, now))
                made++;
        if (made > 0)
            (void)sendmmsg(fd, ports->out, made, MSG_DONTWAIT);
        if (got < BATCH)
            break;
    }
    arm(ports, now);
}

static bool port_open(struct ports *ports, struct port *port, struct err *err)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = port->number};
    int on = 1;
    int room = RECEIVE_BYTES;

    port->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (port->fd < 0)
        return err_set(err, "socket: %s", strerror(errno));
    (void)setsockopt(port->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    /* Bound to all addresses, so keep the real networks out; old kernels ask for a right that we
     * may lack, and then world_find() alone refuses whatever was not sent to 127/8. */
    (void)setsockopt(port->fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2);
    if (setsockopt(port->fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) < 0)
        return err_set(err, "IP_PKTINFO: %s", strerror(errno));
    if (bind(port->fd, (struct sockaddr *)&any, sizeof any) < 0)
        return err_set(err, "UDP port %u: %s%s", ntohs(port->number), strerror(errno),
                       errno == EADDRINUSE ? " (does another fleet run?)" : "");
    port->readable = event_new(ports->base, port->fd, EV_READ | EV_PERSIST, on_readable, port);
    if (port->readable == NULL || event_add(port->readable, NULL) < 0)
        return err_set(err, "UDP port %u: cannot watch the socket", ntohs(port->number));
    return true;
}

struct ports *ports_new(struct event_base *base, struct world *world, struct err *err)
{
    struct ports *ports = calloc(1, sizeof *ports);

    if (ports == NULL)
        abort();
    ports->base = base;
    ports->world = world;
    TAILQ_INIT(&ports->late);
    ports->timer = evtimer_new(base, on_due, ports);
    ports->ports = calloc(world->device_count + 1, sizeof *ports->ports);
    if (ports->timer == NULL || ports->ports == NULL)
        abort();
    for (size_t i = 0; i < world->device_count; i++) {
        in_port_t number = world->devices[i].address.sin_port;

        if (i > 0 && number == world->devices[i - 1].address.sin_port)
            continue;
        ports->ports[ports->count] = (struct port){.ports = ports, .number = number, .fd = -1};
        if (!port_open(ports, &ports->ports[ports->count++], err)) {
            ports_free(ports);
            return NULL;
        }
    }
    return ports;
}

void ports_free(struct ports *ports)
{
    struct late *late;

    if (ports == NULL)
        return;
    event_free(ports->timer);
    for (size_t i = 0; i < ports->count; i++) {
        if (ports->ports[i].readable != NULL)
            event_free(ports->ports[i].readable);
        if (ports->ports[i].fd >= 0)
            close(ports->ports[i].fd);
    }
    while ((late = TAILQ_FIRST(&ports->late)) != NULL) {
        TAILQ_REMOVE(&ports->late, late, link);
        free(late);
    }
    free(ports->ports);
    free(ports);
}
