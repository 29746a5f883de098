/* SPDX-License-Identifier: ISC */
#include "tests/fleet/port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "tests/fleet/late.h"

#define BATCH         64
#define REQUEST_MAX   2048
#define BATCHES_MAX   16 /* per wake-up, so that the control socket gets its turn */
#define RECEIVE_BYTES (256 * 1024 * 1024) /* all devices asked at once are no loss */

/* Room for exactly one in_pktinfo, aligned as cmsg(3) asks. */
struct pktinfo {
    _Alignas(struct cmsghdr) char bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

/* One port number, for all devices on it. */
struct port {
    struct ports *ports;
    int fd;
    uint16_t number;
    struct event *readable;
    const struct device *devices; /* by address */
    size_t count;
    uint32_t first;   /* the first device's address */
    uint32_t *places; /* place + 1 of the device at first + i, where they lie dense; or NULL */
    size_t places_count;
};

struct ports {
    struct event_base *base;
    struct world *world;
    struct port *ports;
    size_t count;
    struct late_queue *queue;
    int stranger; /* another port, for forgers */
    /* One batch in, one out. Too large for the stack, and used by one callback at a time. */
    uint8_t requests[BATCH][REQUEST_MAX];
    struct sockaddr_in peers[BATCH];
    struct pktinfo infos_in[BATCH];
    struct iovec vectors_in[BATCH];
    struct mmsghdr in[BATCH];
    int out_fd;
    unsigned made;
    uint8_t replies[BATCH][AGENT_REPLY_MAX];
    struct sockaddr_in askers[BATCH];
    struct pktinfo infos_out[BATCH];
    struct iovec vectors_out[BATCH];
    struct mmsghdr out[BATCH];
};

/* One request on its way to its answers. */
struct asked {
    const struct port *port;
    const struct device *device;
    const struct sockaddr_in *from;
    const uint8_t *request;
    size_t bytes;
    struct agent agent;
    struct vitals vitals;
    struct mono now;
};

/* The address that the request was sent to, host order; 0 when the kernel did not say. */
static uint32_t asked_address(struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c))
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;

            memcpy(&info, CMSG_DATA(c), sizeof info);
            return ntohl(info.ipi_addr.s_addr);
        }
    return 0;
}

static int by_address(const void *key, const void *member)
{
    uint32_t address = *(const uint32_t *)key, other = ((const struct device *)member)->address;

    return (address > other) - (address < other);
}

/* NULL: nobody lives there. */
static const struct device *port_find(const struct port *port, uint32_t address)
{
    uint32_t place;

    if (port->places == NULL)
        return bsearch(&address, port->devices, port->count, sizeof *port->devices, by_address);
    if (address < port->first || address - port->first >= port->places_count)
        return NULL;
    place = port->places[address - port->first];
    return place == 0 ? NULL : &port->devices[place - 1];
}

/* A full socket loses packets, as UDP may. */
static void flush(struct ports *ports)
{
    unsigned sent = 0;

    while (sent < ports->made) {
        int now = sendmmsg(ports->out_fd, ports->out + sent, ports->made - sent, MSG_DONTWAIT);

        sent += now > 0 ? (unsigned)now : 1;
    }
    ports->made = 0;
}

/* Room for the next reply that leaves through fd. */
static uint8_t *reply_room(struct ports *ports, int fd)
{
    if (ports->made == BATCH || (ports->made > 0 && ports->out_fd != fd))
        flush(ports);
    ports->out_fd = fd;
    return ports->replies[ports->made];
}

/* What stands in reply_room() goes from this address, not from whatever the kernel would choose. */
static void reply_send(struct ports *ports, uint32_t from, const struct sockaddr_in *to,
                       size_t bytes)
{
    unsigned made = ports->made++;
    struct in_pktinfo info = {.ipi_spec_dst = {htonl(from)}};
    struct cmsghdr *head = (struct cmsghdr *)(void *)&ports->infos_out[made];

    ports->vectors_out[made].iov_len = bytes;
    ports->askers[made] = *to;
    memcpy(CMSG_DATA(head), &info, sizeof info);
}

static void on_late(const struct late *late, void *arg)
{
    struct ports *ports = arg;

    if (late == NULL) {
        flush(ports);
        return;
    }
    if (!world_hears(ports->world, late->device))
        return; /* what a cut swallowed on its way back */
    memcpy(reply_room(ports, late->fd), late->reply, late->bytes);
    reply_send(ports, late->device->address, &late->to, late->bytes);
}

