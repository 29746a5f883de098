/* SPDX-License-Identifier: ISC */
#include "tests/fleet/script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "daemon/base/clock.h"

struct entry {
    struct mono due;
    char *command;
};

struct script {
    struct entry *entries; /* by due */
    size_t count;
    size_t done;
    struct event *timer;
    script_line_fn *line;
    void *arg;
};

static int by_due(const void *a, const void *b)
{
    int64_t x = ((const struct entry *)a)->due.us, y = ((const struct entry *)b)->due.us;

    return (x > y) - (x < y);
}

static void arm(struct script *script, struct mono now)
{
    struct timeval wait;
    int64_t wait_us;

    if (script->done == script->count)
        return;
    wait_us = script->entries[script->done].due.us - now.us;
    if (wait_us < 0)
        wait_us = 0;
    wait = (struct timeval){.tv_sec = (time_t)(wait_us / US_PER_S),
                            .tv_usec = (suseconds_t)(wait_us % US_PER_S)};
    evtimer_add(script->timer, &wait);
}

static void on_due(evutil_socket_t fd, short what, void *arg)
{
    struct script *script = arg;
    struct mono now = mono_now();

    (void)fd;
    (void)what;
    while (script->done < script->count && script->entries[script->done].due.us <= now.us)
        script->line(script->entries[script->done++].command, script->arg);
    arm(script, now);
}

/* "12.5 cut 33.14.01" */
static bool add_line(struct script *script, const char *line, struct mono start)
{
    char *rest;
    double seconds = strtod(line, &rest);

    if (line[strspn(line, " \t\r\n")] == '\0' || line[strspn(line, " \t")] == '#')
        return true;
    if (rest == line || seconds < 0 || seconds > 1e8 || (*rest != ' ' && *rest != '\t'))
        return false;
    script->entries = realloc(script->entries, (script->count + 1) * sizeof *script->entries);
    if (script->entries == NULL)
        abort();
    rest += strspn(rest, " \t");
    script->entries[script->count++] = (struct entry){
        {start.us + (int64_t)(seconds * (double)US_PER_S)}, strndup(rest, strcspn(rest, "\r\n"))};
    return true;
}

static bool script_read(struct script *script, const char *path, struct err *err)
{
    FILE *file = fopen(path, "re");
    struct mono start = mono_now();
    char *line = NULL;
    size_t room = 0, number = 0;
    bool good = true;

    if (file == NULL)
        return err_set(err, "%s: %s", path, strerror(errno));
    while (good && getline(&line, &room, file) > 0) {
        number++;
        if (!add_line(script, line, start))
            good = err_set(err, "%s:%zu: a line is 'SECONDS COMMAND...'", path, number);
    }
    free(line);
    fclose(file);
    if (script->count > 0)
        qsort(script->entries, script->count, sizeof *script->entries, by_due);
    return good;
}

struct script *script_new(struct event_base *base, const char *path, script_line_fn *line,
                          void *arg, struct err *err)
{
    struct script *script = calloc(1, sizeof *script);

    if (script == NULL)
        abort();
    script->line = line;
    script->arg = arg;
    script->timer = evtimer_new(base, on_due, script);
    if (script->timer == NULL)
        abort();
    if (!script_read(script, path, err)) {
        script_free(script);
        return NULL;
    }
    arm(script, mono_now());
    return script;
}

void script_free(struct script *script)
{
    if (script == NULL)
        return;
    event_free(script->timer);
    for (size_t i = 0; i < script->count; i++)
        free(script->entries[i].command);
    free(script->entries);
    free(script);
}
