/* SPDX-License-Identifier: ISC */
/*
 * agent_news - what is known of the SNMPv3 engine of one device, as the prober's child tells it and
 * is told it after a restart. Plain data.
 */
#ifndef KT_AGENT_NEWS_H
#define KT_AGENT_NEWS_H

#include <stdint.h>

#include "daemon/base/clock.h"
#include "probes/auth_state.h"
#include "probes/ber_v3.h"

struct agent_news {
    uint32_t device_id;
    enum auth_state auth;
    uint8_t engine_bytes; /* 0: not known */
    uint8_t engine[BER_ENGINE_MAX];
    uint32_t boots; /* 0 with time_s 0: its clock is not known */
    uint32_t time_s;
    struct wall at; /* when its clock showed that; unset when it is not known */
};
#endif
