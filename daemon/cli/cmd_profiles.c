/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "daemon/cli/cli.h"
#include "daemon/cli/table.h"
#include "probes/profile_files.h"

/* NULL: it was said what is wrong. */
static struct profiles *read_profiles(const struct cli *cli)
{
    struct text complaints = {0};
    struct profiles *profiles = profile_files_read(cli->config.profiles_dir, NULL, &complaints);

    if (profiles == NULL)
        cli_say_lines(text_get(&complaints));
    text_free(&complaints);
    return profiles;
}

static bool is_tested(const struct profile *profile, const char *how)
{
    for (size_t i = 0; i < profile->tested_count; i++)
        if (strncmp(profile->tested[i], how, strlen(how)) == 0)
            return true;
    return false;
}

static const char *tested_words(const struct profile *profile)
{
    bool recording = is_tested(profile, "recording"), synthetic = is_tested(profile, "synthetic");

    if (recording)
        return synthetic ? "recorded, made up" : "recorded";
    return synthetic ? "made up" : "";
}

static void list_table(const struct profiles *profiles, struct text *out)
{
    static const struct table_column columns[] = {
        {"profile", 0, false}, {"metrics", 0, true}, {"tested by", 0, false}, {"what", 0, false}};
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);

    for (size_t i = 0; i < profiles_count(profiles); i++) {
        const struct profile *profile = profiles_at(profiles, i);

        table_add(table, profile->name);
        table_addf(table, "%zu", profile->metric_count);
        table_add(table, tested_words(profile));
        table_add(table, profile->title);
    }
    table_print(table, 0, out);
    table_free(table);
}

static struct js *metric_json(const struct profile_metric *metric)
{
    char dotted[OID_TEXT_MAX];
    struct js *object = js_object();

    oid_print(metric->oid.at, metric->oid.bytes, dotted, sizeof dotted);
    js_set_text(object, "metric", metric->name);
    js_set_text(object, "oid", dotted);
    js_set_text(object, "index", profile_index_name(metric->index));
    js_set_text(object, "kind", profile_kind_name(metric->kind));
    js_set(object, "unit", metric->unit[0] != '\0' ? js_new_text(metric->unit) : js_new_null());
    return object;
}

static struct js *profile_json(const struct profile *profile)
{
    struct js *object = js_object(), *metrics = js_array(), *tested = js_array();

    js_set_text(object, "profile", profile->name);
    js_set_text(object, "title", profile->title);
    js_set_text(object, "file", profile->file);
    for (size_t i = 0; i < profile->tested_count; i++)
        js_push(tested, js_new_text(profile->tested[i]));
    js_set(object, "tested", tested);
    for (size_t i = 0; i < profile->metric_count; i++)
        js_push(metrics, metric_json(profile->metrics[i]));
    js_set(object, "metrics", metrics);
    return object;
}

static void print_json(struct js *json, struct text *out)
{
    js_print(json, 0, out);
    text_add(out, "\n");
    js_free(json);
}

enum cli_exit cmd_profiles(struct cli *cli)
{
    struct profiles *profiles = read_profiles(cli);
    struct js *list;

    if (profiles == NULL)
        return CLI_REFUSED;
    if (cli->json) {
        list = js_array();
        for (size_t i = 0; i < profiles_count(profiles); i++)
            js_push(list, profile_json(profiles_at(profiles, i)));
        print_json(list, &cli->out);
    } else {
        list_table(profiles, &cli->out);
    }
    profiles_free(profiles);
    return CLI_DONE;
}

enum cli_exit cmd_profiles_show(struct cli *cli)
{
    struct profiles *profiles = read_profiles(cli);
    const struct profile *profile;

    if (profiles == NULL)
        return CLI_REFUSED;
    profile = profiles_find(profiles, cli->words[0]);
    if (profile == NULL)
        cli_say("there is no profile %s; kentongan profiles lists them", cli->words[0]);
    else if (cli->json)
        print_json(profile_json(profile), &cli->out);
    else
        profile_print(profile, &cli->out);
    profiles_free(profiles);
    return profile != NULL ? CLI_DONE : CLI_REFUSED;
}
