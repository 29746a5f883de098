/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/cli/cli.h"
#include "daemon/cli/import_errors.h"
#include "daemon/cli/show.h"
#include "daemon/csv.h"
#include "daemon/inventory.h"

#define SHOWN_ADDED 20 /* of each file; what changed is always shown whole */

struct import {
    struct text paths[INVENTORY_END]; /* of the files that were given */
    struct secrets *secrets;
    struct text complaints; /* one line each */
    struct import_errors errors;
};

static void take_file(struct import *import, const char *path)
{
    enum inventory_file file = inventory_file_of(path);

    if (file == INVENTORY_END) {
        text_addf(&import->complaints,
                  inventory_later(path) != NULL
                      ? "%s: comes with a later version; this one reads"
                      : "%s: an inventory file is told by its name; there is",
                  path);
        for (file = INVENTORY_SITES; file < INVENTORY_END; file++)
            text_addf(&import->complaints, " %s.csv", inventory_name(file));
        text_add(&import->complaints, "\n");
    } else if (import->paths[file].bytes > 0) {
        text_addf(&import->complaints, "%s: %s was given already\n", path,
                  text_get(&import->paths[file]));
    } else {
        text_add(&import->paths[file], path);
    }
}

/* What lies beside the inventory and is not read is said, so that nobody waits for its effect. */
static void warn_unread(const char *dir, const char *name)
{
    size_t length = strlen(name);

    if (length < 5 || strcmp(name + length - 4, ".csv") != 0)
        return;
    if (inventory_later(name) != NULL)
        cli_say("%s/%s is not read: it comes with a later version", dir, name);
    else
        cli_say("%s/%s is not read: no inventory file is called so", dir, name);
}

