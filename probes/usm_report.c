/* SPDX-License-Identifier: ISC */
#include "probes/usm_report.h"

#include <assert.h>
#include <string.h>

/* 1.3.6.1.6.3.15.1.1, before the number of the statistic and ".0" */
static const uint8_t stats[] = {0x2b, 6, 1, 6, 3, 15, 1, 1};

enum usm_report usm_report_read(struct ber_list list)
{
    struct ber_varbind varbind;
    uint8_t number;

    if (!ber_next(&list, &varbind) || varbind.name_bytes != sizeof stats + 2 ||
        memcmp(varbind.name, stats, sizeof stats) != 0)
        return USM_REPORT_OTHER;
    number = varbind.name[sizeof stats];
    if (number < USM_REPORT_LEVEL || number > USM_REPORT_CIPHER)
        return USM_REPORT_OTHER;
    return (enum usm_report)number;
}

const char *usm_report_name(enum usm_report report)
{
    static const char *const names[USM_REPORT_END] = {
        [USM_REPORT_LEVEL] = "unsupportedSecLevels",
        [USM_REPORT_TIME] = "notInTimeWindows",
        [USM_REPORT_USER] = "unknownUserNames",
        [USM_REPORT_ENGINE] = "unknownEngineIDs",
        [USM_REPORT_DIGEST] = "wrongDigests",
        [USM_REPORT_CIPHER] = "decryptionErrors",
        [USM_REPORT_OTHER] = "other",
    };

    assert(report >= USM_REPORT_LEVEL && report < USM_REPORT_END);
    return names[report];
}
