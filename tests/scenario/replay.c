/* SPDX-License-Identifier: ISC */
/* clang-format off */
/*
 * replay FILE.scn… - runs scenarios: what happens to the network, and what the database must come
 * to know.
 *
 *   poll every 60s timeout 2s down-after 3 up-after 3    before everything else; the defaults
 *        [years 100]                                   probes/detector.h; else misses are counted
 *   verify window 180s                                   ditto
 *   causes                                               causes are events, too
 *   pings                                                the prober may ping
 *   core CODE · site CODE under CODE…                    the plan
 *   feeder NAME CODE…                                    sites of one power feeder, after the plan
 *   reference NAME under CODE                            a reference target: no site, but a device
 *   at T CODE… silent|answers|cut|joined|loses N%        silent: forwards, cut: does not
 *   at T CODE… misses N|boots                            N round trips are lost; sysUpTime is 0
 *   at T CODE… off|on|agent-boots                        without power, and with it again; snmpEngineTime is 0
 *   at T CODE… own-clock|hostless|engineless             sysUpTime is the agent's; no hrSystemUptime; no engine time
 *   at T CODE… says TRAP                                 as probes/trap.h names it
 *   at T CODE… near|far                                  near: not cut off with the poller
 *   at T poller cut|joined                               nothing gets through to us
 *   at T unknown N                                       so many sites are unknown now
 *   at T from CODE to CODE …                             ditto for a run of sites of the plan
 *   at T crash|start|database away|database back|prober lost|prober back
 *   at T claim CODE · at T cancel CODE                   it is repaired, says somebody; never mind
 *   at T remove CODE                                     its device leaves the plan, or returns
 *   at T leave-out CODE…                                 its secret is gone, or is back
 *   expect A..B outage CODE root CODE since A..B [affected N]
 *   expect A..B mute|silent CODE since A..B              whether the one of the outage answers pings
 *   expect A..B restored CODE at A..B
 *   expect A..B guess CODE cause WORD [feeder NAME]      what is told of its cause is another
 *   expect A..B cause CODE proven WORD                   and what is proven at its end
 *   expect A..B flapping CODE since A..B                 and calm CODE at A..B, of its last change
 *   expect A..B blind poller since A..B                  since: the last answer before
 *   expect A..B sees poller at A..B                      at: the first answer after
 *   expect A..B proven CODE at A..B                      at: the first good probe
 *   expect A..B unproven CODE reason WORD
 *   expect at most N probes                              of the whole run
 *   run until T                                          else the last instant that is named
 *
 * T, A, B: durations since the start (90s, 5m, 2h). The daemon starts at 0. Whatever the database
 * came to know and no line expects fails the scenario, and so does an expectation that nothing met.
 */
/* clang-format on */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/base/text.h"
#include "tests/scenario/world.h"

#define WORDS_MAX 64
#define LINES_MAX 4096
#define UPTIME_US (INT64_C(30) * 86400 * US_PER_S) /* of every device in the beginning */

struct line {
    int number;
    int64_t at_ms;
    size_t word_count;
    char *words[WORDS_MAX];
    char text[1024];
};

static struct line lines[LINES_MAX];
static size_t line_count;
static int wrong_counts; /* of this script */
static const char *file_name;

static void die(const struct line *line, const char *what, const char *word)
{
    fprintf(stderr, "%s:%d: %s: %s\n", file_name, line->number, what, word);
    exit(2);
}

static int64_t duration(const struct line *line, const char *word)
{
    int64_t ms;

    if (strcmp(word, "0") == 0)
        return 0;
    if (!text_duration_ms(word, &ms))
        die(line, "not a duration", word);
    return ms;
}

/* "10s..20s" */
static void range(const struct line *line, const char *word, int64_t *from, int64_t *to)
{
    const char *dots = strstr(word, "..");
    char first[32] = "";

    if (dots == NULL || (size_t)(dots - word) >= sizeof first)
        die(line, "not a range A..B", word);
    memcpy(first, word, (size_t)(dots - word));
    *from = duration(line, first);
    *to = duration(line, dots + 2);
}

