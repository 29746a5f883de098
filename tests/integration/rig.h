/* SPDX-License-Identifier: ISC */
/*
 * rig - real parts around a real kentongand: PostgreSQL, the fleet, agents, a receiver of webhooks.
 *
 * One cluster per test program, one database and one directory per test. A test sets things up,
 * does something to the world and waits for facts; every wait has a deadline and none is a pause.
 * When a test fails, the rig prints what the daemon and the receiver saw and the last rows. It
 * ends every child by its pid and removes its directory when the test passed. What the rig does not
 * do is judge: rig_check() (rig_check.h) compares what happened with what was recorded.
 */
#ifndef KT_RIG_H
#define KT_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cmocka.h>

#include "daemon/base/clock.h"
#include "daemon/base/text.h"

/* The district of the default inventory: two relays, four villages of one each, one of both. */
#define CORE         "33.14"
#define RELAY_A      "33.14.01"
#define RELAY_B      "33.14.02"
#define VILLAGE_A    "33.14.01.2001"
#define VILLAGE_B    "33.14.01.2002"
#define VILLAGE_C    "33.14.02.2001"
#define VILLAGE_D    "33.14.02.2002"
#define TWO_WAYS     "33.14.01.2003"
#define SITES_PROBED 7

/* Secrets of the default inventory; nothing that the daemon writes may hold them. */
#define RIG_COMMUNITY   "canary-kampung-7Q"
#define RIG_SECRET_TEAM "whsec_dGVhbSBzZWNyZXQgb2YgdGhlIHJpZywgMzIgYnl0ZXM="
#define RIG_SECRET_A    "whsec_Y29udHJhY3RvciBBJ3Mgc2VjcmV0LCAzMiBieXRlcy4="
#define RIG_SECRET_B    "whsec_Y29udHJhY3RvciBCJ3Mgc2VjcmV0LCAzMiBieXRlcy4="

/* Long enough for two loaded cores under sanitizers; what takes longer is broken. */
#define RIG_PATIENCE_MS 30000
#define RIG_DAEMONS     2
#define RIG_CHILDREN    16

struct rig_daemon {
    pid_t pid; /* 0: not running */
    char config[256];
    char log[256];   /* its stderr, over all of its lives */
    size_t log_seen; /* rig_wait_log() looks behind this */
    char http[256];  /* the socket that it listens on, or 127.0.0.1:PORT */
    char node[32];   /* ends the names of its files */
};

/* What a test may change before rig_config(); each is the inside of a section of the configuration.
 */
struct rig_conf {
    const char *poll;
    const char *verify;
    const char *webhook;
    unsigned web_port; /* on 127.0.0.1; 0: a Unix socket in the test's directory */
    const char *more;
    unsigned slot_s; /* how long five minutes of probes are; 0: five minutes */
};

struct rig {
    const char *name; /* of the test */
    void (*run)(struct rig *rig);
    char dir[80];    /* short: sockets live here */
    char net[16];    /* "127.88.3": the addresses of this test's devices */
    int64_t poll_ms; /* interval of conf.poll, when that is not the usual one */
    unsigned snmp_port;
    unsigned sink_port;
    char database[64];
    struct rig_conf conf;
    struct rig_daemon daemons[RIG_DAEMONS];
    pid_t children[RIG_CHILDREN]; /* the fleet, agents and the sink */
    pid_t fleet;
    const char *fleet_users; /* a file of the test's directory with the SNMPv3 users; NULL: none */
    pid_t sink;
    bool postgres_stopped;
    pid_t frozen[8]; /* backends that rig_postgres_freeze() stopped */
    int notify;      /* the socket behind NOTIFY_SOCKET, -1: none */
    int watch;       /* inotify on dir: something was written */
    uint32_t kills;  /* kill -9 of a daemon: each may double one message in flight */
    const char
        *errors_expected; /* events of level <3> that are part of this test, blank-separated */
    bool passed;
    struct hooks *hooks;
    struct rig_kept *kept; /* what calls returned, until the test ends */
};

/* -- a program of tests -- */

typedef void rig_test_fn(struct rig *rig);

struct rig_case {
    const char *name;
    rig_test_fn *run;
};

#define RIG_TEST(fn)                                                                               \
    {                                                                                              \
#fn, fn                                                                                    \
    }
/* main(): runs the cases that match argv[1] (all without); 0 when all of them passed. */
int rig_main(int argc, char **argv, const char *program, const struct rig_case *cases,
             size_t count);

/* Ends the test: a sentence, then what the rig knows. */
void rig_fail(struct rig *rig, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));
/* Waits a moment for something to be written; false once the deadline has passed. */
bool rig_tick(struct rig *rig, struct mono deadline);
struct mono rig_deadline(int64_t ms);

/* -- files of the test's directory (rig.c); name is relative to it -- */

