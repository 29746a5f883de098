/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probes/profile_texts.h"
#include "probes/trap_name.h"

static struct profiles *read_profiles(const char *more)
{
    struct text complaints = {0};
    struct profiles *profiles = profiles_new();

    for (const struct profile_text *text = profile_texts; text->file != NULL; text++)
        assert_true(profiles_add(profiles, text->file, text->text, &complaints));
    if ((more != NULL && !profiles_add(profiles, "more", more, &complaints)) ||
        !profiles_ready(profiles, &complaints))
        fail_msg("%s", text_get(&complaints));
    text_free(&complaints);
    return profiles;
}

static enum trap_kind kind_of(const struct profiles *profiles, const char *dotted)
{
    struct oid oid;

    assert_true(oid_read(dotted, &oid));
    return trap_name(profiles, &oid);
}

static void a_trap_that_a_profile_names_says_what_the_profile_says(void **state)
{
    static const struct {
        const char *dotted;
        enum trap_kind kind;
    } known[] = {
        {"1.3.6.1.4.1.99999.0.1", TRAP_POWER_LOST}, {"1.3.6.1.4.1.99999.0.2", TRAP_POWER_BACK},
        {"1.3.6.1.4.1.99999.0.3", TRAP_POWER_LOW},  {"1.3.6.1.4.1.99999.0.4", TRAP_DYING_GASP},
        {"1.3.6.1.4.1.99999.0.5", TRAP_LINK_LOST},  {"1.3.6.1.4.1.99999.0.6", TRAP_LINK_BACK},
        {"1.3.6.1.4.1.99999.0.7", TRAP_OTHER},      {"1.3.6.1.4.1.99999.0", TRAP_OTHER},
    };
    struct profiles *profiles = read_profiles("profile charger\n"
                                              "trap 1.3.6.1.4.1.99999.0.1 power_lost\n"
                                              "trap 1.3.6.1.4.1.99999.0.2 power_back\n"
                                              "trap 1.3.6.1.4.1.99999.0.3 battery_low\n"
                                              "trap 1.3.6.1.4.1.99999.0.4 dying_gasp\n"
                                              "trap 1.3.6.1.4.1.99999.0.5 link_lost\n"
                                              "trap 1.3.6.1.4.1.99999.0.6 link_back\n");

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_string_equal(trap_kind_name(kind_of(profiles, known[i].dotted)),
                            trap_kind_name(known[i].kind));
    profiles_free(profiles);
}

/* RFC 1628 as v1 and as v2c traps name it, and two vendors of UPS. */
static void power_in_the_words_of_ups_is_built_in(void **state)
{
    struct profiles *profiles = read_profiles(NULL);

    (void)state;
    assert_int_equal(kind_of(profiles, "1.3.6.1.2.1.33.2.1"), TRAP_POWER_LOST);
    assert_int_equal(kind_of(profiles, "1.3.6.1.2.1.33.2.0.1"), TRAP_POWER_LOST);
    assert_int_equal(kind_of(profiles, "1.3.6.1.4.1.318.0.5"), TRAP_POWER_LOST);
    assert_int_equal(kind_of(profiles, "1.3.6.1.4.1.318.0.7"), TRAP_POWER_LOW);
    assert_int_equal(kind_of(profiles, "1.3.6.1.4.1.318.0.9"), TRAP_POWER_BACK);
    assert_int_equal(kind_of(profiles, "1.3.6.1.4.1.935.0.5"), TRAP_POWER_LOST);
    profiles_free(profiles);
}

static void without_profiles_nothing_is_known(void **state)
{
    (void)state;
    assert_int_equal(kind_of(NULL, "1.3.6.1.4.1.318.0.5"), TRAP_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trap_that_a_profile_names_says_what_the_profile_says),
        cmocka_unit_test(power_in_the_words_of_ups_is_built_in),
        cmocka_unit_test(without_profiles_nothing_is_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
