-- SPDX-License-Identifier: ISC
-- What devices said of themselves, kept: once however often it is sent, a few readings of each device, hours exact, and
-- what is past its time goes.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create temp table gateway as select d.id, d.site from kentongan.device d where d.role = 'gateway' order by d.id limit 1;

create function pg_temp.row(p_slot timestamptz, p_metric text, p_instance text, p_last real, p_count int default 1,
                            p_kind text default 'gauge', p_main boolean default false, p_device int default null)
returns void language sql as $$
    insert into kentongan.reading_inbox
    select coalesce(p_device, g.id), p_slot, p_metric, p_instance, p_kind, 'V', p_main, 3, p_count, p_last,
           case when p_count > 1 and p_kind <> 'enum' then p_last - 1 end, case when p_count > 1 then p_last - 3 end,
           case when p_count > 1 then p_last + 2 end
      from gateway g
$$;
create function pg_temp.take(p_now timestamptz, p_most int default 4) returns bigint language sql as $$
    select kentongan.reading_rollup_take(p_now - interval '30 days', p_now, p_most)
$$;
create function pg_temp.keep(p_now timestamptz) returns jsonb language sql as $$
    select kentongan.history_keep('30 days', '730 days', p_now)
$$;
create function pg_temp.partitions(p_table regclass) returns text language sql as $$
    select string_agg(c.relname, ' ' order by c.relname)
      from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = p_table
$$;
create function pg_temp.kept() returns text language sql as $$
    select string_agg(concat_ws('/', s.metric, nullif(s.instance, '')), ' ' order by s.metric, s.instance) from kentongan.reading_series s
$$;
create function pg_temp.slot(p_metric text, p_slot timestamptz) returns text language sql as $$
    select row(r.count, r.last, r.mean, r.least, r.most)::text from kentongan.reading_rollup r
      join kentongan.reading_series s on s.id = r.series where s.metric = p_metric and r.slot = p_slot
$$;

-- Before and after midnight, and the same again.
select pg_temp.row('2026-03-01T23:55:00Z', 'voltage', '', 13.5), pg_temp.row('2026-03-02T00:00:00Z', 'voltage', '', 12, 3),
       pg_temp.row('2026-03-02T00:00:00Z', 'state', '', 5, 2, 'enum');
select is(pg_temp.take('2026-03-02T00:06:00Z'), 3::bigint, 'three rows are new');
select is(pg_temp.partitions('kentongan.reading_rollup'), 'reading_rollup_20260301 reading_rollup_20260302', 'in a partition a day');
select is((select count(*) from kentongan.reading_inbox), 0::bigint, 'and none waits any more');
select is(pg_temp.slot('voltage', '2026-03-01T23:55:00Z'), '(1,13.5,,,)', 'one value is its own least, mean and most');
select is(pg_temp.slot('voltage', '2026-03-02T00:00:00Z'), '(3,12,11,9,14)', 'several have them');
select is(pg_temp.slot('state', '2026-03-02T00:00:00Z'), '(2,5,,2,7)', 'there is no mean of states');
select pg_temp.row('2026-03-02T00:00:00Z', 'voltage', '', 99), pg_temp.row('2026-03-02T00:05:00Z', 'voltage', '', 11),
       pg_temp.row('2026-03-02T00:05:00Z', 'voltage', '', 11);
select is(pg_temp.take('2026-03-02T00:11:00Z'), 1::bigint, 'sent twice it is there once');
select is(pg_temp.slot('voltage', '2026-03-02T00:00:00Z'), '(3,12,11,9,14)', 'as it first came');

-- What cannot be.
select pg_temp.row('2026-01-02T00:00:00Z', 'voltage', '', 1), pg_temp.row('2027-01-02T00:00:00Z', 'voltage', '', 1),
       pg_temp.row('2026-03-02T00:10:00Z', 'voltage', '', 1, p_device => 2000000000);
select is(pg_temp.take('2026-03-02T00:16:00Z'), 0::bigint, 'too old, of the future, or of no device: let go');
select is(pg_temp.partitions('kentongan.reading_rollup'), 'reading_rollup_20260301 reading_rollup_20260302', 'and no partition made for it');

