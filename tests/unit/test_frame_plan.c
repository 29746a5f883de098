/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probes/credential.h"
#include "probes/frame.h"

static struct frame frame;

/* As if it had come over the socket. */
static void reopen(void)
{
    frame.type = FRAME_TYPE_END;
    assert_true(frame_open(&frame, frame.bytes));
}

static void a_policy_comes_through(void **state)
{
    struct plan_policy policy = {3600000, 60000, 100, 1, 100, 0, 0}, got = {0};

    (void)state;
    frame_begin(&frame, FRAME_PLAN_BEGIN);
    assert_true(frame_add_policy(&frame, &policy));
    reopen();
    assert_int_equal(frame.type, FRAME_PLAN_BEGIN);
    assert_true(frame_get_policy(&frame, 0, &got));
    assert_memory_equal(&got, &policy, offsetof(struct plan_policy, lane_bytes_per_s) + 4);
}

static void a_policy_out_of_range_is_refused(void **state)
{
    static const struct plan_policy wrong[] = {
        {0, 1000, 3, 3, 100, 0, 0},         {-1, 1000, 3, 3, 100, 0, 0},
        {60000, 0, 3, 3, 100, 0, 0},        {60000, INT64_MAX, 3, 3, 100, 0, 0},
        {60000, 1000, 0, 3, 100, 0, 0},     {60000, 1000, 3, 0, 100, 0, 0},
        {60000, 1000, 101, 3, 100, 0, 0},   {60000, 1000, 3, 101, 100, 0, 0},
        {INT64_MAX, 1000, 3, 3, 100, 0, 0}, {60000, 1000, 3, 3, PLAN_YEARS_MOST + 1, 0, 0},
    };
    struct plan_policy got;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        frame_begin(&frame, FRAME_PLAN_BEGIN);
        assert_true(frame_add_policy(&frame, &wrong[i]));
        reopen();
        assert_false(frame_get_policy(&frame, 0, &got));
    }
}

static struct credential some_user(void)
{
    return (struct credential){.id = 9,
                               .kind = CREDENTIAL_USM,
                               .usm = {.user = "dinas",
                                       .level = USM_AUTH_PRIV,
                                       .auth = USM_AUTH_SHA256,
                                       .auth_pass = "rahasia dinas",
                                       .priv = USM_PRIV_AES128,
                                       .priv_pass = "lebih rahasia"}};
}

static void credentials_go_down_whole(void **state)
{
    struct credential community = {.id = 1, .kind = CREDENTIAL_COMMUNITY, .community = "rahasia"};
    struct credential user = some_user(), got;

    (void)state;
    frame_begin(&frame, FRAME_PLAN_CREDENTIALS);
    assert_true(frame_add_credential(&frame, &community));
    assert_true(frame_add_credential(&frame, &user));
    reopen();
    assert_int_equal(frame.count, 2);
    assert_true(frame_get_credential(&frame, 0, &got));
    assert_int_equal(got.id, 1);
    assert_true(credential_same(&got, &community));
    assert_false(credential_same(&got, &user));
    assert_true(frame_get_credential(&frame, 1, &got));
    assert_int_equal(got.id, 9);
    assert_true(credential_same(&got, &user));
}

static void a_credential_that_cannot_be_is_refused(void **state)
{
    static const size_t levels = 8 + 5 + CREDENTIAL_COMMUNITY_MAX + USM_USER_MAX;
    struct credential user = some_user(), got;

    (void)state;
    frame_begin(&frame, FRAME_PLAN_CREDENTIALS);
    assert_true(frame_add_credential(&frame, &user));
    for (size_t i = 0; i < 3; i++) {
        /* a text without its end */
        static const size_t texts[] = {8 + 5, 8 + 5 + CREDENTIAL_COMMUNITY_MAX,
                                       8 + 5 + CREDENTIAL_COMMUNITY_MAX + USM_USER_MAX + 2};
        static const size_t rooms[] = {CREDENTIAL_COMMUNITY_MAX, USM_USER_MAX, USM_PASS_MAX};

        frame_begin(&frame, FRAME_PLAN_CREDENTIALS);
        assert_true(frame_add_credential(&frame, &user));
        memset(frame.at + texts[i], 'x', rooms[i]);
        reopen();
        assert_false(frame_get_credential(&frame, 0, &got));
    }
    frame_begin(&frame, FRAME_PLAN_CREDENTIALS);
    assert_true(frame_add_credential(&frame, &user));
    reopen();
    frame.at[levels] = USM_LEVEL_END;
    assert_false(frame_get_credential(&frame, 0, &got));
    frame.at[levels] = 0; /* a user without a level */
    assert_false(frame_get_credential(&frame, 0, &got));
    frame.at[levels] = USM_AUTH_NOPRIV;
    assert_true(frame_get_credential(&frame, 0, &got));
    frame.at[8 + 4] = CREDENTIAL_KIND_END;
    assert_false(frame_get_credential(&frame, 0, &got));
    memset(frame.at + 8, 0, 4);
    frame.at[8 + 4] = CREDENTIAL_USM;
    assert_false(frame_get_credential(&frame, 0, &got));
}

static void a_list_is_searched_by_number(void **state)
{
    struct credentials list = {0};

    (void)state;
    assert_null(credentials_find(&list, 1));
    for (uint32_t id = 40; id > 0; id -= 2)
        credentials_add(&list, &(struct credential){.id = id, .kind = CREDENTIAL_COMMUNITY});
    credentials_sort(&list);
    for (uint32_t id = 0; id < 43; id++) {
        const struct credential *found = credentials_find(&list, id);

        assert_int_equal(found != NULL, id > 0 && id <= 40 && id % 2 == 0);
        if (found != NULL)
            assert_int_equal(found->id, id);
    }
    credentials_free(&list);
    assert_int_equal(list.count, 0);
}

static void two_are_the_same_when_they_open_the_same(void **state)
{
    struct credential a = some_user(), b = some_user();

    (void)state;
    b.id = 77;
    assert_true(credential_same(&a, &b));
    assert_true(credential_same(NULL, NULL));
    assert_false(credential_same(&a, NULL));
    b.usm.priv_pass[0] = 'L';
    assert_false(credential_same(&a, &b));
    b = some_user();
    b.usm.level = USM_AUTH_NOPRIV;
    assert_false(credential_same(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_policy_out_of_range_is_refused),
        cmocka_unit_test(a_policy_comes_through),
        cmocka_unit_test(credentials_go_down_whole),
        cmocka_unit_test(a_credential_that_cannot_be_is_refused),
        cmocka_unit_test(a_list_is_searched_by_number),
        cmocka_unit_test(two_are_the_same_when_they_open_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
