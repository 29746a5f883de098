/* SPDX-License-Identifier: ISC */
#include "tests/fleet/command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fleet/usm.h"

#define REASON_MAX 160
#define LINES_MAX  2000 /* of changes, to the asker; the log has all */

const char command_help[] =
    "commands: cut CODE...         its uplink is lost: silent, with all behind it\n"
    "          restore CODE...     takes the cut back\n"
    "          off CODE...         power lost: silent, with all behind it\n"
    "          on CODE...          power is back; its uptime starts again\n"
    "          reboot CODE...      its uptime starts again, at once\n"
    "          loss CODE... PERCENT   of its own round trips; 0 ends it\n"
    "          delay CODE... MS       of its own replies; 0 ends it\n"
    "          fade CODE... DB        its radio hears so much less; 0 ends it\n"
    "          forge CODE... CLASS PERCENT   forged replies beside the right ones, so many for\n"
    "                              100 requests, whatever is lost; CLASS is of address port\n"
    "                              request community version object trap duplicate late\n"
    "                              truncated, several with commas, or all; 0 ends it\n"
    "          engine CODE... NUMBER  another SNMPv3 engine; two with one number are twins;\n"
    "                              0 is its own again\n"
    "          list [all]          sites that are not plainly up, or all\n"
    "          counters            what was asked, answered, lost and forged so far\n"
    "CODE may be PREFIX*, or */N for every N-th site that has a device\n";

/* "answers", "silent cut", "silent behind 33.14.01", "answers loss 30% delay 200ms fade 20dB" */
static void site_words(const struct world *world, const struct site *site, char out[REASON_MAX])
{
    char trouble[80] = "";
    int used = 0;

    if (site->loss_percent > 0)
        used = snprintf(trouble, sizeof trouble, " loss %u%%", site->loss_percent);
    if (site->delay_ms > 0)
        used +=
            snprintf(trouble + used, sizeof trouble - (size_t)used, " delay %ums", site->delay_ms);
    if (site->fade_db > 0)
        used +=
            snprintf(trouble + used, sizeof trouble - (size_t)used, " fade %udB", site->fade_db);
    if (site->forged_percent > 0)
        snprintf(trouble + used, sizeof trouble - (size_t)used, " forged %u%%",
                 site->forged_percent);
    if (site->off)
        snprintf(out, REASON_MAX, "silent off%s", site->cut ? " cut" : "");
    else if (site->cut)
        snprintf(out, REASON_MAX, "silent cut");
    else if (!site->heard)
        snprintf(out, REASON_MAX, "silent behind %s",
                 world_word(world, world->sites[site->fault_site].code));
    else
        snprintf(out, REASON_MAX, "%s%s", site->loss_percent == 100 ? "silent" : "answers",
                 trouble);
}

/* What stands behind the codes. */
struct tail {
    int64_t number;
    uint16_t forge;
};

struct verb {
    const char *name;
    const char *argument; /* what a number at the end is called; NULL: only codes follow */
    int64_t most;
    bool has_class; /* a class of forgeries stands before the number */
    bool settles;   /* it changes who is heard */
    void (*apply)(struct world *world, struct site *site, const struct tail *tail, struct mono now);
};

static void boot(struct site *site, struct mono now)
{
    site->booted_at = now;
    site->boots++;
}

static void apply_cut(struct world *world, struct site *site, const struct tail *tail,
                      struct mono now)
{
    (void)world;
    (void)tail;
    (void)now;
    site->cut = true;
}

static void apply_restore(struct world *world, struct site *site, const struct tail *tail,
                          struct mono now)
{
    (void)world;
    (void)tail;
    (void)now;
    site->cut = false;
}

static void apply_off(struct world *world, struct site *site, const struct tail *tail,
                      struct mono now)
{
    (void)world;
    (void)tail;
    (void)now;
    site->off = true;
}

static void apply_on(struct world *world, struct site *site, const struct tail *tail,
                     struct mono now)
{
    (void)world;
    (void)tail;
    if (!site->off)
        return; /* power that was there does not reboot anything */
    site->off = false;
    boot(site, now);
}

static void apply_reboot(struct world *world, struct site *site, const struct tail *tail,
                         struct mono now)
{
    (void)world;
    (void)tail;
    boot(site, now);
}

static void apply_loss(struct world *world, struct site *site, const struct tail *tail,
                       struct mono now)
{
    (void)world;
    (void)now;
    site->loss_percent = (uint8_t)tail->number;
}

static void apply_delay(struct world *world, struct site *site, const struct tail *tail,
                        struct mono now)
{
    (void)world;
    (void)now;
    site->delay_ms = (uint16_t)tail->number;
}

static void apply_fade(struct world *world, struct site *site, const struct tail *tail,
                       struct mono now)
{
    (void)world;
    (void)now;
    site->fade_db = (uint8_t)tail->number;
}

