/* SPDX-License-Identifier: ISC */
#include "daemon/verify_words.h"

#include <inttypes.h>

#include "daemon/base/json.h"

#define PPM          1000000
#define SELDOM_PPM   100000 /* below it "1 in n" says more than a percentage */
#define MINUTES_FROM 120    /* seconds; shorter is told in seconds */

static void add_lost(const struct verify_verdict *verdict, struct text *out)
{
    text_addf(out, "%" PRIu32 " of %" PRIu32 " probes %s lost", verdict->lost, verdict->sent,
              verdict->lost == 1 ? "was" : "were");
}

static void add_usual(const struct verify_verdict *verdict, struct text *out)
{
    uint32_t usual = verdict->usual_ppm > 0 ? verdict->usual_ppm : 1;

    if (usual < SELDOM_PPM)
        text_addf(out, "this link usually loses 1 in %" PRIu32, (PPM + usual / 2) / usual);
    else
        text_addf(out, "this link usually loses %" PRIu32 " in 100", (usual + 5000) / 10000);
}

static void add_window(const struct verify_verdict *verdict, struct text *out)
{
    int64_t seconds = verdict->window_ms / 1000;

    if (seconds < MINUTES_FROM || seconds % 60 != 0)
        text_addf(out, "%" PRId64 " s", seconds);
    else
        text_addf(out, "%" PRId64 " min", seconds / 60);
}

static void add_held(const struct verify_verdict *verdict, struct text *out)
{
    text_add(out, "The link held for ");
    add_window(verdict, out);
    text_add(out, ": ");
    add_lost(verdict, out);
    if (verdict->lost > 0) {
        text_add(out, "; ");
        add_usual(verdict, out);
    }
}

/* It broke off in the middle: how, and what would have been enough. */
static void add_broke(const struct verify_verdict *verdict, const char *how, struct text *out)
{
    text_addf(out, "%s while it was watched: ", how);
    add_lost(verdict, out);
    text_add(out, "; a repair has to hold for ");
    add_window(verdict, out);
}

void verify_words(const struct verify_verdict *verdict, struct text *out)
{
    switch (verdict->reason) {
    case VERIFY_OK:
        add_held(verdict, out);
        break;
    case VERIFY_SILENT:
        text_addf(out, "None of %" PRIu32 " probes was answered: the site is still cut off",
                  verdict->sent);
        break;
    case VERIFY_LOSSY:
        add_lost(verdict, out);
        text_add(out, "; ");
        add_usual(verdict, out);
        break;
    case VERIFY_REBOOTED:
        add_broke(verdict, "The device started anew", out);
        break;
    case VERIFY_FLAPPED:
        add_broke(verdict, "The link went down again", out);
        break;
    case VERIFY_INTERRUPTED:
    case VERIFY_REASON_END:
        text_add(out, "The watch was interrupted before anything was proven");
        break;
    }
    text_add(out, ".");
}

/* Two decimals: what follows them is noise to people. */
static struct js *percent(uint32_t ppm)
{
    uint32_t hundredths = (ppm + 50) / 100;

    return js_new_real((double)hundredths / 100.0);
}

void verify_detail(const struct verify_verdict *verdict, struct text *out)
{
    struct js *detail = js_object();

    js_set_text(detail, "reason", verify_reason_name(verdict->reason));
    js_set_i64(detail, "sent", verdict->sent);
    js_set_i64(detail, "lost", verdict->lost);
    js_set(detail, "usual_percent", percent(verdict->usual_ppm));
    js_set(detail, "limit_percent", percent(verdict->limit_ppm));
    js_set_i64(detail, "window_s", verdict->window_ms / 1000);
    js_print(detail, 0, out);
    js_free(detail);
}
