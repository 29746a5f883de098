/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/web/bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "tests/web/serve.h"

int64_t bench_now_ms(void)
{
    return mono_now().us / US_PER_MS;
}

/* ---- the child ---- */

/* Free a moment ago; nobody else on this machine asks for loopback ports by number. */
static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t bytes = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &bytes), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static void set_descriptors(unsigned count)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = count != 0 ? count : limit.rlim_max < 4096 ? limit.rlim_max : 4096;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void await_ready(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    char byte;

    assert_int_equal(poll(&wait, 1, BENCH_PATIENCE_MS), 1);
    assert_int_equal(read(fd, &byte, 1), 1);
    close(fd);
}

void bench_start(struct bench *bench, const struct bench_wish *wish)
{
    char listen[128];
    int ready[2];

    *bench = (struct bench){.is_tcp = wish->is_tcp, .directory = "/tmp/kt-web-XXXXXX"};
    set_descriptors(0);
    assert_non_null(mkdtemp(bench->directory));
    snprintf(bench->path, sizeof bench->path, "%s/s", bench->directory);
    bench->port = free_port();
    if (wish->is_tcp)
        snprintf(listen, sizeof listen, "127.0.0.1:%d", bench->port);
    else
        snprintf(listen, sizeof listen, "unix:%s", bench->path);
    bench->counts = mmap(NULL, sizeof *bench->counts, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(bench->counts != MAP_FAILED);
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    fflush(NULL); /* or the child would print it again */
    bench->pid = fork();
    assert_true(bench->pid >= 0);
    if (bench->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ready[0]);
        if (wish->descriptors != 0)
            set_descriptors(wish->descriptors);
        serve(listen, wish->limits, bench->counts, ready[1]);
    }
    close(ready[1]);
    await_ready(ready[0]);
}

void bench_ask_to_stop(struct bench *bench)
{
    if (!bench->is_asked) /* once it is about to end it does not catch a second one */
        assert_int_equal(kill(bench->pid, SIGTERM), 0);
    bench->is_asked = true;
}

void bench_stop(struct bench *bench)
{
    int status = -1;

    bench_ask_to_stop(bench);
    assert_int_equal(waitpid(bench->pid, &status, 0), bench->pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("the server ended with status %#x", (unsigned)status);
    assert_int_equal(access(bench->path, F_OK), -1); /* the socket is gone with it */
    rmdir(bench->directory);
    munmap(bench->counts, sizeof *bench->counts);
}

/* User and system time of the child so far: fields 14 and 15 of proc(5)'s stat. */
double bench_cpu_s(const struct bench *bench)
{
    char path[64];
    char line[1024] = "";
    unsigned long user = 0;
    unsigned long kernel = 0;
    const char *behind_name;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)bench->pid);
    file = fopen(path, "re");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
    behind_name = strrchr(line, ')');
    assert_non_null(behind_name);
    assert_int_equal(sscanf(behind_name, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                            &user, &kernel),
                     2);
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

/* A look each few milliseconds: shared memory cannot be waited for. */
static void look_again(int64_t until_ms, const char *what)
{
    if (bench_now_ms() > until_ms)
        fail_msg("%s did not happen", what);
    poll(NULL, 0, 2);
}

void bench_await(atomic_int *count, int least)
{
    int64_t until_ms = bench_now_ms() + BENCH_PATIENCE_MS;

    while (atomic_load(count) < least)
        look_again(until_ms, "a count");
}

void bench_await_conns(struct bench *bench, int exactly)
{
    int64_t until_ms = bench_now_ms() + BENCH_PATIENCE_MS;

    while (atomic_load(&bench->counts->conns) != exactly)
        look_again(until_ms, "a number of connections");
}

int bench_calls(const struct bench *bench)
{
    return atomic_load(&bench->counts->calls);
}

/* ---- the client ---- */

static int connect_unix(const struct bench *bench)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    memcpy(address.sun_path, bench->path, sizeof bench->path);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

int bench_connect_from(const struct bench *bench, const char *address)
{
    struct sockaddr_in from = {.sin_family = AF_INET};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)bench->port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(inet_pton(AF_INET, address, &from.sin_addr), 1);
    assert_int_equal(bind(fd, (const struct sockaddr *)&from, sizeof from), 0);
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

int bench_connect(const struct bench *bench)
{
    return bench->is_tcp ? bench_connect_from(bench, "127.0.0.1") : connect_unix(bench);
}

bool bench_send(int fd, const char *bytes, size_t count)
{
    for (size_t sent = 0; sent < count;) {
        ssize_t n = send(fd, bytes + sent, count - sent, MSG_NOSIGNAL);

        if (n < 0)
            return false;
        sent += (size_t)n;
    }
    return true;
}

bool bench_say(int fd, const char *words)
{
    return bench_send(fd, words, strlen(words));
}

/* False at the end. A reset is an end too. */
static bool read_some(int fd, size_t most, int64_t until_ms, struct text *out, bool *late)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int64_t left_ms = until_ms - bench_now_ms();
    char buffer[16384];
    ssize_t n;

    *late = poll(&wait, 1, left_ms < 0 ? 0 : (int)left_ms) == 0;
    if (*late)
        return false;
    n = recv(fd, buffer, most < sizeof buffer ? most : sizeof buffer, 0);
    if (n > 0)
        text_add_bytes(out, buffer, (size_t)n);
    return n > 0;
}

static size_t stated_length(const struct text *answer)
{
    const char *at = strcasestr(text_get(answer), "\r\nContent-Length: ");

    return at == NULL ? 0 : strtoul(at + 18, NULL, 10);
}

static void read_exactly(int fd, size_t count, struct text *out)
{
    int64_t until_ms = bench_now_ms() + BENCH_PATIENCE_MS;
    size_t end = out->bytes + count;
    bool late;

    while (out->bytes < end)
        if (!read_some(fd, end - out->bytes, until_ms, out, &late))
            fail_msg("the answer is cut off%s: %s", late ? " by time" : "", text_get(out));
}

/* The head byte by byte: what stands behind the answer stays in the socket. */
void bench_answer(int fd, bool is_head, struct text *out)
{
    text_clear(out);
    while (strstr(text_get(out), "\r\n\r\n") == NULL)
        read_exactly(fd, 1, out);
    if (!is_head)
        read_exactly(fd, stated_length(out), out);
}

bool bench_until_closed(int fd, int64_t ms, struct text *out)
{
    int64_t until_ms = bench_now_ms() + ms;
    bool late;

    text_clear(out);
    while (read_some(fd, SIZE_MAX, until_ms, out, &late))
        ;
    return !late;
}

bool bench_is_closed(int fd)
{
    char byte;
    ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    return n == 0 || (n < 0 && errno != EAGAIN);
}

int bench_status(const struct text *answer)
{
    int status = 0;

    return sscanf(text_get(answer), "HTTP/1.1 %d ", &status) == 1 ? status : -1;
}

bool bench_has(const struct text *answer, const char *words)
{
    return strstr(text_get(answer), words) != NULL;
}