static void apply_forge(struct world *world, struct site *site, const struct tail *tail,
                        struct mono now)
{
    (void)world;
    (void)now;
    site->forge = tail->forge;
    site->forged_percent = (uint16_t)tail->number;
}

static void apply_engine(struct world *world, struct site *site, const struct tail *tail,
                         struct mono now)
{
    uint32_t place = (uint32_t)(site - world->sites);

    (void)now;
    for (size_t i = 0; i < world->device_count; i++)
        if (world->devices[i].site == place)
            world->devices[i].engine = (uint32_t)tail->number;
}

/* clang-format off */
static const struct verb verbs[] = {
    {"cut",     NULL,      0,          false, true,  apply_cut},
    {"restore", NULL,      0,          false, true,  apply_restore},
    {"off",     NULL,      0,          false, true,  apply_off},
    {"on",      NULL,      0,          false, true,  apply_on},
    {"reboot",  NULL,      0,          false, false, apply_reboot},
    {"loss",    "PERCENT", 100,        false, false, apply_loss},
    {"delay",   "MS",      60000,      false, false, apply_delay},
    {"fade",    "DB",      100,        false, false, apply_fade},
    {"forge",   "PERCENT", 10000,      true,  false, apply_forge},
    {"engine",  "NUMBER",  UINT32_MAX, false, false, apply_engine},
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

/* Would the two be told in other words? A first look, without making them. */
static bool same_state(const struct site *a, const struct site *b)
{
    return a->cut == b->cut && a->off == b->off && a->heard == b->heard &&
           a->fault_site == b->fault_site && a->loss_percent == b->loss_percent &&
           a->delay_ms == b->delay_ms && a->fade_db == b->fade_db &&
           a->forged_percent == b->forged_percent && a->boots == b->boots;
}

/* The line of a change; false: there is none to tell. */
static bool change_words(const struct world *world, const struct site *before,
                         const struct site *after, char out[SITE_CODE_MAX + REASON_MAX])
{
    char was[REASON_MAX], is[REASON_MAX];

    if (same_state(before, after))
        return false;
    site_words(world, before, was);
    site_words(world, after, is);
    if (strcmp(was, is) == 0 && before->boots == after->boots)
        return false;
    snprintf(out, SITE_CODE_MAX + REASON_MAX, "%s %s", world_word(world, after->code),
             strcmp(was, is) == 0 ? "rebooted" : is);
    return true;
}

/* Tells, and adds to out, every site whose words are not those of before; says how many. */
static void tell_changes(struct world *world, const struct site *before, struct text *out)
{
    size_t changed = 0;

    for (size_t i = 0; i < world->site_count; i++) {
        char line[SITE_CODE_MAX + REASON_MAX];

        if (!change_words(world, &before[i], &world->sites[i], line))
            continue;
        if (++changed <= LINES_MAX)
            text_addf(out, "%s\n", line);
        if (world->told != NULL)
            world->told(line, world->told_arg);
    }
    if (changed > LINES_MAX)
        text_addf(out, "... and %zu more\n", changed - LINES_MAX);
    text_addf(out, "%zu %s\n", changed, changed == 1 ? "site changed" : "sites changed");
}

static bool begins_with(const char *code, const char *prefix, size_t bytes)
{
    return strncmp(code, prefix, bytes) == 0;
}

/* Marks the sites that a word means. False: none. */
static bool pick(const struct world *world, const char *word, bool *picked)
{
    size_t bytes = strlen(word), seen = 0, count = 0;
    const struct site *site;
    int64_t nth = 0;

    if (strncmp(word, "*/", 2) == 0 && text_i64(word + 2, 1, INT32_MAX, &nth)) {
        for (size_t i = 0; i < world->site_count; i++)
            if (world->sites[i].has_device && seen++ % (size_t)nth == 0)
                picked[i] = ++count > 0;
    } else if (bytes > 0 && word[bytes - 1] == '*') {
        for (size_t i = 0; i < world->site_count; i++)
            if (begins_with(world_word(world, world->sites[i].code), word, bytes - 1))
                picked[i] = ++count > 0;
    } else if ((site = world_site(world, word)) != NULL) {
        picked[site - world->sites] = ++count > 0;
    }
    return count > 0;
}

static void change(struct world *world, const struct verb *verb, const bool *picked,
                   const struct tail *tail, struct mono now, struct text *out)
{
    struct site *before = calloc(world->site_count + 1, sizeof *before);

    if (before == NULL)
        abort();
    if (world->site_count > 0)
        memcpy(before, world->sites, world->site_count * sizeof *before);
    for (size_t i = 0; i < world->site_count; i++)
        if (picked[i])
            verb->apply(world, &world->sites[i], tail, now);
    if (verb->settles)
        world_settle(world);
    tell_changes(world, before, out);
    free(before);
}

static bool read_classes(char *list, uint16_t *set)
{
    char *name;

    *set = 0;
    if (strcmp(list, "all") == 0) {
        *set = (1U << FORGE_END) - 2U;
        return true;
    }
    while ((name = strsep(&list, ",")) != NULL) {
        enum forge forge = forge_find(name);

        if (forge == FORGE_NONE)
            return false;
        *set = (uint16_t)(*set | 1U << forge);
    }
    return true;
}

/* How many words are codes; 0: misused, and err says how. */
static size_t read_tail(const struct verb *verb, const struct words *words, struct tail *tail,
                        struct err *err)
{
    size_t last = (verb->argument != NULL) + (size_t)verb->has_class;
    size_t codes = words->count - 1;

    *tail = (struct tail){0};
    if (codes <= last) {
        err_set(err, "%s CODE...%s%s%s", verb->name, verb->has_class ? " CLASS" : "",
                verb->argument == NULL ? "" : " ", verb->argument == NULL ? "" : verb->argument);
        return 0;
    }
    if (verb->argument != NULL &&
        !text_i64(words->at[words->count - 1], 0, verb->most, &tail->number)) {
        err_set(err, "%s: %s is a whole number from 0 to %lld, not '%s'", verb->name,
                verb->argument, (long long)verb->most, words->at[words->count - 1]);
        return 0;
    }
    if (verb->has_class && !read_classes(words->at[words->count - 2], &tail->forge)) {
        err_set(err, "%s: no such class of forgeries", verb->name);
        return 0;
    }
    return codes - last;
}

static enum world_answer run_verb(struct world *world, const struct verb *verb,
                                  const struct words *words, struct mono now, struct text *out,
                                  struct err *err)
{
    struct tail tail;
    size_t codes = read_tail(verb, words, &tail, err);
    bool *picked;

    if (codes == 0)
        return WORLD_USAGE;
    picked = calloc(world->site_count + 1, sizeof *picked);
    if (picked == NULL)
        abort();
    for (size_t i = 1; i <= codes; i++)
        if (!pick(world, words->at[i], picked)) {
            err_set(err, "no site %s in the fleet's inventory; nothing was changed", words->at[i]);
            free(picked);
            return WORLD_REFUSED;
        }
    change(world, verb, picked, &tail, now, out);
    free(picked);
    return WORLD_DONE;
}

static void list(const struct world *world, bool all, struct text *out)
{
    size_t silent = 0, lines = 0;

    for (size_t i = 0; i < world->site_count; i++) {
        char words[REASON_MAX];

        site_words(world, &world->sites[i], words);
        if ((all || strcmp(words, "answers") != 0) && (all || lines++ < LINES_MAX))
            text_addf(out, "%s %s\n", world_word(world, world->sites[i].code), words);
        if (strncmp(words, "silent", 6) == 0)
            silent++;
    }
    if (lines > LINES_MAX)
        text_addf(out, "... and %zu more\n", lines - LINES_MAX);
    text_addf(out, "%zu sites, %zu devices, %zu silent\n", world->site_count, world->device_count,
              silent);
}

static void count(const struct world *world, struct text *out)
{
    const struct world_counters *c = &world->counters;

    text_addf(out,
              "requests %" PRIu64 "\nanswers %" PRIu64 "\nlost %" PRIu64 "\nsilent %" PRIu64
              "\nstrange %" PRIu64 "\n",
              c->requests, c->answers, c->lost, c->silent, c->strange);
    text_addf(out, "discovered %" PRIu64 "\n", usm_discoveries(world->usm));
    for (enum forge forge = FORGE_ADDRESS; forge < FORGE_END; forge++)
        text_addf(out, "forged %s %" PRIu64 "\n", forge_name(forge), c->forged[forge]);
}

static bool is_just(const struct words *words, const char *first, const char *second)
{
    return words->count == 1 + (size_t)(second != NULL) && strcmp(words->at[0], first) == 0 &&
           (second == NULL || strcmp(words->at[1], second) == 0);
}

enum world_answer world_command(struct world *world, const char *line, struct mono now,
                                struct text *out, struct err *err)
{
    struct words words;
    const struct verb *verb;
    enum world_answer answer = WORLD_DONE;

    words_cut(&words, line);
    if (is_just(&words, "list", NULL)) {
        list(world, false, out);
    } else if (is_just(&words, "list", "all")) {
        list(world, true, out);
    } else if (is_just(&words, "counters", NULL)) {
        count(world, out);
    } else if (words.count > 0 && (verb = verb_find(words.at[0])) != NULL) {
        answer = run_verb(world, verb, &words, now, out, err);
    } else {
        err_set(err, "cut|restore|off|on|reboot CODE..., loss CODE... PERCENT, delay CODE... MS, "
                     "forge CODE... CLASS PERCENT, engine CODE... NUMBER, list [all], counters");
        answer = WORLD_USAGE;
    }
    words_free(&words);
    return answer;
}
