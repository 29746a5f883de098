/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/base/template.h"

/* A row each of name and source, ended by NULL. */
static const char *on_partial(const char *name, void *arg)
{
    const char *const *row = arg;

    for (; row != NULL && row[0] != NULL; row += 2) {
        if (strcmp(row[0], name) == 0)
            return row[1];
    }
    return NULL;
}

static struct template *parse(const char *source, enum template_escape escape,
                              const char *const *partials)
{
    struct err err = {""};
    /* cast: the callback's argument is not const, and it does not write */
    struct template *template =
        template_parse("page", source, escape, on_partial, (void *)(uintptr_t)partials, &err);

    if (template == NULL)
        fail_msg("%s", err.text);
    return template;
}

static void assert_renders_as(enum template_escape escape, const char *source, const char *json,
                              const char *const *partials, const char *expected)
{
    struct template *template = parse(source, escape, partials);
    struct err err = {""};
    struct js *context = js_parse(json, strlen(json), &err);
    struct text out = {0};

    assert_non_null(context);
    assert_true(template_render(template, context, &out, &err));
    assert_string_equal(text_get(&out), expected);
    text_free(&out);
    js_free(context);
    template_free(template);
}

static void assert_renders(const char *source, const char *json, const char *expected)
{
    assert_renders_as(TEMPLATE_NONE, source, json, NULL, expected);
}

static void assert_refused(const char *source, const char *const *partials, const char *words)
{
    struct err err = {""};
    struct template *template = template_parse("page", source, TEMPLATE_HTML, on_partial,
                                               (void *)(uintptr_t)partials, &err);

    if (template != NULL)
        fail_msg("taken: %s", source);
    assert_string_equal(err.text, words);
}

static void values_are_escaped_for_where_they_go(void **state)
{
    static const char json[] =
        "{\"v\":\"<a href='x'>\\\"R&D\\\"\\n\\u00e9/\xf0\x9f\xa5\x81 +~.-_\\\\\"}";

    (void)state;
    assert_renders_as(TEMPLATE_HTML, "[{{v}}]", json, NULL,
                      "[&lt;a href=&#39;x&#39;&gt;&quot;R&amp;D&quot;\n\xc3\xa9/"
                      "\xf0\x9f\xa5\x81 +~.-_\\]");
    assert_renders_as(TEMPLATE_JSON, "[{{v}}]", json, NULL,
                      "[<a href='x'>\\\"R&D\\\"\\n\xc3\xa9/\xf0\x9f\xa5\x81 +~.-_\\\\]");
    assert_renders_as(TEMPLATE_URL, "[{{v}}]", json, NULL,
                      "[%3Ca%20href%3D%27x%27%3E%22R%26D%22%0A%C3%A9%2F%F0%9F%A5%81%20%2B~.-_%5C]");
    assert_renders_as(TEMPLATE_NONE, "[{{v}}]", json, NULL,
                      "[<a href='x'>\"R&D\"\n\xc3\xa9/\xf0\x9f\xa5\x81 +~.-_\\]");
}

static void three_braces_leave_a_value_as_it_is(void **state)
{
    (void)state;
    assert_renders_as(TEMPLATE_HTML, "{{{v}}}|{{{ v }}}|{{v}}", "{\"v\":\"<b>\"}", NULL,
                      "<b>|<b>|&lt;b&gt;");
    assert_renders_as(TEMPLATE_JSON, "{\"data\":{{{data}}}}", "{\"data\":{\"z\":[1,\"\\\"\"]}}",
                      NULL, "{\"data\":{\"z\":[1,\"\\\"\"]}}");
}

static void numbers_and_truths_print_as_json(void **state)
{
    (void)state;
    assert_renders("{{i}} {{r}} {{t}} {{f}} [{{n}}] [{{absent}}]",
                   "{\"i\":-5,\"r\":-7.4267,\"t\":true,\"f\":false,\"n\":null}",
                   "-5 -7.4267 true false [] []");
    assert_renders_as(TEMPLATE_HTML, "{{o}}", "{\"o\":{\"a\":1}}", NULL, "{&quot;a&quot;:1}");
}

