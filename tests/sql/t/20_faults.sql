-- SPDX-License-Identifier: ISC
-- fault_report: idempotent, and deaf to the order in which it hears things.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');

-- What a district looks like after the reports, without what depends on their order (ids, event numbers).
create function pg_temp.facts() returns text language sql as $$
    select concat_ws(' | ',
        (select string_agg(format('%s root=%s ticket=%s back=%s', o.site, o.root, k.root, o.restored_at), '; '
                           order by o.site, o.first_bad)
           from kentongan.outage o left join kentongan.ticket k on k.id = o.ticket),
        (select string_agg(format('%s %s restored=%s', k.root, k.state, k.restored_at), '; ' order by k.root)
           from kentongan.ticket k),
        (select string_agg(format('%s cuts %s until %s', k.root, s.site, s.until), '; ' order by k.root, s.site)
           from kentongan.ticket_site s join kentongan.ticket k on k.id = s.ticket))
$$;
-- The outcomes of reports in an order, and the facts after them; everything is undone.
create function pg_temp.told(variadic reports text[]) returns text[] language plpgsql as $$
declare
    one text;
    said text;
    outcomes text := '';
    facts text;
begin
    begin
        foreach one in array reports loop
            execute 'select ' || one into said;
            outcomes := outcomes || ' ' || said;
        end loop;
        facts := pg_temp.facts();
        raise exception using errcode = 'TRY00';
    exception when sqlstate 'TRY00' then null;
    end;
    return array[trim(outcomes), facts];
end $$;

\set root_down  't.report(''33.14.01'', ''33.14.01'', 0, null, array[''33.14.01.2001''])'
\set child_down 't.report(''33.14.01.2001'', ''33.14.01'', 2)'
\set other_down 't.report(''33.14.01.2002'', ''33.14.01'', 3)'
\set root_up    't.report(''33.14.01'', ''33.14.01'', 0, 600, array[''33.14.01.2001''])'
\set child_up   't.report(''33.14.01.2001'', ''33.14.01'', 2, 602)'
\set other_up   't.report(''33.14.01.2002'', ''33.14.01'', 3, 603)'

select is((pg_temp.told(:'root_down', :'child_down', :'other_down'))[1], 'opened attached attached',
          'the root opens, the others are attached');
select is((pg_temp.told(:'child_down', :'other_down', :'root_down'))[1], 'recorded recorded opened',
          'the others are recorded, the root opens');
select is((pg_temp.told(:'child_down', :'other_down', :'root_down'))[2], (pg_temp.told(:'root_down', :'child_down', :'other_down'))[2],
          'affected before root and root before affected end in the same');
select is((pg_temp.told(:'root_down', :'root_down', :'child_down', :'child_down', :'root_down'))[1],
          'opened unchanged attached unchanged unchanged', 'a repetition changes nothing');
select is((pg_temp.told(:'child_down', :'child_down'))[1], 'recorded unchanged', 'nor does one that waits for its root');

select is((pg_temp.told(:'root_down', :'child_down', :'other_down', :'root_up', :'child_up', :'other_up'))[1],
          'opened attached attached restored restored restored', 'all of them come back');
select is((pg_temp.told(:'root_down', :'child_down', :'other_down', :'root_up', :'child_up', :'other_up'))[2],
          '33.14.01 root=33.14.01 ticket=33.14.01 back=2026-11-24 02:10:00+00; '
          '33.14.01.2001 root=33.14.01 ticket=33.14.01 back=2026-11-24 02:10:02+00; '
          '33.14.01.2002 root=33.14.01 ticket=33.14.01 back=2026-11-24 02:10:03+00 | '
          '33.14.01 offered restored= | '
          '33.14.01 cuts 33.14.01.2001 until 2026-11-24 02:10:02+00; 33.14.01 cuts 33.14.01.2002 until 2026-11-24 02:10:03+00', 'with their own times');

-- Restoration heard first (the reports of the outage were lost, or come late), in every order of five.
create temp table reports (n int, one text);
insert into reports values (1, :'root_down'), (2, :'child_down'), (3, :'other_down'), (4, :'root_up'), (5, :'child_up');
create function pg_temp.every_order() returns setof text[] language sql as $$
    with recursive p as (
        select array[one] as said, array[n] as used from reports
        union all
        select p.said || r.one, p.used || r.n from p join reports r on r.n <> all(p.used))
    select said from p where cardinality(used) = 5
$$;
select is((select count(*)::int from pg_temp.every_order()), 120, 'five reports have 120 orders');
select is((select count(distinct (pg_temp.told(variadic said))[2])::int from pg_temp.every_order() said), 1,
          'all 120 orders end in the same facts');
