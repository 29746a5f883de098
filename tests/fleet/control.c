/* SPDX-License-Identifier: ISC */
#include "tests/fleet/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#define LINE_BYTES_MAX (1024 * 1024)

struct client {
    LIST_ENTRY(client) link;
    struct control *control;
    struct bufferevent *channel;
};

struct control {
    struct event_base *base;
    control_heard_fn *heard;
    void *arg;
    struct sockaddr_un address;
    struct evconnlistener *listener;
    LIST_HEAD(, client) clients;
};

static bool address_of(const char *path, struct sockaddr_un *address, struct err *err)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address->sun_path)
        return err_set(err, "%s: longer than the %zu bytes that a socket's path may have", path,
                       sizeof address->sun_path - 1);
    memcpy(address->sun_path, path, strlen(path));
    return true;
}

static void client_free(struct client *client)
{
    LIST_REMOVE(client, link);
    bufferevent_free(client->channel);
    free(client);
}

static void answer(struct client *client, const char *line)
{
    struct control *control = client->control;
    struct evbuffer *out = bufferevent_get_output(client->channel);
    struct text lines = {0};
    struct err err = {0};

    switch (control->heard(line, &lines, &err, control->arg)) {
    case WORLD_DONE:
        evbuffer_add_printf(out, "%sdone\n", text_get(&lines));
        break;
    case WORLD_REFUSED:
        evbuffer_add_printf(out, "refused: %s\n", err.text);
        break;
    case WORLD_USAGE:
        evbuffer_add_printf(out, "usage: %s\n", err.text);
        break;
    case WORLD_ANSWER_END:
        break;
    }
    text_free(&lines);
}

static void on_line(struct bufferevent *channel, void *arg)
{
    struct client *client = arg;
    struct evbuffer *in = bufferevent_get_input(channel);
    char *line;

    while ((line = evbuffer_readln(in, NULL, EVBUFFER_EOL_LF)) != NULL) {
        answer(client, line);
        free(line);
    }
    if (evbuffer_get_length(in) > LINE_BYTES_MAX)
        client_free(client);
}

static void on_hangup(struct bufferevent *channel, short what, void *arg)
{
    (void)channel;
    (void)what;
    client_free(arg);
}

static void on_client(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
                      int from_bytes, void *arg)
{
    struct control *control = arg;
    struct client *client = calloc(1, sizeof *client);

    (void)listener;
    (void)from;
    (void)from_bytes;
    if (client == NULL)
        abort();
    client->control = control;
    client->channel = bufferevent_socket_new(control->base, fd, BEV_OPT_CLOSE_ON_FREE);
    if (client->channel == NULL)
        abort();
    LIST_INSERT_HEAD(&control->clients, client, link);
    bufferevent_setcb(client->channel, on_line, NULL, on_hangup, client);
    bufferevent_enable(client->channel, EV_READ | EV_WRITE);
}

/* A socket file outlives a killed fleet. Only one that refuses us is thrown away. */
static bool take_place(const struct sockaddr_un *address, struct err *err)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int served;
    int why;

    if (fd < 0)
        return err_set(err, "socket: %s", strerror(errno));
    served = connect(fd, (const struct sockaddr *)address, sizeof *address);
    why = errno;
    close(fd);
    if (served == 0)
        return err_set(err, "%s: a fleet is served there already", address->sun_path);
    if (why == ECONNREFUSED)
        (void)unlink(address->sun_path);
    return true;
}

static int listen_at(const struct sockaddr_un *address, struct err *err)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    mode_t mask;
    int bound;

    if (fd < 0) {
        err_set(err, "socket: %s", strerror(errno));
        return -1;
    }
    mask = umask(0177);
    bound = bind(fd, (const struct sockaddr *)address, sizeof *address);
    umask(mask);
    if (bound < 0) {
        err_set(err, "%s: %s", address->sun_path, strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

struct control *control_new(struct event_base *base, const char *path, control_heard_fn *heard,
                            void *arg, struct err *err)
{
    struct control *control;
    struct sockaddr_un address;
    int fd;

    if (!address_of(path, &address, err) || !take_place(&address, err))
        return NULL;
    fd = listen_at(&address, err);
    if (fd < 0)
        return NULL;
    control = calloc(1, sizeof *control);
    if (control == NULL)
        abort();
    *control = (struct control){.base = base, .heard = heard, .arg = arg, .address = address};
    LIST_INIT(&control->clients);
    control->listener = evconnlistener_new(base, on_client, control,
                                           LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 16, fd);
    if (control->listener != NULL)
        return control;
    err_set(err, "%s: cannot listen", path);
    close(fd);
    (void)unlink(path);
    free(control);
    return NULL;
}

void control_free(struct control *control)
{
    struct client *client;

    if (control == NULL)
        return;
    while ((client = LIST_FIRST(&control->clients)) != NULL)
        client_free(client);
    evconnlistener_free(control->listener);
    (void)unlink(control->address.sun_path);
    free(control);
}
