/* SPDX-License-Identifier: ISC */
#include "probes/visit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/text.h"

#define SYS_DESCR     "1.3.6.1.2.1.1.1.0"
#define SYS_OBJECT_ID "1.3.6.1.2.1.1.2.0"
#define SYS_NAME      "1.3.6.1.2.1.1.5.0"

#define DOUBTS_MOST   16
#define SPARED_VISITS 12

enum visit_stage { VISIT_WHO = 1, VISIT_DOUBTS, VISIT_READ, VISIT_NAMES, VISIT_OVER };

enum who_item { WHO_OBJECT_ID, WHO_DESCR, WHO_NAME, WHO_ITEMS };

struct visit {
    struct visit_order order;
    enum visit_stage stage;
    struct fetch *fetch;                  /* of this stage; NULL: not begun */
    struct fetch_item asked[DOUBTS_MOST]; /* in the stages without a list */
    size_t asked_count;
    struct visit_facts facts;
    struct oid had[DOUBTS_MOST];
    size_t had_count;
    const struct profile *profile;
    const struct visit_list *list;
    struct reading *reading;
    struct ifmap_mark mark;
    bool names_hold;     /* the interfaces are numbered as at the last visit */
    bool saw_interfaces; /* values that want a name */
    struct ifmap_entry *names;
    size_t names_count;
    struct fetch_sum sum;
};

static struct oid oid_of(const char *dotted)
{
    struct oid oid = {0};
    bool read = oid_read(dotted, &oid);

    assert(read);
    (void)read;
    return oid;
}

/* --- a device's memory --- */

void visit_memory_clear(struct visit_memory *memory)
{
    ifmap_free(memory->names);
    *memory = (struct visit_memory){0};
}

/* --- stages --- */

struct visit *visit_new(const struct visit_order *order)
{
    struct visit *visit = calloc(1, sizeof *visit);

    if (visit == NULL)
        abort();
    visit->order = *order;
    visit->mark = (struct ifmap_mark){-1, -1, -1};
    visit->profile = order->profile != NULL ? order->profile : order->memory->profile;
    visit->stage = visit->profile != NULL ? VISIT_READ : VISIT_WHO;
    return visit;
}

void visit_free(struct visit *visit)
{
    if (visit == NULL)
        return;
    fetch_free(visit->fetch);
    reading_free(visit->reading);
    free(visit->names);
    free(visit);
}

static void copy_words(char out[VISIT_WORDS_MAX], const struct ber_varbind *varbind)
{
    size_t used = 0;

    for (size_t i = 0; i < varbind->value_bytes && used < VISIT_WORDS_MAX - 1; i++)
        if (varbind->value[i] >= ' ' && varbind->value[i] <= '~')
            out[used++] = (char)varbind->value[i];
    out[used] = '\0';
}

static void hear_who(struct visit *visit, const struct fetch_value *value)
{
    const struct ber_varbind *varbind = &value->varbind;

    switch ((enum who_item)value->item) {
    case WHO_OBJECT_ID:
        if (varbind->tag == BER_OID)
            (void)oid_copy(varbind->value, varbind->value_bytes, &visit->facts.object_id);
        return;
    case WHO_DESCR:
        copy_words(visit->facts.descr, varbind);
        return;
    case WHO_NAME:
        copy_words(visit->facts.name, varbind);
        return;
    case WHO_ITEMS:
        return;
    }
}

/* The number behind a column's OID; false when it is not one number alone. */
static bool index_of(const struct oid *column, const struct ber_varbind *varbind, uint32_t *index)
{
    const uint8_t *at = varbind->name + column->bytes;
    size_t left = varbind->name_bytes - column->bytes;

    return oid_next(&at, &left, index) && left == 0;
}

/* Names are put down by number, whichever column they are from. */
static void hear_name(struct visit *visit, const struct oid *column,
                      const struct ber_varbind *varbind)
{
    struct ifmap_entry *entry;
    char text[VALUE_TEXT_MAX];
    size_t bytes;

    if (visit->names == NULL)
        visit->names = calloc(IFMAP_MOST, sizeof *visit->names);
    if (visit->names == NULL)
        abort();
    if (visit->names_count == IFMAP_MOST)
        return;
    entry = &visit->names[visit->names_count];
    if (!index_of(column, varbind, &entry->index) ||
        value_text(varbind->tag, varbind->value, varbind->value_bytes, text) != VALUE_OK)
        return;
    bytes = text_cut(text, strlen(text), IFMAP_NAME_MAX - 1);
    memcpy(entry->name, text, bytes);
    entry->name[bytes] = '\0';
    visit->names_count++;
}

static int64_t number_of(const struct ber_varbind *varbind)
{
    struct value value =
        value_read(&value_plain, varbind->tag, varbind->value, varbind->value_bytes);

    return value.status == VALUE_OK && value.number >= 0 ? (int64_t)value.number : -1;
}

