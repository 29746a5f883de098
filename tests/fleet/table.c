/* SPDX-License-Identifier: ISC */
#include "tests/fleet/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX (1024L * 1024 * 1024)

static char *file_read(const char *path, struct err *err)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t room = 0;
    ssize_t bytes;

    if (file == NULL) {
        err_set(err, "%s: %s", path, strerror(errno));
        return NULL;
    }
    bytes = getdelim(&text, &room, '\0', file);
    if (bytes < 0 || bytes > FILE_BYTES_MAX) {
        err_set(err, "%s: empty, or longer than 1 GiB", path);
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}

static void add_cell(struct table *table, size_t *count, size_t *room, char *cell)
{
    if (*count == *room) {
        *room = *room == 0 ? 256 : *room * 2;
        table->cells = realloc(table->cells, *room * sizeof *table->cells);
        if (table->cells == NULL)
            abort();
    }
    table->cells[(*count)++] = cell;
}

/* Unquotes one cell in place. Returns the character behind it (',' ';' '\n' or '\0'), *at just past
 * that. */
static char cut_cell(char **at, char separator, char **cell)
{
    char *from = *at;
    char *to = *at;
    bool quoted = *from == '"';
    char end;

    *cell = to;
    if (quoted)
        from++;
    for (; *from != '\0'; from++) {
        if (quoted && from[0] == '"' && from[1] == '"')
            from++;
        else if (quoted && *from == '"') {
            quoted = false;
            continue;
        } else if (!quoted && (*from == separator || *from == '\n'))
            break;
        if (quoted || *from != '\r')
            *to++ = *from;
    }
    end = *from;
    *at = end == '\0' ? from : from + 1;
    *to = '\0';
    return end;
}

static bool table_cut(struct table *table, const char *path, struct err *err)
{
    char *at = table->text;
    size_t count = 0;
    size_t room = 0;
    size_t in_row = 0;
    char separator;

    if (strncmp(at, "\xef\xbb\xbf", 3) == 0)
        at += 3; /* spreadsheets write a byte order mark */
    separator = at[strcspn(at, ";,\n")] == ';' ? ';' : ',';
    while (*at != '\0') {
        char *cell;
        char end = cut_cell(&at, separator, &cell);

        if (in_row == 0 && *cell == '\0' && end != separator)
            continue; /* an empty line */
        add_cell(table, &count, &room, cell);
        in_row++;
        if (end == separator)
            continue;
        if (table->rows == 0)
            table->columns = in_row;
        if (in_row != table->columns)
            return err_set(err, "%s: row %zu has %zu cells, the header has %zu", path,
                           table->rows + 1, in_row, table->columns);
        table->rows++;
        in_row = 0;
    }
    if (in_row > 0)
        return err_set(err, "%s: the file ends within a row", path);
    return true;
}

bool table_read(struct table *table, const char *path, struct err *err)
{
    *table = (struct table){.text = file_read(path, err)};
    if (table->text == NULL)
        return false;
    if (table_cut(table, path, err))
        return true;
    table_free(table);
    return false;
}

const char *table_cell(const struct table *table, size_t row, const char *column)
{
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->cells[i], column) == 0)
            return table->cells[row * table->columns + i];
    return "";
}

void table_free(struct table *table)
{
    free(table->cells);
    free(table->text);
    *table = (struct table){0};
}
