/* SPDX-License-Identifier: ISC */
/*
 * A bad quarter of an hour in a minute and a half: relays and villages come and go while the daemon
 * is killed, its prober is killed and PostgreSQL is stopped. Afterwards the record must be the
 * truth.
 */
#include "tests/integration/rig.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/rig_check.h"

#define ROUNDS 12
/* Long enough to be seen, and to be told apart from the next change of the same site. */
#define ROUND_MS 6000

static uint32_t dice(uint32_t *state, uint32_t most)
{
    *state = *state * 1664525U + 1013904223U;
    return (*state >> 16) % most;
}

/* While the round lasts: alive, and never a second open ticket of one root. */
static void watch_until(struct rig *rig, struct mono end)
{
    while (rig_tick(rig, end)) {
        if (rig->postgres_stopped)
            continue;
        assert_string_equal(rig_sql(rig, "select count(*) from (select root from kentongan.ticket"
                                         " join kentongan.ticket_state using (state) where is_open"
                                         " group by root having count(*) > 1) doubled"),
                            "0");
    }
}

/* What the database has not confirmed yet lives in memory only, so a kill right after it came back
 * would lose it: packaging/doc/operating.md says so. */
static void until_confirmed(struct rig *rig)
{
    struct mono end = rig_deadline(30000);
    const char *metrics;

    while (rig_http(rig, 0, "/metrics", &metrics) != 200 ||
           strstr(metrics, "kentongan_outages_unconfirmed 0\n") == NULL)
        if (!rig_tick(rig, end))
            rig_fail(rig, "the database does not confirm what happened");
}

static void something_goes_wrong(struct rig *rig, uint32_t what)
{
    switch (what) {
    case 0:
        until_confirmed(rig);
        rig_kill(rig, 0);
        rig_start(rig);
        break;
    case 1:
        kill(rig_prober_of(rig, 0), SIGKILL);
        break;
    case 2:
        rig_postgres_stop(rig);
        watch_until(rig, rig_deadline(2000));
        rig_postgres_start(rig);
        break;
    default:
        break;
    }
}

static void a_bad_quarter_of_an_hour_is_recorded_as_it_was(struct rig *rig)
{
    static const char *const sites[] = {RELAY_A, RELAY_B, VILLAGE_A, VILLAGE_C, VILLAGE_D};
    bool cut[sizeof sites / sizeof *sites] = {false};
    uint32_t state = 20261124;

    rig->errors_expected = "database.down prober.lost";
    /* A silence of six seconds that healed would be a burst of the link, of which the next prober
     * hears, and by a hundred years the next silence would have to last longer. */
    rig->conf.poll = "interval = 500ms timeout = 400ms misses_to_down = 3 false_down_years = 0";
    rig->poll_ms = 4000; /* the prober's replacement and a stopped PostgreSQL delay what is seen */
    rig_whole(rig);
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint32_t site = dice(&state, sizeof sites / sizeof *sites);
        struct mono end = rig_deadline(ROUND_MS);

        cut[site] = !cut[site];
        rig_fleet(rig, cut[site] ? "cut" : "restore", sites[site]);
        watch_until(rig, rig_deadline(200 * (int64_t)dice(&state, 15)));
        something_goes_wrong(rig, dice(&state, 4));
        watch_until(rig, end);
    }
    for (size_t i = 0; i < sizeof sites / sizeof *sites; i++)
        if (cut[i])
            rig_fleet(rig, "restore", sites[i]);
    rig_wait_all_up(rig);
    rig_wait_back(rig);
    rig_wait_sql(rig, "0",
                 "select count(*) from kentongan.ticket join kentongan.ticket_state"
                 " using (state) where is_open");
    printf("%s outages, %s tickets, %zu requests at the receivers, %u kills\n",
           rig_sql(rig, "select count(*) from kentongan.outage"),
           rig_sql(rig, "select count(*) from kentongan.ticket"), rig_hooks(rig, NULL, NULL),
           rig->kills);
    rig_check(rig);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(a_bad_quarter_of_an_hour_is_recorded_as_it_was),
    };

    return rig_main(argc, argv, "chaos", cases, sizeof cases / sizeof *cases);
}
