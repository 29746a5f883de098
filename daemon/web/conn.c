/* SPDX-License-Identifier: ISC */
#include "daemon/web/inside.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#define LINGER_BYTES_MAX                                                                           \
    (1024 * 1024) /* what is read and thrown away so that an answer arrives                        \
                   */

/* ---- life: whoever calls out holds, so that the callee may close ---- */

static void conn_free(struct conn *conn)
{
    if (conn->readable != NULL)
        event_free(conn->readable);
    if (conn->writable != NULL)
        event_free(conn->writable);
    if (conn->deadline != NULL)
        event_free(conn->deadline);
    if (conn->head != NULL)
        head_free(conn->head);
    free(conn->head);
    text_free(&conn->out);
    free(conn);
}

static void hold(struct conn *conn)
{
    conn->holds++;
}

static void release(struct conn *conn)
{
    assert(conn->holds > 0);
    conn->holds--;
    if (conn->holds == 0 && conn->phase == CONN_GONE)
        conn_free(conn);
}

void conn_close(struct conn *conn)
{
    struct web *web = conn->web;

    if (conn->phase == CONN_GONE)
        return;
    conn->phase = CONN_GONE;
    event_del(conn->readable);
    event_del(conn->writable);
    event_del(conn->deadline);
    close(conn->fd);
    request_orphan(conn->request);
    conn->request = NULL;
    if (conn->before == NULL)
        web->conns = conn->next;
    else
        conn->before->next = conn->next;
    if (conn->next != NULL)
        conn->next->before = conn->before;
    web->conn_count--;
    if (conn->holds == 0)
        conn_free(conn);
    web_on_conn_closed(web);
}

/* ---- phases ---- */

