/* SPDX-License-Identifier: ISC */
/*
 * A template is a flat list of steps; a section knows where its end is. Partials are put in place
 * while parsing, so rendering never fails for want of one and its depth is known beforehand.
 */
#include "daemon/base/template.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SECTION_DEPTH_MAX 32
#define PARTIAL_DEPTH_MAX 8
#define STEPS_MAX         20000 /* a partial that includes two of itself would double at each level */
#define NAME_MAX_BYTES    64

enum step_kind { STEP_TEXT = 1, STEP_VALUE, STEP_RAW, STEP_SECTION, STEP_INVERTED };

struct step {
    enum step_kind kind;
    size_t words; /* where in pool the literal text or the name starts; it is terminated */
    size_t bytes;
    size_t end; /* sections: the step behind the last one inside */
};

struct template
{
    enum template_escape escape;
    char name[NAME_MAX_BYTES];
    struct text pool;
    struct step *steps;
    size_t count;
    size_t room;
};

struct open_section {
    size_t step;
    size_t line;
};

/* What is the same for a template and its partials. */
struct parser {
    struct template *template;
    template_partial_fn *partial;
    void *arg;
    struct err *err;
    struct open_section open[SECTION_DEPTH_MAX];
    size_t open_count;
    size_t partial_depth;
};

/* One source text on the way through. */
struct scan {
    const char *name;
    const char *source;
    const char *at;
    size_t line;
};

/* "{{#name}}", taken apart. sigil 0: a plain value, '{': a raw one. */
struct tag {
    char sigil;
    char name[NAME_MAX_BYTES];
    const char *begin; /* its "{{" */
    const char *end;   /* behind its "}}" */
};

static bool parse_source(struct parser *parser, const char *name, const char *source);

static bool refuse_step_flood(const struct parser *parser, const struct scan *scan)
{
    if (parser->template->count < STEPS_MAX)
        return true;
    return err_set(parser->err, "%s:%zu: more than %d parts, partials included", scan->name,
                   scan->line, STEPS_MAX);
}

static bool add_step(struct parser *parser, const struct scan *scan, enum step_kind kind,
                     const char *words, size_t bytes)
{
    struct template *template = parser->template;

    if (!refuse_step_flood(parser, scan))
        return false;
    if (template->count == template->room) {
        size_t room = template->room == 0 ? 32 : template->room * 2;
        struct step *grown = realloc(template->steps, room * sizeof *grown);

        if (grown == NULL)
            abort();
        template->steps = grown;
        template->room = room;
    }
    template->steps[template->count++] =
        (struct step){.kind = kind, .words = template->pool.bytes, .bytes = bytes};
    text_add_bytes(&template->pool, words, bytes);
    text_add_bytes(&template->pool, "", 1);
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* "a.b-c_d" or "."; no empty part. */
static bool name_is_valid(const char *name)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    size_t bytes = strlen(name);

    if (strcmp(name, ".") == 0)
        return true;
    return bytes > 0 && strspn(name, letters) == bytes && name[0] != '.' &&
           name[bytes - 1] != '.' && strstr(name, "..") == NULL;
}

/* The name between from and to, blanks around it dropped. */
static bool take_name(const struct parser *parser, const struct scan *scan, struct tag *tag,
                      const char *from, const char *to)
{
    size_t bytes;

    while (from < to && is_blank(*from))
        from++;
    while (to > from && is_blank(to[-1]))
        to--;
    bytes = (size_t)(to - from);
    if (bytes >= sizeof tag->name)
        return err_set(parser->err, "%s:%zu: a name longer than %d bytes", scan->name, scan->line,
                       NAME_MAX_BYTES - 1);
    memcpy(tag->name, from, bytes);
    tag->name[bytes] = '\0';
    if (!name_is_valid(tag->name))
        return err_set(parser->err, "%s:%zu: \"%s\" is not a name", scan->name, scan->line,
                       tag->name);
    return true;
}

