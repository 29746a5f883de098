/* SPDX-License-Identifier: ISC */
#include "daemon/web/origin.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* "https://host:port" of a URL without its path; 0 when it is none. */
static size_t origin_bytes(const char *url)
{
    const char *host = strstr(url, "://");

    if (host == NULL)
        return 0;
    host += 3;
    return (size_t)(host - url) + strcspn(host, "/?#");
}

static bool site_is_ours(const char *site)
{
    return site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
}

bool origin_is_ours(const struct origin_claim *claim, const char *base_url)
{
    const char *origin = claim->origin;
    size_t bytes = origin_bytes(base_url);

    if (!site_is_ours(claim->fetch_site))
        return false;
    if (origin == NULL || strcmp(origin, "null") == 0)
        return true;
    if (bytes == strlen(origin) && strncasecmp(origin, base_url, bytes) == 0)
        return true;
    /* Reached by another name than the configured one, through a tunnel for instance. */
    origin = strstr(origin, "://");
    return origin != NULL && claim->host != NULL && strcasecmp(origin + 3, claim->host) == 0;
}
