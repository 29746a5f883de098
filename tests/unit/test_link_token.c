/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/web/digest.h"
#include "daemon/web/link_token.h"

#define NOW_S  INT64_C(1795484400) /* 2026-11-24T01:40:00Z */
#define GOLDEN "AQAAAAAAAAB7AAAAAgAAAABrCN9wY3YtbGF3dS1uZXRKobq--m1AzRWxQZ0hr_0z"

static const char key[LINK_KEY_BYTES] = "0123456789abcdef0123456789abcde";
static const struct wall now = {NOW_S * US_PER_S};

static struct link_words words_of(int64_t ticket, const char *party, uint32_t generation)
{
    struct link_words words = {
        .ticket = ticket, .generation = generation, .expires = {(NOW_S + 72 * 3600) * US_PER_S}};

    memcpy(words.party, party, strlen(party) + 1);
    return words;
}

static void make(const struct link_words *words, char token[LINK_TOKEN_MAX])
{
    assert_true(link_token_make(key, sizeof key, words, token));
}

static enum link_verdict read_at(const char *token, struct wall at)
{
    struct link_words words;

    return link_token_read(key, sizeof key, token, at, &words);
}

static void a_token_says_again_what_it_was_made_of(void **state)
{
    static const struct {
        int64_t ticket;
        const char *party;
        uint32_t generation;
    } rows[] = {{123, "cv-lawu-net", 2},
                {1, "a", 1},
                {INT64_MAX, "ab", UINT32_MAX},
                {7, "abc", 0},
                {9, "123456789012345678901234567890123456789012345678901234567890123", 3}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct link_words words = words_of(rows[i].ticket, rows[i].party, rows[i].generation);
        struct link_words got;
        char token[LINK_TOKEN_MAX];

        make(&words, token);
        assert_int_equal(strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-_"),
                         strlen(token));
        assert_int_equal(link_token_read(key, sizeof key, token, now, &got), LINK_OK);
        assert_true(got.ticket == words.ticket && got.generation == words.generation);
        assert_true(got.expires.us == words.expires.us);
        assert_string_equal(got.party, words.party);
    }
}

/* It stands in messages that were sent: another form breaks their links. */
static void the_form_of_a_token_stays(void **state)
{
    struct link_words words = words_of(123, "cv-lawu-net", 2);
    char token[LINK_TOKEN_MAX];

    (void)state;
    make(&words, token);
    assert_string_equal(token, GOLDEN);
}

static void a_notification_s_link_ends_three_days_after_it_was_owed(void **state)
{
    struct link_words words = {.ticket = 123, .party = "cv-lawu-net", .generation = 2};
    struct wall owed = {NOW_S * US_PER_S + 123456};
    char path[LINK_PATH_MAX];

    (void)state;
    assert_true(link_path_make(key, sizeof key, &words, owed, path));
    assert_string_equal(path, "/t/" GOLDEN);
    assert_int_equal(read_at(path + 3, wall_add_ms(owed, LINK_LIFE_MS - 1000)), LINK_OK);
    assert_int_equal(read_at(path + 3, wall_add_ms(owed, LINK_LIFE_MS)), LINK_EXPIRED);
    words.party[0] = '\0';
    assert_false(link_path_make(key, sizeof key, &words, owed, path));
    assert_string_equal(path, "");
}

static void a_party_without_a_name_gets_none(void **state)
{
    struct link_words words = words_of(1, "", 1);
    char token[LINK_TOKEN_MAX] = "x";

    (void)state;
    assert_false(link_token_make(key, sizeof key, &words, token));
    assert_string_equal(token, "");
    memset(words.party, 'a', sizeof words.party); /* no terminator */
    assert_false(link_token_make(key, sizeof key, &words, token));
}

static void it_ends_when_it_says(void **state)
{
    struct link_words words = words_of(1, "a", 1);
    char token[LINK_TOKEN_MAX];

    (void)state;
    make(&words, token);
    assert_int_equal(read_at(token, words.expires), LINK_OK);
    assert_int_equal(read_at(token, (struct wall){words.expires.us + 1}), LINK_EXPIRED);
    assert_int_equal(read_at(token, wall_add_ms(words.expires, 1000)), LINK_EXPIRED);
}