static void sections_show_what_is_true(void **state)
{
    static const struct {
        const char *json;
        bool shown;
    } table[] = {
        {"{\"v\":true}", true},  {"{\"v\":false}", false},
        {"{\"v\":null}", false}, {"{}", false},
        {"{\"v\":\"\"}", false}, {"{\"v\":\"x\"}", true},
        {"{\"v\":0}", true},     {"{\"v\":0.0}", true}, /* 0 dBm is a reading */
        {"{\"v\":[]}", false},   {"{\"v\":[0]}", true},
        {"{\"v\":{}}", true},    {"{\"v\":[false]}", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_renders("{{#v}}yes{{/v}}{{^v}}no{{/v}}", table[i].json,
                       table[i].shown ? "yes" : "no");
    }
}

static void a_section_goes_through_an_array(void **state)
{
    (void)state;
    assert_renders("{{#sites}}{{name}} of {{district}}; {{/sites}}",
                   "{\"district\":\"Sragen\",\"sites\":[{\"name\":\"Kroyo\"},"
                   "{\"name\":\"Guworejo\",\"district\":\"Karangmalang\"}]}",
                   "Kroyo of Sragen; Guworejo of Karangmalang; ");
    assert_renders("{{#n}}<{{.}}>{{/n}}", "{\"n\":[1,\"two\",true,null,[3]]}",
                   "<1><two><true><><[3]>");
    assert_renders("{{#a}}{{#.}}{{.}},{{/.}};{{/a}}", "{\"a\":[[1,2],[3]]}", "1,2,;3,;");
}

static void a_section_of_an_object_looks_inside_it_first(void **state)
{
    (void)state;
    assert_renders("{{#root}}{{code}} {{name}}{{/root}}",
                   "{\"name\":\"outer\",\"code\":\"c\",\"root\":{\"name\":\"inner\"}}", "c inner");
}

static void dotted_names_go_down_and_do_not_climb(void **state)
{
    (void)state;
    assert_renders("{{root.kecamatan.name}}", "{\"root\":{\"kecamatan\":{\"name\":\"Gemolong\"}}}",
                   "Gemolong");
    assert_renders("[{{root.absent.name}}]", "{\"root\":{},\"name\":\"x\"}", "[]");
    /* the first part is found in the inner root, which has no code: the outer one is not asked */
    assert_renders("{{#in}}[{{root.code}}]{{/in}}",
                   "{\"root\":{\"code\":\"outer\"},\"in\":{\"root\":{}}}", "[]");
    assert_renders("{{#a.b}}{{c}}{{/a.b}}{{^a.x}}!{{/a.x}}", "{\"a\":{\"b\":{\"c\":1}}}", "1!");
    assert_renders("[{{text.more}}]", "{\"text\":\"x\"}", "[]");
}

static void a_null_inside_hides_the_value_outside(void **state)
{
    (void)state;
    assert_renders("{{#o}}[{{v}}]{{/o}}", "{\"v\":\"outer\",\"o\":{\"v\":null}}", "[]");
}

static void comments_leave_nothing(void **state)
{
    (void)state;
    assert_renders("a{{! not }\n shown }}b", "{}", "ab");
}

static void braces_alone_are_text(void **state)
{
    (void)state;
    assert_renders("{ \"a\": {\"b\": 1} } }}", "{}", "{ \"a\": {\"b\": 1} } }}");
    assert_renders("", "{}", "");
    assert_renders("%s %n", "{}", "%s %n");
}

static void a_tag_alone_on_its_line_takes_the_line_along(void **state)
{
    (void)state;
    assert_renders("Sites:\n{{#s}}\n  - {{.}}\n{{/s}}\nend\n", "{\"s\":[1,2]}",
                   "Sites:\n  - 1\n  - 2\nend\n");
    assert_renders("a\n  {{! note }}  \nb", "{}", "a\nb");
    assert_renders("a\r\n{{#t}}\r\nb\r\n{{/t}}\r\nc", "{\"t\":true}", "a\r\nb\r\nc");
    assert_renders("{{#t}}\nx\n{{/t}}", "{\"t\":true}", "x\n");
    assert_renders("  {{#t}} x {{/t}}\n", "{\"t\":true}", "   x \n"); /* two on one line stay */
    assert_renders(" {{t}} \n", "{\"t\":1}", " 1 \n");                /* a value never does */
    assert_renders("{{#t}}  {{/t}}\n", "{\"t\":1}", "  \n");
}

static void partials_are_put_in_place(void **state)
{
    static const char *const partials[] = {"site", "{{code}} {{name}}{{>dot}}", "dot", ".", NULL};

    (void)state;
    assert_renders_as(TEMPLATE_HTML, "{{#s}}[{{>site}}]{{/s}}",
                      "{\"s\":[{\"code\":1,\"name\":\"<\"},{\"code\":2,\"name\":\"b\"}]}", partials,
                      "[1 &lt;.][2 b.]");
}

static void a_partial_that_holds_itself_is_refused(void **state)
{
    static const char *const one[] = {"loop", "x\n{{>loop}}", NULL};
    static const char *const two[] = {"a", "{{>b}}", "b", "{{>a}}", NULL};

    (void)state;
    assert_refused("{{>loop}}", one, "loop:2: {{>loop}}: partials deeper than 8");
    assert_refused("{{>a}}", two, "b:1: {{>a}}: partials deeper than 8");
}

static void partials_that_double_at_each_level_are_refused(void **state)
{
#define EIGHT(p) "{{>" p "}}{{>" p "}}{{>" p "}}{{>" p "}}{{>" p "}}{{>" p "}}{{>" p "}}{{>" p "}}"
    static const char *const bomb[] = {"a", EIGHT("b") EIGHT("b"),
                                       "b", EIGHT("c") EIGHT("c"),
                                       "c", EIGHT("d") EIGHT("d"),
                                       "d", EIGHT("e") EIGHT("e"),
                                       "e", "lol",
                                       NULL};

    (void)state;
    assert_refused("{{>a}}", bomb, "e:1: more than 20000 parts, partials included");
}

static void mistakes_are_named_with_their_line(void **state)
{
    static const char *const partials[] = {"open", "a\n{{#x}}b", "shut", "{{/x}}", NULL};

    (void)state;
    assert_refused("a\nb {{name", NULL, "page:2: a tag is opened and never closed");
    assert_refused("{{{name}}", NULL, "page:1: a tag is opened and never closed");
    assert_refused("a\n\n{{#b}}\nc", NULL, "page:3: {{#b}} is never closed");
    assert_refused("{{^b}}", NULL, "page:1: {{^b}} is never closed");
    assert_refused("a\n{{/b}}", NULL, "page:2: {{/b}} closes nothing");
    assert_refused("{{#a}}\n{{#b}}\n\n{{/a}}\n{{/b}}", NULL,
                   "page:4: {{/a}} where {{/b}} was due, opened in line 2");
    assert_refused("{{>none}}", NULL, "page:1: {{>none}}: there is no such template");
    assert_refused("{{>open}}{{/x}}", partials, "open:2: {{#x}} is never closed");
    assert_refused("{{#x}}{{>shut}}", partials, "shut:1: {{/x}} closes nothing");
    assert_refused("\n\n{{}}", NULL, "page:3: \"\" is not a name");
    assert_refused("{{a b}}", NULL, "page:1: \"a b\" is not a name");
    assert_refused("{{a..b}}", NULL, "page:1: \"a..b\" is not a name");
    assert_refused("{{.a}}", NULL, "page:1: \".a\" is not a name");
    assert_refused("{{a.}}", NULL, "page:1: \"a.\" is not a name");
    assert_refused("{{&a}}", NULL, "page:1: \"&a\" is not a name");
    assert_refused("{{=<% %>=}}", NULL, "page:1: \"=<% %>=\" is not a name");
    assert_refused("{{a\n}}", NULL, "page:1: \"a\n\" is not a name");
}

static void a_template_without_partials_needs_no_callback(void **state)
{
    struct err err = {""};
    struct template *template = template_parse("page", "x", TEMPLATE_NONE, NULL, NULL, &err);

    (void)state;
    assert_non_null(template);
    template_free(template);
    template_free(NULL);
    assert_null(template_parse("page", "{{>x}}", TEMPLATE_NONE, NULL, NULL, &err));
}

static void depth_and_names_have_a_limit(void **state)
{
    struct text deep = {0};
    struct text close = {0};
    char name[80];
    char source[100];

    (void)state;
    for (int i = 0; i < 32; i++) {
        text_add(&deep, "{{#a}}");
        text_add(&close, "{{/a}}");
    }
    text_addf(&deep, "x{{a.b}}%s", text_get(&close));
    assert_renders(text_get(&deep), "{\"a\":{\"b\":1}}", "x1");
    text_clear(&deep);
    for (int i = 0; i < 33; i++)
        text_add(&deep, "{{#a}}");
    assert_refused(text_get(&deep), NULL, "page:1: {{#a}}: sections deeper than 32");
    text_free(&deep);
    text_free(&close);

    memset(name, 'n', sizeof name);
    snprintf(source, sizeof source, "{{%.63s}}", name);
    template_free(parse(source, TEMPLATE_NONE, NULL));
    snprintf(source, sizeof source, "{{%.64s}}", name);
    assert_refused(source, NULL, "page:1: a name longer than 63 bytes");
}

static void a_result_too_long_leaves_what_was_there(void **state)
{
    struct template *template = parse("{{#n}}{{.}} {{/n}}", TEMPLATE_NONE, NULL);
    struct text out = {.limit = 12};
    struct err err = {""};
    struct js *context = js_parse("{\"n\":[1,2,3,{\"a\":1},5]}", 23, &err);

    (void)state;
    assert_non_null(context);
    text_add(&out, "before");
    assert_false(template_render(template, context, &out, &err));
    assert_string_equal(err.text, "page: the result is longer than 12 bytes");
    assert_string_equal(text_get(&out), "before");
    assert_true(out.overflowed);
    text_free(&out);
    js_free(context);
    template_free(template);
}

static void one_template_renders_many_times(void **state)
{
    struct template *template = parse("{{n}};", TEMPLATE_NONE, NULL);
    struct text out = {0};
    struct err err = {""};

    (void)state;
    for (int i = 0; i < 3; i++) {
        struct js *context = js_object();

        js_set_i64(context, "n", i);
        assert_true(template_render(template, context, &out, &err));
        js_free(context);
    }
    assert_true(template_render(template, NULL, &out, &err));
    assert_string_equal(text_get(&out), "0;1;2;;");
    text_free(&out);
    template_free(template);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_escaped_for_where_they_go),
        cmocka_unit_test(three_braces_leave_a_value_as_it_is),
        cmocka_unit_test(numbers_and_truths_print_as_json),
        cmocka_unit_test(sections_show_what_is_true),
        cmocka_unit_test(a_section_goes_through_an_array),
        cmocka_unit_test(a_section_of_an_object_looks_inside_it_first),
        cmocka_unit_test(dotted_names_go_down_and_do_not_climb),
        cmocka_unit_test(a_null_inside_hides_the_value_outside),
        cmocka_unit_test(comments_leave_nothing),
        cmocka_unit_test(braces_alone_are_text),
        cmocka_unit_test(a_tag_alone_on_its_line_takes_the_line_along),
        cmocka_unit_test(partials_are_put_in_place),
        cmocka_unit_test(a_partial_that_holds_itself_is_refused),
        cmocka_unit_test(partials_that_double_at_each_level_are_refused),
        cmocka_unit_test(mistakes_are_named_with_their_line),
        cmocka_unit_test(a_template_without_partials_needs_no_callback),
        cmocka_unit_test(depth_and_names_have_a_limit),
        cmocka_unit_test(a_result_too_long_leaves_what_was_there),
        cmocka_unit_test(one_template_renders_many_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
