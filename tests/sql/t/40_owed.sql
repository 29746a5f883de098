-- SPDX-License-Identifier: ISC
-- Which contract counts, who is told what, and what the message holds.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');

-- The narrowest contract: exact before longer prefix before shorter prefix, in its time.
select is((select contract from kentongan.contract_for('33.14.01.2001', '2026-11-24')), 'krikilan', 'the exact code wins');
select is((select contract from kentongan.contract_for('33.14.01.2002', '2026-11-24')), 'all', 'else the prefix');
select is((select (contract, party) from kentongan.contract_for('33.14.02.2001', '2026-11-24')), (select ('plupuh'::text, 'ct2'::text)),
          'the longer prefix wins');
select is((select contract from kentongan.contract_for('33.14.02.2001', '2027-12-31')), 'plupuh', 'on its last day');
select is((select contract from kentongan.contract_for('33.14.02.2001', '2028-01-01')), 'all', 'not a day longer');
select is((select contract from kentongan.contract_for('33.14.02', '2026-11-24')), 'all', '33.14.02.* is not 33.14.02');
select is((select count(*)::int from kentongan.contract_for('33.14.03', '2026-11-24')), 0, 'nobody');
select is(kentongan.day_of('2026-12-31 17:30Z'), '2027-01-01', 'days are those of the district''s zone');
savepoint plain;

-- Who is told.
select t.report('33.14.01', '33.14.01', 0);
select is(t.owed(), 'ticket.opened team, ticket.offered menara', 'opened to the own team, offered to the party');
select t.act('accept', 30);
select t.act('onsite', 35);
select t.act('claim', 40, '{"cause": "power", "action": "none"}');
select t.report('33.14.01', '33.14.01', 0, 50);
select t.settle(true, 50, 55);
select t.act('close', 60);
select is(t.owed(), 'ticket.opened team, ticket.offered menara, ticket.accepted menara, ticket.accepted team, '
    'ticket.claimed menara, ticket.claimed team, ticket.restored menara, ticket.restored team, ticket.closed menara, ticket.closed team',
    'each step to both; none for onsite');
rollback to plain;
select t.report('33.14.01.2001', '33.14.01.2001', 0);
select is(t.owed(), 'ticket.opened team, ticket.offered team', 'the own team under contract hears both');
select t.act('cancel', 30);
select is((select count(*)::int from kentongan.notification where type = 'ticket.cancelled'), 1, 'and what concerns both once');
rollback to plain;
select t.report('33.14.03', '33.14.03', 0);
select is(t.owed(), 'ticket.opened team', 'nobody under contract: nothing is offered');
select is(t.state(), 'new', 'and the ticket stays new');
rollback to plain;

-- Disabled endpoints and fallbacks.
insert into kentongan.endpoint (endpoint, party, channel, url, fallback_of) values ('team2', 'dit', 'webhook', 'http://x', 'team');
select t.report('33.14.03', '33.14.03', 0);
select is(t.owed(), 'ticket.opened team', 'a fallback is not told beside the first');
update kentongan.endpoint set disabled_at = t.at(1), disabled_reason = '410' where endpoint = 'team';
select t.act('cancel', 30);
select is(t.owed(), 'ticket.opened team, ticket.cancelled team2', 'but in its place, once it is disabled');
update kentongan.endpoint set disabled_at = t.at(1), disabled_reason = '410' where endpoint = 'team2';
select t.report('33.14.03', '33.14.03', 100);
select is(t.owed(), null, 'with all of them disabled nothing is owed');
select is((select state from kentongan.ticket where id = (select max(id) from kentongan.ticket)), 'new', 'and the ticket opens all the same');
rollback to plain;

-- An older status that still waits is superseded; one under way, and one of the same instant, is not.
select t.report('33.14.01', '33.14.01', 0, null, '{}', 20);
select t.act('accept', 30);
select results_eq($$select type || ' ' || endpoint || ' ' || state from kentongan.notification order by id$$,
    array['ticket.opened team superseded', 'ticket.offered menara superseded', 'ticket.accepted menara queued',
          'ticket.accepted team queued'], 'the older ones are superseded');
