/* SPDX-License-Identifier: ISC */
#include "tests/integration/rig_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/json.h"

void rig_sink_start(struct rig *rig)
{
    struct mono deadline = rig_deadline(RIG_PATIENCE_MS);
    struct text port = {0};
    const char *const argv[] = {rig_program("kt-sink"),
                                "--listen",
                                "127.0.0.1:0",
                                "--log",
                                rig_path(rig, "sink.jsonl"),
                                "--secret-file",
                                rig_path(rig, "sink.secrets"),
                                "--port-file",
                                rig_path(rig, "sink.port"),
                                NULL};

    rig_write(rig, "sink.secrets", "%s\n%s\n%s\n", RIG_SECRET_TEAM, RIG_SECRET_A, RIG_SECRET_B);
    rig->sink = rig_child(rig, argv, "sink.out");
    while (!file_read(rig_path(rig, "sink.port"), 0, &port))
        if (proc_ended(rig->sink, 0, NULL) || !rig_tick(rig, deadline))
            rig_fail(rig, "the receiver does not start: %s", rig_read(rig, "sink.out"));
    rig->sink_port = (unsigned)strtoul(text_get(&port), NULL, 10);
    text_free(&port);
}

static void copy(char *out, size_t room, const char *text)
{
    if (!text_copy(out, room, text))
        out[0] = '\0';
}

/* Which requests kt-sink takes; "fail-N-then-ok" takes those behind the first N of its path. */
static bool path_takes(const char *path, size_t nth)
{
    unsigned failures;

    if (sscanf(path, "/fail-%u-then-ok", &failures) == 1)
        return nth > failures;
    return strncmp(path, "/ok", 3) == 0 || strncmp(path, "/2", 2) == 0 ||
           strncmp(path, "/late", 5) == 0 || strncmp(path, "/many-headers", 13) == 0;
}

static void hook_read(struct rig *rig, const char *line, size_t bytes, struct rig_hook *hook)
{
    struct js *entry = js_parse(line, bytes, NULL);
    const struct js *headers = js_get(entry, "headers");
    const char *body = js_text(entry, "body", "");
    struct js *said = js_parse(body, strlen(body), NULL);
    const struct js *data = js_get(said, "data");

    *hook = (struct rig_hook){.seq = js_i64(data, "seq", -1),
                              .verified = js_bool(entry, "verified", false)};
    if (!wall_parse(js_text(entry, "time", ""), &hook->at))
        hook->at.us = 0;
    copy(hook->id, sizeof hook->id, js_text(headers, "webhook-id", ""));
    copy(hook->type, sizeof hook->type, js_text(said, "type", ""));
    copy(hook->path, sizeof hook->path, js_text(entry, "path", ""));
    copy(hook->ticket, sizeof hook->ticket, js_text(data, "ticket", ""));
    hook->body = rig_text(rig, "%s", body);
    js_free(said);
    js_free(entry);
}

/* Reads what was written since the last time; the receiver writes whole lines. */
const struct hooks *rig_hooks_read(struct rig *rig)
{
    struct text log = {0};
    const char *at;

    if (rig->hooks == NULL && (rig->hooks = calloc(1, sizeof *rig->hooks)) == NULL)
        abort();
    file_read(rig_path(rig, "sink.jsonl"), rig->hooks->bytes, &log);
    at = text_get(&log);
    for (const char *end = strchr(at, '\n'); end != NULL; at = end + 1, end = strchr(at, '\n')) {
        struct rig_hook *hook = &rig->hooks->at[rig->hooks->count];
        size_t nth = 1;

        if (rig->hooks->count == HOOKS_MAX)
            rig_fail(rig, "more than %d requests at the receiver", HOOKS_MAX);
        hook_read(rig, at, (size_t)(end - at), hook);
        for (size_t i = 0; i < rig->hooks->count; i++)
            nth += strcmp(rig->hooks->at[i].path, hook->path) == 0;
        hook->taken = path_takes(hook->path, nth);
        rig->hooks->count++;
        rig->hooks->bytes += (size_t)(end - at) + 1;
    }
    text_free(&log);
    return rig->hooks;
}

static bool fits(const struct rig_hook *hook, const char *type, const char *path)
{
    return (type == NULL || strcmp(hook->type, type) == 0) &&
           (path == NULL || strncmp(hook->path, path, strlen(path)) == 0);
}

size_t rig_hooks(struct rig *rig, const char *type, const char *path)
{
    const struct hooks *hooks = rig_hooks_read(rig);
    size_t count = 0;

    for (size_t i = 0; i < hooks->count; i++)
        count += fits(&hooks->at[i], type, path);
    return count;
}

static bool nth_hook(struct rig *rig, const char *type, const char *path, size_t nth,
                     struct rig_hook *hook)
{
    const struct hooks *hooks = rig_hooks_read(rig);
    bool found = false;

    for (size_t i = 0; i < hooks->count && !found; i++)
        if (fits(&hooks->at[i], type, path) && --nth == 0) {
            *hook = hooks->at[i];
            found = true;
        }
    return found;
}

bool rig_hook_at(struct rig *rig, size_t n, struct rig_hook *hook)
{
    return nth_hook(rig, NULL, NULL, n + 1, hook);
}

struct rig_hook rig_wait_hooks(struct rig *rig, const char *type, const char *path, size_t count)
{
    struct mono deadline = rig_deadline(RIG_PATIENCE_MS);
    struct rig_hook hook = {0};

    while (!nth_hook(rig, type, path, count, &hook))
        if (!rig_tick(rig, deadline))
            rig_fail(rig, "waited for %zu × %s at %s, got %zu", count, type == NULL ? "any" : type,
                     path == NULL ? "any receiver" : path, rig_hooks(rig, type, path));
    return hook;
}
