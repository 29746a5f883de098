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

#include "daemon/config.h"

static char dir[64];
static char path[96];

static int make_dir(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/kt-secrets-XXXXXX");
    if (mkdtemp(dir) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/secrets", dir);
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(dir);
}

static void write_secrets(const char *bytes, size_t size, mode_t mode)
{
    FILE *file;

    unlink(path);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

/* Refused with these words, and without the word "hush", which every value here holds. */
static void expect_refused(const char *says)
{
    struct text complaints = {0};

    assert_null(secrets_load(path, &complaints));
    if (strstr(text_get(&complaints), says) == NULL)
        fail_msg("says: %s not: %s", text_get(&complaints), says);
    assert_null(strstr(text_get(&complaints), "hush"));
    text_free(&complaints);
}

static struct secrets *expect_taken(void)
{
    struct text complaints = {0};
    struct secrets *secrets = secrets_load(path, &complaints);

    if (secrets == NULL)
        fail_msg("%s", text_get(&complaints));
    text_free(&complaints);
    return secrets;
}

static void a_name_has_the_rest_of_its_line(void **state)
{
    const char *content = "# communities\n"
                          "\n"
                          "demo = public\n"
                          "  west.radio-2=  with blanks = and # signs  \r\n"
                          "hook = whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"
                          "v3 = v3 user=kt level=authPriv auth=SHA:hush-hush priv=AES:hush-hush\n"
                          "last = no newline";
    struct secrets *secrets;

    (void)state;
    write_secrets(content, strlen(content), 0600);
    secrets = expect_taken();
    assert_string_equal(secrets_get(secrets, "demo"), "public");
    assert_string_equal(secrets_get(secrets, "west.radio-2"), "with blanks = and # signs");
    assert_string_equal(secrets_get(secrets, "hook"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    assert_string_equal(secrets_get(secrets, "last"), "no newline");
    assert_null(secrets_get(secrets, "Demo"));
    assert_null(secrets_get(secrets, ""));
    secrets_free(secrets);
    secrets_free(NULL);
}

static void an_empty_file_has_no_secret(void **state)
{
    struct secrets *secrets;

    (void)state;
    write_secrets("", 0, 0400);
    secrets = expect_taken();
    assert_null(secrets_get(secrets, "demo"));
    secrets_free(secrets);
}

static void a_line_that_is_wrong_is_named_and_never_shown(void **state)
{
    static const struct {
        const char *content;
        const char *says;
    } table[] = {
        {"hush\n", ":1: not NAME = VALUE"},
        {"\n\nhush hush = x\n", ":3: not NAME = VALUE"},
        {"= hush\n", ":1: not NAME = VALUE"},
        {"hush/x = y\n", ":1: not NAME = VALUE"},
        {"a = hush1\nb = x\na = hush2\n", ":3: a: the name stands a second time"},
        {"a =\n", ":1: a: the value is empty"},
        {"a =  \t \n", ":1: a: the value is empty"},
        {"a = hush\x01\n", ":1: a: the value holds a control byte"},
        {"a = hush\xff\n", ":1: a: the value holds a control byte or is not UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        write_secrets(table[i].content, strlen(table[i].content), 0600);
        expect_refused(table[i].says);
    }
    write_secrets("a = hush\0\n", 10, 0600);
    expect_refused("holds a NUL byte");
}

static void all_wrong_lines_are_listed(void **state)
{
    struct text complaints = {0};

    (void)state;
    write_secrets("x\na = b\ny\na = c\n", 16, 0600);
    assert_null(secrets_load(path, &complaints));
    assert_non_null(strstr(text_get(&complaints), ":1: "));
    assert_non_null(strstr(text_get(&complaints), ":3: "));
    assert_non_null(strstr(text_get(&complaints), ":4: "));
    text_free(&complaints);
}

static void a_value_or_a_file_that_is_too_long_is_refused(void **state)
{
    size_t size = 300 * (size_t)1024;
    char *large = calloc(1, size);

    (void)state;
    assert_non_null(large);
    memset(large, 'x', size);
    memcpy(large, "a = ", 4);
    write_secrets(large, 4 + 513, 0600);
    expect_refused(":1: a: the value is longer than 512 bytes");
    write_secrets(large, size, 0600);
    expect_refused("larger than 256 KiB");
    free(large);
}

static void a_file_that_others_can_read_is_refused_with_the_remedy(void **state)
{
    static const mode_t modes[] = {0644, 0640, 0604, 0620, 0602, 0610, 0777};

    (void)state;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct text want = {0};

        write_secrets("a = hush\n", 9, modes[i]);
        text_addf(&want, "open to others (mode %04o); close it with: chmod 0600 %s\n",
                  (unsigned)modes[i], path);
        expect_refused(text_get(&want));
        text_free(&want);
    }
}

static void a_credential_of_systemd_may_show_its_access_list_as_group_bits(void **state)
{
    struct secrets *secrets;

    (void)state;
    setenv("CREDENTIALS_DIRECTORY", dir, 1);
    write_secrets("a = hush\n", 9, 0440);
    secrets = expect_taken();
    secrets_free(secrets);
    write_secrets("a = hush\n", 9, 0444);
    expect_refused("open to others");
    setenv("CREDENTIALS_DIRECTORY", "/elsewhere", 1);
    write_secrets("a = hush\n", 9, 0440);
    expect_refused("open to others");
    unsetenv("CREDENTIALS_DIRECTORY");
}

static void what_is_no_regular_file_is_refused_without_waiting(void **state)
{
    (void)state;
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_refused("not a regular file");
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    expect_refused("not a regular file");
    assert_int_equal(rmdir(path), 0);
    expect_refused("No such file or directory; make it with: install -m 0600 /dev/null ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_has_the_rest_of_its_line),
        cmocka_unit_test(an_empty_file_has_no_secret),
        cmocka_unit_test(a_line_that_is_wrong_is_named_and_never_shown),
        cmocka_unit_test(all_wrong_lines_are_listed),
        cmocka_unit_test(a_value_or_a_file_that_is_too_long_is_refused),
        cmocka_unit_test(a_file_that_others_can_read_is_refused_with_the_remedy),
        cmocka_unit_test(a_credential_of_systemd_may_show_its_access_list_as_group_bits),
        cmocka_unit_test(what_is_no_regular_file_is_refused_without_waiting),
    };

    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
