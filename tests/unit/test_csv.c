/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/csv.h"

static const struct csv_column columns[] = {{"code", true}, {"name", true}, {"note", false}};

#define COLUMNS (sizeof columns / sizeof columns[0])

static struct csv_table *read_text(const char *content, struct text *complaints)
{
    return csv_read_bytes("f.csv", content, strlen(content), columns, COLUMNS, complaints);
}

static struct csv_table *read_good(const char *content)
{
    struct text complaints = {0};
    struct csv_table *table = read_text(content, &complaints);

    if (table == NULL || complaints.bytes > 0)
        fail_msg("%s", text_get(&complaints));
    text_free(&complaints);
    return table;
}

/* The rows as "line|code|name|note;" one after the other. */
static void expect_rows(const char *content, const char *want)
{
    struct csv_table *table = read_good(content);
    struct text got = {0};

    for (size_t i = 0; i < table->count; i++) {
        const struct csv_row *row = &table->rows[i];

        text_addf(&got, "%zu|%s|%s|%s;", row->line, row->fields[0], row->fields[1], row->fields[2]);
    }
    assert_string_equal(text_get(&got), want);
    text_free(&got);
    csv_table_free(table);
}

static void the_usual_spellings_of_csv_are_read(void **state)
{
    (void)state;
    expect_rows("code,name\na,b\n", "2|a|b|;");
    expect_rows("code;name;note\na;b;c,d\n", "2|a|b|c,d;");
    expect_rows("note,name,code\n1,2,3\n", "2|3|2|1;"); /* any order of columns */
    expect_rows("\xef\xbb\xbf"
                "code;name\r\na;b\r\n",
                "2|a|b|;"); /* what a spreadsheet writes */
    expect_rows("\n\n\r\ncode,name\n\n\na,b\n   \nc,d", "7|a|b|;9|c|d|;");
    expect_rows("code , name\n  a , b  \n\" c \",d\n", "2|a|b|;3| c |d|;");
    expect_rows("code,name\n", "");
    expect_rows("code,name\n,\n", "2|||;");
    expect_rows("\"code\",\"name\"\n\"a\"\"b\",\"c,d\"\n", "2|a\"b|c,d|;");
    expect_rows("code,name\ncaf\xc3\xa9,x\n", "2|caf\xc3\xa9|x|;");
}

static void lines_are_true_behind_a_quoted_line_break(void **state)
{
    (void)state;
    expect_rows("code,name\n\"a\n\nb\",c\nd,\"e\r\nf\"\n\ng,h\n",
                "2|a\n\nb|c|;5|d|e\r\nf|;8|g|h|;");
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
    static const struct {
        const char *content;
        const char *says;
        bool goes_on; /* there is a table with the rows that could be read */
    } cases[] = {
        {"", "f.csv:1: empty; the first row must name the columns\n", false},
        {"\n \n", "f.csv:1: empty; the first row must name the columns\n", false},
        {"code\na\n", "f.csv:1: name: the column is missing\n", false},
        {"code,name,colour\n",
         "f.csv:1: colour: unknown column; the columns of this file are: code name note\n", false},
        {"\n\ncode,name,\n",
         "f.csv:3: (empty): unknown column; the columns of this file are: code name note\n", false},
        {"code,name,\x1b[2J\n",
         "f.csv:1: (unreadable): unknown column; the columns of this file are: code name note\n",
         false},
        {"code,name,code\n", "f.csv:1: code: the column stands twice\n", false},
        {"code\tname\n",
         "f.csv:1: (unreadable): unknown column; the columns of this file are: code name note\n"
         "f.csv:1: code: the column is missing\nf.csv:1: name: the column is missing\n",
         false},
        {"code,name\na\nb,c\nd,e,f\n",
         "f.csv:2: 1 fields where the header has 2\nf.csv:4: 3 fields where the header has 2\n",
         true},
        {"code,name\nx,\"a\nb\nc,d\n", "f.csv:2: the quoted field that begins here never ends\n",
         true},
        {"code,name\na,b\"c\n", "f.csv:2: a quote where none may stand", true},
        {"code,name\na,\"b\"c\n", "f.csv:2: a quote where none may stand", true},
        {"code,name\na,b\n\xff,d\n", "f.csv:3: not UTF-8 text; save the file as", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text complaints = {0};
        struct csv_table *table = read_text(cases[i].content, &complaints);

        if (strncmp(text_get(&complaints), cases[i].says, strlen(cases[i].says)) != 0)
            fail_msg("%s\n  says: %s  not: %s", cases[i].content, text_get(&complaints),
                     cases[i].says);
        assert_int_equal(table != NULL, cases[i].goes_on);
        csv_table_free(table);
        text_free(&complaints);
    }
}

static void a_row_that_is_wrong_leaves_the_others(void **state)
{
    struct text complaints = {0};
    struct csv_table *table = read_text("code,name\na,b\nc\nd,e\n", &complaints);

    (void)state;
    assert_non_null(table);
    assert_int_equal(table->count, 2);
    assert_string_equal(table->rows[1].fields[0], "d");
    assert_int_equal(table->rows[1].line, 4);
    csv_table_free(table);
    text_free(&complaints);
}

static void a_nul_byte_is_refused(void **state)
{
    struct text complaints = {0};

    (void)state;
    assert_null(csv_read_bytes("f.csv", "code,name\na,\0b\n", 15, columns, COLUMNS, &complaints));
    assert_non_null(strstr(text_get(&complaints), "f.csv:2: not UTF-8 text"));
    text_free(&complaints);
}

static void sizes_are_bounded(void **state)
{
    struct text content = {0}, complaints = {0};
    struct csv_table *table;

    (void)state;
    text_add(&content, "code,name\na,");
    for (size_t i = 0; i < 70000; i++)
        text_add(&content, "x");
    table = read_text(text_get(&content), &complaints);
    assert_string_equal(text_get(&complaints), "f.csv:2: a field is longer than 64 KiB\n");
    csv_table_free(table);
    text_clear(&content);
    text_clear(&complaints);
    text_add(&content, "code,name\n");
    for (size_t i = 0; i < 100002; i++)
        text_add(&content, "a,b\n");
    table = read_text(text_get(&content), &complaints);
    assert_string_equal(text_get(&complaints), "f.csv:100002: more than 100000 rows\n");
    csv_table_free(table);
    text_clear(&content);
    text_clear(&complaints);
    for (size_t i = 0; i < 40; i++)
        text_add(&content, "code,");
    assert_null(read_text(text_get(&content), &complaints));
    assert_string_equal(text_get(&complaints), "f.csv:1: more than 32 columns\n");
    text_free(&content);
    text_free(&complaints);
}

static void a_file_that_is_not_there_is_said_so(void **state)
{
    struct text complaints = {0};

    (void)state;
    assert_null(csv_read("/nonexistent/f.csv", columns, COLUMNS, &complaints));
    assert_string_equal(text_get(&complaints), "/nonexistent/f.csv: No such file or directory\n");
    text_clear(&complaints);
    assert_null(csv_read("/tmp", columns, COLUMNS, &complaints));
    assert_string_equal(text_get(&complaints), "/tmp: Is a directory\n");
    text_free(&complaints);
    csv_table_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_spellings_of_csv_are_read),
        cmocka_unit_test(lines_are_true_behind_a_quoted_line_break),
        cmocka_unit_test(what_is_wrong_is_named_with_its_line),
        cmocka_unit_test(a_row_that_is_wrong_leaves_the_others),
        cmocka_unit_test(a_nul_byte_is_refused),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(a_file_that_is_not_there_is_said_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
