/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "probes/profile.h"

static const char parent[] = "profile base\n"
                             "match any\n"
                             "metric uptime\n"
                             "  oid 1.3.6.1.2.1.1.3.0\n"
                             "  unit s\n"
                             "  scale 0.01\n"
                             "metric name\n"
                             "  oid 1.3.6.1.2.1.1.5.0\n"
                             "  kind text\n";

/* A good set of the texts given, up to NULL. */
static struct profiles *set_of(const char *const *texts)
{
    struct profiles *profiles = profiles_new();
    struct text complaints = {0};
    bool good = true;

    for (size_t i = 0; texts[i] != NULL; i++)
        good = profiles_add(profiles, "x", texts[i], &complaints) && good;
    good = profiles_ready(profiles, &complaints) && good;
    if (!good)
        fail_msg("%s", text_get(&complaints));
    assert_string_equal(text_get(&complaints), "");
    text_free(&complaints);
    return profiles;
}

/* What is said of a text that is wrong. */
static void says(const char *text, const char *wanted)
{
    struct profiles *profiles = profiles_new();
    struct text complaints = {0};
    bool good = profiles_add(profiles, "my.profile", text, &complaints) &&
                profiles_ready(profiles, &complaints);

    if (good || strstr(text_get(&complaints), wanted) == NULL)
        fail_msg("not said: %s\nbut: %s", wanted, text_get(&complaints));
    text_free(&complaints);
    profiles_free(profiles);
}

static const struct profile_metric *metric_of(const struct profiles *profiles, const char *profile,
                                              const char *name)
{
    const struct profile *found = profiles_find(profiles, profile);
    size_t index;

    assert_non_null(found);
    index = profile_metric_index(found, name);
    return index < found->metric_count ? found->metrics[index] : NULL;
}

