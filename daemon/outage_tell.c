/* SPDX-License-Identifier: ISC */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/json.h"
#include "daemon/base/log.h"
#include "daemon/loop.h"
#include "daemon/outage_inside.h"
#include "sql/store.h"

#define STATES_EVERY_MS 1000
#define BROKEN_RETRY_MS 5000
#define OWED_MOST       512  /* statements under way: no turn sends more, none waits for more */
#define STATES_AT_ONCE  2000 /* in one statement */

struct fault_wait {
    struct outages *outages;
    char code[TOPOLOGY_CODE_MAX];
    struct wall first_bad;
};

static void on_fault_reported(const struct store_status *status,
                              const struct store_fault_answer *answer, void *arg)
{
    struct fault_wait *wait = arg;
    struct outages *outages = wait->outages;
    size_t index = topology_index(roster_topology(outages->roster), wait->code);
    struct spans *spans =
        index == TOPOLOGY_NONE ? NULL : &roster_site(outages->roster, index)->spans;

    outages->owed--;
    switch (status->rc) {
    case STORE_OK:
        log_info("outage.confirmed", "site=%s outcome=%s ticket=%" PRId64, wait->code,
                 answer->outcome, answer->ticket);
        if (spans != NULL)
            spans_settled(spans, wait->first_bad, true);
        break;
    case STORE_REFUSED:
        log_error("outage.refused", "site=%s reason=\"%s\"", wait->code, status->words);
        if (spans != NULL)
            spans_drop(spans, wait->first_bad);
        break;
    case STORE_BROKEN:
        outages->report_not_before = mono_add_ms(loop_mono(outages->loop), BROKEN_RETRY_MS);
        if (spans != NULL)
            spans_settled(spans, wait->first_bad, false);
        break;
    case STORE_UNREACHABLE:
    case STORE_RC_END:
        if (spans != NULL)
            spans_settled(spans, wait->first_bad, false);
        break;
    }
    free(wait);
    if (index != TOPOLOGY_NONE)
        outages_touch(outages, index);
    if (outages->owed == OWED_MOST / 2) /* the next ones, before the database has nothing to do */
        outages_arm(outages, loop_mono(outages->loop));
    else
        outages_arm_soon(outages);
}

/* What one device said about the time of the outage, as functions/evidence_add.sql takes it; its
 * last piece leaves the list open. */
static void add_evidence(const struct outages *outages, uint32_t device_id, const struct span *span,
                         struct text *out)
{
    struct trap_heard heard[TRAP_HEARD_MOST];
    size_t count = probers_heard_traps(outages->probers, device_id,
                                       wall_add_ms(span->first_bad, -EVIDENCE_BEFORE_MS),
                                       wall_add_ms(span->detected, EVIDENCE_AFTER_MS), heard);

    for (size_t i = 0; i < count; i++) {
        char at[WALL_TEXT_MAX];

        if (!trap_kind_tells(heard[i].kind))
            continue;
        wall_format(heard[i].at, at);
        text_addf(out, "%s{\"source\":\"trap\",\"what\":\"%s\",\"at\":\"%s\"}",
                  out->bytes == 0 ? "[" : ",", trap_kind_name(heard[i].kind), at);
    }
}

/* The site's devices: its gateway, and those beside it, of which a UPS knows more of the power. */
static void gather_evidence(const struct outages *outages, size_t index, const struct span *span,
                            struct text *out)
{
    uint32_t beside[BESIDE_HEARD_MOST];
    size_t count = roster_beside(outages->roster, index, beside, BESIDE_HEARD_MOST);

    add_evidence(outages, roster_site(outages->roster, index)->device_id, span, out);
    for (size_t i = 0; i < count; i++)
        add_evidence(outages, beside[i], span, out);
    if (out->bytes > 0)
        text_add(out, "]");
}

/* It was back, and is silent again. */
static void doubt_cover(struct outages *outages, size_t index)
{
    if (spans_current(&roster_site(outages->roster, index)->spans) != NULL)
        outages_cover_doubt(outages);
}

static void report(struct outages *outages, size_t index, struct span *span)
{
    struct fault_wait *wait = calloc(1, sizeof *wait);
    struct store_fault fault = {.site = roster_code(outages->roster, index),
                                .root = roster_code(outages->roster, span->root),
                                .last_good = span->last_good,
                                .first_bad = span->first_bad,
                                .detected = span->detected,
                                .restored = span->restored};
    const bool answers_ping = span->ping == LINK_PING_ANSWERS;
    const char **codes = NULL;
    struct text evidence = {0}, cause = {0};

    if (span->ping != LINK_PING_UNKNOWN)
        fault.answers_ping = &answers_ping;
    if (wait == NULL)
        abort();
    *wait = (struct fault_wait){.outages = outages, .first_bad = span->first_bad};
    memcpy(wait->code, fault.site, strlen(fault.site) + 1);
    if (wall_is_set(span->restored))
        doubt_cover(outages, index);
    else if (span->root == index)
        codes = outages_cover_tell(outages, index, &fault.affected_count);
    fault.affected = codes;
    gather_evidence(outages, index, span, &evidence);
    if (evidence.bytes > 0)
        fault.evidence = text_get(&evidence);
    outages_cause_print(outages, index, span, &cause);
    fault.cause = text_get(&cause);
    span->sent = span->revision;
    outages->owed++;
    store_fault_report(outages->conn, &fault, loop_wall(outages->loop), on_fault_reported, wait);
    text_free(&evidence);
    text_free(&cause);
    free(codes);
}

