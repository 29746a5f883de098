/* SPDX-License-Identifier: ISC */
/*
 * store_page - what the field page asks of PostgreSQL: is the link good, what is there to see, and
 * the act of whoever holds it.
 *
 * The first two go to the read side (PG_SIDE_READ), the act to the working side. Each is answered
 * once, later, as all calls of sql/store.h; JSON is borrowed until the callback returns.
 */
#ifndef KT_STORE_PAGE_H
#define KT_STORE_PAGE_H

#include "sql/store.h"

enum store_link {
    STORE_LINK_OK = 1,
    STORE_LINK_DECLINED, /* this party ended its turn itself */
    STORE_LINK_OLD,      /* the ticket is another's turn by now */
    STORE_LINK_NONE,     /* there never was such a thing */
    STORE_LINK_END
};

/* language: of the party, "" when there is none. Both only mean something with STORE_OK. */
typedef void store_link_cb(const struct store_status *status, enum store_link link,
                           const char *language, void *arg);
void store_link_check(struct pg_conn *read_side, int64_t ticket, const char *party,
                      int32_t generation, store_link_cb *cb, void *arg);

/*
 * A ticket as functions/ticket_page.sql tells it to a party (NULL: the own team); json NULL: there
 * is none for it. Instants are RFC 3339 in UTC, what is not known null:
 *
 *   ticket "KT-…", id, state, kind, seq, generation, party, party_name, contract,
 *   root {code,name,kecamatan,lat,lng}, affected {count, now, sites [{code,name,kecamatan,until}]
 * at most 50}, first_bad, last_good, back (since when the link answers again), opened, accepted,
 * onsite, claimed, restored, closed, cancelled, cause_reported, action, reopen_count,
 * unproven_count, next null or {who: "party" "team" "engine", what: "accept" "onsite" "resume"
 * "claim" "verify" "close"}, actions [what store_ticket_act takes from this party now], causes
 * [codes], action_codes [codes], timeline [{at,actor,party,action,from,to,note,detail}] the newest
 * 30, newest first, course null or {from, link [[hour, sent, lost]], readings [{metric, instance,
 * unit, least, most, last, steps [[hour, mean]]}]} of the root's last 24 hours
 * (functions/page_course.sql), language "id".
 */
void store_ticket_page(struct pg_conn *read_side, int64_t ticket, const char *party,
                       struct wall now, store_json_cb *cb, void *arg);

/* Everything borrowed for the call. */
struct store_act {
    const char *ticket; /* "KT-2026-000123" or "123" */
    const char *action; /* "accept" … */
    const char *actor;  /* who, for the log */
    const char *party;  /* for whom; NULL: the own team */
    const char *args;   /* JSON {cause, action, note, seq, key}, each optional; key: what was sent
                           with it before is answered as then, and nothing is done */
};

/* {ticket: id, number: "KT-…", state, seq}; STORE_REFUSED with KT403 404 409 412 422,
 * and KT42K: the key came with another act or other words before. */
void store_ticket_act(struct pg_conn *work_side, const struct store_act *act, struct wall now,
                      store_json_cb *cb, void *arg);
#endif
