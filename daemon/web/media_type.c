/* SPDX-License-Identifier: ISC */
/* web_has_type() of server.h, apart from the connection so that tests of handlers can link it. */
#include <string.h>
#include <strings.h>

#include "daemon/web/server.h"

bool web_has_type(const struct web_request *request, const char *type)
{
    const char *said = web_header(request, "Content-Type");
    size_t bytes = strlen(type);

    return said != NULL && strncasecmp(said, type, bytes) == 0 &&
           (said[bytes] == '\0' || strchr("; \t", said[bytes]) != NULL);
}
