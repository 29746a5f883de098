/* SPDX-License-Identifier: ISC */
#include "tests/fleet/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REASON_MAX 128

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct site *)a)->code, ((const struct site *)b)->code);
}

struct site *world_site(const struct world *world, const char *code)
{
    struct site key;

    if (!text_copy(key.code, sizeof key.code, code))
        return NULL;
    return bsearch(&key, world->sites, world->site_count, sizeof key, by_code);
}

static bool is_up(const struct site *site)
{
    return !site->cut && !site->off;
}

/* True when something changed; then the sites behind this one need another look. */
static bool site_settle(struct world *world, size_t at)
{
    struct site *site = &world->sites[at];

    if (site->heard || !is_up(site))
        return false;
    for (size_t i = 0; i < site->uplink_count; i++)
        if (world->sites[site->uplinks[i]].heard)
            site->heard = true;
    if (site->uplink_count == 0)
        site->heard = true;
    return site->heard;
}

/* The site to name as the reason: the nearest one upwards, by first uplinks, that is cut or off. */
static size_t fault_of(const struct world *world, size_t at)
{
    for (size_t hops = 0; hops < world->site_count; hops++) {
        const struct site *site = &world->sites[at];

        if (!is_up(site) || site->uplink_count == 0)
            return at;
        at = site->uplinks[0];
    }
    return at; /* the uplinks go in a circle: nobody there is heard */
}

/* Waves from the cores, as many as the tree is deep. */
void world_settle(struct world *world)
{
    bool again = true;

    for (size_t i = 0; i < world->site_count; i++)
        world->sites[i].heard = false;
    while (again) {
        again = false;
        for (size_t i = 0; i < world->site_count; i++)
            if (site_settle(world, i))
                again = true;
    }
    for (size_t i = 0; i < world->site_count; i++)
        world->sites[i].fault_site = world->sites[i].heard ? i : fault_of(world, i);
}

/* "answers", "silent cut", "silent behind 33.14.01", "answers loss 30% delay 200ms" */
static void site_words(const struct world *world, const struct site *site, char out[REASON_MAX])
{
    char trouble[48] = "";

    if (site->loss_percent > 0)
        snprintf(trouble, sizeof trouble, " loss %u%%", site->loss_percent);
    if (site->delay_ms > 0)
        snprintf(trouble + strlen(trouble), sizeof trouble - strlen(trouble), " delay %lldms",
                 (long long)site->delay_ms);
    if (site->off)
        snprintf(out, REASON_MAX, "silent off%s", site->cut ? " cut" : "");
    else if (site->cut)
        snprintf(out, REASON_MAX, "silent cut");
    else if (!site->heard)
        snprintf(out, REASON_MAX, "silent behind %s", world->sites[site->fault_site].code);
    else
        snprintf(out, REASON_MAX, "%s%s", site->loss_percent == 100 ? "silent" : "answers",
                 trouble);
}

struct verb {
    const char *name;
    const char *argument; /* what a number behind the code is called; NULL: only codes follow */
    int64_t most;
    void (*apply)(struct site *site, int64_t number, struct mono now);
};

static void apply_cut(struct site *site, int64_t number, struct mono now)
{
    (void)number;
    (void)now;
    site->cut = true;
}

static void apply_restore(struct site *site, int64_t number, struct mono now)
{
    (void)number;
    (void)now;
    site->cut = false;
}

static void apply_off(struct site *site, int64_t number, struct mono now)
{
    (void)number;
    (void)now;
    site->off = true;
}

static void apply_on(struct site *site, int64_t number, struct mono now)
{
    (void)number;
    if (!site->off)
        return; /* power that was there does not reboot anything */
    site->off = false;
    site->booted_at = now;
    site->boots++;
}

static void apply_loss(struct site *site, int64_t number, struct mono now)
{
    (void)now;
    site->loss_percent = (unsigned)number;
}

static void apply_delay(struct site *site, int64_t number, struct mono now)
{
    (void)now;
    site->delay_ms = number;
}

/* clang-format off */
static const struct verb verbs[] = {
    {"cut",     NULL,      0,     apply_cut},
    {"restore", NULL,      0,     apply_restore},
    {"off",     NULL,      0,     apply_off},
    {"on",      NULL,      0,     apply_on},
    {"loss",    "PERCENT", 100,   apply_loss},
    {"delay",   "MS",      60000, apply_delay},
};
/* clang-format on */

