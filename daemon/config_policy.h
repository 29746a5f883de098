/* SPDX-License-Identifier: ISC */
/*
 * config_policy - how the configuration has devices probed and judged.
 */
#ifndef KT_CONFIG_POLICY_H
#define KT_CONFIG_POLICY_H

#include "daemon/config.h"
#include "probes/plan.h"

struct plan_policy config_policy(const struct config *config);
#endif
