/* SPDX-License-Identifier: ISC */
/*
 * copy_rows - rows in COPY's binary format [PostgreSQL 15, COPY, "Binary Format"], ready to send.
 *
 * Zero is "none yet". Begin each row with its number of columns, then add them in their order, of
 * the types that the table has; copy_rows_end() before they are sent. Grows as it needs. For
 * sql/store_*.c only.
 */
#ifndef KT_COPY_ROWS_H
#define KT_COPY_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"

struct copy_rows {
    uint8_t *at;
    size_t bytes;
    size_t room;
    size_t count; /* of rows */
    bool ended;
};

void copy_row(struct copy_rows *rows, uint16_t columns);
void copy_bool(struct copy_rows *rows, bool truth);
void copy_i16(struct copy_rows *rows, int16_t number);  /* smallint */
void copy_i32(struct copy_rows *rows, uint32_t number); /* int: what is above its range wraps */
void copy_i64(struct copy_rows *rows, int64_t number);  /* bigint */
void copy_f32(struct copy_rows *rows, float number);    /* real */
void copy_wall(struct copy_rows *rows, struct wall at); /* timestamptz */
void copy_text(struct copy_rows *rows, const char *text);
void copy_null(struct copy_rows *rows);
void copy_rows_end(struct copy_rows *rows);  /* once is enough */
void copy_rows_free(struct copy_rows *rows); /* none again */
#endif
