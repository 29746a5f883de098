/* SPDX-License-Identifier: ISC */
/* What a daemon says of itself: its log, its HTTP pages and what it tells systemd. */
#include "tests/integration/rig_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <curl/curl.h>

/* -- log -- */

/* True when the line holds each blank-separated word of words as a whole word. */
static bool line_has(const char *line, size_t bytes, const char *words)
{
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        bool found = false;

        for (const char *at = line; !found && at + length <= line + bytes; at++)
            found = memcmp(at, words, length) == 0 &&
                    (at == line || at[-1] == ' ' || at[-1] == '>') &&
                    (at + length == line + bytes || at[length] == ' ' || at[length] == '\n');
        if (!found)
            return false;
        words += length + (words[length] == ' ');
    }
    return true;
}

/* The first line behind offset that fits; NULL: none. *next: the offset behind it. */
static const char *find_line(struct rig *rig, const char *log, size_t offset, const char *words,
                             size_t *next)
{
    struct text text = {0};
    const char *found = NULL;
    const char *at;

    file_read(log, offset, &text);
    at = text_get(&text);
    for (const char *end = strchr(at, '\n'); end != NULL && found == NULL;
         at = end + 1, end = strchr(at, '\n'))
        if (line_has(at, (size_t)(end - at), words)) {
            found = rig_text(rig, "%.*s", (int)(end - at), at);
            *next = offset + (size_t)(end + 1 - text_get(&text));
        }
    text_free(&text);
    return found;
}

const char *rig_wait_log_of(struct rig *rig, int which, const char *words)
{
    struct rig_daemon *daemon = &rig->daemons[which];
    struct mono deadline = rig_deadline(RIG_PATIENCE_MS);
    size_t next = 0;
    const char *line;

    while ((line = find_line(rig, daemon->log, daemon->log_seen, words, &next)) == NULL)
        if (!rig_tick(rig, deadline))
            rig_fail(rig, "waited for the log line: %s", words);
    return line;
}

const char *rig_wait_log(struct rig *rig, const char *words)
{
    return rig_wait_log_of(rig, 0, words);
}

size_t rig_log_count(struct rig *rig, int which, const char *words)
{
    size_t offset = 0;
    size_t count = 0;

    while (find_line(rig, rig->daemons[which].log, offset, words, &offset) != NULL)
        count++;
    return count;
}

void rig_log_mark(struct rig *rig, int which)
{
    struct stat info;

    if (stat(rig->daemons[which].log, &info) == 0)
        rig->daemons[which].log_seen = (size_t)info.st_size;
}

/* A line of level "error" whose event the test did not announce. */
static const char *unexpected_error(struct rig *rig, const char *log)
{
    const char *expected = rig->errors_expected == NULL ? "" : rig->errors_expected;

    for (const char *at = strstr(log, "<3>"); at != NULL; at = strstr(at + 3, "<3>")) {
        size_t length = strcspn(at + 3, " \n");

        if (!line_has(expected, strlen(expected), rig_text(rig, "%.*s", (int)length, at + 3)))
            return rig_text(rig, "%.*s", (int)strcspn(at, "\n"), at);
    }
    return NULL;
}

const char *rig_daemon_complaint(struct rig *rig)
{
    static const char *const signs[] = {"ERROR: AddressSanitizer", "ERROR: LeakSanitizer",
                                        "runtime error:", "Assertion `"};
    const char *found = NULL;

    for (int i = 0; i < RIG_DAEMONS && found == NULL; i++) {
        struct text *text = rig_keep(rig);

        file_read(rig->daemons[i].log, 0, text);
        for (size_t s = 0; s < sizeof signs / sizeof *signs && found == NULL; s++)
            found = strstr(text_get(text), signs[s]);
        if (found == NULL)
            found = unexpected_error(rig, text_get(text));
    }
    return found;
}

/* -- HTTP -- */

static size_t on_body(char *piece, size_t size, size_t count, void *arg)
{
    text_add_bytes(arg, piece, size * count);
    return size * count;
}

int rig_http(struct rig *rig, int which, const char *path, const char **body)
{
    const char *at = rig->daemons[which].http;
    struct text *got = rig_keep(rig);
    CURL *curl = curl_easy_init();
    long status = 0;

    if (curl == NULL)
        abort();
    if (at[0] == '/')
        curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, at);
    curl_easy_setopt(curl, CURLOPT_URL,
                     rig_text(rig, "http://%s%s", at[0] == '/' ? "localhost" : at, path));
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 5000L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, got);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    if (body != NULL)
        *body = text_get(got);
    return (int)status;
}

void rig_wait_http(struct rig *rig, int which, const char *path, int status)
{
    struct mono deadline = rig_deadline(RIG_PATIENCE_MS);
    const char *body = "";
    int got;

    while ((got = rig_http(rig, which, path, &body)) != status) {
        if (rig->daemons[which].pid > 0 && proc_ended(rig->daemons[which].pid, 0, NULL)) {
            rig->daemons[which].pid = 0;
            rig_fail(rig, "kentongand ended while %s was waited for", path);
        }
        if (!rig_tick(rig, deadline))
            rig_fail(rig, "waited for %s to be %d, it is %d: %s", path, status, got, body);
    }
}

/* -- sd_notify(3) -- */

void rig_notify_open(struct rig *rig)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    snprintf(at.sun_path, sizeof at.sun_path, "%s/notify.sock", rig->dir);
    rig->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (rig->notify < 0 || bind(rig->notify, (struct sockaddr *)&at, sizeof at) < 0 ||
        chmod(at.sun_path, 0666) < 0)
        rig_fail(rig, "no socket for sd_notify at %s", at.sun_path);
}

const char *rig_wait_notify(struct rig *rig, const char *word)
{
    struct mono deadline = rig_deadline(RIG_PATIENCE_MS);
    char got[1024];
    ssize_t bytes;

    for (;;) {
        while ((bytes = recv(rig->notify, got, sizeof got - 1, 0)) > 0) {
            got[bytes] = '\0';
            if (strstr(got, word) != NULL)
                return rig_text(rig, "%s", got);
        }
        if (!rig_tick(rig, deadline))
            rig_fail(rig, "waited for %s on NOTIFY_SOCKET", word);
    }
}

void rig_notify_close(struct rig *rig)
{
    if (rig->notify >= 0)
        close(rig->notify);
    rig->notify = -1;
}
