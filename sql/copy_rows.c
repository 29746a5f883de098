/* SPDX-License-Identifier: ISC */
#include "sql/copy_rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SIGNATURE   "PGCOPY\n\377\r\n" /* ends with a NUL, which is sent, too */
#define ROOM_FIRST  4096
#define PG_EPOCH_US INT64_C(946684800000000) /* 2000-01-01T00:00:00Z */

static uint8_t *grow(struct copy_rows *rows, size_t more)
{
    if (rows->bytes + more > rows->room) {
        rows->room = rows->room == 0 ? ROOM_FIRST : rows->room;
        while (rows->bytes + more > rows->room)
            rows->room *= 2;
        rows->at = realloc(rows->at, rows->room);
        if (rows->at == NULL)
            abort();
    }
    rows->bytes += more;
    return rows->at + rows->bytes - more;
}

/* Big-endian. */
static void put(struct copy_rows *rows, uint64_t number, size_t bytes)
{
    uint8_t *at = grow(rows, bytes);

    for (size_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(number >> (8 * (bytes - 1 - i)));
}

static void put_sized(struct copy_rows *rows, uint64_t number, size_t bytes)
{
    put(rows, bytes, 4);
    put(rows, number, bytes);
}

void copy_row(struct copy_rows *rows, uint16_t columns)
{
    assert(!rows->ended);
    if (rows->bytes == 0) {
        memcpy(grow(rows, sizeof SIGNATURE), SIGNATURE, sizeof SIGNATURE);
        put(rows, 0, 4); /* flags */
        put(rows, 0, 4); /* bytes of the extension */
    }
    put(rows, columns, 2);
    rows->count++;
}

void copy_bool(struct copy_rows *rows, bool truth)
{
    put_sized(rows, truth, 1);
}

void copy_i16(struct copy_rows *rows, int16_t number)
{
    put_sized(rows, (uint16_t)number, 2);
}

void copy_i32(struct copy_rows *rows, uint32_t number)
{
    put_sized(rows, number, 4);
}

void copy_i64(struct copy_rows *rows, int64_t number)
{
    put_sized(rows, (uint64_t)number, 8);
}

/* IEEE 754's bits. */
void copy_f32(struct copy_rows *rows, float number)
{
    uint32_t bits;

    memcpy(&bits, &number, sizeof bits);
    put_sized(rows, bits, 4);
}

void copy_wall(struct copy_rows *rows, struct wall at)
{
    put_sized(rows, (uint64_t)(at.us - PG_EPOCH_US), 8);
}

void copy_text(struct copy_rows *rows, const char *text)
{
    size_t bytes = strlen(text);

    put(rows, bytes, 4);
    if (bytes > 0)
        memcpy(grow(rows, bytes), text, bytes);
}

void copy_null(struct copy_rows *rows)
{
    put(rows, UINT32_MAX, 4);
}

void copy_rows_end(struct copy_rows *rows)
{
    if (!rows->ended)
        put(rows, UINT16_MAX, 2);
    rows->ended = true;
}

void copy_rows_free(struct copy_rows *rows)
{
    free(rows->at);
    *rows = (struct copy_rows){0};
}
