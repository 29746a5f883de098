/* SPDX-License-Identifier: ISC */
#include "tests/fleet/mib_table.h"

#include <stdio.h>
#include <string.h>

#include "daemon/base/clock.h"

static struct value text_value(const char *text)
{
    return (struct value){
        .tag = BER_OCTETS, .bytes = (const uint8_t *)text, .length = strlen(text)};
}

static struct value number_value(const struct mib_asked *asked, int64_t number)
{
    return (struct value){.tag = asked->column->tag, .number = number};
}

/* Another number for each object of each device, the same at each question. */
static uint32_t mix(uint32_t seed, uint32_t salt)
{
    uint32_t z = seed + salt * UINT32_C(0x9e3779b9);

    z = (z ^ z >> 16) * UINT32_C(0x85ebca6b);
    z = (z ^ z >> 13) * UINT32_C(0xc2b2ae35);
    return z ^ z >> 16;
}

static struct value descr(const struct mib_asked *asked)
{
    static char text[256];

    snprintf(text, sizeof text, "%.127s %.63s", asked->device->profile->description,
             asked->device->name); /* as uname does it */
    return text_value(text);
}

static struct value object_id(const struct mib_asked *asked)
{
    static uint8_t bytes[MIB_NAME_MAX];

    return (struct value){
        .tag = BER_OID,
        .bytes = bytes,
        .length = ber_name_read(asked->device->profile->object_id, bytes, sizeof bytes)};
}

/* Hundredths of a second in 32 bits: wraps after 497 days. */
static struct value uptime(const struct mib_asked *asked)
{
    return number_value(asked, (int64_t)(uint32_t)(asked->vitals->uptime_us / 10000));
}

static struct value contact(const struct mib_asked *asked)
{
    (void)asked;
    return text_value("dinas-kominfo");
}

static struct value name(const struct mib_asked *asked)
{
    static char text[128];

    snprintf(text, sizeof text, "%.63s-%s", asked->device->name, asked->device->code);
    return text_value(text);
}

static struct value location(const struct mib_asked *asked)
{
    static char text[256];

    snprintf(text, sizeof text, "%.127s, %.95s", asked->device->site, asked->device->kecamatan);
    return text_value(text);
}

static struct value engine_id(const struct mib_asked *asked)
{
    return (struct value){
        .tag = BER_OCTETS, .bytes = asked->device->engine, .length = asked->device->engine_bytes};
}

static struct value engine_boots(const struct mib_asked *asked)
{
    return number_value(asked, asked->vitals->boots);
}

static struct value engine_time(const struct mib_asked *asked)
{
    return number_value(asked, asked->vitals->uptime_us / US_PER_S);
}

static struct value fixed(const struct mib_asked *asked)
{
    return number_value(asked, asked->column->low);
}

/* low … low + span - 1, and a step up or down now and then, as radios and sensors show. */
static struct value wobble(const struct mib_asked *asked)
{
    const struct mib_column *column = asked->column;
    uint32_t own = mix(asked->device->seed, (uint32_t)(column - mib_columns) * 64 + asked->row);
    uint32_t half_minutes = (uint32_t)(asked->vitals->uptime_us / (30 * US_PER_S));
    int64_t now = (int64_t)column->low + own % column->span;

    return number_value(asked, (now + mix(own, half_minutes) % 3 - 1) * column->scale);
}

/* dBm of a radio, with what the weather or a tree takes. */
static struct value heard(const struct mib_asked *asked)
{
    struct value value = wobble(asked);

    return number_value(asked, value.number - asked->device->fade_db);
}

/* The 32-bit counter of a column is the low half of the 64-bit one with the same low. */
static struct value growth(const struct mib_asked *asked)
{
    const struct mib_column *column = asked->column;
    uint32_t own = mix(asked->device->seed, (uint32_t)column->low * 64 + asked->row);
    int64_t grown = asked->vitals->uptime_us / US_PER_MS * (1 + own % column->span) / 1000;

    grown /= column->scale;
    return number_value(asked, column->tag == BER_COUNTER64 ? grown : grown & UINT32_MAX);
}

static struct value row_number(const struct mib_asked *asked)
{
    return number_value(asked, asked->row);
}

static struct value port_name(const struct mib_asked *asked)
{
    static const char *const routeros[] = {"ether1", "ether2", "wlan1", "bridge1"};
    static const char *const linux_box[] = {"eth0", "eth1", "ath0", "br0"};
    bool mikrotik = (asked->device->profile->sets & MIB_MIKROTIK) != 0;