/* The answer, forged or not, after a while or at once. */
static void answer(struct ports *ports, const struct asked *asked, enum forge forge,
                   int64_t delay_ms)
{
    int fd = forge == FORGE_PORT ? ports->stranger : asked->port->fd;
    uint8_t *reply = reply_room(ports, fd);
    uint32_t from = asked->device->address ^ (forge == FORGE_ADDRESS);
    size_t bytes = agent_answer(&asked->agent, &asked->vitals, asked->request, asked->bytes, forge,
                                reply, AGENT_REPLY_MAX);

    if (bytes == 0) {
        ports->world->counters.strange++;
        return;
    }
    if (forge == FORGE_NONE)
        ports->world->counters.answers++;
    else
        ports->world->counters.forged[forge]++;
    if (delay_ms > 0)
        late_add(
            ports->queue, asked->now, delay_ms,
            &(struct late){.device = asked->device, .to = *asked->from, .fd = fd, .bytes = bytes},
            reply);
    else
        reply_send(ports, from, asked->from, bytes);
}

/* Forgers know the request but not the way: neither loss nor delay is theirs. */
static void forge_beside(struct ports *ports, const struct asked *asked, bool lost)
{
    int64_t delay_ms = ports->world->sites[asked->device->site].delay_ms;
    unsigned count = world_forgeries(ports->world, asked->device);

    for (; count > 0; count--) {
        enum forge forge = world_forge(ports->world, asked->device);

        if (forge == FORGE_LATE && !lost)
            answer(ports, asked, forge, delay_ms + FORGE_LATE_MS);
        else if (forge == FORGE_DUPLICATE && !lost)
            answer(ports, asked, forge, delay_ms);
        else if (forge != FORGE_LATE && forge != FORGE_DUPLICATE)
            answer(ports, asked, forge, 0);
    }
}

static void answer_one(struct port *port, size_t at, struct mono now)
{
    struct ports *ports = port->ports;
    struct world *world = ports->world;
    struct mmsghdr *request = &ports->in[at];
    uint8_t engine[ENGINE_BYTES];
    struct asked asked;
    bool lost;

    asked.device = port_find(port, asked_address(&request->msg_hdr));
    world->counters.requests++;
    if (asked.device == NULL || (request->msg_hdr.msg_flags & MSG_TRUNC) != 0) {
        world->counters.strange++;
        return;
    }
    if (!world_hears(world, asked.device)) {
        world->counters.silent++;
        return;
    }
    asked.port = port;
    asked.from = &ports->peers[at];
    asked.request = ports->requests[at];
    asked.bytes = request->msg_len;
    asked.now = now;
    asked.vitals = world_vitals(world, asked.device, now);
    world_agent(world, asked.device, engine, &asked.agent);
    lost = world_loses(world, asked.device);
    forge_beside(ports, &asked, lost);
    if (lost)
        world->counters.lost++;
    else
        answer(ports, &asked, FORGE_NONE, world->sites[asked.device->site].delay_ms);
}

/* What the system call overwrote. */
static void batch_ready(struct ports *ports, int used)
{
    for (int i = 0; i < used; i++) {
        ports->in[i].msg_hdr.msg_namelen = sizeof ports->peers[i];
        ports->in[i].msg_hdr.msg_controllen = sizeof ports->infos_in[i];
        ports->in[i].msg_hdr.msg_flags = 0;
    }
}

static void batches_init(struct ports *ports)
{
    for (size_t i = 0; i < BATCH; i++) {
        struct cmsghdr *head = (struct cmsghdr *)(void *)&ports->infos_out[i];

        ports->vectors_in[i] = (struct iovec){ports->requests[i], REQUEST_MAX};
        ports->in[i].msg_hdr = (struct msghdr){.msg_name = &ports->peers[i],
                                               .msg_iov = &ports->vectors_in[i],
                                               .msg_iovlen = 1,
                                               .msg_control = &ports->infos_in[i]};
        ports->vectors_out[i] = (struct iovec){ports->replies[i], 0};
        ports->out[i].msg_hdr = (struct msghdr){.msg_name = &ports->askers[i],
                                                .msg_namelen = sizeof ports->askers[i],
                                                .msg_iov = &ports->vectors_out[i],
                                                .msg_iovlen = 1,
                                                .msg_control = &ports->infos_out[i],
                                                .msg_controllen = sizeof ports->infos_out[i]};
        head->cmsg_level = IPPROTO_IP;
        head->cmsg_type = IP_PKTINFO;
        head->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
    }
    batch_ready(ports, BATCH);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct port *port = arg;
    struct ports *ports = port->ports;
    struct mono now = mono_now();

    (void)what;
    for (int batches = 0; batches < BATCHES_MAX; batches++) {
        int got = recvmmsg(fd, ports->in, BATCH, MSG_DONTWAIT, NULL);

        for (int i = 0; i < got; i++)
            answer_one(port, (size_t)i, now);
        batch_ready(ports, got);
        flush(ports);
        if (got < BATCH)
            break;
    }
}

