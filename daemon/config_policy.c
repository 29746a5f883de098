/* SPDX-License-Identifier: ISC */
#include "daemon/config_policy.h"

struct plan_policy config_policy(const struct config *config)
{
    return (struct plan_policy){.interval_ms = config->poll_interval_ms,
                                .timeout_ms = config->poll_timeout_ms,
                                .misses_to_down = (uint32_t)config->poll_misses_to_down,
                                .answers_to_up = (uint32_t)config->poll_answers_to_up,
                                .false_down_years = (uint32_t)config->poll_false_down_years,
                                .packets_per_s = (uint32_t)config->poll_packets_per_second,
                                .lane_bytes_per_s = (uint32_t)config->poll_uplink_bytes_per_second};
}
