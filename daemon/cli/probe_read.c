/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "daemon/cli/probe_parts.h"
#include "daemon/cli/show.h"
#include "daemon/cli/table.h"
#include "probes/snmprec.h"
#include "probes/visit.h"

#define NUMBER_MAX 40
#define RAW_MOST   40

const char *probe_trouble_words(enum fetch_reason reason)
{
    switch (reason) {
    case FETCH_REFUSED:
        return "the agent refused an object";
    case FETCH_TOO_BIG:
        return "even one value was too big for the agent's message";
    case FETCH_SILENT:
        return "the agent stopped answering";
    case FETCH_LOOP:
        return "the agent went round in a circle";
    case FETCH_NONSENSE:
        return "the agent answered with other objects than it was asked for";
    case FETCH_LONG_NAME:
        return "a name was too long to go on from";
    case FETCH_BOUND:
        return "there was more than one reading takes";
    case FETCH_READ:
    case FETCH_ABSENT:
    case FETCH_SKIPPED:
    case FETCH_REASON_END:
        break;
    }
    return "";
}

/* What a value is printed with. */
struct lines {
    const struct profile *profile;
    struct table *table; /* or */
    struct js *array;
};

static void raw_of(const struct reading_value *value, struct text *out)
{
    struct ber_varbind varbind = {
        .tag = value->tag, .value = value->raw, .value_bytes = value->raw_bytes};

    snmprec_words(&varbind, out);
}

/* 15.4 is that, and not 15.400000000000000. */
static const char *number_of(double number, char out[NUMBER_MAX])
{
    snprintf(out, NUMBER_MAX, "%.15g", number);
    return out;
}

static void add_value_words(const struct profile_metric *metric, const struct reading_value *value,
                            struct text *out)
{
    const char *word;
    char number[NUMBER_MAX];

    if (value->value.status != VALUE_OK) {
        text_add(out, value_status_name(value->value.status));
        return;
    }
    if (metric->kind == PROFILE_TEXT) {
        text_add(out, value->text);
        return;
    }
    word = metric->kind == PROFILE_ENUM ? profile_word(metric, value->value.number) : NULL;
    if (word != NULL)
        text_add(out, word);
    else
        text_add(out, number_of(value->value.number, number));
    if (metric->unit[0] != '\0')
        text_addf(out, " %s", metric->unit);
}

static const char *health_of(const struct profile_metric *metric, const struct reading_value *value)
{
    bool judged = metric->limit_count > 0 && value->value.status == VALUE_OK &&
                  metric->kind != PROFILE_COUNTER;

    return judged ? profile_health_name(value->health) : "";
}

static void add_line(const struct lines *lines, const struct profile_metric *metric,
                     const struct reading_value *value)
{
    struct text words = {0}, raw = {0};

    add_value_words(metric, value, &words);
    raw_of(value, &raw);
    table_add(lines->table, metric->name);
    table_add(lines->table, value->instance);
    table_add(lines->table, text_get(&words));
    table_add(lines->table, health_of(metric, value));
    table_add(lines->table, text_get(&raw));
    text_free(&words);
    text_free(&raw);
}

static struct js *value_json(const struct profile_metric *metric, const struct reading_value *value)
{
    bool good = value->value.status == VALUE_OK;

    if (good && metric->kind == PROFILE_TEXT)
        return js_new_text(value->text);
    return good ? js_new_real(value->value.number) : js_new_null();
}

static struct js *text_or_null(const char *text)
{
    return text != NULL && text[0] != '\0' ? js_new_text(text) : js_new_null();
}

static void add_json(const struct lines *lines, const struct profile_metric *metric,
                     const struct reading_value *value)
{
    struct js *object = js_object();
    struct text raw = {0};
    bool word = metric->kind == PROFILE_ENUM && value->value.status == VALUE_OK;

    raw_of(value, &raw);
    js_set_text(object, "metric", metric->name);
    js_set_text(object, "instance", value->instance);
    js_set(object, "value", value_json(metric, value));
    js_set(object, "unit", text_or_null(metric->unit));
    js_set(object, "word", text_or_null(word ? profile_word(metric, value->value.number) : NULL));
    js_set_text(object, "kind", profile_kind_name(metric->kind));
    js_set_text(object, "status", value_status_name(value->value.status));
    js_set(object, "health", text_or_null(health_of(metric, value)));
    js_set_text(object, "raw", text_get(&raw));
    js_push(lines->array, object);
    text_free(&raw);
}

static void on_value(const struct reading_value *value, void *arg)
{
    const struct lines *lines = arg;
    const struct profile_metric *metric = lines->profile->metrics[value->metric];

    if (lines->table != NULL)
        add_line(lines, metric, value);
    else
        add_json(lines, metric, value);
}

