/* SPDX-License-Identifier: ISC */
/* The client's side of control.h. */
#include "tests/fleet/control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define ANSWER_WAIT_S 10

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

static int complain(const char *words, int code)
{
    fprintf(stderr, "kentongan-fleet: %s\n", words);
    return code;
}

static FILE *call(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval wait = {.tv_sec = ANSWER_WAIT_S};
    FILE *stream;
    int fd;

    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return NULL;
    }
    memcpy(address.sun_path, path, strlen(path));
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return NULL;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        (stream = fdopen(fd, "r+")) != NULL)
        return stream;
    close(fd);
    return NULL;
}

/* Prints until the last line, which decides. */
static int hear(FILE *stream)
{
    char line[2048];

    while (fgets(line, sizeof line, stream) != NULL) {
        if (strcmp(line, "done\n") == 0)
            return EXIT_DONE;
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "refused: ", 9) == 0)
            return complain(line + 9, EXIT_REFUSED);
        if (strncmp(line, "usage: ", 7) == 0)
            return complain(line, EXIT_USAGE);
        puts(line);
    }
    return complain("the fleet hung up without an answer", EXIT_REFUSED);
}

int control_ask(const char *path, const char *command)
{
    FILE *stream = call(path);
    int code;

    if (stream == NULL) {
        fprintf(stderr, "kentongan-fleet: %s: %s; is the fleet running?\n", path, strerror(errno));
        return EXIT_REFUSED;
    }
    /* A read must follow a flush, or stdio mixes the two (C11 7.21.5.3). */
    if (fprintf(stream, "%s\n", command) < 0 || fflush(stream) != 0)
        code = complain("cannot send to the fleet", EXIT_REFUSED);
    else
        code = hear(stream);
    fclose(stream);
    return code;
}
