/* SPDX-License-Identifier: ISC */
#include "tests/integration/rig_check.h"

#include <stdio.h>
#include <string.h>

#include "tests/integration/rig_parts.h"

#define TRUTHS_MAX 256
/* A silence shorter than this may pass unseen: three misses of the rig's usual poll take as long.
 */
#define SEEN_MS 4000
/* On top of the poll interval: scheduling on a loaded machine. */
#define SLACK_MS 1000
/* An answer that left before the silence began is heard a little later. */
#define ON_THE_WAY_MS 250
/* Nobody watches between a kill -9 and the next life's first probe. */
#define BLIND_MS 6000

/* One silence, as the fleet made it. */
struct truth {
    char site[64];
    struct wall began;
    struct wall ended; /* unset while it lasts */
    unsigned outages;  /* found for it in the database */
};

struct history {
    struct truth truths[TRUTHS_MAX];
    size_t count;
};

/* One line per thing that is not as it should be. */
__attribute__((format(printf, 2, 3))) static void complain(struct text *complaints,
                                                           const char *format, ...)
{
    char words[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    text_addf(complaints, "%s\n", words);
}

static struct truth *open_truth(struct history *history, const char *site)
{
    for (size_t i = history->count; i > 0; i--)
        if (strcmp(history->truths[i - 1].site, site) == 0)
            return wall_is_set(history->truths[i - 1].ended) ? NULL : &history->truths[i - 1];
    return NULL;
}

/* "2026-11-24T02:00:00.000000Z 33.14.01 silent behind 33.14"; commands are passed over. */
static void truth_line(struct rig *rig, struct history *history, const char *line)
{
    char time[WALL_TEXT_MAX], site[64], word[16];
    struct truth *open;
    struct wall at;

    if (sscanf(line, "%39s %63s %15s", time, site, word) != 3 || !wall_parse(time, &at))
        rig_fail(rig, "the fleet's log is not understood: %s", line);
    open = open_truth(history, site);
    if (strcmp(word, "silent") == 0 && open == NULL && strcmp(site, CORE) != 0) {
        if (history->count == TRUTHS_MAX)
            rig_fail(rig, "more than %d silences in one test", TRUTHS_MAX);
        open = &history->truths[history->count++];
        *open = (struct truth){.began = at};
        memcpy(open->site, site, sizeof site);
    } else if (strcmp(word, "answers") == 0 && open != NULL) {
        open->ended = at;
    }
}

static void truths_read(struct rig *rig, struct history *history)
{
    struct text *log = rig_keep(rig);
    char *rest, *line;

    file_read(rig_path(rig, "fleet.log"), 0, log);
    rest = log->at;
    while (rest != NULL && (line = strsep(&rest, "\n")) != NULL)
        if (*line != '\0')
            truth_line(rig, history, line);
}

/* -- outages -- */

struct outage {
    char site[64];
    long long last_good_us; /* 0: not known */
    long long first_bad_us;
    long long restored_us; /* 0: lasts */
};

static int64_t slack_ms(struct rig *rig)
{
    return (rig->poll_ms == 0 ? 500 : rig->poll_ms) + SLACK_MS + (rig->kills > 0 ? BLIND_MS : 0);
}

static bool within(int64_t us, struct wall truth, int64_t early_ms, int64_t late_ms)
{
    int64_t off = us - truth.us;

    return off >= -early_ms * US_PER_MS && off <= late_ms * US_PER_MS;
}

static void judge_outage(struct rig *rig, struct history *history, const struct outage *outage,
                         struct text *out)
{
    struct truth *truth = NULL;
    int64_t slack = slack_ms(rig);

    /* The last silence that it can be about: in order, so a later one replaces an earlier one. */
    for (size_t i = 0; i < history->count; i++)
        if (strcmp(history->truths[i].site, outage->site) == 0 &&
            within(outage->first_bad_us, history->truths[i].began, SLACK_MS, slack))
            truth = &history->truths[i];
    if (truth == NULL) {
        complain(out, "phantom: an outage of %s from %lld µs without a silence there and then",
                 outage->site, outage->first_bad_us);
        return;
    }
    truth->outages++;
    if (outage->last_good_us > truth->began.us + ON_THE_WAY_MS * US_PER_MS)
        complain(out, "%s: last_good %lld is after the silence began, %lld", outage->site,
                 outage->last_good_us, (long long)truth->began.us);
    if (outage->restored_us == 0 && wall_is_set(truth->ended))
        complain(out, "lost: %s answers again and its outage is still open", outage->site);
    if (outage->restored_us != 0 &&
        (!wall_is_set(truth->ended) || !within(outage->restored_us, truth->ended, 100, slack)))
        complain(out, "%s: restored_at %lld, but it answered from %lld on", outage->site,
                 outage->restored_us, (long long)truth->ended.us);
}

static void judge_outages(struct rig *rig, struct history *history, struct text *out)
{
    const char *rows =
        rig_sql(rig, "select string_agg(format('%%s %%s %%s %%s', site,"
                     " coalesce((extract(epoch from last_good) * 1000000)::bigint, 0),"
                     " (extract(epoch from first_bad) * 1000000)::bigint,"
                     " coalesce((extract(epoch from restored_at) * 1000000)::bigint, 0)), E'\\n')"
                     " from kentongan.outage");
    struct outage outage;

    while (sscanf(rows, "%63s %lld %lld %lld", outage.site, &outage.last_good_us,
                  &outage.first_bad_us, &outage.restored_us) == 4) {
        judge_outage(rig, history, &outage, out);
        rows += strcspn(rows, "\n");
        rows += *rows == '\n';
    }
    for (size_t i = 0; i < history->count; i++) {
        const struct truth *truth = &history->truths[i];
        struct wall until = wall_is_set(truth->ended) ? truth->ended : wall_now();

        if (truth->outages > 1)
            complain(out, "doubled: one silence of %s is %u outages", truth->site, truth->outages);
        if (truth->outages == 0 && wall_diff_ms(until, truth->began) >= SEEN_MS + slack_ms(rig))
            complain(out, "lost: a silence of %s is no outage", truth->site);
    }
}

/* -- tickets: rules that each are a query without a row -- */

static const struct {
    const char *rule;
    const char *breaches;
} rules[] = {
    {"every outage that is its own root has that root's ticket",
     "select o.id from kentongan.outage o left join kentongan.ticket t on t.id = o.ticket"
     " where o.site = o.root and (t.id is null or (t.root <> o.site and t.feeder is null))"},
    {"an affected outage hangs on its root's ticket or none",
     "select o.id from kentongan.outage o join kentongan.ticket t on t.id = o.ticket"
     " where o.site <> o.root and t.root <> o.root and t.feeder is null"},
    {"every ticket has an outage of its root or had one that moved",
     "select t.id from kentongan.ticket t where kind <> 'degraded' and not exists"
     " (select from kentongan.outage o where o.root = t.root and o.site = t.root)"},
    {"one open ticket per root, and one for what is degraded",
     "select root from kentongan.ticket t join kentongan.ticket_state s using (state)"
     " where s.is_open group by root, t.kind = 'degraded' having count(*) > 1"},
    {"a restored ticket's root answers",
     "select t.id from kentongan.ticket t join kentongan.outage o on o.ticket = t.id"
     " where t.restored_at is not null and o.site = o.root and o.restored_at is null"},
    {"the chain of events fits", "select ticket from kentongan.event_verify(null)"},
    {"one ticket.opened and at most one ticket.offered per ticket and endpoint",
     "select ticket from kentongan.notification where type in ('ticket.opened', 'ticket.offered')"
     " group by ticket, endpoint, type having count(*) > 1"},
    {"every ticket was told to the own team",
     "select t.id from kentongan.ticket t where not exists (select from kentongan.notification n"
     " where n.ticket = t.id and n.type = 'ticket.opened')"},
};

static void judge_rules(struct rig *rig, struct text *out)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const char *breach = rig_sql(rig, "%s", rules[i].breaches);

        if (*breach != '\0')
            complain(out, "%s: not so for %s", rules[i].rule, breach);
    }
}

