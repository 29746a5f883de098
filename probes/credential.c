/* SPDX-License-Identifier: ISC */
#include "probes/credential.h"

#include <stdlib.h>
#include <string.h>

void credentials_add(struct credentials *list, const struct credential *credential)
{
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 8 : list->room * 2;
        struct credential *at = calloc(room, sizeof *at);

        if (at == NULL)
            abort();
        if (list->count > 0)
            memcpy(at, list->at, list->count * sizeof *at);
        if (list->at != NULL)
            explicit_bzero(list->at, list->count * sizeof *at);
        free(list->at);
        list->at = at;
        list->room = room;
    }
    list->at[list->count++] = *credential;
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = ((const struct credential *)a)->id, y = ((const struct credential *)b)->id;

    return (x > y) - (x < y);
}

void credentials_sort(struct credentials *list)
{
    if (list->count > 0)
        qsort(list->at, list->count, sizeof *list->at, by_id);
}

const struct credential *credentials_find(const struct credentials *list, uint32_t id)
{
    size_t least = 0, end = list->count;

    while (least < end) {
        size_t middle = least + (end - least) / 2;

        if (list->at[middle].id < id)
            least = middle + 1;
        else
            end = middle;
    }
    return least < list->count && list->at[least].id == id ? &list->at[least] : NULL;
}

void credentials_free(struct credentials *list)
{
    if (list->at != NULL)
        explicit_bzero(list->at, list->room * sizeof *list->at);
    free(list->at);
    *list = (struct credentials){0};
}

bool credential_same(const struct credential *a, const struct credential *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->kind == b->kind && strcmp(a->community, b->community) == 0 &&
           usm_words_equal(&a->usm, &b->usm);
}