select is((pg_temp.told(:'root_up', :'root_down'))[1], 'restored unchanged', 'a late outage report changes nothing');
select is((pg_temp.told(:'root_up', :'root_up', :'child_up', :'child_up'))[1], 'restored unchanged restored unchanged',
          'late duplicates change nothing');

-- The events of the plain case, and of the reversed one.
savepoint plain;
select t.report('33.14.01', '33.14.01', 0, null, array['33.14.01.2001', '33.14.01', 'nowhere']);
select t.report('33.14.01.2001', '33.14.01', 2);
select t.report('33.14.01.2002', '33.14.01', 3);
select t.report('33.14.01.2002', '33.14.01', 3);
select is(t.events(), 'open offer join', 'one join for the site that the root''s report had not named');
select is((select array_agg(site::text) from kentongan.ticket_site), '{33.14.01.2001,33.14.01.2002}',
          'affected are the sites behind the root, not the root, not what is no site');
select t.report('33.14.01', '33.14.01', 0, null, array['33.14.01.2001', '33.14.01.2002', '33.14.01.2003']);
select is(t.events(), 'open offer join join', 'what the root''s report names later joins too');
select is((select detail -> 'sites' from kentongan.ticket_event where n = 4), '["33.14.01.2003"]', 'and only that');
select is((select (opened_at, detected, first_bad, last_good) from kentongan.ticket),
          (select (t.at(20), t.at(20), t.at(0), t.at(-30))), 'the ticket has the outage''s instants');
rollback to plain;

-- One root, two tickets never; the same outage never opens a second one.
select t.report('33.14.01', '33.14.01', 0);
select t.act('accept', 50, '{}', 'ct1');
select is(t.report('33.14.01', '33.14.01', 0, 100), 'restored', 'the link is back while somebody is at work');
select is(t.state(), 'accepted', 'he keeps the ticket');
select is(t.events(), 'open offer accept link.back', 'and the log says that it is back');
select is(t.report('33.14.01', '33.14.01', 0, 100), 'unchanged', 'said twice, logged once');
select is(t.report('33.14.01', '33.14.01', 200), 'joined', 'it goes down again: the open ticket takes it');
select is(t.events(), 'open offer accept link.back link.down', 'and the log says so');
select t.act('claim', 250, '{"cause": "power", "action": "none"}', 'ct1');
select is(t.state(), 'claimed', 'a claim while one outage lasts is to be verified');
select is(t.report('33.14.01', '33.14.01', 200, 300), 'restored', 'it comes back');
select is(t.state(), 'claimed', 'the claim is still to be proven');
select is(t.settle(true, 305, 480), 'restored', 'and is');
select is((select (state, restored_at) from kentongan.ticket), (select ('restored'::text, t.at(300))),
          'the ticket is restored as of the last first good probe');
select is(t.report('33.14.01', '33.14.01', 400), 'opened', 'a new outage behind a restored ticket opens a new one');
select is((select count(*)::int from kentongan.ticket), 2, 'two tickets');
select is((select count(*)::int from kentongan.ticket k join kentongan.ticket_state s using (state) where s.is_open), 1,
          'one of them open');
select t.act('cancel', 450);
select is(t.report('33.14.01', '33.14.01', 400), 'unchanged', 'an outage whose ticket was cancelled opens no other');
select is((select count(*)::int from kentongan.ticket), 2, 'still two tickets');
select is(t.report('33.14.01', '33.14.01', 400, 500), 'restored', 'its end is recorded');
select is(t.state(), 'cancelled', 'and the ticket stays cancelled');
rollback to plain;

-- The parent came back and the child did not: it becomes its own root, once.
select t.report('33.14.01', '33.14.01', 0, null, array['33.14.01.2001']);
select t.report('33.14.01.2001', '33.14.01', 2);
select t.report('33.14.01', '33.14.01', 0, 100);
select is(t.report('33.14.01.2001', '33.14.01.2001', 2, null, '{}', 130), 'opened', 're-rooted to itself it opens its own');
select is(t.heal(280), 1::bigint, 'the parent stayed up');
select is((select array_agg(root || ' ' || state order by id) from kentongan.ticket), '{33.14.01 restored,33.14.01.2001 offered}',
          'the parent''s ticket is restored, the child''s is offered');
select is((select (root::text, (select k.root::text from kentongan.ticket k where k.id = o.ticket)) from kentongan.outage o
            where site = '33.14.01.2001'), ('33.14.01.2001'::text, '33.14.01.2001'::text), 'the outage is the child''s');
