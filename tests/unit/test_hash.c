/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "daemon/base/hash.h"

struct village {
    char code[16];
    int64_t number;
    UT_hash_handle by_code;
    UT_hash_handle by_number;
};

struct villages {
    struct village *by_code;
    struct village *by_number;
};

static struct village *add(struct villages *all, unsigned number)
{
    struct village *village = calloc(1, sizeof *village);

    assert_non_null(village);
    snprintf(village->code, sizeof village->code, "33.14.%04u", number);
    village->number = number;
    HASH_ADD(by_code, all->by_code, code, strlen(village->code), village);
    HASH_ADD(by_number, all->by_number, number, sizeof village->number, village);
    return village;
}

static void clear(struct villages *all)
{
    struct village *village, *next;

    HASH_ITER(by_code, all->by_code, village, next)
    {
        HASH_DELETE(by_code, all->by_code, village);
        HASH_DELETE(by_number, all->by_number, village);
        free(village);
    }
}

static void what_was_added_is_found_by_each_of_its_keys(void **state)
{
    struct villages all = {0};
    const char *code = "33.14.0777";
    int64_t number = 4242;
    struct village *found;

    (void)state;
    for (unsigned i = 0; i < 5000; i++)
        add(&all, i);
    assert_int_equal(HASH_CNT(by_code, all.by_code), 5000);

    HASH_FIND(by_code, all.by_code, code, strlen(code), found);
    assert_non_null(found);
    assert_int_equal(found->number, 777);
    HASH_FIND(by_number, all.by_number, &number, sizeof number, found);
    assert_non_null(found);
    assert_string_equal(found->code, "33.14.4242");
    clear(&all);
}

static void what_was_deleted_is_not_found(void **state)
{
    struct villages all = {0};
    struct village *village = add(&all, 7);
    struct village *found;
    int64_t number = 7;

    (void)state;
    HASH_DELETE(by_number, all.by_number, village);
    HASH_FIND(by_number, all.by_number, &number, sizeof number, found);
    assert_null(found);
    HASH_ADD(by_number, all.by_number, number, sizeof village->number, village);
    clear(&all);
}

/* FNV-1a with short, alike keys is the case at hand: codes that differ in their last digits. */
static void codes_that_differ_little_spread_over_the_buckets(void **state)
{
    unsigned used[256] = {0};
    unsigned most = 0;

    (void)state;
    for (unsigned i = 0; i < 2560; i++) {
        char code[16];

        snprintf(code, sizeof code, "33.14.%04u", i);
        used[hash_bytes(code, strlen(code)) & 255]++;
    }
    for (size_t i = 0; i < 256; i++)
        most = used[i] > most ? used[i] : most;
    assert_in_range(most, 10, 30); /* ten are fair */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_is_found_by_each_of_its_keys),
        cmocka_unit_test(what_was_deleted_is_not_found),
        cmocka_unit_test(codes_that_differ_little_spread_over_the_buckets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
