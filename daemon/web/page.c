/* SPDX-License-Identifier: ISC */
#include "daemon/web/page.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/template.h"
#include "daemon/web/assets.h"
#include "daemon/web/digest.h"

#define PAGES_MAX      16
#define PAGE_BYTES_MAX ((size_t)1024 * 1024)

struct page {
    const char *name;
    struct template *by_language[WORDS_END];
};

struct pages {
    struct page list[PAGES_MAX];
    size_t count;
    struct text csp;
};

/* What a template needs while it is parsed: its partials, translated, kept until it is done. */
struct parts {
    enum words_language language;
    struct text *kept[PAGES_MAX];
    size_t count;
    struct err *err;
};

static bool ends_with(const char *name, const char *end)
{
    size_t bytes = strlen(name), end_bytes = strlen(end);

    return bytes > end_bytes && strcmp(name + bytes - end_bytes, end) == 0;
}

/* Translated, so it is built here and kept; stylesheets come as they are, for their hash. */
static const char *find_part(const char *name, void *arg)
{
    struct parts *parts = arg;
    const struct web_asset *asset = web_asset_find(name);
    struct text *text;

    if (asset == NULL || parts->count == PAGES_MAX)
        return NULL;
    if (ends_with(name, ".css"))
        return asset->bytes;
    text = calloc(1, sizeof *text);
    if (text == NULL)
        abort();
    parts->kept[parts->count++] = text;
    return words_translate(parts->language, asset->bytes, text, parts->err) ? text_get(text) : NULL;
}

static struct template *parse(const struct web_asset *asset, enum words_language language,
                              struct err *err)
{
    struct parts parts = {.language = language, .err = err};
    struct text source = {0};
    struct template *template = NULL;

    if (words_translate(language, asset->bytes, &source, err))
        template =
            template_parse(asset->name, text_get(&source), TEMPLATE_HTML, find_part, &parts, err);
    else
        err_prefix(err, "%s", asset->name);
    for (size_t i = 0; i < parts.count; i++) {
        text_free(parts.kept[i]);
        free(parts.kept[i]);
    }
    text_free(&source);
    return template;
}

/* Those whose name begins with "part." are only parts of others. */
static bool add_page(struct pages *pages, const struct web_asset *asset, struct err *err)
{
    struct page *page = &pages->list[pages->count];

    if (!ends_with(asset->name, ".html") || strncmp(asset->name, "part.", 5) == 0)
        return true;
    if (pages->count == PAGES_MAX)
        return err_set(err, "more than %d pages", PAGES_MAX);
    pages->count++;
    page->name = asset->name;
    for (int language = 1; language < WORDS_END; language++) {
        page->by_language[language] = parse(asset, (enum words_language)language, err);
        if (page->by_language[language] == NULL)
            return false;
    }
    return true;
}

static void add_hash(struct pages *pages, const struct web_asset *asset)
{
    unsigned char digest[DIGEST_BYTES];
    char printed[DIGEST_BASE64_MAX(DIGEST_BYTES)];

    if (!ends_with(asset->name, ".css"))
        return;
    digest_sha256(asset->bytes, asset->count, digest);
    digest_base64(digest, sizeof digest, printed);
    text_addf(&pages->csp, " 'sha256-%s'", printed);
}

struct pages *pages_new(struct err *err)
{
    struct pages *pages = calloc(1, sizeof *pages);
    bool good = true;

    if (pages == NULL)
        abort();
    text_add(&pages->csp, "default-src 'none'; style-src");
    for (const struct web_asset *asset = web_assets; good && asset->name != NULL; asset++) {
        add_hash(pages, asset);
        good = add_page(pages, asset, err);
    }
    text_add(&pages->csp, "; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    if (good)
        return pages;
    pages_free(pages);
    return NULL;
}

const char *pages_csp(const struct pages *pages)
{
    return text_get(&pages->csp);
}

static const struct template *find_page(const struct pages *pages, const char *name,
                                        enum words_language language)
{
    for (size_t i = 0; i < pages->count; i++)
        if (strcmp(pages->list[i].name, name) == 0)
            return pages->list[i].by_language[language];
    return NULL;
}

static void add_language(enum words_language language, struct js *context)
{
    enum words_language other = language == WORDS_ID ? WORDS_EN : WORDS_ID;
    struct js *link = js_object();

    js_set_text(context, "lang", words_code(language));
    js_set_text(link, "code", words_code(other));
    js_set_text(link, "name", words_coded(other, "language", words_code(other)));
    js_set(context, "other_lang", link);
}

void pages_answer(const struct pages *pages, const char *name, enum words_language language,
                  struct js *context, struct web_answer *answer)
{
    const struct template *template = find_page(pages, name, language);
    struct err err;

    assert(template != NULL);
    add_language(language, context);
    answer->body.limit = PAGE_BYTES_MAX;
    answer->content_type = "text/html; charset=utf-8";
    answer->headers[0] = (struct web_header){"Content-Security-Policy", pages_csp(pages)};
    answer->headers[1] = (struct web_header){"Referrer-Policy", "no-referrer"};
    answer->headers[2] = (struct web_header){"Cache-Control", "no-store"};
    answer->headers[3] = (struct web_header){"Content-Language", words_code(language)};
    if (template_render(template, context, &answer->body, &err))
        return;
    log_error("page.not_rendered", "name=%s reason=\"%s\"", name, err.text);
    answer->status = 500;
    answer->content_type = NULL;
    text_clear(&answer->body);
    text_add(&answer->body, "This page is too long to be shown.\n");
}

void pages_free(struct pages *pages)
{
    if (pages == NULL)
        return;
    for (size_t i = 0; i < pages->count; i++)
        for (int language = 1; language < WORDS_END; language++)
            template_free(pages->list[i].by_language[language]);
    text_free(&pages->csp);
    free(pages);
}
