/* SPDX-License-Identifier: ISC */
#include "daemon/trap_engine.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/text.h"
#include "daemon/web/digest.h"

#define PATH_BYTES_MAX 1024
#define LINE_BYTES_MAX 128 /* "NAME BOOTS\n", the name in hexadecimal */
#define NAME_BYTES     17

/* The first bit says that the fifth octet tells the form, 5: octets as their maker likes. There is
 * no enterprise in between, for we have no number of our own. */
static const uint8_t head[] = {0x80, 0, 0, 0, 5};

static void name_new(struct trap_engine *engine)
{
    *engine = (struct trap_engine){.bytes = NAME_BYTES};
    memcpy(engine->at, head, sizeof head);
    digest_random(engine->at + sizeof head, NAME_BYTES - sizeof head);
}

static bool digit(char c, uint8_t *value)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c);

    if (at != NULL)
        *value = (uint8_t)(at - digits);
    return at != NULL;
}

static bool read_line(const char *line, struct trap_engine *engine)
{
    uint8_t high, low;
    int64_t boots;
    char number[16];
    size_t bytes;

    *engine = (struct trap_engine){.bytes = NAME_BYTES};
    for (size_t i = 0; i < NAME_BYTES; i++, line += 2) {
        if (!digit(line[0], &high) || !digit(line[1], &low))
            return false;
        engine->at[i] = (uint8_t)(high << 4 | low);
    }
    bytes = strcspn(line, "\n");
    if (line[0] != ' ' || strcmp(line + bytes, "\n") != 0 || bytes - 1 >= sizeof number)
        return false;
    memcpy(number, line + 1, bytes - 1);
    number[bytes - 1] = '\0';
    if (memcmp(engine->at, head, sizeof head) != 0 ||
        !text_i64(number, 1, TRAP_ENGINE_BOOTS_MOST, &boots))
        return false;
    engine->boots = (uint32_t)boots;
    return true;
}

/* What was kept; where there is no file yet, a new name that has not booted. */
static bool load(const char *path, struct trap_engine *engine, struct err *err)
{
    char line[LINE_BYTES_MAX + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    ssize_t bytes;

    if (fd < 0 && errno == ENOENT) {
        name_new(engine);
        return true;
    }
    if (fd < 0)
        return err_set(err, "cannot open %s: %s", path, strerror(errno));
    bytes = read(fd, line, LINE_BYTES_MAX);
    if (bytes < 0)
        err_set(err, "cannot read %s: %s", path, strerror(errno));
    close(fd);
    if (bytes < 0)
        return false;
    line[bytes] = '\0';
    if (!read_line(line, engine))
        return err_set(err,
                       "%s is not what was written there; remove it, and a new name is made: "
                       "senders find it out by themselves",
                       path);
    return true;
}

static bool write_whole(int fd, const struct trap_engine *engine)
{
    char line[LINE_BYTES_MAX];
    size_t count = 0;

    for (size_t i = 0; i < engine->bytes; i++, count += 2)
        snprintf(line + count, sizeof line - count, "%02x", engine->at[i]);
    count += (size_t)snprintf(line + count, sizeof line - count, " %" PRIu32 "\n", engine->boots);
    return write(fd, line, count) == (ssize_t)count && fsync(fd) == 0;
}

/* That the name stands in the folder is to outlive a crash as well. */
static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return good;
}

/* In the place of the one before only when it is whole. */
static bool keep(const char *folder, const char *path, const struct trap_engine *engine,
                 struct err *err)
{
    char fresh[PATH_BYTES_MAX + 16];
    bool good;
    int fd;

    snprintf(fresh, sizeof fresh, "%s.XXXXXX", path);
    fd = mkostemp(fresh, O_CLOEXEC); /* 0600 */
    if (fd < 0)
        return err_set(err,
                       "cannot make %s: %s; let state_dir be a directory that the daemon may "
                       "write to",
                       fresh, strerror(errno));
    good = write_whole(fd, engine) && rename(fresh, path) == 0 && sync_folder(folder);
    if (!good)
        err_set(err, "cannot write %s: %s", path, strerror(errno));
    unlink(fresh); /* of what was renamed there is nothing */
    close(fd);
    return good;
}

bool trap_engine_boot(const char *state_dir, struct trap_engine *engine, struct err *err)
{
    char path[PATH_BYTES_MAX];

    if ((size_t)snprintf(path, sizeof path, "%s/snmp.engine", state_dir) >= sizeof path)
        return err_set(err, "state_dir is longer than %d bytes", PATH_BYTES_MAX - 16);
    if (!load(path, engine, err))
        return false;
    if (engine->boots == TRAP_ENGINE_BOOTS_MOST)
        name_new(engine);
    engine->boots++;
    return keep(state_dir, path, engine, err);
}
