/* SPDX-License-Identifier: ISC */
/*
 * rig_proc - the programs that a test starts: spawn, run to the end, signal, reap.
 *
 * Each child has a clean environment, dies with the test program (PR_SET_PDEATHSIG) and is known by
 * its pid. As root a child runs as the unprivileged user "nobody", as in an installation, because
 * PostgreSQL insists on it; proc_owner() says who that is, so that files can be handed over.
 */
#ifndef KT_RIG_PROC_H
#define KT_RIG_PROC_H

#include <stdbool.h>
#include <sys/types.h>

#include "daemon/base/text.h"

struct proc_spec {
    const char *const *argv; /* NULL at the end; argv[0] is a path or found in PATH */
    const char *const
        *env;         /* "NAME=value" on top of the clean environment, NULL at the end; or NULL */
    const char *home; /* HOME and working directory */
    const char *out;  /* file that stdout is appended to; NULL: /dev/null */
    const char *err;  /* the same for stderr; the same path as out is allowed */
};

/* Who the children run as: nobody when we are root, else ourselves. */
uid_t proc_owner(void);
gid_t proc_group(void);
/* Hands a file or directory over to the children. */
bool proc_give(const char *path);

/* -1 when there could be no child; a program that is not there ends with 127. */
pid_t proc_spawn(const struct proc_spec *spec);
/* True when it ended within wait_ms; *code: exit code, or 128 + signal. Reaps it. */
bool proc_ended(pid_t pid, int wait_ms, int *code);
/* SIGKILL and reap; pid <= 0 is allowed. */
void proc_kill(pid_t pid);
/* To the end: exit code, 128 + signal, or -1 when limit_ms passed (it is killed then). */
int proc_run(const struct proc_spec *spec, int limit_ms);

/* The whole file behind offset, appended to out. False: it cannot be read. */
bool file_read(const char *path, size_t offset, struct text *out);
bool file_write(const char *path, const char *content, mode_t mode);
bool file_copy(const char *from, const char *to, mode_t mode);
void tree_remove(const char *path);
#endif
