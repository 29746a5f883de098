/* SPDX-License-Identifier: ISC */
#include "probes/copy_book.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void more_blocks(struct copy_book *book)
{
    book->room = book->room == 0 ? 64 : book->room * 2;
    book->blocks = reallocarray(book->blocks, book->room, sizeof(struct copy_entry *));
    if (book->blocks == NULL)
        abort();
}

static struct copy_entry *entry_at(const struct copy_book *book, size_t place)
{
    return &book->blocks[place / COPY_BLOCK][place % COPY_BLOCK];
}

void copy_book_add(struct copy_book *book, const struct plan_device *device)
{
    size_t block = book->count / COPY_BLOCK;

    assert(!book->sorted && book->gathered == 0);
    if (book->count % COPY_BLOCK == 0) {
        if (block == book->room)
            more_blocks(book);
        book->blocks[block] = calloc(COPY_BLOCK, sizeof *book->blocks[block]);
        if (book->blocks[block] == NULL)
            abort();
    }
    *entry_at(book, book->count++) = (struct copy_entry){.device = *device, .awaited = true};
}

bool copy_book_sort(struct copy_book *book, size_t most)
{
    if (book->sorted)
        return true;
    if (book->gathered == 0)
        order_open(&book->order, book->count);
    for (; most > 0 && book->gathered < book->count; most--, book->gathered++)
        order_add(&book->order, entry_at(book, book->gathered)->device.id);
    if (book->gathered == book->count)
        book->sorted = order_step(&book->order, most);
    return book->sorted;
}

struct copy_entry *copy_book_at(const struct copy_book *book, size_t nth)
{
    assert(book->sorted && nth < book->count);
    return entry_at(book, order_of(&book->order, nth));
}

struct copy_entry *copy_book_find(const struct copy_book *book, uint32_t id)
{
    size_t least = 0, end = book->sorted ? book->count : 0;

    while (least < end) {
        size_t middle = least + (end - least) / 2;
        uint32_t here = order_number(&book->order, middle);

        if (here == id)
            return copy_book_at(book, middle);
        if (here < id)
            least = middle + 1;
        else
            end = middle;
    }
    return NULL;
}

/* From the end; whose order is gone is found no more. */
bool copy_book_clear(struct copy_book *book, size_t most)
{
    order_free(&book->order);
    book->sorted = false;
    for (size_t blocks = most / COPY_BLOCK + 1; blocks > 0 && book->count > 0; blocks--) {
        size_t last = (book->count - 1) / COPY_BLOCK;

        explicit_bzero(book->blocks[last], COPY_BLOCK * sizeof *book->blocks[last]);
        free(book->blocks[last]);
        book->count = last * COPY_BLOCK;
    }
    if (book->count > 0)
        return false;
    free(book->blocks);
    *book = (struct copy_book){0};
    return true;
}
