/* SPDX-License-Identifier: ISC */
/* What a prober cannot do any more, and what its parent says when it tries. */
#include "tests/probes/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "daemon/base/text.h"
#include "probes/sandbox.h"
#include "probes/usm.h"
#include "tests/integration/rig_proc.h"

#define HOST    "127.0.1.1"
#define INTRUDE "intruder" /* a program of this name boxes itself in and tries to get out */

/* ---- what is forbidden; each in a process of its own ---- */

static void opens_a_socket(void)
{
    (void)socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void runs_a_program(void)
{
    char name[] = "/bin/true", *argv[] = {name, NULL};

    (void)execv(name, argv);
}

static void makes_memory_that_can_be_run(void)
{
    (void)mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void makes_its_memory_run(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)mprotect(page, 4096, PROT_READ | PROT_EXEC);
}

static void calls_somebody(void)
{
    struct sockaddr_storage nobody = {.ss_family = AF_UNSPEC};

    (void)connect(STDERR_FILENO, (const struct sockaddr *)&nobody, sizeof nobody);
}

static void signals_its_parent(void)
{
    (void)syscall(SYS_tgkill, getppid(), getppid(), 0);
}

static void asks_for_a_kernel_of_its_own(void)
{
    (void)syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */);
}

static void goes_by_another_door(void)
{
    (void)syscall(SYS_io_uring_setup, 1, NULL);
}

static void loads_a_program_into_the_kernel(void)
{
    (void)syscall(SYS_bpf, 0, NULL, 0);
}

static void raises_its_limits(void)
{
    (void)syscall(SYS_setrlimit, RLIMIT_CORE, NULL);
}

static void calls_what_no_kernel_has(void)
{
    (void)syscall(100000);
}

static const struct intrusion {
    const char *name;
    void (*act)(void);
    const char *says;
} intrusions[] = {
    {"opens a socket", opens_a_socket, "system_call=socket "},
    {"runs a program", runs_a_program, "system_call=execve "},
    {"maps memory to run", makes_memory_that_can_be_run, "system_call=mmap "},
    {"makes memory run", makes_its_memory_run, "system_call=mprotect "},
    {"connects", calls_somebody, "system_call=connect "},
    {"signals its parent", signals_its_parent, "system_call=tgkill "},
    {"leaves its namespace", asks_for_a_kernel_of_its_own, "system_call=unshare "},
    {"uses io_uring", goes_by_another_door, "system_call=io_uring_setup "},
    {"loads a program into the kernel", loads_a_program_into_the_kernel, "system_call=bpf "},
    {"raises its limits", raises_its_limits, "system_call=setrlimit "},
    {"calls what there is not", calls_what_no_kernel_has, "system_call=unknown number=100000 "},
};

/* The wait status of a child that boxes itself in and acts; said: what it wrote to its stderr. */
static int boxed(void (*act)(void), struct text *said)
{
    char piece[4096];
    int pipes[2], status = 0;
    ssize_t bytes;
    pid_t pid;

    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct err err;

        dup2(pipes[1], STDERR_FILENO);
        sandbox_prepare();
        sandbox_drop_capabilities();
        if (!sandbox_enter(&err))
            _exit(99);
        act();
        _exit(98); /* still here: it was let */
    }
    close(pipes[1]);
    while ((bytes = read(pipes[0], piece, sizeof piece)) > 0)
        text_add_bytes(said, piece, (size_t)bytes);
    close(pipes[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 99)
        skip(); /* a kernel without seccomp */
    return status;
}

static void who_tries_to_get_out_is_killed_and_says_of_what(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof intrusions / sizeof *intrusions; i++) {
        struct text said = {0};
        int status = boxed(intrusions[i].act, &said);

        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
            fail_msg("who %s ends with status %#x", intrusions[i].name, (unsigned)status);
        if (strstr(text_get(&said), intrusions[i].says) == NULL)
            fail_msg("who %s says: %s", intrusions[i].name, text_get(&said));
        text_free(&said);
    }
}

static void looks_for_files(void)
{
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

    _exit(fd < 0 && errno == ENOENT ? 0 : 1);
}

extern void __asan_init(void) __attribute__((weak)); /* gcc's and clang's AddressSanitizer */

/* So that a library which looks for its configuration goes on without. */
static void there_are_no_files(void **state)
{
    struct text said = {0};
    int status;

    (void)state;
    if (__asan_init != NULL)
        skip(); /* its leak checker opens files */
    status = boxed(looks_for_files, &said);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    text_free(&said);
}

static void works(void)
{
    struct rlimit files;
    void *much = malloc(64 * (size_t)1024 * 1024);
    char *more = realloc(much, 128 * (size_t)1024 * 1024);

    if (more == NULL)
        _exit(1);
    memset(more, 1, 4096);
    free(more);
    (void)fprintf(stderr, "it works\n");
    (void)mono_now();
    (void)wall_now();
    (void)getrlimit(RLIMIT_NOFILE, &files);
    abort();
}

static void memory_clocks_words_and_an_abort_are_allowed(void **state)
{
    struct text said = {0};
    int status;

    (void)state;
    status = boxed(works, &said);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_string_equal(text_get(&said), "it works\n");
    text_free(&said);
}

/* ---- what a prober needs of its libraries ---- */

static const char *const v3_users[] = {
    "v3 user=u level=noAuthNoPriv",
    "v3 user=u level=authPriv auth=MD5:sandi-auth priv=DES:sandi-priv",
    "v3 user=u level=authPriv auth=SHA:sandi-auth priv=AES:sandi-priv",
    "v3 user=u level=authPriv auth=SHA-256:sandi-auth priv=AES-192:sandi-priv",
    "v3 user=u level=authPriv auth=SHA-512:sandi-auth priv=AES-256:sandi-priv",
};
static struct usm *opened_before;

