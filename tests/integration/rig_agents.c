/* SPDX-License-Identifier: ISC */
#include "tests/integration/rig_parts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Port 0 takes a free one and says which. */
static bool try_bind(int type, const char *address, unsigned *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t bytes = sizeof at;
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    bool good = inet_pton(AF_INET, address, &at.sin_addr) == 1 && fd >= 0 &&
                bind(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
                getsockname(fd, (struct sockaddr *)&at, &bytes) == 0;

    *port = ntohs(at.sin_port);
    if (fd >= 0)
        close(fd);
    return good;
}

unsigned rig_free_udp(struct rig *rig)
{
    unsigned port = 0;

    /* Free on every address, so free on each of the net's. */
    if (!try_bind(SOCK_DGRAM, "0.0.0.0", &port))
        rig_fail(rig, "no free UDP port");
    return port;
}

unsigned rig_free_tcp(struct rig *rig)
{
    unsigned port = 0;

    if (!try_bind(SOCK_STREAM, "127.0.0.1", &port))
        rig_fail(rig, "no free TCP port");
    return port;
}

pid_t rig_child(struct rig *rig, const char *const *argv, const char *log)
{
    const char *path = rig_path(rig, log);
    const struct proc_spec spec = {.argv = argv, .home = rig->dir, .out = path, .err = path};
    pid_t pid = proc_spawn(&spec);
    size_t slot = 0;

    while (slot < RIG_CHILDREN && rig->children[slot] > 0)
        slot++;
    if (pid <= 0 || slot == RIG_CHILDREN) {
        proc_kill(pid);
        rig_fail(rig, "cannot start %s", argv[0]);
    }
    rig->children[slot] = pid;
    return pid;
}

void rig_child_end(struct rig *rig, pid_t pid)
{
    for (size_t i = 0; i < RIG_CHILDREN; i++)
        if (rig->children[i] == pid) {
            proc_kill(pid);
            rig->children[i] = 0;
            return;
        }
}

static int fleet_ctl(struct rig *rig, const char **out, const char *verb, const char *code)
{
    const char *const argv[] = {rig_program("kentongan-fleet"),
                                "ctl",
                                "--control",
                                rig_path(rig, "fleet.sock"),
                                verb,
                                code,
                                NULL};

    return rig_run(rig, out, argv);
}

void rig_fleet_start(struct rig *rig)
{
    struct mono deadline = rig_deadline(RIG_PATIENCE_MS);
    const char *const argv[] = {rig_program("kentongan-fleet"),
                                "serve",
                                "--inventory",
                                rig_path(rig, "inventory"),
                                "--control",
                                rig_path(rig, "fleet.sock"),
                                "--log",
                                rig_path(rig, "fleet.log"),
                                rig->fleet_users == NULL ? NULL : "--secrets",
                                rig->fleet_users == NULL ? NULL : rig_path(rig, rig->fleet_users),
                                NULL};

    rig->fleet = rig_child(rig, argv, "fleet.out");
    while (fleet_ctl(rig, NULL, "list", NULL) != 0)
        if (proc_ended(rig->fleet, 0, NULL) || !rig_tick(rig, deadline))
            rig_fail(rig, "the fleet does not answer: %s", rig_read(rig, "fleet.out"));
}

void rig_fleet(struct rig *rig, const char *verb, const char *code)
{
    const char *said;

    if (fleet_ctl(rig, &said, verb, code) != 0)
        rig_fail(rig, "kentongan-fleet ctl %s %s: %s", verb, code, said);
}

void rig_fleet_number(struct rig *rig, const char *verb, const char *code, int number)
{
    const char *const argv[] = {rig_program("kentongan-fleet"), "ctl", "--control",
                                rig_path(rig, "fleet.sock"),    verb,  code,
                                rig_text(rig, "%d", number),    NULL};
    const char *said;

    if (rig_run(rig, &said, argv) != 0)
        rig_fail(rig, "kentongan-fleet ctl %s %s %d: %s", verb, code, number, said);
}

int64_t rig_fleet_count(struct rig *rig, const char *what)
{
    const char *said, *at;
    long long count = -1;

    if (fleet_ctl(rig, &said, "counters", NULL) != 0)
        rig_fail(rig, "kentongan-fleet ctl counters: %s", said);
    at = strstr(said, rig_text(rig, "%s ", what));
    if (at == NULL || sscanf(at + strlen(what), "%lld", &count) != 1)
        rig_fail(rig, "the fleet does not count %s: %s", what, said);
    return count;
}

const char *rig_fleet_list(struct rig *rig)
{
    const char *said;

    if (fleet_ctl(rig, &said, "list", NULL) != 0)
        rig_fail(rig, "kentongan-fleet ctl list: %s", said);
    return said;
}

pid_t rig_snmpd(struct rig *rig, const char *address, const char *community)
{
    const char *name = rig_text(rig, "snmpd-%s.conf", address);
    const char *log = rig_text(rig, "snmpd-%s.log", address);
    const char *const argv[] = {"snmpd",
                                "-f",
                                "-r",
                                "-Lo",
                                "-C",
                                "-c",
                                rig_path(rig, name),
                                "-M",
                                "",
                                "-p",
                                rig_path(rig, rig_text(rig, "snmpd-%s.pid", address)),
                                rig_text(rig, "udp:%s:%u", address, rig->snmp_port),
                                NULL};

    rig_write(rig, name, "rocommunity %s\n", community);
    return rig_child(rig, argv, log);
}

/* Slow to start: it indexes its files. It is there when the first of its sockets is taken. */
pid_t rig_snmpsim(struct rig *rig, const char *data, const char *cache, unsigned addresses)
{
    struct mono deadline = rig_deadline(RIG_PATIENCE_MS);
    const char *argv[64] = {"snmpsimd", "--logging-method=null",
                            rig_text(rig, "--data-dir=%s", data),
                            rig_text(rig, "--cache-dir=%s", cache)};
    size_t n = 4;
    pid_t pid;

    for (unsigned i = 1; i <= addresses && n < 63; i++)
        argv[n++] = rig_text(rig, "--agent-udpv4-endpoint=%s.%u:%u", rig->net, i, rig->snmp_port);
    pid = rig_child(rig, argv, "snmpsim.log");
    for (unsigned port = rig->snmp_port;
         try_bind(SOCK_DGRAM, rig_text(rig, "%s.1", rig->net), &port); port = rig->snmp_port)
        if (proc_ended(pid, 0, NULL) || !rig_tick(rig, deadline))
            rig_fail(rig, "snmpsimd does not start: %s", rig_read(rig, "snmpsim.log"));
    return pid;
}
