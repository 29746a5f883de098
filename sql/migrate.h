/* SPDX-License-Identifier: ISC */
/*
 * migrate - roles, database and schema: brought up to what this program was built with.
 *
 * Forward only. One transaction per migration, then one in which the functions and views that
 * changed are made again, all under an advisory lock, so two that run at once do it once. Each call
 * may be repeated. A database that is newer than the program is refused. Blocks; for the command
 * line.
 *
 * admin_conninfo: who may create roles and databases, later who may SET ROLE kentongan_owner.
 * "" means conninfo without its user: on a private cluster the operating system's user is its
 * superuser.
 */
#ifndef KT_MIGRATE_H
#define KT_MIGRATE_H

#include "daemon/base/err.h"
#include "daemon/base/text.h"
#include "sql/store.h"

/* What the three return: STORE_OK, STORE_UNREACHABLE (no connection), or STORE_REFUSED and why. */

/* Creates the roles and the database that conninfo names when they are missing, then migrate_run().
 */
KT_MUST_CHECK enum store_rc migrate_init(const char *admin_conninfo, const char *conninfo,
                                         struct err *err);
KT_MUST_CHECK enum store_rc migrate_run(const char *admin_conninfo, const char *conninfo,
                                        struct err *err);
/*
 * {"version":3,"latest":3,"pending":["0004_x"],"functions":"current"}; functions: "current" or
 * "changed" (db migrate makes them again). Connects as conninfo says; a database without schema has
 * version 0.
 */
KT_MUST_CHECK enum store_rc migrate_status(const char *conninfo, struct text *out, struct err *err);
#endif
