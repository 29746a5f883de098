/* SPDX-License-Identifier: ISC */
/*
 * kt-show-report id|en <DOCUMENT - prints the page of the monthly report whose JSON is on stdin, as
 * of long after its month. To look at, and to compare with the CSV.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/web/page.h"
#include "daemon/web/report_view.h"

static const struct wall later = {INT64_C(7258118400) * US_PER_S}; /* 2200 */

static void read_all(struct text *out)
{
    char block[4096];
    size_t bytes;

    while ((bytes = fread(block, 1, sizeof block, stdin)) > 0)
        text_add_bytes(out, block, bytes);
}

int main(int argc, char **argv)
{
    enum words_language language = words_language(argc > 1 ? argv[1] : NULL, WORDS_ID);
    struct web_answer answer = {.status = 200};
    struct text document = {0};
    struct err err = {.text = "usage: kt-show-report id|en <DOCUMENT"};
    struct pages *pages = argc > 1 ? pages_new(&err) : NULL;
    struct js *report = NULL, *view;

    if (pages != NULL) {
        read_all(&document);
        report = js_parse(text_get(&document), document.bytes, &err);
    }
    text_free(&document);
    if (report == NULL) {
        fprintf(stderr, "%s\n", err.text);
        pages_free(pages);
        return 2;
    }
    words_set_zone(js_text(report, "zone", "UTC"));
    view = report_view(report, language, false, later);
    pages_answer(pages, "report.html", language, view, &answer);
    fputs(text_get(&answer.body), stdout);
    text_free(&answer.body);
    js_free(view);
    js_free(report);
    pages_free(pages);
    return answer.status == 200 ? 0 : 1;
}
