/* SPDX-License-Identifier: ISC */
#include "alerts/notice.h"

#include <stdlib.h>
#include <string.h>

#include "alerts/templates.h"
#include "daemon/base/json.h"
#include "daemon/base/template.h"

struct notices {
    struct template *ticket;
    struct template *other;
};

/* How much of the optional lists goes in. */
struct portion {
    size_t sites;
    bool evidence;
};

struct member {
    const char *key;
    const char *inside; /* of an object: its members, with blanks between; NULL: a plain value */
};

/* clang-format off */
static const struct member ticket_members[] = {
    {"ticket",     NULL},
    {"url",        NULL},
    {"action_url", NULL},
    {"state",      NULL},
    {"kind",       NULL},
    {"priority",   NULL},
    {"root",       "code name kecamatan"},
    {"affected",   "count now sites"},
    {"last_good",  NULL},
    {"first_bad",  NULL},
    {"opened_at",  NULL},
    {"cause",      "guess confidence evidence proven"},
    {"party",      NULL},
    {"contract",   "accept_by restore_by consumed_percent"},
    {"estimate",   "p50_minutes p90_minutes"},
    {"seq",        NULL},
};
/* clang-format on */

static struct template *parse_named(const char *name, struct err *err)
{
    for (const struct alert_template *at = alert_templates; at->name != NULL; at++)
        if (strcmp(at->name, name) == 0)
            return template_parse(name, at->source, TEMPLATE_JSON, NULL, NULL, err);
    err_set(err, "%s: there is no such template", name);
    return NULL;
}

struct notices *notices_new(struct err *err)
{
    struct notices *notices = calloc(1, sizeof *notices);

    if (notices == NULL)
        abort();
    notices->ticket = parse_named("ticket.json", err);
    if (notices->ticket != NULL)
        notices->other = parse_named("other.json", err);
    if (notices->other != NULL)
        return notices;
    notices_free(notices);
    return NULL;
}

void notices_free(struct notices *notices)
{
    if (notices == NULL)
        return;
    template_free(notices->ticket);
    template_free(notices->other);
    free(notices);
}

static struct js *copy_or_null(const struct js *value)
{
    return value == NULL ? js_new_null() : js_copy(value);
}

static struct js *first_of(const struct js *array, size_t most)
{
    struct js *out = js_array();

    for (size_t i = 0; i < js_count(array) && i < most; i++)
        js_push(out, js_copy(js_at(array, i)));
    return out;
}

static struct js *inner_value(const struct js *object, const char *key,
                              const struct portion *portion)
{
    const struct js *value = js_get(object, key);

    if (js_kind(value) == JS_ARRAY && strcmp(key, "sites") == 0)
        return first_of(value, portion->sites);
    if (js_kind(value) == JS_ARRAY && strcmp(key, "evidence") == 0 && !portion->evidence)
        return js_array();
    return copy_or_null(value);
}

/* Only the members that are named, in their order. */
static struct js *inner_object(const struct js *object, const char *names,
                               const struct portion *portion)
{
    struct js *out = js_object();
    char key[32];

    for (size_t bytes; *names != '\0'; names += bytes + (names[bytes] == ' ')) {
        bytes = strcspn(names, " ");
        memcpy(key, names, bytes);
        key[bytes] = '\0';
        js_set(out, key, inner_value(object, key, portion));
    }
    return out;
}

/* "/tickets/KT-…" → "https://…/tickets/KT-…" */
static struct js *absolute_url(const char *path, const char *base_url)
{
    struct text url = {0};
    struct js *out;

    if (path == NULL || path[0] != '/')
        return js_new_text(path);
    text_addf(&url, "%s%s", base_url, path);
    out = js_new_text(text_get(&url));
    text_free(&url);
    return out;
}

static struct js *member_value(const struct notice *notice, const struct js *data,
                               const struct member *member, const struct portion *portion)
{
    const struct js *value = js_get(data, member->key);

    if (strcmp(member->key, "url") == 0)
        return absolute_url(js_as_text(value), notice->base_url);
    if (strcmp(member->key, "action_url") == 0)
        return absolute_url(notice->action_path, notice->base_url);
    if (member->inside != NULL && js_kind(value) == JS_OBJECT)
        return inner_object(value, member->inside, portion);
    return copy_or_null(value);
}

/* The template puts each member in as it is, so here it becomes JSON text, null included. */
static void add_member(struct js *context, const char *key, struct js *value)
{
    struct text printed = {0};

    js_print(value, 0, &printed);
    js_set_text(context, key, text_get(&printed));
    text_free(&printed);
    js_free(value);
}

static struct js *new_context(const struct notice *notice)
{
    struct js *context = js_object();
    char owed[WALL_TEXT_MAX];

    wall_format(notice->owed, owed);
    js_set_text(context, "type", notice->type);
    js_set_text(context, "timestamp", owed);
    return context;
}

static bool render_ticket(const struct notices *notices, const struct notice *notice,
                          const struct js *data, const struct portion *portion, struct text *out)
{
    struct js *context = new_context(notice);
    bool fits;

    for (size_t i = 0; i < sizeof ticket_members / sizeof *ticket_members; i++) {
        const struct member *member = &ticket_members[i];

        add_member(context, member->key, member_value(notice, data, member, portion));
    }
    text_clear(out);
    fits = template_render(notices->ticket, context, out, NULL);
    js_free(context);
    return fits;
}

/* Fewer and fewer sites, then no evidence either. */
static bool render_ticket_cut(const struct notices *notices, const struct notice *notice,
                              const struct js *data, struct text *out, struct err *err)
{
    struct portion portion = {.sites = NOTICE_SITES_MAX, .evidence = true};

    while (!render_ticket(notices, notice, data, &portion, out)) {
        if (portion.sites > 0)
            portion.sites /= 2;
        else if (portion.evidence)
            portion.evidence = false;
        else
            return err_set(err, "the notification does not fit into %d bytes", NOTICE_BYTES_MAX);
    }
    return true;
}

static bool render_other(const struct notices *notices, const struct notice *notice,
                         const struct js *data, struct text *out, struct err *err)
{
    struct js *context = new_context(notice);
    bool fits;

    js_set(context, "data", js_copy(data));
    fits = template_render(notices->other, context, out, err);
    js_free(context);
    return fits;
}

bool notice_render(const struct notices *notices, const struct notice *notice, struct text *out,
                   struct err *err)
{
    struct js *data = js_parse(notice->data, strlen(notice->data), err);
    bool made;

    if (data == NULL)
        return err_prefix(err, "data of the notification");
    text_clear(out);
    out->limit = NOTICE_BYTES_MAX;
    if (js_kind(data) != JS_OBJECT)
        made = err_set(err, "data of the notification is no JSON object");
    else if (strncmp(notice->type, "ticket.", 7) == 0)
        made = render_ticket_cut(notices, notice, data, out, err);
    else
        made = render_other(notices, notice, data, out, err);
    js_free(data);
    return made;
}
