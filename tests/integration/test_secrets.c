/* SPDX-License-Identifier: ISC */
/* Least privilege after a day's work at debug level: no secret anywhere, no table writable. */
#include "tests/integration/rig.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/rig_proc.h"

static const char *const canaries[] = {RIG_COMMUNITY, RIG_SECRET_TEAM, RIG_SECRET_A, RIG_SECRET_B};

/* Both as it stands in the file and without the "whsec_" in front. */
static void holds_no_secret(struct rig *rig, const char *where, const struct text *text)
{
    for (size_t i = 0; i < sizeof canaries / sizeof *canaries; i++) {
        const char *bare = strncmp(canaries[i], "whsec_", 6) == 0 ? canaries[i] + 6 : canaries[i];

        /* Zero bytes part the words of a command line or environment. */
        if (text->bytes > 0 && memmem(text->at, text->bytes, bare, strlen(bare)) != NULL)
            rig_fail(rig, "%s holds the secret number %zu", where, i);
    }
}

static void file_holds_no_secret(struct rig *rig, const char *path)
{
    struct text text = {0};

    file_read(path, 0, &text);
    holds_no_secret(rig, path, &text);
    text_free(&text);
}

static void process_holds_no_secret(struct rig *rig, pid_t pid)
{
    static const char *const pages[] = {"cmdline", "environ", "comm", "status"};

    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        file_holds_no_secret(rig, rig_text(rig, "/proc/%d/%s", (int)pid, pages[i]));
}

static void no_secret_is_anywhere_after_the_work(struct rig *rig)
{
    const char *said;
    struct text page = {0};

    rig->conf.more = "log { level = debug }\n";
    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    assert_int_equal(rig_cli(rig, &said, "--as", "mitra-a", "ticket", "accept", "1", NULL), 0);
    rig_wait_hooks(rig, "ticket.accepted", "/ok/a", 1);
    rig_fleet(rig, "restore", VILLAGE_A);

    process_holds_no_secret(rig, rig->daemons[0].pid);
    process_holds_no_secret(rig, rig_prober_of(rig, 0));
    rig_http(rig, 0, "/metrics", &said);
    text_add(&page, said);
    rig_http(rig, 0, "/readyz", &said);
    text_add(&page, said);
    rig_cli(rig, &said, "--json", "outbox", NULL);
    text_add(&page, said);
    rig_cli(rig, &said, "--json", "site", "show", VILLAGE_A, NULL);
    text_add(&page, said);
    text_add(&page, rig_database_dump(rig));
    holds_no_secret(rig, "a page, the command line or the database", &page);
    text_free(&page);
    file_holds_no_secret(rig, rig->daemons[0].log);
    file_holds_no_secret(rig, rig_path(rig, "sink.jsonl"));
}

/* A community that is refused, a secret that is no secret: complaints name the place, not the
 * value. */
static void complaints_about_secrets_do_not_hold_them(struct rig *rig)
{
    struct text text = {0};
    const char *said;

    rig_inventory(rig);
    rig_config(rig, 0);
    rig_write(rig, "secrets", "village = %s\nhook.team %s\nhook.a = %s\nhook.a = %s\nhook.b =\n",
              RIG_COMMUNITY, RIG_SECRET_TEAM, RIG_SECRET_A, RIG_SECRET_B);
    const char *const argv[] = {rig_program("kentongand"), "-c", rig->daemons[0].config,
                                "--check-config", NULL};
    assert_int_equal(rig_run(rig, &said, argv), 1);
    text_add(&text, said);
    assert_non_null(strstr(said, "secrets:2"));
    assert_int_equal(rig_cli(rig, &said, "import", rig_path(rig, "inventory"), NULL), 1);
    text_add(&text, said);
    holds_no_secret(rig, "a complaint", &text);
    text_free(&text);
}

