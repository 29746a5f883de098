/* SPDX-License-Identifier: ISC */
/* Traps and informs of Debian's commands to a real child: a hint has its device asked, at once. */
#include "tests/probes/bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "probes/probers.h"
#include "probes/trap_socket.h"
#include "tests/integration/rig_proc.h"
#include "tests/probes/evil.h"
#include "tests/unit/bytes.h"
#include "tests/unit/trap_vectors.h"

#define HOST      "127.0.1.1"
#define OTHER     "127.0.0.2"
#define NOBODY    "127.0.9.9"
#define WORD      "kampung" /* the community of trap_vectors.h */
#define LINK_DOWN "1.3.6.1.6.3.1.1.5.3"

/* So long that no probe but the first ones comes by itself. */
static const struct plan_policy slow = {600000, 5000, 3, 3, 0, 0, 0};

#define SHARDS 3

static struct evil *agent;
static struct probers *probers;
static struct prober_start start = {"/proc/self/exe", true};
static uint16_t trap_port;

/* What they said so far. */
static struct {
    unsigned asked[BENCH_DEVICES]; /* by device */
    struct trap_hint hint;         /* the last */
    unsigned hints;
    unsigned ready;
} seen;

static void on_change(const struct link_change *change, void *arg)
{
    (void)arg;
    seen.asked[change->device_id] += change->asked;
}

static void on_ready(uint32_t shard, void *arg)
{
    (void)arg;
    seen.ready += shard == 0;
}

static void on_lost(uint32_t shard, const char *why, void *arg)
{
    (void)arg;
    (void)shard;
    (void)why;
}

static void on_trap(const struct trap_hint *hint, void *arg)
{
    (void)arg;
    seen.hint = *hint;
    seen.hints++;
}

static const struct probers_callbacks callbacks = {
    .on_change = on_change, .on_ready = on_ready, .on_lost = on_lost, .on_trap = on_trap};

static struct trap_counters counted(void)
{
    struct trap_counters counters;

    probers_trap_counters(probers, &counters);
    return counters;
}

static int open_agent(void **state)
{
    struct bench *bench;
    struct err err;

    bench_open(state);
    bench = *state;
    memset(&seen, 0, sizeof seen);
    agent = evil_new(bench->base, HOST, OTHER, WORD);
    evil_play(agent, &(struct evil_play){.truth = true});
    probers = probers_new(bench->base, &start, SHARDS, &callbacks, NULL, &err);
    if (probers == NULL)
        fail_msg("%s", err.text);
    return 0;
}

static int close_agent(void **state)
{
    struct bench *bench = *state;

    probers_stop(probers);
    bench_wait(bench, probers_idle(probers));
    probers_free(probers);
    evil_free(agent);
    return bench_close(state);
}

static void listen_on(const char *host)
{
    char words[32];
    struct err err;
    int fd;

    trap_port = bench_free_port("127.0.0.1");
    snprintf(words, sizeof words, "%s:%u", host, trap_port);
    fd = trap_socket_open(words, &err);
    if (fd < 0)
        fail_msg("%s", err.text);
    probers_listen_traps(probers, fd);
}

/* The device at HOST has number 1, that at OTHER, where nobody answers, number 2. */
static void give_plan(uint32_t count)
{
    static const struct credential credential = {
        .id = 1, .kind = CREDENTIAL_COMMUNITY, .community = WORD};

    probers_plan_begin(probers, &slow);
    probers_plan_credential(probers, &credential);
    for (uint32_t id = 1; id <= count; id++) {
        struct plan_device device =
            bench_device(id, id == 1 ? HOST : OTHER, evil_port(agent), PLAN_SNMP_V2C, WORD);

        device.credential = credential.id;
        probers_plan_device(probers, &device);
    }
    probers_plan_commit(probers);
}

/* Traps come to the first child; all that device 1 is asked by itself was asked, by another. */
static void begin(struct bench *bench, const char *host)
{
    assert_int_not_equal(probers_shard(probers, 1), 0);
    listen_on(host);
    give_plan(1);
    probers_probe_now(probers, 1);
    bench_wait(bench, seen.asked[1] == 1);
    seen.asked[1] = 0;
}

#define TRAP   "/usr/bin/snmptrap"
#define INFORM "/usr/bin/snmpinform"

/* Debian's command, from the device's address. */
static pid_t send_by(struct bench *bench, const char *program, const char *word,
                     const char *patience_s)
{
    char to[64], client[64];
    const char *argv[] = {program, "-v2c",     "-c", word,    client,    "-r", "0",
                          "-t",    patience_s, to,   "12345", LINK_DOWN, NULL};

    snprintf(to, sizeof to, "127.0.0.1:%u", trap_port);
    snprintf(client, sizeof client, "--clientaddr=%s", HOST);
    return bench_agent(bench, argv);
}