/* Reads the tag that begins at tag->begin. */
static bool take_tag(const struct parser *parser, const struct scan *scan, struct tag *tag)
{
    const char *inner = tag->begin + 2;
    const char *closer;

    tag->sigil = *inner != '\0' && strchr("{#^/>!", *inner) != NULL ? *inner : '\0';
    if (tag->sigil != '\0')
        inner++;
    closer = strstr(inner, tag->sigil == '{' ? "}}}" : "}}");
    if (closer == NULL)
        return err_set(parser->err, "%s:%zu: a tag is opened and never closed", scan->name,
                       scan->line);
    tag->end = closer + (tag->sigil == '{' ? 3 : 2);
    tag->name[0] = '\0';
    return tag->sigil == '!' || take_name(parser, scan, tag, inner, closer);
}

/*
 * A tag that prints nothing and stands alone on its line takes the line with it (mustache(5),
 * "standalone"): *text_end moves back over its blanks, tag->end behind the line break.
 */
static void swallow_line(const struct scan *scan, struct tag *tag, const char **text_end)
{
    const char *before = tag->begin;
    const char *after = tag->end;

    if (tag->sigil == '\0' || tag->sigil == '{')
        return;
    while (before > scan->source && is_blank(before[-1]))
        before--;
    while (is_blank(*after))
        after++;
    if (after[0] == '\r' && after[1] == '\n')
        after++;
    if ((before > scan->source && before[-1] != '\n') || (*after != '\n' && *after != '\0'))
        return;
    *text_end = before;
    tag->end = *after == '\n' ? after + 1 : after;
}

static bool section_open(struct parser *parser, const struct scan *scan, const struct tag *tag)
{
    enum step_kind kind = tag->sigil == '#' ? STEP_SECTION : STEP_INVERTED;

    if (parser->open_count == SECTION_DEPTH_MAX)
        return err_set(parser->err, "%s:%zu: {{%c%s}}: sections deeper than %d", scan->name,
                       scan->line, tag->sigil, tag->name, SECTION_DEPTH_MAX);
    parser->open[parser->open_count++] =
        (struct open_section){.step = parser->template->count, .line = scan->line};
    return add_step(parser, scan, kind, tag->name, strlen(tag->name));
}

/* The sections that an outer source opened, first_open of them, are not ours to close. */
static bool section_close(struct parser *parser, const struct scan *scan, const struct tag *tag,
                          size_t first_open)
{
    struct template *template = parser->template;
    const struct open_section *open;
    struct step *step;

    if (parser->open_count == first_open)
        return err_set(parser->err, "%s:%zu: {{/%s}} closes nothing", scan->name, scan->line,
                       tag->name);
    open = &parser->open[parser->open_count - 1];
    step = &template->steps[open->step];
    if (strcmp(template->pool.at + step->words, tag->name) != 0)
        return err_set(parser->err, "%s:%zu: {{/%s}} where {{/%s}} was due, opened in line %zu",
                       scan->name, scan->line, tag->name, template->pool.at + step->words,
                       open->line);
    step->end = template->count;
    parser->open_count--;
    return true;
}

static bool include_partial(struct parser *parser, const struct scan *scan, const struct tag *tag)
{
    const char *source = parser->partial == NULL ? NULL : parser->partial(tag->name, parser->arg);
    bool fine;

    if (source == NULL)
        return err_set(parser->err, "%s:%zu: {{>%s}}: there is no such template", scan->name,
                       scan->line, tag->name);
    if (parser->partial_depth == PARTIAL_DEPTH_MAX)
        return err_set(parser->err, "%s:%zu: {{>%s}}: partials deeper than %d", scan->name,
                       scan->line, tag->name, PARTIAL_DEPTH_MAX);
    parser->partial_depth++;
    fine = parse_source(parser, tag->name, source);
    parser->partial_depth--;
    return fine;
}

static bool apply_tag(struct parser *parser, const struct scan *scan, const struct tag *tag,
                      size_t first_open)
{
    switch (tag->sigil) {
    case '!':
        return true;
    case '#':
    case '^':
        return section_open(parser, scan, tag);
    case '/':
        return section_close(parser, scan, tag, first_open);
    case '>':
        return include_partial(parser, scan, tag);
    case '{':
        return add_step(parser, scan, STEP_RAW, tag->name, strlen(tag->name));
    default:
        return add_step(parser, scan, STEP_VALUE, tag->name, strlen(tag->name));
    }
}