/* Of the text, whose bits are what a stranger can turn; each letter becomes each other byte too. */
static void every_changed_letter_and_bit_is_refused(void **state)
{
    char token[LINK_TOKEN_MAX];
    size_t tried = 0;

    (void)state;
    for (uint32_t party_bytes = 1; party_bytes <= 12; party_bytes++) {
        struct link_words words = words_of(4711, "123456789012", 1);

        words.party[party_bytes] = '\0';
        make(&words, token);
        for (size_t i = 0; token[i] != '\0'; i++) {
            char right = token[i];

            for (int byte = 1; byte < 256; byte++, tried++) {
                token[i] = (char)byte;
                if (token[i] != right && read_at(token, now) != LINK_FORGED)
                    fail_msg("letter %zu as %d", i, byte);
            }
            token[i] = right;
        }
        assert_int_equal(read_at(token, now), LINK_OK);
    }
    assert_true(tried > 1000);
}

static void every_flipped_bit_of_the_payload_is_refused(void **state)
{
    struct link_words words = words_of(123, "cv-lawu-net", 2);
    char token[LINK_TOKEN_MAX];
    unsigned char raw[128];
    size_t bytes = sizeof raw;

    (void)state;
    make(&words, token);
    assert_true(digest_base64url_read(token, raw, &bytes));
    assert_int_equal(bytes, 21 + 11 + 16);
    for (size_t bit = 0; bit < bytes * 8; bit++) {
        raw[bit / 8] ^= (unsigned char)(1 << bit % 8);
        digest_base64url(raw, bytes, token);
        if (read_at(token, now) != LINK_FORGED)
            fail_msg("bit %zu", bit);
        raw[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
}

/* A token of another form than ours, but with our signature: of a later program, for instance. */
static void what_is_signed_but_of_another_form_is_refused(void **state)
{
    static const struct {
        unsigned char version;
        size_t party_bytes;
        enum link_verdict want;
    } rows[] = {{1, 1, LINK_OK}, {2, 1, LINK_FORGED}, {0, 1, LINK_FORGED}, {1, 0, LINK_FORGED}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char raw[21 + 1 + 32] = {0};
        size_t bytes = 21 + rows[i].party_bytes;
        char token[LINK_TOKEN_MAX];

        raw[0] = rows[i].version;
        raw[13 + 3] = 0xff; /* it expires late enough */
        raw[21] = 'a';
        digest_hmac(key, sizeof key, raw, bytes, raw + bytes);
        digest_base64url(raw, bytes + 16, token);
        assert_int_equal(read_at(token, now), rows[i].want);
    }
}

static void every_truncation_and_every_tail_is_refused(void **state)
{
    static const char *const tails[] = {"A", "AA", "AAA", "AAAA", "=", "==", " ", "%00", "/", "\n"};
    struct link_words words = words_of(123, "cv-lawu-net", 2);
    char token[LINK_TOKEN_MAX], other[LINK_TOKEN_MAX + 8];

    (void)state;
    make(&words, token);
    for (size_t keep = 0; keep < strlen(token); keep++) {
        snprintf(other, sizeof other, "%.*s", (int)keep, token);
        assert_int_equal(read_at(other, now), LINK_FORGED);
        assert_int_equal(read_at(token + keep + 1, now), LINK_FORGED);
    }
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        snprintf(other, sizeof other, "%s%s", token, tails[i]);
        assert_int_equal(read_at(other, now), LINK_FORGED);
    }
}

static void another_key_is_refused(void **state)
{
    struct link_words words = words_of(123, "cv-lawu-net", 2), got;
    char token[LINK_TOKEN_MAX], other[LINK_KEY_BYTES];

    (void)state;
    make(&words, token);
    for (size_t bit = 0; bit < sizeof key * 8; bit++) {
        memcpy(other, key, sizeof other);
        other[bit / 8] ^= (char)(1 << bit % 8);
        assert_int_equal(link_token_read(other, sizeof other, token, now, &got), LINK_FORGED);
    }
}

static void noise_is_refused(void **state)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t seed = 5;
    char token[4096];

    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t bytes = round < 10 ? sizeof token - 1 : (size_t)round % 200;

        for (size_t i = 0; i < bytes; i++) {
            seed = seed * UINT32_C(1664525) + UINT32_C(1013904223);
            token[i] = letters[seed >> 26];
        }
        token[bytes] = '\0';
        assert_int_equal(read_at(token, now), LINK_FORGED);
    }
}

/* -- the key -- */

static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/kt-link-XXXXXX");
    return mkdtemp(dir) == NULL;
}

static int remove_dir(void **state)
{
    char path[128];

    (void)state;
    snprintf(path, sizeof path, "%s/link.key", dir);
    unlink(path);
    return rmdir(dir); /* fails when anything else was left there */
}

