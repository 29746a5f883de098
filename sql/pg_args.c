/* SPDX-License-Identifier: ISC */
#include "sql/pg_args.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/base/text.h"

static int take(struct pg_args *args)
{
    assert(args->count < PG_ARGS_MAX);
    return args->count++;
}

void pg_arg_text(struct pg_args *args, const char *text)
{
    args->value[take(args)] = text;
}

void pg_arg_i64(struct pg_args *args, int64_t number)
{
    int at = take(args);

    snprintf(args->room[at], sizeof args->room[at], "%" PRId64, number);
    args->value[at] = args->room[at];
}

void pg_arg_bool(struct pg_args *args, bool truth)
{
    args->value[take(args)] = truth ? "true" : "false";
}

void pg_arg_wall(struct pg_args *args, struct wall at)
{
    int n = take(args);

    if (!wall_is_set(at))
        return;
    wall_format(at, args->room[n]);
    args->value[n] = args->room[n];
}

/* PostgreSQL's array literal: every element quoted, quotes and backslashes escaped. */
void pg_arg_text_array(struct pg_args *args, const char *const *texts, size_t count)
{
    int at = take(args);
    struct text literal = {0};

    text_add(&literal, "{");
    for (size_t n = 0; n < count; n++) {
        text_add(&literal, n == 0 ? "\"" : ",\"");
        for (const char *byte = texts[n]; *byte != '\0'; byte++) {
            if (*byte == '"' || *byte == '\\')
                text_add(&literal, "\\");
            text_add_bytes(&literal, byte, 1);
        }
        text_add(&literal, "\"");
    }
    text_add(&literal, "}");
    args->owned[at] = literal.at;
    args->value[at] = literal.at;
}

void pg_arg_i64_array(struct pg_args *args, const int64_t *numbers, size_t count)
{
    int at = take(args);
    struct text literal = {0};

    text_add(&literal, "{");
    for (size_t n = 0; n < count; n++)
        text_addf(&literal, n == 0 ? "%" PRId64 : ",%" PRId64, numbers[n]);
    text_add(&literal, "}");
    args->owned[at] = literal.at;
    args->value[at] = literal.at;
}

void pg_args_free(struct pg_args *args)
{
    for (int n = 0; n < args->count; n++)
        free(args->owned[n]);
    *args = (struct pg_args){0};
}