static void move_to(struct scan *scan, const char *to)
{
    for (; scan->at < to; scan->at++)
        scan->line += *scan->at == '\n';
}

static bool add_literal(struct parser *parser, const struct scan *scan, const char *end)
{
    return end == scan->at || add_step(parser, scan, STEP_TEXT, scan->at, (size_t)(end - scan->at));
}

/* The text up to the next tag, and that tag. */
static bool parse_piece(struct parser *parser, struct scan *scan, size_t first_open)
{
    const char *begin = strstr(scan->at, "{{");
    const char *text_end = begin != NULL ? begin : scan->at + strlen(scan->at);
    struct scan at_tag = *scan; /* so that an error names the line of the tag */
    struct tag tag = {.begin = begin, .end = text_end};

    move_to(&at_tag, text_end);
    if (begin != NULL) {
        if (!take_tag(parser, &at_tag, &tag))
            return false;
        swallow_line(scan, &tag, &text_end);
    }
    if (!add_literal(parser, scan, text_end))
        return false;
    if (begin != NULL && !apply_tag(parser, &at_tag, &tag, first_open))
        return false;
    move_to(scan, tag.end);
    return true;
}

static bool parse_source(struct parser *parser, const char *name, const char *source)
{
    struct scan scan = {.name = name, .source = source, .at = source, .line = 1};
    size_t first_open = parser->open_count;

    while (*scan.at != '\0') {
        if (!parse_piece(parser, &scan, first_open))
            return false;
    }
    if (parser->open_count > first_open) {
        const struct open_section *open = &parser->open[parser->open_count - 1];
        const struct step *step = &parser->template->steps[open->step];

        return err_set(parser->err, "%s:%zu: {{%c%s}} is never closed", name, open->line,
                       step->kind == STEP_SECTION ? '#' : '^',
                       parser->template->pool.at + step->words);
    }
    return true;
}

struct template *template_parse(const char *name, const char *source, enum template_escape escape,
                                template_partial_fn *partial, void *arg, struct err *err)
{
    struct template *template = calloc(1, sizeof *template);
    struct parser parser = {.template = template, .partial = partial, .arg = arg, .err = err};

    if (template == NULL)
        abort();
    template->escape = escape;
    memcpy(template->name, name, text_cut(name, strlen(name), sizeof template->name - 1));
    if (parse_source(&parser, name, source))
        return template;
    template_free(template);
    return NULL;
}

void template_free(struct template *template)
{
    if (template == NULL)
        return;
    text_free(&template->pool);
    free(template->steps);
    free(template);
}

/* What names are looked up in: the innermost section's value last. */
struct contexts {
    const struct js *values[SECTION_DEPTH_MAX + 1];
    size_t count;
};

/* The first part is looked for outwards, the others only inside what it named. */
static const struct js *look_up(const struct contexts *contexts, const char *name)
{
    const struct js *found = NULL;
    char part[NAME_MAX_BYTES];
    size_t bytes = strcspn(name, ".");

    if (bytes == 0)
        return contexts->values[contexts->count - 1];
    memcpy(part, name, bytes);
    part[bytes] = '\0';
    for (size_t i = contexts->count; i > 0 && found == NULL; i--)
        found = js_get(contexts->values[i - 1], part);
    while (found != NULL && name[bytes] == '.') {
        name += bytes + 1;
        bytes = strcspn(name, ".");
        memcpy(part, name, bytes);
        part[bytes] = '\0';
        found = js_get(found, part);
    }
    return found;
}

/* A number is a fact even when it is zero: 0 dBm must not vanish from a page. */
static bool is_true(const struct js *value)
{
    switch (js_kind(value)) {
    case JS_NULL:
        return false;
    case JS_BOOL:
        return js_as_bool(value, false);
    case JS_TEXT:
        return js_as_text(value)[0] != '\0';
    case JS_ARRAY:
        return js_count(value) > 0;
    case JS_INTEGER:
    case JS_REAL:
    case JS_OBJECT:
        return true;
    }
    abort();
}

