/* SPDX-License-Identifier: ISC */
#include "daemon/web/listen.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/util.h>

#define BACKLOG    512 /* a burst waits; a full queue makes nginx answer 502 */
#define UNIX_LEAST 100 /* a path up to this length works everywhere; the kernel's limit is 107 */

static int stream_socket(int family)
{
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* True when a server answers on it. A socket file without one is left over from a crash. */
static bool is_alive(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool alive;

    if (fd < 0)
        return false;
    alive = connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;
    close(fd);
    return alive;
}

static int open_unix(const char *path, char unix_path[108], struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t bytes = strlen(path);
    struct stat there;
    int fd;

    if (bytes == 0 || bytes > UNIX_LEAST) {
        err_set(err, "web.listen: the socket path %s has %zu bytes, the most is %d", path, bytes,
                UNIX_LEAST);
        return -1;
    }
    memcpy(address.sun_path, path, bytes + 1);
    if (lstat(path, &there) == 0) {
        if (!S_ISSOCK(there.st_mode) || is_alive(&address)) {
            err_set(err, "web.listen: %s is %s", path,
                    S_ISSOCK(there.st_mode) ? "in use by another process"
                                            : "there already and no socket");
            return -1;
        }
        unlink(path);
    }
    fd = stream_socket(AF_UNIX);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
        chmod(path, 0660) < 0 || listen(fd, BACKLOG) < 0) {
        err_set(err, "web.listen: %s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    memcpy(unix_path, path, bytes + 1);
    return fd;
}

static bool is_loopback(const struct sockaddr_storage *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->ss_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    memcpy(&v6, address, sizeof v6);
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

static int open_tcp(const char *where, struct err *err)
{
    struct sockaddr_storage address = {0};
    int bytes = (int)sizeof address;
    int on = 1;
    int fd;

    if (evutil_parse_sockaddr_port(where, (struct sockaddr *)&address, &bytes) < 0 ||
        !is_loopback(&address)) {
        err_set(err,
                "web.listen: %s is neither unix:/path nor a loopback address with a port "
                "(127.0.0.1:8420)",
                where);
        return -1;
    }
    fd = stream_socket(address.ss_family);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (const struct sockaddr *)&address, (socklen_t)bytes) < 0 ||
        listen(fd, BACKLOG) < 0) {
        err_set(err, "web.listen: %s: %s", where, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

int listen_open(const char *where, char unix_path[108], struct err *err)
{
    unix_path[0] = '\0';
    if (strncmp(where, "unix:", 5) == 0)
        return open_unix(where + 5, unix_path, err);
    return open_tcp(where, err);
}
