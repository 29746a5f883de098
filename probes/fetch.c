/* SPDX-License-Identifier: ISC */
#include "probes/fetch.h"

#include <assert.h>
#include <stdlib.h>

#define SCALARS_MOST      16 /* per question: descriptions are long, a reply fits one datagram */
#define COLUMNS_MOST      12
#define PEEKS_MOST        24
#define VARBINDS_MOST     64 /* of a reply: with names and values about 1,400 octets */
#define REPETITIONS_FIRST 4  /* most tables have one row: what is behind their end is waste */
#define REPETITIONS_MOST  32
#define REQUEST_OCTETS    400 /* of names in a question */
#define VARBIND_OCTETS    8   /* tags, lengths and NULL beside a name */
#define SILENCES_MOST     6

#define ROWS_MOST      512
#define VALUES_MOST    4096
#define OCTETS_MOST    (128 * 1024)
#define QUESTIONS_MOST 256

enum snmp_error { SNMP_NO_ERROR = 0, SNMP_TOO_BIG = 1, SNMP_NO_SUCH_NAME = 2 }; /* RFC 3416 §3 */

enum part_state {
    PART_WAITS = 1, /* not asked for yet */
    PART_OPEN,      /* a column that has rows, and may have more */
    PART_DONE,
};

/* One item under way. */
struct part {
    enum part_state state;
    enum fetch_reason reason; /* with PART_DONE */
    uint32_t rows;
    struct oid last; /* the last name that was read of a column; the column itself at first */
};

struct fetch {
    struct fetch_order order;
    struct fetch_sum sum;
    bool told_scalars;
    uint16_t width;       /* most names per question */
    uint16_t repetitions; /* of the next GETBULK */
    uint16_t repetitions_most;
    bool shrunk;
    bool over;
    /* the question that is out: */
    enum question_kind asked_kind;
    uint16_t asked_repetitions;
    uint16_t asked_count; /* 0: none is */
    uint16_t asked[QUESTION_OIDS_MAX];
    struct part parts[];
};

static uint32_t or_usual(uint32_t limit, uint32_t usual)
{
    return limit == 0 ? usual : limit;
}

static void part_close(struct fetch *fetch, struct part *part, enum fetch_reason reason)
{
    bool read = reason <= FETCH_SKIPPED;

    assert(reason >= FETCH_READ && reason < FETCH_REASON_END);
    part->state = PART_DONE;
    part->reason = reason == FETCH_READ && part->rows == 0 ? FETCH_ABSENT : reason;
    if (read || fetch->sum.partial)
        return;
    fetch->sum.partial = true;
    fetch->sum.trouble = reason;
}

static bool remembers(const struct fetch *fetch, size_t item)
{
    const struct fetch_memory *memory = fetch->order.memory;

    return memory != NULL && (memory->absent[item / 64] >> item % 64 & 1) != 0;
}

static void remember_absent(struct fetch *fetch, size_t item)
{
    if (fetch->order.memory != NULL)
        fetch->order.memory->absent[item / 64] |= UINT64_C(1) << item % 64;
}

struct fetch *fetch_new(const struct fetch_order *order)
{
    struct fetch *fetch = calloc(1, sizeof *fetch + order->count * sizeof fetch->parts[0]);
    struct fetch_limits *limits;

    assert(order->count <= FETCH_ITEMS_MAX);
    if (fetch == NULL)
        abort();
    fetch->order = *order;
    limits = &fetch->order.limits;
    limits->rows = or_usual(limits->rows, ROWS_MOST);
    limits->values = or_usual(limits->values, VALUES_MOST);
    limits->octets = or_usual(limits->octets, OCTETS_MOST);
    limits->questions = or_usual(limits->questions, QUESTIONS_MOST);
    fetch->width = QUESTION_OIDS_MAX;
    fetch->repetitions_most = REPETITIONS_MOST;
    if (order->memory != NULL && order->memory->width > 0)
        fetch->width = order->memory->width;
    if (order->memory != NULL && order->memory->repetitions > 0)
        fetch->repetitions_most = order->memory->repetitions;
    fetch->repetitions = REPETITIONS_FIRST;
    for (size_t i = 0; i < order->count; i++) {
        fetch->parts[i] = (struct part){.state = PART_WAITS, .last = order->items[i].oid};
        if (remembers(fetch, i))
            part_close(fetch, &fetch->parts[i], FETCH_ABSENT);
    }
    return fetch;
}

