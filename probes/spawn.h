/* SPDX-License-Identifier: ISC */
/*
 * spawn - starts the prober's child: this program again, with one socket and next to no
 * environment.
 *
 * For probes/prober.c, which watches and reaps what was started here.
 */
#ifndef KT_SPAWN_H
#define KT_SPAWN_H

#include <stdbool.h>

#include <sys/types.h>

#include "daemon/base/err.h"

#define SPAWN_PROBER     "--prober"
#define SPAWN_NO_SANDBOX "--no-sandbox"

/* Executes "self --prober 3", and --no-sandbox unless sandbox, with fd as its descriptor 3. False:
 * *pid is -1, nothing runs. */
KT_MUST_CHECK bool spawn_child(const char *self, bool sandbox, int fd, pid_t *pid, struct err *err);
#endif
