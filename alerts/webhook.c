/* SPDX-License-Identifier: ISC */
/*
 * The exchanges are in one of two lists: in curl's hands, or finished and waiting to be told.
 * Outcomes are told one per turn of the loop from on_finished(), never from inside a call of
 * libcurl's, so the owner may start the next exchange or free everything from its callback.
 */
#include "alerts/webhook.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include <curl/curl.h>
#include <event2/event.h>

#include "alerts/envelope.h"

#define ANSWER_BYTES_MAX        (16 * 1024)
#define CONNECT_TIMEOUT_MS_MAX  10000
#define CONNECTIONS_MAX         160
#define CONNECTIONS_MAX_OF_HOST 16
#define CONNECTIONS_KEPT        64
#define RETRY_AFTER_S_MAX       (7 * 24 * 3600)

struct exchange {
    TAILQ_ENTRY(exchange) link;
    struct webhooks *hooks;
    CURL *easy;
    struct curl_slist *headers;
    char *body;
    int64_t timeout_ms;
    struct mono began;
    size_t answer_bytes; /* head and body of the answer so far */
    bool answer_cut;     /* it was longer than we read */
    char refused[160];   /* why the address may not be connected to; "" when it may */
    char tls_words[CURL_ERROR_SIZE];
    struct webhook_outcome outcome;
    webhook_done_cb *done;
    void *arg;
};

TAILQ_HEAD(exchange_list, exchange);

struct webhooks {
    struct event_base *base;
    CURLM *multi;
    struct event *timer;    /* libcurl's one timer */
    struct event *finished; /* made active when there is something in told */
    struct exchange_list flying;
    struct exchange_list told; /* finished, outcome known, callback still owed */
    size_t count;              /* of both lists */
    int64_t timeout_ms;
    struct net_list allow;
};

/* -- the destination -- */

static bool may_connect(struct exchange *exchange, const char *what, const char *address)
{
    if (what != NULL)
        snprintf(exchange->refused, sizeof exchange->refused,
                 "refused: %s is %s; webhook { allow } does not list it", address, what);
    return what == NULL;
}

/* The seam after DNS: libcurl asks here for each address that it would connect to. */
static curl_socket_t on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct exchange *exchange = arg;
    char text[INET6_ADDRSTRLEN];

    (void)purpose;
    if (!may_connect(exchange, net_guard_refuses(&address->addr, &exchange->hooks->allow),
                     net_address_text(&address->addr, text)))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/*
 * Asked before each request, on a connection that was kept from an earlier one as well: what was
 * allowed when it was opened may have been taken off the list since.
 */
static int on_before_request(void *arg, char *remote_ip, char *local_ip, int remote_port,
                             int local_port)
{
    struct exchange *exchange = arg;
    const char *what = net_guard_refuses_text(remote_ip, &exchange->hooks->allow);

    (void)local_ip;
    (void)remote_port;
    (void)local_port;
    return may_connect(exchange, what, remote_ip) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/* -- the answer -- */

/* Head and body are read and forgotten, up to the limit; short of what was offered ends the
 * exchange. */
static size_t on_answer_bytes(char *bytes, size_t size, size_t count, void *arg)
{
    struct exchange *exchange = arg;

    (void)bytes;
    exchange->answer_bytes += size * count;
    if (exchange->answer_bytes <= ANSWER_BYTES_MAX)
        return size * count;
    exchange->answer_cut = true;
    return 0;
}

static int64_t retry_after_ms(CURL *easy)
{
    curl_off_t seconds = 0;

    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
    if (seconds <= 0)
        return -1;
    return (seconds > RETRY_AFTER_S_MAX ? RETRY_AFTER_S_MAX : seconds) * INT64_C(1000);
}

static int http_status(CURL *easy)
{
    long status = 0;

    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

static bool was_connected(CURL *easy)
{
    curl_off_t after_us = 0;

    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &after_us);
    return after_us > 0;
}

static int os_errno(CURL *easy)
{
    long number = 0;

    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number);
    return (int)number;
}

/* Of libcurl's own sentences only those on TLS are passed on: they name at most the host. */
static void say_failure(struct exchange *exchange, CURLcode code)
{
    char *out = exchange->outcome.reason;

    /* Another address of the same name may have been tried after a refused one. */
    if (exchange->refused[0] != '\0' &&
        (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK))
        snprintf(out, REASON_MAX, "%s", exchange->refused);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        reason_timeout(out, exchange->outcome.took_ms, was_connected(exchange->easy),
                       http_status(exchange->easy));
    else if (code == CURLE_COULDNT_CONNECT)
        reason_no_connection(out, os_errno(exchange->easy));
    else if (code == CURLE_COULDNT_RESOLVE_HOST)
        snprintf(out, REASON_MAX, "the host name has no address");
    else if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR)
        reason_tls(out, exchange->tls_words, curl_easy_strerror(code));
    else if (code == CURLE_GOT_NOTHING)
        snprintf(out, REASON_MAX, "the connection ended without an answer");
    else
        snprintf(out, REASON_MAX, "%s", curl_easy_strerror(code));
}

