/* SPDX-License-Identifier: ISC */
/*
 * pg_args - the parameters of one statement, $1 first, each by a function that knows its type.
 *
 * Zero is "no parameters yet". Text is borrowed until the statement was handed over; an array is
 * built on the heap, so pg_args_free() after the hand-over (it tolerates arguments that own
 * nothing).
 */
#ifndef KT_PG_ARGS_H
#define KT_PG_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/base/clock.h"

#define PG_ARGS_MAX 12

struct pg_args {
    int count;
    const char *value[PG_ARGS_MAX]; /* NULL: SQL null */
    char room[PG_ARGS_MAX][WALL_TEXT_MAX];
    char *owned[PG_ARGS_MAX];
};

void pg_arg_text(struct pg_args *args, const char *text); /* NULL: null */
void pg_arg_i64(struct pg_args *args, int64_t number);
void pg_arg_bool(struct pg_args *args, bool truth);
void pg_arg_wall(struct pg_args *args, struct wall at); /* unset: null */
void pg_arg_text_array(struct pg_args *args, const char *const *texts, size_t count);
void pg_arg_i64_array(struct pg_args *args, const int64_t *numbers, size_t count);
void pg_args_free(struct pg_args *args);
#endif
