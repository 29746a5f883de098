/* SPDX-License-Identifier: ISC */
/*
 * notify - tells systemd how we are: one datagram to $NOTIFY_SOCKET (sd_notify(3), without
 * libsystemd).
 *
 * Without the variable everything here does nothing. The socket is kept open, and the variables are
 * taken out of the environment so that children do not speak for us.
 */
#ifndef KT_NOTIFY_H
#define KT_NOTIFY_H

#include <stdint.h>

struct notify;

struct notify *notify_new(void);
/* "READY=1", "RELOADING=1\nMONOTONIC_USEC=…" is notify_reloading(); failures are not worth a word.
 */
void notify_send(struct notify *notify, const char *state);
void notify_reloading(struct notify *notify);
/* How often WATCHDOG=1 is to be sent, half of $WATCHDOG_USEC; 0: nobody waits for it. */
int64_t notify_watchdog_ms(const struct notify *notify);
void notify_free(struct notify *notify);
#endif
