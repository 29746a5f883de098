/* SPDX-License-Identifier: ISC */
#include "probes/profile.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/profile_read.h"

struct profiles {
    struct profile *at[PROFILES_MAX]; /* by name */
    size_t count;
    bool ready;
};

struct profiles *profiles_new(void)
{
    struct profiles *profiles = calloc(1, sizeof *profiles);

    if (profiles == NULL)
        abort();
    return profiles;
}

void profiles_free(struct profiles *profiles)
{
    if (profiles == NULL)
        return;
    for (size_t i = 0; i < profiles->count; i++)
        profile_free(profiles->at[i]);
    free(profiles);
}

static size_t index_of(const struct profiles *profiles, const char *name)
{
    size_t i = 0;

    while (i < profiles->count && strcmp(profiles->at[i]->name, name) < 0)
        i++;
    return i;
}

/* Takes the profile over. */
static bool put(struct profiles *profiles, struct profile *profile)
{
    size_t i = index_of(profiles, profile->name);

    if (i < profiles->count && strcmp(profiles->at[i]->name, profile->name) == 0) {
        profile_free(profiles->at[i]);
        profiles->at[i] = profile;
        return true;
    }
    if (profiles->count == PROFILES_MAX)
        return false;
    for (size_t j = profiles->count; j > i; j--)
        profiles->at[j] = profiles->at[j - 1];
    profiles->at[i] = profile;
    profiles->count++;
    return true;
}

bool profiles_add(struct profiles *profiles, const char *file, const char *text,
                  struct text *complaints)
{
    struct profile_list list = {.count = 0};
    bool good = profile_read(file, text, &list, complaints);

    assert(!profiles->ready);
    for (size_t i = 0; i < list.count; i++) {
        if (good && put(profiles, list.at[i]))
            continue;
        if (good)
            text_addf(complaints, "%s:%zu: profile: more than %d profiles\n", file,
                      list.at[i]->line, PROFILES_MAX);
        profile_free(list.at[i]);
        if (good) {
            for (i++; i < list.count; i++)
                profile_free(list.at[i]);
            return false;
        }
    }
    return good;
}

size_t profiles_count(const struct profiles *profiles)
{
    return profiles->count;
}

const struct profile *profiles_at(const struct profiles *profiles, size_t index)
{
    return profiles->at[index];
}

static struct profile *find(const struct profiles *profiles, const char *name)
{
    size_t i = index_of(profiles, name);

    return i < profiles->count && strcmp(profiles->at[i]->name, name) == 0 ? profiles->at[i] : NULL;
}

const struct profile *profiles_find(const struct profiles *profiles, const char *name)
{
    return find(profiles, name);
}

/* FNV-1a */
uint32_t profile_hash(const char *name)
{
    uint32_t hash = UINT32_C(2166136261);

    if (*name == '\0')
        return 0;
    for (; *name != '\0'; name++)
        hash = (hash ^ (uint8_t)*name) * UINT32_C(16777619);
    return hash != 0 ? hash : 1;
}

const struct profile *profiles_find_hash(const struct profiles *profiles, uint32_t hash)
{
    for (size_t i = 0; hash != 0 && i < profiles->count; i++)
        if (profile_hash(profiles->at[i]->name) == hash)
            return profiles->at[i];
    return NULL;
}

/* --- what is inherited --- */

size_t profile_metric_index(const struct profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->metric_count; i++)
        if (strcmp(profile->metrics[i]->name, name) == 0)
            return i;
    return PROFILE_METRICS_MAX;
}

static bool is_dropped(const struct profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->dropped_count; i++)
        if (strcmp(profile->dropped[i], name) == 0)
            return true;
    return false;
}

static bool complain(const struct profile *profile, struct text *complaints, const char *what,
                     const char *name)
{
    text_addf(complaints, "%s:%zu: profile %s: %s%s\n", profile->file, profile->line, profile->name,
              what, name);
    return false;
}

/* A profile and those it inherits from, the closest first. */
struct line_of_descent {
    const struct profile *at[PROFILES_MAX];
    size_t count;
};

static bool trace(const struct profiles *profiles, const struct profile *profile,
                  struct line_of_descent *line, struct text *complaints)
{
    const struct profile *from = profile;

    line->count = 0;
    while (from != NULL) {
        if (line->count == PROFILES_MAX)
            return complain(profile, complaints, "inherits itself by way of ", from->inherits);
        line->at[line->count++] = from;
        if (from->inherits[0] == '\0')
            return true;
        from = profiles_find(profiles, from->inherits);
    }
    return complain(line->at[line->count - 1], complaints,
                    "inherits an unknown profile; there is no ",
                    line->at[line->count - 1]->inherits);
}

/* Left out or replaced by somebody closer than line->at[far]. */
static bool is_given_up(const struct line_of_descent *line, size_t far, const char *name)
{
    for (size_t i = 0; i < far; i++)
        if (is_dropped(line->at[i], name))
            return true;
    return false;
}