static void take_dir(struct import *import, const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    bool found = false;

    if (dir == NULL) {
        text_addf(&import->complaints, "%s: %s\n", path, strerror(errno));
        return;
    }
    while ((entry = readdir(dir)) != NULL) {
        struct text file = {0};

        text_addf(&file, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", entry->d_name);
        if (inventory_file_of(entry->d_name) != INVENTORY_END) {
            take_file(import, text_get(&file));
            found = true;
        } else {
            warn_unread(path, entry->d_name);
        }
        text_free(&file);
    }
    closedir(dir);
    if (!found)
        text_addf(&import->complaints, "%s: holds no inventory file such as sites.csv\n", path);
}

static void take_path(struct import *import, const char *path)
{
    struct stat st;

    if (stat(path, &st) < 0)
        text_addf(&import->complaints, "%s: %s\n", path, strerror(errno));
    else if (S_ISDIR(st.st_mode))
        take_dir(import, path);
    else
        take_file(import, path);
}

static const char *find_secret(const char *name, void *arg)
{
    return secrets_get(arg, name);
}

static void read_file(struct import *import, enum inventory_file file, struct js *rows)
{
    const char *path = text_get(&import->paths[file]);
    const struct csv_column *columns;
    size_t complained = import->complaints.bytes;
    struct csv_table *table;
    size_t count;

    import->errors.paths[file] = path;
    columns = inventory_columns(file, &count);
    table = csv_read(path, columns, count, &import->complaints);
    import->errors.unread[file] = import->complaints.bytes != complained;
    if (table != NULL)
        inventory_check(file, path, table, find_secret, import->secrets, rows, &import->complaints);
    csv_table_free(table);
}

/* The secrets are needed only where names of them stand. */
static bool read_secrets(struct import *import, const char *path)
{
    if (import->paths[INVENTORY_DEVICES].bytes == 0 &&
        import->paths[INVENTORY_ENDPOINTS].bytes == 0)
        return true;
    import->secrets = secrets_load(path, &import->complaints);
    return import->secrets != NULL;
}

/* All of it, in the order of files and lines; --json has had its own list. */
static enum cli_exit refuse_all(struct import *import)
{
    size_t count = import->errors.count;
    struct text lines = {0};

    import_errors_print(&import->errors, &lines);
    cli_say_lines(text_get(&lines));
    cli_say("nothing was applied: %zu error%s; put %s right and import again", count,
            count == 1 ? "" : "s", count == 1 ? "it" : "them");
    text_free(&lines);
    return CLI_REFUSED;
}

static void print_file(const struct js *changes, const char *name, const struct js *counts,
                       struct text *out)
{
    long long added = (long long)js_i64(counts, "added", 0);
    long long changed = (long long)js_i64(counts, "changed", 0);
    long long shown = 0;
    struct text file = {0};

    text_addf(&file, "%s.csv", name);
    text_addf(out, "%-14s %lld added, %lld changed, %lld unchanged\n", text_get(&file), added,
              changed, (long long)js_i64(counts, "unchanged", 0));
    for (size_t i = 0; i < js_count(changes); i++) {
        const struct js *change = js_at(changes, i);
        bool is_new = strcmp(js_text(change, "change", ""), "added") == 0;

        if (strcmp(js_text(change, "file", ""), text_get(&file)) != 0)
            continue;
        if (is_new && shown++ >= SHOWN_ADDED)
            continue;
        text_add(out, is_new ? "  + " : "  ~ ");
        show_safe(js_text(change, "key", ""), out);
        text_add(out, "  ");
        show_safe(js_text(change, "what", ""), out);
        text_add(out, "\n");
    }
    if (shown > SHOWN_ADDED)
        text_addf(out, "  + %lld more (--json lists all)\n", shown - SHOWN_ADDED);
    text_free(&file);
}

static void print_difference(const struct js *answer, struct text *out)
{
    const struct js *counts = js_get(answer, "counts");

    for (enum inventory_file file = INVENTORY_SITES; file < INVENTORY_END; file++) {
        const struct js *count = js_get(counts, inventory_name(file));

        if (!js_is_null(count))
            print_file(js_get(answer, "changes"), inventory_name(file), count, out);
    }
    if (!js_bool(answer, "applied", false))
        text_add(out, "Dry run: nothing was applied.\n");
    else if (js_count(js_get(answer, "changes")) == 0)
        text_add(out, "Nothing changed.\n");
    else
        text_add(out, "Applied.\n");
}

/* Rows with errors are mended, so PostgreSQL is only asked what else is wrong. */
static enum cli_exit ask(struct cli *cli, bool dry_run, const struct js *rows, struct js **answer)
{
    struct pg_args args = {0};
    struct text bytes = {0};
    enum cli_exit code;

    js_print(rows, 0, &bytes);
    pg_arg_text(&args, text_get(&bytes)); /* $1 */
    pg_arg_bool(&args, dry_run);          /* $2 */
    pg_arg_text(&args, cli->actor);       /* $3 */
    pg_arg_wall(&args, wall_now());       /* $4 */
    code = cli_ask(cli, STMT_IMPORT_APPLY, &args, NULL, answer);
    text_free(&bytes);
    return code;
}

static void print_answer(struct cli *cli, const struct import *import, struct js *answer)
{
    if (!cli->json) {
        if (import->errors.count == 0)
            print_difference(answer, &cli->out);
        return;
    }
    js_set(answer, "errors", import_errors_json(&import->errors));
    if (import->errors.count > 0)
        js_set(answer, "changes", js_array());
    js_print(answer, 0, &cli->out);
    text_add(&cli->out, "\n");
}

static enum cli_exit apply(struct cli *cli, struct import *import, const struct js *rows)
{
    bool dry_run = (cli->given & CLI_DRY_RUN) != 0 || import->errors.count > 0;
    struct js *answer;
    enum cli_exit code = ask(cli, dry_run, rows, &answer);

    if (code != CLI_DONE)
        return import->errors.count > 0 ? refuse_all(import) : code;
    import_errors_add_answer(&import->errors, js_get(answer, "errors"));
    import_errors_sort(&import->errors);
    print_answer(cli, import, answer);
    js_free(answer);
    return import->errors.count > 0 ? refuse_all(import) : CLI_DONE;
}

static enum cli_exit import_run(struct cli *cli, struct import *import, struct js *rows)
{
    bool readable;

    for (int i = 0; i < cli->word_count; i++)
        take_path(import, cli->words[i]);
    readable = import->complaints.bytes == 0 && read_secrets(import, cli->config.secrets_file);
    if (readable)
        for (enum inventory_file file = INVENTORY_SITES; file < INVENTORY_END; file++)
            if (import->paths[file].bytes > 0)
                read_file(import, file, rows);
    import_errors_add_lines(&import->errors, text_get(&import->complaints));
    return readable ? apply(cli, import, rows) : refuse_all(import);
}

enum cli_exit cmd_import(struct cli *cli)
{
    struct import import = {.secrets = NULL};
    struct js *rows = js_object();
    enum cli_exit code = import_run(cli, &import, rows);

    js_free(rows);
    secrets_free(import.secrets);
    for (enum inventory_file file = INVENTORY_SITES; file < INVENTORY_END; file++)
        text_free(&import.paths[file]);
    text_free(&import.complaints);
    import_errors_free(&import.errors);
    return code;
}
