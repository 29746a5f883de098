/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "daemon/cli/probe_parts.h"
#include "daemon/cli/show.h"
#include "probes/snmprec.h"
#include "probes/value.h"

#define ALL_OF_IT   "1.3.6.1"
#define ROWS_MOST   1000000
#define OCTETS_MOST (256 * 1024 * 1024)

struct walk {
    struct cli *cli;
    const struct profiles *profiles;
};

/* Which metric of which profile reads this object; NULL: none. */
static const struct profile_metric *metric_of(const struct profile *profile,
                                              const struct ber_varbind *varbind)
{
    for (size_t i = 0; i < profile->own_count; i++) {
        const struct profile_metric *metric = profile->own[i];

        if (metric->index == PROFILE_SCALAR
                ? oid_equal(&metric->oid, varbind->name, varbind->name_bytes)
                : oid_under(&metric->oid, varbind->name, varbind->name_bytes))
            return metric;
    }
    return NULL;
}

static void add_metric(const struct profile *profile, const struct profile_metric *metric,
                       const struct ber_varbind *varbind, struct text *out)
{
    struct value value =
        value_read(&metric->rule, varbind->tag, varbind->value, varbind->value_bytes);

    text_addf(out, "; %s %s", profile->name, metric->name);
    if (metric->kind == PROFILE_TEXT)
        return;
    if (value.status != VALUE_OK)
        text_addf(out, " %s", value_status_name(value.status));
    else
        text_addf(out, " %.15g%s%s", value.number, metric->unit[0] != '\0' ? " " : "",
                  metric->unit);
}

static void add_words(const struct walk *walk, const struct ber_varbind *varbind, struct text *out)
{
    snmprec_words(varbind, out);
    for (size_t i = 0; i < profiles_count(walk->profiles); i++) {
        const struct profile *profile = profiles_at(walk->profiles, i);
        const struct profile_metric *metric = metric_of(profile, varbind);

        if (metric != NULL)
            add_metric(profile, metric, varbind, out);
    }
}

static void print_line(const struct ber_varbind *varbind, const char *words, struct text *out)
{
    struct text line = {0}, safe = {0};

    snmprec_line(varbind, &line);
    text_addf(&line, "|%s", words);
    show_safe(text_get(&line), &safe);
    text_addf(out, "%s\n", text_get(&safe));
    text_free(&line);
    text_free(&safe);
}

static struct js *line_json(const struct ber_varbind *varbind, const char *words)
{
    struct js *object = js_object();
    struct text line = {0};
    char dotted[OID_TEXT_MAX];

    oid_print(varbind->name, varbind->name_bytes, dotted, sizeof dotted);
    snmprec_line(varbind, &line);
    js_set_text(object, "oid", dotted);
    js_set_text(object, "type", snmprec_type(varbind->tag));
    js_set_text(object, "line", text_get(&line));
    js_set_text(object, "words", words);
    text_free(&line);
    return object;
}

/* With --json each object is a JSON object on a line of its own: a walk can be long. */
static void on_value(const struct fetch_value *value, void *arg)
{
    struct walk *walk = arg;
    struct text words = {0};
    struct js *object;

    add_words(walk, &value->varbind, &words);
    if (walk->cli->json) {
        object = line_json(&value->varbind, text_get(&words));
        js_print(object, 0, &walk->cli->out);
        text_add(&walk->cli->out, "\n");
        js_free(object);
    } else {
        print_line(&value->varbind, text_get(&words), &walk->cli->out);
    }
    text_free(&words);
}

/* False: it was said that nothing could be sent. */
static bool drive(struct once *once, struct fetch *fetch)
{
    struct question question;
    struct once_answer answer;
    struct err err;

    while (fetch_next(fetch, &question)) {
        if (!once_question(once, &question, &answer, &err)) {
            cli_say("%s", err.text);
            return false;
        }
        if (answer.answered)
            fetch_reply(fetch, &(struct fetch_answer){answer.list, answer.error_status,
                                                      answer.error_index});
        else
            fetch_silence(fetch, fetch_sum(fetch)->questions > 1);
    }
    return true;
}

static enum cli_exit say_end(const struct cli *cli, const struct once *once,
                             const struct fetch_sum *sum, int64_t took_ms, const char *dotted)
{
    if (sum->values == 0 && sum->trouble == FETCH_SILENT && probe_say_locked_out(cli, once))
        return CLI_REFUSED;
    if (sum->values == 0 && sum->trouble == FETCH_SILENT) {
        cli_say("%s did not answer; kentongan probe %s without --walk says more", cli->words[0],
                cli->words[0]);
        return CLI_REFUSED;
    }
    if (sum->partial) {
        cli_say("the walk of %s ended after %u objects: %s", dotted, (unsigned)sum->values,
                probe_trouble_words(sum->trouble));
        return CLI_REFUSED;
    }
    fprintf(stderr, "%u object%s under %s, %u questions, %u silences, in %lld ms\n",
            (unsigned)sum->values, sum->values == 1 ? "" : "s", dotted, (unsigned)sum->questions,
            (unsigned)sum->silences, (long long)took_ms);
    return CLI_DONE;
}

enum cli_exit probe_walk(struct cli *cli, struct once *once, enum plan_snmp snmp,
                         const struct profiles *profiles, const char *dotted)
{
    struct walk walk = {cli, profiles};
    struct fetch_item items[2] = {{.column = true}, {.column = false}};
    struct fetch_order order = {.snmp = snmp,
                                .items = items,
                                .count = 2, /* what is below, or the object itself */
                                .limits = {ROWS_MOST, ROWS_MOST, OCTETS_MOST, ROWS_MOST},
                                .on_value = on_value,
                                .arg = &walk};
    struct mono began = mono_now();
    enum cli_exit code = CLI_REFUSED;
    struct fetch *fetch;

    dotted = dotted == NULL ? ALL_OF_IT : dotted;
    if (!oid_read(dotted, &items[0].oid)) {
        cli_say("%s is no OID: numbers with dots, as in %s", dotted, ALL_OF_IT);
        return CLI_USAGE;
    }
    items[1].oid = items[0].oid;
    fetch = fetch_new(&order);
    if (drive(once, fetch))
        code = say_end(cli, once, fetch_sum(fetch), mono_diff_ms(mono_now(), began), dotted);
    fetch_free(fetch);
    return code;
}
