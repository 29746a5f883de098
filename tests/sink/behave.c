/* SPDX-License-Identifier: ISC */
#include "tests/sink/sink.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>

#include "daemon/base/clock.h"
#include "daemon/base/json.h"
#include "daemon/base/text.h"

#define BIG_BYTES    (10 * 1024 * 1024)
#define MANY_HEADERS 1000
#define MANY_PIECES  UINT32_MAX
#define PIECE_MAX    4096

/* A number from the query of the request's URI, else the fallback. */
static int64_t query_number(struct evhttp_request *request, const char *key, int64_t fallback)
{
    const char *query = evhttp_uri_get_query(evhttp_request_get_evhttp_uri(request));
    struct evkeyvalq pairs;
    const char *value;
    int64_t number = fallback;

    if (query == NULL || evhttp_parse_query_str(query, &pairs) < 0)
        return fallback;
    value = evhttp_find_header(&pairs, key);
    if (value != NULL && !text_i64(value, 0, INT32_MAX, &number))
        number = fallback;
    evhttp_clear_headers(&pairs);
    return number;
}

static void header(struct evhttp_request *request, const char *name, const char *value)
{
    evhttp_add_header(evhttp_request_get_output_headers(request), name, value);
}

static void answer_text(struct evhttp_request *request, int status, const char *text)
{
    struct evbuffer *body = evbuffer_new();

    if (body == NULL)
        abort();
    evbuffer_add(body, text, strlen(text));
    evhttp_send_reply(request, status, NULL, body);
    evbuffer_free(body);
}

