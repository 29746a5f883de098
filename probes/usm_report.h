/* SPDX-License-Identifier: ISC */
/*
 * usm_report - what an SNMPv3 agent reports instead of answering. Pure.
 */
#ifndef KT_USM_REPORT_H
#define KT_USM_REPORT_H

#include "probes/ber.h"

/* usmStats, by their last number [RFC 3414 §5]. */
enum usm_report {
    USM_REPORT_LEVEL = 1, /* unsupportedSecLevels */
    USM_REPORT_TIME,      /* notInTimeWindows */
    USM_REPORT_USER,      /* unknownUserNames */
    USM_REPORT_ENGINE,    /* unknownEngineIDs */
    USM_REPORT_DIGEST,    /* wrongDigests */
    USM_REPORT_CIPHER,    /* decryptionErrors */
    USM_REPORT_OTHER,
    USM_REPORT_END
};

/* Of a Report's varbinds, of which the first counts. */
enum usm_report usm_report_read(struct ber_list list);
const char *usm_report_name(enum usm_report report);
#endif
