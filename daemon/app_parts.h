/* SPDX-License-Identifier: ISC */
/*
 * app_parts - what the application works out from its host. Part of
 * daemon/app.c.
 */
#ifndef KT_APP_PARTS_H
#define KT_APP_PARTS_H

#include <stddef.h>

/* This process among all that ever ran, as the outbox's leases name it. */
void app_name(char *out, size_t bytes);
#endif
