#!/bin/sh
# SPDX-License-Identifier: ISC
# What people read while the poller itself is cut off, and of devices that do not let us in: the daemon's reports are made here.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

cluster_start
run 0 db init
inventory "$scratch/inventory"
cat >>"$scratch/inventory/devices.csv" <<'CSV'
33.14.01,radio,127.33.1.9,1161,2c,demo,,radio,,
33.14.01,ups,127.33.1.10,1161,2c,demo,,ups,,
CSV
run 0 import "$scratch/inventory"
sql "select kentongan.state_report('[{\"site\": \"33.14.01\", \"state\": \"up\"}, {\"site\": \"33.14.01.2003\", \"state\": \"down\"}]', now() - interval '1 hour')" >/dev/null
sql "select kentongan.device_report(jsonb_agg(jsonb_build_object('device', id, 'state', 'down', 'since', now() - interval '1 hour')), now())
       from kentongan.device where role = 'radio'" >/dev/null

# locked ROLE: SNMPv3 devices of that role live and do not let us in; the others do.
locked() {
    sql "select kentongan.agent_report(jsonb_agg(jsonb_build_object('device', id, 'auth', case when role in ($1) then 'wrong-key' else 'ok' end)), now())
           from kentongan.device where site = '33.14.01'" >/dev/null
}
locked "'radio'"
run 0 sites
grep -q '^33\.14\.01 .* up, radio: auth-problem  ' "$out" || fail 'the state is not the site'"'"'s, with the device that has a problem'
run 0 sites --json
json '.[1] | .state == "up" and .auth == null and .auth_beside == [{"device": "radio", "auth": "wrong-key"}]'
locked "'radio', 'ups', 'gateway'"
run 0 sites
grep -q '^33\.14\.01 .* up, auth-problem, radio and 1 more: auth-problem  ' "$out" || fail 'not all that do not let us in'
run 0 sites --json
json '.[1].auth == "wrong-key" and .[2].auth == null and .[2].auth_beside == null'
locked "'none'"
run 0 sites
says_not auth-problem
says_not 'cut off'
run 0 site show 33.14.01
grep -q '^state  *up since ' "$out" || fail 'not up'
grep -q 'radio (radio).*, down since ' "$out" || fail 'the radio is not down'
says_not 'cut off'

sql "select kentongan.watch_sight('n1', true, now() - interval '10 minutes', now())" >/dev/null
run 0 sites
[ "$(head -n 1 "$out" | sed 's/since .* WIB:/since T:/')" = 'The poller itself has been cut off since T: nothing is known of any site until it is in touch again.' ] ||
    fail 'it does not say so'
grep -q '^33\.14\.01\.2003 .* unknown ' "$out" || fail 'a site is not unknown'
says_not ' down '
run 0 sites --json
json 'all(.blind | test("^20.*Z$"))'
run 0 site show 33.14.01
says 'The poller itself has been cut off since 20'
grep -q '^state  *unknown since ' "$out" || fail 'the site is not unknown'
grep -q 'radio (radio).*, unknown since ' "$out" || fail 'the radio is not unknown'
run 0 site show 33.14.01 --json
json '.blind != null and all(.devices[]; .state == null)'

sql "select kentongan.watch_sight('n1', false, now(), now())" >/dev/null
run 0 sites
says_not 'cut off'
run 0 sites --json
json 'all(.blind == null)'
echo ok
