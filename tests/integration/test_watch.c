/* SPDX-License-Identifier: ISC */
/* What an operator's tools see of a daemon: pages, systemd's socket, signals. */
#include "tests/integration/rig.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/integration/rig_check.h"
#include "tests/integration/rig_proc.h"

static void says(struct rig *rig, const char *said, const char *words)
{
    if (strstr(said, words) == NULL)
        rig_fail(rig, "\"%s\" is not in: %s", words, said);
}

static void metrics_count_what_happened(struct rig *rig)
{
    const char *body, *said;

    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.opened", NULL, 1);
    rig_wait_hooks(rig, "ticket.offered", NULL, 1);
    rig_wait_sql(rig, "2", "select count(*) from kentongan.notification where state = 'delivered'");
    assert_int_equal(rig_http(rig, 0, "/metrics", &body), 200);
    says(rig, body, "kentongan_sites{state=\"up\"} 6\n");
    says(rig, body, "kentongan_sites{state=\"down\"} 1\n");
    says(rig, body, "kentongan_deliveries_total{outcome=\"delivered\"} 2\n");
    says(rig, body, "kentongan_prober_ready 1\n");
    says(rig, body, "kentongan_database_up 1\n");
    rig_write(rig, "metrics.txt", "%s", body);
    if (access("/usr/bin/promtool", X_OK) == 0) {
        const char *const argv[] = {"sh", "-c", "promtool check metrics <metrics.txt", NULL};

        if (rig_run(rig, &said, argv) != 0)
            rig_fail(rig, "promtool: %s", said);
    }
    assert_int_equal(rig_http(rig, 0, "/no-such-page", NULL), 404);
}

static void the_pages_answer_on_a_loopback_address_too(struct rig *rig)
{
    rig_sink_start(rig);
    rig_inventory(rig);
    rig->conf.web_port = rig_free_tcp(rig);
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
    assert_int_equal(rig_http(rig, 0, "/healthz", NULL), 200);
}

static void systemd_is_told_ready_alive_reloading_and_stopping(struct rig *rig)
{
    const char *said;

    rig_notify_open(rig);
    rig_whole(rig);
    rig_wait_notify(rig, "READY=1");
    rig_wait_notify(rig, "WATCHDOG=1");
    rig_wait_notify(rig, "WATCHDOG=1");
    rig_signal(rig, 0, SIGHUP);
    said = rig_wait_notify(rig, "RELOADING=1");
    says(rig, said, "MONOTONIC_USEC=");
    rig_wait_notify(rig, "READY=1");
    rig_stop(rig, 0);
    rig_wait_notify(rig, "STOPPING=1");
}

static void sigterm_stops_it_cleanly_and_leaves_no_child(struct rig *rig)
{
    struct wall began;

    rig_whole(rig);
    began = wall_now();
    rig_stop(rig, 0);
    assert_in_range(wall_diff_ms(wall_now(), began), 0, 5000);
    assert_int_not_equal(access(rig->daemons[0].http, F_OK), 0); /* its socket is gone too */
}

/* While a delivery hangs the first SIGTERM waits for it; the second does not. */
static void a_second_sigterm_ends_it_at_once(struct rig *rig)
{
    struct wall began;
    pid_t prober;
    int code = -1;

    rig_sink_start(rig);
    rig_inventory(rig);
    rig_endpoints(rig, "/ok/team", "/hang/a", "/ok/b");
    rig->conf.webhook = "timeout = 20s allow = { \"127.0.0.0/8\" }";
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
    rig_wait_all_up(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.offered", "/hang/a", 1);
    prober = rig_prober_of(rig, 0);
    began = wall_now();
    rig_signal(rig, 0, SIGTERM);
    rig_wait_log(rig, "daemon.stopping");
    assert_false(proc_ended(rig->daemons[0].pid, 500, &code));
    rig_signal(rig, 0, SIGTERM);
    assert_true(proc_ended(rig->daemons[0].pid, 2000, &code));
    rig->daemons[0].pid = 0;
    assert_in_range(wall_diff_ms(wall_now(), began), 0, 3000);
    rig_wait_gone(rig, prober);
}

static void a_delivery_under_way_is_let_finish_at_sigterm(struct rig *rig)
{
    rig_sink_start(rig);
    rig_inventory(rig);
    rig_endpoints(rig, "/ok/team", "/late/a?ms=1500", "/ok/b");
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_import(rig);
    rig_start(rig);
    rig_wait_all_up(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.offered", "/late/a", 1);
    rig_stop(rig, 0);
    assert_string_equal(rig_sql(rig, "select string_agg(distinct state, ' ')"
                                     " from kentongan.notification"),
                        "delivered");
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(metrics_count_what_happened),
        RIG_TEST(the_pages_answer_on_a_loopback_address_too),
        RIG_TEST(systemd_is_told_ready_alive_reloading_and_stopping),
        RIG_TEST(sigterm_stops_it_cleanly_and_leaves_no_child),
        RIG_TEST(a_second_sigterm_ends_it_at_once),
        RIG_TEST(a_delivery_under_way_is_let_finish_at_sigterm),
    };

    return rig_main(argc, argv, "watch", cases, sizeof cases / sizeof *cases);
}
