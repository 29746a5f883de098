#!/bin/sh
# SPDX-License-Identifier: ISC
# A ticket from its offer to its end, by hand: each refusal says why and changes nothing.
# shellcheck source=tests/cli/lib.sh
. "$(dirname "$0")/lib.sh"

cluster_start
run 0 db init
inventory "$scratch/inventory"
run 0 import "$scratch/inventory"
run 0 tickets
says 'No open tickets.'

# The engine's report of an outage that began at 09:00 WIB; $1 restored, or null.
report() {
    sql "select outcome from kentongan.fault_report('33.14.01', '33.14.01', '2026-11-24 01:59:30+00',
         '2026-11-24 02:00:00+00', '2026-11-24 02:00:10+00', $1, array['33.14.01.2003', '33.14.01.2004'], now())"
}
[ "$(report null)" = opened ] || fail 'no ticket was opened'

run 0 tickets
grep -q '^TICKET  *STATE  *KIND  *OPENED  *FOR  SITES  CAUSE  PARTY  *ROOT$' "$out" || fail 'no titles'
grep -qE '^KT-20[0-9]{2}-000001  offered  down  20[0-9-]{8} [0-9:]{5} WIB .* cv-lintas  33\.14\.01 Kalijambe$' "$out" ||
    fail 'not the line of the ticket'
run 0 tickets --json
json 'length == 1 and .[0].state == "offered" and .[0].affected.count == 2 and .[0].party == "cv-lintas"'
number=$(jq -r '.[0].ticket' "$out")
run 0 tickets --site 33.14.01.2003
says "$number"
run 0 tickets --site 33.14
says 'No open tickets.'
run 0 ticket show 1
says 'also cut off  2 sites: 33.14.01.2003 33.14.01.2004'
# One of them answers although the relay does not: it has another way.
sql "select kentongan.fault_report('33.14.01', '33.14.01', '2026-11-24 01:59:30+00', '2026-11-24 02:00:00+00',
     '2026-11-24 02:00:10+00', null, array['33.14.01.2004'], '2026-11-24 02:04:00+00')" >/dev/null
run 0 ticket show 1
says 'also cut off  2 sites, 1 now: 33.14.01.2003 33.14.01.2004'
says 'no longer     33.14.01.2003 until 2026-11-24 09:04 WIB'
run 0 ticket show 1 --json
json '.affected == {count: 2, now: 1, sites: ["33.14.01.2003", "33.14.01.2004"], left: [{site: "33.14.01.2003", until: "2026-11-24T02:04:00.000000Z"}]}'
run 0 tickets --site 33.14.01.2003
says "$number"
run 0 site show 33.14.01.2003 --json
json '.ticket == null'
run 0 tickets --party cv-lain
says 'No open tickets.'
run 0 tickets --party cv-lintas --open
says "$number"
refused 1 'There is no party cv-nobody' tickets --party cv-nobody
refused 1 'There is no site 33.99' tickets --site 33.99
run 2 tickets --open --all
run 0 sites
grep -q "^33\.14\.01\.2004 .*$number\$" "$out" || fail 'the village does not show the ticket'

refused 1 'There is no ticket KT-2026-000099' ticket show KT-2026-000099
refused 1 'There is no ticket soon' ticket accept soon
refused 1 '"claim" is not possible now' ticket claim 1 --cause link --action realigned
refused 1 'There is no party nobody' ticket accept 1 --as nobody
refused 1 'is not a ticket of cv-lain' ticket accept 1 --as cv-lain
run 0 tickets --json
json '.[0].state == "offered"'

# A link that has run out is printed anew: for whose turn it is, by the own team, and only where the daemon's key is.
refused 1 'kentongand makes it at its first start' ticket link 1
head -c 32 /dev/urandom >"$scratch/link.key"
chmod 0600 "$scratch/link.key"
run 0 ticket link 1
grep -qE '^https?://[^ ]+/t/[A-Za-z0-9_-]{40,}$' "$out" || fail 'no link'
says 'For cv-lintas to work on'
run 0 ticket link "$number" --party cv-lintas --json
json '.url | test("/t/")' && json '.party == "cv-lintas" and .generation == 1 and (.expires | length) > 20'
refused 1 'only for whose turn it is' ticket link 1 --party cv-lain
refused 1 'Only the own team can print a link' --as cv-lintas ticket link 1
refused 1 'There is no ticket 99' ticket link 99
run 0 ticket show 1
[ "$(grep -c ' link ' "$out")" -eq 2 ] || fail 'the timeline does not say who printed a link'
! grep -q '/t/' "$out" || fail 'the timeline holds a link'

run 0 --as cv-lintas ticket accept "$number"
says "$number is accepted."
refused 1 '"accept" is not possible now' ticket accept 1
run 0 ticket onsite 1 --note 'at the tower' --json
json '.state == "onsite" and .ticket == 1'
run 0 ticket note 1 "$(printf 'bent \033[2Jantenna')"
run 0 ticket note 1 --note 'a second one'
run 2 ticket note 1 once --note twice
refused 1 'A note needs some text.' ticket note 1 ' '
refused 1 'There is no cause "ghosts"' ticket claim 1 --cause ghosts --action realigned
refused 1 'Only the own team can "cancel"' --as cv-lintas ticket cancel 1
run 0 ticket claim 1 --cause antenna --action realigned --as cv-lintas
says "$number is claimed: the link is watched now; if the repair holds, the ticket is restored."