select is(t.report('33.14.01.2001', '33.14.01', 2), 'unchanged', 'and stays so, whoever is blamed again');
select is(t.report('33.14.01.2001', '33.14.01', 2, 200), 'restored', 'its end counts, whoever is blamed');
select is(t.heal(380), 1::bigint, 'and lets the child''s ticket heal');
select is(t.state(), 'restored', 'which is restored');
rollback to plain;

select t.report('33.14.01.2003', '33.14.01', 2);
select is(t.report('33.14.01.2003', '33.14.02', 2), 'recorded', 'blame may move as long as there is no ticket');
select is((select root::text from kentongan.outage), '33.14.02', 'and is kept');
select is(t.report('33.14.02', '33.14.02', 1), 'opened', 'its root reports');
select is((select array_agg(site::text) from kentongan.ticket_site), '{33.14.01.2003}', 'and has it');
select is(t.report('33.14.01.2003', '33.14.01', 2), 'unchanged', 'with a ticket, blame stays');
rollback to plain;

select t.report('33.14.01.2001', '33.14.01', 0, 50);
select t.report('33.14.01', '33.14.01', 5000);
select is((select count(*)::int from kentongan.outage where ticket is null), 1,
          'an outage that was over before the root''s began is not attached to it');
rollback to plain;

select t.report('33.14.01', '33.14.01', 0);
select t.report('33.14.01.2001', '33.14.01', 2);
select t.report('33.14.01', '33.14.01', 0, 100);
select t.act('cancel', 110) where t.state() <> 'restored';
select is(t.report('33.14.01', '33.14.01', 5000), 'opened', 'the root goes down anew while a site behind it never came back');
select is((select ticket from kentongan.outage where site = '33.14.01.2001'), (select min(id) from kentongan.ticket),
          'the site''s outage keeps the ticket that it has');
rollback to plain;

-- An outage whose end was never reported ends with the next of the same site, until its own end is heard.
select t.report('33.14.03', '33.14.03', 0);
select t.act('accept', 30);
select t.report('33.14.03', '33.14.03', 100);
select t.report('33.14.03', '33.14.03', 100, 200);
select results_eq($$select first_bad, restored_at, restored_inferred from kentongan.outage order by first_bad$$,
                  $$values (t.at(0), t.at(200), true), (t.at(100), t.at(200), false)$$, 'the forgotten one is over too');
select is(t.report('33.14.03', '33.14.03', 0), 'unchanged', 'its repetition changes nothing');
select is(t.report('33.14.03', '33.14.03', 0, 60), 'restored', 'its own end, heard late, replaces the inferred one');
select is((select (restored_at, restored_inferred) from kentongan.outage where first_bad = t.at(0)),
          (select (t.at(60), false)), 'and is measured');
rollback to plain;

-- Two daemons measure one silence, the second to notice dies: whoever is left ends both, and the ticket's root is back.
select t.report('33.14.03', '33.14.03', 0);
select is(t.report('33.14.03', '33.14.03', 0.4), 'joined', 'the same silence, measured by another, joins the ticket');
select t.report('33.14.03', '33.14.03', 0, 60);
select results_eq($$select first_bad, restored_at, restored_inferred from kentongan.outage order by first_bad$$,
                  $$values (t.at(0), t.at(60), false), (t.at(0.4), t.at(60), true)$$, 'both are over');
select is(t.heal(300), 1::bigint, 'and the ticket is restored');
rollback to plain;
select t.report('33.14.03', '33.14.03', 0);
select t.report('33.14.03', '33.14.03', 100);
select t.report('33.14.03', '33.14.03', 0, 60);
select is((select restored_at from kentongan.outage where first_bad = t.at(100)), null, 'an outage that began later goes on');
rollback to plain;

-- A clock that stepped back meanwhile.
select is((select outcome from kentongan.fault_report('33.14.03', '33.14.03', t.at(10), t.at(0), t.at(5), t.at(-3600), '{}', t.at(20))),
          'restored', 'an end before its start is taken');
select is((select (last_good, restored_at) from kentongan.outage), (select (t.at(0), t.at(0))), 'as of the start');
rollback to plain;

select throws_ok($$select t.report('nowhere', 'nowhere', 0)$$, 'KT404', 'There is no site nowhere. `kentongan sites` lists them.');
select throws_ok($$select t.report('33.14.03', 'nowhere', 0)$$, 'KT404');

-- Whether it answers pings: evidence, by itself no news, and never forgotten for want of a word.
select is((select outcome from kentongan.fault_report('33.14.03', '33.14.03', t.at(-30), t.at(0), t.at(20), null, '{}', t.at(20), true)),
          'opened', 'a mute agent is an outage');
