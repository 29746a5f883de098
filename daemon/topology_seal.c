/* SPDX-License-Identifier: ISC */
/* Rows become a network, a little at a time. */
#include "daemon/topology_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void next_step(struct topology *topology, enum seal_step step)
{
    topology->seal.step = step;
    topology->seal.done = 0;
}

static const char *code_of(size_t nth, const void *arg)
{
    const struct topology *topology = arg;

    return topology->nodes[nth].code;
}

static void order(struct topology *topology, size_t most)
{
    struct seal *seal = &topology->seal;

    if (seal->order.at == NULL)
        word_order_open(&seal->order, topology->count, code_of, topology);
    if (!word_order_step(&seal->order, most))
        return;
    seal->sorted = topology_grow(NULL, topology->count + 1, sizeof *seal->sorted);
    next_step(topology, SEAL_PLACE);
}

static bool place(struct topology *topology, size_t most, struct err *err)
{
    struct seal *seal = &topology->seal;

    for (; most > 0 && seal->done < topology->count; most--, seal->done++) {
        struct node *from = &topology->nodes[word_order_of(&seal->order, seal->done)];

        seal->sorted[seal->done] = *from;
        from->uplink_codes = NULL;
        if (seal->done > 0 && strcmp(seal->sorted[seal->done - 1].code, from->code) == 0) {
            seal->done++;
            return err_set(err, "site %s stands in the plan twice", from->code);
        }
    }
    if (seal->done < topology->count)
        return true;
    free(topology->nodes);
    topology->nodes = seal->sorted;
    seal->sorted = NULL;
    word_order_free(&seal->order);
    next_step(topology, SEAL_JOIN);
    return true;
}

static void add_parent(struct topology *topology, struct node *node, size_t parent)
{
    if (topology->parent_count == topology->parent_room) {
        topology->parent_room = topology->parent_room == 0 ? 64 : topology->parent_room * 2;
        topology->parents =
            topology_grow(topology->parents, topology->parent_room, sizeof *topology->parents);
    }
    topology->parents[topology->parent_count++] = parent;
    node->parent_count++;
}

static bool join_uplinks(struct topology *topology, struct node *node, struct err *err)
{
    char *rest = node->uplink_codes;
    char *code;

    node->first_parent = topology->parent_count;
    while ((code = strsep(&rest, " ")) != NULL) {
        size_t parent;

        if (*code == '\0')
            continue;
        parent = topology_index(topology, code);
        if (parent == TOPOLOGY_NONE)
            return err_set(err, "site %s has the uplink %s, which is no site", node->code, code);
        add_parent(topology, node, parent);
    }
    free(node->uplink_codes);
    node->uplink_codes = NULL;
    return true;
}

static bool join(struct topology *topology, size_t most, struct err *err)
{
    struct seal *seal = &topology->seal;

    for (; most > 0 && seal->done < topology->count; most--, seal->done++)
        if (!join_uplinks(topology, &topology->nodes[seal->done], err))
            return false;
    if (seal->done < topology->count)
        return true;
    if (topology->parents == NULL)
        topology->parents = topology_grow(NULL, 1, sizeof *topology->parents);
    topology->children = topology_grow(NULL, topology->parent_count + 1, sizeof(size_t));
    seal->waiting = topology_grow(NULL, topology->count + 1, sizeof *seal->waiting);
    topology->scratch->sites =
        topology_grow(NULL, topology->count + 1, sizeof *topology->scratch->sites);
    next_step(topology, SEAL_COUNT);
    return true;
}

/* Counted first: grown one by one, a hundred thousand below one relay would be moved each time. */
static void count_children(struct topology *topology, size_t most)
{
    struct seal *seal = &topology->seal;

    for (; most > 0 && seal->done < topology->parent_count; most--)
        topology->nodes[topology->parents[seal->done++]].child_count++;
    if (seal->done == topology->parent_count)
        next_step(topology, SEAL_CHILDREN);
}

