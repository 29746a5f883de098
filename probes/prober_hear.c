/* SPDX-License-Identifier: ISC */
/* What a child says, told on to whoever waits for it. */
#include "probes/prober_inside.h"

#include "probes/frame_reading.h"

static bool hear_changes(struct prober *prober, const struct frame *frame)
{
    for (size_t i = 0; i < frame->count; i++) {
        struct link_change change;

        if (!frame_get_change(frame, i, &change))
            return false;
        if (plan_copy_hear(prober->copy, &change) && !prober->stopping)
            prober->callbacks->on_change(&change, prober->arg);
    }
    return true;
}

static bool hear_verdicts(struct prober *prober, const struct frame *frame)
{
    for (size_t i = 0; i < frame->count; i++) {
        struct verify_verdict verdict;

        if (!frame_get_verdict(frame, i, &verdict))
            return false;
        if (verify_copy_hear(prober->trials, &verdict) && !prober->stopping)
            prober->callbacks->on_verified(&verdict, prober->arg);
    }
    return true;
}

static bool hear_readings(struct prober *prober, const struct frame *frame)
{
    for (size_t i = 0; i < frame->count; i++) {
        struct reading_report report;

        if (!frame_get_reading(frame, i, &report))
            return false;
        if (prober->callbacks->on_reading != NULL)
            prober->callbacks->on_reading(&report, prober->arg);
    }
    return true;
}

static bool hear_rollups(struct prober *prober, const struct frame *frame)
{
    for (size_t i = 0; i < frame->count; i++) {
        struct rollup_record record;

        if (!frame_get_rollup(frame, i, &record))
            return false;
        if (prober->callbacks->on_rollup != NULL)
            prober->callbacks->on_rollup(&record, prober->arg);
    }
    return true;
}

static bool hear_learned(struct prober *prober, const struct frame *frame)
{
    for (size_t i = 0; i < frame->count; i++) {
        struct learned_news news;

        if (!frame_get_learned(frame, i, &news))
            return false;
        if (plan_copy_learn(prober->copy, &news) && prober->callbacks->on_learned != NULL)
            prober->callbacks->on_learned(&news, prober->arg);
    }
    return true;
}

static bool hear_agents(struct prober *prober, const struct frame *frame)
{
    for (size_t i = 0; i < frame->count; i++) {
        struct agent_news news;

        if (!frame_get_agent(frame, i, &news))
            return false;
        agent_book_hear(prober->agents, &news);
        if (prober->callbacks->on_agent != NULL && !prober->stopping)
            prober->callbacks->on_agent(&news, prober->arg);
    }
    return true;
}

static bool hear_ready(struct prober *prober, const struct frame *frame)
{
    uint32_t serial;

    if (!frame_get_number(frame, 0, &serial))
        return false;
    if (serial != plan_copy_serial(prober->copy) || prober->stopping)
        return true; /* an older plan; the newer is on its way */
    prober->ready = true;
    prober->callbacks->on_ready(prober->arg);
    return true;
}

static bool hear_traps(struct prober *prober, const struct frame *frame)
{
    if (!prober->listens && (prober->traps == NULL || frame->type != FRAME_TRAP_PROVEN))
        return false;
    if (prober->stopping)
        return true;
    if (frame->type == FRAME_TRAP_PROVEN)
        return trap_parent_hear_proven(prober->traps, frame);
    if (!trap_parent_hear(prober->traps, frame))
        return false;
    prober_send(prober); /* answers to informs */
    return true;
}

bool prober_hear(struct prober *prober, size_t bytes)
{
    const struct frame *frame = &prober->in;

    if (!frame_open(&prober->in, bytes))
        return false;
    switch (frame->type) {
    case FRAME_READY:
        return hear_ready(prober, frame);
    case FRAME_CHANGES:
        return hear_changes(prober, frame);
    case FRAME_VERDICTS:
        return hear_verdicts(prober, frame);
    case FRAME_READINGS:
        return hear_readings(prober, frame);
    case FRAME_ROLLUPS:
        return hear_rollups(prober, frame);
    case FRAME_LEARNED:
        return hear_learned(prober, frame);
    case FRAME_AGENTS:
        return hear_agents(prober, frame);
    case FRAME_TRAPS:
    case FRAME_TRAPS_RAW:
    case FRAME_TRAP_PROVEN:
    case FRAME_TRAP_BEAT:
        return hear_traps(prober, frame);
    case FRAME_BEAT:
        return frame_get_counters(frame, 0, &prober->last);
    case FRAME_PLAN_BEGIN:
    case FRAME_PLAN_CREDENTIALS:
    case FRAME_PLAN_DEVICES:
    case FRAME_PLAN_COMMIT:
    case FRAME_PROBE_NOW:
    case FRAME_VERIFY:
    case FRAME_VERIFY_CANCEL:
    case FRAME_PROFILES:
    case FRAME_AGENTS_KNOWN:
    case FRAME_TRAP_LISTEN:
    case FRAME_TRAP_ANSWER:
    case FRAME_TRAP_REPLY:
    case FRAME_TRAP_ORDERS:
    case FRAME_RENEW:
    case FRAME_STOP:
    case FRAME_TYPE_END:
        break;
    }
    return false;
}
