/* SPDX-License-Identifier: ISC */
#include "tests/integration/rig_parts.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long a fact that nobody writes to a file may stay unnoticed. */
#define TICK_MS    25
#define PROGRAM_MS 60000
#define TAIL_BYTES 12000

struct rig_kept {
    struct rig_kept *next;
    struct text text;
};

struct rig_world rig_world;

/* -- memory, time and files of one test -- */

struct text *rig_keep(struct rig *rig)
{
    struct rig_kept *kept = calloc(1, sizeof *kept);

    if (kept == NULL)
        abort();
    kept->next = rig->kept;
    rig->kept = kept;
    return &kept->text;
}

const char *rig_text(struct rig *rig, const char *format, ...)
{
    struct text *text = rig_keep(rig);
    va_list args;
    char *made = NULL;

    va_start(args, format);
    if (vasprintf(&made, format, args) < 0)
        abort();
    va_end(args);
    text_add(text, made);
    free(made);
    return text_get(text);
}

struct mono rig_deadline(int64_t ms)
{
    return mono_add_ms(mono_now(), ms);
}

bool rig_tick(struct rig *rig, struct mono deadline)
{
    struct pollfd written = {.fd = rig->watch, .events = POLLIN};
    int64_t left = mono_diff_ms(deadline, mono_now());
    char events[4096];

    if (left <= 0)
        return false;
    if (poll(&written, 1, (int)(left < TICK_MS ? left : TICK_MS)) == 1)
        while (read(rig->watch, events, sizeof events) > 0)
            ;
    return true;
}

void rig_fail(struct rig *rig, const char *format, ...)
{
    char words[2048];
    va_list args;

    (void)rig;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    fail_msg("%s", words);
    abort(); /* fail_msg() does not return, but does not say so */
}

const char *rig_path(struct rig *rig, const char *name)
{
    return rig_text(rig, "%s/%s", rig->dir, name);
}

void rig_write(struct rig *rig, const char *name, const char *format, ...)
{
    const char *path = rig_path(rig, name);
    char *content = NULL;
    va_list args;
    bool good;

    va_start(args, format);
    if (vasprintf(&content, format, args) < 0)
        abort();
    va_end(args);
    good = file_write(path, content, strcmp(name, "secrets") == 0 ? 0600 : 0644);
    free(content);
    if (!good)
        rig_fail(rig, "cannot write %s", path);
}

const char *rig_read(struct rig *rig, const char *name)
{
    struct text *text = rig_keep(rig);

    if (!file_read(rig_path(rig, name), 0, text))
        rig_fail(rig, "cannot read %s", name);
    return text_get(text);
}

const char *rig_program(const char *name)
{
    static const char *const known[] = {"kentongand", "kentongan", "kentongan-fleet", "kt-sink"};
    static char paths[4][160];

    for (size_t i = 0; i < 4; i++)
        if (strcmp(known[i], name) == 0) {
            snprintf(paths[i], sizeof paths[i], "%s/bin/%s", rig_world.dir, name);
            return paths[i];
        }
    return name;
}

int rig_run(struct rig *rig, const char **out, const char *const *argv)
{
    const char *said = rig_path(rig, "run.out");
    const struct proc_spec spec = {.argv = argv, .home = rig->dir, .out = said, .err = said};
    int code;

    unlink(said);
    code = proc_run(&spec, PROGRAM_MS);
    if (code < 0)
        rig_fail(rig, "%s did not end within %d ms", argv[0], PROGRAM_MS);
    if (out != NULL)
        *out = rig_read(rig, "run.out");
    return code;
}

/* -- one test -- */

void rig_dump_tail(const char *title, const char *path, size_t bytes)
{
    struct stat info;
    struct text text = {0};

    if (stat(path, &info) < 0)
        return;
    fprintf(stderr, "--- %s (%s)\n", title, path);
    file_read(path, (size_t)info.st_size > bytes ? (size_t)info.st_size - bytes : 0, &text);
    fprintf(stderr, "%s\n", text_get(&text));
    text_free(&text);
}

static void dump(struct rig *rig)
{
    fprintf(stderr, "--- %s failed; its files stay in %s\n", rig->name, rig->dir);
    for (int i = 0; i < RIG_DAEMONS; i++)
        rig_dump_tail("log of kentongand", rig->daemons[i].log, TAIL_BYTES);
    rig_dump_tail("what the receiver got", rig_path(rig, "sink.jsonl"), TAIL_BYTES);
    rig_dump_tail("what the fleet did", rig_path(rig, "fleet.log"), TAIL_BYTES);
    if (rig->database[0] == '\0' || rig->postgres_stopped)
        return;
    rig_pg_dump(rig, "tickets",
                "select number, root, kind, state, party, seq, first_bad, opened_at, accepted_at,"
                " restored_at from kentongan.ticket order by id desc limit 10");
    rig_pg_dump(rig, "events",
                "select ticket, n, at, actor, action, from_state, to_state, detail"
                " from kentongan.ticket_event order by at desc, n desc limit 20");
    rig_pg_dump(rig, "outages",
                "select id, site, root, ticket, last_good, first_bad, detected, restored_at"
                " from kentongan.outage order by id desc limit 20");
    rig_pg_dump(
        rig, "notifications",
        "select id, message_id, endpoint, ticket, type, state, attempt, created_at, next_at,"
        " settled_at, reason from kentongan.notification order by id desc limit 20");
    rig_pg_dump(rig, "attempts",
                "select * from kentongan.notification_attempt order by 1 desc, 2 desc limit 20");
}

