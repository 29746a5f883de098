/* SPDX-License-Identifier: ISC */
/*
 * table - rows of text in aligned columns, for people at a terminal.
 *
 * Cells are made safe (daemon/cli/show.h) and cut to their column when they are added, so a name
 * from outside can neither move the cursor nor push the other columns away. Widths are counted in
 * characters. The last column is never padded. The owner adds cells row by row, prints, frees.
 */
#ifndef KT_TABLE_H
#define KT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/base/text.h"

struct table_column {
    const char *title; /* NULL in all columns: no line of titles */
    size_t most;       /* characters, the rest is cut off with "…"; 0: as it comes */
    bool right;        /* numbers and durations */
};

struct table;

struct table *table_new(const struct table_column *columns,
                        size_t count);                 /* columns are borrowed */
void table_add(struct table *table, const char *cell); /* NULL or "": "-" */
void table_addf(struct table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Each line begins with indent blanks. */
void table_print(const struct table *table, size_t indent, struct text *out);
void table_free(struct table *table);
#endif
