/* SPDX-License-Identifier: ISC */
/*
 * app - builds the parent's parts, joins them, reloads them and takes them down in order.
 *
 * The only place that knows every part. It owns them all; parts know one another only through the
 * pointers and callbacks that are handed out here. No decision about links, tickets or deliveries
 * is made in it.
 */
#ifndef KT_APP_H
#define KT_APP_H

#include "daemon/base/err.h"
#include "daemon/config.h"

struct app;

/* config and secrets are taken over, also on failure. NULL and err: a part could not be built. */
KT_MUST_CHECK struct app *app_new(struct config *config, struct secrets *secrets, struct err *err);
/* Until SIGTERM or SIGINT (a second one ends the process at once). Returns the exit code. */
int app_run(struct app *app);
void app_free(struct app *app);
#endif
