/* SPDX-License-Identifier: ISC */
#include "daemon/web/server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/web/inside.h"
#include "daemon/web/listen.h"

#define ACCEPTS_MAX 64 /* in one go; the rest of the loop wants its turn */
#define PAUSE_MS    100
#define QUIET_US    (60 * US_PER_S)

const struct web_limits web_limits_usual = {.head_ms = 10000,
                                            .request_ms = 20000,
                                            .idle_ms = 15000,
                                            .handler_ms = 15000,
                                            .taking_ms = 20000,
                                            .linger_ms = 2000,
                                            .connections = 512,
                                            .per_peer = 32};

/* ---- routes ---- */

/* One star: what it stands for is not empty and holds no slash. */
static bool matches(const char *pattern, const char *path, struct text *star)
{
    const char *mark = strchr(pattern, '*');
    size_t before = mark == NULL ? 0 : (size_t)(mark - pattern);
    size_t behind = mark == NULL ? 0 : strlen(mark + 1);
    size_t bytes = strlen(path);

    if (mark == NULL)
        return strcmp(pattern, path) == 0;
    if (bytes <= before + behind || strncmp(pattern, path, before) != 0 ||
        strcmp(path + bytes - behind, mark + 1) != 0 ||
        memchr(path + before, '/', bytes - before - behind) != NULL)
        return false;
    text_add_bytes(star, path + before, bytes - before - behind);
    return true;
}

static unsigned method_bit(const char *method)
{
    if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
        return WEB_GET;
    return strcmp(method, "POST") == 0 ? WEB_POST : 0;
}

static const struct web_route *find_in(const struct web_group *group, const struct head_check *head,
                                       struct text *star, unsigned *allowed)
{
    for (const struct web_route *route = group->routes; route->pattern != NULL; route++) {
        if (!matches(route->pattern, head->path, star))
            continue;
        if (route->methods & method_bit(head->method))
            return route;
        *allowed |= route->methods;
        text_clear(star);
    }
    return NULL;
}

const struct web_route *web_find_route(const struct web *web, const struct head_check *head,
                                       struct text *star, unsigned *allowed, void **arg)
{
    for (size_t i = 0; i < web->group_count; i++) {
        const struct web_route *route = find_in(&web->groups[i], head, star, allowed);

        *arg = web->groups[i].arg;
        if (route != NULL)
            return route;
    }
    return NULL;
}

void web_add_routes(struct web *web, const struct web_route *routes, void *arg)
{
    size_t count = web->group_count + 1;
    struct web_group *groups = reallocarray(web->groups, count, sizeof *groups);

    if (groups == NULL)
        abort();
    groups[count - 1] = (struct web_group){.routes = routes, .arg = arg};
    web->groups = groups;
    web->group_count = count;
}

/* ---- accepting ---- */

static bool is_full(const struct web *web)
{
    return web->conn_count >= web->limits.connections;
}

static void accept_again(struct web *web)
{
    if (web->fd >= 0 && !is_full(web) && !evtimer_pending(web->resume, NULL))
        event_add(web->acceptable, NULL);
}

void web_on_conn_closed(struct web *web)
{
    accept_again(web);
}

static void on_resume(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    accept_again(arg);
}

/* The connection that cannot be accepted stays acceptable: without a pause the loop would spin. */
static void pause_accepting(struct web *web, int error)
{
    static const struct timeval pause = {.tv_usec = PAUSE_MS * 1000};

    event_del(web->acceptable);
    event_add(web->resume, &pause);
    if (log_gate_pass(&web->descriptors_gate, mono_now(), QUIET_US)) {
        log_warn("web.cannot_accept", "reason=\"%s\" connections=%zu held=%u", strerror(error),
                 web->conn_count, web->descriptors_gate.held);
        web->descriptors_gate.held = 0;
    }
}

static void read_peer(const struct sockaddr_storage *address, struct conn_peer *peer)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    *peer = (struct conn_peer){.family = address->ss_family};
    if (address->ss_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        memcpy(peer->address, &v4.sin_addr, sizeof v4.sin_addr);
    } else if (address->ss_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        memcpy(peer->address, &v6.sin6_addr, sizeof v6.sin6_addr);
    }
}

