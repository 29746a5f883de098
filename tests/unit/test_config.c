/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/config.h"

#define GOLDEN_PRINT   KT_SOURCE_DIR "/tests/unit/golden/print-config.conf"
#define GOLDEN_EXAMPLE KT_SOURCE_DIR "/packaging/kentongand.conf.example"

/* A file of its own per test program; the name is what complaints begin with. */
static char path[64];

static int make_file(void **state)
{
    int fd;

    (void)state;
    snprintf(path, sizeof path, "/tmp/kt-config-XXXXXX");
    fd = mkstemp(path);
    return fd < 0 || close(fd) != 0;
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_bytes(const char *to, const char *bytes, size_t size)
{
    FILE *file = fopen(to, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void load_good(const char *content, struct config *config)
{
    struct text complaints = {0};

    write_bytes(path, content, strlen(content));
    if (!config_load(path, config, &complaints))
        fail_msg("%s", text_get(&complaints));
    assert_string_equal(text_get(&complaints), "");
    text_free(&complaints);
}

/* The complaints with the file's name cut off each line, so that a table can hold them. */
static void load_bad(const char *content, size_t size, struct text *lines)
{
    struct config config = {.file = "untouched"};
    struct text complaints = {0};
    const char *at;

    write_bytes(path, content, size);
    assert_false(config_load(path, &config, &complaints));
    assert_string_equal(config.file, "untouched");
    for (at = text_get(&complaints); *at != '\0';) {
        size_t length = strcspn(at, "\n");

        assert_int_equal(strncmp(at, path, strlen(path)), 0);
        text_add_bytes(lines, at + strlen(path), length - strlen(path) + 1);
        at += length + 1;
    }
    text_free(&complaints);
}

static void an_empty_file_means_the_defaults(void **state)
{
    struct config config;

    (void)state;
    load_good("", &config);
    assert_string_equal(config.file, path);
    assert_string_equal(config.state_dir, "/var/lib/kentongan");
    assert_string_equal(config.secrets_file, "/etc/kentongan/secrets");
    assert_string_equal(config.profiles_dir, "");
    assert_string_equal(config.database_conninfo, "host=/run/postgresql dbname=kentongan");
    assert_string_equal(config.database_admin, "");
    assert_string_equal(config.web_listen, "unix:/run/kentongan/http.sock");
    assert_int_equal(config.poll_interval_ms, 30000);
    assert_int_equal(config.poll_timeout_ms, 2000);
    assert_int_equal(config.poll_reading_interval_ms, 300000);
    assert_int_equal(config.poll_misses_to_down, 3);
    assert_int_equal(config.poll_answers_to_up, 3);
    assert_true(config.prober_sandbox);
    assert_int_equal(config.verify_window_ms, 180000);
    assert_int_equal(config.verify_self_heal_after_ms, 1800000);
    assert_int_equal(config.webhook_timeout_ms, 20000);
    assert_int_equal(config.webhook_allow.count, 0);
    assert_string_equal(config.trap_listen, "");
    assert_string_equal(config.locale_language, "id");
    assert_string_equal(config.locale_timezone, "Asia/Jakarta");
    assert_string_equal(config.log_level, "info");
}

static void every_key_of_the_contract_is_read(void **state)
{
    struct config config;

    (void)state;
    load_good("# as in the documents\n"
              "state_dir    = /var/lib/kt\n"
              "secrets_file = /etc/kt/secrets // a comment of the other kind\n"
              "profiles_dir = /etc/kt/profiles\n"
              "database { conninfo = \"host=/run/pg dbname=kt\" admin = \"user=postgres\" }\n"
              "web { listen = \"127.0.0.1:8420\"  base_url = https://kt.example.id/ }\n"
              "poll { interval = 1m  timeout = 500ms  misses_to_down = 5 answers_to_up = 1 }\n"
              "prober { sandbox = false }\n"
              "verify { window = 10s  self_heal_after = 1h }\n"
              "webhook { timeout = 5s\n  allow = { \"127.0.0.0/8\", 'fd00::/8' } }\n"
              "trap { listen = \"[::]:162\" }\n"
              "locale { language = en timezone = Asia/Makassar } /* WITA */\n"
              "log { level = debug }\n",
              &config);
    assert_string_equal(config.state_dir, "/var/lib/kt");
    assert_string_equal(config.secrets_file, "/etc/kt/secrets");
    assert_string_equal(config.profiles_dir, "/etc/kt/profiles");
    assert_string_equal(config.database_admin, "user=postgres");
    assert_string_equal(config.web_listen, "127.0.0.1:8420");
    assert_string_equal(config.web_base_url, "https://kt.example.id");
    assert_int_equal(config.poll_interval_ms, 60000);
    assert_int_equal(config.poll_timeout_ms, 500);
    assert_int_equal(config.poll_misses_to_down, 5);
    assert_int_equal(config.poll_answers_to_up, 1);
    assert_false(config.prober_sandbox);
    assert_int_equal(config.webhook_allow.count, 2);
    assert_string_equal(config.trap_listen, "[::]:162");
    assert_string_equal(config.locale_timezone, "Asia/Makassar");
    assert_string_equal(config.log_level, "debug");
}

struct mistake {
    const char *content;
    const char *says;
};

static void all_are_told(const struct mistake *mistakes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct text lines = {0};

        load_bad(mistakes[i].content, strlen(mistakes[i].content), &lines);
        if (strstr(text_get(&lines), mistakes[i].says) == NULL)
            fail_msg("%s\n  says: %s  not: %s", mistakes[i].content, text_get(&lines),
                     mistakes[i].says);
        text_free(&lines);
    }
}

static const struct mistake wrong_values[] = {
    {"poll { interval = 30 }", ":1: poll.interval: a duration needs its unit: write 30s"},
    {"poll { interval = 30x }", ":1: poll.interval: not a duration"},
    {"poll { interval = -5s }", ":1: poll.interval: not a duration"},
    {"poll { interval = \"\" }", ":1: poll.interval: not a duration"},
    {"poll { interval = 50ms }", ":1: poll.interval: must lie between 100ms and 1h"},
    {"poll { interval = 2h }", ":1: poll.interval: must lie between 100ms and 1h"},
    {"poll { misses_to_down = 0 }", ":1: poll.misses_to_down: must be a whole number from 1"},
    {"poll { misses_to_down = 3.5 }", ":1: poll.misses_to_down: must be a whole number"},
    {"poll { misses_to_down = three }", ":1: poll.misses_to_down: must be a whole number"},
    {"prober { sandbox = off }", ":1: prober.sandbox: must be true or false"},
    {"verify { window = 9s }", ":1: verify.window: must lie between 10s and 1h"},
    {"state_dir = var/lib", ":1: state_dir: must be an absolute path"},
    {"state_dir = \"\"", ":1: state_dir: must be an absolute path"},
    {"secrets_file = secrets", ":1: secrets_file: must be an absolute path"},
    {"database { conninfo = \"\" }", ":1: database.conninfo: must not be empty"},
    {"database { conninfo = \"host=/x password=y\" }", "must not hold a password"},
    {"database { admin = \"postgresql://a:b@h/d\" }", "must not hold a password"},
    {"web { listen = \"0.0.0.0:8420\" }", ":1: web.listen: must be unix:/PATH, or a loopback"},
    {"web { listen = \"localhost:8420\" }", ":1: web.listen: must be unix:/PATH"},
    {"web { listen = \"127.0.0.1\" }", ":1: web.listen: must be unix:/PATH"},
    {"web { listen = \"127.0.0.1:0\" }", ":1: web.listen: must be unix:/PATH"},
    {"web { listen = \"unix:run/x\" }", ":1: web.listen: the socket's path must be absolute"},
    {"web { base_url = ftp://x }", ":1: web.base_url: must begin with http:// or https://"},
    {"web { base_url = http:// }", ":1: web.base_url: names no host"},
    {"web { base_url = \"https://a@b\" }", ":1: web.base_url: must be scheme, host and path"},
    {"webhook { allow = { \"10.0.0.1/8\" } }", ":1: webhook.allow: not an IP network"},
    {"webhook { allow = { \"intranet\" } }", ":1: webhook.allow: not an IP network"},
    {"trap { listen = \"0.0.0.0\" }", ":1: trap.listen: must be an IP address with its port"},
    {"trap { listen = \"udp:162\" }", ":1: trap.listen: must be an IP address with its port"},
    {"locale { language = fr }", ":1: locale.language: must be one of: id en"},
    {"locale { language = \"id en\" }", ":1: locale.language: must be one of: id en"},
    {"locale { language = i }", ":1: locale.language: must be one of: id en"},
    {"locale { timezone = Asia/Sragen }", ":1: locale.timezone: no such time zone"},
    {"locale { timezone = \"../zoneinfo/UTC\" }", ":1: locale.timezone: no such time zone"},
    {"locale { timezone = zone.tab }", ":1: locale.timezone: no such time zone"},
    {"log { level = loud }", ":1: log.level: must be one of: debug info warn error"},
    {"poll { interval = 1s\n\n timeout = 1s }", ":3: poll.timeout: 1s is not shorter"},
    {"poll { interval = 1s }", ":1: poll.timeout: 2s is not shorter than poll.interval"},
    {"poll { interval = 3s }\npoll { interval = 4s }",
     ":2: poll.interval: stands a second time (first on line 1)"},
};

static void a_value_that_is_wrong_is_listed_with_its_line(void **state)
{
    (void)state;
    all_are_told(wrong_values, sizeof wrong_values / sizeof *wrong_values);
}

static const struct mistake broken_files[] = {
    {"poll { intervall = 3s }", ":1: unknown key 'intervall' in section poll; known here: in"},
    {"\nintervall = 3s", ":2: unknown key 'intervall'; known here: state_dir secrets_file"},
    {"polls { interval = 3s }", ":1: unknown key 'polls'"},
    {"include(\"/etc/passwd\")", ":1: unknown key 'include'"},
    {"poll {\n interval 3s\n}", ":2: missing equal sign after option 'interval' in section"},
    {"poll = 3", ":1: missing opening brace for section 'poll'"},
    {"web { listen = x }\n}", ":2: unexpected closing brace"},
    {"state_dir = { /a, /b }", ":1: unexpected token '{'"},
    {"\npoll {\n interval = 3s\n", ":2: this section is never closed: } is missing"},
    {"poll {", ":1: this section is never closed: } is missing"},
    {"\nstate_dir = \"/a\nlog { level = info }", ":2: this quoted text is never closed: \""},
    {"state_dir = '/a", ":1: this quoted text is never closed: '"},
    {"\n\n/* poll {\n}\n", ":3: this comment is never closed: */ is missing"},
    {"a{b{c{d{e{f{g{h{i{", ":1: braces nest too deep"},
};

static void a_file_that_cannot_be_read_on_says_where_it_stops(void **state)
{
    (void)state;
    all_are_told(broken_files, sizeof broken_files / sizeof *broken_files);
}

static void all_value_errors_are_listed_at_once_whatever_stands_between(void **state)
{
    const char *content = "# one comment\n"
                          "/* another\n"
                          "   of two lines */\n"
                          "poll { // a third\n"
                          "    interval = 30   # no unit\n"
                          "    timeout  = soon\n"
                          "}\n"
                          "webhook { allow = { \"10.0.0.0/8\",\n"
                          "    \"x\",\n"
                          "    \"y\" } }\n"
                          "log { level = loud } # the last\n";
    struct text lines = {0};

    (void)state;
    load_bad(content, strlen(content), &lines);
    assert_non_null(strstr(text_get(&lines), ":5: poll.interval: "));
    assert_non_null(strstr(text_get(&lines), ":6: poll.timeout: "));
    assert_non_null(strstr(text_get(&lines), ":9: webhook.allow: "));
    assert_non_null(strstr(text_get(&lines), ":10: webhook.allow: "));
    assert_non_null(strstr(text_get(&lines), ":11: log.level: "));
    text_free(&lines);
}

static void a_socket_path_of_101_bytes_is_refused(void **state)
{
    char content[256], name[102];
    struct text lines = {0};
    struct config config;

    (void)state;
    memset(name, 'a', sizeof name - 1);
    name[0] = '/';
    name[101] = '\0';
    snprintf(content, sizeof content, "web { listen = \"unix:%s\" }", name);
    load_bad(content, strlen(content), &lines);
    assert_non_null(strstr(text_get(&lines), "more than 100 bytes"));
    text_free(&lines);
    snprintf(content, sizeof content, "web { listen = \"unix:%s\" }", name + 1);
    content[strlen("web { listen = \"unix:")] = '/';
    load_good(content, &config);
}

static void a_file_that_is_no_text_is_refused(void **state)
{
    struct text lines = {0};
    size_t size = 300 * (size_t)1024;
    char *large = malloc(size);

    (void)state;
    assert_non_null(large);
    load_bad("log { level = info }\0", 21, &lines);
    load_bad("# \xff\n", 4, &lines);
    memset(large, '\n', size);
    load_bad(large, size, &lines);
    assert_string_equal(text_get(&lines), ": not a text in UTF-8\n"
                                          ": not a text in UTF-8\n"
                                          ": larger than 256 KiB\n");
    text_free(&lines);
    free(large);
}

static void a_file_that_is_not_there_is_said_so(void **state)
{
    struct text complaints = {0};
    struct config config;

    (void)state;
    assert_false(config_load("/nonexistent/kt.conf", &config, &complaints));
    assert_string_equal(text_get(&complaints), "/nonexistent/kt.conf: No such file or directory\n");
    text_free(&complaints);
}

/* With KT_GOLDEN_WRITE set, a changed table rewrites what is compared: look at the diff. */
static void expect_golden(const char *golden, const struct text *got)
{
    struct text want = {0};
    char piece[4096];
    size_t bytes;
    FILE *file;

    if (getenv("KT_GOLDEN_WRITE") != NULL)
        write_bytes(golden, text_get(got), got->bytes);
    file = fopen(golden, "rb");
    assert_non_null(file);
    while ((bytes = fread(piece, 1, sizeof piece, file)) > 0)
        text_add_bytes(&want, piece, bytes);
    assert_int_equal(fclose(file), 0);
    assert_string_equal(text_get(got), text_get(&want));
    text_free(&want);
}

static void what_is_printed_reads_back_to_the_same(void **state)
{
    static const char *const contents[] = {
        "",
        "state_dir = \"/var/lib/with blank \\\"quotes\\\" \\\\ \\${HOME} $x #no //no\"\n"
        "secrets_file = \"//double/slash\"\n"
        "poll { interval = 90s timeout = 1500ms }\n"
        "webhook { allow = { 127.0.0.1, \"10.0.0.0/8\", \"::1\", \"fd00::/8\", \"0.0.0.0/0\" } }\n"
        "locale { timezone = \"Etc/GMT+7\" }\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        struct text first = {0}, second = {0};
        struct config config, again;

        load_good(contents[i], &config);
        config_print(&config, &first);
        load_good(text_get(&first), &again);
        config_print(&again, &second);
        assert_string_equal(text_get(&second), text_get(&first));
        assert_string_equal(again.state_dir, config.state_dir);
        assert_memory_equal(&again.webhook_allow, &config.webhook_allow,
                            sizeof again.webhook_allow);
        if (i == 1)
            expect_golden(GOLDEN_PRINT, &first);
        text_free(&first);
        text_free(&second);
    }
}

static void the_shipped_example_names_every_key_and_means_the_defaults(void **state)
{
    struct text example = {0}, uncommented = {0}, defaults = {0}, printed = {0};
    struct config config;

    (void)state;
    config_print_example(&example);
    expect_golden(GOLDEN_EXAMPLE, &example);
    load_good(text_get(&example), &config);
    config_print(&config, &defaults);
    for (const char *at = text_get(&example); *at != '\0'; at++)
        if (*at != '#' || at[1] == ' ')
            text_add_bytes(&uncommented, at, 1);
    load_good(text_get(&uncommented), &config);
    config_print(&config, &printed);
    assert_string_equal(text_get(&printed), text_get(&defaults));
    text_free(&example);
    text_free(&uncommented);
    text_free(&defaults);
    text_free(&printed);
}

static void the_path_is_the_given_one_else_the_environments_else_etc(void **state)
{
    (void)state;
    unsetenv("KENTONGAN_CONFIG");
    assert_string_equal(config_path(NULL), "/etc/kentongan/kentongand.conf");
    setenv("KENTONGAN_CONFIG", "", 1);
    assert_string_equal(config_path(NULL), "/etc/kentongan/kentongand.conf");
    setenv("KENTONGAN_CONFIG", "/x/y.conf", 1);
    assert_string_equal(config_path(NULL), "/x/y.conf");
    assert_string_equal(config_path("z.conf"), "z.conf");
    unsetenv("KENTONGAN_CONFIG");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_file_means_the_defaults),
        cmocka_unit_test(every_key_of_the_contract_is_read),
        cmocka_unit_test(a_value_that_is_wrong_is_listed_with_its_line),
        cmocka_unit_test(a_file_that_cannot_be_read_on_says_where_it_stops),
        cmocka_unit_test(all_value_errors_are_listed_at_once_whatever_stands_between),
        cmocka_unit_test(a_socket_path_of_101_bytes_is_refused),
        cmocka_unit_test(a_file_that_is_no_text_is_refused),
        cmocka_unit_test(a_file_that_is_not_there_is_said_so),
        cmocka_unit_test(what_is_printed_reads_back_to_the_same),
        cmocka_unit_test(the_shipped_example_names_every_key_and_means_the_defaults),
        cmocka_unit_test(the_path_is_the_given_one_else_the_environments_else_etc),
    };

    return cmocka_run_group_tests(tests, make_file, remove_file);
}
