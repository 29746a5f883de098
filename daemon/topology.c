/* SPDX-License-Identifier: ISC */
#include "daemon/topology_inside.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Who came back so long ago and missed a probe since is the same that came back. */
#define OVER_FOR_US (60 * US_PER_S)

void *topology_grow(void *old, size_t count, size_t size)
{
    void *grown = reallocarray(old, count, size);

    if (grown == NULL)
        abort();
    return grown;
}

struct wall topology_fresh(struct wall first_bad, struct wall detected)
{
    struct wall fresh = wall_add_ms(detected, -FRESH_MS);
    struct wall alone = wall_add_ms(first_bad, ALONE_MS);

    return alone.us < fresh.us ? alone : fresh;
}

struct topology *topology_new(void)
{
    struct topology *topology = calloc(1, sizeof *topology);

    if (topology == NULL || (topology->scratch = calloc(1, sizeof *topology->scratch)) == NULL)
        abort();
    topology->seal.step = SEAL_ORDER;
    return topology;
}

void topology_add(struct topology *topology, const char *code, const char *uplinks, bool is_core,
                  bool has_device)
{
    struct node *node;

    if (topology->count == topology->room) {
        topology->room = topology->room == 0 ? 64 : topology->room * 2;
        topology->nodes = topology_grow(topology->nodes, topology->room, sizeof *topology->nodes);
    }
    node = &topology->nodes[topology->count++];
    *node = (struct node){.row = topology->count - 1,
                          .is_core = is_core,
                          .has_device = has_device,
                          .state = LINK_UNKNOWN,
                          .root = TOPOLOGY_NONE,
                          .over_root = TOPOLOGY_NONE,
                          .uplink_codes = strdup(uplinks)};
    if (node->uplink_codes == NULL)
        abort();
    memccpy(node->code, code, '\0', sizeof node->code);
    node->code[sizeof node->code - 1] = '\0';
}

static int by_code(const void *a, const void *b)
{
    const struct node *left = a;
    const struct node *right = b;

    return strcmp(left->code, right->code);
}

void topology_free(struct topology *topology)
{
    if (topology == NULL)
        return;
    topology_seal_free(topology);
    free(topology->nodes);
    free(topology->parents);
    free(topology->children);
    free(topology->scratch->sites);
    free(topology->scratch);
    free(topology);
}

size_t topology_count(const struct topology *topology)
{
    return topology->count;
}

size_t topology_index(const struct topology *topology, const char *code)
{
    struct node key = {.root = TOPOLOGY_NONE};
    const struct node *found;

    if (topology->count == 0 || strlen(code) >= sizeof key.code)
        return TOPOLOGY_NONE;
    memccpy(key.code, code, '\0', sizeof key.code);
    found = bsearch(&key, topology->nodes, topology->count, sizeof *topology->nodes, by_code);
    return found == NULL ? TOPOLOGY_NONE : (size_t)(found - topology->nodes);
}

const char *topology_code(const struct topology *topology, size_t site)
{
    assert(site < topology->count);
    return topology->nodes[site].code;
}

size_t topology_row(const struct topology *topology, size_t site)
{
    assert(site < topology->count);
    return topology->nodes[site].row;
}

size_t topology_uplinks(const struct topology *topology, size_t site, const size_t **parents)
{
    assert(site < topology->count);
    *parents = topology->parents + topology->nodes[site].first_parent;
    return topology->nodes[site].parent_count;
}

bool topology_hangs(const struct topology *topology, size_t site)
{
    return topology->nodes[site].parent_count > 0;
}

bool topology_carries(const struct topology *topology, size_t site)
{
    return topology->nodes[site].child_count > 0;
}

void topology_await(struct topology *topology, topology_await_fn *await, void *arg)
{
    topology->await = await;
    topology->await_arg = arg;
}

/* The site with what is said of it. */
static struct node *node_of(const struct topology *topology, size_t site)
{
    assert(site < topology->count);
    if (topology->await != NULL)
        topology->await(site, topology->await_arg);
    return &topology->nodes[site];
}

struct wall topology_heard(const struct topology *topology, size_t site)
{
    return node_of(topology, site)->heard;
}

void topology_set(struct topology *topology, size_t site, enum link_state state, struct wall heard)
{
    struct node *node = node_of(topology, site);

    node->state = state;
    if (wall_is_set(heard))
        node->heard = heard;
}

