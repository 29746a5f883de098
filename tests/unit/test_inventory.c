/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/inventory.h"

#define SIGNING "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

static const char *secret(const char *name, void *arg)
{
    static const char *const values[][2] = {
        {"demo", "public"},
        {"hook", SIGNING},
        {"hook64",
         "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
         "AAAAAAAAAAA=="},
        {"short", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa=="},
        {"broken", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!"},
        {"user3", "v3 user=kt level=authPriv"},
        {"long",
         "0123456789012345678901234567890123456789012345678901234567890123456789012345678901"
         "2345678901234567890123456789012345678901234567"},
    };

    (void)arg;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (strcmp(values[i][0], name) == 0)
            return values[i][1];
    return NULL;
}

/* All of a file's columns and these rows: what comes out is the caller's to free. */
static struct js *check(enum inventory_file file, const char *rows, struct text *complaints)
{
    struct text content = {0};
    const struct csv_column *columns;
    struct js *out = js_object();
    struct csv_table *table;
    size_t count;

    columns = inventory_columns(file, &count);
    for (size_t i = 0; i < count; i++)
        text_addf(&content, "%s%s", i > 0 ? ";" : "", columns[i].name);
    text_addf(&content, "\n%s\n", rows);
    table = csv_read_bytes("f.csv", text_get(&content), content.bytes, columns, count, complaints);
    if (table == NULL)
        fail_msg("%s", text_get(complaints));
    inventory_check(file, "f.csv", table, secret, NULL, out, complaints);
    csv_table_free(table);
    text_free(&content);
    return out;
}

struct wrong {
    const char *rows;
    const char *says; /* how the first complaint begins; NULL: nothing is wrong */
};

static void expect_each(enum inventory_file file, const struct wrong *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct text complaints = {0};
        struct js *rows = check(file, table[i].rows, &complaints);
        const char *says = table[i].says != NULL ? table[i].says : "";

        if (strncmp(text_get(&complaints), says, strlen(says)) != 0 ||
            (table[i].says == NULL && complaints.bytes > 0))
            fail_msg("%s\n  says: %s  not: %s", table[i].rows, text_get(&complaints), says);
        js_free(rows);
        text_free(&complaints);
    }
}

#define EXPECT_EACH(file, table) expect_each(file, table, sizeof table / sizeof table[0])

static void sites_are_judged_field_by_field(void **state)
{
    static const struct wrong table[] = {
        {"33.14;Sragen;core;;;;;;", NULL},
        {"33.14.01.2003;Karangjati;village;Kalijambe;-7.43;110.8;33.14.01 33.14.02;SRG-3;"
         "07:30-15:30 18:00-24:00",
         NULL},
        {"A-1_b;x;facility;;-90;180;;;22:00-05:00", NULL},
        {";x;village;;;;;;", "f.csv:2: code: must not be empty\n"},
        {"a b;x;village;;;;;;", "f.csv:2: code: not a code"},
        {".a;x;village;;;;;;", "f.csv:2: code: not a code"},
        {"a/b;x;village;;;;;;", "f.csv:2: code: not a code"},
        {"a1234567890123456789012345678901234567890123456789012345678901234;x;village;;;;;;",
         "f.csv:2: code: not a code"},
        {"a;;village;;;;;;", "f.csv:2: name: must not be empty\n"},
        {"a;\"x\ny\";village;;;;;;", "f.csv:2: name: holds a line break"},
        {"a;x;desa;;;;;;", "f.csv:2: kind: must be one of: village office relay core facility\n"},
        {"a;x;village office;;;;;;", "f.csv:2: kind: must be one of"},
        {"a;x;vill;;;;;;", "f.csv:2: kind: must be one of"},
        {"a;x;village;;-7,4;110.8;;;", "f.csv:2: lat: write it with a decimal dot"},
        {"a;x;village;;-91;110.8;;;", "f.csv:2: lat: must lie between -90 and 90 degrees\n"},
        {"a;x;village;;90.001;110.8;;;", "f.csv:2: lat: must lie between -90 and 90 degrees\n"},
        {"a;x;village;;0x10;110.8;;;", "f.csv:2: lat: not a number of degrees"},
        {"a;x;village;;nan;110.8;;;", "f.csv:2: lat: not a number of degrees"},
        {"a;x;village;;1.;110.8;;;", "f.csv:2: lat: not a number of degrees"},
        {"a;x;village;;1e1;110.8;;;", "f.csv:2: lat: not a number of degrees"},
        {"a;x;village;;+1;110.8;;;", "f.csv:2: lat: not a number of degrees"},
        {"a;x;village;;1;180.5;;;", "f.csv:2: lng: must lie between -180 and 180 degrees\n"},
        {"a;x;village;;1;;;;", "f.csv:2: lng: lat and lng go together"},
        {"a;x;village;;;1;;;", "f.csv:2: lat: lat and lng go together"},
        {"a;x;village;;;;b,c;;", "f.csv:2: uplinks: \"b,c\": not a code"},
        {"a;x;village;;;;b c b;;", "f.csv:2: uplinks: b stands twice\n"},
        {"a;x;village;;;;b*;;", "f.csv:2: uplinks: \"b*\": not a code"},
        {"a;x;village;;;;b a;;", "f.csv:2: uplinks: the site is its own uplink\n"},
        {"a;x;core;;;;b;;", "f.csv:2: uplinks: a core has no uplink\n"},
        {"a;x;village;;;;1 2 3 4 5 6 7 8 9;;", "f.csv:2: uplinks: more than 8 codes\n"},
        {"a;x;village;;;;;;8-15", "f.csv:2: service_hours: not hours such as 08:00-15:30\n"},
        {"a;x;village;;;;;;08:00-25:00", "f.csv:2: service_hours: not hours"},
        {"a;x;village;;;;;;08:60-09:00", "f.csv:2: service_hours: not hours"},
        {"a;x;village;;;;;;08:00-08:00", "f.csv:2: service_hours: begins and ends at the same"},
        {"a;x;village;;;;;;\na;y;office;;;;;;", "f.csv:3: code: a stands already on line 2\n"},
    };

    (void)state;
    EXPECT_EACH(INVENTORY_SITES, table);
}

static void devices_are_judged_field_by_field(void **state)
{
    static const struct wrong table[] = {
        {"a;gw;127.33.1.1;;;demo;;;;", NULL},
        {"a;gw;2001:db8::1;1161;1;demo;routeros;radio;any;50", NULL},
        {"a;gw;10.0.0.1;;;demo;;;;\na;ups;10.0.0.2;;;demo;;ups;;\nb;gw;10.0.0.3;;;demo;;;;", NULL},
        {"a;gw;router.example;;;demo;;;;", "f.csv:2: address: not an IP address"},
        {"a;gw;10.0.0;;;demo;;;;", "f.csv:2: address: not an IP address"},
        {"a;gw;10.0.0.1/32;;;demo;;;;", "f.csv:2: address: not an IP address"},
        {"a;gw;fe80::1%eth0;;;demo;;;;", "f.csv:2: address: not an IP address"},
        {"a;gw;;;;demo;;;;", "f.csv:2: address: must not be empty"},
        {"a;gw;0.0.0.0;;;demo;;;;", "f.csv:2: address: no device can have this address\n"},
        {"a;gw;224.0.0.1;;;demo;;;;", "f.csv:2: address: no device can have this address\n"},
        {"a;gw;255.255.255.255;;;demo;;;;", "f.csv:2: address: no device can have"},
        {"a;gw;ff02::1;;;demo;;;;", "f.csv:2: address: no device can have this address\n"},
        {"a;gw;::ffff:10.0.0.1;;;demo;;;;", "f.csv:2: address: write the IPv4 address itself\n"},
        {"a;gw;10.0.0.1;0;;demo;;;;", "f.csv:2: port: must be a whole number from 1 to 65535\n"},
        {"a;gw;10.0.0.1;65536;;demo;;;;", "f.csv:2: port: must be a whole number"},
        {"a;gw;10.0.0.1;snmp;;demo;;;;", "f.csv:2: port: must be a whole number"},
        {"a;gw;10.0.0.1;;2;demo;;;;", "f.csv:2: snmp: must be one of: 1 2c 3 none\n"},
        {"a;gw;10.0.0.1;;3;demo;;;;",
         "f.csv:2: credential: is a community; with snmp 3 it must be an SNMPv3 user"},
        {"a;gw;10.0.0.1;;3;user3;;;;", NULL},
        {"a;gw;10.0.0.1;;3;;;;;", "f.csv:2: credential: must not be empty, unless snmp is none"},
        {"a;gw;10.0.0.1;;none;;;;;", NULL},
        {"a;gw;10.0.0.1;;2c;;;;;", "f.csv:2: credential: must not be empty, unless snmp is none"},
        {"a;gw;10.0.0.1;;;;;;;", "f.csv:2: credential: must not be empty, unless snmp is none\n"},
        {"a;gw;10.0.0.1;;;nobody;;;;",
         "f.csv:2: credential: nobody is not in the secrets file; add a line nobody = ...\n"},
        {"a;gw;10.0.0.1;;;hook;;;;", "f.csv:2: credential: hook is a webhook secret"},
        {"a;gw;10.0.0.1;;;user3;;;;",
         "f.csv:2: credential: is an SNMPv3 user; write 3 under snmp\n"},
        {"a;gw;10.0.0.1;;;long;;;;", "f.csv:2: credential: the community long is longer than 127"},
        {"a;gw;10.0.0.1;;;demo;;switch;;", "f.csv:2: role: must be one of: gateway radio"},
        {"a;gw;10.0.0.1;;;demo;;;10.0.0.2;", "f.csv:2: reply_from: must be one of: any\n"},
        {"a;gw;10.0.0.1;;;demo;;;;0", "f.csv:2: byte_budget_mb: must be a whole number"},
        {"a;gw;10.0.0.1;;;demo;;;;1.5", "f.csv:2: byte_budget_mb: must be a whole number"},
        {"a;gw;10.0.0.1;;;demo;;;;\na;gw;10.0.0.2;;;demo;;radio;;",
         "f.csv:3: name: a gw stands already on line 2\n"},
    };

    (void)state;
    EXPECT_EACH(INVENTORY_DEVICES, table);
}

static void parties_are_judged_field_by_field(void **state)
{
    static const struct wrong table[] = {
        {"it;Dinas Kominfo;team;;\ncv;CV Lintas;contractor;en;\nbudi;Budi;technician;id;it", NULL},
        {"it;x;firm;;", "f.csv:2: kind: must be one of: team technician contractor\n"},
        {"it;x;team;jv;", "f.csv:2: language: must be one of: id en\n"},
        {"it;x;team;;it", "f.csv:2: parent: the party is its own parent\n"},
        {"it;x;team;;a b", "f.csv:2: parent: not a code"},
        {"it;x;team;;\nit;x;team;;", "f.csv:3: party: it stands already on line 2\n"},
    };

    (void)state;
    EXPECT_EACH(INVENTORY_PARTIES, table);
}

static void endpoints_are_judged_field_by_field(void **state)
{
    static const struct wrong table[] = {
        {"e;it;webhook;https://hook.example.id:8443/a?b=c;hook;;;", NULL},
        {"e;it;webhook;http://[::1]:8080;hook64;f;22:00-05:00;33.14", NULL},
        {"e;it;telegram;https://x;hook;;;", "f.csv:2: channel: must be one of: webhook\n"},
        {"e;it;webhook;;hook;;;", "f.csv:2: url: must not be empty\n"},
        {"e;it;webhook;ftp://x;hook;;;", "f.csv:2: url: must begin with http:// or https://\n"},
        {"e;it;webhook;x.example;hook;;;", "f.csv:2: url: must begin with http"},
        {"e;it;webhook;https://;hook;;;", "f.csv:2: url: names no host\n"},
        {"e;it;webhook;https:///x;hook;;;", "f.csv:2: url: names no host\n"},
        {"e;it;webhook;https://:80/x;hook;;;", "f.csv:2: url: names no host\n"},
        {"e;it;webhook;https://[::1/x;hook;;;", "f.csv:2: url: names no host\n"},
        {"e;it;webhook;https://a:b@x/;hook;;;", "f.csv:2: url: must not hold a user or password"},
        {"e;it;webhook;https://a@x/;hook;;;", "f.csv:2: url: must not hold a user or password"},
        {"e;it;webhook;https://x/a@b;hook;;;", NULL},
        {"e;it;webhook;https://x:0/;hook;;;", "f.csv:2: url: the port must be a number"},
        {"e;it;webhook;https://x:99999/;hook;;;", "f.csv:2: url: the port must be a number"},
        {"e;it;webhook;https://x:/;hook;;;", "f.csv:2: url: the port must be a number"},
        {"e;it;webhook;https://x/a b;hook;;;", "f.csv:2: url: holds a byte that no URL may hold"},
        {"e;it;webhook;https://x/#top;hook;;;", "f.csv:2: url: must not have a fragment"},
        {"e;it;webhook;https://x/;nobody;;;", "f.csv:2: secret: nobody is not in the secrets"},
        {"e;it;webhook;https://x/;demo;;;", "f.csv:2: secret: demo is not a webhook secret"},
        {"e;it;webhook;https://x/;short;;;", "f.csv:2: secret: short is not a webhook secret"},
        {"e;it;webhook;https://x/;broken;;;", "f.csv:2: secret: broken is not a webhook secret"},
        {"e;it;webhook;https://x/;hook;e;;", "f.csv:2: fallback_of: the endpoint is its own"},
        {"e;it;webhook;https://x/;hook;;22:00-05:00 06:00-07:00;",
         "f.csv:2: quiet: more than 1 span\n"},
    };

    (void)state;
    EXPECT_EACH(INVENTORY_ENDPOINTS, table);
}

static void contracts_are_judged_field_by_field(void **state)
{
    static const struct wrong table[] = {
        {"c1;cv;33.14.05* 33.14.06.2001;;;;;;;;", NULL},
        {"c1;cv;*;kantor;60;240;50000;1000000;30;2026-01-01;2026-12-31", NULL},
        {"c1;cv;a;;;;;;;2024-02-29;", NULL},
        {"c1;cv;;;;;;;;;", "f.csv:2: sites: must not be empty\n"},
        {"c1;cv;33*14;;;;;;;;", "f.csv:2: sites: \"33*14\": not a code"},
        {"c1;cv;33**;;;;;;;;", "f.csv:2: sites: \"33**\": not a code"},
        {"c1;cv;a b a;;;;;;;;", "f.csv:2: sites: a stands twice\n"},
        {"c1;cv;a;;0;;;;;;", "f.csv:2: accept_minutes: must be a whole number from 1"},
        {"c1;cv;a;;;4h;;;;;", "f.csv:2: restore_minutes: must be a whole number from 1"},
        {"c1;cv;a;;;;50.000,00;;;;", "f.csv:2: penalty_per_hour: must be a whole number"},
        {"c1;cv;a;;;;;-1;;;", "f.csv:2: penalty_cap: must be a whole number from 0"},
        {"c1;cv;a;;;;;;9999;;", "f.csv:2: warranty_days: must be a whole number from 0 to 3650\n"},
        {"c1;cv;a;;;;;;;31-12-2026;", "f.csv:2: valid_from: not a date such as 2026-11-24\n"},
        {"c1;cv;a;;;;;;;2026-02-29;", "f.csv:2: valid_from: not a date"},
        {"c1;cv;a;;;;;;;2100-02-29;", "f.csv:2: valid_from: not a date"},
        {"c1;cv;a;;;;;;;2026-13-01;", "f.csv:2: valid_from: not a date"},
        {"c1;cv;a;;;;;;;2026-00-01;", "f.csv:2: valid_from: not a date"},
        {"c1;cv;a;;;;;;;2026-06-01;2026-05-31", "f.csv:2: valid_to: lies before valid_from\n"},
    };

    (void)state;
    EXPECT_EACH(INVENTORY_CONTRACTS, table);
}

static void all_errors_of_a_file_are_listed(void **state)
{
    struct text complaints = {0};
    struct js *rows = check(INVENTORY_DEVICES,
                            "a b;gw;x;0;4;nobody;;what;;0\n\nc;gw;10.0.0.1;;;demo;;;;\n"
                            "c;gw;10.0.0.1;;;;;;;",
                            &complaints);
    static const char *const want[] = {
        ":2: site: ",       ":2: address: ",        ":2: port: ", ":2: snmp: ",      ":2: role: ",
        ":2: credential: ", ":2: byte_budget_mb: ", ":5: name: ", ":5: credential: "};

    (void)state;
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        if (strstr(text_get(&complaints), want[i]) == NULL)
            fail_msg("%s lacks %s", text_get(&complaints), want[i]);
    js_free(rows);
    text_free(&complaints);
}

static void what_comes_out_has_every_column_as_text_and_the_defaults(void **state)
{
    struct text complaints = {0}, printed = {0};
    struct js *rows = check(INVENTORY_DEVICES, "a;gw;10.0.0.1;;;demo;;;;", &complaints);

    (void)state;
    js_print(rows, 0, &printed);
    assert_string_equal(
        text_get(&printed),
        "{\"devices\":[{\"line\":2,\"site\":\"a\",\"name\":\"gw\",\"address\":\"10.0.0.1\","
        "\"port\":\"161\",\"snmp\":\"2c\",\"credential\":\"demo\",\"profile\":\"\","
        "\"role\":\"gateway\",\"reply_from\":\"\",\"byte_budget_mb\":\"\"}]}");
    js_free(rows);
    text_free(&printed);
    text_free(&complaints);
}

static void columns_that_may_be_left_out_are_as_if_empty(void **state)
{
    static const char content[] = "contract,party,sites\nc1,cv,33.14*\n";
    struct text complaints = {0};
    const struct csv_column *columns;
    struct js *rows = js_object();
    struct csv_table *table;
    size_t count;

    (void)state;
    columns = inventory_columns(INVENTORY_CONTRACTS, &count);
    table = csv_read_bytes("f.csv", content, sizeof content - 1, columns, count, &complaints);
    assert_non_null(table);
    inventory_check(INVENTORY_CONTRACTS, "f.csv", table, secret, NULL, rows, &complaints);
    assert_string_equal(text_get(&complaints), "");
    assert_string_equal(js_text(js_at(js_get(rows, "contracts"), 0), "calendar", NULL), "");
    csv_table_free(table);
    js_free(rows);
}

static void a_file_is_told_by_its_name(void **state)
{
    (void)state;
    assert_int_equal(inventory_file_of("sites.csv"), INVENTORY_SITES);
    assert_int_equal(inventory_file_of("/a/b/contracts.csv"), INVENTORY_CONTRACTS);
    assert_int_equal(inventory_file_of("sites.csv/x.csv"), INVENTORY_END);
    assert_int_equal(inventory_file_of("Sites.csv"), INVENTORY_END);
    assert_int_equal(inventory_file_of("sites.csv.bak"), INVENTORY_END);
    assert_int_equal(inventory_file_of("rota.csv"), INVENTORY_END);
    assert_string_equal(inventory_later("/x/rota.csv"), "rota");
    assert_null(inventory_later("sites.csv"));
    assert_string_equal(inventory_name(INVENTORY_ENDPOINTS), "endpoints");
}

/* The first row of what goes to PostgreSQL, as JSON. */
static void expect_row(enum inventory_file file, const char *row, const char *want)
{
    struct text complaints = {0}, printed = {0};
    struct js *rows = check(file, row, &complaints);

    js_print(js_at(js_get(rows, inventory_name(file)), 0), 0, &printed);
    assert_string_equal(text_get(&printed), want);
    js_free(rows);
    text_free(&complaints);
    text_free(&printed);
}

static void a_wrong_row_goes_on_with_its_key_and_the_names_in_it(void **state)
{
    (void)state;
    expect_row(INVENTORY_SITES, "a;\"x\ny\";desa;;-7,4;200;b b,c b a c;;8-15",
               "{\"line\":2,\"code\":\"a\",\"name\":\"line 2\",\"kind\":\"facility\","
               "\"kecamatan\":\"\",\"lat\":\"\",\"lng\":\"\",\"uplinks\":\"b c\",\"feeder\":\"\","
               "\"service_hours\":\"\"}");
    expect_row(INVENTORY_SITES, "a b;x;core;;;;b;;",
               "{\"line\":2,\"code\":\"line-2\",\"name\":\"x\",\"kind\":\"core\",\"kecamatan\":"
               "\"\",\"lat\":\"\",\"lng\":\"\",\"uplinks\":\"\",\"feeder\":\"\","
               "\"service_hours\":\"\"}");
    expect_row(INVENTORY_DEVICES, "a;gw;10.0.0.1;x;4;nobody;;chief;all;",
               "{\"line\":2,\"site\":\"a\",\"name\":\"gw\",\"address\":\"2001:db8::0:2\",\"port\":"
               "\"161\",\"snmp\":\"none\",\"credential\":\"\",\"profile\":\"\",\"role\":\"other\","
               "\"reply_from\":\"any\",\"byte_budget_mb\":\"\"}");
    expect_row(
        INVENTORY_CONTRACTS, "c;it;c 33* 33* a,b;;;;;;;;",
        "{\"line\":2,\"contract\":\"c\",\"party\":\"it\",\"sites\":\"c 33*\",\"calendar\":"
        "\"\",\"accept_minutes\":\"\",\"restore_minutes\":\"\",\"penalty_per_hour\":\"\","
        "\"penalty_cap\":\"\",\"warranty_days\":\"\",\"valid_from\":\"\",\"valid_to\":\"\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sites_are_judged_field_by_field),
        cmocka_unit_test(devices_are_judged_field_by_field),
        cmocka_unit_test(parties_are_judged_field_by_field),
        cmocka_unit_test(endpoints_are_judged_field_by_field),
        cmocka_unit_test(contracts_are_judged_field_by_field),
        cmocka_unit_test(all_errors_of_a_file_are_listed),
        cmocka_unit_test(what_comes_out_has_every_column_as_text_and_the_defaults),
        cmocka_unit_test(columns_that_may_be_left_out_are_as_if_empty),
        cmocka_unit_test(a_file_is_told_by_its_name),
        cmocka_unit_test(a_wrong_row_goes_on_with_its_key_and_the_names_in_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
