/* SPDX-License-Identifier: ISC */
/*
 * auth_state - why a device that lives does not let us in.
 *
 * A state of its own beside the link's: a device that reports our key wrong is not cut off, and no
 * outage may begin for it. Devices that are asked without keys (SNMPv1, v2c) are always AUTH_FINE:
 * a wrong community cannot be told from silence. Pure, by value.
 */
#ifndef KT_AUTH_STATE_H
#define KT_AUTH_STATE_H

/* Everything but AUTH_FINE is the device state "auth-problem". */
enum auth_state {
    AUTH_FINE = 1,
    AUTH_KEY,            /* the passphrase of auth= is not the device's */
    AUTH_USER,           /* the device has no such user */
    AUTH_LEVEL,          /* the user may not be asked at that level */
    AUTH_CIPHER,         /* the passphrase of priv= is not the device's */
    AUTH_CLOCK,          /* its clock and ours cannot be brought together */
    AUTH_ENGINE_CHANGED, /* another engine answers at the address than before */
    AUTH_ENGINE_TAKEN,   /* and that engine is another device's, so a key of its proves nothing */
    AUTH_UNANSWERED,     /* says who it is, but answers nothing that is signed or sealed */
    AUTH_CREDENTIAL,     /* our own credential cannot be used */
    AUTH_OTHER,          /* another report */
    AUTH_STATE_END
};

/* "ok" "wrong-key" "unknown-user" … as the log, the database and people see it. */
const char *auth_state_name(enum auth_state state);
/* One sentence of what to do about it; "" for AUTH_FINE. */
const char *auth_state_hint(enum auth_state state);
#endif