void topology_set_root(struct topology *topology, size_t site, size_t root, struct wall fresh)
{
    struct node *node = node_of(topology, site);

    node->root = root;
    node->fresh = fresh;
}

void topology_set_over(struct topology *topology, size_t site, size_t root, struct wall over)
{
    struct node *node = node_of(topology, site);

    if (root != TOPOLOGY_NONE || over.us - node->over.us > OVER_FOR_US)
        node->over_root = root;
    node->over = over;
}

/* What is asked about one silent site. */
struct question {
    struct wall fresh;
    struct wall over_after; /* unset: outages that are over explain nothing */
};

enum path { PATH_WHOLE = 1, PATH_BROKEN, PATH_UNSURE };

static enum path unsure(struct blame_answer *answer, size_t site)
{
    if (answer->unsure == TOPOLOGY_NONE)
        answer->unsure = site;
    return PATH_UNSURE;
}

static enum path ask(struct blame_answer *answer, size_t site)
{
    for (size_t i = 0; i < answer->ask_count; i++)
        if (answer->ask[i] == site)
            return PATH_UNSURE;
    if (answer->ask_count < TOPOLOGY_ASK_MAX)
        answer->ask[answer->ask_count++] = site;
    return unsure(answer, site);
}

static enum path broken_for_a_moment(struct blame_answer *answer, size_t site)
{
    unsure(answer, site);
    return PATH_BROKEN;
}

static enum path paths_above(const struct topology *topology, size_t site,
                             const struct question *question, struct blame_answer *answer);

/* Whose outage it was no longer explains a silence once it is up: that is being judged again. Where
 * it is not known any more, its outage goes on. */
static bool is_back(enum link_state state)
{
    return state == LINK_UP || state == LINK_SUSPECT;
}

static enum path broken_by(struct blame_answer *answer, size_t root)
{
    if (answer->root == TOPOLOGY_NONE)
        answer->root = root;
    return PATH_BROKEN;
}

/* Is the way to the core through this site whole? A broken one leaves its root in answer, the first
 * wins. */
static enum path path_through(const struct topology *topology, size_t site,
                              const struct question *question, struct blame_answer *answer)
{
    const struct node *node = node_of(topology, site);

    if (!node->has_device)
        return node->is_core || node->parent_count == 0
                   ? PATH_WHOLE
                   : paths_above(topology, site, question, answer);
    if (wall_is_set(question->over_after) && wall_is_set(node->over) &&
        node->over.us >= question->over_after.us)
        return node->over_root != TOPOLOGY_NONE ? broken_by(answer, node->over_root)
                                                : broken_for_a_moment(answer, site);
    if (wall_is_set(node->heard) && node->heard.us >= question->fresh.us)
        return PATH_WHOLE;
    switch (node->state) {
    case LINK_UP:
    case LINK_UNKNOWN:
        return ask(answer, site);
    case LINK_DOWN:
    case LINK_RECOVERING: /* who fell silent before it was up again did so because of it */
        if (node->root == TOPOLOGY_NONE ||
            (node->root != site && is_back(node_of(topology, node->root)->state)))
            return unsure(answer, site);
        return broken_by(answer, node->root);
    case LINK_SUSPECT:
    case LINK_STATE_END:
        break;
    }
    return unsure(answer, site); /* the fast schedule decides it soon */
}

static enum path paths_above(const struct topology *topology, size_t site,
                             const struct question *question, struct blame_answer *answer)
{
    const size_t *parents;
    size_t count = topology_uplinks(topology, site, &parents);
    enum path best = PATH_BROKEN;

    for (size_t i = 0; i < count; i++) {
        switch (path_through(topology, parents[i], question, answer)) {
        case PATH_WHOLE:
            return PATH_WHOLE;
        case PATH_UNSURE:
            best = PATH_UNSURE;
            break;
        case PATH_BROKEN:
            break;
        }
    }
    return best;
}

static struct blame_answer blame(const struct topology *topology, size_t site,
                                 const struct question *question)
{
    struct blame_answer answer = {.root = TOPOLOGY_NONE, .unsure = TOPOLOGY_NONE};
    enum path path = PATH_WHOLE;

    assert(site < topology->count);
    if (topology->nodes[site].parent_count > 0)
        path = paths_above(topology, site, question, &answer);
    switch (path) {
    case PATH_WHOLE:
        answer.blame = BLAME_SELF;
        answer.root = site;
        break;
    case PATH_BROKEN:
        answer.blame = BLAME_OTHER;
        break;
    case PATH_UNSURE:
        answer.blame = BLAME_WAIT;
        break;
    }
    return answer;
}