static void hear_reading(struct visit *visit, const struct fetch_value *value)
{
    const struct visit_list *list = visit->list;

    if (value->item == list->uptime)
        visit->mark.uptime_ticks = number_of(&value->varbind);
    else if (value->item == list->if_number)
        visit->mark.if_number = number_of(&value->varbind);
    else if (value->item == list->if_changed)
        visit->mark.last_change = number_of(&value->varbind);
    if (value->item == list->if_name)
        hear_name(visit, &list->items[value->item].oid, &value->varbind);
    else if (value->item < list->own && reading_take(visit->reading, value->item, &value->varbind))
        visit->saw_interfaces |= (list->interfaces[value->item / 64] >> value->item % 64 & 1) != 0;
}

static void on_value(const struct fetch_value *value, void *arg)
{
    struct visit *visit = arg;

    switch (visit->stage) {
    case VISIT_WHO:
        hear_who(visit, value);
        return;
    case VISIT_DOUBTS:
        visit->had[visit->had_count++] = visit->asked[value->item].oid;
        return;
    case VISIT_READ:
        hear_reading(visit, value);
        return;
    case VISIT_NAMES:
        hear_name(visit, &visit->asked[value->item].oid, &value->varbind);
        return;
    case VISIT_OVER:
        return;
    }
}

/* Names are asked for only when the numbers may mean others than last time. */
static void on_scalars(void *arg)
{
    struct visit *visit = arg;
    const struct visit_list *list = visit->list;

    if (visit->stage != VISIT_READ || list->if_name == VISIT_ITEM_NONE)
        return;
    visit->names_hold = ifmap_holds(visit->order.memory->names, &visit->mark);
    if (visit->names_hold)
        fetch_skip(visit->fetch, list->if_name);
}

static struct fetch *fetch_of(struct visit *visit, const struct fetch_item *items, size_t count,
                              struct fetch_memory *memory)
{
    return fetch_new(&(struct fetch_order){.snmp = visit->order.snmp,
                                           .items = items,
                                           .count = count,
                                           .memory = memory,
                                           .on_value = on_value,
                                           .on_scalars = on_scalars,
                                           .arg = visit});
}

static struct profile_facts facts_of(const struct visit *visit)
{
    return (struct profile_facts){.object_id = visit->facts.object_id.at,
                                  .object_id_bytes = visit->facts.object_id.bytes,
                                  .descr = visit->facts.descr,
                                  .had = visit->had,
                                  .had_count = visit->had_count};
}

static void begin_who(struct visit *visit)
{
    static const char *const names[WHO_ITEMS] = {
        [WHO_OBJECT_ID] = SYS_OBJECT_ID, [WHO_DESCR] = SYS_DESCR, [WHO_NAME] = SYS_NAME};

    for (size_t i = 0; i < WHO_ITEMS; i++)
        visit->asked[i] = (struct fetch_item){.oid = oid_of(names[i])};
    visit->asked_count = WHO_ITEMS;
}

static void begin_doubts(struct visit *visit)
{
    struct profile_facts facts = facts_of(visit);
    struct oid doubts[DOUBTS_MOST];

    visit->asked_count =
        profiles_doubts(visit_book_profiles(visit->order.book), &facts, doubts, DOUBTS_MOST);
    for (size_t i = 0; i < visit->asked_count; i++)
        visit->asked[i] = (struct fetch_item){.oid = doubts[i], .column = true, .rows = 1};
}

/* False: there is nothing to read. */
static bool begin_read(struct visit *visit)
{
    struct profile_facts facts = facts_of(visit);

    if (visit->profile == NULL) {
        visit->profile = profiles_match(visit_book_profiles(visit->order.book), &facts);
        visit->order.memory->profile = visit->profile;
    }
    if (visit->profile == NULL)
        return false;
    visit->list = visit_book_open(visit->order.book, visit->profile);
    visit->reading = reading_new(&visit->list->wanted);
    visit->fetch =
        fetch_of(visit, visit->list->items, visit->list->count, &visit->order.memory->fetch);
    return true;
}

/* Interfaces that have values but no name are asked for the other name that there is. */
static bool begin_names(struct visit *visit)
{
    const struct visit_list *list = visit->list;

    if (!visit->saw_interfaces || visit->names_hold || visit->names_count > 0 || visit->sum.partial)
        return false;
    visit->asked[0] = (struct fetch_item){
        .oid = list->if_name_else, .column = true, .rows = list->items[list->if_name].rows};
    visit->asked_count = 1;
    return true;
}

static void add_sum(struct visit *visit, bool counts)
{
    const struct fetch_sum *sum = fetch_sum(visit->fetch);

    visit->sum.questions += sum->questions;
    visit->sum.silences += sum->silences;
    visit->sum.halved += sum->halved;
    visit->sum.values += sum->values;
    visit->sum.octets += sum->octets;
    if (!sum->partial || !counts || visit->sum.partial)
        return;
    visit->sum.partial = true;
    visit->sum.trouble = sum->trouble;
}

static bool is_silent(const struct visit *visit)
{
    return fetch_sum(visit->fetch)->trouble == FETCH_SILENT && fetch_sum(visit->fetch)->values == 0;
}

