/* SPDX-License-Identifier: ISC */
/*
 * assets - files of daemon/web that are part of the program: templates, stylesheets, translations.
 *
 * Written by embed.cmake; constant.
 */
#ifndef KT_WEB_ASSETS_H
#define KT_WEB_ASSETS_H

#include <stddef.h>

struct web_asset {
    const char *name;  /* "field.html" of templates/field.html.mustache; "style.css"; "id.mo" */
    const char *bytes; /* and a terminator that does not count */
    size_t count;
};

extern const struct web_asset web_assets[]; /* ends with a NULL name */
/* NULL when there is none. */
const struct web_asset *web_asset_find(const char *name);
#endif
