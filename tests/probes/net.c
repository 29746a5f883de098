/* SPDX-License-Identifier: ISC */
#include "tests/probes/net.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define WORDS_MOST 32

static pid_t far_pid = -1; /* holds the far namespace; dies with us */
static int far_net = -1;

static bool write_line(const char *path, const char *line)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line);

    if (fd >= 0)
        close(fd);
    return done;
}

static bool hold_far(void)
{
    int ready[2];
    char byte, path[64];

    if (pipe2(ready, O_CLOEXEC) < 0 || (far_pid = fork()) < 0)
        return false;
    if (far_pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (unshare(CLONE_NEWNET) != 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1)
        return false;
    close(ready[0]);
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)far_pid);
    far_net = open(path, O_RDONLY | O_CLOEXEC);
    return far_net >= 0;
}

static pid_t start(enum net_end end, char *const *argv)
{
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (end == NET_THERE && setns(far_net, CLONE_NEWNET) != 0)
        _exit(126);
    execvp(argv[0], argv);
    _exit(127);
}

bool net_run(enum net_end end, const char *command)
{
    char *copy = strdup(command), *rest = copy, *argv[WORDS_MOST + 1] = {NULL};
    int status = 1;
    pid_t pid;

    if (copy == NULL)
        abort();
    for (size_t i = 0; i < WORDS_MOST && rest != NULL; i++)
        argv[i] = strsep(&rest, " ");
    pid = start(end, argv);
    if (pid > 0)
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
    free(copy);
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int net_socket(enum net_end end, int domain, int type, int protocol)
{
    int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), fd = -1;

    if (here >= 0 && (end == NET_HERE || setns(far_net, CLONE_NEWNET) == 0)) {
        fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
        if (setns(here, CLONE_NEWNET) != 0)
            abort();
    }
    if (here >= 0)
        close(here);
    return fd;
}

bool net_allow_ping(bool allowed)
{
    return write_line("/proc/sys/net/ipv4/ping_group_range", allowed ? "0 2147483647" : "1 0");
}

bool net_has(const char *program)
{
    static const char *const folders[] = {"/usr/sbin", "/sbin", "/usr/bin", "/bin"};
    char path[128];

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", folders[i], program);
        if (access(path, X_OK) == 0)
            return true;
    }
    return false;
}

static bool lay_cable(void)
{
    char command[128];

    snprintf(command, sizeof command, "ip link add va type veth peer name vb netns %d",
             (int)far_pid);
    if (!net_run(NET_HERE, command))
        return false;
    for (int i = 2; i <= 9; i++) {
        snprintf(command, sizeof command, "ip address add 10.99.0.%d/24 dev vb", i);
        if (!net_run(NET_THERE, command))
            return false;
    }
    return net_run(NET_THERE, "ip address add " NET_FAR_V6 "/64 dev vb nodad") &&
           net_run(NET_THERE, "ip link set vb up") && net_run(NET_THERE, "ip link set lo up") &&
           net_run(NET_HERE, "ip address add " NET_NEAR "/24 dev va") &&
           net_run(NET_HERE, "ip address add " NET_NEAR_V6 "/64 dev va nodad") &&
           net_run(NET_HERE, "ip link set lo up") && net_run(NET_HERE, "ip link set va up");
}

const char *net_open(void)
{
    static char path[4096];
    const char *before = getenv("PATH");

    snprintf(path, sizeof path, "%s:/usr/sbin:/sbin", before == NULL ? "/usr/bin:/bin" : before);
    setenv("PATH", path, 1);
    if (!net_has("ip"))
        return "there is no ip(8)";
    if (unshare(CLONE_NEWNET) != 0 || !hold_far())
        return "network namespaces are not allowed here";
    if (!lay_cable())
        return "there are no veth pairs here";
    if (!net_allow_ping(true))
        return "net.ipv4.ping_group_range cannot be set here";
    return NULL;
}