static void a_wrong_line_is_named_with_its_remedy(void **state)
{
    static const struct {
        const char *text, *says;
    } table[] = {
        {"", "my.profile:1: profile: there is none; begin with a line \"profile NAME\""},
        {"title x\n", "my.profile:1: title: a line \"profile NAME\" has to come first"},
        {"metric x\n", "my.profile:1: metric: a line \"profile NAME\" has to come first"},
        {"profile\n", "my.profile:1: profile: write it as profile NAME"},
        {"profile A\n", "my.profile:1: profile: A: a name begins with a-z"},
        {"profile a\nprofile a\n", "my.profile:2: profile: there is a profile a above"},
        {"profile a\n\nfoo 1\n", "my.profile:3: foo: foo is no keyword; there are profile metric "
                                 "title"},
        {"profile a\nscale 1\n", "my.profile:2: scale: a line \"metric NAME\" has to come before"},
        {"profile a\nmatch 1.3.x\n", "my.profile:2: match: 1.3.x is no object identifier"},
        {"profile a\nmatch 1.3 hat 1.3\n", "my.profile:2: match: hat: write match OID, or any"},
        {"profile a\ntested it yes\n", "my.profile:2: tested: it: write recording NAME, or"},
        {"profile a\ntrap 1.3.6 boom\n", "my.profile:2: trap: boom: a trap means power_lost"},
        {"profile a\ninherits b\n", "my.profile:1: profile a: inherits an unknown profile"},
        {"profile a\ninherits a\n", "my.profile:1: profile a: inherits itself by way of a"},
        {"profile a\nmetric m\n", "my.profile:2: metric: m has no oid"},
        {"profile a\nmetric m\noid 1.3\nmetric m\noid 1.3\n", "my.profile:4: metric: there is a "
                                                              "metric m in this profile"},
        {"profile a\nmetric m\noid\n", "my.profile:3: oid: something is missing behind it"},
        {"profile a\nmetric m\noid 1.3 1.4\n", "my.profile:3: oid: one word too many: 1.4"},
        {"profile a\nmetric m\nindex row\n", "my.profile:3: index: row: an index is scalar"},
        {"profile a\nmetric m\nkind odd\n", "my.profile:3: kind: odd: a kind is gauge"},
        {"profile a\nmetric m\nscale 1,5\n", "my.profile:3: scale: 1,5: a scale is a decimal"},
        {"profile a\nmetric m\nscale 0\n", "my.profile:3: scale: 0: a scale is a decimal"},
        {"profile a\nmetric m\noffset x\n", "my.profile:3: offset: x: an offset is a decimal"},
        {"profile a\nmetric m\nparse x\n", "my.profile:3: parse: x: parse is number, first"},
        {"profile a\nmetric m\ninvalid x\n", "my.profile:3: invalid: x is no decimal number"},
        {"profile a\nmetric m\nvalid 9 .. 1\n", "my.profile:3: valid: write the range as A .. B"},
        {"profile a\nmetric m\nwords 1 up 2\n", "my.profile:3: words: write pairs"},
        {"profile a\nmetric m\nwords one up\n", "my.profile:3: words: one is no whole number"},
        {"profile a\nmetric m\nwarn 5 6\n", "my.profile:3: warn: write it as warn below 10"},
        {"profile a\nmetric m\ncrit below x\n", "my.profile:3: crit: write it as crit below 10"},
        {"profile a\nmetric m\nwhen 1.3 = 1\n", "my.profile:3: when: write it as when OID is"},
        {"profile a\nmetric m\noid 1.3\nunless n\n", "my.profile:1: profile a: unless names a "
                                                     "metric that is not here: n"},
        {"profile a\nmetric m\nrows 0\n", "my.profile:3: rows: 0: rows is a whole number from 1"},
        {"profile a\nmetric m\nhistory long\n", "my.profile:3: history: long: a history is some, "
                                                "main or none"},
        {"profile a\nmetric m\noid 1.3\nticket down\n", "my.profile:4: ticket: down: a ticket is "
                                                        "degraded"},
        {"profile a\nmetric m\noid 1.3\nwarn below 1\nticket degraded\n",
         "my.profile:2: metric: m may be a ticket: it needs crit below N or crit above N"},
        {"profile a\nmetric m\noid 1.3\ncrit below 1\ncrit above 9\nticket degraded\n",
         "my.profile:2: metric: m may be a ticket: it needs crit below N or crit above N"},
        {"profile a\nmetric m\noid 1.3\nkind text\nhistory main\n",
         "my.profile:2: metric: m is a text, and a history is of numbers"},
        {"profile a\nmetric m\noid 1.3\nkind text\nwarn above 1\n",
         "my.profile:2: metric: m is a text, and limits are for numbers"},
        {"profile a\nmetric m\noid 1.3\nnames 1.4\n",
         "my.profile:2: metric: m is a scalar, so it has no column beside it"},
        {"profile a\nmetric m\noid 1.3\ntitle late\n", "my.profile:4: title: this is about the "
                                                       "profile: it stands before the first"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        says(table[i].text, table[i].says);
}

static void every_mistake_is_listed_not_the_first_only(void **state)
{
    (void)state;
    says("profile a\nfoo 1\nmetric m\nscale x\n", ":2: foo");
    says("profile a\nfoo 1\nmetric m\nscale x\n", ":4: scale");
    says("profile a\nfoo 1\nmetric m\nscale x\n", ":3: metric: m has no oid");
}

static void lines_without_end_are_refused(void **state)
{
    char text[1200] = "profile a\ntitle ";

    (void)state;
    memset(text + strlen(text), 'x', 800);
    says(text, "my.profile:2: line: more than 511 bytes or 80 words");
    memcpy(text, "profile a\nwithout", sizeof "profile a\nwithout");
    for (int i = 0; i < 90; i++)
        memcpy(text + strlen(text), " b", 3);
    says(text, "my.profile:2: line: more than 511 bytes or 80 words");
}

static void comments_blanks_and_carriage_returns_do_no_harm(void **state)
{
    const char *const texts[] = {"# first\r\n\r\nprofile a # one\r\n"
                                 "\ttitle\tA good  one # really\r\n"
                                 "metric m\r\n   oid 1.3.6.1.4.1 # here\r\n  unit %   \r\n",
                                 NULL};
    struct profiles *profiles = set_of(texts);

    (void)state;
    assert_string_equal(profiles_find(profiles, "a")->title, "A good  one");
    assert_string_equal(metric_of(profiles, "a", "m")->unit, "%");
    profiles_free(profiles);
}

static void metrics_are_inherited_replaced_and_left_out(void **state)
{
    const char *const texts[] = {parent,
                                 "profile child\ninherits base\nwithout name\n"
                                 "metric volt\noid 1.3.6.1.4.1.1.0\n"
                                 "metric uptime\noid 1.3.6.1.4.1.2.0\n",
                                 "profile grandchild\ninherits child\n", NULL};
    struct profiles *profiles = set_of(texts);

    (void)state;
    assert_int_equal(profiles_find(profiles, "child")->metric_count, 2);
    assert_int_equal(profile_metric_index(profiles_find(profiles, "child"), "volt"), 0);
    assert_string_equal(metric_of(profiles, "child", "uptime")->unit, "");
    assert_null(metric_of(profiles, "child", "name"));
    /* Whoever inherits further takes what the child made of it. */
    assert_null(metric_of(profiles, "grandchild", "name"));
    assert_string_equal(metric_of(profiles, "grandchild", "uptime")->unit, "");
    profiles_free(profiles);
}

static void a_later_text_replaces_a_profile(void **state)
{
    const char *const texts[] = {parent, "profile base\ntitle mine\n", NULL};
    struct profiles *profiles = set_of(texts);

    (void)state;
    assert_int_equal(profiles_count(profiles), 1);
    assert_string_equal(profiles_at(profiles, 0)->title, "mine");
    profiles_free(profiles);
}

static const char *const families[] = {parent,
                                       "profile vendor\nmatch 1.3.6.1.4.1.9\n",
                                       "profile model\nmatch 1.3.6.1.4.1.9.7\n",
                                       "profile named\nmatch 1.3.6.1.4.1.9 descr Deluxe Radio\n",
                                       "profile radio\nmatch 1.3.6.1.4.1.8 has 1.3.6.1.4.1.8.1\n",
                                       "profile modem\nmatch 1.3.6.1.4.1.8 has 1.3.6.1.4.1.8.2\n",
                                       "profile ups\nmatch any has 1.3.6.1.2.1.33.1\n",
                                       NULL};

static const char *picked(const struct profiles *profiles, const char *object_id, const char *descr,
                          const char *has)
{
    struct oid oid, had;
    struct profile_facts facts = {.descr = descr};

    assert_true(oid_read(object_id, &oid));
    facts.object_id = oid.at;
    facts.object_id_bytes = oid.bytes;
    if (has != NULL) {
        assert_true(oid_read(has, &had));
        facts.had = &had;
        facts.had_count = 1;
    }
    return profiles_match(profiles, &facts)->name;
}

static void the_closest_profile_is_picked(void **state)
{
    struct profiles *profiles = set_of(families);

    (void)state;
    assert_string_equal(picked(profiles, "1.3.6.1.4.1.7", "", NULL), "base");
    assert_string_equal(picked(profiles, "1.3.6.1.4.1.9", "", NULL), "vendor");
    assert_string_equal(picked(profiles, "1.3.6.1.4.1.9.1", "", NULL), "vendor");
    assert_string_equal(picked(profiles, "1.3.6.1.4.1.91", "", NULL), "base");
    assert_string_equal(picked(profiles, "1.3.6.1.4.1.9.7.1", "a deluxe radio", NULL), "model");
    assert_string_equal(picked(profiles, "1.3.6.1.4.1.9.1", "a deluxe radio", NULL), "named");
    assert_string_equal(picked(profiles, "1.3.6.1.4.1.8", "", NULL), "base");
    assert_string_equal(picked(profiles, "1.3.6.1.4.1.8", "", "1.3.6.1.4.1.8.2"), "modem");
    assert_string_equal(picked(profiles, "1.3.6.1.4.1.7", "", "1.3.6.1.2.1.33.1"), "ups");
    profiles_free(profiles);
}

static size_t doubts(const struct profiles *profiles, const char *object_id)
{
    struct profile_facts facts = {.descr = ""};
    struct oid oid, out[8];

    assert_true(oid_read(object_id, &oid));
    facts.object_id = oid.at;
    facts.object_id_bytes = oid.bytes;
    return profiles_doubts(profiles, &facts, out, 8);
}

static void only_what_would_decide_is_asked(void **state)
{
    struct profiles *profiles = set_of(families);

    (void)state;
    assert_int_equal(doubts(profiles, "1.3.6.1.4.1.9.7"), 0); /* a UPS would not be closer */
    assert_int_equal(doubts(profiles, "1.3.6.1.4.1.8.5"), 3);
    assert_int_equal(doubts(profiles, "1.3.6.1.4.1.7"), 1);
    profiles_free(profiles);
}

static void limits_say_fine_warn_or_crit(void **state)
{
    const char *const texts[] = {"profile a\n"
                                 "metric low\noid 1.3.1\nwarn below -75\ncrit below -82\n"
                                 "metric high\noid 1.3.2\nwarn above 70\ncrit above 80\n"
                                 "metric is\noid 1.3.3\nwarn is 4\ncrit is 2 5\nwords 5 battery\n"
                                 "metric in\noid 1.3.4\ncrit in 0 .. 16\n",
                                 NULL};
    static const struct {
        const char *metric;
        double number;
        enum profile_health health;
    } table[] = {
        {"low", -74.9, PROFILE_FINE}, {"low", -75, PROFILE_FINE}, {"low", -75.1, PROFILE_WARN},
        {"low", -82, PROFILE_WARN},   {"low", -83, PROFILE_CRIT}, {"high", 70, PROFILE_FINE},
        {"high", 71, PROFILE_WARN},   {"high", 81, PROFILE_CRIT}, {"is", 3, PROFILE_FINE},
        {"is", 4, PROFILE_WARN},      {"is", 2, PROFILE_CRIT},    {"is", 5, PROFILE_CRIT},
        {"in", 0, PROFILE_CRIT},      {"in", 16, PROFILE_CRIT},   {"in", 17, PROFILE_FINE},
        {"in", -1, PROFILE_FINE},
    };
    struct profiles *profiles = set_of(texts);

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (profile_judge(metric_of(profiles, "a", table[i].metric), table[i].number) !=
            table[i].health)
            fail_msg("%s %g", table[i].metric, table[i].number);
    assert_string_equal(profile_word(metric_of(profiles, "a", "is"), 5), "battery");
    assert_null(profile_word(metric_of(profiles, "a", "is"), 6));
    profiles_free(profiles);
}

static void a_trap_has_the_sense_that_a_profile_gives_it(void **state)
{
    const char *const texts[] = {"profile a\ntrap 1.3.6.1.4.1.318.0.5 power_lost\n", NULL};
    struct profiles *profiles = set_of(texts);
    enum profile_sense sense;
    struct oid oid;

    (void)state;
    assert_true(oid_read("1.3.6.1.4.1.318.0.5", &oid));
    assert_true(profiles_trap(profiles, oid.at, oid.bytes, &sense));
    assert_int_equal(sense, PROFILE_POWER_LOST);
    assert_true(oid_read("1.3.6.1.4.1.318.0.6", &oid));
    assert_false(profiles_trap(profiles, oid.at, oid.bytes, &sense));
    profiles_free(profiles);
}

/* As it would be written by hand; what is inherited stands in it. */
static const char whole[] = "profile all\n"
                            "title All there is\n"
                            "match 1.3.6.1.4.1.9 has 1.3.6.1.4.1.9.1 descr Deluxe Radio\n"
                            "match any\n"
                            "tested recording one\n"
                            "tested synthetic two\n"
                            "trap 1.3.6.1.4.1.9.0.5 dying_gasp\n"
                            "\n"
                            "metric power\n"
                            "    oid 1.3.6.1.4.1.9.2\n"
                            "    index any\n"
                            "    names 1.3.6.1.4.1.9.3\n"
                            "    unit dBm\n"
                            "    scale 0.002\n"
                            "    offset -30\n"
                            "    parse signed16\n"
                            "    invalid 65535 0\n"
                            "    valid -60 .. 20\n"
                            "    when 1.3.6.1.4.1.9.4 is 1 3\n"
                            "    unless state\n"
                            "    warn below -25\n"
                            "    crit below -27.5\n"
                            "    rows 1024\n"
                            "\n"
                            "metric state\n"
                            "    oid 1.3.6.1.4.1.9.5.0\n"
                            "    kind enum\n"
                            "    words -1 unknown\n"
                            "    words 1 up\n"
                            "    warn above 7\n"
                            "    crit is 2\n"
                            "    crit in 4 .. 6\n";

static void what_is_printed_reads_back_to_the_same(void **state)
{
    const char *const texts[] = {whole, NULL};
    struct profiles *profiles = set_of(texts);
    struct text out = {0};

    (void)state;
    profile_print(profiles_at(profiles, 0), &out);
    assert_string_equal(text_get(&out), whole);
    text_free(&out);
    profiles_free(profiles);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_line_is_named_with_its_remedy),
        cmocka_unit_test(every_mistake_is_listed_not_the_first_only),
        cmocka_unit_test(lines_without_end_are_refused),
        cmocka_unit_test(comments_blanks_and_carriage_returns_do_no_harm),
        cmocka_unit_test(metrics_are_inherited_replaced_and_left_out),
        cmocka_unit_test(a_later_text_replaces_a_profile),
        cmocka_unit_test(the_closest_profile_is_picked),
        cmocka_unit_test(only_what_would_decide_is_asked),
        cmocka_unit_test(limits_say_fine_warn_or_crit),
        cmocka_unit_test(a_trap_has_the_sense_that_a_profile_gives_it),
        cmocka_unit_test(what_is_printed_reads_back_to_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
