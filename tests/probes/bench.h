/* SPDX-License-Identifier: ISC */
/*
 * bench - a prober with its real child on a test's own loop, and all that it said.
 *
 * The test program is its own prober: its main() goes by bench_main(). Waits are for facts, with a
 * deadline; agents are Debian's, or an evil one (evil.h) on the same loop.
 */
#ifndef KT_TEST_BENCH_H
#define KT_TEST_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <cmocka.h>
#include <event2/event.h>

#include "daemon/base/clock.h"
#include "probes/prober.h"

#define BENCH_DEVICES  320
#define BENCH_LIMIT_MS 30000
#define BENCH_SNMPSIM  "/usr/bin/snmpsimd"

struct bench_device {
    struct link_change last; /* state 0: nothing was said yet */
    unsigned changes;
    unsigned begins;
    unsigned ends;
    unsigned asked;
    struct agent_news agent; /* auth 0: nothing was said yet */
    unsigned agents;
    unsigned problems;    /* news of anything but AUTH_FINE */
    struct wall began_at; /* first_bad of the last LINK_FX_BEGINS */
};

struct bench {
    struct event_base *base;
    struct event *tick;
    struct prober *prober;
    struct prober_start start;
    bool no_sandbox;                            /* of the children to come */
    struct bench_device devices[BENCH_DEVICES]; /* by id */
    uint32_t counted;                           /* probes of all that roll-ups told */
    struct verify_verdict verdict;              /* the last */
    unsigned verdicts;
    unsigned ready;
    unsigned lost;
    char why[128];                                           /* the last loss */
    void (*on_reading)(const struct reading_report *report); /* the test's; NULL: it hears none */
    char dir[64];                                            /* of this test; removed at its end */
    pid_t agents[8];
    size_t agents_count;
};

/* A test's setup and teardown: *state is a struct bench without a prober. */
int bench_open(void **state);
int bench_close(void **state);

void bench_prober(struct bench *bench, const char *self); /* NULL: this program */
void bench_plan(struct bench *bench, const struct plan_policy *policy,
                const struct plan_device *devices, size_t count);
/* community: or an SNMPv3 user, as the secrets file has it. */
struct plan_device bench_device(uint32_t id, const char *host, uint16_t port, enum plan_snmp snmp,
                                const char *community);
struct prober_counters bench_counters(const struct bench *bench);
const char *bench_path(const struct bench *bench, const char *name); /* good until the next call */
/* Of all devices that bench_device() has made. */
void bench_credentials(struct prober *prober);
uint16_t bench_free_port(const char *host);

/* One of Debian's programs, as nobody; ended by bench_agent_end() or with the test. */
pid_t bench_agent(struct bench *bench, const char *const *argv);
void bench_agent_end(struct bench *bench, pid_t pid);
/* Debian's snmpsim on 127.0.0.1, with the recordings that fill() puts into a directory. */
void bench_snmpsim(struct bench *bench, void (*fill)(const char *dir), uint16_t port);

/* Turns the loop until the fact holds; fails with the fact's text at the deadline. */
void bench_turn(struct bench *bench, struct mono deadline, const char *fact, const char *file,
                int line);
#define bench_wait(bench, fact)                                                                    \
    do {                                                                                           \
        struct mono deadline_ = mono_add_ms(mono_now(), BENCH_LIMIT_MS);                           \
        while (!(fact))                                                                            \
            bench_turn(bench, deadline_, #fact, __FILE__, __LINE__);                               \
    } while (0)

/* main(): the prober's child when called as that, else the tests. */
int bench_main(int argc, char **argv, int (*tests)(void));
#endif
