/* SPDX-License-Identifier: ISC */
#include "daemon/notify.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/base/text.h"

struct notify {
    int fd; /* -1: nobody listens */
    struct sockaddr_un address;
    socklen_t address_bytes;
    int64_t watchdog_ms;
};

static void find_socket(struct notify *notify)
{
    const char *path = getenv("NOTIFY_SOCKET");
    size_t bytes = path == NULL ? 0 : strlen(path);

    if (bytes < 2 || bytes >= sizeof notify->address.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    notify->address.sun_family = AF_UNIX;
    memcpy(notify->address.sun_path, path, bytes);
    if (path[0] == '@')
        notify->address.sun_path[0] = '\0'; /* the abstract namespace, unix(7) */
    notify->address_bytes = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + bytes);
    notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static void find_watchdog(struct notify *notify)
{
    const char *period = getenv("WATCHDOG_USEC");
    const char *pid = getenv("WATCHDOG_PID");
    int64_t us;
    int64_t whom;

    if (period == NULL || !text_i64(period, 1, INT64_MAX, &us))
        return;
    if (pid != NULL && (!text_i64(pid, 1, INT32_MAX, &whom) || whom != getpid()))
        return;
    notify->watchdog_ms = us / 2 / US_PER_MS;
    if (notify->watchdog_ms == 0)
        notify->watchdog_ms = 1;
}

struct notify *notify_new(void)
{
    struct notify *notify = calloc(1, sizeof *notify);

    if (notify == NULL)
        abort();
    notify->fd = -1;
    find_socket(notify);
    find_watchdog(notify);
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    return notify;
}

void notify_send(struct notify *notify, const char *state)
{
    if (notify->fd < 0)
        return;
    (void)!sendto(notify->fd, state, strlen(state), MSG_NOSIGNAL,
                  (const struct sockaddr *)&notify->address, notify->address_bytes);
}

void notify_reloading(struct notify *notify)
{
    char state[64];

    snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, monotonic_us());
    notify_send(notify, state);
}

int64_t notify_watchdog_ms(const struct notify *notify)
{
    return notify->watchdog_ms;
}

void notify_free(struct notify *notify)
{
    if (notify == NULL)
        return;
    if (notify->fd >= 0)
        close(notify->fd);
    free(notify);
}
