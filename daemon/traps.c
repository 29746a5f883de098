/* SPDX-License-Identifier: ISC */
#include "daemon/traps.h"

#include "probes/trap_socket.h"

bool traps_listen(struct probers *probers, const char *words, struct err *err)
{
    int fd = trap_socket_open(words, err);

    if (fd >= 0)
        probers_listen_traps(probers, fd);
    return fd >= 0 || err->text[0] == '\0';
}

void traps_say(const struct trap_hint *hint, const char *site, struct log_gate *gate,
               struct mono now)
{
    char oid[OID_TEXT_MAX];

    if (!log_gate_pass(gate, now, US_PER_S))
        return;
    oid_print(hint->oid.at, hint->oid.bytes, oid, sizeof oid);
    log_info("trap.heard", "site=%s kind=%s oid=%s devices=%zu held=%u", site == NULL ? "-" : site,
             trap_kind_name(hint->kind), oid, hint->count, gate->held);
    gate->held = 0;
}
