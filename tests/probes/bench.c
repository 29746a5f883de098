/* SPDX-License-Identifier: ISC */
#include "tests/probes/bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/stat.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include "tests/integration/rig_proc.h"

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg; /* only wakes the loop, so that facts which no event announces are looked at */
}

static void on_change(const struct link_change *change, void *arg)
{
    struct bench *bench = arg;
    struct bench_device *device;

    if (change->device_id >= BENCH_DEVICES)
        return; /* only there to make the plan long */
    device = &bench->devices[change->device_id];
    device->last = *change;
    device->changes++;
    device->begins += change->effect == LINK_FX_BEGINS;
    device->ends += change->effect == LINK_FX_ENDS;
    device->asked += change->asked;
    if (change->effect == LINK_FX_BEGINS)
        device->began_at = change->first_bad;
}

static void on_ready(void *arg)
{
    struct bench *bench = arg;

    bench->ready++;
}

static void on_lost(const char *why, void *arg)
{
    struct bench *bench = arg;

    bench->lost++;
    snprintf(bench->why, sizeof bench->why, "%s", why);
}

static void on_agent(const struct agent_news *news, void *arg)
{
    struct bench *bench = arg;
    struct bench_device *device;

    if (news->device_id >= BENCH_DEVICES)
        return;
    device = &bench->devices[news->device_id];
    device->agent = *news;
    device->agents++;
    device->problems += news->auth != AUTH_FINE;
}

static void on_verified(const struct verify_verdict *verdict, void *arg)
{
    struct bench *bench = arg;

    bench->verdict = *verdict;
    bench->verdicts++;
}

static void on_reading(const struct reading_report *report, void *arg)
{
    struct bench *bench = arg;

    if (bench->on_reading != NULL)
        bench->on_reading(report);
}

static void on_rollup(const struct rollup_record *record, void *arg)
{
    struct bench *bench = arg;

    bench->counted += record->sent;
}

int bench_open(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);

    assert_non_null(bench);
    snprintf(bench->dir, sizeof bench->dir, "/tmp/kt-probes-XXXXXX");
    assert_non_null(mkdtemp(bench->dir));
    assert_true(proc_give(bench->dir));
    bench->base = event_base_new();
    assert_non_null(bench->base);
    bench->tick = event_new(bench->base, -1, EV_PERSIST, on_tick, NULL);
    assert_non_null(bench->tick);
    event_add(bench->tick, &(struct timeval){.tv_usec = 5000});
    *state = bench;
    return 0;
}

int bench_close(void **state)
{
    struct bench *bench = *state;

    /* by its own end, so that the child's leaks and coverage are seen too */
    if (bench->prober != NULL) {
        prober_stop(bench->prober);
        bench_wait(bench, prober_idle(bench->prober));
    }
    prober_free(bench->prober);
    for (size_t i = 0; i < bench->agents_count; i++)
        proc_kill(bench->agents[i]);
    event_free(bench->tick);
    event_base_free(bench->base);
    tree_remove(bench->dir);
    free(bench);
    return 0;
}

void bench_prober(struct bench *bench, const char *self)
{
    static const struct prober_callbacks callbacks = {.on_change = on_change,
                                                      .on_ready = on_ready,
                                                      .on_lost = on_lost,
                                                      .on_agent = on_agent,
                                                      .on_verified = on_verified,
                                                      .on_reading = on_reading,
                                                      .on_rollup = on_rollup};
    struct err err = {""};

    bench->start =
        (struct prober_start){self == NULL ? "/proc/self/exe" : self, !bench->no_sandbox};
    bench->prober = prober_new(bench->base, &bench->start, &callbacks, bench, &err);
    if (bench->prober == NULL)
        fail_msg("%s", err.text);
}

/* The secrets that devices were made with, by their number. */
static struct credential credentials[64];
static char secrets[64][400];

static void credential_read(struct credential *credential, const char *secret)
{
    struct err err;

    if (usm_words_are_meant(secret)) {
        credential->kind = CREDENTIAL_USM;
        if (!usm_words_read(secret, &credential->usm, &err))
            fail_msg("%s", err.text);
        return;
    }
    credential->kind = CREDENTIAL_COMMUNITY;
    snprintf(credential->community, sizeof credential->community, "%s", secret);
}

static uint32_t credential_of(const char *secret)
{
    for (uint32_t i = 0; i < sizeof credentials / sizeof *credentials; i++) {
        if (credentials[i].id == 0) {
            credentials[i].id = i + 1;
            snprintf(secrets[i], sizeof secrets[i], "%s", secret);
            credential_read(&credentials[i], secret);
        }
        if (strcmp(secrets[i], secret) == 0)
            return i + 1;
    }
    fail_msg("more than %zu secrets", sizeof credentials / sizeof *credentials);
    return 0;
}

void bench_credentials(struct prober *prober)
{
    for (size_t i = 0; i < sizeof credentials / sizeof *credentials; i++)
        if (credentials[i].id != 0)
            prober_plan_credential(prober, &credentials[i]);
}

void bench_plan(struct bench *bench, const struct plan_policy *policy,
                const struct plan_device *devices, size_t count)
{
    if (bench->prober == NULL)
        bench_prober(bench, NULL);
    prober_plan_begin(bench->prober, policy);
    bench_credentials(bench->prober);
    for (size_t i = 0; i < count; i++)
        prober_plan_device(bench->prober, &devices[i]);
    prober_plan_commit(bench->prober);
}

