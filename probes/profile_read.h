/* SPDX-License-Identifier: ISC */
/*
 * profile_read - profiles out of their text, line by line. Part of probes/profile.c.
 *
 * What may stand on a line, and how it is said what is wrong with one. Pure.
 */
#ifndef KT_PROFILE_READ_H
#define KT_PROFILE_READ_H

#include "probes/profile.h"

struct profile_list {
    struct profile *at[PROFILES_MAX]; /* the caller's to free, on false as well */
    size_t count;
};

KT_MUST_CHECK bool profile_read(const char *file, const char *text, struct profile_list *list,
                                struct text *complaints);
void profile_free(struct profile *profile); /* NULL allowed */
#endif
