/* SPDX-License-Identifier: ISC */
#include "daemon/app_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/clock.h"

void app_name(char *out, size_t bytes)
{
    char host[64] = "";

    if (gethostname(host, sizeof host - 1) < 0)
        memcpy(host, "localhost", sizeof "localhost");
    snprintf(out, bytes, "%s:%ld:%" PRIx64, host, (long)getpid(),
             (uint64_t)wall_now().us / US_PER_MS);
}