static void report_site(struct outages *outages, size_t index, bool own)
{
    struct spans *spans = &roster_site(outages->roster, index)->spans;

    for (size_t i = 0; i < spans->count; i++)
        if (span_is_due(&spans->at[i]) && (spans->at[i].root == index) == own)
            report(outages, index, &spans->at[i]);
}

/* Roots first: a site that is affected joins the ticket that its root has opened. */
static void report_some(struct outages *outages, size_t most)
{
    size_t index;

    while (outages->owed < most && marks_pop(&outages->roots, &index))
        report_site(outages, index, true);
    while (outages->owed < most && marks_pop(&outages->others, &index))
        report_site(outages, index, false);
}

static void on_states_told(const struct store_status *status, void *arg)
{
    struct outages *outages = arg;

    outages->owed--;
    outages->states_under_way = false;
    if (status->rc != STORE_OK) {
        for (size_t i = 0; i < roster_count(outages->roster); i++) {
            roster_site(outages->roster, i)->state_told = false;
            outages_touch(outages, i);
        }
    }
    if (outages->untold.count > 0)
        outages_arm(outages, outages->states_not_before);
}

static void add_state(struct outages *outages, size_t index, struct js *states)
{
    struct site *site = roster_site(outages->roster, index);
    struct js *state = js_object();
    char since[WALL_TEXT_MAX];

    wall_format(site->since, since);
    js_set_text(state, "site", roster_code(outages->roster, index));
    js_set_text(state, "state", roster_state_word(outages->roster, index));
    js_set_text(state, "since", wall_is_set(site->since) ? since : NULL);
    js_push(states, state);
    site->state_told = true;
}

/* What there is no room for is told as soon as this has been. */
static void tell_states(struct outages *outages, struct mono now)
{
    struct js *states = js_array();
    struct text printed = {0};
    size_t index;

    while (js_count(states) < STATES_AT_ONCE && marks_pop(&outages->untold, &index)) {
        const struct site *site = roster_site(outages->roster, index);

        if (site->spoken_of && !site->state_told)
            add_state(outages, index, states);
    }
    if (js_count(states) > 0) {
        js_print(states, 0, &printed);
        outages->states_under_way = true;
        outages->states_not_before =
            outages->untold.count > 0 ? now : mono_add_ms(now, STATES_EVERY_MS);
        outages->owed++;
        store_state_report(outages->conn, text_get(&printed), loop_wall(outages->loop),
                           on_states_told, outages);
    }
    text_free(&printed);
    js_free(states);
}

static void tell(struct outages *outages, struct mono now, size_t most)
{
    if (!outages->database_up || outages->stopping)
        return;
    if (outages->report_not_before.us > now.us)
        outages_arm(outages, outages->report_not_before);
    else {
        outages_flap_tell(outages);
        report_some(outages, most);
    }
    if (outages->states_under_way || outages->untold.count == 0 ||
        outages->sight != SIGHT_SEES) /* what the database has stands for as long */
        return;
    if (outages->states_not_before.us > now.us)
        outages_arm(outages, outages->states_not_before);
    else
        tell_states(outages, now);
}

void outages_tell(struct outages *outages, struct mono now)
{
    tell(outages, now, OWED_MOST);
}

void outages_tell_all(struct outages *outages, struct mono now)
{
    tell(outages, now, SIZE_MAX);
}

bool outages_told_sites(struct outages *outages, const struct store_status *status,
                        const char *json,
                        void (*take)(struct outages *outages, size_t index, const struct js *told))
{
    struct err err;
    struct js *sites =
        status->rc == STORE_OK && json != NULL ? js_parse(json, strlen(json), &err) : NULL;

    outages->owed--;
    for (size_t i = 0; i < js_count(sites) && outages->roster != NULL; i++) {
        const struct js *told = js_at(sites, i);
        size_t index = topology_index(roster_topology(outages->roster), js_text(told, "site", ""));

        if (index != TOPOLOGY_NONE)
            take(outages, index, told);
    }
    js_free(sites);
    return status->rc == STORE_OK;
}
