/* SPDX-License-Identifier: ISC */
/* The behaviours are listed in usage(); sink.h says what the files are. */
#include "tests/sink/sink.h"

#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>

#include "daemon/base/clock.h"
#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/base/text.h"

#define BODY_MAX (1024 * 1024)

struct options {
    const char *listen;
    const char *log;
    const char *secrets;
    const char *port_file;
};

static void usage(FILE *out)
{
    fputs(
        "usage: kt-sink --listen ADDRESS:PORT --log FILE [--secret-file FILE] [--port-file FILE]\n"
        "\n"
        "Receives webhooks and writes one JSON line per request to FILE:\n"
        "  n, time, method, path, headers (names in lower case), body, verified\n"
        "  (true, false; null without --secret-file, whose lines are whsec_ secrets).\n"
        "PORT 0 takes a free one; --port-file says which.\n"
        "\n"
        "The first segment of the path says how it answers; what follows is free (/hang/a):\n"
        "  /ok              204\n"
        "  /NNN             that status; 3xx point at /ok;\n"
        "                   ?after=SECONDS or ?after_date=SECONDS sends Retry-After\n"
        "  /fail-N-then-ok  500 for the first N requests of this very path, then 204\n"
        "  /late?ms=N       204 after N milliseconds\n"
        "  /hang            never answers       /head-then-hang  the head, then nothing\n"
        "  /slow            one byte a second   /big             10 MB\n"
        "  /close           hangs up            /reset           hangs up with a TCP reset\n"
        "  /many-headers    1,000 of them\n"
        "  GET /_count      {\"requests\":…,\"paths\":{…}}, not counted itself\n",
        out);
}

static uint32_t count_path(struct sink *sink, const char *path)
{
    size_t i = 0;

    sink->requests++;
    while (i < sink->path_count && strcmp(sink->counts[i].path, path) != 0)
        i++;
    if (i == SINK_PATHS_MAX)
        return 1;
    if (i == sink->path_count) {
        sink->path_count++;
        snprintf(sink->counts[i].path, sizeof sink->counts[i].path, "%s", path);
    }
    return ++sink->counts[i].requests;
}

static const char *method_name(enum evhttp_cmd_type method)
{
    if (method == EVHTTP_REQ_POST)
        return "POST";
    if (method == EVHTTP_REQ_GET)
        return "GET";
    return "other";
}

static struct js *headers_as_json(struct evhttp_request *request)
{
    struct evkeyvalq *headers = evhttp_request_get_input_headers(request);
    struct js *out = js_object();
    struct evkeyval *pair;

    TAILQ_FOREACH(pair, headers, next)
    {
        char name[128];

        snprintf(name, sizeof name, "%s", pair->key);
        for (char *at = name; *at != '\0'; at++)
            if (*at >= 'A' && *at <= 'Z')
                *at = (char)(*at + 32);
        js_set_text(out, name, pair->value);
    }
    return out;
}

static struct js *verdict(const struct sink *sink, struct evhttp_request *request,
                          const struct text *body)
{
    struct evkeyvalq *headers = evhttp_request_get_input_headers(request);

    if (sink->secret_count == 0)
        return js_new_null();
    return js_new_bool(sink_verify(sink, evhttp_find_header(headers, "webhook-id"),
                                   evhttp_find_header(headers, "webhook-timestamp"),
                                   evhttp_find_header(headers, "webhook-signature"), text_get(body),
                                   body->bytes));
}

/* One write per line, so that a reader never sees half of one. */
static void log_request(struct sink *sink, struct evhttp_request *request)
{
    struct evbuffer *in = evhttp_request_get_input_buffer(request);
    struct text body = {0};
    struct text line = {0};
    struct js *entry = js_object();
    char time[WALL_TEXT_MAX];

    text_add_bytes(&body, (const char *)evbuffer_pullup(in, -1), evbuffer_get_length(in));
    wall_format(wall_now(), time);
    js_set_i64(entry, "n", sink->requests);
    js_set_text(entry, "time", time);
    js_set_text(entry, "method", method_name(evhttp_request_get_command(request)));
    js_set_text(entry, "path", evhttp_request_get_uri(request));
    js_set(entry, "headers", headers_as_json(request));
    js_set_text(entry, "body", text_get(&body));
    js_set(entry, "verified", verdict(sink, request, &body));
    js_print(entry, 0, &line);
    text_add(&line, "\n");
    fwrite(text_get(&line), 1, line.bytes, sink->log);
    fflush(sink->log);
    js_free(entry);
    text_free(&line);
    text_free(&body);
}

static void on_request(struct evhttp_request *request, void *arg)
{
    struct sink *sink = arg;
    const char *path = evhttp_request_get_uri(request);
    uint32_t times = 0;

    if (strcmp(path, "/_count") != 0) {
        times = count_path(sink, path);
        log_request(sink, request);
    }
    sink_behave(sink, request, path, times);
}