select is((select answers_ping from report.outage), true, 'that answers pings');
select t.report('33.14.03', '33.14.03', 0);
select is((select answers_ping from report.outage), true, 'which nobody denies by saying nothing');
select is((select outcome from kentongan.fault_report('33.14.03', '33.14.03', t.at(-30), t.at(0), t.at(20), null, '{}', t.at(20), false)),
          'unchanged', 'the device has gone silent altogether');
select is((select answers_ping from report.outage), false, 'the last word counts');
rollback to plain;

-- What the router said about the time of its silence: kept once, told with the ticket, no reason for anything.
create function pg_temp.said(bad_s numeric, evidence jsonb) returns text language sql as $$
    select outcome from kentongan.fault_report('33.14.03', '33.14.03', t.at(bad_s - 30), t.at(bad_s), t.at(bad_s + 20), null, '{}',
                                               t.at(bad_s + 20), true, evidence)
$$;
create function pg_temp.trap(what text, s numeric) returns jsonb language sql as
    $$ select jsonb_build_object('source', 'trap', 'what', what, 'at', t.at(s)) $$;
select is(pg_temp.said(0, jsonb_build_array(pg_temp.trap('linkDown', 3.5), pg_temp.trap('power-lost', -2))), 'opened', 'an outage with evidence');
select is((select data #> '{cause,evidence}' from kentongan.notification where type = 'ticket.opened'),
          '["it said that the mains failed at 01:59:58Z", "it said that a port went down at 02:00:03Z", "it answers ping, not SNMP"]'::jsonb, 'is told with it, by time');
select is((select data #> '{cause,guess}' from kentongan.notification where type = 'ticket.opened'), 'null'::jsonb, 'and nothing is guessed of it');
select is(pg_temp.said(0, jsonb_build_array(pg_temp.trap('linkDown', 3.5), pg_temp.trap('power-lost', -2), pg_temp.trap('coldStart', 40))), 'unchanged',
          'more of it is no news');
select is((select count(*) from kentongan.outage_evidence), 3::bigint, 'but kept, and nothing twice');
select is(kentongan.ticket_evidence(t) -> 2, '"it started again at 02:00:40Z"'::jsonb, 'as the ticket says from then on') from kentongan.ticket t;
select pg_temp.said(0, (select jsonb_agg(pg_temp.trap('linkUp', s)) from generate_series(50, 80) s));
select is((select count(*) from kentongan.outage_evidence), 16::bigint, 'sixteen pieces are kept');
select is((select max(at) from kentongan.outage_evidence), t.at(62), 'the first ones');
select is((select jsonb_array_length(kentongan.ticket_evidence(t)) from kentongan.ticket t), 16, 'and sixteen are told');
select is(t.try($$select pg_temp.said(500, jsonb_build_array(pg_temp.trap('<b>', 5)))$$), '23514', 'a word that is none is refused');
select is(t.try($$select pg_temp.said(500, '[{"source": "rumour", "what": "linkDown", "at": "2026-11-24T02:00:00Z"}]')$$), '23514', 'and so is hearsay');
rollback to plain;
select is((select count(*) from kentongan.outage_evidence), 0::bigint, 'another''s evidence');
select kentongan.fault_report('33.14.03', '33.14.03', null, t.at(0), t.at(20), null, '{}', t.at(20));
select is(kentongan.ticket_evidence(t), '[]'::jsonb, 'without any there is an empty list') from kentongan.ticket t;
rollback to plain;

-- What is believed of sites.
select is(kentongan.state_report('[{"site": "33.14", "state": "up", "since": "2026-11-24T02:00:00Z"},
    {"site": "nowhere", "state": "up", "since": "2026-11-24T02:00:00Z"}]', t.at(1)), 1::bigint, 'what is no site is passed over');
select is(kentongan.state_report('[{"site": "33.14", "state": "down", "since": "2026-11-24T02:01:00Z"}]', t.at(61)), 1::bigint, 'the last word counts');
select is((select (state, since, at) from kentongan.site_state), (select ('down'::text, t.at(60), t.at(61))), 'with its instants');
select kentongan.state_report('[{"site": "33.14", "state": "up"}]', t.at(70));
select kentongan.state_report('[{"site": "33.14", "state": "up", "since": null}]', t.at(80));
select is((select (since, at) from kentongan.site_state), (select (t.at(70), t.at(80))), 'not known since when: since it was first said');
select is(t.try($$select kentongan.state_report('[{"site": "33.14", "state": "asleep", "since": "2026-11-24T02:01:00Z"}]', t.at(61))$$),
          '23514', 'a state that is none is refused');
select * from finish();
rollback;