-- A device of many ports: four readings, the main ones first, and the same ones as long as they come.
select pg_temp.row('2026-03-02T00:15:00Z', 'onu_rx', i::text, -20) from generate_series(1, 500) i;
select pg_temp.row('2026-03-02T00:15:00Z', 'signal', '', -60, p_main => true);
select is(pg_temp.take('2026-03-02T00:21:00Z'), 2::bigint, 'two were there, two more have room');
select is(pg_temp.kept(), 'onu_rx/1 signal state voltage', 'the main one among them');
select pg_temp.row('2026-03-02T00:20:00Z', 'onu_rx', i::text, -20) from generate_series(1, 500) i;
select is(pg_temp.take('2026-03-02T00:26:00Z'), 1::bigint, 'the others stay out');
select pg_temp.row('2026-03-03T12:00:00Z', 'onu_rx', i::text, -20) from generate_series(499, 500) i;
select is(pg_temp.take('2026-03-03T12:06:00Z'), 0::bigint, 'while those that were there yesterday may come back');
select pg_temp.row('2026-03-04T12:00:00Z', 'onu_rx', i::text, -20) from generate_series(496, 500) i;
select is(pg_temp.take('2026-03-04T12:06:00Z'), 4::bigint, 'after two days they have given up their room');
select pg_temp.row('2026-03-04T12:05:00Z', 'signal', '', -61, p_main => true);
select is(pg_temp.take('2026-03-04T12:11:00Z'), 1::bigint, 'and what is known goes on');

-- What the profile says of it now.
update kentongan.reading_series set unit = 'mV', main = true where metric = 'voltage';
select pg_temp.row('2026-03-04T12:10:00Z', 'voltage', '', 12.5);
select pg_temp.take('2026-03-04T12:16:00Z');
select is((select row(unit, main, seen_on)::text from kentongan.reading_series where metric = 'voltage'), '(V,f,2026-03-04)', 'is written down');

-- Hours.
select pg_temp.keep('2026-03-02T01:00:00Z');
select is((select row(h.count, h.last, h.mean, h.least, h.most)::text from kentongan.reading_rollup_hour h
             join kentongan.reading_series s on s.id = h.series where s.metric = 'voltage' and hour = '2026-03-02T00:00:00Z'),
          '(4,11,11,9,14)', 'of its values: (3 × 11 + 1 × 11) / 4');
select is((select row(h.count, h.last, h.mean, h.least, h.most)::text from kentongan.reading_rollup_hour h
             join kentongan.reading_series s on s.id = h.series where s.metric = 'state'), '(2,5,,2,7)', 'of states, too');
select is((select row(h.count, h.last, h.mean, h.least, h.most)::text from kentongan.reading_rollup_hour h
             join kentongan.reading_series s on s.id = h.series where s.metric = 'voltage' and hour = '2026-03-01T23:00:00Z'),
          '(1,13.5,13.5,13.5,13.5)', 'an hour of one value');
select is(pg_temp.keep('2026-03-02T01:30:00Z') ->> 'folded', '0', 'once');
select pg_temp.row('2026-03-02T00:50:00Z', 'voltage', '', 20, 4);
select is(pg_temp.take('2026-03-02T01:31:00Z', 40), 1::bigint, 'a row comes late, for an hour that is folded');
select pg_temp.keep('2026-03-02T01:32:00Z');
select is((select row(h.count, h.last, h.mean)::text from kentongan.reading_rollup_hour h
             join kentongan.reading_series s on s.id = h.series where s.metric = 'voltage' and hour = '2026-03-02T00:00:00Z'),
          '(8,20,15)', 'and is counted there');

-- Housekeeping.
select is(pg_temp.partitions('kentongan.reading_rollup') like '%reading_rollup_20260302 reading_rollup_20260303%', true, 'tomorrow is there');
select pg_temp.keep('2026-04-01T00:00:01Z');
select is((select count(*) from kentongan.reading_rollup where slot < '2026-03-02T00:00:00Z'), 0::bigint, 'after thirty days a day goes');
select is((select count(*) > 0 from kentongan.reading_rollup where slot >= '2026-03-02T00:00:00Z'), true, 'the next stays');
select is((select count(*) from kentongan.reading_series where metric = 'state'), 1::bigint, 'what has hours has its name');
select pg_temp.keep('2028-04-03T00:00:00Z');
select is((select count(*) from kentongan.reading_rollup_hour), 0::bigint, 'two years later the hours go, too');
select is((select count(*) from kentongan.reading_series), 0::bigint, 'and the names');

-- As people see it: the link and the readings of a site, step by step. Probes and readings have hours of their own.
update kentongan.history_mark set folded_until = '2028-04-10T00:00:00Z', readings_folded_until = '2028-04-10T00:00:00Z';
select pg_temp.row('2028-04-10T10:00:00Z', 'voltage', '', 12, 3, p_main => true), pg_temp.row('2028-04-10T10:05:00Z', 'voltage', '', 13.25, p_main => true),
       pg_temp.row('2028-04-10T10:30:00Z', 'state', '', 5, 2, 'enum');
