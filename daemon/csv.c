/* SPDX-License-Identifier: ISC */
#include "daemon/csv.h"

#include <assert.h>
#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CSV_FILE_MAX  ((size_t)16 * 1024 * 1024)
#define CSV_FIELD_MAX ((size_t)64 * 1024)
#define CSV_ROWS_MAX  ((size_t)100000)

/* One file being read, fed to libcsv line by line so that each row's true line is known. */
struct csv_reading {
    const char *name;
    const struct csv_column *columns;
    size_t column_count;
    struct text *complaints;
    struct csv_table *table; /* NULL until the header was good */
    size_t line;             /* being fed */
    size_t row_line;         /* on which the present row began */
    size_t field_line;       /* the same for its present field */
    bool in_row;
    bool stopped;                 /* nothing behind this point means anything */
    size_t header_count;          /* columns of the file */
    size_t map[CSV_COLUMNS_MAX];  /* the file's column → ours */
    struct text bytes;            /* the present row's fields, each with its terminator */
    size_t ends[CSV_COLUMNS_MAX]; /* where each of them ends in bytes */
    size_t field_count;           /* may pass CSV_COLUMNS_MAX: counted, not kept */
};

static void complain_at(struct csv_reading *reading, size_t line, const char *words)
{
    text_addf(reading->complaints, "%s:%zu: %s\n", reading->name, line, words);
}

static void on_field(void *field, size_t bytes, void *arg)
{
    struct csv_reading *reading = arg;

    if (reading->stopped)
        return;
    if (bytes > CSV_FIELD_MAX) {
        complain_at(reading, reading->field_line, "a field is longer than 64 KiB");
        reading->stopped = true;
        return;
    }
    if (reading->field_count < CSV_COLUMNS_MAX) {
        text_add_bytes(&reading->bytes, field, bytes);
        text_add_bytes(&reading->bytes, "", 1);
        reading->ends[reading->field_count] = reading->bytes.bytes;
    }
    reading->field_count++;
    reading->field_line = reading->line;
}

static const char *raw_field(const struct csv_reading *reading, size_t i)
{
    return text_get(&reading->bytes) + (i == 0 ? 0 : reading->ends[i - 1]);
}

static void list_columns(struct csv_reading *reading)
{
    text_add(reading->complaints, "; the columns of this file are:");
    for (size_t i = 0; i < reading->column_count; i++)
        text_addf(reading->complaints, " %s", reading->columns[i].name);
    text_add(reading->complaints, "\n");
}

/* A name from the file inside a complaint: it may be anything, so only short plain ones are shown.
 */
static const char *shown(const char *name)
{
    size_t plain =
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._- ");

    return *name == '\0' ? "(empty)" : plain < 40 && name[plain] == '\0' ? name : "(unreadable)";
}

static void header_column(struct csv_reading *reading, size_t i, bool seen[CSV_COLUMNS_MAX])
{
    const char *name = raw_field(reading, i);
    size_t ours = 0;

    while (ours < reading->column_count && strcmp(reading->columns[ours].name, name) != 0)
        ours++;
    if (ours == reading->column_count) {
        text_addf(reading->complaints, "%s:%zu: %s: unknown column", reading->name,
                  reading->row_line, shown(name));
        list_columns(reading);
        return;
    }
    if (seen[ours])
        text_addf(reading->complaints, "%s:%zu: %s: the column stands twice\n", reading->name,
                  reading->row_line, name);
    seen[ours] = true;
    reading->map[i] = ours;
}

static void take_header(struct csv_reading *reading)
{
    size_t complained = reading->complaints->bytes;
    bool seen[CSV_COLUMNS_MAX] = {false};

    if (reading->field_count > CSV_COLUMNS_MAX) {
        complain_at(reading, reading->row_line, "more than 32 columns");
        reading->stopped = true;
        return;
    }
    for (size_t i = 0; i < reading->field_count; i++)
        header_column(reading, i, seen);
    for (size_t i = 0; i < reading->column_count; i++)
        if (reading->columns[i].needed && !seen[i])
            text_addf(reading->complaints, "%s:%zu: %s: the column is missing\n", reading->name,
                      reading->row_line, reading->columns[i].name);
    if (reading->complaints->bytes != complained) {
        reading->stopped = true;
        return;
    }
    reading->header_count = reading->field_count;
    reading->table = calloc(1, sizeof *reading->table);
    if (reading->table == NULL)
        abort();
    reading->table->column_count = reading->column_count;
}

/* One block per row: the pointers, then the bytes that they point to. */
static const char **row_fields(const struct csv_reading *reading)
{
    size_t pointers = reading->column_count * sizeof(const char *);
    const char **fields = malloc(pointers + reading->bytes.bytes);
    char *bytes;

    if (fields == NULL)
        abort();
    bytes = (char *)fields + pointers;
    memcpy(bytes, text_get(&reading->bytes), reading->bytes.bytes);
    for (size_t i = 0; i < reading->column_count; i++)
        fields[i] = "";
    for (size_t i = 0; i < reading->header_count; i++)
        fields[reading->map[i]] = bytes + (i == 0 ? 0 : reading->ends[i - 1]);
    return fields;
}