/* 512 at most: walking them costs less than a table that strangers fill. */
static bool has_too_many(const struct web *web, const struct conn_peer *peer)
{
    size_t count = 0;

    if (peer->family == AF_UNIX)
        return false;
    for (const struct conn *conn = web->conns; conn != NULL; conn = conn->next)
        count += conn->peer.family == peer->family &&
                 memcmp(conn->peer.address, peer->address, sizeof peer->address) == 0;
    return count >= web->limits.per_peer;
}

static void welcome(struct web *web, int fd, const struct sockaddr_storage *address)
{
    struct conn_peer peer;
    int on = 1;

    read_peer(address, &peer);
    if (has_too_many(web, &peer)) {
        close(fd);
        return;
    }
    if (peer.family != AF_UNIX)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* only slower without */
    if (!conn_open(web, fd, &peer) || !is_full(web))
        return;
    event_del(web->acceptable);
    if (log_gate_pass(&web->full_gate, mono_now(), QUIET_US)) {
        log_warn("web.full", "connections=%zu held=%u", web->conn_count, web->full_gate.held);
        web->full_gate.held = 0;
    }
}

static void on_acceptable(evutil_socket_t fd, short what, void *arg)
{
    struct web *web = arg;

    (void)what;
    for (int i = 0; i < ACCEPTS_MAX && !is_full(web); i++) {
        struct sockaddr_storage address = {0};
        socklen_t bytes = sizeof address;
        int client = accept4(fd, (struct sockaddr *)&address, &bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (client >= 0)
            welcome(web, client, &address);
        else if (errno == EAGAIN)
            return;
        else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            pause_accepting(web, errno);
            return;
        } /* else this one is gone already (ECONNABORTED and its like, accept(2)) */
    }
}

/* ---- life ---- */

struct web *web_new(struct event_base *base, const char *listen, struct err *err)
{
    struct web *web = calloc(1, sizeof *web);

    if (web == NULL)
        abort();
    *web = (struct web){.base = base, .limits = web_limits_usual};
    web->fd = listen_open(listen, web->unix_path, err);
    if (web->fd < 0) {
        web_free(web);
        return NULL;
    }
    web->acceptable = event_new(base, web->fd, EV_READ | EV_PERSIST, on_acceptable, web);
    web->resume = evtimer_new(base, on_resume, web);
    if (web->acceptable == NULL || web->resume == NULL || event_add(web->acceptable, NULL) < 0) {
        web_free(web);
        err_set(err, "web.listen: libevent cannot watch %s", listen);
        return NULL;
    }
    return web;
}

static void stop_listening(struct web *web)
{
    if (web->fd < 0)
        return;
    if (web->acceptable != NULL)
        event_del(web->acceptable);
    if (web->resume != NULL)
        event_del(web->resume);
    close(web->fd);
    web->fd = -1;
    if (web->unix_path[0] != '\0')
        unlink(web->unix_path);
}

static bool is_owed(const struct conn *conn)
{
    return conn->phase == CONN_ANSWER || conn->phase == CONN_WRITE;
}

static void close_conns(struct web *web, bool owed_too)
{
    struct conn *next;

    for (struct conn *conn = web->conns; conn != NULL; conn = next) {
        next = conn->next;
        if (owed_too || !is_owed(conn))
            conn_close(conn);
    }
}

void web_stop(struct web *web)
{
    if (web == NULL)
        return;
    web->stopping = true;
    stop_listening(web);
    close_conns(web, false);
}

const uint64_t *web_answers(const struct web *web)
{
    return web->answers;
}

bool web_idle(const struct web *web)
{
    for (const struct conn *conn = web->conns; conn != NULL; conn = conn->next)
        if (is_owed(conn))
            return false;
    return true;
}

void web_free(struct web *web)
{
    if (web == NULL)
        return;
    stop_listening(web);
    close_conns(web, true);
    if (web->acceptable != NULL)
        event_free(web->acceptable);
    if (web->resume != NULL)
        event_free(web->resume);
    free(web->groups);
    free(web);
}
