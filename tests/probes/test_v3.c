/* SPDX-License-Identifier: ISC */
/* SNMPv3 with Debian's snmpd: every level and protocol, and everything that may be wrong with an
 * agent that lives. */
#include "tests/probes/bench.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probes/usm_keys.h"
#include "tests/integration/rig_proc.h"
#include "tests/probes/relay.h"

#define ENGINE "exactEngineID 0x80001f888001020304\n"
#define PRIV   "v3 user=privsha level=authPriv auth=SHA:sandi-auth-1 priv=AES:sandi-priv-1"

/* Polls are 500 ms apart; a count of 40 misses is far beyond the restart of an agent. */
static const struct plan_policy policy = {500, 400, 3, 2, 0, 0, 0};
static const struct plan_policy patient = {500, 400, 40, 2, 0, 0, 0};

struct user {
    const char *create; /* snmpd.conf's createUser, and rouser's level */
    const char *level;
    const char *secret;
};

static const struct user users[] = {
    {"noauth", "noauth", "v3 user=noauth level=noAuthNoPriv"},
    {"md5 MD5 sandi-auth-1", "auth", "v3 user=md5 level=authNoPriv auth=MD5:sandi-auth-1"},
    {"sha SHA sandi-auth-1", "auth", "v3 user=sha level=authNoPriv auth=SHA:sandi-auth-1"},
    {"sha384 SHA-384 sandi-auth-1", "auth",
     "v3 user=sha384 level=authNoPriv auth=SHA-384:sandi-auth-1"},
    {"md5des MD5 sandi-auth-1 DES sandi-priv-1", "priv",
     "v3 user=md5des level=authPriv auth=MD5:sandi-auth-1 priv=DES:sandi-priv-1"},
    {"privsha SHA sandi-auth-1 AES sandi-priv-1", "priv", PRIV},
    {"sha224 SHA-224 sandi-auth-1 AES sandi-priv-1", "priv",
     "v3 user=sha224 level=authPriv auth=SHA-224:sandi-auth-1 priv=AES:sandi-priv-1"},
    {"sha256 SHA-256 sandi-auth-1 AES-192 sandi-priv-1", "priv",
     "v3 user=sha256 level=authPriv auth=SHA-256:sandi-auth-1 priv=AES-192:sandi-priv-1"},
    {"sha512 SHA-512 sandi-auth-1 AES-256 sandi-priv-1", "priv",
     "v3 user=sha512 level=authPriv auth=SHA-512:sandi-auth-1 priv=AES-256:sandi-priv-1"},
    {"stretched SHA sandi-auth-1 AES-256 sandi-priv-1", "priv",
     "v3 user=stretched level=authPriv auth=SHA:sandi-auth-1 priv=AES-256:sandi-priv-1"},
    {"cisco SHA sandi-auth-1 AES-256-C sandi-priv-1", "priv",
     "v3 user=cisco level=authPriv auth=SHA:sandi-auth-1 priv=AES-256-C:sandi-priv-1"},
    {"cisco192 MD5 sandi-auth-1 AES-192-C sandi-priv-1", "priv",
     "v3 user=cisco192 level=authPriv auth=MD5:sandi-auth-1 priv=AES-192-C:sandi-priv-1"},
};
#define USERS (sizeof users / sizeof *users)

/* more: lines of snmpd.conf behind the users; what an agent remembers lies in the folder `memory`.
 */
static pid_t snmpd(struct bench *bench, uint16_t port, const char *memory, const char *more)
{
    char config[4096], path[160], dir[160], endpoint[32];
    const char *argv[] = {"env", dir,   "MIBS=", "snmpd", "-f",     "-C", "-c",
                          path,  "-Lo", "-I",    "-smux", endpoint, NULL};
    size_t used = 0;

    for (size_t i = 0; i < USERS; i++)
        used += (size_t)snprintf(
            config + used, sizeof config - used, "createUser %s\nrouser %.*s %s\n", users[i].create,
            (int)strcspn(users[i].create, " "), users[i].create, users[i].level);
    used += (size_t)snprintf(config + used, sizeof config - used, "%s", more);
    assert_true(used < sizeof config);
    snprintf(dir, sizeof dir, "SNMP_PERSISTENT_DIR=%s", bench_path(bench, memory));
    snprintf(path, sizeof path, "%s", bench_path(bench, "snmpd.conf"));
    snprintf(endpoint, sizeof endpoint, "udp:127.0.0.1:%u", port);
    assert_true(file_write(path, config, 0600));
    return bench_agent(bench, argv);
}

