/* SPDX-License-Identifier: ISC */
#include "probes/agent_book.h"

#include <stdlib.h>

#include "daemon/base/hash.h"

struct entry {
    struct agent_news news;
    bool kept;
    bool heard; /* a child spoke of it: its word goes before the caller's */
    bool known; /* the present child knows it */
    UT_hash_handle hh;
};

struct agent_book {
    struct entry *entries; /* by device; in the order in which they came */
    size_t unknown;        /* how many the child does not know */
};

struct agent_book *agent_book_new(void)
{
    struct agent_book *book = calloc(1, sizeof *book);

    if (book == NULL)
        abort();
    return book;
}

static void entry_free(struct agent_book *book, struct entry *entry)
{
    if (!entry->known)
        book->unknown--;
    HASH_DEL(book->entries, entry);
    free(entry);
}

void agent_book_free(struct agent_book *book)
{
    struct entry *entry, *next;

    if (book == NULL)
        return;
    HASH_ITER(hh, book->entries, entry, next)
    entry_free(book, entry);
    free(book);
}

static struct entry *find(const struct agent_book *book, uint32_t device_id)
{
    struct entry *entry;

    HASH_FIND(hh, book->entries, &device_id, sizeof device_id, entry);
    return entry;
}

static struct entry *make(struct agent_book *book, const struct agent_news *news)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (entry == NULL)
        abort();
    entry->news = *news;
    entry->kept = true;
    book->unknown++;
    HASH_ADD(hh, book->entries, news.device_id, sizeof entry->news.device_id, entry);
    return entry;
}

void agent_book_begin(struct agent_book *book)
{
    struct entry *entry, *next;

    HASH_ITER(hh, book->entries, entry, next)
    entry->kept = false;
}

void agent_book_keep(struct agent_book *book, uint32_t device_id)
{
    struct entry *entry = find(book, device_id);

    if (entry != NULL)
        entry->kept = true;
}

void agent_book_commit(struct agent_book *book)
{
    struct entry *entry, *next;

    HASH_ITER(hh, book->entries, entry, next)
    if (!entry->kept)
        entry_free(book, entry);
}

void agent_book_know(struct agent_book *book, const struct agent_news *news)
{
    struct entry *entry = find(book, news->device_id);

    if (entry == NULL)
        make(book, news);
    else if (!entry->heard)
        entry->news = *news;
}

void agent_book_hear(struct agent_book *book, const struct agent_news *news)
{
    struct entry *entry = find(book, news->device_id);

    if (entry == NULL)
        entry = make(book, news);
    if (!entry->known)
        book->unknown--;
    entry->news = *news;
    entry->heard = entry->known = true;
}

void agent_book_rewind(struct agent_book *book)
{
    struct entry *entry, *next;

    book->unknown = 0;
    HASH_ITER(hh, book->entries, entry, next)
    {
        entry->known = false;
        book->unknown++;
    }
}

bool agent_book_frame(struct agent_book *book, struct frame *frame)
{
    struct entry *entry, *next;

    if (book->unknown == 0)
        return false;
    frame_begin(frame, FRAME_AGENTS_KNOWN);
    HASH_ITER(hh, book->entries, entry, next)
    if (!entry->known && !frame_add_agent(frame, &entry->news))
        break;
    return true;
}

void agent_book_sent(struct agent_book *book, const struct frame *frame)
{
    struct agent_news news;

    for (size_t i = 0; i < frame->count; i++) {
        struct entry *entry = frame_get_agent(frame, i, &news) ? find(book, news.device_id) : NULL;

        if (entry == NULL || entry->known)
            continue;
        entry->known = true;
        book->unknown--;
    }
}
