/* SPDX-License-Identifier: ISC */
#include "daemon/config.h"

#include <assert.h>
#include <confuse.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config_keys.h"

#define CONFIG_FILE_MAX     ((size_t)256 * 1024)
#define CONFIG_SECTIONS_MAX 16
#define CONFIG_KEYS_MAX     32 /* of one section */
#define CONFIG_DEPTH_MAX    8
#define CONFIG_DEFAULT_PATH "/etc/kentongan/kentongand.conf"

/* One file being read. */
struct reading {
    const char *path;
    struct config config;
    struct text *complaints;
    int lines[64];               /* where each key of config_keys stands; 0: nowhere */
    int net_lines[NET_LIST_MAX]; /* where each network of the list stands */
    size_t nets_seen;
};

/* libconfuse's callbacks take no argument of ours. Set only while cfg_parse_buf() runs. */
static struct reading *reading_now;

const char *config_path(const char *given)
{
    const char *environment = getenv("KENTONGAN_CONFIG");

    if (given != NULL)
        return given;
    return environment != NULL && *environment != '\0' ? environment : CONFIG_DEFAULT_PATH;
}

static void complain_key(struct reading *reading, const struct config_key *key, int line,
                         const char *words)
{
    text_addf(reading->complaints, "%s:%d: ", reading->path, line);
    config_key_label(key, reading->complaints);
    text_addf(reading->complaints, ": %s\n", words);
}

static size_t key_index(const char *section, const char *name)
{
    for (size_t i = 0; i < config_key_count; i++)
        if (strcmp(config_keys[i].section, section) == 0 && strcmp(config_keys[i].name, name) == 0)
            return i;
    abort(); /* libconfuse only knows what the table gave it */
}

/* After each value, so that the line is still at hand. Never refuses: all errors are to be listed.
 */
static int on_value(cfg_t *cfg, cfg_opt_t *opt)
{
    struct reading *reading = reading_now;
    size_t index = key_index(strcmp(cfg->name, "root") == 0 ? "" : cfg->name, opt->name);
    const struct config_key *key = &config_keys[index];
    size_t values = cfg_opt_size(opt);
    struct err err;

    if (key->type == CONFIG_NETS) {
        /* Called once per element and once at the end; the list itself is taken after the parse. */
        if (values > reading->nets_seen && values <= NET_LIST_MAX)
            reading->net_lines[reading->nets_seen++] = cfg->line;
    } else if (reading->lines[index] != 0) {
        err_set(&err, "stands a second time (first on line %d)", reading->lines[index]);
        complain_key(reading, key, cfg->line, err.text);
    } else if (!config_key_take(key, cfg_opt_getnstr(opt, 0), &reading->config, &err)) {
        complain_key(reading, key, cfg->line, err.text);
    }
    if (reading->lines[index] == 0)
        reading->lines[index] = cfg->line;
    return 0;
}

static void known_keys(const char *section, struct text *out)
{
    for (size_t i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        bool opens = i == 0 || strcmp(config_keys[i - 1].section, key->section) != 0;

        if (strcmp(key->section, section) == 0)
            text_addf(out, " %s", key->name);
        else if (*section == '\0' && opens)
            text_addf(out, " %s{}", key->section);
    }
}

/* Syntax errors and unknown keys: libconfuse stops there. */
__attribute__((format(printf, 2, 0))) static void on_stop(cfg_t *cfg, const char *format,
                                                          va_list args)
{
    struct reading *reading = reading_now;
    const char *section = strcmp(cfg->name, "root") == 0 ? "" : cfg->name;
    const char *unknown = "no such option";
    char words[256];
    bool is_unknown;

    vsnprintf(words, sizeof words, format, args);
    is_unknown = strncmp(words, unknown, strlen(unknown)) == 0;
    text_addf(reading->complaints, "%s:%d: %s%s%s%s", reading->path, cfg->line,
              is_unknown ? "unknown key" : words, is_unknown ? words + strlen(unknown) : "",
              *section != '\0' ? " in section " : "", section);
    if (is_unknown) {
        text_add(reading->complaints, "; known here:");
        known_keys(section, reading->complaints);
    }
    text_add(reading->complaints, "\n");
}

/* The table as libconfuse wants it: every value a string, judged by us. */
struct options {
    cfg_opt_t keys[CONFIG_SECTIONS_MAX][CONFIG_KEYS_MAX];
    cfg_opt_t top[CONFIG_KEYS_MAX];
};

static void options_add(cfg_opt_t *list, size_t *count, const struct config_key *key)
{
    assert(*count + 1 < CONFIG_KEYS_MAX);
    if (key->type == CONFIG_NETS)
        list[(*count)++] = (cfg_opt_t)CFG_STR_LIST(key->name, NULL, CFGF_NODEFAULT);
    else
        list[(*count)++] = (cfg_opt_t)CFG_STR(key->name, NULL, CFGF_NODEFAULT);
    list[*count] = (cfg_opt_t)CFG_END();
}