struct plan_device bench_device(uint32_t id, const char *host, uint16_t port, enum plan_snmp snmp,
                                const char *community)
{
    struct plan_device device = {.id = id, .snmp = snmp};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

    device.credential = credential_of(community);
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1)
        memcpy(&device.address, &v4, sizeof v4);
    else if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1)
        memcpy(&device.address, &v6, sizeof v6);
    else
        fail_msg("%s is no address", host);
    return device;
}

struct prober_counters bench_counters(const struct bench *bench)
{
    struct prober_counters counters;

    prober_counters(bench->prober, &counters);
    return counters;
}

const char *bench_path(const struct bench *bench, const char *name)
{
    static char path[160];

    snprintf(path, sizeof path, "%s/%s", bench->dir, name);
    return path;
}

uint16_t bench_free_port(const char *host)
{
    struct plan_device any = bench_device(0, host, 0, PLAN_SNMP_V2C, "");
    struct sockaddr_in bound;
    socklen_t bytes = sizeof bound;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&any.address, sizeof bound), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&bound, &bytes), 0);
    close(fd);
    return ntohs(bound.sin_port);
}

pid_t bench_agent(struct bench *bench, const char *const *argv)
{
    char log[160];
    struct proc_spec spec = {.argv = argv, .home = bench->dir, .out = log, .err = log};
    pid_t pid;

    snprintf(log, sizeof log, "%s", bench_path(bench, "agent.log"));
    pid = proc_spawn(&spec);
    assert_true(pid > 0);
    assert_true(bench->agents_count < sizeof bench->agents / sizeof *bench->agents);
    bench->agents[bench->agents_count++] = pid;
    return pid;
}

void bench_snmpsim(struct bench *bench, void (*fill)(const char *dir), uint16_t port)
{
    char data[160], cache[160], data_arg[200], cache_arg[200], endpoint[64];
    const char *argv[] = {BENCH_SNMPSIM,
                          data_arg,
                          cache_arg,
                          endpoint,
                          "--variation-modules-dir=/usr/share/snmpsim/variation",
                          "--logging-method=null",
                          NULL};

    snprintf(data, sizeof data, "%s", bench_path(bench, "data"));
    snprintf(cache, sizeof cache, "%s", bench_path(bench, "cache"));
    assert_int_equal(mkdir(data, 0700), 0);
    assert_int_equal(mkdir(cache, 0700), 0);
    fill(data);
    assert_true(proc_give(data) && proc_give(cache));
    snprintf(data_arg, sizeof data_arg, "--data-dir=%s", data);
    snprintf(cache_arg, sizeof cache_arg, "--cache-dir=%s", cache);
    snprintf(endpoint, sizeof endpoint, "--agent-udpv4-endpoint=127.0.0.1:%u", port);
    bench_agent(bench, argv);
}

void bench_agent_end(struct bench *bench, pid_t pid)
{
    for (size_t i = 0; i < bench->agents_count; i++)
        if (bench->agents[i] == pid)
            bench->agents[i] = 0;
    proc_kill(pid);
}

static void print_devices(const struct bench *bench)
{
    struct prober_counters c = bench_counters(bench);

    for (uint32_t id = 0; id < BENCH_DEVICES; id++) {
        const struct bench_device *device = &bench->devices[id];

        if (device->changes > 0)
            print_error(
                "device %u: %s, changes %u, begins %u, ends %u, asked %u, news %u, auth %s\n", id,
                link_state_name(device->last.state), device->changes, device->begins, device->ends,
                device->asked, device->agents,
                device->agent.auth == 0 ? "-" : auth_state_name(device->agent.auth));
    }
    print_error("ready %u lost %u (%s) restarts %u\n", bench->ready, bench->lost, bench->why,
                prober_restarts(bench->prober));
    if (bench->verdicts > 0)
        print_error("verdicts %u, the last: ticket %ju %s, %u of %u lost\n", bench->verdicts,
                    (uintmax_t)bench->verdict.ticket, verify_reason_name(bench->verdict.reason),
                    bench->verdict.lost, bench->verdict.sent);
    print_error("sent %ju answered %ju silent %ju late %ju forgotten %ju failed %ju lag %jd ms\n",
                (uintmax_t)c.sent, (uintmax_t)c.answered, (uintmax_t)c.silent, (uintmax_t)c.late,
                (uintmax_t)c.forgotten, (uintmax_t)c.send_failed, (intmax_t)c.loop_lag_ms);
    print_error("refused: address %ju version %ju community %ju request %ju objects %ju"
                " malformed %ju auth %ju, locked out %ju\n",
                (uintmax_t)c.refused_address, (uintmax_t)c.refused_version,
                (uintmax_t)c.refused_community, (uintmax_t)c.refused_request,
                (uintmax_t)c.refused_objects, (uintmax_t)c.refused_malformed,
                (uintmax_t)c.refused_auth, (uintmax_t)c.locked_out);
}

void bench_turn(struct bench *bench, struct mono deadline, const char *fact, const char *file,
                int line)
{
    event_base_loop(bench->base, EVLOOP_ONCE);
    if (mono_now().us < deadline.us)
        return;
    if (bench->prober != NULL)
        print_devices(bench);
    print_error("never so within %d ms: %s\n", BENCH_LIMIT_MS, fact);
    _fail(file, line);
}

int bench_main(int argc, char **argv, int (*tests)(void))
{
    if (prober_child_asked(argc, argv))
        return prober_child_main(argc, argv);
    return tests();
}
