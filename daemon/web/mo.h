/* SPDX-License-Identifier: ISC */
/*
 * mo - looks a message up in what msgfmt made (gettext manual, "The Format of GNU MO Files").
 *
 * Pure. Little-endian files only, which our build makes; broken ones hold no message.
 */
#ifndef KT_WEB_MO_H
#define KT_WEB_MO_H

#include <stddef.h>

/* The translation, borrowed from bytes; NULL: there is none. */
const char *mo_find(const char *bytes, size_t count, const char *message);
#endif
