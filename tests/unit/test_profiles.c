/* SPDX-License-Identifier: ISC */
/*
 * The profiles that are built in, each against what it says that it was tested with: a recording
 * of a real device, where those lie beside the source tree, or a made-up one of tests/profiles.
 * What has to come out stands in tests/profiles/NAME.expect, worked out by hand:
 *
 *   METRIC|INSTANCE|VALUE|HEALTH   a value; HEALTH is ok unless it stands there
 *   some METRIC N                  N values, of which only those of the lines above are looked at
 *
 * A metric of the profile's own that has values but no line fails, and so does a value too many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "probes/profile_texts.h"
#include "probes/reading.h"
#include "tests/profiles/replay.h"

#define RECORDINGS  KT_SOURCE_DIR "/../shared/data/snmprec"
#define OURS        KT_SOURCE_DIR "/tests/profiles"
#define VALUES_MAX  1024
#define EXPECTS_MAX 128
#define DOUBTS_MAX  8

struct expect {
    char metric[PROFILE_NAME_MAX];
    char instance[READING_INSTANCE_MAX];
    char value[VALUE_TEXT_MAX];
    char health[8];
    size_t count; /* of a "some" line; else 0 */
};

struct trial {
    const char *name;
    const struct profile *profile;
    struct replay replay;
    struct expect expects[EXPECTS_MAX];
    size_t expect_count;
    struct reading_value values[VALUES_MAX];
    size_t value_count;
};

static struct profiles *profiles;

static int load_profiles(void **state)
{
    struct text complaints = {0};
    bool good = true;

    (void)state;
    profiles = profiles_new();
    for (const struct profile_text *text = profile_texts; text->file != NULL; text++)
        good = profiles_add(profiles, text->file, text->text, &complaints) && good;
    good = profiles_ready(profiles, &complaints) && good;
    if (!good)
        print_error("%s", text_get(&complaints));
    text_free(&complaints);
    return good ? 0 : -1;
}

static int free_profiles(void **state)
{
    (void)state;
    profiles_free(profiles);
    return 0;
}

/* --- what has to come out --- */

/* Other profiles inherit it, so its recordings are those of others. */
static bool is_generic(const struct profile *profile)
{
    return strcmp(profile->name, "generic") == 0;
}

static void take_field(char **at, const char *end_at, char *out, size_t room)
{
    size_t bytes = strcspn(*at, end_at);

    assert_true(bytes < room);
    memcpy(out, *at, bytes);
    out[bytes] = '\0';
    *at += bytes + ((*at)[bytes] != '\0');
}

static void take_expect(struct trial *trial, char *line)
{
    struct expect *expect = &trial->expects[trial->expect_count];
    char count[16];

    line[strcspn(line, "\n")] = '\0';
    if (*line == '\0' || *line == '#')
        return;
    assert_true(trial->expect_count < EXPECTS_MAX);
    *expect = (struct expect){.health = "ok"};
    if (strncmp(line, "some ", 5) == 0) {
        line += 5;
        take_field(&line, " ", expect->metric, sizeof expect->metric);
        take_field(&line, " ", count, sizeof count);
        expect->count = strtoul(count, NULL, 10);
        assert_true(expect->count > 0);
    } else {
        take_field(&line, "|", expect->metric, sizeof expect->metric);
        take_field(&line, "|", expect->instance, sizeof expect->instance);
        take_field(&line, "|", expect->value, sizeof expect->value);
        if (*line != '\0')
            take_field(&line, "|", expect->health, sizeof expect->health);
    }
    if (profile_metric_index(trial->profile, expect->metric) >= trial->profile->metric_count) {
        if (is_generic(trial->profile))
            return; /* it is of the profile that the device would have */
        fail_msg("%s.expect: %s has no metric %s", trial->name, trial->profile->name,
                 expect->metric);
    }
    trial->expect_count++;
}

static void load_expects(struct trial *trial)
{
    char path[512], *line = NULL;
    size_t room = 0;
    FILE *file;

    snprintf(path, sizeof path, OURS "/%s.expect", trial->name);
    file = fopen(path, "re");
    if (file == NULL)
        fail_msg("%s: not there", path);
    while (getline(&line, &room, file) >= 0)
        take_expect(trial, line);
    free(line);
    fclose(file);
    assert_true(trial->expect_count > 0);
}

/* --- the device, asked as the prober would --- */

static struct oid oid_of(const char *dotted)
{
    struct oid oid;

    assert_true(oid_read(dotted, &oid));
    return oid;
}