static int ended(struct bench *bench, pid_t pid)
{
    int status = 0;

    bench_wait(bench, waitpid(pid, &status, WNOHANG) == pid);
    for (size_t i = 0; i < bench->agents_count; i++)
        if (bench->agents[i] == pid)
            bench->agents[i] = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int socket_of(const char *from)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(inet_pton(AF_INET, from, &address.sin_addr), 1);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void throw_bytes(const char *from, const void *bytes, size_t count, unsigned times)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(trap_port)};
    int fd = socket_of(from);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (unsigned i = 0; i < times; i++)
        assert_int_equal(sendto(fd, bytes, count, 0, (struct sockaddr *)&to, sizeof to), count);
    close(fd);
}

static void throw_hex(const char *from, const char *hex, unsigned times)
{
    struct bytes bytes = bytes_hex(hex);

    throw_bytes(from, bytes.at, bytes.count, times);
    free(bytes.at);
}

static void a_trap_has_its_device_asked_at_once(void **state)
{
    struct bench *bench = *state;
    size_t before;
    struct mono sent_at;

    begin(bench, "127.0.0.1");
    before = evil_asked(agent);
    assert_int_equal(ended(bench, send_by(bench, TRAP, WORD, "5")), 0);
    sent_at = mono_now();
    bench_wait(bench, seen.asked[1] == 1);
    assert_true(mono_diff_ms(mono_now(), sent_at) < 1000);
    assert_int_equal(evil_asked(agent), before + 1);
    assert_int_equal(seen.hints, 1);
    assert_int_equal(seen.hint.kind, TRAP_LINK_DOWN);
    assert_int_equal(seen.hint.count, 1);
    assert_int_equal(seen.hint.devices[0], 1);
    assert_int_equal(counted().believed[TRAP_LINK_DOWN], 1);
}

static void a_v1_trap_counts_as_much(void **state)
{
    struct bench *bench = *state;
    enum trap_kind kind = TRAP_OTHER;
    struct wall at = {0};

    begin(bench, "127.0.0.1");
    throw_hex(HOST, TRAP_V1_COLD_START, 1);
    bench_wait(bench, seen.asked[1] == 1);
    assert_true(probers_last_trap(probers, 1, &kind, &at));
    assert_int_equal(kind, TRAP_COLD_START);
    assert_true(wall_diff_ms(wall_now(), at) < BENCH_LIMIT_MS);
}

/* The sender waits for it and says so with its exit code. */
static void an_inform_is_answered(void **state)
{
    struct bench *bench = *state;

    begin(bench, "127.0.0.1");
    assert_int_equal(ended(bench, send_by(bench, INFORM, WORD, "20")), 0);
    bench_wait(bench, seen.asked[1] == 1);
    bench_wait(bench, counted().answered == 1);
}

/* On a socket for everything the answer must leave from the address that was spoken to. */
static void an_inform_is_answered_from_where_it_was_sent_to(void **state)
{
    struct bench *bench = *state;
    struct bytes inform = bytes_hex(INFORM_V2C_LINK_UP);
    uint8_t got[4096];
    struct sockaddr_in to = {.sin_family = AF_INET}, from;
    socklen_t from_bytes = sizeof from;
    int fd;

    begin(bench, "[::]");
    fd = socket_of(HOST);
    to.sin_port = htons(trap_port);
    assert_int_equal(inet_pton(AF_INET, "127.0.3.3", &to.sin_addr), 1);
    assert_int_equal(sendto(fd, inform.at, inform.count, 0, (struct sockaddr *)&to, sizeof to),
                     inform.count);
    bench_wait(bench, (recvfrom(fd, got, sizeof got, MSG_DONTWAIT, (struct sockaddr *)&from,
                                &from_bytes)) == (ssize_t)inform.count);
    assert_int_equal(from.sin_addr.s_addr, to.sin_addr.s_addr);
    assert_int_equal(from.sin_port, to.sin_port);
    assert_int_equal(got[14], BER_PDU_RESPONSE);
    close(fd);
    free(inform.at);
}

