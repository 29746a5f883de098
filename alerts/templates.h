/* SPDX-License-Identifier: ISC */
/*
 * templates - the files of alerts/templates/, as they were when this program was built.
 *
 * Written by alerts/embed.cmake. notice.c parses them at start.
 */
#ifndef KT_TEMPLATES_H
#define KT_TEMPLATES_H

#include <stddef.h>

struct alert_template {
    const char *name; /* "ticket.json": the file name without .mustache; NULL ends the list */
    const char *source;
};

extern const struct alert_template alert_templates[];
#endif
