/* SPDX-License-Identifier: ISC */
#include "probes/child_alone.h"

#include <signal.h>
#include <unistd.h>

#include <sys/prctl.h>
#include <sys/socket.h>

#include "daemon/base/err.h"
#include "daemon/base/log.h"
#include "probes/sandbox.h"

/* Nothing of the parent's is inherited. */
void child_begin_alone(int fd)
{
    (void)prctl(PR_SET_NAME, "kt-prober");
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    sandbox_prepare();
    /* The parent decides: a ^C or a stop of the whole group must not end us before it. */
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    if (fd > STDERR_FILENO + 1)
        (void)close_range(STDERR_FILENO + 1, (unsigned)fd - 1, 0);
    (void)close_range((unsigned)fd + 1, ~0U, 0);
}

bool child_is_socket(int fd)
{
    int type = 0;
    socklen_t bytes = sizeof type;

    return fd > STDERR_FILENO && getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &bytes) == 0 &&
           type == SOCK_SEQPACKET;
}

/* All is open. A kernel that cannot box us in is said and lived with: villages are watched first.
 */
bool child_box_in(bool sandbox)
{
    struct err err;

    sandbox_drop_capabilities();
    if (!sandbox)
        log_warn("prober.no_sandbox", "reason=\"the configuration says so\"");
    else if (sandbox_enter(&err))
        return true;
    else
        log_warn("prober.no_sandbox", "reason=\"%s\"", err.text);
    return false;
}

int child_end_alone(bool boxed, int exit_code)
{
#ifndef KT_COVERAGE /* gcov writes its counters when main() returns */
    if (boxed)
        _exit(exit_code);
#else
    (void)boxed;
#endif
    /* No secret is left; a leak checker may look at what remains (it needs ptrace for that). */
    (void)prctl(PR_SET_DUMPABLE, 1);
    return exit_code;
}
