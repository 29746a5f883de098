/* SPDX-License-Identifier: ISC */
#include "probes/profile_read.h"

#include <stdlib.h>
#include <string.h>

#include "probes/profile_line.h"

struct reader {
    const char *file;
    size_t line;
    size_t metric_line; /* where the metric of the draft begins */
    struct profile_list *list;
    struct profile_draft draft;
    struct text *complaints;
    bool good;
};

void profile_free(struct profile *profile)
{
    if (profile == NULL)
        return;
    for (size_t i = 0; i < profile->own_count; i++) {
        free(profile->own[i]->words);
        free(profile->own[i]);
    }
    free(profile);
}

static void complain(struct reader *reader, size_t line, const char *keyword, const struct err *err)
{
    text_addf(reader->complaints, "%s:%zu: %s: %s\n", reader->file, line, keyword, err->text);
    reader->good = false;
}

static bool metric_is_whole(const struct profile_metric *metric, struct err *err)
{
    double crit, warn;
    bool below;

    if (metric->oid.bytes == 0)
        return err_set(err, "%s has no oid", metric->name);
    if (metric->index == PROFILE_SCALAR && (metric->when.bytes > 0 || metric->names.bytes > 0))
        return err_set(err, "%s is a scalar, so it has no column beside it; say its index",
                       metric->name);
    if (metric->kind == PROFILE_TEXT && metric->limit_count > 0)
        return err_set(err, "%s is a text, and limits are for numbers; make it an enum with words",
                       metric->name);
    if (metric->kind == PROFILE_TEXT && metric->history != PROFILE_HISTORY_SOME)
        return err_set(err, "%s is a text, and a history is of numbers", metric->name);
    if (metric->ticket && !profile_bounds(metric, &crit, &warn, &below))
        return err_set(err,
                       "%s may be a ticket: it needs crit below N or crit above N, and not both",
                       metric->name);
    return true;
}

/* The draft's metric is complete, whatever comes now. */
static void end_metric(struct reader *reader)
{
    struct err err;

    if (reader->draft.metric != NULL && !metric_is_whole(reader->draft.metric, &err))
        complain(reader, reader->metric_line, "metric", &err);
    reader->draft.metric = NULL;
}

static bool begin_profile(struct reader *reader, const struct profile_line *line, struct err *err)
{
    struct profile_list *list = reader->list;
    struct profile *profile;
    char name[PROFILE_NAME_MAX];

    end_metric(reader);
    if (line->count != 2 || !profile_name_take(line->words[1], name, err))
        return line->count == 2 ? false : err_set(err, "write it as profile NAME");
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i]->name, name) == 0)
            return err_set(err, "there is a profile %s above", name);
    if (list->count == PROFILES_MAX)
        return err_set(err, "more than %d profiles", PROFILES_MAX);
    profile = calloc(1, sizeof *profile);
    if (profile == NULL)
        abort();
    memcpy(profile->name, name, sizeof name);
    memcpy(profile->title, name, sizeof name);
    if (!text_copy(profile->file, sizeof profile->file, reader->file))
        profile->file[0] = '\0';
    profile->line = reader->line;
    list->at[list->count++] = profile;
    reader->draft = (struct profile_draft){.profile = profile};
    return true;
}

static bool begin_metric(struct reader *reader, const struct profile_line *line, struct err *err)
{
    struct profile *profile = reader->draft.profile;
    struct profile_metric *metric;
    char name[PROFILE_NAME_MAX];

    end_metric(reader);
    if (profile == NULL)
        return err_set(err, "a line \"profile NAME\" has to come first");
    if (line->count != 2 || !profile_name_take(line->words[1], name, err))
        return line->count == 2 ? false : err_set(err, "write it as metric NAME");
    for (size_t i = 0; i < profile->own_count; i++)
        if (strcmp(profile->own[i]->name, name) == 0)
            return err_set(err, "there is a metric %s in this profile", name);
    if (profile->own_count == PROFILE_METRICS_MAX)
        return err_set(err, "more than %d metrics", PROFILE_METRICS_MAX);
    metric = calloc(1, sizeof *metric);
    if (metric == NULL)
        abort();
    memcpy(metric->name, name, sizeof name);
    metric->kind = PROFILE_GAUGE;
    metric->index = PROFILE_SCALAR;
    metric->rule = value_plain;
    metric->rows = 64;
    metric->history = PROFILE_HISTORY_SOME;
    profile->own[profile->own_count++] = metric;
    reader->metric_line = reader->line;
    reader->draft.metric = metric;
    reader->draft.scale = (struct profile_decimal){1, 1};
    reader->draft.offset = (struct profile_decimal){0, 1};
    return true;
}

static void take_line(struct reader *reader, const char *at, size_t bytes)
{
    struct profile_line line;
    struct err err;
    bool good;

    if (!profile_line_cut(&line, at, bytes)) {
        err_set(&err, "more than %d bytes or %d words", PROFILE_LINE_MAX - 1,
                PROFILE_LINE_WORDS_MAX);
        complain(reader, reader->line, "line", &err);
        return;
    }
    if (line.count == 0)
        return;
    if (strcmp(line.words[0], "profile") == 0)
        good = begin_profile(reader, &line, &err);
    else if (strcmp(line.words[0], "metric") == 0)
        good = begin_metric(reader, &line, &err);
    else
        good = profile_line_take(&reader->draft, &line, &err);
    if (!good)
        complain(reader, reader->line, line.words[0], &err);
}

bool profile_read(const char *file, const char *text, struct profile_list *list,
                  struct text *complaints)
{
    struct reader reader = {.file = file, .list = list, .complaints = complaints, .good = true};
    struct err err;

    while (*text != '\0') {
        size_t bytes = strcspn(text, "\n");

        reader.line++;
        take_line(&reader, text, bytes);
        text += bytes + (text[bytes] == '\n');
    }
    end_metric(&reader);
    if (reader.good && list->count == 0) {
        err_set(&err, "there is none; begin with a line \"profile NAME\"");
        complain(&reader, 1, "profile", &err);
    }
    return reader.good;
}
