/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/base/log.h"
#include "daemon/base/text.h"

static int pipe_ends[2];
static int real_stderr;
static char said[16384];

/* From here on stderr is a pipe of ours. */
static void listen_to_stderr(void)
{
    assert_int_equal(pipe(pipe_ends), 0);
    real_stderr = dup(STDERR_FILENO);
    assert_int_equal(dup2(pipe_ends[1], STDERR_FILENO), STDERR_FILENO);
}

/* What was logged since listen_to_stderr(). */
static const char *heard(void)
{
    ssize_t bytes = 0;
    size_t used = 0;

    assert_int_equal(dup2(real_stderr, STDERR_FILENO), STDERR_FILENO);
    close(real_stderr);
    close(pipe_ends[1]);
    while ((bytes = read(pipe_ends[0], said + used, sizeof said - 1 - used)) > 0)
        used += (size_t)bytes;
    close(pipe_ends[0]);
    said[used] = '\0';
    return said;
}

static void a_line_has_level_event_and_pairs(void **state)
{
    (void)state;
    listen_to_stderr();
    log_error("store.lost", "words=%s", "x");
    log_warn("snmp.refused", "site=%s errstat=%ld", "33.14.02.2005", 16L);
    log_info("link.verdict", "state=%s", "up");
    assert_string_equal(heard(), "<3>store.lost words=x\n"
                                 "<4>snmp.refused site=33.14.02.2005 errstat=16\n"
                                 "<6>link.verdict state=up\n");
}

static void debug_is_silent_until_asked_for(void **state)
{
    (void)state;
    listen_to_stderr();
    log_debug("plan.next", "a=%d", 1);
    log_set_level(LOG_LEVEL_DEBUG);
    log_debug("plan.next", "a=%d", 2);
    log_set_level(LOG_LEVEL_WARN);
    log_info("plan.next", "a=%d", 3);
    log_warn("plan.next", "a=%d", 4);
    log_set_level(LOG_LEVEL_INFO);
    assert_string_equal(heard(), "<7>plan.next a=2\n<4>plan.next a=4\n");
}

static void a_line_stays_one_line_whatever_a_value_holds(void **state)
{
    const char *said_now;

    (void)state;
    listen_to_stderr();
    log_info("probe.said", "words=%s", "up\n<3>forged.event\r\x1b[2J\x7f end");
    said_now = heard();
    assert_string_equal(said_now, "<6>probe.said words=up?<3>forged.event??[2J? end\n");
}

static void a_line_too_long_is_cut_and_still_ends(void **state)
{
    static char value[9000];
    const char *said_now;

    (void)state;
    for (size_t i = 0; i + 3 < sizeof value; i += 2)
        memcpy(value + i, "\xc3\xa9", 2);
    listen_to_stderr();
    log_info("long.value", "v=%s", value);
    said_now = heard();
    assert_in_range(strlen(said_now), 4000, 4096);
    assert_int_equal(said_now[strlen(said_now) - 1], '\n');
    assert_true(text_is_utf8(said_now, strlen(said_now)));
}

static void logging_leaves_errno_alone(void **state)
{
    (void)state;
    listen_to_stderr();
    errno = ENOSPC;
    log_info("disk.full", "n=%d", 1);
    assert_int_equal(errno, ENOSPC);
    heard();
}

