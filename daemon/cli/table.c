/* SPDX-License-Identifier: ISC */
#include "daemon/cli/table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/cli/show.h"

struct cell {
    char *text;
    size_t width; /* characters */
};

struct table {
    const struct table_column *columns;
    size_t column_count;
    struct cell *cells;
    size_t count;
    size_t room;
};

struct table *table_new(const struct table_column *columns, size_t count)
{
    struct table *table = calloc(1, sizeof *table);

    if (table == NULL)
        abort();
    table->columns = columns;
    table->column_count = count;
    return table;
}

static size_t width_of(const char *text)
{
    size_t width = 0;

    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* The bytes of the first so many characters. */
static size_t bytes_of(const char *text, size_t characters)
{
    size_t bytes = 0;

    while (text[bytes] != '\0' && (((unsigned char)text[bytes] & 0xc0) == 0x80 || characters-- > 0))
        bytes++;
    return bytes;
}

void table_add(struct table *table, const char *cell)
{
    size_t most = table->columns[table->count % table->column_count].most;
    struct text safe = {0};
    size_t width;

    show_safe(cell == NULL || *cell == '\0' ? "-" : cell, &safe);
    width = width_of(text_get(&safe));
    if (most > 0 && width > most) {
        struct text cut = {0};

        text_add_bytes(&cut, text_get(&safe), bytes_of(text_get(&safe), most - 1));
        text_add(&cut, "…");
        text_free(&safe);
        safe = cut;
        width = most;
    }
    if (table->count == table->room) {
        table->room = table->room == 0 ? 64 : table->room * 2;
        table->cells = realloc(table->cells, table->room * sizeof *table->cells);
        if (table->cells == NULL)
            abort();
    }
    table->cells[table->count++] = (struct cell){safe.at, width};
}

void table_addf(struct table *table, const char *format, ...)
{
    char cell[512];
    va_list args;

    va_start(args, format);
    vsnprintf(cell, sizeof cell, format, args);
    va_end(args);
    table_add(table, cell);
}

static void print_cell(const struct table *table, size_t column, const char *text, size_t width,
                       size_t room, struct text *out)
{
    size_t blanks = width < room ? room - width : 0;
    bool right = table->columns[column].right;

    if (column > 0)
        text_add(out, "  ");
    if (right)
        text_addf(out, "%*s", (int)blanks, "");
    text_add(out, text);
    if (!right && column + 1 < table->column_count)
        text_addf(out, "%*s", (int)blanks, "");
}

static void print_titles(const struct table *table, size_t indent, const size_t *widths,
                         struct text *out)
{
    text_addf(out, "%*s", (int)indent, "");
    for (size_t i = 0; i < table->column_count; i++)
        print_cell(table, i, table->columns[i].title, width_of(table->columns[i].title), widths[i],
                   out);
    text_add(out, "\n");
}

void table_print(const struct table *table, size_t indent, struct text *out)
{
    size_t *widths = calloc(table->column_count, sizeof *widths);

    assert(table->count % table->column_count == 0);
    if (widths == NULL)
        abort();
    for (size_t i = 0; i < table->column_count; i++)
        widths[i] = table->columns[i].title != NULL ? width_of(table->columns[i].title) : 0;
    for (size_t i = 0; i < table->count; i++)
        if (table->cells[i].width > widths[i % table->column_count])
            widths[i % table->column_count] = table->cells[i].width;
    if (table->columns[0].title != NULL)
        print_titles(table, indent, widths, out);
    for (size_t i = 0; i < table->count; i++) {
        size_t column = i % table->column_count;

        if (column == 0)
            text_addf(out, "%*s", (int)indent, "");
        print_cell(table, column, table->cells[i].text, table->cells[i].width, widths[column], out);
        if (column + 1 == table->column_count)
            text_add(out, "\n");
    }
    free(widths);
}

void table_free(struct table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i].text);
    free(table->cells);
    free(table);
}