/* Each name as if the device had just given it. */
static void name_interfaces(struct visit *visit)
{
    const struct visit_list *list = visit->list;
    struct visit_memory *memory = visit->order.memory;
    struct ifmap_entry entry;
    size_t at = 0;

    if (visit->names_count > 0) {
        ifmap_free(memory->names);
        memory->names = ifmap_new(&visit->mark, visit->names, visit->names_count);
    } else if (!visit->names_hold) {
        return;
    }
    while (ifmap_next(memory->names, &at, &entry)) {
        struct oid name = list->items[list->if_name].oid;

        if (oid_append(&name, entry.index))
            (void)reading_take(visit->reading, list->if_name,
                               &(struct ber_varbind){.name = name.at,
                                                     .name_bytes = name.bytes,
                                                     .tag = BER_OCTETS,
                                                     .value = (const uint8_t *)entry.name,
                                                     .value_bytes = strlen(entry.name)});
    }
    if (visit->sum.partial && !visit->names_hold) { /* some may be missing */
        ifmap_free(memory->names);
        memory->names = NULL;
    }
}

/* What served nothing is not asked next time; every hour or so it is, modems come and go. */
static void spare(struct visit *visit)
{
    struct visit_memory *memory = visit->order.memory;
    const struct visit_list *list = visit->list;

    if (++memory->visits % SPARED_VISITS != 0) {
        if (!visit->sum.partial)
            reading_spare(visit->reading, memory->fetch.absent);
        return;
    }
    for (size_t i = 0; i < list->count; i++)
        /* A v1 agent answers for the others only when it is not asked for what it lacks. */
        if (list->items[i].column || visit->order.snmp != PLAN_SNMP_V1)
            memory->fetch.absent[i / 64] &= ~(UINT64_C(1) << i % 64);
}

/* After a boot the device may be another one altogether: the next visit asks again. */
static void visit_end(struct visit *visit)
{
    struct visit_memory *memory = visit->order.memory;
    int64_t before = memory->uptime_ticks, now = visit->mark.uptime_ticks;

    visit->stage = VISIT_OVER;
    if (visit->list == NULL)
        return;
    name_interfaces(visit);
    spare(visit);
    if (now >= 0 && now < before) {
        memory->profile = NULL;
        memory->fetch = (struct fetch_memory){0};
    }
    if (now >= 0)
        memory->uptime_ticks = now;
}

/* The stage is over: which one comes next. */
static void visit_turn(struct visit *visit)
{
    enum visit_stage stage = visit->stage;
    bool silent = is_silent(visit);

    add_sum(visit, stage == VISIT_READ || (stage == VISIT_WHO && silent));
    fetch_free(visit->fetch);
    visit->fetch = NULL;
    if (silent || stage == VISIT_NAMES)
        visit_end(visit);
    else if (stage == VISIT_WHO)
        visit->stage = VISIT_DOUBTS;
    else if (stage == VISIT_DOUBTS)
        visit->stage = VISIT_READ;
    else if (stage == VISIT_READ)
        visit->stage = VISIT_NAMES;
}

static void visit_begin(struct visit *visit)
{
    bool begun = true;

    visit->asked_count = 0;
    if (visit->stage == VISIT_WHO)
        begin_who(visit);
    else if (visit->stage == VISIT_DOUBTS)
        begin_doubts(visit);
    else if (visit->stage == VISIT_READ)
        begun = begin_read(visit);
    else if (visit->stage == VISIT_NAMES)
        begun = begin_names(visit);
    if (!begun)
        visit_end(visit);
    else if (visit->fetch == NULL)
        visit->fetch = fetch_of(visit, visit->asked, visit->asked_count, NULL);
}

bool visit_next(struct visit *visit, struct question *question)
{
    while (visit->stage != VISIT_OVER) {
        if (visit->fetch == NULL) {
            visit_begin(visit);
            continue;
        }
        if (fetch_next(visit->fetch, question))
            return true;
        visit_turn(visit);
    }
    return false;
}

void visit_reply(struct visit *visit, const struct fetch_answer *answer)
{
    fetch_reply(visit->fetch, answer);
}

void visit_silence(struct visit *visit, bool alive)
{
    fetch_silence(visit->fetch, alive);
}

const struct profile *visit_profile(const struct visit *visit)
{
    return visit->profile;
}

const struct visit_facts *visit_facts(const struct visit *visit)
{
    return &visit->facts;
}

const struct fetch_sum *visit_sum(const struct visit *visit)
{
    return &visit->sum;
}

void visit_tell(const struct visit *visit, reading_fn *fn, void *arg)
{
    assert(visit->stage == VISIT_OVER);
    if (visit->reading != NULL)
        reading_tell(visit->reading, fn, arg);
}

void visit_tell_metric(const struct visit *visit, size_t metric, reading_fn *fn, void *arg)
{
    assert(visit->stage == VISIT_OVER);
    if (visit->reading != NULL)
        reading_tell_metric(visit->reading, metric, fn, arg);
}
