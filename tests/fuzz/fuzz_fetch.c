/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "probes/fetch.h"
#include "tests/fuzz/fuzz.h"

/*
 * The first byte is a set of flags; then come datagrams, each behind two bytes with its length,
 * which a reading gets as replies to whatever it asks. One that the pre-check refuses is silence,
 * and so is everything behind the last.
 */
enum flag { FLAG_V1 = 1, FLAG_ALIVE = 2, FLAG_NARROW = 4 };

#define ITEMS 6

static const char *const scalars[] = {"1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0"};
static const char *const columns[] = {"1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.2.2.1.8", "1.3.6.1.4.1",
                                      "1.3.6.1.6"};

struct run {
    struct fetch_item items[ITEMS];
    struct oid last[ITEMS];
    bool has_last[ITEMS];
    uint32_t values;
};

struct input {
    const uint8_t *at;
    size_t left;
};

static void on_value(const struct fetch_value *value, void *arg)
{
    struct run *run = arg;
    const struct ber_varbind *varbind = &value->varbind;
    const struct fetch_item *item = &run->items[value->item];
    struct oid *last = &run->last[value->item];

    fuzz_holds(value->item < ITEMS);
    fuzz_holds(varbind->tag < BER_NO_OBJECT || varbind->tag > BER_END_OF_MIB);
    run->values++;
    if (!item->column) {
        fuzz_holds(oid_equal(&item->oid, varbind->name, varbind->name_bytes));
        return;
    }
    fuzz_holds(oid_under(&item->oid, varbind->name, varbind->name_bytes));
    fuzz_holds(!run->has_last[value->item] ||
               oid_compare(varbind->name, varbind->name_bytes, last->at, last->bytes) > 0);
    run->has_last[value->item] = oid_copy(varbind->name, varbind->name_bytes, last);
}

static bool next_reply(struct input *input, struct fetch_answer *answer)
{
    struct ber_message message;
    const uint8_t *at = input->at;
    size_t count;

    if (input->left < 2)
        return false;
    count = (size_t)at[0] << 8 | at[1];
    input->at += 2;
    input->left -= 2;
    if (count > input->left)
        count = input->left;
    at += 2;
    input->at += count;
    input->left -= count;
    if (ber_check(at, count, &message) != BER_OK)
        return false;
    *answer = (struct fetch_answer){message.list, message.error_status, message.error_index};
    return true;
}

static void check_question(const struct question *question, bool v1)
{
    fuzz_holds(question->count >= 1 && question->count <= QUESTION_OIDS_MAX);
    fuzz_holds((question->kind == QUESTION_GETBULK) == (question->max_repetitions > 0));
    fuzz_holds(question->max_repetitions <= QUESTION_REPETITIONS_MAX);
    fuzz_holds(question->kind != QUESTION_GETBULK || !v1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static struct run run;
    unsigned flags = count == 0 ? 0 : bytes[0];
    bool v1 = (flags & FLAG_V1) != 0;
    struct input input = {bytes + 1, count == 0 ? 0 : count - 1};
    struct fetch_memory memory = {.width = (flags & FLAG_NARROW) != 0 ? 1 : 0};
    struct fetch_order order = {.snmp = v1 ? PLAN_SNMP_V1 : PLAN_SNMP_V2C,
                                .items = run.items,
                                .count = ITEMS,
                                .memory = &memory,
                                .limits = {64, 100, 4096, 60},
                                .on_value = on_value,
                                .arg = &run};
    struct question question;
    struct fetch *fetch;

    memset(&run, 0, sizeof run);
    for (size_t i = 0; i < ITEMS; i++) {
        run.items[i].column = i >= 2;
        fuzz_holds(oid_read(i < 2 ? scalars[i] : columns[i - 2], &run.items[i].oid));
    }
    fetch = fetch_new(&order);
    while (fetch_next(fetch, &question)) {
        struct fetch_answer answer;

        check_question(&question, v1);
        if (next_reply(&input, &answer))
            fetch_reply(fetch, &answer);
        else
            fetch_silence(fetch, (flags & FLAG_ALIVE) != 0);
    }
    fuzz_holds(fetch_sum(fetch)->questions <= 60);
    fuzz_holds(fetch_sum(fetch)->values == run.values && run.values <= 100);
    for (size_t i = 0; i < ITEMS; i++)
        fuzz_holds(fetch_reason(fetch, i) >= FETCH_READ);
    fetch_free(fetch);
    return 0;
}
