/* SPDX-License-Identifier: ISC */
#include "probes/profile_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probes/profile_texts.h"

#define SUFFIX ".profile"

struct names {
    char *at[PROFILE_FILES_MAX];
    size_t count;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_profile(const char *name)
{
    size_t bytes = strlen(name), suffix = strlen(SUFFIX);

    return name[0] != '.' && bytes > suffix && strcmp(name + bytes - suffix, SUFFIX) == 0;
}

static bool list_folder(const char *folder, struct names *names, struct err *err)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    bool room = true;

    names->count = 0;
    if (dir == NULL)
        return err_set(err, "cannot be opened: %s", strerror(errno));
    while (room && (entry = readdir(dir)) != NULL) {
        if (!is_profile(entry->d_name))
            continue;
        room = names->count < PROFILE_FILES_MAX;
        if (room && (names->at[names->count++] = strdup(entry->d_name)) == NULL)
            abort();
    }
    closedir(dir);
    qsort(names->at, names->count, sizeof(char *), by_name);
    return room || err_set(err, "more than %d profiles in it", PROFILE_FILES_MAX);
}

/* Plain text, terminated. */
static bool read_file(const char *path, char *bytes, size_t room, struct err *err)
{
    FILE *file = fopen(path, "re");
    size_t count;

    if (file == NULL)
        return err_set(err, "cannot be opened: %s", strerror(errno));
    count = fread(bytes, 1, room, file);
    fclose(file);
    if (count == room)
        return err_set(err, "longer than %zu bytes", room - 1);
    bytes[count] = '\0';
    if (strlen(bytes) != count || strpbrk(bytes, PROFILES_PACKED_BY) != NULL)
        return err_set(err, "is not plain text");
    return true;
}

static void pack(struct text *packed, const char *text)
{
    if (packed == NULL)
        return;
    if (packed->bytes > 0)
        text_add(packed, PROFILES_PACKED_BY);
    text_add(packed, text);
}

static bool add_file(struct profiles *profiles, const char *folder, const char *name,
                     struct text *packed, struct text *complaints)
{
    char *bytes = malloc(PROFILE_FILE_MAX);
    struct text path = {0};
    struct err err;
    bool good;

    if (bytes == NULL)
        abort();
    text_addf(&path, "%s/%s", folder, name);
    good = read_file(text_get(&path), bytes, PROFILE_FILE_MAX, &err);
    if (!good)
        text_addf(complaints, "%s: %s\n", text_get(&path), err.text);
    good = good && profiles_add(profiles, text_get(&path), bytes, complaints);
    if (good)
        pack(packed, bytes);
    text_free(&path);
    free(bytes);
    return good;
}

static bool add_folder(struct profiles *profiles, const char *folder, struct text *packed,
                       struct text *complaints)
{
    struct names names;
    struct err err;
    bool good = list_folder(folder, &names, &err);

    if (!good)
        text_addf(complaints, "%s: %s\n", folder, err.text);
    for (size_t i = 0; i < names.count; i++) {
        good = add_file(profiles, folder, names.at[i], packed, complaints) && good;
        free(names.at[i]);
    }
    return good;
}

struct profiles *profile_files_read(const char *folder, struct text *packed,
                                    struct text *complaints)
{
    struct profiles *profiles = profiles_new();
    bool good = true;

    for (const struct profile_text *text = profile_texts; text->file != NULL; text++) {
        good = profiles_add(profiles, text->file, text->text, complaints) && good;
        pack(packed, text->text);
    }
    if (*folder != '\0')
        good = add_folder(profiles, folder, packed, complaints) && good;
    if (good && profiles_ready(profiles, complaints))
        return profiles;
    profiles_free(profiles);
    return NULL;
}