static bool speaks_v3(const char *secret)
{
    static const struct question question = {
        .kind = QUESTION_GET, .count = 1, .oids = {{8, {0x2b, 6, 1, 2, 1, 1, 3, 0}}}};
    static const uint8_t engine[] = {0x80, 0, 0x1f, 0x88, 4, 'd', 'e', 's', 'a'};
    struct usm_agent agent = {0};
    uint8_t bytes[USM_MESSAGE_MAX];
    struct usm_words words;
    struct usm_user *user;
    struct err err;

    if (!usm_words_read(secret, &words, &err))
        return false;
    usm_keys_begin(usm_keys(opened_before));
    usm_keys_user(usm_keys(opened_before), 1, &words);
    usm_keys_commit(usm_keys(opened_before));
    while (usm_keys_work(usm_keys(opened_before)))
        ;
    user = usm_keys_find(usm_keys(opened_before), 1);
    usm_agent_meet(&agent, engine, sizeof engine);
    usm_agent_clock(&agent, 1, 100, mono_now());
    return user != NULL && usm_user_state(user) == USM_USER_READY &&
           usm_discover(opened_before, 1 << 24, bytes) > 0 &&
           usm_request(opened_before, user, &agent, mono_now(), 1 << 24, &question, bytes) > 0;
}

static void speaks_v3_at_every_level(void)
{
    for (size_t i = 0; i < sizeof v3_users / sizeof *v3_users; i++)
        if (!speaks_v3(v3_users[i]))
            _exit((int)i + 1);
    _exit(0);
}

/* OpenSSL looks for its configuration when a cipher is first used, and finds none in here. */
static void the_ciphers_of_snmpv3_work_without_files(void **state)
{
    struct text said = {0};
    int status;

    (void)state;
    opened_before = usm_new();
    status = boxed(speaks_v3_at_every_level, &said);
    assert_string_equal(text_get(&said), "");
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    usm_free(opened_before);
    text_free(&said);
}

/* ---- the prober and its parent ---- */

static const struct plan_policy brisk = {200, 150, 3, 2, 0, 0, 0};

static void plan_of_one(struct bench *bench)
{
    struct plan_device device = bench_device(1, HOST, 9, PLAN_SNMP_V2C, "desa");

    bench_plan(bench, &brisk, &device, 1);
}

static char *status_line(const struct bench *bench, const char *key, char line[128])
{
    char path[64];
    struct text whole = {0};
    const char *at;

    snprintf(path, sizeof path, "/proc/%d/status", prober_pid(bench->prober));
    assert_true(file_read(path, 0, &whole));
    at = strstr(text_get(&whole), key);
    assert_non_null(at);
    snprintf(line, 128, "%.*s", (int)strcspn(at, "\n"), at);
    text_free(&whole);
    return line;
}

static void a_prober_that_works_is_in_its_box(void **state)
{
    struct bench *bench = *state;
    char line[128];

    plan_of_one(bench);
    bench_wait(bench, bench->devices[1].begins == 1);
    assert_string_equal(status_line(bench, "Seccomp:", line), "Seccomp:\t2");
    assert_string_equal(status_line(bench, "NoNewPrivs:", line), "NoNewPrivs:\t1");
    assert_string_equal(status_line(bench, "CapEff:", line), "CapEff:\t0000000000000000");
    assert_string_equal(status_line(bench, "CapPrm:", line), "CapPrm:\t0000000000000000");
    assert_string_equal(status_line(bench, "CapAmb:", line), "CapAmb:\t0000000000000000");
    assert_int_equal(bench->lost, 0);
}

static void the_box_can_be_left_open_and_nothing_else(void **state)
{
    struct bench *bench = *state;
    char line[128];

    bench->no_sandbox = true;
    plan_of_one(bench);
    bench_wait(bench, bench->devices[1].begins == 1);
    assert_string_equal(status_line(bench, "Seccomp:", line), "Seccomp:\t0");
    assert_string_equal(status_line(bench, "NoNewPrivs:", line), "NoNewPrivs:\t1");
    assert_string_equal(status_line(bench, "CapPrm:", line), "CapPrm:\t0000000000000000");
}

static void the_parent_knows_that_it_was_the_box(void **state)
{
    struct bench *bench = *state;
    char path[160], self[256];
    ssize_t bytes = readlink("/proc/self/exe", self, sizeof self - 1);

    assert_true(bytes > 0);
    self[bytes] = '\0';
    snprintf(path, sizeof path, "%s", bench_path(bench, INTRUDE));
    assert_int_equal(symlink(self, path), 0);
    bench_prober(bench, path);
    bench_wait(bench, bench->lost == 1);
    assert_non_null(strstr(bench->why, "killed by its sandbox"));
    /* and it is replaced, as after any death */
    bench_wait(bench, bench->lost == 2);
    assert_int_equal(prober_restarts(bench->prober), 2);
}

#define T(test) cmocka_unit_test_setup_teardown(test, bench_open, bench_close)

static int run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_tries_to_get_out_is_killed_and_says_of_what),
        cmocka_unit_test(there_are_no_files),
        cmocka_unit_test(memory_clocks_words_and_an_abort_are_allowed),
        cmocka_unit_test(the_ciphers_of_snmpv3_work_without_files),
        T(a_prober_that_works_is_in_its_box),
        T(the_box_can_be_left_open_and_nothing_else),
        T(the_parent_knows_that_it_was_the_box),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    const char *name = strrchr(argv[0], '/');
    struct err err;

    if (name != NULL && strcmp(name + 1, INTRUDE) == 0) {
        if (sandbox_enter(&err))
            opens_a_socket();
        return EXIT_SUCCESS;
    }
    return bench_main(argc, argv, run);
}
