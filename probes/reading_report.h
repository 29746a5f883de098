/* SPDX-License-Identifier: ISC */
/*
 * reading_report - one value of a reading, on its way from the prober to whoever keeps it.
 *
 * Profile and metric are named by their places in the set of profiles that the parent handed down
 * (probes/profile_hand.h); set says which hand-out that was, because a newer one may be under way.
 */
#ifndef KT_READING_REPORT_H
#define KT_READING_REPORT_H

#include "daemon/base/clock.h"
#include "probes/reading.h"

struct reading_report {
    uint32_t device_id;
    uint32_t set;     /* profile_hand_serial() of the profiles that it was read by */
    uint16_t profile; /* profiles_at() */
    uint16_t metric;  /* profile->metrics[] */
    enum value_status status;
    enum profile_health health;
    double number;  /* with VALUE_OK; of a counter how much per second; of a text 0 */
    struct wall at; /* when the reading began: the same for all values of one */
    uint32_t bytes; /* of the whole reading on the line, as IP counts them; 0: not known */
    char instance[READING_INSTANCE_MAX];
    char text[VALUE_TEXT_MAX];
};
#endif