static const struct verb *verb_find(const char *name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

struct words {
    char *text;
    char **at;
    size_t count;
};

static void words_cut(struct words *words, const char *line)
{
    char *rest;
    char *word;

    *words = (struct words){.text = strdup(line)};
    words->at = calloc(strlen(line) / 2 + 1, sizeof *words->at);
    if (words->text == NULL || words->at == NULL)
        abort();
    rest = words->text;
    while ((word = strsep(&rest, " \t\r\n")) != NULL)
        if (*word != '\0')
            words->at[words->count++] = word;
}

static void words_free(struct words *words)
{
    free(words->text);
    free(words->at);
}

/* Tells, and adds to out, every site whose words are not those of before; says how many. */
static void tell_changes(struct world *world, char (*before)[REASON_MAX], struct text *out)
{
    size_t changed = 0;

    for (size_t i = 0; i < world->site_count; i++) {
        char after[REASON_MAX];
        char line[SITE_CODE_MAX + REASON_MAX];

        site_words(world, &world->sites[i], after);
        if (strcmp(before[i], after) == 0)
            continue;
        changed++;
        snprintf(line, sizeof line, "%s %s", world->sites[i].code, after);
        text_addf(out, "%s\n", line);
        if (world->told != NULL)
            world->told(line, world->told_arg);
    }
    text_addf(out, "%zu %s\n", changed, changed == 1 ? "site changed" : "sites changed");
}

static void change(struct world *world, const struct verb *verb, const struct words *words,
                   size_t codes, int64_t number, struct mono now, struct text *out)
{
    char(*before)[REASON_MAX] = calloc(world->site_count + 1, sizeof *before);

    if (before == NULL)
        abort();
    for (size_t i = 0; i < world->site_count; i++)
        site_words(world, &world->sites[i], before[i]);
    for (size_t i = 1; i <= codes; i++)
        verb->apply(world_site(world, words->at[i]), number, now);
    world_settle(world);
    tell_changes(world, before, out);
    free(before);
}

static enum world_answer run_verb(struct world *world, const struct verb *verb,
                                  const struct words *words, struct mono now, struct text *out,
                                  struct err *err)
{
    size_t codes = words->count - 1;
    int64_t number = 0;

    if (verb->argument != NULL && codes > 0)
        codes--;
    if (codes == 0) {
        err_set(err, "%s CODE...%s%s", verb->name, verb->argument == NULL ? "" : " ",
                verb->argument == NULL ? "" : verb->argument);
        return WORLD_USAGE;
    }
    if (verb->argument != NULL && !text_i64(words->at[words->count - 1], 0, verb->most, &number)) {
        err_set(err, "%s: %s is a whole number from 0 to %lld, not '%s'", verb->name,
                verb->argument, (long long)verb->most, words->at[words->count - 1]);
        return WORLD_USAGE;
    }
    for (size_t i = 1; i <= codes; i++)
        if (world_site(world, words->at[i]) == NULL) {
            err_set(err, "no site %s in the fleet's inventory; nothing was changed", words->at[i]);
            return WORLD_REFUSED;
        }
    change(world, verb, words, codes, number, now, out);
    return WORLD_DONE;
}

static void list(const struct world *world, bool all, struct text *out)
{
    size_t silent = 0;

    for (size_t i = 0; i < world->site_count; i++) {
        char words[REASON_MAX];

        site_words(world, &world->sites[i], words);
        if (all || strcmp(words, "answers") != 0)
            text_addf(out, "%s %s\n", world->sites[i].code, words);
        if (strncmp(words, "silent", 6) == 0)
            silent++;
    }
    text_addf(out, "%zu sites, %zu devices, %zu silent\n", world->site_count, world->device_count,
              silent);
}

enum world_answer world_command(struct world *world, const char *line, struct mono now,
                                struct text *out, struct err *err)
{
    struct words words;
    const struct verb *verb;
    enum world_answer answer = WORLD_DONE;

    words_cut(&words, line);
    if (words.count == 1 && strcmp(words.at[0], "list") == 0) {
        list(world, false, out);
    } else if (words.count == 2 && strcmp(words.at[0], "list") == 0 &&
               strcmp(words.at[1], "all") == 0) {
        list(world, true, out);
    } else if (words.count > 0 && (verb = verb_find(words.at[0])) != NULL) {
        answer = run_verb(world, verb, &words, now, out, err);
    } else {
        err_set(err,
                "cut|restore|off|on CODE..., loss CODE... PERCENT, delay CODE... MS, list [all]");
        answer = WORLD_USAGE;
    }
    words_free(&words);
    return answer;
}

bool world_hears(const struct world *world, const struct device *device)
{
    return world->sites[device->site].heard;
}

/* splitmix64: enough for losing packets, and a run repeats when its commands do. */
bool world_loses(struct world *world, const struct device *device)
{
    uint64_t z = world->dice += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % 100 < world->sites[device->site].loss_percent;
}

struct agent_vitals world_vitals(const struct world *world, const struct device *device,
                                 struct mono now)
{
    const struct site *site = &world->sites[device->site];

    return (struct agent_vitals){.uptime_us = now.us - site->booted_at.us, .boots = site->boots};
}