static void print_table(const struct visit *visit, struct text *out)
{
    static const struct table_column columns[] = {{"METRIC", 0, false},
                                                  {"INSTANCE", 0, false},
                                                  {"VALUE", RAW_MOST, false},
                                                  {"HEALTH", 0, false},
                                                  {"RAW", RAW_MOST, false}};
    struct lines lines = {.profile = visit_profile(visit),
                          .table = table_new(columns, sizeof columns / sizeof columns[0])};

    visit_tell(visit, on_value, &lines);
    table_print(lines.table, 2, out);
    table_free(lines.table);
}

static void print_fact(const char *name, const char *value, struct text *out)
{
    struct text safe = {0};

    show_safe(value, &safe);
    if (value[0] != '\0')
        text_addf(out, "  %-14s  %s\n", name, text_get(&safe));
    text_free(&safe);
}

static void print_words(const struct visit *visit, int64_t took_ms, struct text *out)
{
    const struct visit_facts *facts = visit_facts(visit);
    const struct profile *profile = visit_profile(visit);
    const struct fetch_sum *sum = visit_sum(visit);
    char dotted[OID_TEXT_MAX];

    oid_print(facts->object_id.at, facts->object_id.bytes, dotted, sizeof dotted);
    print_fact("sysName", facts->name, out);
    print_fact("sysDescr", facts->descr, out);
    print_fact("sysObjectID", dotted, out);
    if (profile == NULL) {
        text_add(out, "no profile fits it: nothing is read\n");
        return;
    }
    text_addf(out, "profile %s (%s): %u values, %u questions, %u octets in %lld ms\n",
              profile->name, profile->title, (unsigned)sum->values, (unsigned)sum->questions,
              (unsigned)sum->octets, (long long)took_ms);
    print_table(visit, out);
    if (sum->partial)
        text_addf(out, "not all was read: %s\n", probe_trouble_words(sum->trouble));
}

static void fill_json(const struct visit *visit, int64_t took_ms, struct js *object)
{
    const struct visit_facts *facts = visit_facts(visit);
    const struct profile *profile = visit_profile(visit);
    const struct fetch_sum *sum = visit_sum(visit);
    struct lines lines = {.profile = profile, .array = js_array()};
    struct js *reading = js_object();
    char dotted[OID_TEXT_MAX];

    oid_print(facts->object_id.at, facts->object_id.bytes, dotted, sizeof dotted);
    js_set(object, "sys_object_id", text_or_null(dotted));
    js_set(object, "sys_descr", text_or_null(facts->descr));
    js_set(object, "sys_name", text_or_null(facts->name));
    js_set(object, "profile", text_or_null(profile == NULL ? NULL : profile->name));
    js_set_i64(reading, "questions", sum->questions);
    js_set_i64(reading, "octets", sum->octets);
    js_set_i64(reading, "silences", sum->silences);
    js_set_i64(reading, "took_ms", took_ms);
    js_set(reading, "partial", js_new_bool(sum->partial));
    js_set(reading, "trouble",
           text_or_null(sum->partial ? probe_trouble_words(sum->trouble) : NULL));
    if (profile != NULL)
        visit_tell(visit, on_value, &lines);
    js_set(reading, "values", lines.array);
    js_set(object, "reading", reading);
}

/* False: it was said that nothing could be sent. */
static bool drive(struct once *once, struct visit *visit)
{
    struct question question;
    struct once_answer answer;
    struct err err;

    while (visit_next(visit, &question)) {
        if (!once_question(once, &question, &answer, &err)) {
            cli_say("%s", err.text);
            return false;
        }
        if (answer.answered)
            visit_reply(visit, &(struct fetch_answer){answer.list, answer.error_status,
                                                      answer.error_index});
        else
            visit_silence(visit, true); /* it has just answered a heartbeat */
    }
    return true;
}

enum cli_exit probe_read(struct once *once, enum plan_snmp snmp, const struct profiles *profiles,
                         struct js *object, struct text *out)
{
    struct visit_book *book = visit_book_new(profiles);
    struct visit_memory memory = {0};
    struct visit *visit =
        visit_new(&(struct visit_order){.book = book, .snmp = snmp, .memory = &memory});
    struct mono began = mono_now();
    bool driven = drive(once, visit);
    int64_t took_ms = mono_diff_ms(mono_now(), began);

    if (driven && object != NULL)
        fill_json(visit, took_ms, object);
    else if (driven)
        print_words(visit, took_ms, out);
    visit_free(visit);
    visit_memory_clear(&memory);
    visit_book_free(book);
    return driven ? CLI_DONE : CLI_REFUSED;
}
