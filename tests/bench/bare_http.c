/* SPDX-License-Identifier: ISC */
/*
 * bare_http FILE - the limit that a page is measured against: evhttp that answers every request
 * with the bytes of a recorded answer (curl -i) and does nothing else. On 127.0.0.1, at a free port
 * that it prints.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

#define ANSWER_MAX  (256 * 1024)
#define HEADERS_MAX 32

struct recorded {
    char bytes[ANSWER_MAX];
    struct {
        char *name;
        char *value;
    } headers[HEADERS_MAX];
    size_t header_count;
    const char *body;
    size_t body_bytes;
};

/* What evhttp writes itself. */
static int is_its_own(const char *name)
{
    return strcasecmp(name, "Date") == 0 || strcasecmp(name, "Content-Length") == 0 ||
           strcasecmp(name, "Connection") == 0;
}

/* Cuts the head into its lines, in place; 0: it is no answer. */
static int read_head(struct recorded *answer, char *head)
{
    char *save = NULL;

    if (strncmp(head, "HTTP/1.1 200 ", 13) != 0 || strtok_r(head, "\r\n", &save) == NULL)
        return 0;
    for (char *line; (line = strtok_r(NULL, "\r\n", &save)) != NULL;) {
        char *value = strstr(line, ": ");

        if (value == NULL || answer->header_count == HEADERS_MAX)
            return 0;
        *value = '\0';
        if (is_its_own(line))
            continue;
        answer->headers[answer->header_count].name = line;
        answer->headers[answer->header_count++].value = value + 2;
    }
    return 1;
}

static int read_answer(const char *path, struct recorded *answer)
{
    FILE *file = fopen(path, "re");
    size_t bytes;
    char *end;

    if (file == NULL)
        return 0;
    bytes = fread(answer->bytes, 1, sizeof answer->bytes - 1, file);
    fclose(file);
    answer->bytes[bytes] = '\0';
    end = strstr(answer->bytes, "\r\n\r\n");
    if (end == NULL)
        return 0;
    *end = '\0';
    answer->body = end + 4;
    answer->body_bytes = bytes - (size_t)(answer->body - answer->bytes);
    return read_head(answer, answer->bytes);
}

static void on_request(struct evhttp_request *request, void *arg)
{
    const struct recorded *answer = arg;
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    struct evbuffer *body = evbuffer_new();

    if (body == NULL)
        abort();
    for (size_t i = 0; i < answer->header_count; i++)
        evhttp_add_header(headers, answer->headers[i].name, answer->headers[i].value);
    evbuffer_add_reference(body, answer->body, answer->body_bytes, NULL, NULL);
    evhttp_send_reply(request, 200, "OK", body);
    evbuffer_free(body);
}

static void on_stop(evutil_socket_t number, short what, void *arg)
{
    (void)number;
    (void)what;
    event_base_loopbreak(arg);
}

static int print_port(struct evhttp_bound_socket *bound)
{
    struct sockaddr_in address;
    socklen_t bytes = sizeof address;

    if (getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&address, &bytes) < 0)
        return 0;
    printf("%u\n", ntohs(address.sin_port));
    return fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    static struct recorded answer;
    struct event_base *base = event_base_new();
    struct evhttp *http = evhttp_new(base);
    struct event *stop = evsignal_new(base, SIGTERM, on_stop, base);
    struct evhttp_bound_socket *bound;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (argc != 2 || http == NULL || stop == NULL || !read_answer(argv[1], &answer)) {
        fputs("usage: bare_http FILE, what curl -i has printed of an answer with 200\n", stderr);
        return 2;
    }
    evhttp_set_gencb(http, on_request, &answer);
    bound = evhttp_bind_socket_with_handle(http, "127.0.0.1", 0);
    if (bound == NULL || !print_port(bound))
        return 1;
    event_add(stop, NULL);
    event_base_dispatch(base);
    event_free(stop);
    evhttp_free(http);
    event_base_free(base);
    return 0;
}