void fetch_free(struct fetch *fetch)
{
    free(fetch);
}

static void fetch_stop(struct fetch *fetch, enum fetch_reason reason)
{
    for (size_t i = 0; i < fetch->order.count; i++)
        if (fetch->parts[i].state != PART_DONE)
            part_close(fetch, &fetch->parts[i], reason);
}

/* Fills the question with the items of that kind and state, as many as fit; how many those are. */
static size_t collect(struct fetch *fetch, struct question *question, bool column,
                      enum part_state state, size_t most)
{
    size_t octets = 0;

    question->count = 0;
    if (most > fetch->width)
        most = fetch->width;
    for (size_t i = 0; i < fetch->order.count && question->count < most; i++) {
        const struct part *part = &fetch->parts[i];

        if (fetch->order.items[i].column != column || part->state != state)
            continue;
        octets += part->last.bytes + (size_t)VARBIND_OCTETS;
        if (octets > REQUEST_OCTETS && question->count > 0)
            break;
        fetch->asked[question->count] = (uint16_t)i;
        question->oids[question->count++] = part->last;
    }
    return question->count;
}

static uint16_t repetitions_for(const struct fetch *fetch, size_t columns)
{
    uint16_t repetitions = fetch->repetitions;
    size_t room = VARBINDS_MOST / columns;

    if (repetitions > fetch->repetitions_most)
        repetitions = fetch->repetitions_most;
    return repetitions > room ? (uint16_t)room : repetitions;
}

/* False: nothing is left to ask. */
static bool compose(struct fetch *fetch, struct question *question)
{
    question->max_repetitions = 0;
    question->kind = QUESTION_GET;
    if (collect(fetch, question, false, PART_WAITS, SCALARS_MOST) > 0)
        return true;
    if (!fetch->told_scalars) {
        fetch->told_scalars = true;
        if (fetch->order.on_scalars != NULL)
            fetch->order.on_scalars(fetch->order.arg);
    }
    question->kind = QUESTION_GETNEXT;
    if (collect(fetch, question, true, PART_WAITS, PEEKS_MOST) > 0)
        return true;
    if (collect(fetch, question, true, PART_OPEN, COLUMNS_MOST) == 0)
        return false;
    if (fetch->order.snmp != PLAN_SNMP_V1) {
        question->kind = QUESTION_GETBULK;
        question->max_repetitions = repetitions_for(fetch, question->count);
    }
    return true;
}

static uint8_t one_more(uint8_t known, uint8_t enough)
{
    return known == 0 || known + 1 >= enough ? 0 : (uint8_t)(known + 1);
}

/* What was too big stays so for a while; each reading without trouble dares a little more. */
static void remember_sizes(struct fetch *fetch)
{
    struct fetch_memory *memory = fetch->order.memory;

    if (memory == NULL)
        return;
    if (fetch->shrunk) {
        memory->width = fetch->width < QUESTION_OIDS_MAX ? (uint8_t)fetch->width : 0;
        memory->repetitions =
            fetch->repetitions_most < REPETITIONS_MOST ? (uint8_t)fetch->repetitions_most : 0;
        return;
    }
    memory->width = one_more(memory->width, QUESTION_OIDS_MAX);
    memory->repetitions = one_more(memory->repetitions, REPETITIONS_MOST);
}

