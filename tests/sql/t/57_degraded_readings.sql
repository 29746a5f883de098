-- SPDX-License-Identifier: ISC
-- Round trips and readings that are degraded: whose they are, what is said of them, and how a claim is proven by them.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create function pg_temp.gw(site text) returns int language sql as
    $$ select id from kentongan.device d where d.site = $1 and role = 'gateway' $$;
create function pg_temp.says(site text, measure text, instance text, figure float8, since_s numeric, until_s numeric, now_s numeric,
                             bad_s numeric default null) returns bigint language sql as $$
    select kentongan.condition_report(jsonb_build_array(jsonb_build_object('site', $1, 'kind', 'degraded', 'device', pg_temp.gw($1),
        'measure', $2, 'instance', $3, 'unit', case $2 when 'rtt' then 'ms' else 'dBm' end, 'since', t.at($5), 'until', t.at($6),
        'bad_since', t.at($8), 'figure', $4, 'floor', case $2 when 'rtt' then 500 else -82 end, 'needs', case $2 when 'rtt' then 375 else -75 end,
        'below', $2 <> 'rtt')), t.at($7))
$$;
create function pg_temp.reads(site text, at_s numeric, dbm float8, instance text default 'wlan1') returns bigint language sql as $$
    select kentongan.readings_put(jsonb_build_array(jsonb_build_object('device', pg_temp.gw($1), 'at', t.at($2), 'profile', 'mikrotik',
        'readings', jsonb_build_array(jsonb_build_object('metric', 'signal', 'instance', $4, 'value', $3, 'unit', 'dBm', 'word', null,
                                                         'text', null, 'status', 'ok', 'health', 'crit')))))
$$;
create function pg_temp.tickets() returns text language sql as $$
    select string_agg(format('%s %s %s', root, kind, state), ', ' order by id) from kentongan.ticket
$$;
create function pg_temp.evidence() returns text language sql as $$
    select string_agg(e, '; ') from kentongan.ticket k, jsonb_array_elements_text(kentongan.ticket_evidence(k)) e
$$;

savepoint plain;
select is(pg_temp.says('33.14.02', 'signal', 'wlan1', -84, 0, null, 900), 1::bigint, 'a signal is too weak');
select is(pg_temp.tickets(), '33.14.02 degraded offered', 'that is a ticket');
select is(pg_temp.evidence(), 'signal wlan1 -84.0 dBm since 2026-11-24 02:00Z, limit -82 dBm', 'with figures');
select is((select priority from kentongan.ticket), 3, 'of the least impact there is');
select is(kentongan.site_conditions('33.14.02') #>> '{0,told}', 'signal wlan1 -84.0 dBm, limit -82 dBm', 'the site says so, too');
select is(kentongan.ticket_measures(k) #- '{0,since}', '[{"site": "33.14.02", "device": "gw", "measure": "signal", "instance": "wlan1", "unit": "dBm", "figure": -84.0,
          "floor": -82, "needs": -75, "below": true, "usual": null, "until": null}]', 'and programs get the figures') from kentongan.ticket k;
select is(pg_temp.says('33.14.02', 'signal', 'wlan2', -90, 300, null, 1200), 1::bigint, 'that of another radio, too');
select is(pg_temp.says('33.14.02', 'rtt', '', 900, 300, null, 1200), 1::bigint, 'and it is slow');
select is(pg_temp.tickets(), '33.14.02 degraded offered', 'it is one trouble of that site');
select is(pg_temp.evidence(), 'round trip 900.0 ms since 2026-11-24 02:05Z, limit 500 ms; signal wlan1 -84.0 dBm since 2026-11-24 02:00Z, limit -82 dBm; '
                              'signal wlan2 -90.0 dBm since 2026-11-24 02:05Z, limit -82 dBm', 'that has three figures');
select pg_temp.says('33.14.02', 'signal', 'wlan1', -70, 0, 2000, 3800), pg_temp.says('33.14.02', 'rtt', '', 100, 300, 2100, 3800);
select is(t.heal(90000), 0::bigint, 'two of them are good again');
select is(pg_temp.says('33.14.02', 'signal', 'wlan2', -70, 300, 2400, 90000), 1::bigint, 'the last one is, too');
select is(t.heal(90001), 1::bigint, 'then it is restored');
select is((select restored_at from kentongan.ticket), t.at(2400), 'as of when the last one was good');
select is(jsonb_array_length(kentongan.ticket_evidence(k)), 3, 'and says what was wrong') from kentongan.ticket k;
rollback to plain;

