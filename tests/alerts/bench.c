/* SPDX-License-Identifier: ISC */
#include "tests/alerts/bench.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "daemon/base/clock.h"
#include "daemon/base/json.h"

/* Reads until "WORDS<number>" and the line's end came; -1 when the stream ended before. */
static int read_port(int fd, const char *words)
{
    char seen[4096];
    size_t bytes = 0;
    ssize_t got;

    while (bytes < sizeof seen - 1 && (got = read(fd, seen + bytes, sizeof seen - 1 - bytes)) > 0) {
        const char *at;

        bytes += (size_t)got;
        seen[bytes] = '\0';
        at = strstr(seen, words);
        if (at != NULL && strchr(at, '\n') != NULL)
            return atoi(at + strlen(words));
    }
    return -1;
}

struct child child_start(char *const argv[], const char *words, bool on_stdout)
{
    struct child child = {0};
    int out[2];

    if (pipe(out) < 0)
        fail_msg("pipe");
    child.pid = fork();
    if (child.pid < 0)
        fail_msg("fork");
    if (child.pid == 0) {
        dup2(out[1], on_stdout ? STDOUT_FILENO : STDERR_FILENO);
        if (on_stdout && freopen("/dev/null", "w", stderr) == NULL)
            _exit(126);
        close(out[0]);
        close(out[1]);
        execvp(argv[0], argv);
        _exit(127);
    }
    close(out[1]);
    child.port = read_port(out[0], words);
    close(out[0]);
    return child;
}

void child_stop(struct child *child)
{
    if (child->pid <= 0)
        return;
    kill(child->pid, SIGTERM);
    waitpid(child->pid, NULL, 0);
    child->pid = 0;
}

int child_run(char *const argv[])
{
    pid_t pid = fork();
    int status = 0;

    if (pid < 0)
        fail_msg("fork");
    if (pid == 0) {
        if (freopen("/dev/null", "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL)
            _exit(126);
        execvp(argv[0], argv);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void write_secrets(const char *file)
{
    FILE *out = fopen(file, "we");

    assert_non_null(out);
    fprintf(out, "%s\n", BENCH_SECRET);
    fclose(out);
}

/* On every local address, so that each of 127/8 is a host of its own. */
static void start_sink(struct bench *bench)
{
    char secrets[128];
    char *const argv[] = {KT_SINK,    "--listen",      "0.0.0.0:0", "--log",
                          bench->log, "--secret-file", secrets,     NULL};

    snprintf(secrets, sizeof secrets, "%s/secrets", bench->dir);
    write_secrets(secrets);
    bench->sink = child_start(argv, " port=", false);
    if (bench->sink.port <= 0)
        fail_msg("kt-sink did not start");
}

int bench_set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    struct err err = {0};

    assert_non_null(bench);
    alarm(BENCH_DEADLINE_S);
    snprintf(bench->dir, sizeof bench->dir, P_tmpdir "/kt-webhook-XXXXXX");
    assert_non_null(mkdtemp(bench->dir));
    snprintf(bench->log, sizeof bench->log, "%s/log", bench->dir);
    start_sink(bench);
    bench->base = event_base_new();
    bench->hooks = webhooks_new(bench->base, &err);
    if (bench->hooks == NULL)
        fail_msg("%s", err.text);
    bench_policy(bench, "127.0.0.0/8", 5000);
    *state = bench;
    return 0;
}

int bench_tear_down(void **state)
{
    struct bench *bench = *state;
    char file[128];

    webhooks_free(bench->hooks);
    event_base_free(bench->base);
    child_stop(&bench->sink);
    unlink(bench->log);
    snprintf(file, sizeof file, "%s/secrets", bench->dir);
    unlink(file);
    rmdir(bench->dir);
    free(bench);
    alarm(0);
    return 0;
}

void bench_policy(struct bench *bench, const char *allow, int64_t timeout_ms)
{
    struct net_list list = {.count = allow[0] != '\0'};
    struct webhook_policy policy = {.timeout_ms = timeout_ms, .allow = &list};

    if (list.count == 1)
        assert_true(net_parse(allow, &list.nets[0]));
    webhooks_set_policy(bench->hooks, &policy);
}

static void on_done(const struct webhook_outcome *outcome, void *arg)
{
    struct call *call = arg;

    assert_false(call->done);
    assert_false(call->sending);
    call->done = true;
    call->outcome = *outcome;
    event_base_loopbreak(call->bench->base);
}

void bench_send(struct bench *bench, struct call *call, const char *url)
{
    static const char body[] = "{\"type\":\"ticket.opened\"}";
    struct webhook_message message = {.message_id = "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                      .url = url,
                                      .body = body,
                                      .body_bytes = sizeof body - 1,
                                      .secret = BENCH_SECRET};

    *call = (struct call){.bench = bench, .sending = true};
    webhook_send(bench->hooks, &message, wall_now(), on_done, call);
    call->sending = false;
}

static size_t count_done(const struct call *calls, size_t count)
{
    size_t done = 0;

    for (size_t i = 0; i < count; i++)
        done += calls[i].done;
    return done;
}

void bench_wait(struct bench *bench, struct call *calls, size_t count)
{
    while (count_done(calls, count) < count)
        assert_int_equal(event_base_dispatch(bench->base), 0);
}

struct webhook_outcome bench_post(struct bench *bench, const char *url)
{
    struct call call;

    bench_send(bench, &call, url);
    bench_wait(bench, &call, 1);
    return call.outcome;
}

const char *bench_url(const struct bench *bench, const char *path, char out[256])
{
    snprintf(out, 256, "http://127.0.0.1:%d/%s", bench->sink.port, path);
    return out;
}

struct webhook_outcome bench_ask(struct bench *bench, const char *path)
{
    char url[256];

    return bench_post(bench, bench_url(bench, path, url));
}

/* The sink writes a request down before it answers. */
static struct text read_log(const struct bench *bench)
{
    struct text all = {0};
    FILE *file = fopen(bench->log, "re");
    char piece[4096];
    size_t got;

    assert_non_null(file);
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        text_add_bytes(&all, piece, got);
    fclose(file);
    return all;
}

size_t bench_logged(const struct bench *bench)
{
    struct text all = read_log(bench);
    size_t lines = 0;

    for (size_t i = 0; i < all.bytes; i++)
        lines += text_get(&all)[i] == '\n';
    text_free(&all);
    return lines;
}

struct js *bench_last(const struct bench *bench)
{
    struct text all = read_log(bench);
    const char *line;
    struct err err = {0};
    struct js *read;

    assert_true(all.bytes > 1);
    all.at[all.bytes - 1] = '\0';
    line = strrchr(all.at, '\n');
    line = line == NULL ? all.at : line + 1;
    read = js_parse(line, strlen(line), &err);
    if (read == NULL)
        fail_msg("%s in %s", err.text, line);
    text_free(&all);
    return read;
}
