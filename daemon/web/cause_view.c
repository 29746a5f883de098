/* SPDX-License-Identifier: ISC */
#include "daemon/web/cause_view.h"

#include <stdio.h>
#include <string.h>

#define PIECES_MAX     6
#define CODE_BYTES_MAX 96
#define PERCENT_DIGITS 0
#define NO_BREAK_SPACE "\xc2\xa0"

static void set_guess(const struct js *cause, enum words_language language, struct js *out)
{
    const char *guess = js_text(cause, "guess", "");
    const struct js *confidence = js_get(cause, "confidence");
    struct text words = {0};

    if (*guess != '\0' && js_text(cause, "proven", NULL) == NULL) {
        text_add(&words, words_coded(language, "cause", guess));
        if (!js_is_null(confidence)) {
            text_add(&words, ", ");
            words_add_number(language, js_as_real(confidence, 0) * 100.0, PERCENT_DIGITS, &words);
            text_add(&words, NO_BREAK_SPACE "%");
        }
    }
    js_set_text(out, "guess", text_get(&words));
    text_free(&words);
}

/* What no page has words for stands as it was said: "what (source)". */
static void add_piece(const struct js *piece, enum words_language language, struct text *out)
{
    const char *source = js_text(piece, "source", ""), *what = js_text(piece, "what", "");
    const char *detail = js_text(piece, "detail", "");
    struct wall at = {0};
    char code[CODE_BYTES_MAX];
    const char *words;

    snprintf(code, sizeof code, "%s.%s", source, what);
    words = words_coded(language, "evidence", code);
    if (words == code)
        text_addf(out, "%s (%s)", what, source);
    else
        text_add(out, words);
    if (wall_parse(js_text(piece, "at", NULL), &at)) {
        text_add(out, " ");
        words_add_clock(language, at, out);
    }
    if (*detail != '\0')
        text_addf(out, " (%s)", detail);
}

static void set_evidence(const struct js *evidence, enum words_language language, struct js *out)
{
    struct text words = {0};
    size_t count = js_count(evidence);

    for (size_t i = 0; i < count && i < PIECES_MAX; i++) {
        text_add(&words, i > 0 ? "; " : "");
        add_piece(js_at(evidence, i), language, &words);
    }
    text_add(&words, count > PIECES_MAX ? "; …" : "");
    js_set_text(out, "evidence", text_get(&words));
    text_free(&words);
}

static void set_proven(const struct js *cause, enum words_language language, struct js *out)
{
    const char *proven = js_text(cause, "proven", "");
    struct wall booted = {0};
    struct text words = {0};

    if (*proven != '\0')
        text_add(&words, words_coded(language, "cause", proven));
    if (*proven != '\0' && wall_parse(js_text(cause, "booted_at", NULL), &booted)) {
        text_addf(&words, " – %s ", words_coded(language, "fact", "booted"));
        words_add_when(language, booted, &words);
    }
    js_set_text(out, "proven", text_get(&words));
    text_free(&words);
}

struct js *cause_view(const struct js *ticket, enum words_language language)
{
    const struct js *cause = js_get(ticket, "cause");
    const struct js *evidence = js_get(ticket, "evidence");
    struct js *out;

    if (js_text(cause, "guess", NULL) == NULL && js_text(cause, "proven", NULL) == NULL &&
        js_count(evidence) == 0)
        return NULL;
    out = js_object();
    set_guess(cause, language, out);
    set_evidence(evidence, language, out);
    set_proven(cause, language, out);
    js_set_text(out, "heard",
                *js_text(out, "guess", "") == '\0' && *js_text(out, "proven", "") == '\0'
                    ? js_text(out, "evidence", "")
                    : "");
    return out;
}
