/* SPDX-License-Identifier: ISC */
/*
 * sandbox - what the prober's child can still do once all is open: compute, and talk on the
 * sockets that it has.
 *
 * The child parses what anybody on a radio link sends. Should a parser be talked into running
 * somebody else's code, that code finds no files, no new sockets, no programs and no capability.
 * libseccomp and the limits of the kernel do the work. Owner: none, there is no way back.
 */
#ifndef KT_SANDBOX_H
#define KT_SANDBOX_H

#include <stdbool.h>

#include "daemon/base/err.h"

/* Nothing can be gained, nobody may look in, no core is left. At once, before anything is heard. */
void sandbox_prepare(void);
/* Capabilities go; sockets that were opened with them stay. Always, also without the filter. */
void sandbox_drop_capabilities(void);
/*
 * From here on a system call outside the list ends the process by SIGSYS, after a log line that
 * names it; one that would open a file finds none. False: the kernel has no such filter; the limits
 * hold all the same.
 */
KT_MUST_CHECK bool sandbox_enter(struct err *err);
#endif
