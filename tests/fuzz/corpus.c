/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <stdbool.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define FILE_MAX     (1024 * 1024)
#define HASH_LETTERS 40 /* of a SHA-1 */

/* In memory of exactly that size, so that the sanitizer sees a step too far. */
static void run_bytes(const uint8_t *bytes, size_t count)
{
    uint8_t *copy = malloc(count == 0 ? 1 : count);

    if (copy == NULL)
        abort();
    memcpy(copy, bytes, count);
    LLVMFuzzerTestOneInput(copy, count);
    free(copy);
}

/* The file as it is, cut off at each byte, and with each byte's bits turned around. */
static void run_around(uint8_t *bytes, size_t count)
{
    run_bytes(bytes, count);
    for (size_t i = 0; i < count; i++) {
        run_bytes(bytes, i);
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes[i] ^= (uint8_t)(1U << bit);
            run_bytes(bytes, count);
            bytes[i] ^= (uint8_t)(1U << bit);
        }
    }
}

/* By libFuzzer, which names an input by its hash: there are many, and their neighbours were tried.
 */
static bool is_found(const char *name)
{
    return strlen(name) == HASH_LETTERS && strspn(name, "0123456789abcdef") == HASH_LETTERS;
}

static void run_file(const char *folder, const char *name)
{
    static uint8_t bytes[FILE_MAX];
    char path[4096];
    size_t count;
    FILE *file;

    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        abort();
    file = fopen(path, "rbe");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    count = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    if (is_found(name))
        run_bytes(bytes, count);
    else
        run_around(bytes, count);
}

/* Every file of one folder; an empty one is a mistake. */
int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    const struct dirent *entry;
    size_t files = 0;

    if (folder == NULL) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        run_file(argv[1], entry->d_name);
        files++;
    }
    closedir(folder);
    printf("%zu files, those with a name also cut off at each byte and with each bit turned\n",
           files);
    return files == 0;
}
