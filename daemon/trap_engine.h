/* SPDX-License-Identifier: ISC */
/*
 * trap_engine - who we are to senders of SNMPv3 informs: a name that stays, and how often it began
 * anew.
 *
 * Both lie in state_dir/snmp.engine, one file a node: two nodes with one name would spoil each
 * other's clock at the senders. The name is random and says nothing of the machine [RFC 3411 §5,
 * SnmpEngineID, format 5].
 */
#ifndef KT_TRAP_ENGINE_H
#define KT_TRAP_ENGINE_H

#include "daemon/base/err.h"
#include "probes/trap_v3.h"

#define TRAP_ENGINE_BOOTS_MOST UINT32_C(2147483646) /* one less than never [RFC 3414 §2.2.2] */

/*
 * Counts one more boot and keeps it: once this has returned true, no crash of the machine brings
 * the number back [RFC 3414 §2.2.2]. The first makes the file; a name that has booted
 * TRAP_ENGINE_BOOTS_MOST times is followed by a new one. Waits for the disk. On false nothing is to
 * be answered, and err says what to do.
 */
KT_MUST_CHECK bool trap_engine_boot(const char *state_dir, struct trap_engine *engine,
                                    struct err *err);
#endif