static const char *word(const struct line *line, size_t index)
{
    return index < line->word_count ? line->words[index] : "";
}

static bool is(const struct line *line, size_t index, const char *what)
{
    return strcmp(word(line, index), what) == 0;
}

static struct world_site *site(const struct line *line, const char *code)
{
    struct world_site *found = world_site(code);

    if (found == NULL)
        die(line, "no such site", code);
    return found;
}

/* ---- what happens ---- */

static void say(const struct line *line, struct world_site *site, const char *name)
{
    struct world *world = world_here();
    struct trap_hint hint = {.kind = TRAP_OTHER,
                             .at = {WORLD_EPOCH_US + world->now_us},
                             .devices = {(uint32_t)(site - world->sites) + 1},
                             .count = 1};

    while (strcmp(trap_kind_name(hint.kind), name) != 0)
        if (++hint.kind == TRAP_KIND_END)
            die(line, "no such trap", name);
    if (site->said_count == TRAP_HEARD_MOST)
        die(line, "it has said enough", name);
    site->said[site->said_count++] = (struct trap_heard){hint.kind, hint.at};
    outages_on_trap(&hint, world->outages);
}

static void set_site(const struct line *line, struct world_site *on, size_t verb)
{
    if (is(line, verb, "silent"))
        on->mute = true;
    else if (is(line, verb, "answers"))
        on->mute = on->cut = false;
    else if (is(line, verb, "cut"))
        on->cut = true;
    else if (is(line, verb, "joined"))
        on->cut = false;
    else if (is(line, verb, "near") || is(line, verb, "far"))
        on->near = is(line, verb, "near");
    else if (is(line, verb, "loses"))
        on->loss_percent = atoi(word(line, verb + 1));
    else if (is(line, verb, "misses"))
        on->lose = atoi(word(line, verb + 1));
    else if (is(line, verb, "boots"))
        on->booted_us = on->agent_us = world_here()->now_us;
    else if (is(line, verb, "agent-boots"))
        on->agent_us = world_here()->now_us;
    else if (is(line, verb, "own-clock"))
        on->own_clock = true;
    else if (is(line, verb, "hostless"))
        on->hostless = true;
    else if (is(line, verb, "engineless"))
        on->engineless = true;
    else if (is(line, verb, "says"))
        say(line, on, word(line, verb + 1));
    else if (is(line, verb, "off"))
        on->off = true;
    else if (is(line, verb, "on")) {
        on->off = false;
        on->booted_us = on->agent_us = world_here()->now_us;
    } else
        die(line, "not a verb", word(line, verb));
}

static void happen_to_sites(const struct line *line)
{
    size_t verb = line->word_count - 1;

    if (verb > 0 &&
        (is(line, verb - 1, "loses") || is(line, verb - 1, "misses") || is(line, verb - 1, "says")))
        verb--;
    if (is(line, 2, "from")) {
        struct world_site *first = site(line, word(line, 3));
        struct world_site *last = site(line, word(line, 5));

        for (struct world_site *on = first; on <= last; on++)
            set_site(line, on, verb);
        return;
    }
    for (size_t i = 2; i < verb; i++)
        set_site(line, site(line, word(line, i)), verb);
}

static void count_unknown(const struct line *line)
{
    struct outage_counts counts;

    outages_counts(world_here()->outages, &counts);
    if (counts.unknown == (size_t)atoi(word(line, 3)))
        return;
    fprintf(stderr, "%s:%d: %zu sites are unknown\n", file_name, line->number, counts.unknown);
    wrong_counts++;
}

