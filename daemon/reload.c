/* SPDX-License-Identifier: ISC */
#include "daemon/reload.h"

#include <stdlib.h>
#include <string.h>

enum log_level reload_log_level(const struct config *config)
{
    switch (config->log_level[0]) {
    case 'd':
        return LOG_LEVEL_DEBUG;
    case 'w':
        return LOG_LEVEL_WARN;
    case 'e':
        return LOG_LEVEL_ERROR;
    default:
        return LOG_LEVEL_INFO;
    }
}

void reload_complain(const struct text *complaints)
{
    char *copy = strdup(text_get(complaints));
    char *rest = copy;
    char *line;

    if (copy == NULL)
        abort();
    while ((line = strsep(&rest, "\n")) != NULL)
        if (*line != '\0')
            log_error("config.wrong", "reason=\"%s\"", line);
    free(copy);
}

void reload_say_restart(const struct config *old, const struct config *new)
{
    if (strcmp(old->web_listen, new->web_listen) != 0)
        log_warn("config.needs_restart", "key=web.listen");
    if (strcmp(old->trap_listen, new->trap_listen) != 0)
        log_warn("config.needs_restart", "key=trap.listen");
    if (strcmp(old->database_conninfo, new->database_conninfo) != 0)
        log_warn("config.needs_restart", "key=database.conninfo");
    if (old->prober_count != new->prober_count)
        log_warn("config.needs_restart", "key=prober.count");
    if (old->prober_sandbox != new->prober_sandbox)
        log_warn("config.needs_restart", "key=prober.sandbox");
}
