/* SPDX-License-Identifier: ISC */
#include "tests/integration/rig_proc.h"

#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/base/clock.h"

#define ENV_MAX  32
#define PATH_ENV "PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"

static const struct passwd *unprivileged(void)
{
    const struct passwd *nobody = getuid() == 0 ? getpwnam("nobody") : NULL;

    return nobody;
}

uid_t proc_owner(void)
{
    const struct passwd *user = unprivileged();

    return user == NULL ? getuid() : user->pw_uid;
}

gid_t proc_group(void)
{
    const struct passwd *user = unprivileged();

    return user == NULL ? getgid() : user->pw_gid;
}

bool proc_give(const char *path)
{
    return getuid() != 0 || chown(path, proc_owner(), proc_group()) == 0;
}

static void redirect(const char *path, int to)
{
    int fd = path == NULL ? open("/dev/null", O_WRONLY)
                          : open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);

    if (fd < 0 || dup2(fd, to) < 0)
        _exit(126);
    close(fd);
}

/* What sanitizers are told passes through; nothing else of our own environment does. */
static void environment(const struct proc_spec *spec, char *env[ENV_MAX])
{
    static const char *const passed[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"};
    static char given[3][512];
    static char home[512];
    static char path[] = PATH_ENV;
    static char locale[] = "LC_ALL=C.UTF-8";
    static char no_mibs[] = "MIBS=";
    static char persistent[512];
    size_t n = 0;

    snprintf(home, sizeof home, "HOME=%s", spec->home);
    env[n++] = path;
    env[n++] = locale;
    env[n++] = home;
    /* Debian's snmpd would keep its state in /var/lib/snmp, which is not ours. */
    snprintf(persistent, sizeof persistent, "SNMP_PERSISTENT_DIR=%s", spec->home);
    env[n++] = no_mibs;
    env[n++] = persistent;
    for (size_t i = 0; i < 3; i++)
        if (getenv(passed[i]) != NULL) {
            snprintf(given[i], sizeof given[i], "%s=%s", passed[i], getenv(passed[i]));
            env[n++] = given[i];
        }
    for (size_t i = 0; spec->env != NULL && spec->env[i] != NULL && n < ENV_MAX - 1; i++)
        env[n++] = strdup(spec->env[i]);
    env[n] = NULL;
}

static void become(const struct proc_spec *spec)
{
    char *env[ENV_MAX];
    char *argv[64];
    size_t n = 0;

    redirect(spec->out, STDOUT_FILENO);
    redirect(spec->err, STDERR_FILENO);
    if (getuid() == 0 &&
        (setgroups(0, NULL) < 0 || setgid(proc_group()) < 0 || setuid(proc_owner()) < 0))
        _exit(126);
    /* After setuid(), which clears it. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || chdir(spec->home) < 0)
        _exit(126);
    while (spec->argv[n] != NULL && n < 63) {
        argv[n] = strdup(spec->argv[n]);
        n++;
    }
    argv[n] = NULL;
    environment(spec, env);
    /* execvpe() would look for it in our own PATH, and an ordinary user's holds no /usr/sbin. */
    environ = env;
    execvp(argv[0], argv);
    _exit(127);
}

pid_t proc_spawn(const struct proc_spec *spec)
{
    pid_t pid = fork();

    if (pid == 0) {
        become(spec);
        _exit(127);
    }
    return pid;
}

static int exit_code(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

bool proc_ended(pid_t pid, int wait_ms, int *code)
{
    int fd = pidfd_open(pid, 0);
    struct pollfd ended = {.fd = fd, .events = POLLIN};
    int status = 0;
    bool over;

    over = fd >= 0 && poll(&ended, 1, wait_ms) == 1;
    if (fd >= 0)
        close(fd);
    if (!over || waitpid(pid, &status, 0) != pid)
        return false;
    if (code != NULL)
        *code = exit_code(status);
    return true;
}

void proc_kill(pid_t pid)
{
    /* A pid that was reaped may be another process by now: only our own children are killed. */
    if (pid <= 0 || waitpid(pid, NULL, WNOHANG) != 0)
        return;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

int proc_run(const struct proc_spec *spec, int limit_ms)
{
    pid_t pid = proc_spawn(spec);
    int code = -1;

    if (pid > 0 && !proc_ended(pid, limit_ms, &code)) {
        proc_kill(pid);
        return -1;
    }
    return code;
}

bool file_read(const char *path, size_t offset, struct text *out)
{
    char piece[16384];
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return false;
    if (lseek(fd, (off_t)offset, SEEK_SET) < 0)
        offset = 0;
    while ((got = read(fd, piece, sizeof piece)) > 0)
        text_add_bytes(out, piece, (size_t)got);
    close(fd);
    return got == 0;
}

/* Beside and renamed: a reader finds the old file or the new one. */
bool file_write(const char *path, const char *content, mode_t mode)
{
    char beside[4096];
    size_t bytes = strlen(content);
    bool good;
    int fd;

    snprintf(beside, sizeof beside, "%s.new", path);
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        return false;
    good = write(fd, content, bytes) == (ssize_t)bytes && fchmod(fd, mode) == 0;
    close(fd);
    return good && proc_give(beside) && rename(beside, path) == 0;
}

bool file_copy(const char *from, const char *to, mode_t mode)
{
    char piece[32768];
    ssize_t got = -1;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

    while (in >= 0 && out >= 0 && (got = read(in, piece, sizeof piece)) > 0)
        if (write(out, piece, (size_t)got) != got)
            break;
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return got == 0 && chmod(to, mode) == 0 && proc_give(to);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

void tree_remove(const char *path)
{
    nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS);
}