-- A text of a device stays a text.
select pg_temp.says('33.14.02', 'signal', '<b>"%s\', -84, 0, null, 900);
select is(pg_temp.evidence(), 'signal <b>"%s\ -84.0 dBm since 2026-11-24 02:00Z, limit -82 dBm', 'whatever a port is called');
rollback to plain;

select is(kentongan.condition_report(jsonb_build_array(jsonb_build_object('site', '33.14.01.2001', 'kind', 'degraded',
              'device', (select id from kentongan.device where role = 'ups'), 'measure', 'voltage', 'unit', 'V', 'since', t.at(0), 'figure', 10.25,
              'floor', 10.8, 'needs', 11.5, 'below', true)), t.at(900)), 1::bigint, 'a device beside the gateway');
select is(pg_temp.evidence(), 'voltage of ups 10.3 V since 2026-11-24 02:00Z, limit 10.8 V', 'is named');
rollback to plain;

-- What takes long at the relay takes long for all behind it.
select kentongan.history_partition('rollup', t.at(0));
insert into kentongan.rollup (device, slot, sent, lost, rtt_mean_us)
select pg_temp.gw('33.14.01'), t.at(s), 10, 0, 600000 from generate_series(0, 1500, 300) s;
select is(pg_temp.says('33.14.01.2001', 'rtt', '', 900, 0, null, 1800), 1::bigint, 'a village behind a relay that takes 600 ms');
select is(pg_temp.says('33.14.01', 'rtt', '', 600, 0, null, 1801), 1::bigint, 'and the relay itself');
select is(pg_temp.tickets(), '33.14.01 degraded offered', 'are one ticket, the relay''s');
select is((select array_agg(site::text order by site) from kentongan.ticket_site), '{33.14.01.2001}', 'and the village affected');
select is(pg_temp.says('33.14.01.2001', 'signal', 'wlan1', -84, 0, null, 1802), 1::bigint, 'but a signal is everybody''s own');
select is(pg_temp.tickets(), '33.14.01 degraded offered, 33.14.01.2001 degraded offered', 'another fault, another ticket');
rollback to plain;

-- It is found after three bad rounds of eight: that the relay was good before is no excuse.
select kentongan.history_partition('rollup', t.at(-3600)), kentongan.history_partition('rollup', t.at(0));
insert into kentongan.rollup (device, slot, sent, lost, rtt_mean_us)
select pg_temp.gw('33.14.01'), t.at(s), 10, 0, case when s < 0 then 20000 else 900000 end from generate_series(-1500, 600, 300) s;
select pg_temp.says('33.14.01.2001', 'rtt', '', 900, 0, null, 920);
select is(pg_temp.tickets(), '33.14.01 degraded offered', 'a relay that has just become slow');
rollback to plain;

-- By what is usual: a rise is the relay's where its own is half as high, however long its round trips are.
create function pg_temp.hour(p_site text, p_weeks int, p_ms int) returns void language sql as $$
    select kentongan.history_partition('rollup_hour', date_trunc('hour', t.at(0)) - w * interval '168 hours') from generate_series(1, p_weeks) w;
    insert into kentongan.rollup_hour (device, hour, sent, lost, rtt_mean_us)
    select pg_temp.gw(p_site), date_trunc('hour', t.at(0)) - w * interval '168 hours', 100, 0, (p_ms + w) * 1000 from generate_series(1, p_weeks) w
$$;
create function pg_temp.rises(p_ms int) returns text language plpgsql as $$
begin
    perform kentongan.history_partition('rollup', t.at(0));
    insert into kentongan.rollup (device, slot, sent, lost, rtt_mean_us)
    select pg_temp.gw('33.14.01'), t.at(s), 10, 0, p_ms * 1000 from generate_series(0, 1500, 300) s;
    perform kentongan.condition_report(jsonb_build_array(jsonb_build_object('site', '33.14.01.2001', 'kind', 'degraded', 'device', pg_temp.gw('33.14.01.2001'),
        'measure', 'rtt', 'unit', 'ms', 'since', t.at(0), 'figure', 340, 'floor', 240.04, 'needs', 190, 'below', false, 'base', 140)), t.at(1800));
    return pg_temp.tickets();
end $$;
savepoint usual;
select pg_temp.hour('33.14.01', 8, 100);
select is(pg_temp.rises(250), '33.14.01 degraded offered', 'the relay rose by 146 ms, the village by 200');
select is(pg_temp.evidence(), 'round trip 340.0 ms since 2026-11-24 02:00Z, limit 240 ms, usually 140 ms (33.14.01.2001)', 'in words');
rollback to usual;
select pg_temp.hour('33.14.01', 8, 200);
select is(pg_temp.rises(250), '33.14.01.2001 degraded offered', 'the relay rose by 46 ms');
rollback to usual;
select pg_temp.hour('33.14.01', 2, 100);
select is(pg_temp.rises(250), '33.14.01.2001 degraded offered', 'of the relay it is not known what is usual');
rollback to usual;
-- What is usual is read by pages of devices.
select pg_temp.hour('33.14.01', 8, 100), pg_temp.hour('33.14.01.2001', 3, 200), pg_temp.hour('33.14.02', 2, 300);
select kentongan.history_partition('reading_rollup_hour', date_trunc('hour', t.at(0)) - w * interval '168 hours') from generate_series(1, 5) w;
with s as (insert into kentongan.reading_series (device, metric, instance, kind, unit, main, place, seen_on)
           values (pg_temp.gw('33.14.01'), 'signal', 'wlan1', 'gauge', 'dBm', true, 1, '2026-11-24'), (pg_temp.gw('33.14.01'), 'cpu', '', 'gauge', '%', true, 2, '2026-11-24')
           returning id)
insert into kentongan.reading_rollup_hour (hour, series, count, last, mean)
select date_trunc('hour', t.at(0)) - w * interval '168 hours', id, 12, -99, -60 - w from s, generate_series(1, 5) w;
insert into kentongan.reading_rollup_hour (hour, series, count, last, mean) -- of another hour
select date_trunc('hour', t.at(0)) - interval '167 hours', id, 12, -99, -99 from kentongan.reading_series where metric = 'signal';
create function pg_temp.pages(p_most int) returns jsonb language plpgsql as $$
declare
    page jsonb := '{"last": 0}';
    rows jsonb := '[]';
begin
    while page ->> 'last' is not null loop
        page := kentongan.baselines_load((page ->> 'last')::int, p_most, t.at(1800));
        rows := rows || (page -> 'rows');
    end loop;
    return (select jsonb_agg(jsonb_set(r, '{0}', to_jsonb(d.site)) order by d.site, r -> 1) from jsonb_array_elements(rows) r join kentongan.device d on d.id = (r ->> 0)::int);
end $$;
select is(pg_temp.pages(500), '[["33.14.01", "rtt", "", 8, 102.75, 104.5, 106.25], ["33.14.01", "signal", "wlan1", 5, -64, -63, -62],
                               ["33.14.01.2001", "rtt", "", 3, 201.5, 202, 202.5]]'::jsonb, 'three weeks at least, of this hour, of units that are compared');
select is(pg_temp.pages(1), pg_temp.pages(500), 'page by page it is the same');
rollback to plain;

-- A claim is proven by what was read after it.
select pg_temp.says('33.14.02', 'signal', 'wlan1', -84, 0, null, 900), pg_temp.reads('33.14.02', 1500, -84), t.act('accept', 1600, '{}', 'ct1'),
       t.act('claim', 1700, '{"cause": "antenna", "action": "realigned"}', 'ct1');
savepoint claimed;
select is(t.settle(true, 1710, 1900), 'stale', 'nothing can be said before it was read again');
select is((select state from kentongan.ticket), 'claimed', 'and the claim stands');
select is(t.settle(true, 1710, 1700 + 1801), 'unproven', 'but not for ever');
select is((select note from kentongan.ticket_event where action = 'unproven'), 'signal wlan1 was not read since the claim; it needs -75 dBm.', 'in words');
rollback to claimed;
select pg_temp.reads('33.14.02', 1800, -80);
select is(t.settle(true, 1810, 2000), 'unproven', 'better than it was is not good');
select is((select note from kentongan.ticket_event where action = 'unproven'), 'signal wlan1 -80.0 dBm, needs -75 dBm.', 'in words');
select is((select detail ->> 'reason' from kentongan.ticket_event where action = 'unproven'), 'degraded', 'and in a code');
rollback to claimed;
select pg_temp.reads('33.14.02', 1800, null);
select is(t.settle(true, 1810, 2000), 'unproven', 'no value is not good');
select is((select note from kentongan.ticket_event where action = 'unproven'), 'signal wlan1 has no value now; it needs -75 dBm.', 'in words');
rollback to claimed;
select pg_temp.reads('33.14.02', 1800, -60, 'wlan7');
select is(t.settle(true, 1810, 2000), 'restored', 'a radio that is not there any more is not bad');
rollback to claimed;
select pg_temp.reads('33.14.02', 1800, -75);
select is(t.settle(true, 1810, 2000), 'restored', 'good is good');
select is((select restored_at from kentongan.ticket), t.at(1810), 'as of the first good probe of the window');
-- The engine does not know of the proof, and needs six good rounds to be sure.
select is(pg_temp.says('33.14.02', 'signal', 'wlan1', -80, 0, null, 2700), 0::bigint, 'what is told of it while it is in doubt');
select is(pg_temp.tickets(), '33.14.02 degraded restored', 'opens nothing');
select is(pg_temp.says('33.14.02', 'signal', 'wlan1', -84, 0, null, 3600, 1500), 0::bigint, 'nor do bad rounds of before the proof');
savepoint proven;
select is(pg_temp.says('33.14.02', 'signal', 'wlan1', -70, 0, 1900, 3700), 0::bigint, 'good again is no news');
select is(pg_temp.tickets(), '33.14.02 degraded restored', 'for it was proven');
rollback to proven;
select is(pg_temp.says('33.14.02', 'signal', 'wlan1', -84, 0, null, 3600, 2700), 1::bigint, 'bad rounds after it are');
select is(pg_temp.tickets(), '33.14.02 degraded restored, 33.14.02 degraded offered', 'it relapsed');
select is((select first_bad from kentongan.ticket order by id desc limit 1), t.at(2700), 'as of the first of them');
select is(pg_temp.says('33.14.02', 'signal', 'wlan1', -86, 0, null, 5400, 3600), 0::bigint, 'told again it is the same');
select is(pg_temp.says('33.14.02', 'signal', 'wlan1', -70, 0, 6000, 7800), 1::bigint, 'until it is good');
select is(pg_temp.says('33.14.02', 'signal', 'wlan1', -70, 0, 6000, 7900), 0::bigint, 'once');
select is((select count(*) from kentongan.site_condition where until is null), 0::bigint, 'nothing lasts');
rollback to plain;

-- Round trips are proven by five minutes that began after the claim, whatever the trial saw.
select kentongan.history_partition('rollup', t.at(0));
select pg_temp.says('33.14.02', 'rtt', '', 900, 0, null, 900), t.act('accept', 1600, '{}', 'ct1'),
       t.act('claim', 1700, '{"cause": "antenna", "action": "realigned"}', 'ct1');
insert into kentongan.rollup (device, slot, sent, lost, rtt_mean_us) values (pg_temp.gw('33.14.02'), t.at(1500), 10, 0, 100000);
savepoint slow;
select is(t.settle(true, 1710, 1900), 'stale', 'there is none yet');
select is(t.settle(true, 1710, 3600), 'unproven', 'there was none');
select is((select note from kentongan.ticket_event where action = 'unproven'), 'The round trip was not measured since the claim; it needs 375 ms.', 'in words');
rollback to slow;
insert into kentongan.rollup (device, slot, sent, lost, rtt_mean_us) values (pg_temp.gw('33.14.02'), t.at(1800), 10, 0, 400000);
select is(t.settle(true, 1710, 2200), 'unproven', 'still slow');
select is((select note from kentongan.ticket_event where action = 'unproven'), 'round trip 400.0 ms, needs 375 ms.', 'in words');
rollback to slow;
insert into kentongan.rollup (device, slot, sent, lost, rtt_mean_us) values (pg_temp.gw('33.14.02'), t.at(1800), 10, 0, 375000);
select is(t.settle(true, 1710, 2200), 'restored', 'fast enough');
rollback to plain;

-- What a daemon that starts is told.
select pg_temp.says('33.14.02', 'signal', 'wlan1', -84, 0, null, 900), pg_temp.says('33.14.02', 'rtt', '', 900, 0, 2000, 3900);
\set text `cat "$KT_QUERIES/degraded_load.sql"`
:text \gset
select is(:'answer'::jsonb #- '{0,device}', '[{"site": "33.14.02", "measure": "signal", "instance": "wlan1", "unit": "dBm",
          "since": "2026-11-24T02:00:00.000000Z", "floor": -82, "needs": -75, "below": true, "base": null}]'::jsonb, 'is what lasts');
select * from finish();
rollback;