select pg_temp.take('2028-04-10T10:40:00Z');
insert into kentongan.rollup_inbox select g.id, '2028-04-10T10:00:00Z', 10, 2, 600, 700, 720, 750 from gateway g;
insert into kentongan.rollup_inbox select g.id, '2028-04-10T10:05:00Z', 10, 10, null, null, null, null from gateway g;
select kentongan.rollup_take('2028-04-01T00:00:00Z', '2028-04-10T10:40:00Z');
create temp table course as select kentongan.site_course(g.site, '2028-04-10T09:30:00Z', 1800, 3) as c from gateway g;
select is(c -> 'link', '{"sent": [0, 20, 0], "lost": [null, 12, null], "mean_us": [null, 700, null], "p95_us": [null, 720, null], "max_us": [null, 750, null]}',
          'the link: sums, and means of the answers') from course;
select is(c #- '{link}', jsonb_build_object('site', g.site, 'from', '2028-04-10T09:30:00.000000Z', 'step_s', 1800, 'readings_left_out', 0, 'readings',
    '[{"device": "gw", "role": "gateway", "metric": "voltage", "instance": null, "unit": "V", "kind": "gauge", "main": true,
       "last": [null, 13.25, null], "mean": [null, 11.5625, null], "least": [null, 9, null], "most": [null, 14, null]},
      {"device": "gw", "role": "gateway", "metric": "state", "instance": null, "unit": "V", "kind": "enum", "main": false,
       "last": [null, null, 5], "mean": null, "least": [null, null, 2], "most": [null, null, 7]}]'::jsonb), 'main readings first, states without a mean')
  from course, gateway g;
select pg_temp.keep('2028-04-10T11:00:00Z');
select is(kentongan.site_course(g.site, '2028-04-10T09:00:00Z', 3600, 3) #> '{readings,0,last}', '[null, 13.25, null]', 'of hours')
  from gateway g;
select is(kentongan.site_course(g.site, '2028-04-10T09:00:00Z', 3600, 3) #>> '{link,lost,1}', '12', 'the link, too') from gateway g;
select pg_temp.row('2028-04-10T11:00:00Z', 'voltage', '', 15, p_main => true);
select pg_temp.take('2028-04-10T11:06:00Z');
select is(kentongan.site_course(g.site, '2028-04-10T09:00:00Z', 3600, 3) #> '{readings,0,most}', '[null, 14, 15]', 'and the hour that is not over')
  from gateway g;
select is(kentongan.site_course(g.site, '2028-04-10T00:00:00Z', 86400, 1) #> '{readings,0,least}', '[9]', 'a day') from gateway g;
select pg_temp.row('2028-04-10T11:05:00Z', 'onu_rx', i::text, -20) from generate_series(1, 40) i;
select pg_temp.take('2028-04-10T11:11:00Z', 256);
select is(jsonb_array_length(c -> 'readings') || ' ' || (c ->> 'readings_left_out'), '24 18', '24 at most, the others are counted')
  from (select kentongan.site_course(g.site, '2028-04-10T10:30:00Z', 300, 8) as c from gateway g) x;
select is(kentongan.site_course('33.14', '2028-04-10T11:00:00Z', 300, 2) -> 'link', 'null', 'a site without a gateway has no link');

-- Who may see it.
select is(kentongan.api_site_course(party, g.site, '2028-04-10T11:00:00Z', 300, 1, '2028-04-10T11:11:00Z') is null, hidden,
          format('%s: %s', coalesce(party, 'the own team'), hidden))
  from gateway g, (values (null, false), ('ct1', false), ('ct2', true), ('nobody', true)) v(party, hidden);
select is(kentongan.api_site_course(null, 'nowhere', '2028-04-10T11:00:00Z', 300, 1, '2028-04-10T11:11:00Z'), null, 'no site, no history');

-- A device that is taken off the plan.
select pg_temp.row('2028-04-03T00:00:00Z', 'voltage', '', 12);
select pg_temp.take('2028-04-03T00:06:00Z');
delete from kentongan.device where id = (select id from gateway);
select is((select count(*) from kentongan.reading_series), 0::bigint, 'takes its readings with it');
select lives_ok($$select kentongan.history_keep('30 days', '730 days', '2028-04-03T02:00:00Z')$$, 'and what is left of them hurts nobody');

-- Who may what.
select is(has_table_privilege('kentongan_app', 'kentongan.reading_inbox', 'insert'), true, 'the daemon may put rows into the inbox');
select is(has_table_privilege('kentongan_app', 'kentongan.reading_inbox', privilege), false, 'not ' || privilege)
  from unnest('{select,update,delete,truncate}'::text[]) privilege;
select is(has_table_privilege('kentongan_app', 'kentongan.' || name, privilege), false, format('not %s of %s', privilege, name))
  from unnest('{insert,update,delete,truncate}'::text[]) privilege,
       unnest('{reading_series,reading_rollup,reading_rollup_hour}'::text[]) name;
select * from finish();
rollback;
