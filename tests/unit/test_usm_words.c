/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/usm_words.h"

#define PASS_128                                                                                   \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"                             \
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct usm_words read_good(const char *secret)
{
    struct usm_words words;
    struct err err = {""};

    if (!usm_words_read(secret, &words, &err))
        fail_msg("%s: %s", secret, err.text);
    return words;
}

static void a_user_of_the_highest_level_gives_its_parts(void **state)
{
    struct usm_words words =
        read_good("v3 user=bupati level=authPriv auth=SHA:rahasia=1: priv=AES:rahasia-2");

    (void)state;
    assert_string_equal(words.user, "bupati");
    assert_int_equal(words.level, USM_AUTH_PRIV);
    assert_int_equal(words.auth, USM_AUTH_SHA);
    assert_string_equal(words.auth_pass, "rahasia=1:");
    assert_int_equal(words.priv, USM_PRIV_AES128);
    assert_string_equal(words.priv_pass, "rahasia-2");
}

static void the_lower_levels_leave_out_what_they_do_not_use(void **state)
{
    struct usm_words words = read_good("v3\tlevel=noAuthNoPriv   user=tamu");

    (void)state;
    assert_int_equal(words.level, USM_NOAUTH_NOPRIV);
    assert_int_equal(words.auth, USM_AUTH_NONE);
    assert_int_equal(words.priv, USM_PRIV_NONE);
    words = read_good("v3 auth=sha-512:" PASS_128 " user=tamu level=AUTHNOPRIV");
    assert_int_equal(words.level, USM_AUTH_NOPRIV);
    assert_int_equal(words.auth, USM_AUTH_SHA512);
    assert_string_equal(words.auth_pass, PASS_128);
    assert_int_equal(words.priv, USM_PRIV_NONE);
}

static void every_protocol_has_its_names(void **state)
{
    static const struct {
        const char *secret;
        int auth, priv;
    } cases[] = {
        {"v3 user=u level=authPriv auth=MD5:12345678 priv=DES:12345678", USM_AUTH_MD5,
         USM_PRIV_DES},
        {"v3 user=u level=authPriv auth=SHA1:12345678 priv=AES-128:12345678", USM_AUTH_SHA,
         USM_PRIV_AES128},
        {"v3 user=u level=authPriv auth=SHA-224:12345678 priv=AES128:12345678", USM_AUTH_SHA224,
         USM_PRIV_AES128},
        {"v3 user=u level=authPriv auth=sha256:12345678 priv=aes-192:12345678", USM_AUTH_SHA256,
         USM_PRIV_AES192},
        {"v3 user=u level=authPriv auth=SHA-384:12345678 priv=AES256:12345678", USM_AUTH_SHA384,
         USM_PRIV_AES256},
        {"v3 user=u level=authPriv auth=SHA512:12345678 priv=AES-192-C:12345678", USM_AUTH_SHA512,
         USM_PRIV_AES192_CISCO},
        {"v3 user=u level=authPriv auth=SHA-1:12345678 priv=AES256C:12345678", USM_AUTH_SHA,
         USM_PRIV_AES256_CISCO},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct usm_words words = read_good(cases[i].secret);

        assert_int_equal(words.auth, cases[i].auth);
        assert_int_equal(words.priv, cases[i].priv);
    }
    assert_string_equal(usm_level_name(USM_AUTH_PRIV), "authPriv");
    assert_string_equal(usm_auth_name(USM_AUTH_SHA256), "SHA-256");
    assert_string_equal(usm_auth_name(USM_AUTH_NONE), "none");
    assert_string_equal(usm_priv_name(USM_PRIV_AES256_CISCO), "AES-256-C");
}

