/* SPDX-License-Identifier: ISC */
#include "probes/auth_state.h"

#include <assert.h>

static const struct {
    const char *name;
    const char *hint;
} states[AUTH_STATE_END] = {
    [AUTH_FINE] = {"ok", ""},
    [AUTH_KEY] = {"wrong-key", "the passphrase or protocol of auth= is not the device's"},
    [AUTH_USER] = {"unknown-user", "the device has no SNMPv3 user of that name"},
    [AUTH_LEVEL] = {"level", "the device does not serve this user at that level"},
    [AUTH_CIPHER] = {"wrong-cipher", "the passphrase or protocol of priv= is not the device's"},
    [AUTH_CLOCK] = {"clock", "the device refuses our time; restart its SNMP agent"},
    [AUTH_ENGINE_CHANGED] = {"engine-changed", "another SNMP engine answers at this address"},
    [AUTH_ENGINE_TAKEN] = {"engine-taken", "the new engine id belongs to another device"},
    [AUTH_UNANSWERED] = {"unanswered", "the device lives, but leaves what we ask unanswered; most "
                                       "often the passphrase or protocol of priv= is wrong"},
    [AUTH_CREDENTIAL] = {"credential", "our own credential cannot be used"},
    [AUTH_OTHER] = {"report", "the device refused the message"},
};

const char *auth_state_name(enum auth_state state)
{
    assert(state >= AUTH_FINE && state < AUTH_STATE_END);
    return states[state].name;
}

const char *auth_state_hint(enum auth_state state)
{
    assert(state >= AUTH_FINE && state < AUTH_STATE_END);
    return states[state].hint;
}
