/* SPDX-License-Identifier: ISC */
#include "daemon/cli/show_learned.h"

#include "daemon/cli/show.h"
#include "daemon/config_policy.h"
#include "probes/outlook.h"

#define PPM_PER_PERCENT 10000.0

static struct learned read_learned(const struct js *json)
{
    double bursts = js_as_real(js_get(json, "bursts"), 0);

    return (struct learned){
        .at = show_member_wall(json, "at"),
        .usual_ppm = (uint32_t)js_i64(json, "usual_ppm", 0),
        .habit_ppm = (uint32_t)js_i64(json, "habit_ppm", 0),
        .recent_ppm = (uint32_t)js_i64(json, "recent_ppm", 0),
        .burst_milli = (uint32_t)(bursts * 1000 + 0.5),
        .burst_ms = (uint32_t)js_i64(json, "burst_ms", 0),
        .srtt_us = (uint32_t)js_i64(json, "srtt_us", 0),
        .rttvar_us = (uint32_t)js_i64(json, "rttvar_us", 0),
    };
}

static struct outlook look(const struct learned *learned, const struct js *device,
                           const struct config *config, int64_t own_ms)
{
    struct plan_policy policy = config_policy(config);
    enum plan_snmp snmp = plan_snmp_of(js_text(device, "snmp", ""));

    return outlook_of(learned, &policy, snmp == PLAN_SNMP_END ? PLAN_SNMP_V2C : snmp,
                      (uint32_t)own_ms);
}

struct js *learned_outlook(const struct js *device, const struct config *config, int64_t own_ms)
{
    struct js *json = js_copy(js_get(device, "learned")), *object;
    struct learned learned = read_learned(json);
    struct outlook outlook;

    if (js_is_null(json))
        return json;
    outlook = look(&learned, device, config, own_ms);
    object = js_object();
    js_set_i64(object, "timeout_ms", outlook.timeout_ms);
    js_set_i64(object, "misses", outlook.misses);
    js_set_i64(object, "known_ms", outlook.known_ms);
    js_set_i64(object, "latest_ms", outlook.latest_ms);
    js_set(json, "outlook", object);
    return json;
}

static void add_loss(const struct learned *learned, struct text *out)
{
    if (learned->usual_ppm == 0)
        text_add(out, "not known yet what it usually loses");
    else
        text_addf(out, "usually loses %.1f %%", learned->usual_ppm / PPM_PER_PERCENT);
    text_addf(out, ", %.1f %% in the last hour, %.1f %% in the last minutes",
              learned->habit_ppm / PPM_PER_PERCENT, learned->recent_ppm / PPM_PER_PERCENT);
    if (learned->burst_milli >= 500)
        text_addf(out, "; %.0f silence%s of %.0f s that healed by themselves",
                  learned->burst_milli / 1000.0, learned->burst_milli < 1500 ? "" : "s",
                  learned->burst_ms / 1000.0);
}

static void add_outlook(const struct learned *learned, const struct outlook *outlook,
                        struct text *out)
{
    char known[SHOW_DURATION_MAX], latest[SHOW_DURATION_MAX], at[SHOW_TIME_MAX];

    if (learned->srtt_us > 0)
        text_addf(out, "round trip %.1f ms, ", learned->srtt_us / 1000.0);
    text_addf(out, "waits %.2f s; a cut is known after %u misses, %s to %s (learned by %s)",
              (double)outlook->timeout_ms / 1000.0, (unsigned)outlook->misses,
              show_duration(outlook->known_ms, known), show_duration(outlook->latest_ms, latest),
              show_time(learned->at, at));
}

void show_learned(const struct js *device, const struct config *config, int64_t own_ms,
                  struct text *out)
{
    const struct js *json = js_get(device, "learned");
    struct learned learned = read_learned(json);
    struct outlook outlook;
    struct text line = {0};

    if (js_is_null(json))
        return;
    outlook = look(&learned, device, config, own_ms);
    add_loss(&learned, &line);
    show_line("", text_get(&line), out);
    text_clear(&line);
    add_outlook(&learned, &outlook, &line);
    show_line("", text_get(&line), out);
    text_free(&line);
}
