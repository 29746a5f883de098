/* SPDX-License-Identifier: ISC */
/* usm_user - one user of SNMPv3, out of a line of words. Part of usm.c. */
#ifndef KT_FLEET_USM_USER_H
#define KT_FLEET_USM_USER_H

#include "daemon/base/err.h"
#include "tests/fleet/usm_keys.h"

#define USM_FLAG_AUTH 1
#define USM_FLAG_PRIV 2

struct usm_user {
    char name[33];
    unsigned flags; /* its own level */
    struct usm_keys keys;
};

/* As usm_add() takes it. The owner closes user->keys; on false nothing is left. */
KT_MUST_CHECK bool usm_user_read(struct usm_user *user, const char *line, struct err *err);
#endif