static const struct bench_device *told(const struct bench *bench, uint32_t id)
{
    return &bench->devices[id];
}

static bool is_up(const struct bench *bench, uint32_t id, enum auth_state auth)
{
    return told(bench, id)->last.state == LINK_UP && told(bench, id)->agent.auth == auth;
}

static void every_level_and_protocol_is_spoken(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device devices[USERS];

    snmpd(bench, port, "memory", ENGINE);
    for (uint32_t i = 0; i < USERS; i++)
        devices[i] = bench_device(i + 1, "127.0.0.1", port, PLAN_SNMP_V3, users[i].secret);
    bench_plan(bench, &policy, devices, USERS);
    for (uint32_t id = 1; id <= USERS; id++) {
        const struct bench_device *device = told(bench, id);

        bench_wait(bench, is_up(bench, id, AUTH_FINE));
        bench_wait(bench, device->last.vitals.uptime_ticks >= 0);
        assert_in_range(device->last.vitals.engine_time_s, 0, 60 * 10);
        assert_int_equal(device->agent.engine_bytes, 9);
        assert_memory_equal(device->agent.engine, "\x80\x00\x1f\x88\x80\x01\x02\x03\x04", 9);
    }
    assert_int_equal(bench_counters(bench).locked_out, 0);
    assert_int_equal(bench_counters(bench).refused_auth, 0);
}

/* What the device says wrong, how it shows, and that no outage begins; then it is put right. */
static void wrong_keys_are_a_problem_and_no_outage(void **state)
{
    static const struct {
        const char *secret;
        enum auth_state auth;
    } cases[] = {
        {"v3 user=privsha level=authPriv auth=SHA:sandi-auth-9 priv=AES:sandi-priv-1", AUTH_KEY},
        {"v3 user=privsha level=authPriv auth=SHA-256:sandi-auth-1 priv=AES:sandi-priv-1",
         AUTH_KEY},
        {"v3 user=stranger level=authPriv auth=SHA:sandi-auth-1 priv=AES:sandi-priv-1", AUTH_USER},
        {"v3 user=stranger level=noAuthNoPriv", AUTH_USER},
        {"v3 user=sha level=authPriv auth=SHA:sandi-auth-1 priv=AES:sandi-priv-1", AUTH_LEVEL},
        {"v3 user=privsha level=authPriv auth=SHA:sandi-auth-1 priv=AES:sandi-priv-9",
         AUTH_UNANSWERED},
        {"v3 user=privsha level=authPriv auth=SHA:sandi-auth-1 priv=DES:sandi-priv-1",
         AUTH_UNANSWERED},
    };
    enum { CASES = sizeof cases / sizeof *cases };
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device devices[CASES];

    snmpd(bench, port, "memory", ENGINE);
    for (uint32_t i = 0; i < CASES; i++)
        devices[i] = bench_device(i + 1, "127.0.0.1", port, PLAN_SNMP_V3, cases[i].secret);
    bench_plan(bench, &policy, devices, CASES);
    for (uint32_t i = 0; i < CASES; i++)
        bench_wait(bench, is_up(bench, i + 1, cases[i].auth));

    for (uint32_t i = 0; i < CASES; i++)
        devices[i] = bench_device(i + 1, "127.0.0.1", port, PLAN_SNMP_V3, PRIV);
    bench_plan(bench, &policy, devices, CASES);
    for (uint32_t i = 0; i < CASES; i++) {
        bench_wait(bench, is_up(bench, i + 1, AUTH_FINE));
        assert_int_equal(told(bench, i + 1)->begins, 0);
    }
}

