/* SPDX-License-Identifier: ISC */
/* A contractor with nothing but the link of a notification: page, acts, refusals, proof, close. */
#include "tests/integration/rig.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/base/json.h"

#define BASE "https://kentongan.example.id"

/* "/t/TOKEN" of a hook's action_url; NULL: it has none. */
static const char *link_of(struct rig *rig, const struct rig_hook *hook)
{
    struct js *body = js_parse(hook->body, strlen(hook->body), NULL);
    const char *url = js_text(js_get(body, "data"), "action_url", NULL);
    const char *path = NULL;

    assert_non_null(body);
    if (url != NULL && strncmp(url, BASE "/t/", strlen(BASE "/t/")) != 0)
        rig_fail(rig, "no link of ours: %s", url);
    if (url != NULL)
        path = rig_text(rig, "%s", url + strlen(BASE));
    js_free(body);
    return path;
}

/* Answers the status and what was said; form NULL: GET. */
static int ask(struct rig *rig, const char *path, const char *form, const char **said)
{
    const char *out = rig_path(rig, "answer.html");
    const char *url = rig_text(rig, "http://localhost%s", path);
    const char *argv[] = {"curl",
                          "-sS",
                          "--max-time",
                          "20",
                          "--unix-socket",
                          rig->daemons[0].http,
                          "-o",
                          out,
                          "-w",
                          "%{http_code}",
                          url,
                          form == NULL ? NULL : "--data-raw",
                          form,
                          NULL};
    const char *status = "";
    int got = 0;

    if (rig_run(rig, &status, argv) != 0 || sscanf(status, "%d", &got) != 1)
        rig_fail(rig, "%s: %s", path, status);
    *said = rig_read(rig, "answer.html");
    return got;
}

static void sees(struct rig *rig, const char *path, int status, const char *words)
{
    const char *said;
    int got = ask(rig, path, NULL, &said);

    if (got != status || strstr(said, words) == NULL)
        rig_fail(rig, "%d without \"%s\": %s", got, words, said);
}

static void does(struct rig *rig, const char *path, const char *form, int status)
{
    const char *said;
    int got = ask(rig, path, form, &said);

    if (got != status)
        rig_fail(rig, "%s: %d: %s", form, got, said);
}

static const char *events(struct rig *rig)
{
    return rig_sql(rig, "select string_agg(action, ' ' order by n) from report.ticket_event"
                        " where actor = 'mitra-a'");
}

static void key_is_closed_to_others(struct rig *rig)
{
    struct stat st;

    assert_int_equal(stat(rig_path(rig, "link.key"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, 32);
}

/* It opens the ticket to whoever reads it, so nobody may come across it. */
static void token_is_nowhere(struct rig *rig, const char *link)
{
    const char *token = link + strlen("/t/");

    if (strstr(rig_read(rig, "kentongand0.log"), token) != NULL)
        rig_fail(rig, "the token is in the log");
    if (strstr(rig_database_dump(rig), token) != NULL)
        rig_fail(rig, "the token is in the database");
}

static void a_contractor_works_a_ticket_with_its_link(struct rig *rig)
{
    struct rig_hook offered, opened, accepted;
    const char *link;

    rig->conf.more = "log { level = debug }\n";
    rig_whole(rig);
    key_is_closed_to_others(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    opened = rig_wait_hooks(rig, "ticket.opened", "/ok/team", 1);
    offered = rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    assert_null(link_of(rig, &opened));
    link = link_of(rig, &offered);
    assert_non_null(link);

    sees(rig, link, 200, "Terima tiket ini");
    sees(rig, rig_text(rig, "%s?lang=en", link), 200, "Accept this ticket");
    sees(rig, rig_text(rig, "%sA", link), 404, "Tautan ini tidak dikenal");
    does(rig, link, "action=accept&key=k1", 303);
    does(rig, link, "action=accept&key=k1", 303); /* sent twice: done once */
    does(rig, link, "action=accept&key=k2", 409);
    does(rig, link, "action=note&note=%3Cb%3Ebawa+tangga&key=k3", 303);
    sees(rig, link, 200, "&lt;b&gt;bawa tangga");
    does(rig, link, "action=onsite&seq=1&key=k4", 409);
    does(rig, link, "action=onsite&key=k5", 303);
    does(rig, link, "action=claim&key=k6", 422);
    does(rig, link, "action=cancel&key=k7", 422);
    assert_string_equal(events(rig), "accept note onsite");

    accepted = rig_wait_hooks(rig, "ticket.accepted", "/ok/a", 1);
    assert_non_null(link_of(rig, &accepted));
    sees(rig, link_of(rig, &accepted), 200, "Petugas di lokasi");
    rig_fleet(rig, "restore", VILLAGE_A);
    does(rig, link, "action=claim&cause=cable&action_code=recabled&key=k8", 303);
    rig_wait_hooks(rig, "ticket.restored", "/ok/a", 1);
    does(rig, link, "action=close&key=k9", 303);
    sees(rig, link, 200, "Ditutup");
    assert_string_equal(events(rig), "accept note onsite claim close");
    token_is_nowhere(rig, link);
    rig_stop(rig, 0);
}

static void a_ticket_that_was_declined_is_closed_to_its_link(struct rig *rig)
{
    struct rig_hook offered;
    const char *link;

    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    offered = rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    link = link_of(rig, &offered);
    assert_non_null(link);
    does(rig, link, "action=decline&note=jalan+putus", 303);
    sees(rig, link, 410, "Tiket ini sudah Anda tolak");
    does(rig, link, "action=accept", 410);
    rig_wait_hooks(rig, "ticket.escalated", "/ok/team", 1);
    rig_stop(rig, 0);
}

static void while_the_database_is_away_the_page_says_so(struct rig *rig)
{
    struct rig_hook offered;
    const char *link;

    rig->errors_expected = "database.down";
    rig_whole(rig);
    rig_fleet(rig, "cut", VILLAGE_A);
    offered = rig_wait_hooks(rig, "ticket.offered", "/ok/a", 1);
    link = link_of(rig, &offered);
    assert_non_null(link);
    rig_postgres_stop(rig);
    rig_wait_log(rig, "database.reader_down");
    sees(rig, link, 503, "Sistem belum bisa menjawab");
    does(rig, link, "action=accept", 503);
    rig_log_mark(rig, 0);
    rig_postgres_start(rig);
    rig_wait_log(rig, "database.reader_up");
    rig_wait_log(rig, "database.up");
    does(rig, link, "action=accept", 303);
    rig_stop(rig, 0);
}

static const struct rig_case cases[] = {
    RIG_TEST(a_contractor_works_a_ticket_with_its_link),
    RIG_TEST(a_ticket_that_was_declined_is_closed_to_its_link),
    RIG_TEST(while_the_database_is_away_the_page_says_so),
};

int main(int argc, char **argv)
{
    return rig_main(argc, argv, "field", cases, sizeof cases / sizeof *cases);
}