static void set_deadline(struct conn *conn, int64_t ms)
{
    struct timeval tv;

    if (ms < 0)
        ms = 0;
    tv = (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    event_add(conn->deadline, &tv);
}

static void enter(struct conn *conn, enum conn_phase phase, int64_t ms)
{
    bool reads = phase == CONN_HEAD || phase == CONN_BODY || phase == CONN_LINGER;

    conn->phase = phase;
    set_deadline(conn, ms);
    if (reads)
        event_add(conn->readable, NULL);
    else
        event_del(conn->readable);
}

/* ---- out ---- */

/*
 * To close while bytes of the client's lie unread makes TCP reset the connection, and the reset
 * overtakes our answer. So our half is closed first, and what still comes is thrown away for a
 * while.
 */
static void linger(struct conn *conn)
{
    shutdown(conn->fd, SHUT_WR);
    conn->in_at = conn->in_end = 0;
    enter(conn, CONN_LINGER, conn->web->limits.linger_ms);
}

static void on_taken(struct conn *conn)
{
    text_free(&conn->out);
    event_del(conn->writable);
    if (conn->keep && !conn->web->stopping)
        enter(conn, CONN_HEAD, conn->web->limits.idle_ms);
    else
        linger(conn);
}

static void flush(struct conn *conn)
{
    while (conn->sent < conn->out.bytes) {
        ssize_t n =
            send(conn->fd, conn->out.at + conn->sent, conn->out.bytes - conn->sent, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            event_add(conn->writable, NULL);
            return;
        }
        if (n < 0) {
            conn_close(conn);
            return;
        }
        conn->sent += (size_t)n;
    }
    on_taken(conn);
}

/* ---- in ---- */

/* The first request's time runs since the connection was accepted. */
static void begin_request(struct conn *conn)
{
    conn->head = malloc(sizeof *conn->head);
    if (conn->head == NULL)
        abort();
    head_init(conn->head);
    if (!conn->is_fresh) {
        conn->began = mono_now();
        set_deadline(conn, conn->web->limits.head_ms);
    }
    conn->is_fresh = false;
}

/* RFC 9110 §10.1.1: not to a client that sends the body without waiting. It is as good as sent:
 * nothing else is on its way out, so 25 bytes fit into any socket. */
static void tell_to_continue(struct conn *conn)
{
    static const char words[] = "HTTP/1.1 100 Continue\r\n\r\n";

    if (send(conn->fd, words, sizeof words - 1, MSG_NOSIGNAL) != (ssize_t)(sizeof words - 1))
        conn_close(conn);
}

static void await_body(struct conn *conn)
{
    int64_t spent_ms = mono_diff_ms(mono_now(), conn->began);

    enter(conn, CONN_BODY, conn->web->limits.request_ms - spent_ms);
    if (conn->head->expects_continue && conn->in_at == conn->in_end)
        tell_to_continue(conn);
}

static void pass_on(struct conn *conn)
{
    struct head_check *head = conn->head;

    conn->head = NULL;
    enter(conn, CONN_ANSWER, conn->web->limits.handler_ms);
    if (head->verdict == HEAD_WHOLE) {
        request_start(conn, head);
        return;
    }
    request_refuse(conn, head->path, head->status, head->why);
    head_free(head);
    free(head);
}

static void take_some(struct conn *conn)
{
    if (conn->head == NULL)
        begin_request(conn);
    conn->in_at += head_feed(conn->head, conn->in + conn->in_at, conn->in_end - conn->in_at);
    if (conn->head->verdict != HEAD_MORE)
        pass_on(conn);
    else if (conn->head->has_head && conn->phase == CONN_HEAD)
        await_body(conn);
}

/* Until the bytes at hand are used up or a request waits for its answer: one at a time, so that
 * answers leave in the order of the questions. */
static void work(struct conn *conn)
{
    while ((conn->phase == CONN_HEAD || conn->phase == CONN_BODY) && conn->in_at < conn->in_end)
        take_some(conn);
}

static void throw_away(struct conn *conn, size_t bytes)
{
    conn->lingered += bytes;
    if (conn->lingered > LINGER_BYTES_MAX)
        conn_close(conn);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    struct conn *conn = arg;
    ssize_t n = recv(fd, conn->in, sizeof conn->in, 0); /* all of it is used: see work() */

    (void)what;
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    hold(conn);
    if (n <= 0)
        conn_close(conn);
    else if (conn->phase == CONN_LINGER)
        throw_away(conn, (size_t)n);
    else {
        conn->in_at = 0;
        conn->in_end = (size_t)n;
        work(conn);
    }
    release(conn);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    struct conn *conn = arg;

    (void)fd;
    (void)what;
    hold(conn);
    flush(conn);
    work(conn);
    release(conn);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    struct conn *conn = arg;

    (void)fd;
    (void)what;
    hold(conn);
    if (conn->phase == CONN_ANSWER)
        request_is_late(conn);
    else
        conn_close(conn);
    release(conn);
}

/* ---- from outside ---- */

/* From inside a handler, work() is still on the stack and goes on by itself afterwards. */
void conn_send(struct conn *conn, struct text *out, bool keep)
{
    bool is_outermost = conn->holds == 0;

    hold(conn);
    conn->out = *out;
    *out = (struct text){0};
    conn->sent = 0;
    conn->keep = keep;
    conn->request = NULL;
    enter(conn, CONN_WRITE, conn->web->limits.taking_ms);
    flush(conn);
    if (is_outermost)
        work(conn);
    release(conn);
}

static void join(struct web *web, struct conn *conn)
{
    conn->next = web->conns;
    if (conn->next != NULL)
        conn->next->before = conn;
    web->conns = conn;
    web->conn_count++;
}

bool conn_open(struct web *web, int fd, const struct conn_peer *peer)
{
    struct conn *conn = calloc(1, sizeof *conn);

    if (conn == NULL)
        abort();
    conn->web = web;
    conn->fd = fd;
    conn->peer = *peer;
    conn->is_fresh = true;
    conn->began = mono_now();
    conn->readable = event_new(web->base, fd, EV_READ | EV_PERSIST, on_readable, conn);
    conn->writable = event_new(web->base, fd, EV_WRITE, on_writable, conn);
    conn->deadline = event_new(web->base, -1, 0, on_deadline, conn);
    if (conn->readable == NULL || conn->writable == NULL || conn->deadline == NULL) {
        conn_free(conn);
        close(fd);
        return false;
    }
    join(web, conn);
    enter(conn, CONN_HEAD, web->limits.head_ms);
    return true;
}
