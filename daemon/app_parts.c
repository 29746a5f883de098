/* SPDX-License-Identifier: ISC */
#include "daemon/app_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct plan_policy app_policy(const struct config *config)
{
    return (struct plan_policy){.interval_ms = config->poll_interval_ms,
                                .timeout_ms = config->poll_timeout_ms,
                                .misses_to_down = (uint32_t)config->poll_misses_to_down,
                                .answers_to_up = (uint32_t)config->poll_answers_to_up,
                                .false_down_years = (uint32_t)config->poll_false_down_years,
                                .packets_per_s = (uint32_t)config->poll_packets_per_second,
                                .lane_bytes_per_s = (uint32_t)config->poll_uplink_bytes_per_second};
}

void app_name(char *out, size_t bytes)
{
    char host[64] = "";

    if (gethostname(host, sizeof host - 1) < 0)
        memcpy(host, "localhost", sizeof "localhost");
    snprintf(out, bytes, "%s:%ld:%" PRIx64, host, (long)getpid(),
             (uint64_t)wall_now().us / US_PER_MS);
}