/* Where each one's begin; they are counted again when they are filled in. */
static void lay_children(struct topology *topology, size_t most)
{
    struct seal *seal = &topology->seal;

    for (; most > 0 && seal->done < topology->count; most--, seal->done++) {
        struct node *node = &topology->nodes[seal->done];

        node->first_child = seal->tail;
        seal->tail += node->child_count;
        node->child_count = 0;
        seal->waiting[seal->done] = node->parent_count;
    }
    if (seal->done == topology->count)
        next_step(topology, SEAL_TOPS);
}

/* Kahn's algorithm: sites are taken away from the top; what cannot be taken away is in a cycle. */
static void fill_children(struct topology *topology, size_t most)
{
    struct seal *seal = &topology->seal;

    if (seal->done == 0)
        seal->head = seal->tail = 0;
    for (; most > 0 && seal->done < topology->count; most--, seal->done++) {
        const struct node *node = &topology->nodes[seal->done];

        for (size_t i = 0; i < node->parent_count; i++) {
            struct node *parent = &topology->nodes[topology->parents[node->first_parent + i]];

            topology->children[parent->first_child + parent->child_count++] = seal->done;
        }
        if (node->parent_count == 0)
            topology->scratch->sites[seal->tail++] = seal->done;
    }
    if (seal->done == topology->count)
        next_step(topology, SEAL_TAKE_AWAY);
}

static bool complain_of_cycle(const struct topology *topology, struct err *err)
{
    size_t site = 0;

    while (topology->seal.waiting[site] == 0)
        site++;
    return err_set(err, "the uplinks of site %s lead back to itself", topology->nodes[site].code);
}

static bool take_away(struct topology *topology, size_t most, struct err *err)
{
    struct seal *seal = &topology->seal;
    size_t *queue = topology->scratch->sites;

    while (most > 0 && seal->head < seal->tail) {
        const struct node *node = &topology->nodes[queue[seal->head++]];

        for (size_t i = 0; i < node->child_count; i++) {
            size_t child = topology->children[node->first_child + i];

            if (--seal->waiting[child] == 0)
                queue[seal->tail++] = child;
        }
        most -= node->child_count < most ? node->child_count : most - 1;
        most--;
    }
    if (seal->head < seal->tail)
        return true;
    if (seal->tail < topology->count)
        return complain_of_cycle(topology, err);
    free(seal->waiting);
    seal->waiting = NULL;
    next_step(topology, SEAL_DONE);
    return true;
}

enum topology_sealing topology_seal_step(struct topology *topology, size_t most, struct err *err)
{
    bool good = true;

    assert(most > 0);
    switch (topology->seal.step) {
    case SEAL_ORDER:
        order(topology, most);
        break;
    case SEAL_PLACE:
        good = place(topology, most, err);
        break;
    case SEAL_JOIN:
        good = join(topology, most, err);
        break;
    case SEAL_COUNT:
        count_children(topology, most);
        break;
    case SEAL_CHILDREN:
        lay_children(topology, most);
        break;
    case SEAL_TOPS:
        fill_children(topology, most);
        break;
    case SEAL_TAKE_AWAY:
        good = take_away(topology, most, err);
        break;
    case SEAL_DONE:
        break;
    }
    if (!good)
        return TOPOLOGY_REFUSED;
    return topology->seal.step == SEAL_DONE ? TOPOLOGY_SEALED : TOPOLOGY_SEALS;
}

bool topology_seal(struct topology *topology, struct err *err)
{
    enum topology_sealing sealing;

    while ((sealing = topology_seal_step(topology, SIZE_MAX, err)) == TOPOLOGY_SEALS)
        ;
    return sealing == TOPOLOGY_SEALED;
}

void topology_seal_free(struct topology *topology)
{
    struct seal *seal = &topology->seal;

    if (topology->seal.step <= SEAL_JOIN) /* afterwards none of them has words of its own */
        for (size_t i = 0; i < topology->count; i++)
            free(topology->nodes[i].uplink_codes);
    for (size_t i = 0; seal->sorted != NULL && i < seal->done; i++)
        free(seal->sorted[i].uplink_codes);
    free(seal->sorted);
    word_order_free(&seal->order);
    free(seal->waiting);
}
