/* SPDX-License-Identifier: ISC */
#include "probes/trap_places.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void trap_places_word(struct trap_places *places, const struct trap_word *word)
{
    if (places->word_count == places->word_room) {
        places->word_room = places->word_room == 0 ? 16 : places->word_room * 2;
        places->words = reallocarray(places->words, places->word_room, sizeof *places->words);
        if (places->words == NULL)
            abort();
    }
    places->words[places->word_count++] = *word;
}

void trap_places_add(struct trap_places *places, const struct trap_place *place)
{
    assert(!places->sorted && places->done == 0);
    if (places->count == places->room) {
        places->room = places->room == 0 ? 64 : places->room * 2;
        places->at = reallocarray(places->at, places->room, sizeof *places->at);
        if (places->at == NULL)
            abort();
    }
    places->at[places->count++] = *place;
}

static int by_credential(const void *a, const void *b)
{
    uint32_t x = ((const struct trap_word *)a)->credential;
    uint32_t y = ((const struct trap_word *)b)->credential;

    return (x > y) - (x < y);
}

static void resolve(const struct trap_places *places, struct trap_place *place)
{
    struct trap_word wanted = {.credential = place->credential};
    const struct trap_word *word = places->word_count == 0
                                       ? NULL
                                       : bsearch(&wanted, places->words, places->word_count,
                                                 sizeof *places->words, by_credential);

    place->credential = word == NULL ? 0 : place->credential;
    place->community = word == NULL ? 0 : word->community;
    place->user = word != NULL && word->user;
}

static bool is_before(const struct trap_place *a, const struct trap_place *b)
{
    return a->host != b->host ? a->host < b->host : a->id < b->id;
}

/* In the order of half a hash; few have it in common with others, and those are put right here. */
static void place_in(struct trap_places *places, const struct trap_place *place, size_t at)
{
    for (; at > 0 && is_before(place, &places->next[at - 1]); at--)
        places->next[at] = places->next[at - 1];
    places->next[at] = *place;
}

static void begin_sort(struct trap_places *places)
{
    if (places->word_count > 0)
        qsort(places->words, places->word_count, sizeof *places->words, by_credential);
    order_open(&places->order, places->count);
    places->next = calloc(places->count + 1, sizeof *places->next);
    if (places->next == NULL)
        abort();
}

static void end_sort(struct trap_places *places)
{
    free(places->at);
    free(places->words);
    order_free(&places->order);
    *places = (struct trap_places){.at = places->next, .count = places->count, .sorted = true};
}

bool trap_places_sort(struct trap_places *places, size_t most)
{
    if (places->sorted)
        return true;
    if (places->next == NULL)
        begin_sort(places);
    for (; !places->ordered && most > 0 && places->done < places->count; most--, places->done++) {
        resolve(places, &places->at[places->done]);
        order_add(&places->order, (uint32_t)(places->at[places->done].host >> 32));
    }
    if (!places->ordered && places->done == places->count && order_step(&places->order, most)) {
        places->ordered = true;
        places->done = 0;
        return false;
    }
    if (!places->ordered)
        return false;
    for (; most > 0 && places->done < places->count; most--, places->done++)
        place_in(places, &places->at[order_of(&places->order, places->done)], places->done);
    if (places->done == places->count)
        end_sort(places);
    return places->sorted;
}

size_t trap_places_find(const struct trap_places *places, uint64_t host)
{
    size_t least = 0, end = places->sorted ? places->count : 0;

    while (least < end) {
        size_t middle = least + (end - least) / 2;

        if (places->at[middle].host < host)
            least = middle + 1;
        else
            end = middle;
    }
    return least < places->count && places->sorted && places->at[least].host == host
               ? least
               : places->count;
}

void trap_places_free(struct trap_places *places)
{
    free(places->at);
    free(places->words);
    free(places->next);
    order_free(&places->order);
    *places = (struct trap_places){0};
}