static void quoted_text_is_one_harmless_word(void **state)
{
    static const struct {
        const char *text;
        const char *quoted;
    } table[] = {
        {"", "\"\""},
        {"Desa Sambirejo", "\"Desa Sambirejo\""},
        {"kata \"siap\"", "\"kata \\x22siap\\x22\""},
        {"back\\slash", "\"back\\x5cslash\""},
        {"a\nb\tc\rd", "\"a\\x0ab\\x09c\\x0dd\""},
        {"\x1b[31mred", "\"\\x1b[31mred\""},
        {"\x7f", "\"\\x7f\""},
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\xa5\x81",
         "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\xa5\x81\""},
        {"\xc2\x9b[2J", "\"\\xc2\\x9b[2J\""}, /* C1 CSI, which some terminals obey */
        {"\xff\xfe", "\"\\xff\\xfe\""},
        {"\xc3", "\"\\xc3\""},                            /* cut character */
        {"\xc0\xaf", "\"\\xc0\\xaf\""},                   /* overlong slash */
        {"\xed\xa0\x80", "\"\\xed\\xa0\\x80\""},          /* surrogate */
        {"\xf4\x90\x80\x80", "\"\\xf4\\x90\\x80\\x80\""}, /* above U+10FFFF */
        {"\xe2\x82ok", "\"\\xe2\\x82ok\""},
    };
    char out[128];

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_string_equal(log_quote(table[i].text, out, sizeof out), table[i].quoted);
    assert_string_equal(log_quote(NULL, out, sizeof out), "\"\"");
}

static void quoting_cuts_between_characters_and_always_closes(void **state)
{
    char out[64];

    (void)state;
    for (size_t room = 3; room < sizeof out; room++) {
        const char *quoted = log_quote("a\nb\xe2\x82\xac\xff\x80\"\\ and so on until it is full, "
                                       "and further than that",
                                       out, room);

        assert_true(strlen(quoted) < room);
        assert_int_equal(quoted[0], '"');
        assert_int_equal(quoted[strlen(quoted) - 1], '"');
        assert_true(text_is_utf8(quoted, strlen(quoted)));
    }
    assert_string_equal(log_quote("abc", out, 5), "\"ab\"");
    assert_string_equal(log_quote("\n", out, 6), "\"\"");
    assert_string_equal(log_quote("abc", out, 2), "");
    out[0] = 'k';
    assert_string_equal(log_quote("abc", out, 0), "");
    assert_int_equal(out[0], 'k'); /* no room, no write */
}

static void every_byte_pair_comes_out_as_printable_utf8(void **state)
{
    char out[32];

    (void)state;
    for (unsigned a = 1; a < 256; a++) {
        for (unsigned b = 1; b < 256; b++) {
            const char text[] = {(char)a, (char)b, '\0'};
            const char *quoted = log_quote(text, out, sizeof out);

            assert_true(text_is_utf8(quoted, strlen(quoted)));
            for (const char *at = quoted; *at != '\0'; at++)
                assert_false((unsigned char)*at < 0x20 || *at == 0x7f);
        }
    }
}

static void a_gate_counts_what_it_holds_back(void **state)
{
    struct log_gate gate = {0};

    (void)state;
    assert_true(log_gate_pass(&gate, (struct mono){-7 * US_PER_S}, 10 * US_PER_S));
    assert_false(log_gate_pass(&gate, (struct mono){0}, 10 * US_PER_S));
    assert_false(log_gate_pass(&gate, (struct mono){3 * US_PER_S - 1}, 10 * US_PER_S));
    assert_int_equal(gate.held, 2);
    assert_true(log_gate_pass(&gate, (struct mono){3 * US_PER_S}, 10 * US_PER_S));
    assert_int_equal(gate.held, 2); /* the caller prints it, then zeroes it */
    gate.held = UINT32_MAX;
    assert_false(log_gate_pass(&gate, (struct mono){4 * US_PER_S}, 10 * US_PER_S));
    assert_int_equal(gate.held, UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_level_event_and_pairs),
        cmocka_unit_test(debug_is_silent_until_asked_for),
        cmocka_unit_test(a_line_stays_one_line_whatever_a_value_holds),
        cmocka_unit_test(a_line_too_long_is_cut_and_still_ends),
        cmocka_unit_test(logging_leaves_errno_alone),
        cmocka_unit_test(quoted_text_is_one_harmless_word),
        cmocka_unit_test(quoting_cuts_between_characters_and_always_closes),
        cmocka_unit_test(every_byte_pair_comes_out_as_printable_utf8),
        cmocka_unit_test(a_gate_counts_what_it_holds_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