struct blame_answer topology_blame(const struct topology *topology, size_t site, struct wall fresh)
{
    return blame(topology, site, &(struct question){.fresh = fresh});
}

struct blame_answer topology_blame_past(const struct topology *topology, size_t site,
                                        struct wall first_bad, struct wall over_after)
{
    struct question question = {.fresh = {INT64_MAX}, .over_after = over_after};

    if (first_bad.us > over_after.us)
        question.over_after = first_bad;
    return blame(topology, site, &question);
}

static size_t below(const struct topology *topology, size_t top, bool through_roots,
                    const size_t **out)
{
    struct scratch *scratch = topology->scratch;
    uint32_t round = ++scratch->round;
    size_t head = 0;
    size_t tail = 0;

    assert(top < topology->count);
    topology->nodes[top].below_in = round;
    scratch->sites[tail++] = top;
    while (head < tail) {
        const struct node *node = &topology->nodes[scratch->sites[head++]];

        for (size_t i = 0; i < node->child_count; i++) {
            size_t site = topology->children[node->first_child + i];
            struct node *child = &topology->nodes[site];

            if (child->below_in == round ||
                (!through_roots && node_of(topology, site)->root == site))
                continue;
            child->below_in = round;
            scratch->sites[tail++] = site;
        }
    }
    *out = scratch->sites + 1;
    return tail - 1;
}

size_t topology_below(const struct topology *topology, size_t top, const size_t **out)
{
    return below(topology, top, true, out);
}

/* It is there, and so is every way down to it; of a site without a device that is known by who
 * hangs on it alone. */
static bool has_answered(const struct topology *topology, size_t site, struct wall since)
{
    const struct node *node = node_of(topology, site);
    const size_t *children = topology->children + node->first_child;

    if (node->has_device)
        return (node->state == LINK_UP || node->state == LINK_SUSPECT) &&
               wall_is_set(node->heard) && node->heard.us >= since.us;
    for (size_t i = 0; i < node->child_count; i++)
        if (topology->nodes[children[i]].parent_count == 1 &&
            has_answered(topology, children[i], since))
            return true;
    return false;
}

static bool is_linked(const struct topology *topology, size_t site);

/* On a way down from a core that passes no site that is silent by its own fault. Else cut_since is
 * set: the last of those above fell silent then. */
static bool is_below_linked(const struct topology *topology, size_t site)
{
    struct node *node = node_of(topology, site);
    const size_t *parents;
    size_t count = topology_uplinks(topology, site, &parents);

    node->cut_since = (struct wall){0};
    for (size_t i = 0; i < count; i++) {
        const struct node *above = node_of(topology, parents[i]);
        struct wall since;

        if (is_linked(topology, parents[i]))
            return true;
        since = above->root == parents[i] ? above->fresh : above->cut_since;
        if (since.us > node->cut_since.us)
            node->cut_since = since;
    }
    return count == 0;
}

/* Does a core reach it? Each site is asked once in a round. */
static bool is_linked(const struct topology *topology, size_t site)
{
    struct node *node = node_of(topology, site);

    if (node->linked_in != topology->scratch->round) {
        node->linked_in = topology->scratch->round;
        node->linked = node->root != site && (is_below_linked(topology, site) ||
                                              has_answered(topology, site, node->cut_since));
    }
    return node->linked;
}

static int by_index(const void *a, const void *b)
{
    size_t left = *(const size_t *)a, right = *(const size_t *)b;

    return (left > right) - (left < right);
}

size_t topology_affected(const struct topology *topology, size_t root, const size_t **out)
{
    const size_t *found_below;
    size_t count = below(topology, root, false, &found_below), found = 0;
    size_t *sites = topology->scratch->sites;

    for (size_t i = 0; i < count; i++)
        if (node_of(topology, found_below[i])->root == root || !is_linked(topology, found_below[i]))
            sites[found++] = found_below[i];
    qsort(sites, found, sizeof *sites, by_index);
    *out = sites;
    return found;
}