static void on_signal(evutil_socket_t signal, short what, void *arg)
{
    (void)signal;
    (void)what;
    event_base_loopbreak(arg);
}

/* Written beside and renamed, so that whoever waits for the file finds all of it. */
static bool write_port(const char *file, unsigned port)
{
    char beside[4096];
    FILE *out;
    bool good;

    if (snprintf(beside, sizeof beside, "%s.new", file) >= (int)sizeof beside)
        return false;
    out = fopen(beside, "we");
    if (out == NULL)
        return false;
    good = fprintf(out, "%u\n", port) > 0;
    good = fclose(out) == 0 && good;
    return good && rename(beside, file) == 0;
}

static unsigned bound_port(struct evhttp_bound_socket *socket)
{
    struct sockaddr_storage address = {0};
    struct sockaddr_in in4;
    socklen_t bytes = sizeof address;

    if (getsockname(evhttp_bound_socket_get_fd(socket), (struct sockaddr *)&address, &bytes) < 0)
        return 0;
    memcpy(&in4, &address, sizeof in4); /* the port stands at the same place for IPv6 */
    return ntohs(in4.sin_port);
}

static bool listen_at(struct sink *sink, const struct options *options)
{
    const char *colon = strrchr(options->listen, ':');
    struct evhttp_bound_socket *bound;
    char host[64];
    int64_t port;

    if (colon == NULL || !text_i64(colon + 1, 0, 65535, &port) ||
        (size_t)(colon - options->listen) >= sizeof host)
        return false;
    snprintf(host, sizeof host, "%.*s", (int)(colon - options->listen), options->listen);
    bound = evhttp_bind_socket_with_handle(sink->http, host, (uint16_t)port);
    if (bound == NULL)
        return false;
    log_info("sink.listening", "address=%s port=%u", host, bound_port(bound));
    return options->port_file == NULL || write_port(options->port_file, bound_port(bound));
}

static bool options_read(int argc, char **argv, struct options *options)
{
    static const struct option known[] = {{"listen", required_argument, NULL, 'l'},
                                          {"log", required_argument, NULL, 'o'},
                                          {"secret-file", required_argument, NULL, 's'},
                                          {"port-file", required_argument, NULL, 'p'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    int letter;

    while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (letter == 'h') {
            usage(stdout);
            exit(0);
        }
        if (letter == 'l')
            options->listen = optarg;
        else if (letter == 'o')
            options->log = optarg;
        else if (letter == 's')
            options->secrets = optarg;
        else if (letter == 'p')
            options->port_file = optarg;
        else
            return false;
    }
    return options->listen != NULL && options->log != NULL && optind == argc;
}

static bool sink_open(struct sink *sink, const struct options *options)
{
    if (options->secrets != NULL && !sink_read_secrets(sink, options->secrets)) {
        log_error("sink.secrets", "file=%s cannot be read, or a line is no whsec_ secret",
                  options->secrets);
        return false;
    }
    sink->log = fopen(options->log, "ae");
    if (sink->log == NULL) {
        log_error("sink.log", "file=%s cannot be written", options->log);
        return false;
    }
    setvbuf(sink->log, NULL, _IOFBF, 2 * BODY_MAX);
    sink->base = event_base_new();
    sink->http = sink->base == NULL ? NULL : evhttp_new(sink->base);
    if (sink->http == NULL)
        return false;
    evhttp_set_max_body_size(sink->http, BODY_MAX);
    evhttp_set_max_headers_size(sink->http, 65536);
    evhttp_set_gencb(sink->http, on_request, sink);
    if (!listen_at(sink, options)) {
        log_error("sink.listen", "address=%s cannot be listened on", options->listen);
        return false;
    }
    return true;
}

static void sink_close(struct sink *sink)
{
    sink_release(sink);
    if (sink->http != NULL)
        evhttp_free(sink->http);
    if (sink->base != NULL)
        event_base_free(sink->base);
    if (sink->log != NULL)
        fclose(sink->log);
}

int main(int argc, char **argv)
{
    static struct sink sink;
    struct options options = {0};
    struct event *term = NULL;
    struct event *quit = NULL;
    bool good;

    if (!options_read(argc, argv, &options)) {
        usage(stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    good = sink_open(&sink, &options);
    if (good) {
        term = evsignal_new(sink.base, SIGTERM, on_signal, sink.base);
        quit = evsignal_new(sink.base, SIGINT, on_signal, sink.base);
        event_add(term, NULL);
        event_add(quit, NULL);
        event_base_dispatch(sink.base);
        event_free(term);
        event_free(quit);
    }
    sink_close(&sink);
    return good ? 0 : 1;
}
