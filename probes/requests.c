/* SPDX-License-Identifier: ISC */
#include "probes/requests.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_REQUESTS 256

struct request_block {
    struct request_block *next;
    struct request requests[BLOCK_REQUESTS];
};

struct kept_question {
    uint32_t users;
    struct question question; /* allocated as far as it has objects */
};

void requests_free(struct requests *requests)
{
    struct request_block *block = requests->blocks;
    struct request *request, *next;

    HASH_ITER(hh, requests->by_id, request, next)
    requests_close(requests, request);
    while (block != NULL) {
        struct request_block *after = block->next;

        free(block);
        block = after;
    }
    *requests = (struct requests){0};
}

struct request *requests_find(const struct requests *requests, int32_t id)
{
    struct request *request;

    HASH_FIND(hh, requests->by_id, &id, sizeof id, request);
    return request;
}

static void more_room(struct requests *requests)
{
    struct request_block *block = calloc(1, sizeof *block);

    if (block == NULL)
        abort();
    block->next = requests->blocks;
    requests->blocks = block;
    for (size_t i = BLOCK_REQUESTS; i-- > 0;) {
        block->requests[i].due.link.next = (struct wheel_list *)(void *)requests->spare;
        requests->spare = &block->requests[i];
    }
}

static struct request *take_spare(struct requests *requests)
{
    struct request *request;

    if (requests->spare == NULL)
        more_room(requests);
    request = requests->spare;
    requests->spare = (struct request *)(void *)request->due.link.next;
    *request = (struct request){0};
    return request;
}

static struct kept_question *keep(const struct question *question)
{
    size_t bytes = offsetof(struct kept_question, question) + offsetof(struct question, oids) +
                   question->count * sizeof *question->oids;
    struct kept_question *kept = malloc(bytes);

    if (kept == NULL)
        abort();
    kept->users = 1;
    memcpy(&kept->question, question, bytes - offsetof(struct kept_question, question));
    return kept;
}

struct request *requests_open(struct requests *requests, int32_t id, const struct engine_ask *ask)
{
    struct request *request = take_spare(requests);

    request->id = id;
    request->device_id = ask->device->id;
    request->token = ask->token;
    request->timeout_ms = (uint32_t)ask->timeout_ms;
    request->tries_left = (uint16_t)(ask->tries - 1);
    request->snmp = (uint8_t)ask->device->snmp;
    request->asker = (uint8_t)ask->asker;
    request->question = ask->question;
    if (ask->question->id == 0) {
        request->kept = keep(ask->question);
        request->question = &request->kept->question;
    }
    HASH_ADD(hh, requests->by_id, id, sizeof request->id, request);
    return request;
}

struct request *requests_again(struct requests *requests, int32_t id, struct request *old)
{
    struct request *request = take_spare(requests);

    *request = (struct request){.id = id,
                                .older = old->id,
                                .device_id = old->device_id,
                                .token = old->token,
                                .timeout_ms = old->timeout_ms,
                                .tries_left = (uint16_t)(old->tries_left - 1),
                                .snmp = old->snmp,
                                .asker = old->asker,
                                .first_sent_at = old->first_sent_at,
                                .question = old->question,
                                .kept = old->kept};
    if (request->kept != NULL)
        request->kept->users++;
    old->newer = id;
    HASH_ADD(hh, requests->by_id, id, sizeof request->id, request);
    return request;
}

void requests_rename(struct requests *requests, struct request *request, int32_t id)
{
    struct request *older = requests_find(requests, request->older);

    if (older != NULL && older->newer == request->id)
        older->newer = id;
    HASH_DEL(requests->by_id, request);
    request->id = id;
    HASH_ADD(hh, requests->by_id, id, sizeof request->id, request);
}

void requests_close(struct requests *requests, struct request *request)
{
    wheel_disarm(&request->due);
    HASH_DEL(requests->by_id, request);
    if (request->kept != NULL && --request->kept->users == 0)
        free(request->kept);
    request->due.link.next = (struct wheel_list *)(void *)requests->spare;
    requests->spare = request;
}
