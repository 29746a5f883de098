/* SPDX-License-Identifier: ISC */
/*
 * csv - a table of text out of a CSV file: RFC 4180 quotes, ';' or ',', UTF-8 with or without BOM.
 *
 * The caller says which columns there may be; rows come out in the file's order with the line on
 * which they begin, fields in the caller's order of columns. Everything that is wrong with the form
 * is listed, "file:line: column: what is wrong"; what the fields mean is daemon/inventory.h's
 * concern. The only home of libcsv.
 */
#ifndef KT_CSV_H
#define KT_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/base/err.h"
#include "daemon/base/text.h"

#define CSV_COLUMNS_MAX 32

struct csv_column {
    const char *name;
    bool needed; /* the header must have it; else its fields are "" when it has not */
};

struct csv_row {
    size_t line;
    const char **fields; /* one per column, never NULL, blanks around it cut off */
};

struct csv_table {
    size_t column_count;
    size_t count;
    struct csv_row *rows;
    size_t room;
};

/*
 * NULL: nothing to go on with (no such file, no header). Else the rows that could be read, and
 * complaints grew when some could not: the caller goes on only to find more errors.
 */
KT_MUST_CHECK struct csv_table *csv_read(const char *path, const struct csv_column *columns,
                                         size_t count, struct text *complaints);
/* The same for bytes that were read before; name stands in the complaints. */
KT_MUST_CHECK struct csv_table *csv_read_bytes(const char *name, const char *bytes, size_t size,
                                               const struct csv_column *columns, size_t count,
                                               struct text *complaints);
void csv_table_free(struct csv_table *table); /* NULL allowed */
#endif