/* An agent that let us in and then does not: what it says for itself, at the agent's side. */
static void a_key_that_is_changed_there_is_a_problem_until_it_is_changed_here(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device device = bench_device(1, "127.0.0.1", port, PLAN_SNMP_V3, PRIV);
    pid_t agent = snmpd(bench, port, "memory", ENGINE);

    bench_plan(bench, &patient, &device, 1);
    bench_wait(bench, is_up(bench, 1, AUTH_FINE));
    bench_agent_end(bench, agent);
    /* the same engine without its memory: createUser makes the keys anew */
    snmpd(bench, port, "other", ENGINE "createUser privsha SHA sandi-auth-2 AES sandi-priv-1\n");
    bench_wait(bench, is_up(bench, 1, AUTH_KEY));
    device =
        bench_device(1, "127.0.0.1", port, PLAN_SNMP_V3,
                     "v3 user=privsha level=authPriv auth=SHA:sandi-auth-2 priv=AES:sandi-priv-1");
    bench_plan(bench, &patient, &device, 1);
    bench_wait(bench, is_up(bench, 1, AUTH_FINE));
    assert_int_equal(told(bench, 1)->begins, 0);
}

static void a_reboot_is_no_problem(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device device = bench_device(1, "127.0.0.1", port, PLAN_SNMP_V3, PRIV);
    const struct agent_news *agent = &told(bench, 1)->agent;
    pid_t first = snmpd(bench, port, "memory", "");
    char memory[160] = "engineBoots 7\noldEngineID 0x";

    bench_plan(bench, &patient, &device, 1);
    bench_wait(bench, is_up(bench, 1, AUTH_FINE));
    assert_int_equal(agent->boots, 1);
    bench_agent_end(bench, first);
    for (size_t i = 0; i <= agent->engine_bytes; i++)
        snprintf(memory + strlen(memory), 3, i < agent->engine_bytes ? "%02x" : "\n",
                 agent->engine[i % BER_ENGINE_MAX]);
    snmpd(bench, port, "memory", memory);
    bench_wait(bench, agent->boots == 8 && is_up(bench, 1, AUTH_FINE));
    assert_int_equal(told(bench, 1)->problems, 0);
    assert_int_equal(told(bench, 1)->begins, 0);
}

static void an_agent_that_lost_its_boots_is_no_problem_either(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device device = bench_device(1, "127.0.0.1", port, PLAN_SNMP_V3, PRIV);
    struct agent_news news = {.device_id = 1,
                              .auth = AUTH_FINE,
                              .engine_bytes = 9,
                              .engine = {0x80, 0x00, 0x1f, 0x88, 0x80, 1, 2, 3, 4},
                              .boots = 4711,
                              .time_s = 99,
                              .at = wall_now()};

    snmpd(bench, port, "memory", ENGINE);
    bench_prober(bench, NULL);
    prober_agent_know(bench->prober, &news);
    bench_plan(bench, &patient, &device, 1);
    bench_wait(bench, told(bench, 1)->agent.boots == 1 && is_up(bench, 1, AUTH_FINE));
    assert_int_equal(told(bench, 1)->problems, 0);
}

static void another_engine_shows_once_and_is_then_the_device(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device device = bench_device(1, "127.0.0.1", port, PLAN_SNMP_V3, PRIV);
    pid_t agent = snmpd(bench, port, "memory", ENGINE);

    bench_plan(bench, &patient, &device, 1);
    bench_wait(bench, is_up(bench, 1, AUTH_FINE));
    bench_agent_end(bench, agent);
    snmpd(bench, port, "other", "exactEngineID 0x80001f888005060708\n");
    bench_wait(bench, told(bench, 1)->agent.auth == AUTH_ENGINE_CHANGED);
    bench_wait(bench, is_up(bench, 1, AUTH_FINE));
    assert_memory_equal(told(bench, 1)->agent.engine, "\x80\x00\x1f\x88\x80\x05\x06\x07\x08", 9);
    assert_int_equal(told(bench, 1)->begins, 0);
}

/* Cloned images: both are watched. One that turns into the other's clone later on is not believed:
 * whoever holds the keys of that engine could say so. */
