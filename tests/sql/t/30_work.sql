-- SPDX-License-Identifier: ISC
-- ticket_act: who may do what, and what must come with it. (35_proof.sql: what becomes of a claim.)
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
savepoint plain;

-- Whose it is. 33.14.01 belongs to ct1 by contract; 33.14.03 to nobody.
select t.report('33.14.01', '33.14.01', 0);
select throws_ok($$select t.act('accept', 30, '{}', 'ct2')$$, 'KT403',
                 format('%s is not a ticket of ct2. It belongs to ct1.', number)) from kentongan.ticket;
select throws_ok($$select t.act('accept', 30, '{}', 'ct9')$$, 'KT404',
                 'There is no party ct9. Those that there are: budi, ct1, ct2, dit, wawan.');
select throws_ok($$select t.act('accept', 30, '{}', null, 4711)$$, 'KT404',
                 'There is no ticket 4711. `kentongan tickets --all` lists them.');
select throws_ok($$select t.act('cancel', 30, '{}', 'ct1')$$, 'KT403',
                 'Only the own team can "cancel" a ticket. Write a note and ask for it.');
select throws_ok($$select t.act('restore', 30)$$, 'KT403', '"restore" is what the engine does, nobody else.');
select is(t.act('accept', 30, '{}', 'budi') ->> 'state', 'accepted', 'a contractor''s technician acts for it');
select is((select party::text from kentongan.ticket), 'ct1', 'and the ticket stays the contractor''s');
select is((select (actor, party) from kentongan.ticket_event where n = 3), (select ('tester'::text, 'budi'::text)),
          'the log names who did it');
select is(t.act('onsite', 40, '{}', 'wawan') ->> 'state', 'onsite', 'one of the own team may act on any ticket');
select is(t.act('cancel', 50) ->> 'state', 'cancelled', 'the own team may cancel');
rollback to plain;

select t.report('33.14.03', '33.14.03', 0);
select throws_ok($$select t.act('accept', 30, '{}', 'ct1')$$, 'KT403',
                 format('%s is not a ticket of ct1. It belongs to the own team.', number)) from kentongan.ticket;
select is(t.act('accept', 30) ->> 'state', 'accepted', 'without a contract the own team takes it');
select is((select party::text from kentongan.ticket), 'dit', 'and it is the own team''s then');
rollback to plain;

-- seq
select t.report('33.14.01', '33.14.01', 0);
select is((select seq from kentongan.ticket), 2, 'opened and offered: seq 2');
select is(t.act('accept', 30, '{"seq": 2}') ->> 'seq', '3', 'an act with the present seq is taken');
select throws_ok($$select t.act('onsite', 40, '{"seq": 2}')$$, 'KT412',
                 format('%s has moved on: it is accepted now (seq 3, you saw 2). Look at it again, then decide.', number))
  from kentongan.ticket;
select throws_ok($$select t.act('onsite', 40, '{"seq": "x"}')$$, 'KT422', 'seq is the number that the ticket showed when you decided.');
select is(t.act('onsite', 40) ->> 'seq', '4', 'without seq the present one counts');
select is(t.act('note', 41, '{"note": " PLN datang jam 10 "}') ->> 'seq', '5', 'a note moves seq');
select is((select (note, from_state, to_state) from kentongan.ticket_event where n = 5),
          (select ('PLN datang jam 10'::text, 'onsite'::text, 'onsite'::text)), 'and stands trimmed in the log');

-- What must come with an act.
select throws_ok($$select t.act('note', 50)$$, 'KT422', 'A note needs some text.');
select throws_ok($$select t.act('note', 50, '{"note": "   "}')$$, 'KT422', 'A note needs some text.');
select throws_ok($$select t.act('note', 50, jsonb_build_object('note', repeat('x', 2001)))$$, 'KT422',
                 'The note has 2001 characters; 2000 are the most.');
select is(t.act('note', 50, jsonb_build_object('note', repeat('é', 2000))) ->> 'state', 'onsite', '2000 characters are taken');
select throws_ok($$select t.act('claim', 60)$$, 'KT422', 'A claim says what was wrong and what was done: give a cause and an action.');
select throws_ok($$select t.act('claim', 60, '{"cause": "power"}')$$, 'KT422', 'A claim says what was wrong and what was done: give a cause and an action.');
select throws_ok($$select t.act('claim', 60, '{"cause": "ghosts", "action": "none"}')$$, 'KT422',
    'There is no cause "ghosts". Those that there are: power upstream link antenna cable fibre psu ups device config lightning vandalism planned unknown.');
select throws_ok($$select t.act('claim', 60, '{"cause": "power", "action": "prayed"}')$$, 'KT422',
    'There is no action code "prayed". Those that there are: power_restored realigned replaced recabled reconfigured rebooted none.');
select throws_ok($$select t.act('onsite', 60, '{"cause": "power"}')$$, 'KT422', '"onsite" takes no cause and no action; "claim" and "close" do.');
select throws_ok($$select t.act('claim', 60, '{"casue": "power"}')$$, 'KT422', 'Only cause, action, note, seq and key can come with an action.');

-- A claim before the link is back, twice; then it comes back.
select is(t.act('claim', 60, '{"cause": "antenna", "action": "realigned", "note": "tower B"}') ->> 'state', 'claimed', 'claimed');
select throws_ok($$select t.act('claim', 61, '{"cause": "power", "action": "none"}')$$, 'KT409');
select t.report('33.14.01', '33.14.01', 0, 90);
select is(t.settle(true, 92, 270), 'restored', 'and is proven');
select is((select (state, claimed_at, restored_at, cause_reported, action) from kentongan.ticket),
          (select ('restored'::text, t.at(60), t.at(90), 'antenna'::text, 'realigned'::text)), 'restored at the first good probe');
select is((select detail from kentongan.ticket_event where action = 'claim'), '{"cause": "antenna", "action": "realigned"}',
          'the log has cause and action');
select throws_ok($$select t.act('claim', 295, '{"cause": "power", "action": "none"}')$$, 'KT409',
    format('%s was claimed at 2026-11-24T02:01:00.000000Z already. Closing it can still set cause and action.', number))
  from kentongan.ticket;
select is(t.act('close', 300, '{"cause": "cable"}') ->> 'state', 'closed', 'closing may correct one of the two');
select is((select (cause_reported, action, closed_at) from kentongan.ticket), (select ('cable'::text, 'realigned'::text, t.at(300))), 'and does');
select is(t.act('note', 300 + 7 * 86400, '{"note": "invoice 17"}') ->> 'state', 'closed', 'for seven days a word may be added');
select throws_ok($$select t.act('note', 301 + 7 * 86400, '{"note": "invoice 18"}')$$, 'KT409',
                 format('%s is frozen: it was closed more than 7 days ago.', number)) from kentongan.ticket;
select * from finish();
rollback;