static const struct profile *pick(const struct replay *replay)
{
    const struct oid object_id = oid_of("1.3.6.1.2.1.1.2.0"), descr = oid_of("1.3.6.1.2.1.1.1.0");
    const struct replay_line *id = replay_get(replay, &object_id);
    const struct replay_line *text = replay_get(replay, &descr);
    struct oid doubts[DOUBTS_MAX], had[DOUBTS_MAX];
    struct profile_facts facts = {.descr = "", .had = had};
    char descr_text[VALUE_TEXT_MAX];
    size_t count;

    assert_non_null(id);
    facts.object_id = id->value;
    facts.object_id_bytes = id->value_bytes;
    if (text != NULL) {
        value_text(text->tag, text->value, text->value_bytes, descr_text);
        facts.descr = descr_text;
    }
    count = profiles_doubts(profiles, &facts, doubts, DOUBTS_MAX);
    for (size_t i = 0; i < count; i++) {
        size_t next = replay_next(replay, &doubts[i]);

        if (next < replay->count &&
            oid_under(&doubts[i], replay->lines[next].oid.at, replay->lines[next].oid.bytes))
            had[facts.had_count++] = doubts[i];
    }
    return profiles_match(profiles, &facts);
}

static void on_value(const struct reading_value *value, void *arg)
{
    struct trial *trial = arg;

    assert_true(trial->value_count < VALUES_MAX);
    trial->values[trial->value_count++] = *value;
}

static void read_all(struct trial *trial)
{
    static struct reading_list list;
    const struct reading_item *items = list.items;
    struct reading *reading;

    reading_list_make(&list, trial->profile);
    reading = reading_new(&list);
    for (size_t i = 0; i < list.count; i++) {
        size_t at = replay_next(&trial->replay, &items[i].oid);
        const struct replay_line *scalar = replay_get(&trial->replay, &items[i].oid);

        if (!items[i].column && scalar != NULL) {
            struct ber_varbind varbind = replay_varbind(scalar);

            reading_take(reading, i, &varbind);
        }
        for (; items[i].column && at < trial->replay.count; at++) {
            struct ber_varbind varbind = replay_varbind(&trial->replay.lines[at]);

            if (!reading_take(reading, i, &varbind))
                break;
        }
    }
    reading_tell(reading, on_value, trial);
    reading_free(reading);
}

/* --- comparing --- */

static void show(const struct trial *trial, const struct reading_value *value,
                 char out[VALUE_TEXT_MAX])
{
    const struct profile_metric *metric = trial->profile->metrics[value->metric];

    if (value->value.status != VALUE_OK)
        snprintf(out, VALUE_TEXT_MAX, "%s", value_status_name(value->value.status));
    else if (metric->kind == PROFILE_TEXT)
        snprintf(out, VALUE_TEXT_MAX, "%s", value->text);
    else if (profile_word(metric, value->value.number) != NULL)
        snprintf(out, VALUE_TEXT_MAX, "%s", profile_word(metric, value->value.number));
    else
        snprintf(out, VALUE_TEXT_MAX, "%.15g", value->value.number);
}

static bool fits(const struct trial *trial, const struct expect *expect,
                 const struct reading_value *value)
{
    char shown[VALUE_TEXT_MAX];

    show(trial, value, shown);
    return strcmp(expect->metric, trial->profile->metrics[value->metric]->name) == 0 &&
           strcmp(expect->instance, value->instance) == 0 && strcmp(expect->value, shown) == 0 &&
           strcmp(expect->health, profile_health_name(value->health)) == 0;
}

static size_t told(const struct trial *trial, const char *metric)
{
    size_t count = 0;

    for (size_t i = 0; i < trial->value_count; i++)
        if (strcmp(trial->profile->metrics[trial->values[i].metric]->name, metric) == 0)
            count++;
    return count;
}

/* How many values of the metric there have to be; 0: nothing is said of it. */
static size_t wanted(const struct trial *trial, const char *metric)
{
    size_t lines = 0;

    for (size_t i = 0; i < trial->expect_count; i++) {
        if (strcmp(trial->expects[i].metric, metric) != 0)
            continue;
        if (trial->expects[i].count > 0)
            return trial->expects[i].count;
        lines++;
    }
    return lines;
}

/* Says all that is wrong before it fails. */
static size_t compare(const struct trial *trial)
{
    size_t wrong = 0;

    for (size_t i = 0; i < trial->expect_count; i++) {
        const struct expect *expect = &trial->expects[i];
        bool found = expect->count > 0;

        for (size_t j = 0; j < trial->value_count && !found; j++)
            found = fits(trial, expect, &trial->values[j]);
        if (found)
            continue;
        wrong++;
        print_error("%s: missing %s|%s|%s|%s\n", trial->name, expect->metric, expect->instance,
                    expect->value, expect->health);
    }
    for (size_t i = 0; i < trial->profile->metric_count; i++) {
        const char *metric = trial->profile->metrics[i]->name;
        size_t want = wanted(trial, metric), got = told(trial, metric);

        if (got == want ||
            (want == 0 && (i >= trial->profile->own_count || is_generic(trial->profile))))
            continue;
        wrong++;
        print_error("%s: %zu values of %s, not %zu\n", trial->name, got, metric, want);
    }
    return wrong;
}