bool fetch_next(struct fetch *fetch, struct question *question)
{
    assert(fetch->asked_count == 0);
    if (fetch->sum.questions >= fetch->order.limits.questions)
        fetch_stop(fetch, FETCH_BOUND);
    if (!compose(fetch, question)) {
        if (!fetch->over)
            remember_sizes(fetch);
        fetch->over = true;
        return false;
    }
    fetch->asked_kind = question->kind;
    fetch->asked_repetitions = question->max_repetitions;
    fetch->asked_count = question->count;
    fetch->sum.questions++;
    return true;
}

/* The same again, smaller; when it is of one name already, without that. */
static void shrink(struct fetch *fetch, enum fetch_reason reason)
{
    size_t item = fetch->asked[0];

    fetch->shrunk = true;
    fetch->sum.halved += fetch->asked_repetitions > 1 || fetch->asked_count > 1;
    if (fetch->asked_kind == QUESTION_GETBULK && fetch->asked_repetitions > 1) {
        fetch->repetitions_most = fetch->asked_repetitions / 2;
        fetch->repetitions = fetch->repetitions_most;
    } else if (fetch->asked_count > 1) {
        fetch->width = fetch->asked_count / 2;
    } else {
        part_close(fetch, &fetch->parts[item], reason);
        /* An agent that falls silent over one object does so each time. */
        if (reason == FETCH_SILENT && fetch->asked_kind == QUESTION_GET)
            remember_absent(fetch, item);
    }
}

/* An error that names one of the items; what it has to do with the others is not known. */
static void refused(struct fetch *fetch, const struct fetch_answer *answer)
{
    bool absent = answer->error_status == SNMP_NO_SUCH_NAME;
    size_t index = (size_t)(answer->error_index - 1), item;

    if (answer->error_index < 1 || index >= fetch->asked_count) {
        if (fetch->asked_count > 1) {
            fetch->width = 1; /* which one it is shows when each is asked alone */
            return;
        }
        index = 0;
    }
    item = fetch->asked[index];
    part_close(fetch, &fetch->parts[item], absent ? FETCH_READ : FETCH_REFUSED);
    if (absent && fetch->asked_kind == QUESTION_GET)
        remember_absent(fetch, item);
}

static bool is_exception(const struct ber_varbind *varbind)
{
    return varbind->tag == BER_NO_OBJECT || varbind->tag == BER_NO_INSTANCE ||
           varbind->tag == BER_END_OF_MIB;
}

static void hand_on(struct fetch *fetch, size_t item, const struct ber_varbind *varbind)
{
    fetch->parts[item].rows++;
    fetch->sum.values++;
    fetch->sum.octets += (uint32_t)(varbind->name_bytes + varbind->value_bytes);
    fetch->order.on_value(&(struct fetch_value){item, *varbind}, fetch->order.arg);
}

static bool is_full(const struct fetch *fetch)
{
    return fetch->sum.values >= fetch->order.limits.values ||
           fetch->sum.octets >= fetch->order.limits.octets;
}

static void take_scalars(struct fetch *fetch, struct ber_list list)
{
    struct ber_varbind varbind;

    for (size_t i = 0; i < fetch->asked_count; i++) {
        size_t item = fetch->asked[i];
        struct part *part = &fetch->parts[item];

        if (!ber_next(&list, &varbind) ||
            !oid_equal(&fetch->order.items[item].oid, varbind.name, varbind.name_bytes)) {
            part_close(fetch, part, FETCH_NONSENSE);
            continue;
        }
        if (!is_exception(&varbind))
            hand_on(fetch, item, &varbind);
        part_close(fetch, part, FETCH_READ);
    }
}

