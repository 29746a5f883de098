/* SPDX-License-Identifier: ISC */
#include "daemon/config.h"

#include "probes/usm_words.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRETS_FILE_MAX  ((size_t)256 * 1024)
#define SECRETS_COUNT_MAX ((size_t)4096)
#define SECRET_NAME_MAX   ((size_t)63)
#define SECRET_VALUE_MAX  ((size_t)512)

struct secret {
    const char *name; /* both point into the file's own bytes, so there is one copy to wipe */
    const char *value;
    size_t line;
};

struct secrets {
    char *bytes;
    size_t size;
    struct secret *list; /* in the file's order; a few dozen, so a walk finds them soon enough */
    size_t count;
};

/*
 * systemd hands a service its credentials by an access list, whose mask shows as group bits; the
 * directory itself is closed to others, so there the group bits say nothing.
 */
static bool is_credential(const char *path)
{
    const char *dir = getenv("CREDENTIALS_DIRECTORY");
    size_t length = dir != NULL ? strlen(dir) : 0;

    return length > 0 && strncmp(path, dir, length) == 0 && path[length] == '/';
}

/* An open descriptor, or -1 with the complaint. */
static int secrets_open(const char *path, struct text *complaints)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;

    if (fd < 0) {
        text_addf(complaints, "%s: %s%s%s%s\n", path, strerror(errno),
                  errno == ENOENT ? "; make it with: install -m 0600 /dev/null " : "",
                  errno == ENOENT ? path : "",
                  errno == EACCES ? "; run as its owner, or as root" : "");
        return -1;
    }
    if (fstat(fd, &st) < 0)
        text_addf(complaints, "%s: %s\n", path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        text_addf(complaints, "%s: not a regular file\n", path);
    else if ((st.st_mode & (is_credential(path) ? S_IRWXO : S_IRWXG | S_IRWXO)) != 0)
        text_addf(complaints, "%s: open to others (mode %04o); close it with: chmod 0600 %s\n",
                  path, (unsigned)(st.st_mode & 07777), path);
    else if (st.st_size > (off_t)SECRETS_FILE_MAX)
        text_addf(complaints, "%s: larger than %zu KiB\n", path, SECRETS_FILE_MAX / 1024);
    else
        return fd;
    close(fd);
    return -1;
}

/* By read(2): a stdio buffer would keep a second copy that nobody wipes. */
static bool secrets_read(struct secrets *secrets, const char *path, int fd, struct text *complaints)
{
    ssize_t got;

    do {
        got = read(fd, secrets->bytes + secrets->size, SECRETS_FILE_MAX - secrets->size);
        if (got > 0)
            secrets->size += (size_t)got;
    } while (got > 0 || (got < 0 && errno == EINTR));
    if (got < 0) {
        text_addf(complaints, "%s: %s\n", path, strerror(errno));
        return false;
    }
    if (memchr(secrets->bytes, '\0', secrets->size) != NULL) {
        text_addf(complaints, "%s: holds a NUL byte; it must be text\n", path);
        return false;
    }
    return true;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* Cuts blanks off both ends of [start, end) and terminates it in place. */
static char *trim(char *start, char *end)
{
    while (start < end && is_blank(*start))
        start++;
    while (end > start && is_blank(end[-1]))
        end--;
    *end = '\0';
    return start;
}

static bool name_is_good(const char *name)
{
    size_t length =
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    return length > 0 && length <= SECRET_NAME_MAX && name[length] == '\0';
}

static const struct secret *secrets_find(const struct secrets *secrets, const char *name)
{
    for (size_t i = 0; i < secrets->count; i++)
        if (strcmp(secrets->list[i].name, name) == 0)
            return &secrets->list[i];
    return NULL;
}

static bool value_is_good(const char *value)
{
    for (const char *at = value; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return false;
    return text_is_utf8(value, strlen(value));
}

/* An SNMPv3 user is checked where it stands, not when a device is asked with it. */
static const char *user_wrong(const char *value, struct err *err)
{
    struct usm_words words;
    bool good = usm_words_read(value, &words, err);

    explicit_bzero(&words, sizeof words);
    return good ? NULL : err->text;
}

/* NULL: taken. Else what is wrong, in words that hold no byte of the line except a good name. */
static const char *secrets_add(struct secrets *secrets, char *name, char *value, size_t line,
                               struct err *err)
{
    if (*value == '\0')
        return "the value is empty";
    if (strlen(value) > SECRET_VALUE_MAX)
        return "the value is longer than 512 bytes";
    if (!value_is_good(value))
        return "the value holds a control byte or is not UTF-8";
    if (secrets_find(secrets, name) != NULL)
        return "the name stands a second time";
    if (usm_words_are_meant(value) && user_wrong(value, err) != NULL)
        return err->text;
    if (secrets->count == SECRETS_COUNT_MAX)
        return "more than 4096 names";
    secrets->list[secrets->count++] = (struct secret){name, value, line};
    return NULL;
}

static void secrets_line(struct secrets *secrets, const char *path, char *start, char *end,
                         size_t line, struct text *complaints)
{
    char *text = trim(start, end);
    char *equals = strchr(text, '=');
    const char *wrong;
    struct err err;
    char *name;

    if (*text == '\0' || *text == '#')
        return;
    name = equals != NULL ? trim(text, equals) : text;
    /* A line that is no assignment, or whose name is none, may be a secret gone astray: not shown.
     */
    if (equals == NULL || !name_is_good(name)) {
        text_addf(complaints,
                  "%s:%zu: not NAME = VALUE (a name has up to 63 of A-Z a-z 0-9 . _ -)\n", path,
                  line);
        return;
    }
    wrong = secrets_add(secrets, name, trim(equals + 1, strchr(equals + 1, '\0')), line, &err);
    if (wrong != NULL)
        text_addf(complaints, "%s:%zu: %s: %s\n", path, line, name, wrong);
}

static void secrets_parse(struct secrets *secrets, const char *path, struct text *complaints)
{
    char *at = secrets->bytes;
    char *end = secrets->bytes + secrets->size;

    for (size_t line = 1; at < end; line++) {
        char *stop = memchr(at, '\n', (size_t)(end - at));

        if (stop == NULL)
            stop = end; /* one more byte is there, see secrets_load() */
        secrets_line(secrets, path, at, stop, line, complaints);
        at = stop + 1;
    }
}

struct secrets *secrets_load(const char *path, struct text *complaints)
{
    size_t complained = complaints->bytes;
    int fd = secrets_open(path, complaints);
    struct secrets *secrets;

    if (fd < 0)
        return NULL;
    secrets = calloc(1, sizeof *secrets);
    if (secrets == NULL)
        abort();
    secrets->bytes = calloc(1, SECRETS_FILE_MAX + 1);
    secrets->list = calloc(SECRETS_COUNT_MAX, sizeof *secrets->list);
    if (secrets->bytes == NULL || secrets->list == NULL)
        abort();
    if (secrets_read(secrets, path, fd, complaints))
        secrets_parse(secrets, path, complaints);
    close(fd);
    if (complaints->bytes == complained)
        return secrets;
    secrets_free(secrets);
    return NULL;
}

const char *secrets_get(const struct secrets *secrets, const char *name)
{
    const struct secret *secret = secrets_find(secrets, name);

    return secret != NULL ? secret->value : NULL;
}

void secrets_free(struct secrets *secrets)
{
    if (secrets == NULL)
        return;
    explicit_bzero(secrets->bytes, SECRETS_FILE_MAX + 1);
    free(secrets->bytes);
    free(secrets->list);
    free(secrets);
}
