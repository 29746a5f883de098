/* SPDX-License-Identifier: ISC */
/*
 * profile_line - what one line of a profile says. Part of probes/profile_read.c, which cuts the
 * text into lines. Pure.
 */
#ifndef KT_PROFILE_LINE_H
#define KT_PROFILE_LINE_H

#include "probes/profile.h"

#define PROFILE_LINE_MAX       512
#define PROFILE_LINE_WORDS_MAX 80

/* A line, cut at its blanks; words[0] is the keyword. */
struct profile_line {
    char text[PROFILE_LINE_MAX];
    char whole[PROFILE_LINE_MAX]; /* uncut */
    const char *words[PROFILE_LINE_WORDS_MAX];
    const char *rest[PROFILE_LINE_WORDS_MAX]; /* in whole, from that word on */
    size_t count;
};

/* A decimal as it is written, kept exactly: number / ten_to, so that sums of them stay exact. */
struct profile_decimal {
    double number;
    double ten_to;
};

/* The metric that lines are about now. */
struct profile_draft {
    struct profile *profile; /* NULL: no profile line yet */
    struct profile_metric *metric;
    struct profile_decimal scale, offset;
};

/* False: too long, or too many words. An empty line has none. */
bool profile_line_cut(struct profile_line *line, const char *at, size_t bytes);
/* Every keyword but profile and metric. False: what is wrong and what would be right. */
KT_MUST_CHECK bool profile_line_take(struct profile_draft *draft, const struct profile_line *line,
                                     struct err *err);
/* A name as profiles and metrics have it. */
KT_MUST_CHECK bool profile_name_take(const char *word, char out[PROFILE_NAME_MAX], struct err *err);
#endif