select is((select reason from kentongan.notification order by id limit 1), 'superseded by ticket.accepted', 'and say by what');
select count(*) from kentongan.outbox_lease('n1', 1, '1 min', t.at(31));
select t.act('onsite', 32);
select t.act('claim', 40, '{"cause": "power", "action": "none"}');
select results_eq($$select type || ' ' || endpoint || ' ' || state from kentongan.notification where id > (select min(id) + 1 from kentongan.notification) order by id$$,
    array['ticket.accepted menara leased', 'ticket.accepted team superseded', 'ticket.claimed menara queued', 'ticket.claimed team queued'],
    'what is under way is not');
select is((select n from (select count(*) as n from kentongan.outbox_lease('n2', 10, '1 min', t.at(41)) where id is not null) x), 1::bigint,
          'and holds back what follows it to the same endpoint');
select kentongan.outbox_settle(id, 'n1', 'retry', 1, 500, 'server error', 20, t.at(31), t.at(90), t.at(42))
  from kentongan.notification where type = 'ticket.accepted' and endpoint = 'menara';
select is((select state || ': ' || reason from kentongan.notification where type = 'ticket.accepted' and endpoint = 'menara'),
          'superseded: superseded by a newer message', 'a retry that was overtaken is superseded');
rollback to plain;

-- The data: exactly the keys of the contract, null where nothing is known, small.
select t.report('33.14.01', '33.14.01', 0, null, array['33.14.01.2001', '33.14.01.2002'], 20);
select is((select data - 'ticket' - 'url' from kentongan.notification where type = 'ticket.offered'), '{
    "action_url": null, "state": "offered", "kind": "down", "feeder": null, "priority": null,
    "root": {"code": "33.14.01", "name": "Kalijambe", "kecamatan": "Kalijambe"},
    "affected": {"count": 2, "now": 2, "sites": ["33.14.01.2001", "33.14.01.2002"]},
    "last_good": "2026-11-24T01:59:30.000000Z", "first_bad": "2026-11-24T02:00:00.000000Z",
    "opened_at": "2026-11-24T02:00:20.000000Z",
    "cause": {"guess": null, "confidence": null, "evidence": [], "proven": null},
    "party": "ct1", "contract": {"accept_by": null, "restore_by": null, "consumed_percent": null},
    "estimate": {"p50_minutes": null, "p90_minutes": null}, "seq": 2}'::jsonb, 'ticket.offered has all keys');
select is((select (data ->> 'ticket', data ->> 'url') from kentongan.notification where type = 'ticket.offered'),
          (select (number, '/tickets/' || number) from kentongan.ticket), 'the number, and a path');
select is((select data ->> 'state' from kentongan.notification where type = 'ticket.opened'), 'new', 'ticket.opened says new');
select matches(message_id, '^msg_[A-Za-z0-9_-]{27}$', 'the id is msg_ and 27 url-safe characters') from kentongan.notification limit 1;
select is((select count(distinct message_id) from kentongan.notification), (select count(*) from kentongan.notification), 'each its own');
rollback to plain;

insert into kentongan.site (code, name, kind)
select 'site-with-a-code-of-sixty-characters-that-is-as-long-as-' || n, repeat('n', 60), 'village' from generate_series(1000, 1299) n;
select t.report('33.14.01', '33.14.01', 0, null, (select array_agg(code::text) from kentongan.site where code like 'site-%'));
select is((select data -> 'affected' ->> 'count' from kentongan.notification where type = 'ticket.offered'), '300', '300 affected are counted');
select is((select jsonb_array_length(data -> 'affected' -> 'sites') from kentongan.notification where type = 'ticket.offered'), 50, '50 are listed');
select cmp_ok((select max(length(data::text)) from kentongan.notification), '<', 18000, 'the message stays below 20 kB');
select * from finish();
rollback;