const char *rig_path(struct rig *rig, const char *name); /* kept until the test ends */
void rig_write(struct rig *rig, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *rig_read(struct rig *rig, const char *name);
/* An absolute program of the build, "kentongand"; copied where the children may run it. */
const char *rig_program(const char *name);
/* Formats into memory that lasts until the test ends. */
const char *rig_text(struct rig *rig, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Runs a program to its end: its exit code; *out gets stdout and stderr when not NULL. */
int rig_run(struct rig *rig, const char **out, const char *const *argv);

/* -- database (rig_pg.c) -- */

/* The first column of the first row, "" for none or null. Kept until the test ends. */
const char *rig_sql(struct rig *rig, const char *query, ...) __attribute__((format(printf, 2, 3)));
void rig_wait_sql(struct rig *rig, const char *want, const char *query, ...)
    __attribute__((format(printf, 3, 4)));
/* A copy of the database as it is, and back to it. No daemon may be connected. */
void rig_snapshot(struct rig *rig);
void rig_snapshot_restore(struct rig *rig);
/* Every row of every table, as XML. */
const char *rig_database_dump(struct rig *rig);
void rig_postgres_stop(struct rig *rig); /* as pg_ctl stop -m immediate */
void rig_postgres_start(struct rig *rig);
/* SIGSTOP to the backends of the daemon: they take what is sent and do not answer. */
void rig_postgres_freeze(struct rig *rig);
void rig_postgres_thaw(struct rig *rig);

/* -- set-up and lives of a daemon (rig_daemon.c) -- */

void rig_inventory(struct rig *rig); /* the default district into inventory/, and secrets */
/* devices.csv: a gateway per site of the district, then the rows of more (NULL: none). */
void rig_devices(struct rig *rig, const char *more);
/* endpoints.csv: where on the sink the team and the two contractors are. */
void rig_endpoints(struct rig *rig, const char *team, const char *a, const char *b);
void rig_config(struct rig *rig, int which);    /* from rig->conf */
void rig_import(struct rig *rig);               /* inventory/ must be accepted */
void rig_start(struct rig *rig);                /* daemon 0, and waits until it is ready */
void rig_start_one(struct rig *rig, int which); /* without waiting */
void rig_wait_ready(struct rig *rig, int which);
void rig_stop(struct rig *rig, int which); /* SIGTERM; it must end with 0 and leave no child */
void rig_kill(struct rig *rig, int which); /* SIGKILL */
void rig_signal(struct rig *rig, int which, int signal);
/* sink, fleet, default district, configuration, import, daemon 0, and every site is known to be up
 */
void rig_whole(struct rig *rig);
void rig_wait_all_up(struct rig *rig);
/* No outage is open. Sooner than its ticket is restored, which waits for verify.window. */
void rig_wait_back(struct rig *rig);
/* kentongan with daemon 0's configuration; arguments up to NULL. Exit code; *out may be NULL. */
int rig_cli(struct rig *rig, const char **out, ...) __attribute__((sentinel));
/* The first pid whose parent is this one and whose name is that of the daemon; 0: none. */
pid_t rig_prober_of(struct rig *rig, int which);
void rig_wait_gone(struct rig *rig, pid_t pid);

/* -- what a daemon says of itself (rig_watch.c) -- */

/* A line of the log since the start or mark holds the event and each of the words: "link.verdict
 * site=… state=up". */
const char *rig_wait_log(struct rig *rig, const char *words);
const char *rig_wait_log_of(struct rig *rig, int which, const char *words);
void rig_log_mark(struct rig *rig, int which);
size_t rig_log_count(struct rig *rig, int which, const char *words); /* over all of its lives */
/* The resource over HTTP: status, 0 when nobody answered. *body may be NULL. */
int rig_http(struct rig *rig, int which, const char *path, const char **body);
void rig_wait_http(struct rig *rig, int which, const char *path, int status);
/* Datagrams to NOTIFY_SOCKET since the last call that asked; the daemon is started with it. */
void rig_notify_open(struct rig *rig);
const char *rig_wait_notify(struct rig *rig, const char *word);

/* -- the world (rig_agents.c) -- */

void rig_fleet_start(struct rig *rig);
void rig_fleet(struct rig *rig, const char *verb, const char *code);
void rig_fleet_number(struct rig *rig, const char *verb, const char *code, int number);
const char *rig_fleet_list(struct rig *rig);
int64_t rig_fleet_count(struct rig *rig, const char *what); /* a line of "ctl counters" */
pid_t rig_child(struct rig *rig, const char *const *argv, const char *log);
void rig_child_end(struct rig *rig, pid_t pid);
/* Debian's agent with one community, on that address and the rig's port. */
pid_t rig_snmpd(struct rig *rig, const char *address, const char *community);
/* Debian's simulator: recordings in data, on that many addresses of the net from .1 on. */
pid_t rig_snmpsim(struct rig *rig, const char *data, const char *cache, unsigned addresses);
/* A UDP port that is free on every address of the test's net, as far as anyone can tell. */
unsigned rig_free_udp(struct rig *rig);
unsigned rig_free_tcp(struct rig *rig); /* on 127.0.0.1 */

/* -- receivers (rig_hooks.c) -- */

struct rig_hook {
    struct wall at;
    char id[64];
    char type[64];
    char path[256];
    char ticket[32];
    int64_t seq;
    bool verified;
    bool taken;       /* the receiver answered 2xx */
    const char *body; /* kept until the test ends */
};

void rig_sink_start(struct rig *rig);
/* Requests so far of that type (NULL: any) whose path begins with that (NULL: any). */
size_t rig_hooks(struct rig *rig, const char *type, const char *path);
/* Waits until there are at least count; the count-th of them. */
struct rig_hook rig_wait_hooks(struct rig *rig, const char *type, const char *path, size_t count);
/* The n-th request of all, from 0; false: there are not so many. */
bool rig_hook_at(struct rig *rig, size_t n, struct rig_hook *hook);
#endif