static void load(const char *secret, char out[LINK_KEY_BYTES])
{
    struct err err = {0};

    if (!link_key_load(secret, dir, out, &err))
        fail_msg("%s", err.text);
}

static void refuses(const char *secret, const char *where, const char *words)
{
    char out[LINK_KEY_BYTES];
    struct err err = {0};

    assert_false(link_key_load(secret, where, out, &err));
    if (strstr(err.text, words) == NULL)
        fail_msg("%s", err.text);
}

static void the_first_start_makes_a_key_that_later_ones_find(void **state)
{
    char first[LINK_KEY_BYTES], second[LINK_KEY_BYTES], path[128];
    struct stat st;

    (void)state;
    load(NULL, first);
    load(NULL, second);
    assert_memory_equal(first, second, sizeof first);
    snprintf(path, sizeof path, "%s/link.key", dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(unlink(path), 0);
    load(NULL, second);
    assert_memory_not_equal(first, second, sizeof first);
}

static void a_key_that_others_may_read_is_not_used(void **state)
{
    char key_read[LINK_KEY_BYTES], path[128];

    (void)state;
    load(NULL, key_read);
    snprintf(path, sizeof path, "%s/link.key", dir);
    assert_int_equal(chmod(path, 0640), 0);
    refuses(NULL, dir, "chmod 0600");
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(truncate(path, 31), 0);
    refuses(NULL, dir, "not a key of 32 bytes");
}

static void a_key_behind_a_symlink_is_not_followed(void **state)
{
    char path[128];

    (void)state;
    snprintf(path, sizeof path, "%s/link.key", dir);
    assert_int_equal(symlink("/dev/zero", path), 0);
    refuses(NULL, dir, "cannot open");
}

static void a_key_that_is_no_file_is_not_used(void **state)
{
    char path[128];

    (void)state;
    snprintf(path, sizeof path, "%s/link.key", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    refuses(NULL, dir, "not a key of 32 bytes");
    assert_int_equal(rmdir(path), 0);
}

static void a_state_dir_that_is_too_long_is_said_so(void **state)
{
    char where[2048];

    (void)state;
    memset(where, 'a', sizeof where - 1);
    where[sizeof where - 1] = '\0';
    refuses(NULL, where, "state_dir is longer");
}

static void where_no_key_can_be_made_the_error_says_what_to_do(void **state)
{
    (void)state;
    refuses(NULL, "/proc/nowhere", "link_key into the secrets file");
}

static void a_secret_stands_for_the_file(void **state)
{
    static const char secret[] = "a secret of more than thirty-two characters";
    char first[LINK_KEY_BYTES], second[LINK_KEY_BYTES], path[128];

    (void)state;
    load(secret, first);
    load(secret, second);
    assert_memory_equal(first, second, sizeof first);
    snprintf(path, sizeof path, "%s/link.key", dir);
    assert_int_equal(access(path, F_OK), -1);
    load("a secret of more than thirty-two characterz", second);
    assert_memory_not_equal(first, second, sizeof first);
    refuses("short", dir, "32 characters");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_says_again_what_it_was_made_of),
        cmocka_unit_test(the_form_of_a_token_stays),
        cmocka_unit_test(a_notification_s_link_ends_three_days_after_it_was_owed),
        cmocka_unit_test(a_party_without_a_name_gets_none),
        cmocka_unit_test(it_ends_when_it_says),
        cmocka_unit_test(every_changed_letter_and_bit_is_refused),
        cmocka_unit_test(every_flipped_bit_of_the_payload_is_refused),
        cmocka_unit_test(what_is_signed_but_of_another_form_is_refused),
        cmocka_unit_test(every_truncation_and_every_tail_is_refused),
        cmocka_unit_test(another_key_is_refused),
        cmocka_unit_test(noise_is_refused),
        cmocka_unit_test_setup_teardown(the_first_start_makes_a_key_that_later_ones_find, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(a_key_that_others_may_read_is_not_used, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(a_key_behind_a_symlink_is_not_followed, make_dir,
                                        remove_dir),
        cmocka_unit_test_setup_teardown(a_key_that_is_no_file_is_not_used, make_dir, remove_dir),
        cmocka_unit_test(a_state_dir_that_is_too_long_is_said_so),
        cmocka_unit_test_setup_teardown(where_no_key_can_be_made_the_error_says_what_to_do,
                                        make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(a_secret_stands_for_the_file, make_dir, remove_dir),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
