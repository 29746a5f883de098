/* SPDX-License-Identifier: ISC */
/*
 * own_fleet - a kentongan-fleet of the benchmark's own, when nobody named a port.
 *
 * It is the program in bin/ beside the benchmark's folder; it ends with the benchmark, whatever
 * ends that.
 */
#ifndef KT_OWN_FLEET_H
#define KT_OWN_FLEET_H

#include <sys/types.h>

#include "daemon/base/err.h"
#include "tests/bench/target.h"

struct own_fleet {
    pid_t pid;
    char program[4096];
    char dir[48];    /* its control socket's */
    char socket[64]; /* empty: there is none */
    char user[512];  /* of SNMPv3; empty: none */
};

/* target: net, count, version and its user. Sets its port. */
KT_MUST_CHECK bool own_fleet_start(struct own_fleet *fleet, struct target *target, const char *net,
                                   struct err *err);
/* One command of "kentongan-fleet ctl", in words with blanks between. */
KT_MUST_CHECK bool own_fleet_ctl(const struct own_fleet *fleet, const char *command,
                                 struct err *err);
void own_fleet_stop(struct own_fleet *fleet);
#endif
