/* SPDX-License-Identifier: ISC */
/*
 * field_fixtures - tickets as functions/ticket_page.sql returns them, for the tests of the field
 * page.
 */
#ifndef KT_FIELD_FIXTURES_H
#define KT_FIELD_FIXTURES_H

#include "daemon/base/clock.h"

#define FIELD_NOW                                                                                  \
    ((struct wall){INT64_C(1795504620) * US_PER_S}) /* 2026-11-24T07:17:00Z, 14.17 WIB */

#define FIELD_CODES                                                                                \
    "\"causes\":[\"power\",\"upstream\",\"link\",\"antenna\",\"cable\",\"fibre\",\"psu\","         \
    "\"ups\",\"device\",\"config\",\"lightning\",\"vandalism\",\"planned\",\"unknown\"],"          \
    "\"action_codes\":[\"power_restored\",\"realigned\",\"replaced\",\"recabled\","                \
    "\"reconfigured\",\"rebooted\",\"none\"],"

/* clang-format off */
#define FIELD_LINK \
    "[1,120,0],[2,120,0],[3,120,0],[4,120,0],[5,120,0],[6,120,0],[7,120,0],[8,120,0],[9,1" \
    "20,0],[10,120,12],[11,120,0],[12,120,0],[13,120,0],[14,120,0],[15,120,0],[16,120,0]," \
    "[17,120,0],[18,120,0],[19,120,0],[20,120,0],[21,120,114],[22,120,120],[23,34,34]"
#define FIELD_SIGNAL \
    "[1,-61],[2,-61],[3,-61],[4,-61],[5,-61],[6,-61],[7,-63.5],[8,-63.5],[9,-63.5],[10,-6" \
    "3.5],[11,-63.5],[12,-63.5],[13,-63.5],[15,-70],[16,-70],[17,-70],[18,-70],[19,-70],[" \
    "20,-70]"
/* clang-format on */

/* A day that began unwatched, lost a little, and was cut off at its end. */
#define FIELD_COURSE                                                                               \
    "\"course\":{\"from\":\"2026-11-23T08:00:00.000000Z\",\"link\":[" FIELD_LINK                   \
    "],\"readings\":[{\"metric\":\"signal\",\"instance\":\"wlan1\",\"unit\":\"dBm\",\"least\":-"   \
    "72,"                                                                                          \
    "\"most\":-60,\"last\":-70,\"steps\":[" FIELD_SIGNAL "]}]},"

#define FIELD_HEAD                                                                                 \
    "{\"ticket\":\"KT-2026-000123\",\"id\":123,\"kind\":\"down\",\"generation\":1,"                \
    "\"party\":\"cv-lawu-net\",\"party_name\":\"CV Lawu Net\",\"contract\":\"east-2026\","         \
    "\"root\":{\"code\":\"33.14.05.2003\",\"name\":\"Gesi\",\"kecamatan\":\"Gesi\","               \
    "\"lat\":-7.33517,\"lng\":111.03292},\"first_bad\":\"2026-11-24T05:03:10.000000Z\","           \
    "\"last_good\":\"2026-11-24T05:02:41.000000Z\",\"opened\":\"2026-11-24T05:03:22.000000Z\","    \
    "\"reopen_count\":0,\"language\":\"id\"," FIELD_COURSE FIELD_CODES

static const char field_offered[] = FIELD_HEAD
    "\"state\":\"offered\",\"seq\":2,\"back\":null,\"accepted\":null,\"unproven_count\":0,"
    "\"next\":{\"who\":\"party\",\"what\":\"accept\"},"
    "\"actions\":[\"accept\",\"decline\",\"note\"],"
    "\"affected\":{\"count\":52,\"now\":52,\"sites\":["
    "{\"code\":\"33.14.05.2003\",\"name\":\"Gesi\",\"kecamatan\":\"Gesi\"},"
    "{\"code\":\"33.14.05.2004\",\"name\":\"Tanggan\",\"kecamatan\":\"Gesi\"}]},"
    "\"timeline\":["
    "{\"at\":\"2026-11-24T05:03:22.000000Z\",\"actor\":\"engine\",\"party\":\"cv-lawu-net\","
    "\"action\":\"offer\",\"from\":\"new\",\"to\":\"offered\",\"note\":null,\"detail\":{}},"
    "{\"at\":\"2026-11-24T05:03:22.000000Z\",\"actor\":\"engine\",\"party\":null,"
    "\"action\":\"open\",\"from\":null,\"to\":\"new\",\"note\":null,\"detail\":{}}]}";