static bool flatten(struct profile *profile, const struct line_of_descent *line,
                    struct text *complaints)
{
    profile->metric_count = 0;
    for (size_t far = 0; far < line->count; far++)
        for (size_t i = 0; i < line->at[far]->own_count; i++) {
            const struct profile_metric *metric = line->at[far]->own[i];

            if (profile_metric_index(profile, metric->name) != PROFILE_METRICS_MAX ||
                is_given_up(line, far, metric->name))
                continue;
            if (profile->metric_count == PROFILE_METRICS_MAX)
                return complain(profile, complaints,
                                "more than 64 metrics with those inherited; leave one out with "
                                "without ",
                                metric->name);
            profile->metrics[profile->metric_count++] = metric;
        }
    for (size_t i = 0; i < profile->metric_count; i++)
        if (profile->metrics[i]->unless[0] != '\0' &&
            profile_metric_index(profile, profile->metrics[i]->unless) == PROFILE_METRICS_MAX)
            return complain(profile, complaints, "unless names a metric that is not here: ",
                            profile->metrics[i]->unless);
    return true;
}

bool profiles_ready(struct profiles *profiles, struct text *complaints)
{
    bool good = true;

    for (size_t i = 0; i < profiles->count; i++) {
        struct line_of_descent line;

        good = trace(profiles, profiles->at[i], &line, complaints) &&
               flatten(profiles->at[i], &line, complaints) && good;
    }
    profiles->ready = good;
    return good;
}

struct profiles *profiles_unpack(const char *packed, struct text *complaints)
{
    struct profiles *profiles = profiles_new();
    struct text text = {0};
    bool good = true;

    for (bool more = true; more;) {
        size_t bytes = strcspn(packed, PROFILES_PACKED_BY);

        text_clear(&text);
        text_add_bytes(&text, packed, bytes);
        good = profiles_add(profiles, "packed", text_get(&text), complaints) && good;
        more = packed[bytes] != '\0';
        packed += bytes + more;
    }
    text_free(&text);
    if (good && profiles_ready(profiles, complaints))
        return profiles;
    profiles_free(profiles);
    return NULL;
}

/* --- which profile a device has --- */

/* How close a match is: longer prefixes first, then sysDescr, then has. */
static unsigned closeness(const struct profile_match *match)
{
    return match->object_id.bytes * 4u + (match->descr[0] != '\0' ? 2u : 0u) +
           (match->has.bytes > 0 ? 1u : 0u);
}

/* All of it but has. */
static bool could_be(const struct profile_match *match, const struct profile_facts *facts)
{
    const struct oid *prefix = &match->object_id;

    if (prefix->bytes > 0 && (facts->object_id_bytes < prefix->bytes ||
                              memcmp(facts->object_id, prefix->at, prefix->bytes) != 0))
        return false;
    return match->descr[0] == '\0' || strcasestr(facts->descr, match->descr) != NULL;
}

static bool had(const struct profile_facts *facts, const struct oid *oid)
{
    for (size_t i = 0; i < facts->had_count; i++)
        if (oid_equal(&facts->had[i], oid->at, oid->bytes))
            return true;
    return false;
}

/* The closest profile among those that need no more to be known, or whose has is known. */
static const struct profile *closest(const struct profiles *profiles,
                                     const struct profile_facts *facts, unsigned *how_close)
{
    const struct profile *best = NULL;

    *how_close = 0;
    for (size_t i = 0; i < profiles->count; i++)
        for (size_t j = 0; j < profiles->at[i]->match_count; j++) {
            const struct profile_match *match = &profiles->at[i]->matches[j];

            if ((best == NULL || closeness(match) > *how_close) && could_be(match, facts) &&
                (match->has.bytes == 0 || had(facts, &match->has))) {
                best = profiles->at[i];
                *how_close = closeness(match);
            }
        }
    return best;
}

size_t profiles_doubts(const struct profiles *profiles, const struct profile_facts *facts,
                       struct oid *out, size_t most)
{
    unsigned sure;
    const struct profile *best = closest(profiles, facts, &sure);
    size_t count = 0;

    for (size_t i = 0; i < profiles->count; i++)
        for (size_t j = 0; j < profiles->at[i]->match_count; j++) {
            const struct profile_match *match = &profiles->at[i]->matches[j];
            size_t same = 0;

            if (match->has.bytes == 0 || !could_be(match, facts) ||
                (best != NULL && closeness(match) <= sure))
                continue;
            while (same < count && !oid_equal(&out[same], match->has.at, match->has.bytes))
                same++;
            if (same == count && count < most)
                out[count++] = match->has;
        }
    return count;
}