/* -- from flying to told -- */

static void exchange_free(struct exchange *exchange)
{
    curl_easy_cleanup(exchange->easy);
    curl_slist_free_all(exchange->headers);
    free(exchange->body);
    free(exchange);
}

static void tell_later(struct webhooks *hooks, struct exchange *exchange)
{
    TAILQ_INSERT_TAIL(&hooks->told, exchange, link);
    event_active(hooks->finished, EV_TIMEOUT, 0);
}

static void finish(struct exchange *exchange, CURLcode code)
{
    struct webhook_outcome *outcome = &exchange->outcome;

    outcome->took_ms = mono_diff_ms(mono_now(), exchange->began);
    /* An answer that was too long to read is an answer: its first line said what there is to know.
     */
    if (code == CURLE_OK || exchange->answer_cut) {
        outcome->http_status = http_status(exchange->easy);
        outcome->retry_after_ms = retry_after_ms(exchange->easy);
        reason_status(outcome->reason, outcome->http_status);
    } else {
        say_failure(exchange, code);
    }
}

static void collect(struct webhooks *hooks)
{
    struct exchange *exchange;
    struct CURLMsg *message;
    CURLcode code;
    char *private;
    int left;

    while ((message = curl_multi_info_read(hooks->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        code = message->data.result; /* the message dies with remove_handle */
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        exchange = (struct exchange *)(void *)private;
        finish(exchange, code);
        curl_multi_remove_handle(hooks->multi, exchange->easy);
        TAILQ_REMOVE(&hooks->flying, exchange, link);
        tell_later(hooks, exchange);
    }
}

static void on_finished(evutil_socket_t fd, short what, void *arg)
{
    struct webhooks *hooks = arg;
    struct exchange *exchange = TAILQ_FIRST(&hooks->told);
    struct webhook_outcome outcome;
    webhook_done_cb *done;
    void *done_arg;

    (void)fd;
    (void)what;
    if (exchange == NULL)
        return;
    TAILQ_REMOVE(&hooks->told, exchange, link);
    hooks->count--;
    if (!TAILQ_EMPTY(&hooks->told))
        event_active(hooks->finished, EV_TIMEOUT, 0);
    outcome = exchange->outcome;
    done = exchange->done;
    done_arg = exchange->arg;
    exchange_free(exchange);
    done(&outcome, done_arg); /* may free us */
}

/* -- libcurl's sockets and its timer -- */

static void on_socket(evutil_socket_t fd, short what, void *arg)
{
    struct webhooks *hooks = arg;
    int mask = 0;
    int running;

    if ((what & EV_READ) != 0)
        mask |= CURL_CSELECT_IN;
    if ((what & EV_WRITE) != 0)
        mask |= CURL_CSELECT_OUT;
    curl_multi_socket_action(hooks->multi, fd, mask, &running);
    collect(hooks);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct webhooks *hooks = arg;
    int running;

    (void)fd;
    (void)what;
    curl_multi_socket_action(hooks->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(hooks);
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
    struct webhooks *hooks = arg;
    struct event *event = socket_arg;
    short wanted = EV_PERSIST;

    (void)easy;
    if (event != NULL)
        event_free(event);
    event = NULL;
    if (what != CURL_POLL_REMOVE) {
        if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
            wanted |= EV_READ;
        if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
            wanted |= EV_WRITE;
        event = event_new(hooks->base, fd, wanted, on_socket, hooks);
        if (event == NULL || event_add(event, NULL) < 0)
            abort();
    }
    curl_multi_assign(hooks->multi, fd, event);
    return 0;
}

/* libcurl must not be called from here, not even for a delay of 0. */
static int on_curl_timer(CURLM *multi, long delay_ms, void *arg)
{
    struct webhooks *hooks = arg;
    struct timeval delay = {delay_ms / 1000, delay_ms % 1000 * 1000};

    (void)multi;
    if (hooks->timer == NULL)
        return 0; /* being freed */
    if (delay_ms < 0)
        event_del(hooks->timer);
    else
        event_add(hooks->timer, &delay);
    return 0;
}

/* -- starting an exchange -- */

static void take_headers(struct exchange *exchange, const struct envelope *envelope)
{
    for (size_t i = 0; i < ENVELOPE_HEADERS; i++) {
        struct curl_slist *longer = curl_slist_append(exchange->headers, envelope->headers[i]);

        if (longer == NULL)
            abort();
        exchange->headers = longer;
    }
}

static void set_limits(CURL *easy, int64_t timeout_ms)
{
    int64_t connect_ms = timeout_ms < CONNECT_TIMEOUT_MS_MAX ? timeout_ms : CONNECT_TIMEOUT_MS_MAX;

    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    /* libcurl 7.88 joins its resolver thread when it gives up on one: a DNS server that hangs would
     * stop the loop for as long. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    /* One request per connection at a time: one that hangs holds no other. */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
}

static void set_callbacks(CURL *easy, struct exchange *exchange)
{
    curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_before_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_answer_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_answer_bytes);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->tls_words);
}

static bool set_request(struct exchange *exchange, const struct webhook_message *message,
                        struct err *err)
{
    CURL *easy = exchange->easy;

    exchange->body = malloc(message->body_bytes + 1);
    if (exchange->body == NULL)
        abort();
    memcpy(exchange->body, message->body, message->body_bytes);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)message->body_bytes);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, exchange->body);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Kentongan/" KT_VERSION);
    if (curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_URL, message->url) != CURLE_OK)
        return err_set(err, "libcurl does not take the URL");
    return true;
}

