/* SPDX-License-Identifier: ISC */
#include "tests/alerts/names.h"

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef int getaddrinfo_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t unstuck = PTHREAD_COND_INITIALIZER;
static bool is_unstuck;

void names_unstick(void)
{
    pthread_mutex_lock(&lock);
    is_unstuck = true;
    pthread_cond_broadcast(&unstuck);
    pthread_mutex_unlock(&lock);
}

static void wait_until_unstuck(void)
{
    pthread_mutex_lock(&lock);
    while (!is_unstuck)
        pthread_cond_wait(&unstuck, &lock);
    pthread_mutex_unlock(&lock);
}

static int real(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    static getaddrinfo_fn *next;
    void *found = dlsym(RTLD_NEXT, "getaddrinfo");

    memcpy(&next, &found, sizeof next);
    return next(node, service, hints, out);
}

/* Address literals only: no test leaves this machine, whatever name it asks for. */
static int literal(const char *node, const char *service, const struct addrinfo *hints,
                   struct addrinfo **out)
{
    struct addrinfo mine = {0};

    if (hints != NULL)
        mine = *hints;
    mine.ai_flags |= AI_NUMERICHOST;
    mine.ai_family = AF_UNSPEC;
    return real(node, service, &mine, out);
}

static int both(const char *first, const char *second, const char *service,
                const struct addrinfo *hints, struct addrinfo **out)
{
    struct addrinfo *more;
    int rc = literal(first, service, hints, out);

    if (rc != 0)
        return rc;
    rc = literal(second, service, hints, &more);
    if (rc != 0) {
        freeaddrinfo(*out);
        return rc;
    }
    (*out)->ai_next = more; /* freeaddrinfo() walks the list */
    return 0;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    if (node == NULL || strcmp(node, "nowhere.test") == 0)
        return EAI_NONAME;
    if (strcmp(node, "canary.test") == 0 || strcmp(node, "localhost") == 0)
        return literal("127.0.0.1", service, hints, out);
    if (strcmp(node, "lan.test") == 0)
        return literal("10.0.0.1", service, hints, out);
    if (strcmp(node, "mapped.test") == 0)
        return literal("::ffff:127.0.0.1", service, hints, out);
    if (strcmp(node, "mixed.test") == 0)
        return both("10.0.0.1", "127.0.0.1", service, hints, out);
    if (strcmp(node, "stuck.test") == 0) {
        wait_until_unstuck();
        return EAI_NONAME;
    }
    return literal(node, service, hints, out);
}