const struct profile *profiles_match(const struct profiles *profiles,
                                     const struct profile_facts *facts)
{
    unsigned how_close;

    return closest(profiles, facts, &how_close);
}

bool profiles_trap(const struct profiles *profiles, const uint8_t *oid, size_t bytes,
                   enum profile_sense *sense)
{
    for (size_t i = 0; i < profiles->count; i++)
        for (size_t j = 0; j < profiles->at[i]->trap_count; j++)
            if (oid_equal(&profiles->at[i]->traps[j].oid, oid, bytes)) {
                *sense = profiles->at[i]->traps[j].sense;
                return true;
            }
    return false;
}

/* --- what a number means --- */

static bool is_within(const struct profile_limit *limit, double number)
{
    return (limit->with_from ? number >= limit->from : number > limit->from) &&
           (limit->with_to ? number <= limit->to : number < limit->to);
}

enum profile_health profile_judge(const struct profile_metric *metric, double number)
{
    enum profile_health health = PROFILE_FINE;

    for (size_t i = 0; i < metric->limit_count; i++)
        if (metric->limits[i].health > health && is_within(&metric->limits[i], number))
            health = metric->limits[i].health;
    return health;
}

/* Of the limits of that health on that side the one that is met first; NULL: there is none. */
static const struct profile_limit *first_limit(const struct profile_metric *metric,
                                               enum profile_health health, bool below)
{
    const struct profile_limit *found = NULL;

    for (size_t i = 0; i < metric->limit_count; i++) {
        const struct profile_limit *limit = &metric->limits[i];

        if (limit->health != health || (below ? limit->from > -DBL_MAX : limit->to < DBL_MAX))
            continue;
        if (found == NULL || (below ? limit->to > found->to : limit->from < found->from))
            found = limit;
    }
    return found;
}

bool profile_bounds(const struct profile_metric *metric, double *crit, double *warn, bool *below)
{
    const struct profile_limit *low = first_limit(metric, PROFILE_CRIT, true);
    const struct profile_limit *high = first_limit(metric, PROFILE_CRIT, false);
    const struct profile_limit *soft;

    if (!metric->ticket || (low == NULL) == (high == NULL))
        return false;
    *below = low != NULL;
    *crit = *below ? low->to : high->from;
    soft = first_limit(metric, PROFILE_WARN, *below);
    *warn = soft == NULL ? *crit : *below ? fmax(soft->to, *crit) : fmin(soft->from, *crit);
    return true;
}

const char *profile_word(const struct profile_metric *metric, double number)
{
    for (size_t i = 0; i < metric->word_count; i++)
        if (number >= (double)metric->words[i].number && number <= (double)metric->words[i].number)
            return metric->words[i].word;
    return NULL;
}

const char *profile_kind_name(enum profile_kind kind)
{
    static const char *const names[PROFILE_KIND_END] = {[PROFILE_GAUGE] = "gauge",
                                                        [PROFILE_COUNTER] = "counter",
                                                        [PROFILE_ENUM] = "enum",
                                                        [PROFILE_TEXT] = "text"};

    return names[kind];
}

const char *profile_index_name(enum profile_index index)
{
    static const char *const names[PROFILE_INDEX_END] = {[PROFILE_SCALAR] = "scalar",
                                                         [PROFILE_IFINDEX] = "ifindex",
                                                         [PROFILE_MAC_IFINDEX] = "mac.ifindex",
                                                         [PROFILE_ANY] = "any"};

    return names[index];
}

const char *profile_history_name(enum profile_history history)
{
    static const char *const names[PROFILE_HISTORY_END] = {[PROFILE_HISTORY_SOME] = "some",
                                                           [PROFILE_HISTORY_MAIN] = "main",
                                                           [PROFILE_HISTORY_NONE] = "none"};

    return names[history];
}

void profile_unit(const struct profile_metric *metric, char out[PROFILE_UNIT_MAX + 2])
{
    bool per_second = metric->unit[0] != '\0' && metric->kind == PROFILE_COUNTER;

    snprintf(out, PROFILE_UNIT_MAX + 2, "%s%s", metric->unit, per_second ? "/s" : "");
}

const char *profile_health_name(enum profile_health health)
{
    static const char *const names[PROFILE_HEALTH_END] = {
        [PROFILE_FINE] = "ok", [PROFILE_WARN] = "warn", [PROFILE_CRIT] = "crit"};

    return names[health];
}

const char *profile_sense_name(enum profile_sense sense)
{
    static const char *const names[PROFILE_SENSE_END] = {
        [PROFILE_POWER_LOST] = "power_lost",   [PROFILE_POWER_BACK] = "power_back",
        [PROFILE_BATTERY_LOW] = "battery_low", [PROFILE_DYING_GASP] = "dying_gasp",
        [PROFILE_LINK_LOST] = "link_lost",     [PROFILE_LINK_BACK] = "link_back"};

    return names[sense];
}