static void an_engine_may_be_two_devices_but_not_become_a_second_one(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1"), other = bench_free_port("127.0.0.1");
    struct plan_device devices[] = {
        bench_device(1, "127.0.0.1", port, PLAN_SNMP_V3, PRIV),
        bench_device(2, "127.0.0.1", other, PLAN_SNMP_V3, PRIV),
    };
    pid_t second;

    snmpd(bench, port, "memory", ENGINE);
    second = snmpd(bench, other, "other", ENGINE);
    bench_plan(bench, &patient, devices, 2);
    bench_wait(bench, is_up(bench, 1, AUTH_FINE) && is_up(bench, 2, AUTH_FINE));
    assert_memory_equal(told(bench, 1)->agent.engine, told(bench, 2)->agent.engine, 9);

    bench_agent_end(bench, second);
    second = snmpd(bench, other, "third", "exactEngineID 0x80001f888005060708\n");
    bench_wait(bench, told(bench, 2)->agent.engine[8] == 8 && is_up(bench, 2, AUTH_FINE));
    bench_agent_end(bench, second);
    second = snmpd(bench, other, "other", ENGINE);
    bench_wait(bench, is_up(bench, 2, AUTH_ENGINE_TAKEN));
    bench_agent_end(bench, second);
    snmpd(bench, other, "third", "exactEngineID 0x80001f888005060708\n");
    bench_wait(bench, is_up(bench, 2, AUTH_FINE));
    assert_int_equal(told(bench, 2)->begins, 0);
}

static void a_device_that_is_cut_off_is_down_and_comes_back(void **state)
{
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1");
    struct plan_device device = bench_device(1, "127.0.0.1", port, PLAN_SNMP_V3, PRIV);
    pid_t agent = snmpd(bench, port, "memory", ENGINE);

    bench_plan(bench, &policy, &device, 1);
    bench_wait(bench, is_up(bench, 1, AUTH_FINE));
    bench_agent_end(bench, agent);
    bench_wait(bench, told(bench, 1)->last.state == LINK_DOWN);
    snmpd(bench, port, "memory", ENGINE);
    bench_wait(bench, is_up(bench, 1, AUTH_FINE));
    assert_int_equal(told(bench, 1)->begins, 1);
    assert_int_equal(told(bench, 1)->ends, 1);
    assert_int_equal(told(bench, 1)->problems, 0);
}

static struct relay *relayed(struct bench *bench, struct plan_device *device)
{
    uint16_t port = bench_free_port("127.0.0.1");
    struct relay *relay;

    snmpd(bench, port, "memory", ENGINE);
    relay = relay_new(bench->base, port);
    *device = bench_device(1, "127.0.0.1", relay_port(relay), PLAN_SNMP_V3, PRIV);
    return relay;
}

static void a_new_child_need_not_ask_who_they_are(void **state)
{
    struct bench *bench = *state;
    struct plan_device device;
    struct relay *relay = relayed(bench, &device);
    unsigned asked;

    bench_plan(bench, &policy, &device, 1);
    bench_wait(bench, is_up(bench, 1, AUTH_FINE));
    asked = relay->discoveries;
    assert_true(asked > 0);
    kill(prober_pid(bench->prober), SIGKILL);
    bench_wait(bench, bench->lost == 1);
    relay->answers = 0;
    bench_wait(bench, relay->answers >= 3);
    assert_int_equal(relay->discoveries, asked);
    relay_free(relay);
}

static void a_flood_of_forged_reports_changes_nothing(void **state)
{
    struct bench *bench = *state;
    struct plan_device device;
    struct relay *relay = relayed(bench, &device);

    bench_plan(bench, &policy, &device, 1);
    bench_wait(bench, is_up(bench, 1, AUTH_FINE));
    for (int report = USM_REPORT_LEVEL; report < USM_REPORT_OTHER; report++) {
        relay->forge = (enum usm_report)report;
        relay->forged = 0;
        bench_wait(bench, relay->forged >= 400);
    }
    assert_int_equal(told(bench, 1)->problems, 0);
    assert_int_equal(told(bench, 1)->begins, 0);
    assert_int_equal(told(bench, 1)->last.state, LINK_UP);
    relay_free(relay);
}

static void an_answer_of_a_lower_level_is_none(void **state)
{
    struct bench *bench = *state;
    struct plan_device device;
    struct relay *relay = relayed(bench, &device);

    bench_plan(bench, &policy, &device, 1);
    bench_wait(bench, is_up(bench, 1, AUTH_FINE));
    relay->downgrade = true;
    bench_wait(bench, is_up(bench, 1, AUTH_UNANSWERED));
    assert_true(relay->downgraded > 0);
    assert_true(bench_counters(bench).refused_auth > 0);
    relay->downgrade = false;
    bench_wait(bench, is_up(bench, 1, AUTH_FINE));
    assert_int_equal(told(bench, 1)->begins, 0);
    relay_free(relay);
}

