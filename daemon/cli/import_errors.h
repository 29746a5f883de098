/* SPDX-License-Identifier: ISC */
/*
 * import_errors - what is wrong with an import, from this program's checks and from PostgreSQL's,
 * as one list in the order of files and lines.
 *
 * Filled by cmd_import.c, which also owns it. Of two errors about one place PostgreSQL's is left
 * out: the field was mended there (daemon/inventory.h). So is an error about a name that may stand
 * in a row which could not be read.
 */
#ifndef KT_CLI_IMPORT_ERRORS_H
#define KT_CLI_IMPORT_ERRORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/json.h"
#include "daemon/base/text.h"
#include "daemon/inventory.h"

struct import_error {
    enum inventory_file file; /* INVENTORY_END: of no file */
    int64_t line;             /* 0: of the file as a whole */
    size_t ordinal;           /* as they came: keeps the order of a line's columns */
    char *column;             /* "" for none */
    char *words;
};

struct import_errors {
    const char *paths[INVENTORY_END]; /* as people gave them; borrowed, NULL: not given */
    bool unread[INVENTORY_END];       /* of that file not every row could be read */
    struct import_error *at;
    size_t count;
    size_t room;
};

/* Lines as csv_read() and inventory_check() write them. */
void import_errors_add_lines(struct import_errors *errors, const char *lines);
/* The errors of import_apply()'s answer. */
void import_errors_add_answer(struct import_errors *errors, const struct js *list);
void import_errors_sort(struct import_errors *errors);
/* "path:line: column: words", each on a line. */
void import_errors_print(const struct import_errors *errors, struct text *out);
/* As import_apply() has them: [{file, line, column, words}]. */
struct js *import_errors_json(const struct import_errors *errors);
void import_errors_free(struct import_errors *errors);
#endif
