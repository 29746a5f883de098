/* SPDX-License-Identifier: ISC */
#include "daemon/web/now_view.h"

#include <string.h>

#include "daemon/base/text.h"

#define WINDOWS_MOST     3 /* a page is small */
#define REASON_BYTES_MAX ((size_t)200)

static struct wall instant(const struct js *object, const char *key)
{
    struct wall at = {0};

    wall_parse(js_text(object, key, NULL), &at);
    return at;
}

static void set_when(struct js *out, const char *key, enum words_language language, struct wall at)
{
    struct text words = {0};

    words_add_when(language, at, &words);
    js_set_text(out, key, text_get(&words));
    text_free(&words);
}

static void set_reason(struct js *out, const char *reason)
{
    size_t bytes = strlen(reason), kept = text_cut(reason, bytes, REASON_BYTES_MAX);
    struct text words = {0};

    text_add_bytes(&words, reason, kept);
    text_add(&words, kept < bytes ? "…" : "");
    js_set_text(out, "reason", text_get(&words));
    text_free(&words);
}

static struct js *work_view(const struct js *work, enum words_language language)
{
    const struct js *windows = js_get(work, "windows");
    struct js *out = js_object(), *list = js_array();

    set_when(out, "until", language, instant(work, "until"));
    for (size_t i = 0; i < js_count(windows) && i < WINDOWS_MOST; i++) {
        const struct js *window = js_at(windows, i);
        struct js *copy = js_object();

        set_reason(copy, js_text(window, "reason", ""));
        js_set_text(copy, "site", js_text(window, "name", js_text(window, "site", "")));
        js_set_text(copy, "by", js_text(window, "by", ""));
        js_push(list, copy);
    }
    js_set(out, "windows", list);
    return out;
}

struct js *now_view(const struct js *now, enum words_language language)
{
    struct js *out = js_object();

    if (!js_is_null(js_get(now, "blind")))
        set_when(out, "blind", language, instant(now, "blind"));
    if (!js_is_null(js_get(now, "work")))
        js_set(out, "work", work_view(js_get(now, "work"), language));
    return out;
}

struct wall now_silent_since(const struct js *now)
{
    const char *state = js_text(now, "state", "");

    if (strcmp(state, "down") != 0 && strcmp(state, "unreachable") != 0)
        return (struct wall){0};
    return instant(now, "since");
}
