/* SPDX-License-Identifier: ISC */
#include "probes/spawn.h"

#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHILD_FD 3

/* What a child needs of the environment, and no more: the rest may hold somebody's password. */
static bool is_passed_on(const char *variable)
{
    static const char *const names[] = {
        "ASAN_OPTIONS=",         "UBSAN_OPTIONS=", "LSAN_OPTIONS=", "GCOV_PREFIX",
        "LLVM_PROFILE_FILE=",    "LD_PRELOAD=",    "FAKETIME",      "TZ=",
        "KENTONGAN_TEST_SLOT_S="};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(variable, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* posix_spawn, because a fork that allocates would have to wait for locks of libcurl's threads. */
bool spawn_child(const char *self, bool sandbox, int fd, pid_t *pid, struct err *err)
{
    char *argv[] = {(char *)(uintptr_t)self, (char *)(uintptr_t)SPAWN_PROBER,
                    (char *)(uintptr_t) "3", sandbox ? NULL : (char *)(uintptr_t)SPAWN_NO_SANDBOX,
                    NULL};
    char *envp[32];
    size_t count = 0;
    posix_spawn_file_actions_t files;
    int rc;

    for (char **at = environ; *at != NULL && count + 1 < sizeof envp / sizeof *envp; at++)
        if (is_passed_on(*at))
            envp[count++] = *at;
    envp[count] = NULL;
    if (posix_spawn_file_actions_init(&files) != 0)
        abort();
    /* also when fd is 3 already: it takes close-on-exec off */
    rc = posix_spawn_file_actions_adddup2(&files, fd, CHILD_FD);
    if (rc == 0)
        rc = posix_spawn(pid, self, &files, NULL, argv, envp);
    posix_spawn_file_actions_destroy(&files);
    if (rc == 0)
        return true;
    *pid = -1;
    return err_set(err, "cannot start %s: %s", self, strerror(rc));
}
