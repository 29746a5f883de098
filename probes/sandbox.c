/* SPDX-License-Identifier: ISC */
#include "probes/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "daemon/base/log.h"

#define FILES_MOST 64 /* two families of sockets, the parent, the loop's own */

/* By name, so that a kernel or a libc with another call for the same thing needs a word here, and
 * no number. */
/* clang-format off */
static const char *const allowed[] = {
    /* talk */
    "read", "write", "readv", "writev", "recvfrom", "recvmsg", "recvmmsg", "sendto", "sendmsg",
    "sendmmsg", "getsockname", "getpeername", "getsockopt", "shutdown", "close", "fcntl", "lseek",
    /* wait */
    "epoll_wait", "epoll_pwait", "epoll_pwait2", "epoll_ctl", "poll", "ppoll", "timerfd_settime",
    "timerfd_gettime", "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep",
    "gettimeofday", "time", "restart_syscall", "futex", "sched_yield",
    /* remember */
    "brk", "munmap", "mremap", "madvise", "getrandom",
    /* know itself, and end */
    "getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getrusage", "times",
    "uname", "sysinfo", "sched_getaffinity", "getcpu", "rt_sigaction", "rt_sigprocmask",
    "rt_sigreturn", "sigaltstack", "exit", "exit_group",
#ifdef KT_COVERAGE
    /* gcov writes its counters when we end */
    "open", "openat", "fstat", "newfstatat", "ftruncate", "unlink", "mkdir", "getcwd",
#endif
};
/* clang-format on */

/* What libraries try on the way and can do without: there are no files here, and no terminal. */
static const struct {
    const char *name;
    int error;
} absent[] = {
    {"open", ENOENT},       {"openat", ENOENT},   {"stat", ENOENT},       {"lstat", ENOENT},
    {"newfstatat", ENOENT}, {"statx", ENOENT},    {"access", ENOENT},     {"faccessat", ENOENT},
    {"faccessat2", ENOENT}, {"readlink", ENOENT}, {"readlinkat", ENOENT}, {"getcwd", ENOENT},
    {"fstat", EACCES},      {"ioctl", ENOTTY},    {"getrlimit", EPERM},   {"prlimit64", EPERM},
};

static bool is_allowed(const char *name)
{
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (strcmp(allowed[i], name) == 0)
            return true;
    return false;
}

void sandbox_prepare(void)
{
    static const struct rlimit none = {0, 0};

    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
}

void sandbox_drop_capabilities(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    (void)syscall(SYS_capset, &head, none);
}

/* One resource at a time: what cannot be lowered stays as it was. */
static void limit(__rlimit_resource_t resource, rlim_t most)
{
    struct rlimit now;

    if (getrlimit(resource, &now) < 0 || (now.rlim_max != RLIM_INFINITY && now.rlim_max < most))
        return;
    (void)setrlimit(resource, &(struct rlimit){most, most});
}

static void limit_all(void)
{
    struct stat log;

    limit(RLIMIT_NOFILE, FILES_MOST);
    limit(RLIMIT_MEMLOCK, 0);
    limit(RLIMIT_MSGQUEUE, 0);
    limit(RLIMIT_NPROC, 0);
    /* A log that is a file has to grow; else there is nothing to write into. */
    if (fstat(STDERR_FILENO, &log) == 0 && !S_ISREG(log.st_mode))
        limit(RLIMIT_FSIZE, 0);
}

/*
 * The kernel sends it in the place of the call, so nothing of ours is half done, and no lock of
 * malloc() is held: what malloc() calls is allowed. Then the process ends of it as it would have
 * without us.
 */
static void on_forbidden(int signal_number, siginfo_t *info, void *context)
{
    char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, info->si_syscall);

    (void)context;
    log_error("prober.sandbox", "system_call=%s number=%d ends the process",
              name == NULL ? "unknown" : name, info->si_syscall);
    free(name);
    (void)signal(signal_number, SIG_DFL);
    (void)raise(signal_number);
}

static int rule(scmp_filter_ctx filter, uint32_t action, const char *name, size_t count,
                const struct scmp_arg_cmp *compare)
{
    int number = seccomp_syscall_resolve_name(name);
    int rc;

    if (number == __NR_SCMP_ERROR)
        return 0; /* an older library; what it does not know is not allowed */
    rc = seccomp_rule_add_array(filter, action, number, (unsigned)count, compare);
    return rc == -EACCES ? 0 : rc; /* the same as what is done without a rule */
}

/* Memory that can be run is what an intruder wants most. */
static int rules_of_memory(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp not_run = {
        .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = PROT_EXEC, .datum_b = 0};
    int rc = rule(filter, SCMP_ACT_ALLOW, "mmap", 1, &not_run);

    return rc < 0 ? rc : rule(filter, SCMP_ACT_ALLOW, "mprotect", 1, &not_run);
}

/* We may signal ourselves (abort()) and, at the end, be looked at by a leak checker. */
static int rules_of_self(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp me = {.op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)getpid()};
    const struct scmp_arg_cmp dumpable = {.op = SCMP_CMP_EQ, .datum_a = PR_SET_DUMPABLE};
    const struct scmp_arg_cmp other = {.op = SCMP_CMP_NE, .datum_a = PR_SET_DUMPABLE};
    int rc = rule(filter, SCMP_ACT_ALLOW, "tgkill", 1, &me);

    if (rc == 0)
        rc = rule(filter, SCMP_ACT_ALLOW, "prctl", 1, &dumpable);
    return rc < 0 ? rc : rule(filter, SCMP_ACT_ERRNO(EINVAL), "prctl", 1, &other);
}

static int rules_all(scmp_filter_ctx filter)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof allowed / sizeof *allowed; i++)
        rc = rule(filter, SCMP_ACT_ALLOW, allowed[i], 0, NULL);
    for (size_t i = 0; rc == 0 && i < sizeof absent / sizeof *absent; i++)
        if (!is_allowed(absent[i].name))
            rc = rule(filter, SCMP_ACT_ERRNO((uint32_t)absent[i].error), absent[i].name, 0, NULL);
    if (rc == 0)
        rc = rules_of_memory(filter);
    return rc < 0 ? rc : rules_of_self(filter);
}

bool sandbox_enter(struct err *err)
{
    struct sigaction on_sys = {.sa_sigaction = on_forbidden, .sa_flags = SA_SIGINFO};
    scmp_filter_ctx filter;
    int rc;

    limit_all();
    if (sigaction(SIGSYS, &on_sys, NULL) < 0)
        return err_set(err, "sigaction: %s", strerror(errno));
    filter = seccomp_init(SCMP_ACT_TRAP);
    if (filter == NULL)
        return err_set(err, "libseccomp cannot begin");
    /* calls of another machine's or an older numbering have no names here */
    rc = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (rc == 0)
        rc = rules_all(filter);
    if (rc == 0)
        rc = seccomp_load(filter);
    seccomp_release(filter);
    return rc == 0 || err_set(err, "seccomp: %s", strerror(-rc));
}