/* The time of a million bytes of passphrase, as every master key takes it [RFC 3414 A.2]. */
static int64_t key_cpu_us(void)
{
    struct usm_keys *keys = usm_keys_new();
    struct usm_words words;
    struct err err;
    int64_t before_us;

    assert_true(usm_words_read("v3 user=u level=authNoPriv auth=SHA-512:passphrase", &words, &err));
    usm_keys_begin(keys);
    usm_keys_user(keys, 1, &words);
    usm_keys_commit(keys);
    before_us = thread_cpu_us();
    assert_false(usm_keys_work(keys));
    before_us = thread_cpu_us() - before_us;
    usm_keys_free(keys);
    return before_us;
}

/*
 * Dead devices and many users, at once and from the start: no time is lost with their keys, and no
 * turn of the loop takes much longer than one key does. In processor time, which a busy machine
 * does not stretch; the sanitizers do, hence the 5 ms beside the keys.
 */
static void the_dead_hold_up_nobody(void **state)
{
    enum { COUNT = BENCH_DEVICES - 1, USERS_OF_THEM = 40 };
    struct bench *bench = *state;
    uint16_t port = bench_free_port("127.0.0.1"), nobody = bench_free_port("127.0.0.1");
    static struct plan_device devices[COUNT];
    int64_t key_us;

    snmpd(bench, port, "memory", ENGINE);
    for (uint32_t i = 0; i < COUNT; i++) {
        char secret[160];

        snprintf(secret, sizeof secret,
                 "v3 user=dead level=authPriv auth=SHA-512:passphrase-%u priv=AES:passphrase-%u",
                 i % USERS_OF_THEM, i % USERS_OF_THEM);
        devices[i] = bench_device(i + 1, "127.0.0.1", i == 0 ? port : nobody, PLAN_SNMP_V3,
                                  i == 0 ? PRIV : secret);
    }
    bench_plan(bench, &policy, devices, COUNT);
    bench_wait(bench, is_up(bench, 1, AUTH_FINE));
    for (uint32_t i = 1; i < COUNT; i++) {
        bench_wait(bench, told(bench, i + 1)->last.state == LINK_DOWN);
        assert_int_equal(told(bench, i + 1)->agents, 0);
    }
    assert_int_equal(told(bench, 1)->begins, 0);

    bench_wait(bench, bench_counters(bench).turns >= 5 * 2 * USERS_OF_THEM);
    key_us = key_cpu_us();
    printf("longest of %ju turns: %jd us of the processor, %ju over %d us; one key: %jd us\n",
           (uintmax_t)bench_counters(bench).turns, (intmax_t)bench_counters(bench).turn_cpu_us,
           (uintmax_t)bench_counters(bench).long_turns, TURN_LONG_US, (intmax_t)key_us);
    assert_true(bench_counters(bench).turn_cpu_us < TURN_LONG_US ||
                bench_counters(bench).turn_cpu_us < 2 * key_us + 5000);
}

#define T(test) cmocka_unit_test_setup_teardown(test, bench_open, bench_close)

static int run(void)
{
    const struct CMUnitTest tests[] = {
        T(every_level_and_protocol_is_spoken),
        T(wrong_keys_are_a_problem_and_no_outage),
        T(a_key_that_is_changed_there_is_a_problem_until_it_is_changed_here),
        T(a_reboot_is_no_problem),
        T(an_agent_that_lost_its_boots_is_no_problem_either),
        T(another_engine_shows_once_and_is_then_the_device),
        T(an_engine_may_be_two_devices_but_not_become_a_second_one),
        T(a_device_that_is_cut_off_is_down_and_comes_back),
        T(a_new_child_need_not_ask_who_they_are),
        T(a_flood_of_forged_reports_changes_nothing),
        T(an_answer_of_a_lower_level_is_none),
        T(the_dead_hold_up_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    return bench_main(argc, argv, run);
}
