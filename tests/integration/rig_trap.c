/* SPDX-License-Identifier: ISC */
#include "tests/integration/rig_trap.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

bool rig_trap_possible(void)
{
    return access("/usr/bin/snmptrap", X_OK) == 0 && access("/usr/bin/snmpinform", X_OK) == 0;
}

const char *rig_trap_conf(struct rig *rig, unsigned *port)
{
    *port = rig_free_udp(rig);
    return rig_text(rig, "trap { listen = \"127.0.0.1:%u\" }\n", *port);
}

int rig_trap_send(struct rig *rig, const struct rig_sender *sender, unsigned port, const char *oid)
{
    const char *argv[RIG_TRAP_WORDS + 8];
    size_t n = 0;
    const char *said;
    int code;

    argv[n++] = rig_text(rig, "/usr/bin/%s", sender->program);
    for (size_t i = 0; i < RIG_TRAP_WORDS && sender->words[i] != NULL; i++)
        argv[n++] = sender->words[i];
    argv[n++] = rig_text(rig, "--clientaddr=%s", sender->from);
    argv[n++] = rig_text(rig, "127.0.0.1:%u", port);
    argv[n++] = "12345"; /* sysUpTime */
    argv[n++] = oid;
    argv[n] = NULL;
    code = rig_run(rig, &said, argv);
    if (strcmp(sender->program, "snmptrap") == 0 && code != 0)
        rig_fail(rig, "snmptrap: %s", said);
    return code;
}

static int socket_on(struct rig *rig, const char *address, unsigned *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t bytes = sizeof at;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (inet_pton(AF_INET, address, &at.sin_addr) != 1 || fd < 0 ||
        bind(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &bytes) < 0)
        rig_fail(rig, "no socket on %s", address);
    *port = ntohs(at.sin_port);
    return fd;
}

/* It waits in the socket's buffer by the time the command has ended: loopback is synchronous. */
void rig_trap_keep(struct rig *rig, const struct rig_sender *sender, const char *oid,
                   struct rig_datagram *kept)
{
    unsigned port = 0;
    int fd = socket_on(rig, "127.0.0.1", &port);
    ssize_t count;

    rig_trap_send(rig, sender, port, oid);
    count = recv(fd, kept->at, sizeof kept->at, MSG_DONTWAIT);
    close(fd);
    if (count <= 0)
        rig_fail(rig, "%s sent nothing", sender->program);
    kept->count = (size_t)count;
}

/* On the wire between the two, until it is killed. near: the command's side. */
static void relay(int near, int far, const struct sockaddr_in *daemon_at, struct rig_datagram *kept)
{
    struct pollfd fds[2] = {{.fd = near, .events = POLLIN}, {.fd = far, .events = POLLIN}};
    struct sockaddr_in sender = {0};
    socklen_t bytes = sizeof sender;
    uint8_t back[2048];

    while (poll(fds, 2, -1) > 0) {
        ssize_t count = 0;

        if ((fds[0].revents & POLLIN) != 0) {
            count =
                recvfrom(near, kept->at, sizeof kept->at, 0, (struct sockaddr *)&sender, &bytes);
            kept->count = count > 0 ? (size_t)count : 0;
            count = sendto(far, kept->at, kept->count, 0, (const struct sockaddr *)daemon_at,
                           sizeof *daemon_at);
        } else {
            count = recv(far, back, sizeof back, 0);
            if (count > 0)
                count = sendto(near, back, (size_t)count, 0, (struct sockaddr *)&sender, bytes);
        }
        if (count < 0)
            break;
    }
}

int rig_trap_tap(struct rig *rig, const struct rig_sender *sender, unsigned port, const char *oid,
                 struct rig_datagram *kept)
{
    struct rig_datagram *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct sockaddr_in daemon_at = {.sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)port),
                                    .sin_addr = {htonl(INADDR_LOOPBACK)}};
    unsigned near_port = 0, far_port = 0;
    int near = socket_on(rig, "127.0.0.1", &near_port);
    int far = socket_on(rig, sender->from, &far_port), code;
    pid_t pid = fork();

    if (shared == MAP_FAILED || pid < 0)
        rig_fail(rig, "cannot listen on the wire");
    if (pid == 0) {
        relay(near, far, &daemon_at, shared);
        _exit(1);
    }
    code = rig_trap_send(rig, sender, near_port, oid);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    *kept = *shared;
    munmap(shared, sizeof *shared);
    close(near);
    close(far);
    if (kept->count == 0)
        rig_fail(rig, "%s sent nothing", sender->program);
    return code;
}

void rig_trap_throw(struct rig *rig, const struct rig_datagram *datagram, const char *from,
                    unsigned port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    unsigned own = 0;
    int fd = socket_on(rig, from, &own);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (sendto(fd, datagram->at, datagram->count, 0, (struct sockaddr *)&to, sizeof to) < 0)
        rig_fail(rig, "cannot send from %s", from);
    close(fd);
}

int64_t rig_metric(struct rig *rig, const char *row)
{
    const char *page, *at;
    const char *wanted = rig_text(rig, "\n%s ", row);

    if (rig_http(rig, 0, "/metrics", &page) != 200 || (at = strstr(page, wanted)) == NULL)
        return -1;
    return strtoll(at + strlen(wanted), NULL, 10);
}

void rig_wait_metric(struct rig *rig, const char *row, int64_t at_least)
{
    struct mono deadline = rig_deadline(RIG_PATIENCE_MS);
    int64_t now;

    while ((now = rig_metric(rig, row)) < at_least)
        if (!rig_tick(rig, deadline))
            rig_fail(rig, "waited for %s to be %" PRId64 ", it is %" PRId64, row, at_least, now);
}