static void happen(const struct line *line)
{
    if (is(line, 2, "poller"))
        world_here()->poller_cut = is(line, 3, "cut");
    else if (is(line, 2, "unknown"))
        count_unknown(line);
    else if (is(line, 2, "crash"))
        world_crash();
    else if (is(line, 2, "start"))
        world_start();
    else if (is(line, 2, "database"))
        world_database(is(line, 3, "away"));
    else if (is(line, 2, "prober"))
        world_prober(is(line, 3, "lost"));
    else if (is(line, 2, "claim") || is(line, 2, "cancel"))
        world_claim(site(line, word(line, 3)), is(line, 2, "claim"));
    else if (is(line, 2, "remove"))
        world_remove(site(line, word(line, 3)));
    else if (is(line, 2, "leave-out"))
        for (size_t i = 3; i < line->word_count; i++)
            world_leave_out(site(line, word(line, i)));
    else
        happen_to_sites(line);
}

static void set_up(const struct line *line)
{
    struct world *world = world_here();
    struct world_site *added;

    if (is(line, 0, "poll")) {
        world->policy.interval_ms = duration(line, word(line, 2));
        world->policy.timeout_ms = duration(line, word(line, 4));
        world->policy.misses_to_down = (uint32_t)atoi(word(line, 6));
        world->policy.answers_to_up = (uint32_t)atoi(word(line, 8));
        world->policy.false_down_years = (uint32_t)atoi(word(line, 10));
        return;
    }
    if (is(line, 0, "verify")) {
        world->window_ms = duration(line, word(line, 2));
        return;
    }
    if (is(line, 0, "causes")) {
        world->causes = true;
        return;
    }
    if (is(line, 0, "pings")) {
        world->pings = true;
        return;
    }
    if (is(line, 0, "feeder")) {
        for (size_t i = 2; i < line->word_count; i++)
            memccpy(site(line, word(line, i))->feeder, word(line, 1), '\0',
                    sizeof world->sites->feeder);
        return;
    }
    added = &world->sites[world->site_count++];
    added->booted_us = added->agent_us = -UPTIME_US;
    memccpy(added->code, word(line, 1), '\0', sizeof added->code);
    added->is_core = is(line, 0, "core");
    added->is_reference = is(line, 0, "reference");
    for (size_t i = 3; i < line->word_count; i++) {
        strncat(added->uplinks, i > 3 ? " " : "", sizeof added->uplinks - 1);
        strncat(added->uplinks, line->words[i], sizeof added->uplinks - 1 - strlen(added->uplinks));
    }
}

/* ---- what is expected ---- */

static bool within(int64_t ms, int64_t from, int64_t to)
{
    return ms >= from && ms <= to;
}

static bool matches(const struct line *line, const struct world_event *event)
{
    bool outage = is(line, 2, "outage");
    int64_t from, to, of_from, of_to;

    range(line, word(line, 1), &from, &to);
    if (event->expected || strcmp(event->what, word(line, 2)) != 0 ||
        strcmp(event->site, word(line, 3)) != 0)
        return false;
    if (is(line, 2, "unproven"))
        return strcmp(event->reason, word(line, 5)) == 0 && within(event->at_ms, from, to);
    if (is(line, 2, "guess") || is(line, 2, "cause"))
        return strcmp(event->reason, word(line, 5)) == 0 &&
               strcmp(event->root, word(line, 7)) == 0 && within(event->at_ms, from, to);
    range(line, word(line, outage ? 7 : 5), &of_from, &of_to);
    if (outage && strcmp(event->root, word(line, 5)) != 0)
        return false;
    if (outage && is(line, 8, "affected") && event->affected != (size_t)atoi(word(line, 9)))
        return false;
    return within(event->at_ms, from, to) && within(event->of_ms, of_from, of_to);
}

static int check_line(const struct line *line)
{
    struct world *world = world_here();

    if (is(line, 1, "at")) {
        if (world->probes <= (uint64_t)atoll(word(line, 3)))
            return 0;
        fprintf(stderr, "%s:%d: %" PRIu64 " probes were sent\n", file_name, line->number,
                world->probes);
        return 1;
    }
    for (size_t i = 0; i < world->event_count; i++) {
        if (matches(line, &world->events[i])) {
            world->events[i].expected = true;
            return 0;
        }
    }
    fprintf(stderr, "%s:%d: did not come true: %s\n", file_name, line->number, line->text);
    return 1;
}

