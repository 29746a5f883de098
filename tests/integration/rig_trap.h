/* SPDX-License-Identifier: ISC */
/*
 * rig_trap - senders of traps for a test: Debian's commands, and copies of what they sent.
 *
 * A command's datagram goes from a device's own address to the daemon, or to a listener of ours
 * that keeps it; what was kept is then sent from wherever the test says, as somebody who listened
 * on the wire would. The test gives the daemon trap.listen by rig_trap_conf().
 */
#ifndef KT_RIG_TRAP_H
#define KT_RIG_TRAP_H

#include "tests/integration/rig.h"

#define RIG_TRAP_WORDS 24

/* Debian's command and all that goes before its receiver: version, credentials, patience. */
struct rig_sender {
    const char *program; /* "snmptrap" or "snmpinform" */
    const char *from;    /* an address of the rig's net, or another of 127/8 */
    const char *words[RIG_TRAP_WORDS];
};

struct rig_datagram {
    size_t count;
    uint8_t at[2048];
};

bool rig_trap_possible(void); /* the commands are installed */
/* "trap { listen = … }" on a free port of 127.0.0.1, which *port is then. */
const char *rig_trap_conf(struct rig *rig, unsigned *port);
/* Sends one trap of that name; the command's exit code. An inform's is 0 when it was answered. */
int rig_trap_send(struct rig *rig, const struct rig_sender *sender, unsigned port, const char *oid);
/* What the command would have sent; nobody else hears it. An inform stays unanswered. */
void rig_trap_keep(struct rig *rig, const struct rig_sender *sender, const char *oid,
                   struct rig_datagram *kept);
/* Sends it as rig_trap_send() does, past somebody on the wire, who keeps the last datagram that the
 * command sent: of an SNMPv3 inform the one that was for the daemon's engine and clock. */
int rig_trap_tap(struct rig *rig, const struct rig_sender *sender, unsigned port, const char *oid,
                 struct rig_datagram *kept);
void rig_trap_throw(struct rig *rig, const struct rig_datagram *datagram, const char *from,
                    unsigned port);

/* The figure of that row of /metrics, -1 when it is not there. */
int64_t rig_metric(struct rig *rig, const char *row);
void rig_wait_metric(struct rig *rig, const char *row, int64_t at_least);
#endif