static void what_is_wrong_is_said_without_a_passphrase(void **state)
{
    static const struct {
        const char *secret;
        const char *words;
    } cases[] = {
        {"v3 ", "user= is missing"},
        {"v3 user=u", "level= is missing"},
        {"v3 user= level=noAuthNoPriv", "user= must have 1 to 32 bytes"},
        {"v3 user=0123456789abcdef0123456789abcdef0 level=noAuthNoPriv", "1 to 32 bytes"},
        {"v3 user=u user=v level=noAuthNoPriv", "user= stands twice"},
        {"v3 user=u level=secret77", "level= must be noAuthNoPriv, authNoPriv or authPriv"},
        {"v3 user=u level=authNoPriv", "level=authNoPriv needs auth="},
        {"v3 user=u level=authPriv auth=SHA:secret77", "level=authPriv needs priv="},
        {"v3 user=u level=noAuthNoPriv auth=SHA:secret77", "level=noAuthNoPriv does not use auth="},
        {"v3 user=u level=authNoPriv auth=SHA:secret77 priv=AES:secret77",
         "level=authNoPriv does not use priv="},
        {"v3 user=u level=authNoPriv auth=secret77", "auth= must be PROTOCOL:PASSPHRASE"},
        {"v3 user=u level=authNoPriv auth=secret77:secret77", "no protocol that is known"},
        {"v3 user=u level=authNoPriv auth=SHA:secret7", "shorter than 8 bytes"},
        {"v3 user=u level=authNoPriv auth=SHA:x" PASS_128, "longer than 128 bytes"},
        {"v3 user=u level=authNoPriv auth=SHA:secret77 secret77", "must not hold blanks"},
        {"v3 user=u level=authNoPriv auth=SHA:secret77 secret=77", "none of user="},
        {"v3 user=u level=authPriv auth=SHA:secret77 priv=AES-512:secret77", "AES-256-C"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct usm_words words = {.user = "as it was"};
        struct err err = {""};

        assert_false(usm_words_read(cases[i].secret, &words, &err));
        if (strstr(err.text, cases[i].words) == NULL || strstr(err.text, "secret7") != NULL)
            fail_msg("%s: %s", cases[i].secret, err.text);
        assert_string_equal(words.user, "as it was");
    }
}

static void a_community_is_none(void **state)
{
    (void)state;
    assert_true(usm_words_are_meant("v3 user=u"));
    assert_true(usm_words_are_meant("v3\t"));
    assert_false(usm_words_are_meant("v3"));
    assert_false(usm_words_are_meant("v3x user=u"));
    assert_false(usm_words_are_meant("public"));
    assert_false(usm_words_are_meant(""));
}

static void one_byte_makes_another_user(void **state)
{
    static const char *const others[] = {
        "v3 user=v level=authPriv auth=SHA:12345678 priv=AES:12345678",
        "v3 user=u level=authPriv auth=MD5:12345678 priv=AES:12345678",
        "v3 user=u level=authPriv auth=SHA:12345679 priv=AES:12345678",
        "v3 user=u level=authPriv auth=SHA:12345678 priv=DES:12345678",
        "v3 user=u level=authPriv auth=SHA:12345678 priv=AES:12345679",
        "v3 user=u level=authNoPriv auth=SHA:12345678",
    };
    struct usm_words one =
        read_good("v3 user=u level=authPriv auth=SHA:12345678 priv=AES:12345678");
    struct usm_words same =
        read_good("v3 priv=AES:12345678 auth=SHA:12345678 level=authPriv user=u");

    (void)state;
    assert_true(usm_words_equal(&one, &same));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct usm_words other = read_good(others[i]);

        assert_false(usm_words_equal(&one, &other));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_of_the_highest_level_gives_its_parts),
        cmocka_unit_test(the_lower_levels_leave_out_what_they_do_not_use),
        cmocka_unit_test(every_protocol_has_its_names),
        cmocka_unit_test(what_is_wrong_is_said_without_a_passphrase),
        cmocka_unit_test(a_community_is_none),
        cmocka_unit_test(one_byte_makes_another_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