/* RFC 9110 section 10.2.3: a number of seconds, or a date. */
static void add_retry_after(struct evhttp_request *request)
{
    int64_t after = query_number(request, "after", -1);
    int64_t date = query_number(request, "after_date", -1);
    char printed[64] = "";
    struct tm tm;
    time_t at;

    if (after >= 0)
        snprintf(printed, sizeof printed, "%lld", (long long)after);
    if (date >= 0) {
        at = (time_t)(wall_now().us / US_PER_S + date);
        gmtime_r(&at, &tm);
        strftime(printed, sizeof printed, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    }
    if (printed[0] != '\0')
        header(request, "Retry-After", printed);
}

static void answer_status(struct evhttp_request *request, int status)
{
    if (status >= 300 && status < 400)
        header(request, "Location", "/ok");
    add_retry_after(request);
    evhttp_send_reply(request, status, NULL, NULL);
}

static void answer_count(struct sink *sink, struct evhttp_request *request)
{
    struct js *answer = js_object();
    struct js *paths = js_object();
    struct text text = {0};

    js_set_i64(answer, "requests", sink->requests);
    for (size_t i = 0; i < sink->path_count; i++)
        js_set_i64(paths, sink->counts[i].path, sink->counts[i].requests);
    js_set(answer, "paths", paths);
    js_print(answer, 0, &text);
    text_add(&text, "\n");
    header(request, "Content-Type", "application/json");
    answer_text(request, 200, text_get(&text));
    text_free(&text);
    js_free(answer);
}

static void answer_big(struct evhttp_request *request)
{
    struct evbuffer *body = evbuffer_new();
    static char piece[65536];

    if (body == NULL)
        abort();
    memset(piece, 'x', sizeof piece);
    for (size_t at = 0; at < BIG_BYTES; at += sizeof piece)
        evbuffer_add_reference(body, piece, sizeof piece, NULL, NULL);
    evhttp_send_reply(request, 200, NULL, body);
    evbuffer_free(body);
}

static void answer_many_headers(struct evhttp_request *request)
{
    char name[32];

    for (int i = 0; i < MANY_HEADERS; i++) {
        snprintf(name, sizeof name, "X-Filler-%d", i);
        header(request, name, "0123456789012345678901234567890123456789");
    }
    evhttp_send_reply(request, 200, NULL, NULL);
}

/* Runs after evhttp has left the request, because it must not lose its connection from inside. */
static void on_cut(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    evhttp_connection_free(arg);
}

static void cut(struct sink *sink, struct evhttp_request *request, bool reset)
{
    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    evutil_socket_t fd = bufferevent_getfd(evhttp_connection_get_bufferevent(connection));
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    struct timeval now = {0, 0};

    if (reset)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    event_base_once(sink->base, -1, EV_TIMEOUT, on_cut, connection, &now);
}

static void held_free(struct sink_held *held)
{
    struct sink_held **link = &held->sink->held;

    while (*link != held)
        link = &(*link)->next;
    *link = held->next;
    if (held->timer != NULL)
        event_free(held->timer);
    free(held);
}

static void send_piece(struct sink_held *held)
{
    static const char filler[PIECE_MAX] = {'x'};
    struct timeval pause = {held->pause_ms / 1000, held->pause_ms % 1000 * 1000};
    struct evbuffer *piece = evbuffer_new();

    if (piece == NULL)
        abort();
    evbuffer_add(piece, filler, held->piece_bytes);
    evhttp_send_reply_chunk(held->request, piece);
    evbuffer_free(piece);
    event_add(held->timer, &pause);
}

/* A request whose connection went away is ours to free; evhttp_send_reply_end() does that. */
static void on_held_timer(evutil_socket_t fd, short what, void *arg)
{
    struct sink_held *held = arg;
    bool alone = evhttp_request_get_connection(held->request) == NULL;

    (void)fd;
    (void)what;
    if (held->pieces_left > 0 && !alone) {
        held->pieces_left--;
        send_piece(held);
        return;
    }
    if (held->pieces_left > 0 || held->piece_bytes > 0)
        evhttp_send_reply_end(held->request);
    else if (alone)
        evhttp_request_free(held->request);
    else
        evhttp_send_reply(held->request, 204, NULL, NULL);
    held_free(held);
}

/* delay_ms < 0: never. */
static struct sink_held *hold(struct sink *sink, struct evhttp_request *request, int64_t delay_ms)
{
    struct sink_held *held = calloc(1, sizeof *held);
    struct timeval delay = {delay_ms / 1000, (delay_ms % 1000) * 1000};

    if (held == NULL)
        abort();
    *held = (struct sink_held){.next = sink->held, .sink = sink, .request = request};
    sink->held = held;
    if (delay_ms < 0)
        return held;
    held->timer = event_new(sink->base, -1, 0, on_held_timer, held);
    if (held->timer == NULL || event_add(held->timer, &delay) < 0)
        abort();
    return held;
}

static void answer_in_pieces(struct sink *sink, struct evhttp_request *request,
                             uint32_t piece_bytes, uint32_t pause_ms)
{
    struct sink_held *held;

    evhttp_send_reply_start(request, 200, NULL);
    held = hold(sink, request, 0);
    held->pieces_left = MANY_PIECES;
    held->piece_bytes = piece_bytes;
    held->pause_ms = pause_ms;
}

void sink_release(struct sink *sink)
{
    while (sink->held != NULL) {
        if (evhttp_request_get_connection(sink->held->request) == NULL)
            evhttp_request_free(sink->held->request);
        held_free(sink->held);
    }
}

/* "fail-N-then-ok": N times 500, then 204. */
static void answer_after_failures(struct evhttp_request *request, const char *word, uint32_t times)
{
    unsigned failures = 0;

    if (sscanf(word, "fail-%u-then-ok", &failures) != 1)
        failures = 1;
    evhttp_send_reply(request, times <= failures ? 500 : 204, NULL, NULL);
}

static void behave_badly(struct sink *sink, struct evhttp_request *request, const char *word)
{
    if (strcmp(word, "hang") == 0) {
        hold(sink, request, -1);
    } else if (strcmp(word, "head-then-hang") == 0) {
        evhttp_send_reply_start(request, 200, NULL);
        hold(sink, request, -1);
    } else if (strcmp(word, "slow") == 0) {
        answer_in_pieces(sink, request, 1, 1000);
    } else if (strcmp(word, "endless") == 0) {
        answer_in_pieces(sink, request, PIECE_MAX, 1);
    } else if (strcmp(word, "late") == 0) {
        hold(sink, request, query_number(request, "ms", 1000));
    } else if (strcmp(word, "big") == 0) {
        answer_big(request);
    } else if (strcmp(word, "many-headers") == 0) {
        answer_many_headers(request);
    } else if (strcmp(word, "close") == 0 || strcmp(word, "reset") == 0) {
        cut(sink, request, strcmp(word, "reset") == 0);
    } else {
        answer_text(request, 404, "no such behaviour\n");
    }
}

void sink_behave(struct sink *sink, struct evhttp_request *request, const char *path,
                 uint32_t times)
{
    char word[64];
    int64_t status;

    snprintf(word, sizeof word, "%s", path[0] == '/' ? path + 1 : path);
    word[strcspn(word, "/?")] = '\0';
    if (strcmp(word, "ok") == 0)
        evhttp_send_reply(request, 204, NULL, NULL);
    else if (strcmp(word, "_count") == 0)
        answer_count(sink, request);
    else if (text_i64(word, 200, 599, &status))
        answer_status(request, (int)status);
    else if (strncmp(word, "fail-", 5) == 0)
        answer_after_failures(request, word, times);
    else
        behave_badly(sink, request, word);
}
