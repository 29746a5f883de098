/* SPDX-License-Identifier: ISC */
#include "probes/verify.h"

#include <assert.h>

#include "probes/loss.h"

#define TICKS_PER_S       100 /* TimeTicks of SMIv2 [RFC 2578, 7.1.8] */
#define UPTIME_WRAP       (INT64_C(1) << 32)
#define BOOT_TOLERANCE_MS 2000 /* answers travel, and agents round */
#define MS_PER_TICK       (1000 / TICKS_PER_S)
#define LAST_PROBES_MS    10000

static const char *const reason_names[VERIFY_REASON_END] = {
    [VERIFY_OK] = "ok",           [VERIFY_SILENT] = "silent",
    [VERIFY_LOSSY] = "lossy",     [VERIFY_REBOOTED] = "rebooted",
    [VERIFY_FLAPPED] = "flapped", [VERIFY_INTERRUPTED] = "interrupted",
};

const char *verify_reason_name(enum verify_reason reason)
{
    assert(reason >= VERIFY_OK && reason < VERIFY_REASON_END);
    return reason_names[reason];
}

int64_t verify_lasts_ms(int64_t window_ms)
{
    return window_ms + window_ms / 2 + LAST_PROBES_MS;
}

int64_t verify_gap_ms(const struct verify_order *order)
{
    int64_t tenth_ms = order->window_ms / VERIFY_PROBES_LEAST;

    if (tenth_ms < 1)
        return 1;
    return tenth_ms < VERIFY_GAP_MS ? tenth_ms : VERIFY_GAP_MS;
}

void verify_begin(struct verify *verify, const struct verify_order *order, uint32_t usual_ppm,
                  struct mono now)
{
    assert(order->window_ms > 0);
    *verify = (struct verify){
        .order = *order, .ordered_at = now, .usual_ppm = usual_ppm, .uptime_ticks = -1};
}

static void judge(const struct verify *verify, enum verify_reason reason,
                  struct verify_verdict *verdict)
{
    uint32_t sent = verify->counting ? verify->sent : verify->all_sent;

    *verdict = (struct verify_verdict){
        .ticket = verify->order.ticket,
        .device_id = verify->order.device_id,
        .serial = verify->order.serial,
        .reason = reason,
        .first_good = reason == VERIFY_OK ? verify->first_good : (struct wall){0},
        .sent = sent,
        .lost = verify->counting ? verify->lost : verify->all_lost,
        .usual_ppm = verify->usual_ppm,
        .limit_ppm = loss_limit_ppm(verify->usual_ppm, sent > 0 ? sent : 1),
        .window_ms = verify->order.window_ms,
    };
}

void verify_interrupt(const struct verify *verify, struct verify_verdict *verdict)
{
    judge(verify, VERIFY_INTERRUPTED, verdict);
}

/* Silence before the window is waited out for half of it, and for ten probes. */
static bool may_wait(const struct verify *verify, struct mono now)
{
    return verify->all_sent < VERIFY_PROBES_LEAST ||
           2 * mono_diff_ms(now, verify->ordered_at) <= verify->order.window_ms;
}

static void begin_window(struct verify *verify, const struct verify_probe *probe)
{
    verify->counting = true;
    verify->begun_at = probe->at;
    verify->first_good = probe->at_wall;
    verify->sent = verify->lost = 0;
    verify->uptime_ticks = -1;
}

/* Did the uptime go on where it was, over its wrap after 2^32 hundredths of a second (497 days)? */
static bool goes_on(const struct verify *verify, const struct verify_probe *probe)
{
    int64_t passed = mono_diff_ms(probe->at, verify->uptime_at) / MS_PER_TICK;
    int64_t off = (verify->uptime_ticks + passed - probe->uptime_ticks) % UPTIME_WRAP;

    if (off < 0)
        off += UPTIME_WRAP;
    if (off > UPTIME_WRAP / 2)
        off = UPTIME_WRAP - off;
    return off * MS_PER_TICK <= BOOT_TOLERANCE_MS;
}

/*
 * Did the device boot since the window began? The wall clock is not asked: it may be set meanwhile.
 * Nor is snmpEngineTime: when that alone begins anew, only the agent did [RFC 3414, 2.2.2].
 */
static bool booted(struct verify *verify, const struct verify_probe *probe)
{
    if (probe->uptime_ticks < 0)
        return false;
    if (verify->uptime_ticks < 0) {
        verify->uptime_ticks = probe->uptime_ticks;
        verify->uptime_at = probe->at;
    } else if (goes_on(verify, probe)) {
        return false;
    }
    return probe->uptime_ticks * MS_PER_TICK + BOOT_TOLERANCE_MS <
           mono_diff_ms(probe->at, verify->begun_at);
}

/* How many probes the window can have at its end, as it looks now. */
static uint32_t sent_at_most(const struct verify *verify, const struct verify_probe *probe)
{
    int64_t left_ms = verify->order.window_ms - mono_diff_ms(probe->at, verify->begun_at);
    int64_t most = verify->sent + 1;

    if (left_ms > 0)
        most += left_ms / probe->gap_least_ms + 1;
    return (uint32_t)(most > VERIFY_PROBES_LEAST ? most : VERIFY_PROBES_LEAST);
}

/* The window counts this probe. */
static void count(struct verify *verify, const struct verify_probe *probe)
{
    verify->sent++;
    verify->lost += !probe->answered;
    if (probe->effect == LINK_FX_BEGINS)
        verify->doom = VERIFY_FLAPPED;
    if (verify->doom != 0)
        return;
    if (probe->answered && booted(verify, probe))
        verify->doom = VERIFY_REBOOTED;
    else if (!loss_is_usual(verify->usual_ppm, sent_at_most(verify, probe), verify->lost))
        verify->doom = VERIFY_LOSSY;
}

/* It answered, and fell silent again before the link counted as up: that was no beginning. */
static bool was_in_passing(const struct verify *verify, const struct verify_probe *probe)
{
    return verify->counting && verify->doom == 0 && !probe->answered && probe->state == LINK_DOWN &&
           probe->effect != LINK_FX_BEGINS && may_wait(verify, probe->at);
}

static bool window_is_over(const struct verify *verify, struct mono now)
{
    return verify->sent >= VERIFY_PROBES_LEAST &&
           mono_diff_ms(now, verify->begun_at) >= verify->order.window_ms;
}

/* 0: the trial goes on. */
static enum verify_reason outcome(const struct verify *verify, struct mono now)
{
    if (verify->all_sent < VERIFY_PROBES_LEAST)
        return 0;
    if (!verify->counting && !may_wait(verify, now))
        return verify->heard ? VERIFY_LOSSY : VERIFY_SILENT;
    if (verify->doom != 0)
        return verify->doom;
    if (!verify->counting || !window_is_over(verify, now))
        return 0;
    return loss_is_usual(verify->usual_ppm, verify->sent, verify->lost) ? VERIFY_OK : VERIFY_LOSSY;
}

bool verify_step(struct verify *verify, const struct verify_probe *probe,
                 struct verify_verdict *verdict)
{
    enum verify_reason reason;

    assert(probe->gap_least_ms > 0);
    if (probe->sent_at.us < verify->ordered_at.us)
        return false;
    if (was_in_passing(verify, probe))
        verify->counting = false;
    if (!verify->counting && probe->answered)
        begin_window(verify, probe);
    verify->all_sent++;
    verify->all_lost += !probe->answered;
    verify->heard |= probe->answered;
    if (verify->counting)
        count(verify, probe);
    reason = outcome(verify, probe->at);
    if (reason != 0)
        judge(verify, reason, verdict);
    return reason != 0;
}
