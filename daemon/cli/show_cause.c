/* SPDX-License-Identifier: ISC */
#include "daemon/cli/show_cause.h"

#include <string.h>

#include "daemon/cli/show.h"

static void add_share(const struct js *object, const char *key, struct text *out)
{
    if (!js_is_null(js_get(object, key)))
        text_addf(out, " %.0f %%", js_as_real(js_get(object, key), 0) * 100.0);
}

/* "power 83 %, or link 12 %, device 4 %": what is not worth a percent is left out. */
static void print_guess(const struct js *cause, struct text *out)
{
    const char *guess = js_text(cause, "guess", "");
    const struct js *ranked = js_get(cause, "ranked");
    struct text value = {0};
    bool first = true;

    text_add(&value, guess);
    if (*guess != '\0')
        add_share(cause, "confidence", &value);
    for (size_t i = 0; *guess != '\0' && i < js_count(ranked); i++) {
        const char *other = js_text(js_at(ranked, i), "cause", "");

        if (strcmp(other, guess) == 0 || js_as_real(js_get(js_at(ranked, i), "p"), 0) < 0.01)
            continue;
        text_addf(&value, "%s%s", first ? ", or " : ", ", other);
        add_share(js_at(ranked, i), "p", &value);
        first = false;
    }
    show_line("guess", text_get(&value), out);
    text_free(&value);
}

static void print_opening(const struct js *cause, struct text *out)
{
    const struct js *opening = js_get(cause, "opening");
    const char *said = js_text(opening, "guess", "");
    struct text value = {0};

    if (*said == '\0' || strcmp(said, js_text(cause, "guess", "")) == 0)
        return;
    text_add(&value, said);
    add_share(opening, "confidence", &value);
    show_line("at opening", text_get(&value), out);
    text_free(&value);
}

static void print_proven(const struct js *cause, struct text *out)
{
    const char *proven = js_text(cause, "proven", "");
    char at[SHOW_TIME_MAX];
    struct text value = {0};

    text_add(&value, proven);
    if (strcmp(proven, "unproven") == 0)
        text_add(&value, ": it came back, and nothing could be shown");
    else if (*proven != '\0' && js_text(cause, "booted_at", NULL) != NULL)
        text_addf(&value, ": the device started again at %s",
                  show_member_time(cause, "booted_at", at));
    show_line("proven", text_get(&value), out);
    text_free(&value);
}

/* A line for each piece: they are few, and each is a sentence. */
static void print_evidence(const struct js *evidence, struct text *out)
{
    for (size_t i = 0; i < js_count(evidence); i++)
        show_line(i == 0 ? "evidence" : "", js_as_text(js_at(evidence, i)), out);
}

void show_cause(const struct js *ticket, struct text *out)
{
    const struct js *cause = js_get(ticket, "cause");

    print_guess(cause, out);
    print_opening(cause, out);
    print_evidence(js_get(ticket, "evidence"), out);
    print_proven(cause, out);
}

void show_cause_word(const struct js *ticket, struct text *out)
{
    const char *proven = js_text(ticket, "cause_proven", "");
    const char *guess = js_text(ticket, "cause_guess", "");

    if (*proven != '\0' && strcmp(proven, "unproven") != 0)
        text_add(out, proven);
    else if (*guess != '\0')
        text_addf(out, "%s?", guess);
}