static bool begin(struct exchange *exchange, const struct webhook_message *message, struct wall now,
                  struct err *err)
{
    struct envelope envelope;

    if (!envelope_make(message, now, &envelope, err))
        return false;
    take_headers(exchange, &envelope);
    if (!set_request(exchange, message, err))
        return false;
    set_limits(exchange->easy, exchange->timeout_ms);
    set_callbacks(exchange->easy, exchange);
    if (curl_multi_add_handle(exchange->hooks->multi, exchange->easy) != CURLM_OK)
        return err_set(err, "libcurl does not take the request");
    return true;
}

void webhook_send(struct webhooks *hooks, const struct webhook_message *message, struct wall now,
                  webhook_done_cb *done, void *arg)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    struct err err = {0};

    if (exchange == NULL)
        abort();
    *exchange = (struct exchange){
        .hooks = hooks, .done = done, .arg = arg, .timeout_ms = hooks->timeout_ms};
    exchange->began = mono_now();
    exchange->outcome = (struct webhook_outcome){.retry_after_ms = -1, .started = now};
    exchange->easy = curl_easy_init();
    if (exchange->easy == NULL)
        abort();
    hooks->count++;
    if (begin(exchange, message, now, &err)) {
        TAILQ_INSERT_TAIL(&hooks->flying, exchange, link);
        return;
    }
    snprintf(exchange->outcome.reason, REASON_MAX, "%.255s", err.text);
    tell_later(hooks, exchange);
}

/* -- life -- */

static void multi_set_up(struct webhooks *hooks)
{
    curl_multi_setopt(hooks->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(hooks->multi, CURLMOPT_SOCKETDATA, hooks);
    curl_multi_setopt(hooks->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(hooks->multi, CURLMOPT_TIMERDATA, hooks);
    curl_multi_setopt(hooks->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)CONNECTIONS_MAX);
    curl_multi_setopt(hooks->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CONNECTIONS_MAX_OF_HOST);
    curl_multi_setopt(hooks->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
}

struct webhooks *webhooks_new(struct event_base *base, struct err *err)
{
    struct webhooks *hooks = calloc(1, sizeof *hooks);

    if (hooks == NULL)
        abort();
    TAILQ_INIT(&hooks->flying);
    TAILQ_INIT(&hooks->told);
    hooks->base = base;
    hooks->timeout_ms = 20000;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(hooks);
        err_set(err, "libcurl cannot be set up");
        return NULL;
    }
    hooks->multi = curl_multi_init();
    hooks->timer = evtimer_new(base, on_timer, hooks);
    hooks->finished = event_new(base, -1, 0, on_finished, hooks);
    if (hooks->multi == NULL || hooks->timer == NULL || hooks->finished == NULL) {
        webhooks_free(hooks);
        err_set(err, "the webhooks cannot be put on the event loop");
        return NULL;
    }
    multi_set_up(hooks);
    return hooks;
}

void webhooks_set_policy(struct webhooks *hooks, const struct webhook_policy *policy)
{
    hooks->timeout_ms = policy->timeout_ms;
    hooks->allow = policy->allow != NULL ? *policy->allow : (struct net_list){0};
}

size_t webhooks_in_flight(const struct webhooks *hooks)
{
    return hooks->count;
}

static void free_list(struct webhooks *hooks, struct exchange_list *list, bool flying)
{
    struct exchange *exchange;

    while ((exchange = TAILQ_FIRST(list)) != NULL) {
        TAILQ_REMOVE(list, exchange, link);
        if (flying)
            curl_multi_remove_handle(hooks->multi, exchange->easy);
        exchange_free(exchange);
    }
}

void webhooks_free(struct webhooks *hooks)
{
    if (hooks == NULL)
        return;
    if (hooks->finished != NULL)
        event_free(hooks->finished);
    if (hooks->timer != NULL)
        event_free(hooks->timer);
    hooks->timer = NULL; /* on_curl_timer() is still called from the clean-up */
    free_list(hooks, &hooks->flying, true);
    free_list(hooks, &hooks->told, false);
    curl_multi_cleanup(hooks->multi);
    curl_global_cleanup();
    free(hooks);
}
