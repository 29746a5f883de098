/* SPDX-License-Identifier: ISC */
#include <float.h>

#include "probes/profile.h"

static void print_oid(const char *keyword, const struct oid *oid, struct text *out)
{
    char dotted[OID_TEXT_MAX];

    oid_print(oid->at, oid->bytes, dotted, sizeof dotted);
    text_addf(out, "%s %s", keyword, dotted);
}

static void print_match(const struct profile_match *match, struct text *out)
{
    if (match->object_id.bytes > 0)
        print_oid("match", &match->object_id, out);
    else
        text_add(out, "match any");
    if (match->has.bytes > 0)
        print_oid(" has", &match->has, out);
    if (match->descr[0] != '\0')
        text_addf(out, " descr %s", match->descr);
    text_add(out, "\n");
}

static void print_limit(const struct profile_limit *limit, struct text *out)
{
    text_addf(out, "    %s ", profile_health_name(limit->health));
    if (limit->from <= -DBL_MAX)
        text_addf(out, "below %.15g\n", limit->to);
    else if (limit->to >= DBL_MAX)
        text_addf(out, "above %.15g\n", limit->from);
    else if (limit->from >= limit->to)
        text_addf(out, "is %.15g\n", limit->from);
    else
        text_addf(out, "in %.15g .. %.15g\n", limit->from, limit->to);
}

static void print_rule(const struct value_rule *rule, struct text *out)
{
    if (rule->multiply < rule->divide || rule->multiply > rule->divide)
        text_addf(out, "    scale %.15g\n", rule->multiply / rule->divide);
    if (rule->add < 0 || rule->add > 0)
        text_addf(out, "    offset %.15g\n", rule->add / rule->divide);
    if (rule->parse != VALUE_NUMBER)
        text_addf(out, "    parse %s\n", value_parse_name(rule->parse));
    if (rule->invalid_count > 0) {
        text_add(out, "    invalid");
        for (size_t i = 0; i < rule->invalid_count; i++)
            text_addf(out, " %.15g", rule->invalid[i]);
        text_add(out, "\n");
    }
    if (rule->least > -DBL_MAX || rule->most < DBL_MAX)
        text_addf(out, "    valid %.15g .. %.15g\n", rule->least, rule->most);
}

static void print_when(const struct profile_metric *metric, struct text *out)
{
    print_oid("    when", &metric->when, out);
    text_add(out, " is");
    for (size_t i = 0; i < metric->when_count; i++)
        text_addf(out, " %lld", (long long)metric->when_is[i]);
    text_add(out, "\n");
}

static void print_metric(const struct profile_metric *metric, struct text *out)
{
    text_addf(out, "\nmetric %s\n", metric->name);
    print_oid("    oid", &metric->oid, out);
    text_add(out, "\n");
    if (metric->index != PROFILE_SCALAR)
        text_addf(out, "    index %s\n", profile_index_name(metric->index));
    if (metric->names.bytes > 0) {
        print_oid("    names", &metric->names, out);
        text_add(out, "\n");
    }
    if (metric->kind != PROFILE_GAUGE)
        text_addf(out, "    kind %s\n", profile_kind_name(metric->kind));
    if (metric->unit[0] != '\0')
        text_addf(out, "    unit %s\n", metric->unit);
    print_rule(&metric->rule, out);
    if (metric->when.bytes > 0)
        print_when(metric, out);
    if (metric->unless[0] != '\0')
        text_addf(out, "    unless %s\n", metric->unless);
    for (size_t i = 0; i < metric->word_count; i++)
        text_addf(out, "    words %lld %s\n", (long long)metric->words[i].number,
                  metric->words[i].word);
    for (size_t i = 0; i < metric->limit_count; i++)
        print_limit(&metric->limits[i], out);
    if (metric->rows != 64)
        text_addf(out, "    rows %u\n", metric->rows);
    if (metric->history != PROFILE_HISTORY_SOME)
        text_addf(out, "    history %s\n", profile_history_name(metric->history));
    if (metric->ticket)
        text_add(out, "    ticket degraded\n");
}

void profile_print(const struct profile *profile, struct text *out)
{
    text_addf(out, "profile %s\ntitle %s\n", profile->name, profile->title);
    for (size_t i = 0; i < profile->match_count; i++)
        print_match(&profile->matches[i], out);
    for (size_t i = 0; i < profile->tested_count; i++)
        text_addf(out, "tested %s\n", profile->tested[i]);
    for (size_t i = 0; i < profile->trap_count; i++) {
        print_oid("trap", &profile->traps[i].oid, out);
        text_addf(out, " %s\n", profile_sense_name(profile->traps[i].sense));
    }
    for (size_t i = 0; i < profile->metric_count; i++)
        print_metric(profile->metrics[i], out);
}