/* Inside an attribute in either kind of quotes, and outside of tags; not inside <script>. */
static void escape_html(const char *text, size_t bytes, struct text *out)
{
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == '&')
            text_add(out, "&amp;");
        else if (text[i] == '<')
            text_add(out, "&lt;");
        else if (text[i] == '>')
            text_add(out, "&gt;");
        else if (text[i] == '"')
            text_add(out, "&quot;");
        else if (text[i] == '\'')
            text_add(out, "&#39;");
        else
            text_add_bytes(out, text + i, 1);
    }
}

/* RFC 3986 section 2.3: all but the unreserved. */
static void escape_url(const char *text, size_t bytes, struct text *out)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

    for (size_t i = 0; i < bytes; i++) {
        if (text[i] != '\0' && strchr(plain, text[i]) != NULL)
            text_add_bytes(out, text + i, 1);
        else
            text_addf(out, "%%%02X", (unsigned)(unsigned char)text[i]);
    }
}

static void add_escaped(enum template_escape escape, const char *text, size_t bytes,
                        struct text *out)
{
    switch (escape) {
    case TEMPLATE_HTML:
        escape_html(text, bytes, out);
        return;
    case TEMPLATE_JSON:
        js_escape(text, bytes, out);
        return;
    case TEMPLATE_URL:
        escape_url(text, bytes, out);
        return;
    case TEMPLATE_NONE:
        text_add_bytes(out, text, bytes);
        return;
    }
    abort();
}

static void render_value(enum template_escape escape, const struct js *value, struct text *out)
{
    const char *words = js_as_text(value);
    struct text printed = {.limit = out->limit};

    if (js_is_null(value))
        return;
    if (words != NULL) {
        add_escaped(escape, words, strlen(words), out);
        return;
    }
    js_print(value, 0, &printed);
    add_escaped(escape, text_get(&printed), printed.bytes, out);
    out->overflowed = out->overflowed || printed.overflowed;
    text_free(&printed);
}

static void render_steps(const struct template *template, size_t from, size_t to,
                         struct contexts *contexts, struct text *out);

/* The inside of a section, once for a value, once for each item of an array. */
static void render_section(const struct template *template, size_t at, const struct js *value,
                           struct contexts *contexts, struct text *out)
{
    size_t end = template->steps[at].end;
    bool each = js_kind(value) == JS_ARRAY;
    size_t times = each ? js_count(value) : 1;

    assert(contexts->count <= SECTION_DEPTH_MAX);
    for (size_t i = 0; i < times && !out->overflowed; i++) {
        contexts->values[contexts->count++] = each ? js_at(value, i) : value;
        render_steps(template, at + 1, end, contexts, out);
        contexts->count--;
    }
}

static void render_steps(const struct template *template, size_t from, size_t to,
                         struct contexts *contexts, struct text *out)
{
    for (size_t at = from; at < to && !out->overflowed;) {
        const struct step *step = &template->steps[at];
        const char *words = template->pool.at + step->words;

        switch (step->kind) {
        case STEP_TEXT:
            text_add_bytes(out, words, step->bytes);
            break;
        case STEP_VALUE:
            render_value(template->escape, look_up(contexts, words), out);
            break;
        case STEP_RAW:
            render_value(TEMPLATE_NONE, look_up(contexts, words), out);
            break;
        case STEP_SECTION:
            if (is_true(look_up(contexts, words)))
                render_section(template, at, look_up(contexts, words), contexts, out);
            break;
        case STEP_INVERTED:
            if (!is_true(look_up(contexts, words)))
                render_steps(template, at + 1, step->end, contexts, out);
            break;
        }
        at = step->end > at ? step->end : at + 1;
    }
}

bool template_render(const struct template *template, const struct js *context, struct text *out,
                     struct err *err)
{
    struct contexts contexts = {.values = {context}, .count = 1};
    size_t before = out->bytes;

    render_steps(template, 0, template->count, &contexts, out);
    if (!out->overflowed)
        return true;
    out->bytes = before;
    if (out->at != NULL)
        out->at[before] = '\0';
    return err_set(err, "%s: the result is longer than %zu bytes", template->name, out->limit);
}