[ "$(report "'2026-11-24 02:30:00+00'")" = restored ] || fail 'the end of the outage is not taken'
run 0 ticket show 1 --json
json '.state == "claimed"'
# The daemon's verdict on the claim.
[ "$(sql "select kentongan.verify_settle(id, claimed_at, true, '2026-11-24 02:30:05+00', null, null, '{}', now())
            from kentongan.ticket where id = 1")" = restored ] || fail 'not restored'
run 0 ticket show 1
says 'down, restored after 30m'
says 'root          33.14.01 Kalijambe'
says 'also cut off  2 sites: 33.14.01.2003 33.14.01.2004'
says 'no longer     33.14.01.2004 until 2026-11-24 09:30 WIB, 33.14.01.2003 until 2026-11-24 09:04 WIB'
says 'first bad     2026-11-24 09:00 WIB'
says 'restored      2026-11-24 09:30 WIB'
says 'cause         antenna'
says 'bent \x1b[2Jantenna'
says 'offered → accepted'
says 'cause antenna, action realigned'
grep -qE "cv-lintas +accept +offered → accepted" "$out" || fail 'the log does not name the party'
grep -qE "$(id -un) +onsite +accepted → onsite +at the tower" "$out" || fail 'the log does not name the user'
# What the engine made of it, at last.
sql "select kentongan.fault_report(site, root, last_good, first_bad, detected, restored_at, '{}', now(), null, null,
            '{\"guess\": \"power\", \"confidence\": 0.9, \"proven\": \"power\", \"booted_at\": \"2026-11-24T02:29:00Z\",
              \"evidence\": [{\"source\": \"boot\", \"what\": \"within-outage\", \"at\": \"2026-11-24T02:29:00Z\"}]}')
       from kentongan.outage where site = root order by id limit 1" >/dev/null
run 0 ticket show 1
says 'guess         power 90 %'
says 'evidence      within-outage boot at 02:29:00Z'
says 'proven        power: the device started again at 2026-11-24 09:29 WIB'
grep -qE 'engine +prove +restored +power' "$out" || fail 'the log does not say what is proven'
run 0 tickets --all
grep -q ' power ' "$out" || fail 'the list has no cause'
run 0 ticket close 1
says "$number is closed."
refused 1 '"cancel" is not possible now' ticket cancel 1
run 0 tickets
says 'No open tickets.'
run 0 tickets --all
says "$number"
run 0 ticket show "$number" --json
json '.state == "closed" and .cause_reported == "antenna" and .action == "realigned"'
json '[.timeline[].action] | index("claim") < index("restore") and index("restore") < index("close")'

# What waits: the last word to each endpoint; then one that was given up.
run 0 outbox
says 'not tried yet'
says 'ticket.closed'
says_not 'ticket.offered'
run 0 outbox --json
json 'length == 2 and ([.[].endpoint] | sort) == ["cv-hook", "it-hook"]'
sql "update kentongan.notification set state = 'dead', settled_at = now(), reason = 'HTTP 500' where endpoint = 'it-hook' and state = 'queued'"
run 0 outbox --dead
grep -qE 'ticket\.closed .* it-hook .*WIB  HTTP 500$' "$out" || fail 'the dead letter is not shown'

# A site that comes back by itself before anybody takes it; one that is cancelled.
sql "select kentongan.fault_report('33.14.01.2004', '33.14.01.2004', null, now() - interval '1 hour', now(), null, '{}', now())" >"$out"
run 0 ticket cancel 2 --note 'planned work'
says 'is cancelled.'
run 0 site show 33.14.01
says "$number"
says 'FIRST BAD'
grep -qE ' power *$' "$out" || fail 'the outage does not say its cause'

# A mute agent on a router that answers pings is told apart from a silent router.
sql "select kentongan.fault_report('33.14.01.2004', '33.14.01.2004', null, now() - interval '1 hour', now(), null, '{}', now(), true)" >"$out"
run 0 site show 33.14.01.2004
says 'agent mute: it answers pings, but no SNMP'
run 0 ticket show "$(sql "select number from kentongan.ticket order by id desc limit 1")"
says 'evidence      it answers ping, not SNMP'

# How its link has been: a day in one line, half an hour a column; nobody looked before.
run 0 site show 33.14.01.2003
says_not '24 h loss'
sql "insert into kentongan.rollup_inbox
     select d.id, date_bin('5 minutes', now(), 'epoch') - i * interval '5 minutes', 10, l, r, r, r + 500, r + 9000
       from kentongan.device d, (values (1, 0, 1000), (2, 0, 3000), (8, 1, 2000), (14, 10, null::bigint)) x(i, l, r)
      where d.site = '33.14.01.2003';
     select kentongan.rollup_take(now() - interval '30 days', now())" >"$out"
run 0 site show 33.14.01.2003
says '24 h loss     ··········'
says '··█▁_'
says '11 of 40 probes lost; round trip 2.0 ms, worst p95 3.5 ms, longest 12.0 ms'
run 0 site show 33.14.01.2003 --json
json '(.history | length) == 288 and ([.history[] | select(.sent > 0)] | length) == 4'
