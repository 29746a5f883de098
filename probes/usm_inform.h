/* SPDX-License-Identifier: ISC */
/*
 * usm_inform - an SNMPv3 inform to us, and what its sender is replied.
 *
 * Who receives informs is the authoritative engine: senders ask for our name and clock, localise
 * their keys for it, and we judge time by our own clock. So unlike a trap an inform tells nothing
 * of its sender's engine, and the user's keys for ours are made for each message, which costs a few
 * hashes. What is wrong is reported as RFC 3414 §3.2 asks; the usmStats in a report are of this
 * process since it began, not of all probers of the engine. Nothing here sends, or knows what was
 * heard before. [RFC 3414 §1.5.1, RFC 3412 §7.1, §7.2]
 */
#ifndef KT_USM_INFORM_H
#define KT_USM_INFORM_H

#include "probes/trap_v3.h"
#include "probes/usm.h"

/* A report is at most so many times as long as what it answers: nobody is flooded by a borrowed
 * address of his. */
#define USM_REPORT_TIMES 3

/*
 * Is it for own, from this user, at his level, and neither changed nor old? message: what
 * ber_v3_check() made of the bytes, which net-snmp writes into. With TRAP_PROOF_TRUE, said is what
 * it says, until the next call of this module, and reply the response. Else reply is the report,
 * where the message allows one (it is "reportable") and there is one to make. An authentic request
 * that is no inform is TRAP_PROOF_NO_TRAP, without a reply.
 */
enum trap_proof usm_take_inform(struct usm *usm, const struct usm_user *user,
                                const struct trap_engine *own, const struct ber_v3 *message,
                                uint8_t *bytes, size_t count, struct usm_said *said,
                                struct trap_reply *reply);
#endif