static unsigned mix(unsigned value)
{
    value ^= value >> 7;
    value *= 2654435761U;
    return value ^ value >> 13;
}

static int rig_begin(void **state)
{
    const struct rig_case *each = *state;
    struct rig *rig = calloc(1, sizeof *rig);
    static unsigned tests;
    unsigned spread = mix((unsigned)getpid() * 64U + ++tests);

    if (rig == NULL)
        abort();
    rig->name = each->name;
    rig->run = each->run;
    *state = rig;
    rig->notify = -1;
    snprintf(rig->dir, sizeof rig->dir, "%s/%u", rig_world.dir, tests);
    /* Outside the demo's 127.33, one net per test, so that tests and a demo do not meet. */
    snprintf(rig->net, sizeof rig->net, "127.%u.%u", 64 + spread % 128, spread / 128 % 256);
    if (mkdir(rig->dir, 0755) < 0 || !proc_give(rig->dir))
        rig_fail(rig, "cannot make %s", rig->dir);
    rig->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    inotify_add_watch(rig->watch, rig->dir, IN_MODIFY | IN_CREATE | IN_MOVED_TO);
    rig->snmp_port = rig_free_udp(rig);
    rig_pg_begin(rig);
    return 0;
}

static void rig_test(void **state)
{
    struct rig *rig = *state;
    const char *complaint;

    rig->run(rig);
    for (int i = 0; i < RIG_DAEMONS; i++)
        if (rig->daemons[i].pid > 0)
            rig_stop(rig, i);
    complaint = rig_daemon_complaint(rig);
    if (complaint != NULL)
        rig_fail(rig, "the daemon's log complains: %s", complaint);
    rig->passed = true;
}

static int rig_end(void **state)
{
    struct rig *rig = *state;
    struct rig_kept *next;

    if (!rig->passed)
        dump(rig);
    rig_daemons_end(rig);
    for (size_t i = 0; i < RIG_CHILDREN; i++)
        proc_kill(rig->children[i]);
    rig_notify_close(rig);
    rig_pg_end(rig);
    close(rig->watch);
    if (rig->passed)
        tree_remove(rig->dir);
    else
        rig_world.kept_files = true;
    for (struct rig_kept *kept = rig->kept; kept != NULL; kept = next) {
        next = kept->next;
        text_free(&kept->text);
        free(kept);
    }
    free(rig->hooks);
    free(rig);
    return 0;
}

/* -- a program of tests -- */

/* The children may not be allowed to reach the build (a clone in root's home). */
static bool copy_programs(void)
{
    static const char *const names[] = {"kentongand", "kentongan", "kentongan-fleet", "kt-sink"};
    char self[4096];
    char from[4200];
    ssize_t bytes = readlink("/proc/self/exe", self, sizeof self - 1);

    if (bytes < 0)
        return false;
    self[bytes] = '\0';
    *strrchr(self, '/') = '\0';
    for (size_t i = 0; i < 4; i++) {
        snprintf(from, sizeof from, "%s/%s", self, names[i]);
        if (!file_copy(from, rig_program(names[i]), 0755)) {
            fprintf(stderr, "rig: %s is not built\n", from);
            return false;
        }
    }
    return true;
}

static int world_begin(void **state)
{
    const char *under = getenv("TMPDIR");
    char bin[128];

    (void)state;
    if (snprintf(rig_world.dir, sizeof rig_world.dir, "%s/kt-rig-XXXXXX",
                 under == NULL ? P_tmpdir : under) >= (int)sizeof rig_world.dir) {
        fprintf(stderr, "rig: TMPDIR is too long for Unix sockets: %s\n", under);
        return -1;
    }
    if (mkdtemp(rig_world.dir) == NULL || chmod(rig_world.dir, 0755) < 0)
        return -1;
    snprintf(bin, sizeof bin, "%s/bin", rig_world.dir);
    if (mkdir(bin, 0755) < 0 || !proc_give(rig_world.dir) || !copy_programs())
        return -1;
    return rig_pg_world_start() ? 0 : -1;
}

static int world_end(void **state)
{
    (void)state;
    rig_pg_world_stop();
    if (!rig_world.kept_files)
        tree_remove(rig_world.dir);
    return 0;
}

int rig_main(int argc, char **argv, const char *program, const struct rig_case *cases, size_t count)
{
    struct CMUnitTest tests[32];
    struct rig_case names[32];

    if (count > 32)
        abort();
    for (size_t i = 0; i < count; i++) {
        names[i] = cases[i];
        tests[i] = (struct CMUnitTest){cases[i].name, rig_test, rig_begin, rig_end, &names[i]};
    }
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return _cmocka_run_group_tests(program, tests, count, world_begin, world_end);
}
