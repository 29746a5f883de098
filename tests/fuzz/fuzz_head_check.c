/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "daemon/web/head_check.h"
#include "tests/fuzz/fuzz.h"

/* The first byte says in how large pieces the rest comes; the rest is a connection's bytes. */

static size_t feed(struct head_check *head, const char *bytes, size_t count, size_t step)
{
    size_t taken = 0;

    head_init(head);
    while (taken < count && head->verdict == HEAD_MORE) {
        size_t piece = count - taken < step ? count - taken : step;
        size_t used = head_feed(head, bytes + taken, piece);

        fuzz_holds(used <= piece);
        fuzz_holds(used == piece || head->verdict != HEAD_MORE);
        taken += used;
    }
    return taken;
}

static void check_text(const char *text)
{
    for (; *text != '\0'; text++)
        fuzz_holds((unsigned char)*text >= 0x20 || *text == '\t');
}

static void check_refusal(const struct head_check *head)
{
    static const int statuses[] = {400, 404, 411, 413, 414, 417, 431, 501, 505};
    size_t i = 0;

    while (i < sizeof statuses / sizeof statuses[0] && statuses[i] != head->status)
        i++;
    fuzz_holds(i < sizeof statuses / sizeof statuses[0]);
    fuzz_holds(head->why != NULL);
    fuzz_holds(!head->has_head);
}

static void check_head(const struct head_check *head)
{
    fuzz_holds(head->path[0] == '/');
    fuzz_holds(text_is_utf8(head->path, strlen(head->path)));
    check_text(head->path);
    check_text(head->query);
    check_text(head->method);
    fuzz_holds(head->minor == 0 || head_find(head, "host") != NULL);
    fuzz_holds(head_find(head, "transfer-encoding") == NULL);
    fuzz_holds(head->field_count <= HEAD_FIELDS_MAX);
    for (size_t i = 0; i < head->field_count; i++) {
        check_text(head->bytes + head->fields[i].name);
        check_text(head->bytes + head->fields[i].value);
    }
    fuzz_holds(head->body.bytes + head->body_left <= HEAD_BODY_MAX);
    fuzz_holds((head->body_left == 0) == (head->verdict == HEAD_WHOLE));
}

static void check_same(const struct head_check *a, const struct head_check *b)
{
    fuzz_holds(a->verdict == b->verdict);
    fuzz_holds(a->status == b->status);
    fuzz_holds(a->has_head == b->has_head);
    fuzz_holds(a->field_count == b->field_count);
    fuzz_holds(a->used == b->used && memcmp(a->bytes, b->bytes, a->used) == 0);
    fuzz_holds(a->body.bytes == b->body.bytes);
    fuzz_holds(memcmp(text_get(&a->body), text_get(&b->body), a->body.bytes) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static struct head_check whole;
    static struct head_check pieces;
    const char *at = (const char *)bytes + 1;
    size_t step = count == 0 ? 0 : (size_t)bytes[0] + 1;
    size_t left = count == 0 ? 0 : count - 1;

    while (left > 0) {
        size_t taken = feed(&whole, at, left, left);

        fuzz_holds(taken > 0);
        fuzz_holds(feed(&pieces, at, left, step) == taken);
        check_same(&whole, &pieces);
        if (whole.verdict == HEAD_REFUSED)
            check_refusal(&whole);
        if (whole.has_head)
            check_head(&whole);
        head_free(&whole);
        head_free(&pieces);
        if (whole.verdict != HEAD_WHOLE)
            break;
        at += taken;
        left -= taken;
    }
    return 0;
}