/* -- notifications -- */

static void judge_hook(struct rig *rig, const struct hooks *hooks, size_t at, struct text *out)
{
    const struct rig_hook *hook = &hooks->at[at];
    unsigned taken = 0;

    if (!hook->verified)
        complain(out, "%s: its signature is not right", hook->id);
    if (strcmp(rig_sql(rig, "select count(*) from kentongan.notification where message_id = '%s'",
                       hook->id),
               "1") != 0)
        complain(out, "%s was received, but nobody owed it", hook->id);
    for (size_t i = 0; i <= at; i++) {
        if (strcmp(hooks->at[i].id, hook->id) != 0)
            continue;
        taken += hooks->at[i].taken;
        if (strcmp(hooks->at[i].body, hook->body) != 0)
            complain(out, "%s was sent with two bodies", hook->id);
    }
    if (taken > 1 + rig->kills)
        complain(out, "doubled: %s was taken %u times", hook->id, taken);
}

static void judge_hooks(struct rig *rig, struct text *out)
{
    const struct hooks *hooks = rig_hooks_read(rig);
    const char *ids = rig_sql(rig, "select string_agg(message_id, ' ') from kentongan.notification"
                                   " where state = 'delivered'");
    char id[64];

    for (size_t i = 0; i < hooks->count; i++)
        judge_hook(rig, hooks, i, out);
    while (sscanf(ids, "%63s", id) == 1) {
        bool taken = false;

        for (size_t i = 0; i < hooks->count && !taken; i++)
            taken = hooks->at[i].taken && strcmp(hooks->at[i].id, id) == 0;
        if (!taken)
            complain(out, "lost: %s counts as delivered, but no receiver took it", id);
        ids += strcspn(ids, " ");
        ids += *ids == ' ';
    }
}

struct wall rig_truth(struct rig *rig, const char *site, const char *word)
{
    const char *line = rig_read(rig, "fleet.log");
    char time[WALL_TEXT_MAX], of[64], what[16];
    struct wall at = {0};

    for (; *line != '\0'; line += *line == '\n') {
        if (sscanf(line, "%39s %63s %15s", time, of, what) == 3 && strcmp(of, site) == 0 &&
            strcmp(what, word) == 0 && !wall_parse(time, &at))
            rig_fail(rig, "the fleet's log is not understood: %s", line);
        line += strcspn(line, "\n");
    }
    if (!wall_is_set(at))
        rig_fail(rig, "the fleet never wrote down %s %s", site, word);
    return at;
}

const char *rig_judge(struct rig *rig)
{
    /* Too large for the stack, and a test that fails does not come back to free it. */
    static struct history history;
    struct text *out = rig_keep(rig);

    history.count = 0;
    truths_read(rig, &history);
    judge_outages(rig, &history, out);
    judge_rules(rig, out);
    judge_hooks(rig, out);
    return text_get(out);
}

void rig_check(struct rig *rig)
{
    const char *complaints;

    rig_wait_sql(rig, "0",
                 "select count(*) from kentongan.notification"
                 " where state not in ('delivered', 'superseded')");
    complaints = rig_judge(rig);
    if (*complaints != '\0')
        rig_fail(rig, "the record is not the truth: %s", complaints);
}
