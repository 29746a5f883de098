-- SPDX-License-Identifier: ISC
-- The cause of an outage: what is guessed when it opens, what is believed since, what is proven when it is over.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');

-- A report with a cause: who, whose fault, first miss, first good probe, now, cause.
create function pg_temp.said(site text, root text, bad_s numeric, good_s numeric, now_s numeric, cause jsonb) returns text
language sql as $$
    select outcome from kentongan.fault_report(site, root, t.at(bad_s - 30), t.at(bad_s), t.at(bad_s + 20), t.at(good_s), '{}',
                                               t.at(now_s), null, null, cause)
$$;
create function pg_temp.cause() returns jsonb language sql as
    $$ select kentongan.ticket_cause(k) from kentongan.ticket k order by id desc limit 1 $$;
create function pg_temp.guess(cause text, sure numeric) returns jsonb language sql as $$
    select jsonb_build_object('guess', cause, 'confidence', sure, 'proven', null, 'booted_at', null, 'feeder', null,
                              'ranked', jsonb_build_array(jsonb_build_object('cause', cause, 'p', sure)), 'evidence', '[]'::jsonb)
$$;
savepoint plain;

-- The guess at opening.
select is(pg_temp.said('33.14.03', '33.14.03', 0, null, 20, '{"guess": "link", "confidence": 0.614,
          "ranked": [{"cause": "link", "p": 0.61}, {"cause": "power", "p": 0.3}],
          "evidence": [{"source": "parent", "what": "link-down", "at": "2026-11-24T02:00:02Z", "detail": "port 3"},
                       {"source": "ping", "what": "silent"}]}'), 'opened', 'an outage opens with a guess');
select is(pg_temp.cause(), '{"guess": "link", "confidence": 0.61, "opening": {"guess": "link", "confidence": 0.61}, "proven": null,
          "booted_at": null, "ranked": [{"cause": "link", "p": 0.61}, {"cause": "power", "p": 0.3}]}'::jsonb, 'the ticket has it');
select is((select data -> 'cause' from kentongan.notification where type = 'ticket.opened'),
          '{"guess": "link", "confidence": 0.61, "proven": null,
            "evidence": ["the port towards it went down at 02:00:02Z: port 3", "it does not answer ping at 02:00:20Z"]}'::jsonb, 'and the message says it');
select is((select (cause_guess, cause_confidence) from report.ticket), row('link'::text, 0.61), 'the report reads it');

-- More is known: what was said at opening stays.
select is(pg_temp.said('33.14.03', '33.14.03', 0, null, 25, pg_temp.guess('power', 0.9)), 'unchanged', 'a better guess is no news');
select is(pg_temp.cause() - 'ranked', '{"guess": "power", "confidence": 0.90, "opening": {"guess": "link", "confidence": 0.61},
          "proven": null, "booted_at": null}'::jsonb, 'but it is what is believed');
select is((select cause_guess from report.ticket), 'link', 'what was said at opening stays');
select is(pg_temp.said('33.14.03', '33.14.03', 0, null, 26, '{}'), 'unchanged', 'nothing new is nothing new');
select is(pg_temp.cause() #>> '{guess}', 'power', 'and takes nothing back');
select is(pg_temp.said('33.14.03', '33.14.03', 0, null, 27, null), 'unchanged', 'nor does silence');

-- What is proven, once.
select is(pg_temp.said('33.14.03', '33.14.03', 0, 600, 605, '{"proven": "power", "booted_at": "2026-11-24T02:09:30Z",
          "evidence": [{"source": "boot", "what": "within-outage", "at": "2026-11-24T02:09:30Z"}]}'), 'restored', 'it is back');
select is(pg_temp.cause() - 'ranked', '{"guess": "power", "confidence": 0.90, "opening": {"guess": "link", "confidence": 0.61},
          "proven": "power", "booted_at": "2026-11-24T02:09:30.000000Z"}'::jsonb, 'and the cause is proven');
select is((select (cause_guess, cause_proven) from report.resolution), row('link'::text, 'power'::text), 'both are in the report');
select is((select (cause_guess, cause_proven, booted) from report.outage),
          row('link'::text, 'power'::text, t.at(570)), 'of the outage, too');
select is(t.events(), 'open link.back prove', 'the log says so');
select is((select detail from kentongan.ticket_event where action = 'prove'),
          jsonb_build_object('proven', 'power', 'booted_at', kentongan.wall_text(t.at(570))), 'with what was found');
create temp table before as select t.sum() as sum;
select is(pg_temp.said('33.14.03', '33.14.03', 0, 600, 606, '{"proven": "power"}'), 'unchanged', 'said twice');
select is(pg_temp.said('33.14.03', '33.14.03', 0, 600, 607, '{"proven": "link", "guess": "link", "confidence": 0.2}'), 'unchanged',
          'said otherwise, and a guess that is too late');
select is(t.sum(), (select sum from before), 'nothing changes');
select is(t.heal(1000), 1::bigint, 'it stays up');
select is((select data #> '{cause,proven}' from kentongan.notification where type = 'ticket.restored' limit 1), '"power"'::jsonb,
          'whoever hears that it is restored hears why it was cut off');
drop table before;
rollback to plain;

-- unproven is a verdict that may be mended, by a reply that came later.
select pg_temp.said('33.14.03', '33.14.03', 0, null, 20, pg_temp.guess('link', 0.5));
select pg_temp.said('33.14.03', '33.14.03', 0, 600, 605, '{"proven": "unproven"}');
select is(pg_temp.cause() #>> '{proven}', 'unproven', 'nothing could be shown');
select t.heal(1000);
select pg_temp.said('33.14.03', '33.14.03', 0, 600, 1010, '{"proven": "link"}');
select is(pg_temp.cause() #>> '{proven}', 'link', 'now it can');
select is(t.events(), 'open link.back prove restore prove', 'even after the ticket is restored');
select pg_temp.said('33.14.03', '33.14.03', 0, 600, 1020, '{"proven": "unproven"}');
select is(pg_temp.cause() #>> '{proven}', 'link', 'but what is proven stays so');
rollback to plain;

-- A ticket of several outages: what most of the time was lost by.
select pg_temp.said('33.14.03', '33.14.03', 0, 600, 605, pg_temp.guess('link', 0.5) || '{"proven": "link"}');
select is((select (cause_guess, cause_proven) from report.ticket), row('link'::text, 'link'::text), 'all in one report');
select pg_temp.said('33.14.03', '33.14.03', 620, 640, 645, pg_temp.guess('device', 0.7) || '{"proven": "device"}');
select is((select (cause_guess, cause_proven) from report.ticket), row('link'::text, 'link'::text), 'a reboot after it is not why');
select is(pg_temp.cause() #>> '{guess}', 'device', 'though it is the last that was believed');
select pg_temp.said('33.14.03', '33.14.03', 700, 4000, 4005, '{"proven": "unproven"}');
select is((select cause_proven from report.ticket), 'link', 'what is proven goes before what is not');
select pg_temp.said('33.14.03', '33.14.03', 4100, 8000, 8005, '{"proven": "power"}');
select is((select cause_proven from report.ticket), 'power', 'the longest counts');
rollback to plain;

-- The guess comes after the ticket; the outage changes its root before it has one.
select is(t.report('33.14.03', '33.14.03', 0), 'opened', 'a ticket without a guess');
select is(pg_temp.cause(), '{"guess": null, "confidence": null, "opening": null, "proven": null, "booted_at": null, "ranked": null}'::jsonb,
          'of which nothing is believed');
select pg_temp.said('33.14.03', '33.14.03', 0, null, 21, pg_temp.guess('device', 0.4));
select is((select cause_guess from report.ticket), 'device', 'the first guess is the one at opening, even a second later');
select is(pg_temp.said('33.14.01.2001', '33.14.01', 0, null, 20, pg_temp.guess('upstream', 0.95)), 'recorded', 'a village behind a relay');
select is(pg_temp.said('33.14.01.2001', '33.14.01.2001', 0, null, 200, pg_temp.guess('link', 0.7)), 'opened', 'that turns out to be the root');
select is((select cause_guess from report.ticket where site = '33.14.01.2001'), 'link', 'the ticket says what was believed when it opened');
rollback to plain;

-- An affected site's own proof is its own.
select t.report('33.14.01', '33.14.01', 0, null, array['33.14.01.2001']);
select pg_temp.said('33.14.01.2001', '33.14.01', 2, 600, 605, '{"proven": "power", "feeder": "SGN-04"}');
select is((select cause_proven from report.ticket), null, 'an affected site proves nothing of the ticket');
select is((select (cause_proven::text, feeder) from report.outage where site = '33.14.01.2001'), row('power'::text, null::text),
          'of itself it does, and it is no part of a feeder''s loss');
rollback to plain;

-- What cannot be.
select is(t.try($$select pg_temp.said('33.14.03', '33.14.03', 0, null, 20, '{"guess": "gremlins"}')$$), '23514', 'a cause that is none');
select is(t.try($$select pg_temp.said('33.14.03', '33.14.03', 0, null, 20, '{"guess": "link", "ranked": {"cause": "link"}}')$$), '23514',
          'a ranking that is none');
select pg_temp.said('33.14.03', '33.14.03', 0, null, 20, '{"guess": "link", "confidence": 7, "evidence": [
    {"source": "ups", "what": "on-battery", "at": "2026-11-24T01:59:58Z", "detail": "  a \n\u0007 b  "}]}');
select is(pg_temp.cause() -> 'confidence', '1.00', 'a certainty beyond certainty is one');
select is(kentongan.ticket_evidence(k), '["the UPS went to battery at 01:59:58Z: a b"]'::jsonb, 'a detail is one line') from kentongan.ticket k;
select pg_temp.said('33.14.03', '33.14.03', 0, null, 20, jsonb_build_object('evidence', jsonb_build_array(
    jsonb_build_object('source', 'reading', 'what', 'voltage-falling', 'detail', repeat('é', 1000)))));
select is((select max(length(detail)) from kentongan.outage_evidence), 200, 'and a short one');
-- Traps are many; they crowd nothing out.
select pg_temp.said('33.14.03', '33.14.03', 0, null, 30, jsonb_build_object('evidence', (
    select jsonb_agg(jsonb_build_object('source', 'trap', 'what', 'linkDown', 'at', t.at(s))) from generate_series(-100, 100) s)));
select is((select count(*) from kentongan.outage_evidence), 18::bigint, 'sixteen of a source are kept');
select pg_temp.said('33.14.03', '33.14.03', 0, 600, 601, '{"proven": "power", "evidence": [{"source": "boot", "what": "within-outage",
    "at": "2026-11-24T02:09:00Z"}]}');
select is((select (count(*) filter (where source <> 'trap'), count(*)) from kentongan.ticket k, kentongan.ticket_evidence_rows(k)),
          row(3::bigint, 16::bigint), 'what was weighed is told before what was heard');
rollback to plain;

-- Nobody reports from the field what only the engine can see.
select t.report('33.14.03', '33.14.03', 0);
select t.act('accept', 50);
select is(t.try($$select t.act('claim', 60, '{"cause": "agent", "action": "none"}')$$), 'KT422', 'an agent that fell silent is no cause of people');
select ok(not kentongan.ticket_page(id, null, t.at(60)) -> 'causes' ? 'agent', 'nor does the page offer it') from kentongan.ticket;

rollback to plain;

-- How often the guess and the people were right.
create function pg_temp.over(site text, bad_s numeric, guess text, proven text, reported text default null) returns void
language plpgsql as $$
begin
    perform pg_temp.said(site, site, bad_s, bad_s + 60, bad_s + 65, pg_temp.guess(guess, 0.8) || jsonb_build_object('proven', proven));
    perform t.heal(bad_s + 600);
    if reported is not null then
        perform t.act('close', bad_s + 700, jsonb_build_object('cause', reported, 'action', 'none'));
    end if;
end $$;
select is(kentongan.report_agreement(t.at(0), t.at(1)), '{"tickets": 0, "proven": 0, "unproven": 0, "rows": [], "differences": [],
    "guess": {"n": 0, "agree": 0, "share": null}, "reported": {"n": 0, "agree": 0, "share": null}}'::jsonb, 'nothing happened');
select pg_temp.over('33.14.03', 1000, 'power', 'power', 'ups');
select pg_temp.over('33.14.03', 3000, 'link', 'power', 'antenna');
select pg_temp.over('33.14.03', 5000, 'link', 'power', 'lightning');
select pg_temp.over('33.14.03', 7000, 'link', 'link');
select pg_temp.over('33.14.03', 9000, 'agent', 'agent', 'config');
select pg_temp.over('33.14.03', 11000, 'link', 'unproven', 'link');
select is(kentongan.report_agreement(t.at(0), t.at(20000)), '{"tickets": 6, "proven": 5, "unproven": 1,
    "guess": {"n": 5, "agree": 3, "share": 0.6}, "reported": {"n": 3, "agree": 2, "share": 0.666667},
    "rows": [{"proven": "power", "n": 3, "guess_n": 3, "guess_agree": 1, "reported_n": 2, "reported_agree": 1},
             {"proven": "agent", "n": 1, "guess_n": 1, "guess_agree": 1, "reported_n": 1, "reported_agree": 1},
             {"proven": "link", "n": 1, "guess_n": 1, "guess_agree": 1, "reported_n": 0, "reported_agree": 0}],
    "differences": [{"by": "guess", "said": "link", "proven": "power", "n": 2},
                    {"by": "reported", "said": "antenna", "proven": "power", "n": 1}]}'::jsonb, 'counted by hand');
select is(kentongan.report_month('2026-11', 'site', t.at(20000))::jsonb -> 'cause_agreement',
          kentongan.report_agreement(t.at(0), t.at(20000)), 'the monthly report has it');
select is((select count(*) from kentongan.ticket_event where action = 'prove'), 6::bigint, 'each was proven once');
select is((select json_agg(r ->> 'group')::jsonb from json_array_elements(kentongan.report_month('2026-11', 'cause', t.at(20000)) -> 'rows') r),
          '["power", "link", "agent", "total"]', 'what is unproven counts by what was reported');
select is((select string_agg(cause || '=' || coalesce(kentongan.cause_agrees(cause, 'power')::text, '-'), ' ' order by ordinal)
             from kentongan.cause_code where is_reported),
          'power=true upstream=false link=false antenna=false cable=false fibre=false psu=true ups=true device=false config=false '
          'lightning=- vandalism=- planned=- unknown=-', 'which reports agree with power');
rollback to plain;

-- What a daemon that starts begins its guesses with: the site's own outages of the last year that were proven.
select pg_temp.said('33.14.03', '33.14.03', 1000, 1060, 1065, '{"proven": "power"}');
select pg_temp.said('33.14.03', '33.14.03', 3000, 3060, 3065, '{"proven": "link"}');
select pg_temp.said('33.14.03', '33.14.03', 5000, 5060, 5065, '{"proven": "link"}');
select pg_temp.said('33.14.03', '33.14.03', 7000, 7060, 7065, '{"proven": "unproven"}');
select pg_temp.said('33.14.01', '33.14.01', 9000, 9600, 9606, '{"proven": "device"}');
select pg_temp.said('33.14.01.2001', '33.14.01', 9000, 9600, 9605, '{"proven": "power"}');
select is(kentongan.cause_load(t.at(20000)), '[{"site": "33.14.01", "power": 0, "link": 0, "device": 1, "agent": 0, "vitals": null},
                                               {"site": "33.14.03", "power": 1, "link": 2, "device": 0, "agent": 0, "vitals": null}]'::jsonb,
          'what was proven, and of none that was another''s');
update kentongan.outage set feeder = 'A' where site = '33.14.03' and cause_proven = 'power';
select is(kentongan.cause_load(t.at(20000)) -> 1, '{"site": "33.14.03", "power": 0, "link": 2, "device": 0, "agent": 0, "vitals": null}'::jsonb,
          'a feeder''s loss is no habit of the site');
select is(kentongan.cause_load(t.at(20000) + interval '366 days'), '[]'::jsonb, 'what was longer ago is past');
rollback to plain;

-- What the clocks showed before an outage stays with it, the first word of it, for a daemon that starts while it lasts.
select pg_temp.said('33.14.03', '33.14.03', 1000, null, 1005,
                    '{"guess": "power", "vitals": {"at": "2026-11-24T01:00:00Z", "uptime_ticks": 4711, "engine_time_s": null}}');
select pg_temp.said('33.14.03', '33.14.03', 1000, null, 1006, '{"vitals": {"at": "2026-11-24T01:30:00Z", "uptime_ticks": 1}}');
select is(kentongan.cause_load(t.at(20000)), jsonb_build_array(jsonb_build_object('site', '33.14.03',
          'vitals', jsonb_build_object('at', kentongan.wall_text('2026-11-24T01:00:00Z'), 'uptime_ticks', 4711, 'engine_time_s', null))),
          'the first vitals stay');
select throws_ok($q$ select pg_temp.said('33.14.01', '33.14.01', 1000, null, 1006, '{"vitals": {"at": "soon"}}') $q$, '22007', null, 'an instant it is');
select pg_temp.said('33.14.03', '33.14.03', 1000, 1600, 1605, '{"proven": "link"}');
select is(kentongan.cause_load(t.at(20000)), '[{"site": "33.14.03", "power": 0, "link": 1, "device": 0, "agent": 0, "vitals": null}]'::jsonb,
          'and go with it');
select pg_temp.said('33.14.03', '33.14.03', 3000, null, 3005, '{"guess": "power", "evidence":
                    [{"source": "history", "what": "earlier-outages", "at": "2026-11-24T02:50:05Z", "detail": "link 7, power 2"}]}');
select is(kentongan.ticket_evidence(t) ->> 0, 'what its earlier outages were at 02:50:05Z: link 7, power 2', 'what they were is evidence of the next')
  from kentongan.ticket t where t.root = '33.14.03' and t.state = 'new';
select is(kentongan.evidence_told('history', 'nothing-known'), 'nothing-known history', 'what has no sentence is told all the same');
rollback to plain;

-- Whose failure it was: a village behind a relay without power lost nothing of the network's.
insert into kentongan.site_state (site, state, since, at, watched_since)
select s, 'up', t.at(-1000), t.at(-1000), t.at(-1000) from unnest(array['33.14.01', '33.14.01.2001']) s;
select t.report('33.14.01', '33.14.01', 0, null, array['33.14.01.2001']);
select pg_temp.said('33.14.01.2001', '33.14.01', 0, 600, 605, '{"proven": "upstream"}');
select pg_temp.said('33.14.01', '33.14.01', 0, 600, 606, '{"proven": "power"}');
select is((select array_agg((site, cause, is_network)::text order by site) from kentongan.site_downtime(t.at(-100), t.at(1000))),
          '{"(33.14.01,power,f)","(33.14.01.2001,power,f)"}', 'the power company''s time is not the network''s');
rollback to plain;
insert into kentongan.site_state (site, state, since, at, watched_since) values ('33.14.01', 'up', t.at(-1000), t.at(-1000), t.at(-1000));
select pg_temp.said('33.14.01', '33.14.01', 0, 600, 606, '{"proven": "link"}');
select is((select array_agg((site, cause, is_network)::text) from kentongan.site_downtime(t.at(-100), t.at(1000))), '{"(33.14.01,link,t)"}',
          'a link is');
select * from finish();
rollback;
