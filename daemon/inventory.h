/* SPDX-License-Identifier: ISC */
/*
 * inventory - what may stand in sites.csv, devices.csv and the others, field by field.
 *
 * Rows that were read from CSV go in, the JSON for import_apply() comes out: every column as text,
 * defaults filled in, with the line. Pure: it judges what one file shows; whether an uplink or a
 * party exists is PostgreSQL's to say (sql/functions/import_apply.sql). All that is wrong is
 * listed.
 */
#ifndef KT_INVENTORY_H
#define KT_INVENTORY_H

#include <stddef.h>

#include "daemon/base/json.h"
#include "daemon/base/text.h"
#include "daemon/csv.h"

enum inventory_file {
    INVENTORY_SITES = 1,
    INVENTORY_DEVICES,
    INVENTORY_PARTIES,
    INVENTORY_ENDPOINTS,
    INVENTORY_CONTRACTS,
    INVENTORY_END
};

/* The value of a name in the secrets file, or NULL when it is not there. */
typedef const char *inventory_secret_fn(const char *name, void *arg);

/* "sites"; the file is called that with ".csv". */
const char *inventory_name(enum inventory_file file);
/* Of the last part of a path. INVENTORY_END: not a file that this version reads. */
enum inventory_file inventory_file_of(const char *path);
/* What contract and documents name, and a later version reads: calendars.csv and such. */
const char *inventory_later(const char *path);
const struct csv_column *inventory_columns(enum inventory_file file, size_t *count);
/* The file in which what this column names has to stand; INVENTORY_END: it names nothing. */
enum inventory_file inventory_refers(enum inventory_file file, const char *column);
/*
 * Sets rows[inventory_name(file)] to the array of rows, and lists what is wrong with them as
 * "path:line: column: what is wrong". What is wrong is mended in the rows, so that PostgreSQL can
 * still judge the rest and what names them: with complaints they are for a dry run only.
 */
void inventory_check(enum inventory_file file, const char *path, const struct csv_table *csv,
                     inventory_secret_fn *secret, void *arg, struct js *rows,
                     struct text *complaints);
#endif