static void strangers_and_wrong_words_have_no_effect(void **state)
{
    struct bench *bench = *state;
    size_t before;
    pid_t waits;

    begin(bench, "127.0.0.1");
    before = evil_asked(agent);
    throw_hex(NOBODY, TRAP_V2C_LINK_DOWN, 1);
    assert_int_equal(ended(bench, send_by(bench, TRAP, "salah", "5")), 0);
    waits = send_by(bench, INFORM, "salah", "1");
    throw_hex(HOST, TRAP_V3, 1);
    throw_hex(HOST, V2C_REQUEST, 1);
    throw_bytes(HOST, "\x30\x03", 2, 1);
    bench_wait(bench, counted().community == 2);
    bench_wait(bench, counted().unknown == 1);
    bench_wait(bench, counted().unproven[TRAP_PROOF_USER] == 1);
    bench_wait(bench, counted().no_trap == 1);
    bench_wait(bench, counted().malformed == 1);
    assert_int_not_equal(ended(bench, waits), 0); /* it was not answered */
    assert_int_equal(counted().answered, 0);
    assert_int_equal(seen.hints, 0);
    assert_int_equal(seen.asked[1], 0);
    assert_int_equal(evil_asked(agent), before);
}

/* The true one, then a thousand copies from a thousand addresses, the device's own among them. */
static void a_replayed_trap_has_one_effect(void **state)
{
    struct bench *bench = *state;
    struct trap_counters counters;

    begin(bench, "127.0.0.1");
    throw_hex(HOST, TRAP_V2C_LINK_DOWN, 1);
    bench_wait(bench, seen.asked[1] == 1);
    for (unsigned i = 0; i < 1000; i++) {
        char from[32];

        snprintf(from, sizeof from, "127.7.%u.%u", i / 250, 1 + i % 250);
        throw_hex(i % 100 == 0 ? HOST : from, TRAP_V2C_LINK_DOWN, 1);
    }
    bench_wait(bench, counted().received == 1001);
    bench_wait(bench, (counters = counted(), counters.unknown + counters.repeated +
                                                     counters.limited + counters.crowded + 1 ==
                                                 1001));
    assert_int_equal(counters.believed[TRAP_LINK_DOWN], 1);
    assert_int_equal(counters.repeated, 10);
    assert_int_equal(seen.hints, 1);
    assert_int_equal(seen.asked[1], 1);
}

/* The socket outlives the child: a trap that comes while there is none is heard by the next. */
static void the_next_child_hears_what_came_meanwhile(void **state)
{
    struct bench *bench = *state;
    unsigned ready;

    begin(bench, "127.0.0.1");
    throw_hex(HOST, TRAP_V1_COLD_START, 1);
    bench_wait(bench, seen.hints == 1);
    ready = seen.ready;
    kill(prober_pid(probers_at(probers, 0)), SIGKILL);
    throw_hex(HOST, TRAP_V2C_LINK_DOWN, 1);
    throw_hex(HOST, TRAP_V1_COLD_START, 1); /* a copy: the next child's parent knows it */
    bench_wait(bench, seen.ready == ready + 1);
    bench_wait(bench, seen.hints == 2);
    bench_wait(bench, counted().repeated == 1);
    assert_int_equal(seen.hint.kind, TRAP_LINK_DOWN);
}

/* One sender floods; another one's trap is heard all the same, and the flood costs its own share.
 */
static void a_flood_of_one_sender_leaves_the_others_heard(void **state)
{
    struct bench *bench = *state;
    listen_on("127.0.0.1");
    give_plan(2);
    bench_wait(bench, seen.ready == 1);
    throw_hex(OTHER, TRAP_V2C_AUTH_FAILURE, 5000);
    throw_hex(HOST, TRAP_V2C_LINK_DOWN, 1);
    bench_wait(bench, seen.hint.kind == TRAP_LINK_DOWN && seen.hints >= 1);
    bench_wait(bench, counted().received > 0 && counted().received + counted().dropped == 5001);
    assert_int_equal(counted().believed[TRAP_AUTH_FAILURE], 1);
    assert_in_range(counted().limited, 4000, 5000);
}

static int tests(void)
{
#define TRAPS(test) cmocka_unit_test_setup_teardown(test, open_agent, close_agent)
    const struct CMUnitTest list[] = {
        TRAPS(a_trap_has_its_device_asked_at_once),
        TRAPS(a_v1_trap_counts_as_much),
        TRAPS(an_inform_is_answered),
        TRAPS(an_inform_is_answered_from_where_it_was_sent_to),
        TRAPS(strangers_and_wrong_words_have_no_effect),
        TRAPS(a_replayed_trap_has_one_effect),
        TRAPS(the_next_child_hears_what_came_meanwhile),
        TRAPS(a_flood_of_one_sender_leaves_the_others_heard),
    };

    if (access("/usr/bin/snmptrap", X_OK) != 0)
        return 77;
    return cmocka_run_group_tests(list, NULL, NULL);
}

int main(int argc, char **argv)
{
    return bench_main(argc, argv, tests);
}
