/* SPDX-License-Identifier: ISC */
/* What the application does when the poller itself is cut off, and when it is in touch again. */
#include "daemon/app_inside.h"

#include "daemon/beside.h"
#include "daemon/desk.h"
#include "daemon/loop.h"
#include "daemon/outage.h"
#include "daemon/verify.h"

static void on_sight(enum sight sight, struct wall since, void *arg)
{
    struct app *app = arg;

    desk_set_sight(app->desk, sight == SIGHT_BLIND, since);
}

static void on_blind(bool blind, struct wall since, void *arg)
{
    struct app *app = arg;

    desk_set_blind(app->desk, blind);
    beside_set_blind(app->beside, app->probers, blind, since);
}

void app_watch_sight(struct app *app)
{
    outages_on_sight(app->outages, on_sight, app);
    outages_on_blind(app->outages, on_blind, app);
}

bool app_saw_slot(const struct app *app, uint32_t slot)
{
    struct wall since = {(int64_t)slot * ROLLUP_SLOT_S * US_PER_S};

    return outages_in_touch_for(app->outages, wall_diff_ms(loop_wall(app->loop), since));
}

void app_on_verified(const struct verify_verdict *verdict, void *arg)
{
    struct app *app = arg;
    struct verify_verdict heard = *verdict;

    if (heard.reason != VERIFY_OK &&
        !outages_in_touch_for(app->outages, verify_lasts_ms(heard.window_ms)))
        heard.reason = VERIFY_INTERRUPTED; /* it may be us who were cut off, and not the site */
    verify_on_verdict(&heard, app->verify);
}
