/* SPDX-License-Identifier: ISC */
#include "daemon/cli/import_errors.h"

#include <stdlib.h>
#include <string.h>

static char *copy(const char *text, size_t bytes)
{
    char *copied = strndup(text, bytes);

    if (copied == NULL)
        abort();
    return copied;
}

static void add(struct import_errors *errors, const struct import_error *error)
{
    if (errors->count == errors->room) {
        errors->room = errors->room == 0 ? 32 : errors->room * 2;
        errors->at = reallocarray(errors->at, errors->room, sizeof *errors->at);
        if (errors->at == NULL)
            abort();
    }
    errors->at[errors->count] = *error;
    errors->at[errors->count].ordinal = errors->count;
    errors->count++;
}

/* ---- the lines of this program's own checks ---- */

/* The file whose path and ':' the line begins with; *rest then stands behind them. */
static enum inventory_file file_of(const struct import_errors *errors, const char *line,
                                   const char **rest)
{
    for (enum inventory_file file = INVENTORY_SITES; file < INVENTORY_END; file++) {
        size_t bytes = errors->paths[file] != NULL ? strlen(errors->paths[file]) : 0;

        if (bytes == 0 || strncmp(line, errors->paths[file], bytes) != 0 || line[bytes] != ':')
            continue;
        *rest = line + bytes + 1;
        return file;
    }
    *rest = line;
    return INVENTORY_END;
}

/* Bytes of the column's name when the words begin with it and ": "; 0 when they do not. */
static size_t column_bytes(enum inventory_file file, const char *words)
{
    size_t count, bytes = strcspn(words, ":\n");
    const struct csv_column *columns = inventory_columns(file, &count);

    if (words[bytes] != ':' || words[bytes + 1] != ' ')
        return 0;
    for (size_t i = 0; i < count; i++)
        if (strlen(columns[i].name) == bytes && memcmp(columns[i].name, words, bytes) == 0)
            return bytes;
    return 0;
}

static void add_line(struct import_errors *errors, const char *line, size_t bytes)
{
    const char *rest, *end = line + bytes;
    struct import_error error = {.file = file_of(errors, line, &rest)};
    size_t column = 0;
    char *after;

    if (error.file != INVENTORY_END) {
        error.line = strtoll(rest, &after, 10);
        if (error.line > 0 && *after == ':')
            rest = after + 1;
        else
            error.line = 0;
        rest += strspn(rest, " ");
        column = column_bytes(error.file, rest);
    }
    error.column = copy(rest, column);
    rest += column > 0 ? column + 2 : 0;
    error.words = copy(rest, (size_t)(end - rest));
    add(errors, &error);
}

void import_errors_add_lines(struct import_errors *errors, const char *lines)
{
    while (*lines != '\0') {
        size_t bytes = strcspn(lines, "\n");

        add_line(errors, lines, bytes);
        lines += bytes + (lines[bytes] == '\n');
    }
}

/* ---- what PostgreSQL says ---- */

/* Its words are about a value that was put in place of a wrong one. The codes of a list that are
 * sent on are the user's own. */
static bool was_mended(const struct import_errors *errors, enum inventory_file file, int64_t line,
                       const char *column)
{
    if (strcmp(column, "uplinks") == 0 || strcmp(column, "sites") == 0)
        return false;
    for (size_t i = 0; i < errors->count; i++)
        if (errors->at[i].file == file && strcmp(errors->at[i].column, column) == 0 &&
            (errors->at[i].line == line || line == 0))
            return true;
    return false;
}

/* What it misses may stand in a row that could not be read. */
static bool may_stand_unread(const struct import_errors *errors, enum inventory_file file,
                             const char *column)
{
    enum inventory_file named = inventory_refers(file, column);

    return named != INVENTORY_END && errors->unread[named];
}

void import_errors_add_answer(struct import_errors *errors, const struct js *list)
{
    for (size_t i = 0; i < js_count(list); i++) {
        const struct js *item = js_at(list, i);
        const char *column = js_text(item, "column", ""), *words = js_text(item, "words", "");
        struct import_error error = {.file = inventory_file_of(js_text(item, "file", "")),
                                     .line = js_i64(item, "line", 0)};

        if (was_mended(errors, error.file, error.line, column) ||
            may_stand_unread(errors, error.file, column))
            continue;
        error.column = copy(column, strlen(column));
        error.words = copy(words, strlen(words));
        add(errors, &error);
    }
}

/* ---- the list ---- */

static int in_order(const void *a, const void *b)
{
    const struct import_error *left = a, *right = b;

    if (left->file != right->file)
        return left->file < right->file ? -1 : 1;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    return left->ordinal < right->ordinal ? -1 : 1;
}

void import_errors_sort(struct import_errors *errors)
{
    if (errors->count > 0)
        qsort(errors->at, errors->count, sizeof *errors->at, in_order);
}

void import_errors_print(const struct import_errors *errors, struct text *out)
{
    for (size_t i = 0; i < errors->count; i++) {
        const struct import_error *error = &errors->at[i];

        if (error->file != INVENTORY_END && errors->paths[error->file] != NULL)
            text_add(out, errors->paths[error->file]);
        else if (error->file != INVENTORY_END)
            text_addf(out, "%s.csv", inventory_name(error->file));
        if (error->line > 0)
            text_addf(out, ":%lld", (long long)error->line);
        text_add(out, error->file != INVENTORY_END ? ": " : "");
        text_addf(out, "%s%s", error->column, *error->column != '\0' ? ": " : "");
        text_addf(out, "%s\n", error->words);
    }
}

struct js *import_errors_json(const struct import_errors *errors)
{
    struct js *list = js_array();

    for (size_t i = 0; i < errors->count; i++) {
        const struct import_error *error = &errors->at[i];
        struct js *item = js_object();
        struct text file = {0};

        if (error->file != INVENTORY_END)
            text_addf(&file, "%s.csv", inventory_name(error->file));
        js_set_text(item, "file", text_get(&file));
        js_set_i64(item, "line", error->line);
        js_set_text(item, "column", error->column);
        js_set_text(item, "words", error->words);
        js_push(list, item);
        text_free(&file);
    }
    return list;
}

void import_errors_free(struct import_errors *errors)
{
    for (size_t i = 0; i < errors->count; i++) {
        free(errors->at[i].column);
        free(errors->at[i].words);
    }
    free(errors->at);
    *errors = (struct import_errors){0};
}