/* One more row of a column, or its end. */
static void take_row(struct fetch *fetch, size_t item, const struct ber_varbind *varbind)
{
    struct part *part = &fetch->parts[item];
    uint16_t wanted = fetch->order.items[item].rows;

    if (part->state == PART_DONE)
        return; /* rows behind its end, of other objects */
    if (is_exception(varbind) ||
        !oid_under(&fetch->order.items[item].oid, varbind->name, varbind->name_bytes)) {
        part_close(fetch, part, FETCH_READ);
        return;
    }
    if (oid_compare(varbind->name, varbind->name_bytes, part->last.at, part->last.bytes) <= 0) {
        part_close(fetch, part, FETCH_LOOP);
        return;
    }
    part->state = PART_OPEN;
    hand_on(fetch, item, varbind);
    if (!oid_copy(varbind->name, varbind->name_bytes, &part->last))
        part_close(fetch, part, FETCH_LONG_NAME);
    else if (wanted > 0 && part->rows >= wanted)
        part_close(fetch, part, FETCH_READ);
    else if (part->rows >= fetch->order.limits.rows)
        part_close(fetch, part, FETCH_BOUND);
}

/* Row by row, each with one varbind per column; an agent may stop anywhere. [RFC 3416 §4.2.3] */
static void take_rows(struct fetch *fetch, struct ber_list list)
{
    size_t most = fetch->asked_count, taken = 0;
    struct ber_varbind varbind;

    if (fetch->asked_kind == QUESTION_GETBULK)
        most *= fetch->asked_repetitions;
    while (taken < most && !is_full(fetch) && ber_next(&list, &varbind))
        take_row(fetch, fetch->asked[taken++ % fetch->asked_count], &varbind);
    if (taken == 0)
        shrink(fetch, FETCH_NONSENSE);
    else if (taken == most && fetch->asked_kind == QUESTION_GETBULK)
        fetch->repetitions = (uint16_t)(fetch->asked_repetitions * 2);
}

void fetch_reply(struct fetch *fetch, const struct fetch_answer *answer)
{
    assert(fetch->asked_count > 0);
    if (answer->error_status == SNMP_TOO_BIG)
        shrink(fetch, FETCH_TOO_BIG);
    else if (answer->error_status != SNMP_NO_ERROR)
        refused(fetch, answer);
    else if (fetch->asked_kind == QUESTION_GET)
        take_scalars(fetch, answer->list);
    else
        take_rows(fetch, answer->list);
    if (is_full(fetch))
        fetch_stop(fetch, FETCH_BOUND);
    fetch->asked_count = 0;
}

void fetch_silence(struct fetch *fetch, bool alive)
{
    assert(fetch->asked_count > 0);
    fetch->sum.silences++;
    if (!alive || fetch->sum.silences >= SILENCES_MOST)
        fetch_stop(fetch, FETCH_SILENT);
    else
        shrink(fetch, FETCH_SILENT);
    fetch->asked_count = 0;
}

void fetch_skip(struct fetch *fetch, size_t item)
{
    assert(item < fetch->order.count);
    if (fetch->parts[item].state == PART_WAITS)
        part_close(fetch, &fetch->parts[item], FETCH_SKIPPED);
}

const struct fetch_sum *fetch_sum(const struct fetch *fetch)
{
    return &fetch->sum;
}

enum fetch_reason fetch_reason(const struct fetch *fetch, size_t item)
{
    assert(item < fetch->order.count);
    return fetch->parts[item].reason;
}

uint32_t fetch_rows(const struct fetch *fetch, size_t item)
{
    assert(item < fetch->order.count);
    return fetch->parts[item].rows;
}

const char *fetch_reason_name(enum fetch_reason reason)
{
    static const char *const names[FETCH_REASON_END] = {
        [FETCH_READ] = "read",       [FETCH_ABSENT] = "absent",     [FETCH_SKIPPED] = "skipped",
        [FETCH_REFUSED] = "refused", [FETCH_TOO_BIG] = "too big",   [FETCH_SILENT] = "silent",
        [FETCH_LOOP] = "loop",       [FETCH_NONSENSE] = "nonsense", [FETCH_LONG_NAME] = "long name",
        [FETCH_BOUND] = "bound",
    };

    assert(reason >= FETCH_READ && reason < FETCH_REASON_END);
    return names[reason];
}