static void take_row(struct csv_reading *reading)
{
    struct csv_table *table = reading->table;

    if (reading->field_count != reading->header_count) {
        text_addf(reading->complaints, "%s:%zu: %zu fields where the header has %zu\n",
                  reading->name, reading->row_line, reading->field_count, reading->header_count);
        return;
    }
    if (table->count == CSV_ROWS_MAX) {
        complain_at(reading, reading->row_line, "more than 100000 rows");
        reading->stopped = true;
        return;
    }
    if (table->count == table->room) {
        table->room = table->room == 0 ? 64 : table->room * 2;
        table->rows = realloc(table->rows, table->room * sizeof *table->rows);
        if (table->rows == NULL)
            abort();
    }
    table->rows[table->count++] = (struct csv_row){reading->row_line, row_fields(reading)};
}

static void on_row(int terminator, void *arg)
{
    struct csv_reading *reading = arg;

    (void)terminator;
    if (reading->stopped)
        return;
    if (reading->table == NULL)
        take_header(reading);
    else
        take_row(reading);
    text_clear(&reading->bytes);
    reading->field_count = 0;
    reading->in_row = false;
}

static bool line_is_blank(const char *line, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        if (strchr(" \t\r\n", line[i]) == NULL || line[i] == '\0')
            return false;
    return true;
}

static void feed_line(struct csv_reading *reading, struct csv_parser *parser, const char *line,
                      size_t bytes)
{
    if (!reading->in_row) {
        if (line_is_blank(line, bytes))
            return;
        reading->row_line = reading->field_line = reading->line;
        reading->in_row = true;
    }
    if (csv_parse(parser, line, bytes, on_field, on_row, reading) == bytes)
        return;
    if (!reading->stopped)
        complain_at(reading, reading->line,
                    "a quote where none may stand (RFC 4180: a field with quotes is enclosed in "
                    "quotes, and each quote inside it is doubled)");
    reading->stopped = true;
}

/* Header names hold neither, so whichever is there first is the one. */
static char delimiter_of(const char *bytes, size_t size)
{
    const char *end = memchr(bytes, '\n', size);
    size_t length = end != NULL ? (size_t)(end - bytes) : size;

    return memchr(bytes, ';', length) != NULL ? ';' : ',';
}

static void feed_all(struct csv_reading *reading, struct csv_parser *parser, const char *bytes,
                     size_t size)
{
    const char *end = bytes + size;

    for (const char *at = bytes; at < end && !reading->stopped;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline != NULL ? newline + 1 : end) - at);

        reading->line++;
        feed_line(reading, parser, at, length);
        at += length;
    }
    if (!reading->stopped && csv_fini(parser, on_field, on_row, reading) != 0)
        complain_at(reading, reading->field_line, "the quoted field that begins here never ends");
}

/* The line of the first byte that is no UTF-8, or that is NUL; 0: all is well. */
static size_t bad_line(const char *bytes, size_t size)
{
    size_t line = 1;
    const char *end = bytes + size;

    if (text_is_utf8(bytes, size) && memchr(bytes, '\0', size) == NULL)
        return 0;
    for (const char *at = bytes; at < end; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline != NULL ? newline + 1 : end) - at);

        if (!text_is_utf8(at, length) || memchr(at, '\0', length) != NULL)
            break;
        at += length;
    }
    return line;
}

struct csv_table *csv_read_bytes(const char *name, const char *bytes, size_t size,
                                 const struct csv_column *columns, size_t count,
                                 struct text *complaints)
{
    struct csv_reading reading = {
        .name = name, .columns = columns, .column_count = count, .complaints = complaints};
    size_t complained = complaints->bytes;
    size_t bad = bad_line(bytes, size);
    struct csv_parser parser;

    assert(count <= CSV_COLUMNS_MAX);
    if (bad != 0) {
        complain_at(&reading, bad, "not UTF-8 text; save the file as \"CSV UTF-8\"");
        return NULL;
    }
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        size -= 3;
    }
    while (size > 0 && (*bytes == '\n' || *bytes == '\r')) {
        reading.line += *bytes == '\n';
        bytes++;
        size--;
    }
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        abort();
    csv_set_delim(&parser, (unsigned char)delimiter_of(bytes, size));
    feed_all(&reading, &parser, bytes, size);
    csv_free(&parser);
    text_free(&reading.bytes);
    if (reading.table == NULL && complaints->bytes == complained)
        complain_at(&reading, 1, "empty; the first row must name the columns");
    return reading.table;
}

struct csv_table *csv_read(const char *path, const struct csv_column *columns, size_t count,
                           struct text *complaints)
{
    FILE *file = fopen(path, "rbe");
    struct csv_table *table = NULL;
    char *bytes;
    size_t got;

    if (file == NULL) {
        text_addf(complaints, "%s: %s\n", path, strerror(errno));
        return NULL;
    }
    bytes = malloc(CSV_FILE_MAX + 1);
    if (bytes == NULL)
        abort();
    got = fread(bytes, 1, CSV_FILE_MAX + 1, file);
    if (ferror(file))
        text_addf(complaints, "%s: %s\n", path, strerror(errno));
    else if (got > CSV_FILE_MAX)
        text_addf(complaints, "%s: larger than 16 MiB\n", path);
    else
        table = csv_read_bytes(path, bytes, got, columns, count, complaints);
    fclose(file);
    free(bytes);
    return table;
}

void csv_table_free(struct csv_table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < table->count; i++)
        free(table->rows[i].fields);
    free(table->rows);
    free(table);
}