static int check(void)
{
    struct world *world = world_here();
    int wrong = wrong_counts;

    for (size_t i = 0; i < line_count; i++)
        if (is(&lines[i], 0, "expect"))
            wrong += check_line(&lines[i]);
    for (size_t i = 0; i < world->event_count; i++) {
        const struct world_event *event = &world->events[i];

        if (event->expected && wrong == 0)
            continue;
        fprintf(stderr, "%s: %s: at %.3fs %s %s root %s since/at %.3fs affected %zu %s\n",
                file_name, event->expected ? "came true" : "not expected",
                (double)event->at_ms / 1000.0, event->what, event->site, event->root,
                (double)event->of_ms / 1000.0, event->affected, event->reason);
        wrong += !event->expected;
    }
    return wrong;
}

/* ---- reading ---- */

static void split(struct line *line, char *copy)
{
    char *rest = copy;
    char *next;

    while ((next = strsep(&rest, " \t\n")) != NULL)
        if (*next != '\0' && line->word_count < WORDS_MAX)
            line->words[line->word_count++] = next;
}

static void read_script(const char *path, char *copies[LINES_MAX])
{
    FILE *file = fopen(path, "r");
    char text[1024];
    int number = 0;

    if (file == NULL) {
        perror(path);
        exit(2);
    }
    line_count = 0;
    while (fgets(text, sizeof text, file) != NULL) {
        struct line *line = &lines[line_count];

        number++;
        text[strcspn(text, "#\n")] = '\0';
        *line = (struct line){.number = number};
        memcpy(line->text, text, sizeof text);
        copies[line_count] = strdup(text);
        split(line, copies[line_count]);
        if (line->word_count == 0) {
            free(copies[line_count]);
            continue;
        }
        line->at_ms = is(line, 0, "at") ? duration(line, word(line, 1)) : 0;
        line_count++;
    }
    fclose(file);
}

static int64_t last_instant(void)
{
    int64_t last = 0;

    for (size_t i = 0; i < line_count; i++) {
        int64_t from = 0, to = lines[i].at_ms;

        if (is(&lines[i], 0, "run"))
            to = duration(&lines[i], word(&lines[i], 2));
        else if (is(&lines[i], 0, "expect") && !is(&lines[i], 1, "at"))
            range(&lines[i], word(&lines[i], 1), &from, &to);
        if (to > last)
            last = to;
    }
    return last;
}

static int replay(const char *path)
{
    static char *copies[LINES_MAX];
    int wrong;

    file_name = path;
    wrong_counts = 0;
    read_script(path, copies);
    world_open();
    for (size_t i = 0; i < line_count; i++)
        if (!is(&lines[i], 0, "at") && !is(&lines[i], 0, "expect") && !is(&lines[i], 0, "run"))
            set_up(&lines[i]);
    world_start();
    for (size_t i = 0; i < line_count; i++) {
        if (!is(&lines[i], 0, "at"))
            continue;
        world_run_until(lines[i].at_ms);
        happen(&lines[i]);
    }
    world_run_until(last_instant());
    wrong = check();
    world_close();
    for (size_t i = 0; i < line_count; i++)
        free(copies[i]);
    return wrong;
}

int main(int argc, char **argv)
{
    int wrong = 0;

    log_set_level(getenv("KT_VERBOSE") == NULL ? LOG_LEVEL_WARN : LOG_LEVEL_DEBUG);
    for (int i = 1; i < argc; i++) {
        int failed = replay(argv[i]);

        printf("%s %s\n", failed == 0 ? "ok  " : "FAIL", argv[i]);
        wrong += failed;
    }
    return wrong == 0 ? 0 : 1;
}
