/* SPDX-License-Identifier: ISC */
#include "tests/bench/own_fleet.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* build/…/bench/probe_bench → build/…/bin/kentongan-fleet */
static bool find_program(struct own_fleet *fleet, struct err *err)
{
    ssize_t bytes = readlink("/proc/self/exe", fleet->program, sizeof fleet->program - 64);
    char *slash;

    if (bytes <= 0)
        return err_set(err, "/proc/self/exe: %s", strerror(errno));
    fleet->program[bytes] = '\0';
    for (int i = 0; i < 2; i++) {
        slash = strrchr(fleet->program, '/');
        if (slash != NULL)
            *slash = '\0';
    }
    strncat(fleet->program, "/bin/kentongan-fleet",
            sizeof fleet->program - strlen(fleet->program) - 1);
    if (access(fleet->program, X_OK) < 0)
        return err_set(err, "%s: %s; give --port of other agents, or build it", fleet->program,
                       strerror(errno));
    return true;
}

static void become_fleet(const struct own_fleet *fleet, const char *const *argv, int out)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    execv(fleet->program, (char *const *)(const void *)argv);
    _exit(127);
}

/* "port 12345" */
static bool read_port(int in, uint16_t *port)
{
    char line[64] = "";
    size_t used = 0;
    ssize_t got;
    unsigned number = 0;

    while (used < sizeof line - 1 && strchr(line, '\n') == NULL &&
           (got = read(in, line + used, sizeof line - 1 - used)) > 0) {
        used += (size_t)got;
        line[used] = '\0';
    }
    if (sscanf(line, "port %u", &number) != 1 || number == 0 || number > UINT16_MAX)
        return false;
    *port = (uint16_t)number;
    return true;
}

bool own_fleet_start(struct own_fleet *fleet, struct target *target, const char *net,
                     struct err *err)
{
    char count[32];
    const char *argv[20] = {
        "kentongan-fleet", "serve",       "--count", count, "--net", net, "--port", "0",
        "--control",       fleet->socket, "--snmp",  "any", NULL};
    int ends[2];
    bool good;

    *fleet = (struct own_fleet){.pid = -1, .dir = "/tmp/kt-probe-bench-XXXXXX"};
    snprintf(count, sizeof count, "%zu", target->count);
    if (target->version == 3) {
        snprintf(fleet->user, sizeof fleet->user, "user=%s level=%s%s%s%s%s", target->user,
                 target->level,
                 target->auth == NULL ? "" : " auth=", target->auth == NULL ? "" : target->auth,
                 target->priv == NULL ? "" : " priv=", target->priv == NULL ? "" : target->priv);
        argv[12] = "--user";
        argv[13] = fleet->user;
    }
    if (!find_program(fleet, err))
        return false;
    if (mkdtemp(fleet->dir) == NULL)
        return err_set(err, "%s: %s", fleet->dir, strerror(errno));
    snprintf(fleet->socket, sizeof fleet->socket, "%s/sock", fleet->dir);
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_set(err, "pipe: %s", strerror(errno));
    fleet->pid = fork();
    if (fleet->pid == 0)
        become_fleet(fleet, argv, ends[1]);
    close(ends[1]);
    good = fleet->pid > 0 && read_port(ends[0], &target->port);
    close(ends[0]);
    if (good)
        return true;
    own_fleet_stop(fleet);
    return err_set(err, "kentongan-fleet does not serve %zu devices on %s", target->count, net);
}

bool own_fleet_ctl(const struct own_fleet *fleet, const char *command, struct err *err)
{
    char text[256], *rest = text, *word;
    const char *argv[16] = {"kentongan-fleet", "ctl", "--control", fleet->socket};
    size_t count = 4;
    int status = -1;
    pid_t pid;

    snprintf(text, sizeof text, "%s", command);
    while (count < 15 && (word = strsep(&rest, " ")) != NULL)
        argv[count++] = word;
    pid = fork();
    if (pid == 0)
        become_fleet(fleet, argv, open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0)
        return err_set(err, "kentongan-fleet ctl %s: failed", command);
    return true;
}

void own_fleet_stop(struct own_fleet *fleet)
{
    if (fleet->pid > 0) {
        kill(fleet->pid, SIGTERM);
        waitpid(fleet->pid, NULL, 0);
    }
    fleet->pid = -1;
    if (fleet->socket[0] == '\0')
        return;
    (void)unlink(fleet->socket);
    (void)rmdir(fleet->dir);
}
