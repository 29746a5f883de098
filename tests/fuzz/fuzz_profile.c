/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "probes/profile.h"
#include "tests/fuzz/fuzz.h"

/* The bytes are a profile's text, up to a NUL. What is taken prints to a text that is taken too,
 * and prints to the same. */

static struct profiles *taken(const char *text)
{
    struct profiles *profiles = profiles_new();
    struct text complaints = {0};

    if (!profiles_add(profiles, "fuzz", text, &complaints) ||
        !profiles_ready(profiles, &complaints)) {
        fuzz_holds(complaints.bytes > 0);
        profiles_free(profiles);
        profiles = NULL;
    } else {
        fuzz_holds(complaints.bytes == 0);
    }
    text_free(&complaints);
    return profiles;
}

static void check(const struct profile *profile)
{
    struct text once = {0}, twice = {0};
    struct profiles *again;

    fuzz_holds(profile->metric_count <= PROFILE_METRICS_MAX);
    for (size_t i = 0; i < profile->metric_count; i++)
        fuzz_holds(profile_metric_index(profile, profile->metrics[i]->name) == i);
    profile_print(profile, &once);
    again = taken(text_get(&once));
    fuzz_holds(again != NULL && profiles_count(again) == 1);
    profile_print(profiles_at(again, 0), &twice);
    fuzz_holds(strcmp(text_get(&once), text_get(&twice)) == 0);
    profiles_free(again);
    text_free(&once);
    text_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct text text = {0};
    struct profiles *profiles;

    text_add_bytes(&text, (const char *)bytes, strnlen((const char *)bytes, count));
    profiles = taken(text_get(&text));
    for (size_t i = 0; profiles != NULL && i < profiles_count(profiles); i++)
        check(profiles_at(profiles, i));
    profiles_free(profiles);
    text_free(&text);
    return 0;
}