static void print_all(const struct trial *trial)
{
    for (size_t i = 0; i < trial->value_count; i++) {
        const struct reading_value *value = &trial->values[i];
        char shown[VALUE_TEXT_MAX];

        show(trial, value, shown);
        if (value->metric < trial->profile->own_count)
            print_error("  %s|%s|%s|%s\n", trial->profile->metrics[value->metric]->name,
                        value->instance, shown, profile_health_name(value->health));
    }
}

/* False: its recording is not here. */
static bool try_one(const struct profile *profile, const char *tested, size_t *wrong)
{
    static struct trial trial;
    const char *name = strchr(tested, ' ') + 1;
    bool recorded = strncmp(tested, "recording ", 10) == 0;
    char path[512];

    memset(&trial, 0, sizeof trial);
    trial.name = name;
    trial.profile = profile;
    load_expects(&trial);
    snprintf(path, sizeof path, "%s/%s.snmprec", recorded ? RECORDINGS : OURS, name);
    if (!replay_load(path, &trial.replay)) {
        if (!recorded)
            fail_msg("%s: not there", path);
        return false;
    }
    if (!is_generic(profile))
        assert_string_equal(pick(&trial.replay)->name, profile->name);
    read_all(&trial);
    if (compare(&trial) > 0) {
        (*wrong)++;
        print_all(&trial);
    }
    replay_free(&trial.replay);
    return true;
}

static void every_profile_says_what_it_was_tested_against(void **state)
{
    (void)state;
    assert_true(profiles_count(profiles) >= 15);
    for (size_t i = 0; i < profiles_count(profiles); i++)
        if (profiles_at(profiles, i)->tested_count == 0)
            fail_msg("%s: no line \"tested\"", profiles_at(profiles, i)->name);
}

static void every_profile_reads_its_devices(void **state)
{
    size_t tried = 0, missing = 0, wrong = 0;

    (void)state;
    for (size_t i = 0; i < profiles_count(profiles); i++) {
        const struct profile *profile = profiles_at(profiles, i);

        for (size_t j = 0; j < profile->tested_count; j++) {
            if (try_one(profile, profile->tested[j], &wrong))
                tried++;
            else
                missing++;
        }
    }
    print_message("%zu devices read\n", tried);
    if (missing > 0)
        print_message("%zu recordings are not in %s: left out\n", missing, RECORDINGS);
    assert_int_equal(wrong, 0);
}

/* One that nobody's profile is closer to gets the generic one. */
static void an_unknown_device_is_read_all_the_same(void **state)
{
    const struct oid id = oid_of("1.3.6.1.4.1.99999.1");
    struct profile_facts facts = {id.at, id.bytes, "Something", NULL, 0};

    (void)state;
    assert_string_equal(profiles_match(profiles, &facts)->name, "generic");
}

static void power_traps_of_vendors_are_known(void **state)
{
    static const struct {
        const char *oid;
        enum profile_sense sense;
    } table[] = {
        {"1.3.6.1.2.1.33.2.1", PROFILE_POWER_LOST},   {"1.3.6.1.2.1.33.2.0.1", PROFILE_POWER_LOST},
        {"1.3.6.1.4.1.318.0.5", PROFILE_POWER_LOST},  {"1.3.6.1.4.1.318.0.9", PROFILE_POWER_BACK},
        {"1.3.6.1.4.1.318.0.7", PROFILE_BATTERY_LOW}, {"1.3.6.1.4.1.935.0.5", PROFILE_POWER_LOST},
        {"1.3.6.1.4.1.935.0.9", PROFILE_POWER_BACK},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct oid oid = oid_of(table[i].oid);
        enum profile_sense sense;

        assert_true(profiles_trap(profiles, oid.at, oid.bytes, &sense));
        assert_int_equal(sense, table[i].sense);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_profile_says_what_it_was_tested_against),
        cmocka_unit_test(every_profile_reads_its_devices),
        cmocka_unit_test(an_unknown_device_is_read_all_the_same),
        cmocka_unit_test(power_traps_of_vendors_are_known),
    };

    return cmocka_run_group_tests(tests, load_profiles, free_profiles);
}