static void options_build(struct options *options)
{
    size_t top = 0, sections = 0, keys = 0;

    for (size_t i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];

        if (*key->section == '\0') {
            options_add(options->top, &top, key);
            continue;
        }
        if (i == 0 || strcmp(config_keys[i - 1].section, key->section) != 0) {
            assert(sections < CONFIG_SECTIONS_MAX && top + 1 < CONFIG_KEYS_MAX);
            options->top[top++] =
                (cfg_opt_t)CFG_SEC(key->section, options->keys[sections++], CFGF_NONE);
            options->top[top] = (cfg_opt_t)CFG_END();
            keys = 0;
        }
        options_add(options->keys[sections - 1], &keys, key);
    }
}

static void options_watch(cfg_t *cfg)
{
    for (size_t i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        char path[128];

        snprintf(path, sizeof path, "%s%s%s", key->section, *key->section != '\0' ? "|" : "",
                 key->name);
        cfg_set_validate_func(cfg, path, on_value);
    }
}

/* Where the lexer stands in the file. */
struct scan {
    char *at;
    int line;
    int open_lines[CONFIG_DEPTH_MAX]; /* of the braces that are open */
    size_t depth;
};

/* To the byte behind the closing quote. False: there is none. */
static bool scan_quoted(struct scan *scan)
{
    char quote = *scan->at++;

    for (; *scan->at != '\0'; scan->at++) {
        if (*scan->at == quote) {
            scan->at++;
            return true;
        }
        if (*scan->at == '\n')
            scan->line++;
        if (*scan->at == '\\' && scan->at[1] != '\0' && scan->at[1] != '\n')
            scan->at++;
    }
    return false;
}

/* Overwrites a comment by blanks. False: a block comment that does not end. */
static bool scan_comment(struct scan *scan)
{
    bool block = scan->at[0] == '/' && scan->at[1] == '*';

    if (!block) {
        while (*scan->at != '\n' && *scan->at != '\0')
            *scan->at++ = ' ';
        return true;
    }
    scan->at[0] = scan->at[1] = ' ';
    for (; *scan->at != '\0'; scan->at++) {
        if (scan->at[0] == '*' && scan->at[1] == '/') {
            scan->at[0] = scan->at[1] = ' ';
            return true;
        }
        if (*scan->at == '\n')
            scan->line++;
        else
            *scan->at = ' ';
    }
    return false;
}

static bool scan_brace(struct scan *scan, struct err *err)
{
    if (*scan->at == '{') {
        if (scan->depth == CONFIG_DEPTH_MAX)
            return err_set(err, "%d: braces nest too deep", scan->line);
        scan->open_lines[scan->depth++] = scan->line;
    } else if (*scan->at == '}' && scan->depth > 0) {
        scan->depth--; /* one too many is libconfuse's to refuse */
    }
    return true;
}

/*
 * libconfuse 3.3 counts the line of each # and // comment three times and takes a file that ends
 * inside a section or a block comment for whole. So comments become blanks before it sees them, and
 * what is left open is found here.
 */
static bool config_scan(char *bytes, struct err *err)
{
    struct scan scan = {.at = bytes, .line = 1};
    bool fresh = true; /* a word may begin here; "//" inside of one (http://…) is no comment */

    while (*scan.at != '\0') {
        int line = scan.line;
        char byte = *scan.at;

        if (byte == '#' || (fresh && byte == '/' && (scan.at[1] == '/' || scan.at[1] == '*'))) {
            if (!scan_comment(&scan))
                return err_set(err, "%d: this comment is never closed: */ is missing", line);
            fresh = true;
            continue;
        }
        if (byte == '"' || byte == '\'') {
            if (!scan_quoted(&scan))
                return err_set(err, "%d: this quoted text is never closed: %c is missing", line,
                               byte);
            fresh = true;
            continue;
        }
        if (!scan_brace(&scan, err))
            return false;
        scan.line += byte == '\n';
        fresh = strchr(" \t\r\n{}()=,+", byte) != NULL;
        scan.at++;
    }
    if (scan.depth > 0)
        return err_set(err, "%d: this section is never closed: } is missing",
                       scan.open_lines[scan.depth - 1]);
    return true;
}