/* What page_now() says of a root that fell silent in planned work, in the five minutes of which
 * nothing is kept yet; and of one of which nobody knows anything. */
static const char field_now_planned[] =
    "{\"state\":\"down\",\"since\":\"2026-11-24T07:15:40.000000Z\",\"blind\":null,\"work\":{"
    "\"since\":\"2026-11-24T07:17:00.000000Z\",\"until\":\"2026-11-24T09:30:00.000000Z\","
    "\"windows\":[{\"id\":7,\"site\":\"33.14.05\",\"name\":\"Menara Gesi\","
    "\"reason\":\"Antena <baru>\",\"by\":\"Dinas Kominfo\"}]}}";
static const char field_now_blind[] =
    "{\"state\":\"unknown\",\"since\":\"2026-11-24T07:10:00.000000Z\","
    "\"blind\":\"2026-11-24T07:10:00.000000Z\",\"work\":null}";

static const char field_unproven[] = FIELD_HEAD
    "\"state\":\"accepted\",\"seq\":6,\"back\":null,\"accepted\":\"2026-11-24T05:10:00.000000Z\","
    "\"onsite\":\"2026-11-24T06:20:00.000000Z\",\"claimed\":\"2026-11-24T07:00:00.000000Z\","
    "\"cause_reported\":\"cable\",\"action\":\"recabled\",\"unproven_count\":1,"
    "\"next\":{\"who\":\"party\",\"what\":\"onsite\"},"
    "\"actions\":[\"onsite\",\"claim\",\"note\"],"
    "\"affected\":{\"count\":1,\"now\":0,\"sites\":["
    "{\"code\":\"33.14.05.2003\",\"name\":\"Gesi\",\"kecamatan\":\"Gesi\","
    "\"until\":\"2026-11-24T06:01:10.000000Z\"}]},"
    "\"timeline\":["
    "{\"at\":\"2026-11-24T07:03:00.000000Z\",\"actor\":\"engine\",\"party\":null,"
    "\"action\":\"unproven\",\"from\":\"claimed\",\"to\":\"accepted\","
    "\"note\":\"12 of 90 probes were "
    "lost.\",\"detail\":{\"reason\":\"lossy\",\"sent\":90,\"lost\":12}},"
    "{\"at\":\"2026-11-24T07:00:00.000000Z\",\"actor\":\"cv-lawu-net\",\"party\":\"cv-lawu-net\","
    "\"action\":\"claim\",\"from\":\"onsite\",\"to\":\"claimed\","
    "\"note\":\"Konektor diganti.\\nKabel <10 m> & \\\"RJ45\\\" baru.\","
    "\"detail\":{\"cause\":\"cable\",\"action\":\"recabled\"}},"
    "{\"at\":\"2026-11-24T06:20:00.000000Z\",\"actor\":\"cv-lawu-net\",\"party\":\"cv-lawu-net\","
    "\"action\":\"onsite\",\"from\":\"accepted\",\"to\":\"onsite\",\"note\":null,\"detail\":{}},"
    "{\"at\":\"2026-11-24T05:10:00.000000Z\",\"actor\":\"cv-lawu-net\",\"party\":\"cv-lawu-net\","
    "\"action\":\"accept\",\"from\":\"offered\",\"to\":\"accepted\",\"note\":null,\"detail\":{}}]}";

static const char field_restored[] = FIELD_HEAD
    "\"state\":\"restored\",\"seq\":7,\"back\":\"2026-11-24T06:58:12.000000Z\","
    "\"accepted\":\"2026-11-24T05:10:00.000000Z\",\"onsite\":\"2026-11-24T06:20:00.000000Z\","
    "\"claimed\":\"2026-11-24T07:00:00.000000Z\",\"restored\":\"2026-11-24T06:58:12.000000Z\","
    "\"cause_reported\":\"cable\",\"action\":\"recabled\",\"unproven_count\":1,"
    "\"next\":{\"who\":\"party\",\"what\":\"close\"},\"actions\":[\"close\",\"note\"],"
    "\"affected\":{\"count\":1,\"sites\":["
    "{\"code\":\"33.14.05.2003\",\"name\":\"Gesi\",\"kecamatan\":\"Gesi\"}]},"
    "\"timeline\":["
    "{\"at\":\"2026-11-24T07:03:00.000000Z\",\"actor\":\"engine\",\"party\":null,"
    "\"action\":\"restore\",\"from\":\"claimed\",\"to\":\"restored\","
    "\"note\":\"It held.\",\"detail\":{\"restored_at\":\"2026-11-24T06:58:12.000000Z\"}}]}";

#endif
