/* SPDX-License-Identifier: ISC */
/* frame_samples - records of readings and profiles, for whoever makes and breaks frames. */
#ifndef KT_TEST_FRAME_SAMPLES_H
#define KT_TEST_FRAME_SAMPLES_H

#include "probes/frame_reading.h"

static inline struct reading_report some_reading(void)
{
    return (struct reading_report){.device_id = UINT32_MAX,
                                   .bytes = UINT32_MAX - 1,
                                   .set = 3,
                                   .profile = 2,
                                   .metric = PROFILE_METRICS_MAX - 1,
                                   .status = VALUE_OK,
                                   .health = PROFILE_WARN,
                                   .number = -84.5,
                                   .at = {INT64_C(1764000000000001)},
                                   .instance = "02:00:5e:10:07:09 wlan1",
                                   .text = "Kal\xc3\xa9"};
}

static inline struct profile_chunk some_chunk(void)
{
    return (struct profile_chunk){
        .serial = 1, .total = 9, .offset = 0, .bytes = 9, .text = "profile a"};
}
#endif
