/* SPDX-License-Identifier: ISC */
#include "daemon/cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/cli/show.h"

void cli_say(const char *format, ...)
{
    char sentence[2048];
    struct text safe = {0};
    va_list args;

    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    show_safe(sentence, &safe);
    fprintf(stderr, "kentongan: %s\n", text_get(&safe));
    text_free(&safe);
}

void cli_say_lines(const char *lines)
{
    while (*lines != '\0') {
        size_t bytes = strcspn(lines, "\n");
        struct text line = {0}, safe = {0};

        text_add_bytes(&line, lines, bytes);
        show_safe(text_get(&line), &safe);
        fprintf(stderr, "%s\n", text_get(&safe));
        text_free(&line);
        text_free(&safe);
        lines += bytes + (lines[bytes] == '\n');
    }
}

enum cli_exit cli_refuse(enum store_rc rc, const struct err *err)
{
    switch (rc) {
    case STORE_UNREACHABLE:
        cli_say(
            "%s; is PostgreSQL running, and database { conninfo } right? What is missing in it, "
            "kentongan db init creates",
            err->text);
        return CLI_UNREACHABLE;
    case STORE_OK:
    case STORE_REFUSED:
    case STORE_BROKEN:
    case STORE_RC_END:
        break;
    }
    cli_say("%s", err->text);
    return CLI_REFUSED;
}

enum cli_exit cli_ask(struct cli *cli, enum stmt stmt, const struct pg_args *args, struct text *raw,
                      struct js **answer)
{
    struct text value = {0};
    struct err err = {0};
    enum store_rc rc;

    *answer = NULL;
    if (cli->sync == NULL)
        cli->sync = pg_sync_open(cli->config.database_conninfo, &err);
    if (cli->sync == NULL)
        return cli_refuse(STORE_UNREACHABLE, &err);
    rc = pg_sync_json(cli->sync, stmt, args, &value, &err);
    if (rc == STORE_OK && value.bytes > 0) {
        *answer = js_parse(text_get(&value), value.bytes, &err);
        if (*answer == NULL)
            rc = STORE_BROKEN;
    }
    if (rc == STORE_OK && raw != NULL)
        text_add(raw, text_get(&value));
    text_free(&value);
    return rc == STORE_OK ? CLI_DONE : cli_refuse(rc, &err);
}
