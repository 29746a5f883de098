/* SPDX-License-Identifier: ISC */
#include "daemon/marks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_LEAST 64

void marks_reset(struct marks *marks, size_t sites)
{
    marks_free(marks);
    marks->in = calloc(sites + 1, sizeof *marks->in);
    if (marks->in == NULL)
        abort();
    marks->sites = sites;
}

void marks_free(struct marks *marks)
{
    free(marks->ring);
    free(marks->in);
    *marks = (struct marks){0};
}

/* The part that had come round to the front of the ring goes behind the other. */
static void make_room(struct marks *marks)
{
    size_t room = marks->room == 0 ? ROOM_LEAST : marks->room * 2;
    size_t *ring = reallocarray(marks->ring, room, sizeof *ring);

    if (ring == NULL)
        abort();
    memcpy(ring + marks->room, ring, marks->first * sizeof *ring);
    marks->ring = ring;
    marks->room = room;
}

void marks_add(struct marks *marks, size_t site)
{
    assert(site < marks->sites);
    if (marks->in[site])
        return;
    if (marks->count == marks->room)
        make_room(marks);
    marks->in[site] = true;
    marks->ring[(marks->first + marks->count++) & (marks->room - 1)] = site;
}

bool marks_pop(struct marks *marks, size_t *site)
{
    if (marks->count == 0)
        return false;
    *site = marks->ring[marks->first];
    marks->first = (marks->first + 1) & (marks->room - 1);
    marks->count--;
    marks->in[*site] = false;
    return true;
}
