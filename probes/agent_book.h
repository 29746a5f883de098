/* SPDX-License-Identifier: ISC */
/*
 * agent_book - the parent's copy of what is known of SNMPv3 engines, and which of it the child has
 * still to be told.
 *
 * So a child that replaces a dead one, and a daemon that was restarted, ask their devices at once
 * instead of asking who they are. Pure: it makes frames, whoever owns it sends them.
 */
#ifndef KT_AGENT_BOOK_H
#define KT_AGENT_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/agent_news.h"
#include "probes/frame.h"

struct agent_book;

struct agent_book *agent_book_new(void);
void agent_book_free(struct agent_book *book); /* NULL allowed */

/* A new plan: who is not kept before the commit is forgotten. */
void agent_book_begin(struct agent_book *book);
void agent_book_keep(struct agent_book *book, uint32_t device_id);
void agent_book_commit(struct agent_book *book);

/* From the database: the child is told, unless it has told us of the device itself. */
void agent_book_know(struct agent_book *book, const struct agent_news *news);
/* From the child. */
void agent_book_hear(struct agent_book *book, const struct agent_news *news);
/* A new child knows nothing. */
void agent_book_rewind(struct agent_book *book);
/* The next frame for the child, false when there is none. It stays the next until
 * agent_book_sent(). */
bool agent_book_frame(struct agent_book *book, struct frame *frame);
void agent_book_sent(struct agent_book *book, const struct frame *frame);
#endif