/* The whole file, terminated; NULL with the complaint. */
static char *config_read(const char *path, struct text *complaints)
{
    FILE *file = fopen(path, "rbe");
    char *bytes;
    size_t got;

    if (file == NULL) {
        text_addf(complaints, "%s: %s\n", path, strerror(errno));
        return NULL;
    }
    bytes = malloc(CONFIG_FILE_MAX + 2);
    if (bytes == NULL)
        abort();
    got = fread(bytes, 1, CONFIG_FILE_MAX + 1, file);
    bytes[got] = '\0';
    if (ferror(file))
        text_addf(complaints, "%s: %s\n", path, strerror(errno));
    else if (got > CONFIG_FILE_MAX)
        text_addf(complaints, "%s: larger than %zu KiB\n", path, CONFIG_FILE_MAX / 1024);
    else if (memchr(bytes, '\0', got) != NULL || !text_is_utf8(bytes, got))
        text_addf(complaints, "%s: not a text in UTF-8\n", path);
    else {
        fclose(file);
        return bytes;
    }
    fclose(file);
    free(bytes);
    return NULL;
}

static void take_nets(struct reading *reading, cfg_t *cfg)
{
    for (size_t i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];
        cfg_opt_t *opt;
        struct err err;

        if (key->type != CONFIG_NETS)
            continue;
        opt = cfg_getopt(cfg_getsec(cfg, key->section), key->name);
        for (unsigned n = 0; n < cfg_opt_size(opt); n++)
            if (!config_key_take(key, cfg_opt_getnstr(opt, n), &reading->config, &err))
                complain_key(reading, key,
                             reading->net_lines[n < NET_LIST_MAX ? n : NET_LIST_MAX - 1], err.text);
    }
}

/* What only the whole file shows. Contradictions between values that are themselves wrong are
 * noise. */
static void config_judge(struct reading *reading, cfg_t *cfg, size_t complained)
{
    const struct config_key *keys[2];
    struct err err;
    int line;

    take_nets(reading, cfg);
    if (reading->complaints->bytes != complained || !config_conflict(&reading->config, keys, &err))
        return;
    line = reading->lines[keys[0] - config_keys];
    complain_key(reading, keys[0], line != 0 ? line : reading->lines[keys[1] - config_keys],
                 err.text);
}

static void config_parse(struct reading *reading, char *bytes)
{
    size_t complained = reading->complaints->bytes;
    static struct options options; /* libconfuse copies it, but it is too large for a stack */
    cfg_t *cfg;

    assert(config_key_count <= sizeof reading->lines / sizeof reading->lines[0]);
    options_build(&options);
    cfg = cfg_init(options.top, CFGF_NONE);
    if (cfg == NULL)
        abort();
    cfg_set_error_function(cfg, on_stop);
    options_watch(cfg);
    reading_now = reading;
    if (cfg_parse_buf(cfg, bytes) == CFG_SUCCESS)
        config_judge(reading, cfg, complained);
    reading_now = NULL;
    cfg_free(cfg);
}

bool config_load(const char *path, struct config *config, struct text *complaints)
{
    struct reading reading = {.path = path, .complaints = complaints};
    size_t complained = complaints->bytes;
    char *bytes = config_read(path, complaints);
    struct err err;

    if (bytes == NULL)
        return false;
    config_preset(&reading.config);
    if (!text_copy(reading.config.file, sizeof reading.config.file, path))
        text_addf(complaints, "%s: the path is too long\n", path);
    else if (!config_scan(bytes, &err))
        text_addf(complaints, "%s:%s\n", path, err.text);
    else
        config_parse(&reading, bytes);
    free(bytes);
    if (complaints->bytes != complained)
        return false;
    *config = reading.config;
    return true;
}

/* Both forms of the whole file; the example has the helps, and every key commented out. */
static void print_all(const struct config *config, bool example, struct text *out)
{
    const char *section = "";

    for (size_t i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];

        if (strcmp(section, key->section) != 0) {
            text_addf(out, "%s%s%s {\n", *section != '\0' ? "}\n" : "", example ? "\n" : "",
                      key->section);
            section = key->section;
        }
        if (example)
            text_addf(out, "%s# %s\n", *section != '\0' ? "    " : "", key->help);
        text_addf(out, "%s%s%s = ", *section != '\0' ? "    " : "", example ? "#" : "", key->name);
        config_key_print(key, config, out);
        text_add(out, "\n");
    }
    text_add(out, *section != '\0' ? "}\n" : "");
}

void config_print(const struct config *config, struct text *out)
{
    print_all(config, false, out);
}

void config_print_example(struct text *out)
{
    struct config config;

    config_preset(&config);
    text_add(
        out,
        "# SPDX-License-Identifier: ISC\n"
        "# kentongand.conf - configuration of kentongand and kentongan.\n"
        "# Each key stands here with its default. Durations carry their unit: 500ms 30s 2m 1h 1d.\n"
        "# kentongand --check-config says whether this file is right, --print-config what "
        "holds.\n\n");
    print_all(&config, true, out);
}
