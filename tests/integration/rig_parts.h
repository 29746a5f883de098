/* SPDX-License-Identifier: ISC */
/*
 * rig_parts - what the files of the rig ask of one another; tests include rig.h.
 *
 * struct rig_world is what a test program has once: its directory, its cluster, its copies of the
 * programs.
 */
#ifndef KT_RIG_PARTS_H
#define KT_RIG_PARTS_H

#include "tests/integration/rig.h"
#include "tests/integration/rig_proc.h"

struct rig_world {
    char dir[64];       /* short: sockets live here */
    char pg[72];        /* the cluster's directory and socket directory; "" while there is none */
    pid_t janitor;      /* stops the cluster when this program dies on the way */
    unsigned databases; /* made so far */
    bool kept_files;    /* a test failed: its directory stays */
};

extern struct rig_world rig_world;

/* A cluster with the schema in database kt_seed. False: said on stderr. */
bool rig_pg_world_start(void);
void rig_pg_world_stop(void);
/* One database for this test, copied from kt_seed. */
void rig_pg_begin(struct rig *rig);
void rig_pg_end(struct rig *rig);
/* Rows of a query as text for people, '|' between columns; for the report of a failed test. */
void rig_pg_dump(struct rig *rig, const char *title, const char *query);

#define HOOKS_MAX 512

struct hooks {
    struct rig_hook at[HOOKS_MAX];
    size_t count;
    size_t bytes; /* of the receiver's log that were read */
};

/* What the receiver got so far, in order; borrowed until the test ends. */
const struct hooks *rig_hooks_read(struct rig *rig);

/* Memory that lasts as long as the test. */
struct text *rig_keep(struct rig *rig);
/* Said when a test failed. */
void rig_dump_tail(const char *title, const char *path, size_t bytes);

void rig_daemons_end(struct rig *rig);
/* A sanitizer's report, an assertion or an error line that the test did not announce. NULL: none.
 */
const char *rig_daemon_complaint(struct rig *rig);
void rig_notify_close(struct rig *rig);
#endif
