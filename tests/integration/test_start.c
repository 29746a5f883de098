/* SPDX-License-Identifier: ISC */
/* What cannot start says why and what to do, in one place, and leaves nothing behind. */
#include "tests/integration/rig.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/integration/rig_proc.h"

#define ENDS_WITHIN_MS 20000

/* Daemon 0 must end by itself with that code; its log. */
static const char *ends_with(struct rig *rig, int code)
{
    int got = -1;

    rig_start_one(rig, 0);
    if (!proc_ended(rig->daemons[0].pid, ENDS_WITHIN_MS, &got))
        rig_fail(rig, "kentongand still runs");
    rig->daemons[0].pid = 0;
    if (got != code)
        rig_fail(rig, "kentongand ended with %d", got);
    return rig_read(rig, "kentongand0.log");
}

static void says(struct rig *rig, const char *said, const char *words)
{
    if (strstr(said, words) == NULL)
        rig_fail(rig, "\"%s\" is not in: %s", words, said);
}

static void without_its_file_it_says_which(struct rig *rig)
{
    const char *const argv[] = {rig_program("kentongand"), "-c", rig_path(rig, "nowhere.conf"),
                                NULL};
    const char *said;

    assert_int_equal(rig_run(rig, &said, argv), 1);
    says(rig, said, "nowhere.conf");
    assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void without_a_schema_it_says_what_makes_one(struct rig *rig)
{
    rig->errors_expected = "database.misfit";
    rig_inventory(rig);
    rig_config(rig, 0);
    rig_sql(rig, "drop schema report cascade; drop schema kentongan cascade");
    says(rig, ends_with(rig, 1), "kentongan db init");
}

static void a_schema_from_the_future_is_left_alone(struct rig *rig)
{
    const char *said;

    rig->errors_expected = "database.misfit";
    rig_inventory(rig);
    rig_config(rig, 0);
    rig_sql(rig, "insert into kentongan.schema_migrations values (9999, 'future', '', now())");
    says(rig, ends_with(rig, 1), "9999");
    assert_int_equal(rig_cli(rig, &said, "db", "migrate", NULL), 1);
    says(rig, said, "9999");
}

static void a_second_daemon_does_not_take_the_first_one_s_socket(struct rig *rig)
{
    rig_sink_start(rig);
    rig_inventory(rig);
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_config(rig, 1);
    rig_import(rig);
    rig_start(rig);
    memcpy(rig->daemons[1].config, rig->daemons[0].config, sizeof rig->daemons[1].config);
    rig->errors_expected = "daemon.not_started";
    rig_start_one(rig, 1);
    assert_true(proc_ended(rig->daemons[1].pid, ENDS_WITHIN_MS, NULL));
    rig->daemons[1].pid = 0;
    says(rig, rig_read(rig, "kentongand1.log"), "http0.sock");
    assert_int_equal(rig_http(rig, 0, "/readyz", NULL), 200);
}

/* kill -9 leaves a socket file behind; the next life takes the place. */
static void a_socket_left_by_a_dead_daemon_is_replaced(struct rig *rig)
{
    rig_inventory(rig);
    rig_config(rig, 0);
    rig_start_one(rig, 0);
    rig_wait_http(rig, 0, "/healthz", 200);
    rig_kill(rig, 0);
    assert_int_equal(access(rig->daemons[0].http, F_OK), 0);
    rig_start_one(rig, 0);
    rig_wait_http(rig, 0, "/healthz", 200);
}

/* An inventory without a village, as after `db init`: it runs and waits for an import. */
static void with_an_empty_inventory_it_waits_for_an_import(struct rig *rig)
{
    rig_sink_start(rig);
    rig_inventory(rig);
    rig_fleet_start(rig);
    rig_config(rig, 0);
    rig_start_one(rig, 0);
    rig_wait_log(rig, "plan.taken devices=0");
    rig_import(rig);
    rig_wait_log(rig, "plan.taken devices=7");
    rig_wait_all_up(rig);
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(without_its_file_it_says_which),
        RIG_TEST(without_a_schema_it_says_what_makes_one),
        RIG_TEST(a_schema_from_the_future_is_left_alone),
        RIG_TEST(a_second_daemon_does_not_take_the_first_one_s_socket),
        RIG_TEST(a_socket_left_by_a_dead_daemon_is_replaced),
        RIG_TEST(with_an_empty_inventory_it_waits_for_an_import),
    };

    return rig_main(argc, argv, "start", cases, sizeof cases / sizeof *cases);
}
