/* SPDX-License-Identifier: ISC */
#include "daemon/cli/show_history.h"

#include <inttypes.h>

#include "daemon/cli/show.h"

#define COLUMNS 48 /* half an hour each, of a day */

struct sum {
    int64_t sent;
    int64_t lost;
    double rtt_us; /* of all that were answered */
    int64_t p95_us;
    int64_t max_us;
};

static void add_slot(const struct js *slot, struct sum *sum)
{
    int64_t sent = js_i64(slot, "sent", 0), lost = js_i64(slot, "lost", 0);
    int64_t p95_us = js_i64(slot, "p95_us", 0), max_us = js_i64(slot, "max_us", 0);

    sum->sent += sent;
    sum->lost += lost;
    sum->rtt_us += (double)js_i64(slot, "mean_us", 0) * (double)(sent - lost);
    if (p95_us > sum->p95_us)
        sum->p95_us = p95_us;
    if (max_us > sum->max_us)
        sum->max_us = max_us;
}

/* "·": nobody looked; "_": nothing was lost; then an eighth of the probes per step. */
static const char *bar_of(const struct sum *sum)
{
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    int64_t step;

    if (sum->sent == 0)
        return "·";
    if (sum->lost == 0)
        return "_";
    step = (sum->lost * 8 - 1) / sum->sent;
    return bars[step > 7 ? 7 : step];
}

void show_history(const struct js *history, struct text *out)
{
    size_t count = js_count(history);
    struct sum all = {0};
    struct text line = {0};

    for (size_t column = 0; column < COLUMNS; column++) {
        struct sum sum = {0};

        for (size_t i = column * count / COLUMNS; i < (column + 1) * count / COLUMNS; i++) {
            add_slot(js_at(history, i), &sum);
            add_slot(js_at(history, i), &all);
        }
        text_add(&line, bar_of(&sum));
    }
    if (all.sent > 0) {
        show_line("24 h loss", text_get(&line), out);
        text_clear(&line);
        text_addf(&line, "%" PRId64 " of %" PRId64 " probes lost", all.lost, all.sent);
        if (all.sent > all.lost)
            text_addf(&line, "; round trip %.1f ms, worst p95 %.1f ms, longest %.1f ms",
                      all.rtt_us / (double)(all.sent - all.lost) / 1000.0,
                      (double)all.p95_us / 1000.0, (double)all.max_us / 1000.0);
        show_line("", text_get(&line), out);
    }
    text_free(&line);
}