    return text_value((mikrotik ? routeros : linux_box)[asked->row - 1]);
}

static struct value port_alias(const struct mib_asked *asked)
{
    return text_value(asked->row == 1 ? "uplink" : "");
}

/* ethernetCsmacd, ieee80211, bridge */
static struct value port_type(const struct mib_asked *asked)
{
    return number_value(asked, asked->row == 3 ? 71 : asked->row == 4 ? 209 : 6);
}

static struct value port_speed(const struct mib_asked *asked)
{
    return number_value(asked, (asked->row == 3 ? 300 : 1000) * (int64_t)asked->column->scale);
}

/* Each row has its own place, so that one answer can hold them all. */
static struct value port_mac(const struct mib_asked *asked)
{
    static uint8_t macs[MIB_INTERFACES][6];
    uint32_t own = mix(asked->device->seed, 9000);
    uint8_t mac[6] = {
        0x64, 0xd1, 0x54, (uint8_t)(own >> 16), (uint8_t)(own >> 8), (uint8_t)asked->row};

    memcpy(macs[asked->row - 1], mac, sizeof mac);
    return (struct value){.tag = BER_OCTETS, .bytes = macs[asked->row - 1], .length = sizeof mac};
}

/* clang-format off */
const struct mib_column mib_columns[] = {
    /* SNMPv2-MIB system */
    {"1.3.6.1.2.1.1.1", MIB_BASE, 0, 0, BER_OCTETS, descr, 0, 0, 0},
    {"1.3.6.1.2.1.1.2", MIB_BASE, 0, 0, BER_OID, object_id, 0, 0, 0},
    {"1.3.6.1.2.1.1.3", MIB_BASE, 0, 0, BER_TIMETICKS, uptime, 0, 0, 0},
    {"1.3.6.1.2.1.1.4", MIB_BASE, 0, 0, BER_OCTETS, contact, 0, 0, 0},
    {"1.3.6.1.2.1.1.5", MIB_BASE, 0, 0, BER_OCTETS, name, 0, 0, 0},
    {"1.3.6.1.2.1.1.6", MIB_BASE, 0, 0, BER_OCTETS, location, 0, 0, 0},
    {"1.3.6.1.2.1.1.7", MIB_BASE, 0, 0, BER_INTEGER, fixed, 4, 0, 0}, /* internet layer: 2^(3-1) */
    /* IF-MIB ifNumber, ifTable, ifXTable */
    {"1.3.6.1.2.1.2.1", MIB_BASE, 0, 0, BER_INTEGER, fixed, MIB_INTERFACES, 0, 0},
    {"1.3.6.1.2.1.2.2.1.1", MIB_BASE, 1, 4, BER_INTEGER, row_number, 0, 0, 0},
    {"1.3.6.1.2.1.2.2.1.2", MIB_BASE, 1, 4, BER_OCTETS, port_name, 0, 0, 0},
    {"1.3.6.1.2.1.2.2.1.3", MIB_BASE, 1, 4, BER_INTEGER, port_type, 0, 0, 0},
    {"1.3.6.1.2.1.2.2.1.4", MIB_BASE, 1, 4, BER_INTEGER, fixed, 1500, 0, 0},
    {"1.3.6.1.2.1.2.2.1.5", MIB_BASE, 1, 4, BER_GAUGE32, port_speed, 0, 0, 1000000},
    {"1.3.6.1.2.1.2.2.1.6", MIB_BASE, 1, 4, BER_OCTETS, port_mac, 0, 0, 0},
    {"1.3.6.1.2.1.2.2.1.7", MIB_BASE, 1, 4, BER_INTEGER, fixed, 1, 0, 0},
    {"1.3.6.1.2.1.2.2.1.8", MIB_BASE, 1, 4, BER_INTEGER, fixed, 1, 0, 0},
    {"1.3.6.1.2.1.2.2.1.10", MIB_BASE, 1, 4, BER_COUNTER32, growth, 500, 1500000, 1},
    {"1.3.6.1.2.1.2.2.1.14", MIB_BASE, 1, 4, BER_COUNTER32, growth, 502, 5, 10000},
    {"1.3.6.1.2.1.2.2.1.16", MIB_BASE, 1, 4, BER_COUNTER32, growth, 501, 400000, 1},
    {"1.3.6.1.2.1.2.2.1.20", MIB_BASE, 1, 4, BER_COUNTER32, growth, 503, 3, 10000},
    {"1.3.6.1.2.1.31.1.1.1.1", MIB_BASE, 1, 4, BER_OCTETS, port_name, 0, 0, 0},
    {"1.3.6.1.2.1.31.1.1.1.6", MIB_BASE, 1, 4, BER_COUNTER64, growth, 500, 1500000, 1},
    {"1.3.6.1.2.1.31.1.1.1.10", MIB_BASE, 1, 4, BER_COUNTER64, growth, 501, 400000, 1},
    {"1.3.6.1.2.1.31.1.1.1.15", MIB_BASE, 1, 4, BER_GAUGE32, port_speed, 0, 0, 1},
    {"1.3.6.1.2.1.31.1.1.1.18", MIB_BASE, 1, 4, BER_OCTETS, port_alias, 0, 0, 0},
    /* HOST-RESOURCES-MIB hrSystemUptime, hrProcessorLoad */
    {"1.3.6.1.2.1.25.1.1", MIB_MIKROTIK, 0, 0, BER_TIMETICKS, uptime, 0, 0, 0},
    {"1.3.6.1.2.1.25.3.3.1.2", MIB_MIKROTIK, 1, 1, BER_INTEGER, wobble, 3, 40, 1},
    /* UPS-MIB */
    {"1.3.6.1.2.1.33.1.2.1", MIB_UPS, 0, 0, BER_INTEGER, fixed, 2, 0, 0},
    {"1.3.6.1.2.1.33.1.2.2", MIB_UPS, 0, 0, BER_INTEGER, fixed, 0, 0, 0},
    {"1.3.6.1.2.1.33.1.2.3", MIB_UPS, 0, 0, BER_INTEGER, wobble, 20, 60, 1},
    {"1.3.6.1.2.1.33.1.2.4", MIB_UPS, 0, 0, BER_INTEGER, fixed, 100, 0, 0},
    {"1.3.6.1.2.1.33.1.2.5", MIB_UPS, 0, 0, BER_INTEGER, wobble, 265, 8, 1},
    {"1.3.6.1.2.1.33.1.3.3.1.3", MIB_UPS, 1, 1, BER_INTEGER, wobble, 212, 16, 1},
    {"1.3.6.1.2.1.33.1.4.1", MIB_UPS, 0, 0, BER_INTEGER, fixed, 3, 0, 0},
    {"1.3.6.1.2.1.33.1.4.4.1.5", MIB_UPS, 1, 1, BER_INTEGER, wobble, 8, 30, 1},
    /* SNMP-FRAMEWORK-MIB snmpEngine */
    {"1.3.6.1.6.3.10.2.1.1", MIB_ENGINE, 0, 0, BER_OCTETS, engine_id, 0, 0, 0},
    {"1.3.6.1.6.3.10.2.1.2", MIB_ENGINE, 0, 0, BER_INTEGER, engine_boots, 0, 0, 0},
    {"1.3.6.1.6.3.10.2.1.3", MIB_ENGINE, 0, 0, BER_INTEGER, engine_time, 0, 0, 0},
    {"1.3.6.1.6.3.10.2.1.4", MIB_ENGINE, 0, 0, BER_INTEGER, fixed, 1472, 0, 0},
    /* MIKROTIK-MIB: station, access point, health, optics */
    {"1.3.6.1.4.1.14988.1.1.1.1.1.2", MIB_MIKROTIK, 3, 3, BER_GAUGE32, wobble, 6, 16, 6500000},
    {"1.3.6.1.4.1.14988.1.1.1.1.1.3", MIB_MIKROTIK, 3, 3, BER_GAUGE32, wobble, 6, 16, 6500000},
    {"1.3.6.1.4.1.14988.1.1.1.1.1.4", MIB_MIKROTIK, 3, 3, BER_INTEGER, heard, -72, 22, 1},
    {"1.3.6.1.4.1.14988.1.1.1.1.1.9", MIB_MIKROTIK, 3, 3, BER_COUNTER32, wobble, 78, 20, 1},
    {"1.3.6.1.4.1.14988.1.1.1.1.1.10", MIB_MIKROTIK, 3, 3, BER_COUNTER32, wobble, 78, 20, 1},
    {"1.3.6.1.4.1.14988.1.1.1.3.1.6", MIB_MIKROTIK, 3, 3, BER_COUNTER32, wobble, 2, 24, 1},
    {"1.3.6.1.4.1.14988.1.1.1.3.1.9", MIB_MIKROTIK, 3, 3, BER_INTEGER, wobble, -112, 10, 1},
    {"1.3.6.1.4.1.14988.1.1.1.3.1.10", MIB_MIKROTIK, 3, 3, BER_COUNTER32, wobble, 78, 20, 1},
    {"1.3.6.1.4.1.14988.1.1.3.8", MIB_MIKROTIK, 0, 0, BER_INTEGER, wobble, 231, 14, 1},
    {"1.3.6.1.4.1.14988.1.1.3.10", MIB_MIKROTIK, 0, 0, BER_INTEGER, wobble, 28, 20, 10},
    {"1.3.6.1.4.1.14988.1.1.19.1.1.10", MIB_MIKROTIK, 2, 2, BER_INTEGER, wobble, -14, 9, 1000},
    /* UBNT-AirMAX-MIB */
    {"1.3.6.1.4.1.41112.1.4.5.1.5", MIB_AIRMAX, 1, 1, BER_INTEGER, wobble, -72, 22, 1},
    {"1.3.6.1.4.1.41112.1.4.5.1.7", MIB_AIRMAX, 1, 1, BER_INTEGER, wobble, 78, 20, 1},
    {"1.3.6.1.4.1.41112.1.4.5.1.8", MIB_AIRMAX, 1, 1, BER_INTEGER, wobble, -100, 8, 1},
    {"1.3.6.1.4.1.41112.1.4.5.1.9", MIB_AIRMAX, 1, 1, BER_INTEGER, wobble, 6, 16, 6500000},
    {"1.3.6.1.4.1.41112.1.4.5.1.10", MIB_AIRMAX, 1, 1, BER_INTEGER, wobble, 6, 16, 6500000},
    /* CAMBIUM-PMP80211-MIB */
    {"1.3.6.1.4.1.17713.21.1.2.3", MIB_EPMP, 0, 0, BER_INTEGER, wobble, -72, 22, 1},
    {"1.3.6.1.4.1.17713.21.1.2.10", MIB_EPMP, 0, 0, BER_INTEGER, wobble, 2, 24, 1},
    {"1.3.6.1.4.1.17713.21.1.2.18", MIB_EPMP, 0, 0, BER_INTEGER, wobble, 22, 14, 1},
    {"1.3.6.1.4.1.17713.21.2.1.64", MIB_EPMP, 0, 0, BER_COUNTER32, wobble, 3, 40, 10},
    /* MIMOSA-NETWORKS-BFIVE-MIB */
    {"1.3.6.1.4.1.43356.2.1.2.6.1.1.3", MIB_MIMOSA, 1, 2, BER_INTEGER, wobble, -64, 14, 10},
    {"1.3.6.1.4.1.43356.2.1.2.6.1.1.5", MIB_MIMOSA, 1, 2, BER_INTEGER, wobble, 22, 10, 10},
    {"1.3.6.1.4.1.43356.2.1.2.6.2.1.2", MIB_MIMOSA, 1, 2, BER_INTEGER, wobble, 15, 45, 10},
    {"1.3.6.1.4.1.43356.2.1.2.7.3", MIB_MIMOSA, 0, 0, BER_INTEGER, wobble, 20, 180, 1},
    {NULL, MIB_BASE, 0, 0, BER_NULL, fixed, 0, 0, 0},
};

/* The first is what an unknown name gives. */
const struct mib_profile mib_profiles[] = {
    {"linux",    "Linux router 6.1.0 mips", "1.3.6.1.4.1.8072.3.2.10",  MIB_BASE | MIB_ENGINE},
    {"routeros", "RouterOS RB750Gr3",       "1.3.6.1.4.1.14988.1",      MIB_BASE | MIB_ENGINE | MIB_MIKROTIK},
    {"airos",    "Linux 2.6.33 mips",       "1.3.6.1.4.1.10002.1",      MIB_BASE | MIB_ENGINE | MIB_AIRMAX},
    {"epmp",     "Cambium ePMP",            "1.3.6.1.4.1.17713.21",     MIB_BASE | MIB_ENGINE | MIB_EPMP},
    {"mimosa",   "Mimosa Firmware",         "1.3.6.1.4.1.43356.1.1.1",  MIB_BASE | MIB_ENGINE | MIB_MIMOSA},
    {"ups",      "UPS SNMP agent",          "1.3.6.1.2.1.33",           MIB_BASE | MIB_ENGINE | MIB_UPS},
};
/* clang-format on */

const size_t mib_profile_count = sizeof mib_profiles / sizeof mib_profiles[0];