static void the_application_s_role_writes_no_table(struct rig *rig)
{
    rig_inventory(rig);
    rig_config(rig, 0);
    rig_import(rig);
    assert_string_equal(
        rig_sql(rig,
                "select count(*) from pg_class c, pg_roles r where c.relkind in ('r', 'p', 'v')"
                " and c.relnamespace in ('kentongan'::regnamespace, 'report'::regnamespace)"
                " and r.rolname in ('kentongan_app', 'kentongan_web', 'kentongan_report')"
                " and has_table_privilege(r.oid, c.oid, 'insert, update, delete, truncate')"
                /* COPY needs INSERT somewhere: what lies in an inbox counts for nothing until
                   rollup_take(), or reading_rollup_take(), has looked at it */
                " and not (c.relname in ('rollup_inbox', 'reading_inbox')"
                " and r.rolname = 'kentongan_app'"
                " and not has_table_privilege(r.oid, c.oid, 'select, update, delete, truncate'))"),
        "0");
    assert_string_equal(rig_sql(rig,
                                "select string_agg(rolname, ' ') from pg_roles where rolname like"
                                " 'kentongan%%' and (rolsuper or rolbypassrls or rolcreaterole"
                                " or rolcreatedb)"),
                        "");
}

static void write_secrets(struct rig *rig, const char *community_name)
{
    rig_write(rig, "secrets", "%s = %s\nhook.team = %s\nhook.a = %s\nhook.b = %s\n", community_name,
              RIG_COMMUNITY, RIG_SECRET_TEAM, RIG_SECRET_A, RIG_SECRET_B);
    rig_signal(rig, 0, SIGHUP);
}

static void page_says(struct rig *rig, const char *path, int status, const char *words)
{
    const char *body;

    assert_int_equal(rig_http(rig, 0, path, &body), status);
    if (strstr(body, words) == NULL)
        rig_fail(rig, "%s does not say \"%s\": %s", path, words, body);
}

/* Whoever renames a secret polls nothing, and has to see it: nobody may take that for a district in
 * which all is well. What happened meanwhile comes out when it is back. */
static void a_secret_that_is_gone_makes_its_sites_unknown_until_it_is_back(struct rig *rig)
{
    static const char gaps[] = "select count(*) from kentongan.watch_gap where until is null";
    static const char unknown[] =
        "select count(*) from kentongan.site_state where state = 'unknown'";
    const char *said;

    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_C);
    rig_wait_hooks(rig, "ticket.offered", "/ok/b", 1);

    write_secrets(rig, "vilage");
    rig_wait_log(rig, "plan.taken devices=0 left_out=7");
    rig_wait_log(rig, "plan.left_out devices=7");
    assert_int_equal(rig_log_count(rig, 0, "plan.left_out"), 1);
    rig_wait_sql(rig, "7", unknown);
    rig_wait_sql(rig, "7", gaps);
    page_says(rig, "/readyz", 503, "plan: all devices are left out (7)");
    page_says(rig, "/metrics", 200, "kentongan_devices_left_out 7\n");
    page_says(rig, "/metrics", 200, "kentongan_sites{state=\"up\"} 0\n");
    page_says(rig, "/metrics", 200, "kentongan_sites{state=\"unknown\"} 7\n");
    assert_int_equal(rig_cli(rig, &said, "site", "show", VILLAGE_A, NULL), 0);
    assert_non_null(strstr(said, "unknown"));
    rig_fleet(rig, "restore", VILLAGE_C);
    rig_fleet(rig, "cut", VILLAGE_A);

    write_secrets(rig, "village");
    rig_wait_log(rig, "plan.taken devices=7 left_out=0");
    rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    rig_wait_sql(rig, VILLAGE_A,
                 "select string_agg(site, ' ') from kentongan.outage"
                 " where restored_at is null");
    rig_wait_sql(rig, "6", "select count(*) from kentongan.site_state where state = 'up'");
    rig_wait_sql(rig, "0", gaps);
    page_says(rig, "/readyz", 200, "plan: ok\n");
    page_says(rig, "/metrics", 200, "kentongan_devices_left_out 0\n");
}

int main(int argc, char **argv)
{
    static const struct rig_case cases[] = {
        RIG_TEST(no_secret_is_anywhere_after_the_work),
        RIG_TEST(complaints_about_secrets_do_not_hold_them),
        RIG_TEST(a_secret_that_is_gone_makes_its_sites_unknown_until_it_is_back),
        RIG_TEST(the_application_s_role_writes_no_table),
    };

    return rig_main(argc, argv, "secrets", cases, sizeof cases / sizeof *cases);
}
