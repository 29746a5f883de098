/* SPDX-License-Identifier: ISC */
#include "probes/visit_book.h"

#include <assert.h>
#include <stdlib.h>

#define SYS_UPTIME "1.3.6.1.2.1.1.3.0"
#define IF_NUMBER  "1.3.6.1.2.1.2.1.0"
#define IF_CHANGED "1.3.6.1.2.1.31.1.5.0" /* ifTableLastChange.0 */
#define IF_NAME    "1.3.6.1.2.1.31.1.1.1.1"
#define IF_DESCR   "1.3.6.1.2.1.2.2.1.2"

struct visit_book {
    const struct profiles *profiles;
    struct visit_list *lists[PROFILES_MAX];
};

struct visit_book *visit_book_new(const struct profiles *profiles)
{
    struct visit_book *book = calloc(1, sizeof *book);

    if (book == NULL)
        abort();
    book->profiles = profiles;
    return book;
}

void visit_book_free(struct visit_book *book)
{
    if (book == NULL)
        return;
    for (size_t i = 0; i < PROFILES_MAX; i++)
        free(book->lists[i]);
    free(book);
}

const struct profiles *visit_book_profiles(const struct visit_book *book)
{
    return book->profiles;
}

static struct oid oid_of(const char *dotted)
{
    struct oid oid = {0};
    bool read = oid_read(dotted, &oid);

    assert(read);
    (void)read;
    return oid;
}

static size_t list_find(const struct visit_list *list, const struct oid *oid)
{
    for (size_t i = 0; i < list->count; i++)
        if (oid_equal(&list->items[i].oid, oid->at, oid->bytes))
            return i;
    return VISIT_ITEM_NONE;
}

/* Beside what the profile wants; VISIT_ITEM_NONE when the list is full. */
static size_t list_add(struct visit_list *list, const char *dotted)
{
    struct oid oid = oid_of(dotted);
    size_t item = list_find(list, &oid);

    if (item != VISIT_ITEM_NONE || list->count == FETCH_ITEMS_MAX)
        return item;
    list->items[list->count] = (struct fetch_item){.oid = oid};
    return list->count++;
}

static void mark_interfaces(struct visit_list *list, const struct profile *profile)
{
    for (size_t i = 0; i < profile->metric_count; i++) {
        const struct profile_metric *metric = profile->metrics[i];
        size_t item = list_find(list, &metric->oid);

        if (item != VISIT_ITEM_NONE && metric->names.bytes > 0 &&
            list_find(list, &metric->names) == list->if_name)
            list->interfaces[item / 64] |= UINT64_C(1) << item % 64;
    }
}

static struct visit_list *list_new(const struct profile *profile)
{
    struct visit_list *list = calloc(1, sizeof *list);
    struct oid if_name = oid_of(IF_NAME), if_descr = oid_of(IF_DESCR);

    if (list == NULL)
        abort();
    reading_list_make(&list->wanted, profile);
    list->own = list->count = list->wanted.count;
    for (size_t i = 0; i < list->count; i++) {
        const struct reading_item *wanted = &list->wanted.items[i];

        list->items[i] = (struct fetch_item){wanted->oid, wanted->column, wanted->rows};
    }
    list->if_name = list_find(list, &if_name);
    list->if_name_else = if_descr;
    if (list->if_name == VISIT_ITEM_NONE) {
        list->if_name = list_find(list, &if_descr);
        list->if_name_else = if_name;
    }
    list->if_number = list->if_changed = VISIT_ITEM_NONE;
    list->uptime = list_add(list, SYS_UPTIME);
    if (list->if_name != VISIT_ITEM_NONE) {
        mark_interfaces(list, profile);
        list->if_number = list_add(list, IF_NUMBER);
        list->if_changed = list_add(list, IF_CHANGED);
    }
    return list;
}

const struct visit_list *visit_book_open(struct visit_book *book, const struct profile *profile)
{
    size_t at = 0;

    while (profiles_at(book->profiles, at) != profile)
        at++;
    if (book->lists[at] == NULL)
        book->lists[at] = list_new(profile);
    return book->lists[at];
}