/* On every address of this machine, but never on a real network. */
static int port_socket(uint16_t number, struct err *err)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(number)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    int room = RECEIVE_BYTES;

    if (fd < 0) {
        err_set(err, "socket: %s", strerror(errno));
        return -1;
    }
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) < 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    /* Old kernels ask for a right that we may lack, and then port_find() alone refuses whatever was
     * not sent to 127/8. */
    (void)setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 2);
    if (setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) == 0 &&
        bind(fd, (struct sockaddr *)&any, sizeof any) == 0)
        return fd;
    err_set(err, "UDP port %u: %s%s", number, strerror(errno),
            errno == EADDRINUSE ? " (does another fleet run?)" : "");
    close(fd);
    return -1;
}

/* Dense enough: a look-up costs one cache miss, and the table less than the devices. */
static void port_index(struct port *port)
{
    size_t span = port->devices[port->count - 1].address - port->devices[0].address + 1;

    port->first = port->devices[0].address;
    if (span > 4 * port->count + 65536)
        return;
    port->places = calloc(span, sizeof *port->places);
    if (port->places == NULL)
        abort();
    port->places_count = span;
    for (size_t i = 0; i < port->count; i++)
        port->places[port->devices[i].address - port->first] = (uint32_t)i + 1;
}

static bool port_open(struct ports *ports, struct port *port, struct err *err)
{
    port_index(port);
    port->fd = port_socket(port->number, err);
    if (port->fd < 0)
        return false;
    port->readable = event_new(ports->base, port->fd, EV_READ | EV_PERSIST, on_readable, port);
    if (port->readable == NULL || event_add(port->readable, NULL) < 0)
        return err_set(err, "UDP port %u: cannot watch the socket", port->number);
    return true;
}

/* How many of the devices behind `from` share its port. */
static size_t on_one_port(const struct world *world, size_t from)
{
    size_t end = from;

    while (end < world->device_count && world->devices[end].port == world->devices[from].port)
        end++;
    return end - from;
}

static bool ports_open(struct ports *ports, struct err *err)
{
    const struct world *world = ports->world;

    ports->stranger = port_socket(0, err);
    if (ports->stranger < 0)
        return false;
    for (size_t at = 0, count; at < world->device_count; at += count) {
        struct port *port;

        count = on_one_port(world, at);
        ports->ports = realloc(ports->ports, (ports->count + 1) * sizeof *ports->ports);
        if (ports->ports == NULL)
            abort();
        port = &ports->ports[ports->count++];
        *port = (struct port){.ports = ports,
                              .number = world->devices[at].port,
                              .fd = -1,
                              .devices = &world->devices[at],
                              .count = count};
    }
    for (size_t i = 0; i < ports->count; i++)
        if (!port_open(ports, &ports->ports[i], err))
            return false;
    return true;
}

struct ports *ports_new(struct event_base *base, struct world *world, struct err *err)
{
    struct ports *ports = calloc(1, sizeof *ports);

    if (ports == NULL)
        abort();
    ports->base = base;
    ports->world = world;
    ports->stranger = -1;
    ports->queue = late_new(base, on_late, ports);
    batches_init(ports);
    if (ports_open(ports, err))
        return ports;
    ports_free(ports);
    return NULL;
}

void ports_free(struct ports *ports)
{
    if (ports == NULL)
        return;
    late_free(ports->queue);
    for (size_t i = 0; i < ports->count; i++) {
        if (ports->ports[i].readable != NULL)
            event_free(ports->ports[i].readable);
        if (ports->ports[i].fd >= 0)
            close(ports->ports[i].fd);
        free(ports->ports[i].places);
    }
    if (ports->stranger >= 0)
        close(ports->stranger);
    free(ports->ports);
    free(ports);
}
