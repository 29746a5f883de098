-- SPDX-License-Identifier: ISC
-- What the probes came to: into day partitions, once however often it is sent; hours are exact; what is past its time goes.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');

create function pg_temp.row(p_device int, p_slot timestamptz, p_sent int, p_lost int, p_mean bigint) returns void
language sql as $$
    insert into kentongan.rollup_inbox
    values (p_device, p_slot, p_sent, p_lost, p_mean - 10, p_mean, p_mean + 20, p_mean + 50)
$$;
create function pg_temp.take(p_now timestamptz) returns bigint language sql as $$
    select kentongan.rollup_take(p_now - interval '30 days', p_now)
$$;
create function pg_temp.keep(p_now timestamptz) returns jsonb language sql as $$
    select kentongan.history_keep('30 days', '730 days', p_now)
$$;
create function pg_temp.partitions(p_table regclass) returns text language sql as $$
    select string_agg(c.relname, ' ' order by c.relname)
      from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = p_table
$$;

-- A slot just before and one at midnight UTC, and the same again.
select pg_temp.row(1, '2026-03-01T23:55:00Z', 10, 1, 1000), pg_temp.row(1, '2026-03-02T00:00:00Z', 10, 0, 2000),
       pg_temp.row(2, '2026-03-02T00:00:00Z', 5, 5, null);
select is(pg_temp.take('2026-03-02T00:06:00Z'), 3::bigint, 'three rows are new');
select is(pg_temp.partitions('kentongan.rollup'), 'rollup_20260301 rollup_20260302', 'in a partition a day');
select is((select count(*) from only kentongan.rollup_inbox), 0::bigint, 'and none waits any more');
select pg_temp.row(1, '2026-03-02T00:00:00Z', 9, 9, 9), pg_temp.row(1, '2026-03-02T00:05:00Z', 4, 0, 100),
       pg_temp.row(1, '2026-03-02T00:05:00Z', 4, 0, 100);
select is(pg_temp.take('2026-03-02T00:11:00Z'), 1::bigint, 'sent twice it is there once');
select is((select sent from kentongan.rollup where device = 1 and slot = '2026-03-02T00:00:00Z'), 10, 'as it first came');
select is((select rtt_mean_us from kentongan.rollup where device = 2), null::bigint, 'nothing answered has no time');

select pg_temp.row(1, '2026-01-02T00:00:00Z', 1, 0, 1), pg_temp.row(1, '2027-01-02T00:00:00Z', 1, 0, 1);
select is(pg_temp.take('2026-03-02T00:12:00Z'), 0::bigint, 'too old, or of the future: let go');
select is(pg_temp.partitions('kentongan.rollup'), 'rollup_20260301 rollup_20260302', 'and no partition made for it');

-- A daemon stops within a slot and another one counts on. What comes twice, or was counted at the same time, is there once.
create function pg_temp.part(p_slot timestamptz, p_from int, p_until int, p_sent int, p_lost int, p_mean bigint) returns void
language sql as $$
    insert into kentongan.rollup_inbox
    values (3, p_slot, p_sent, p_lost, p_mean - 10, p_mean, p_mean + 20, p_mean + 50, p_from, p_until)
$$;
create function pg_temp.slot_of_3(p_slot timestamptz) returns text language sql as $$
    select row(sent, lost, rtt_min_us, rtt_mean_us, rtt_p95_us, rtt_max_us)::text from kentongan.rollup where device = 3 and slot = p_slot
$$;
select pg_temp.part('2026-02-27T10:00:00Z', 1000, 100000, 4, 1, 1000);
select is(pg_temp.take('2026-02-27T10:02:00Z'), 1::bigint, 'the part until the stop');
select pg_temp.part('2026-02-27T10:00:00Z', 120000, 290000, 6, 1, 2000);
select is(pg_temp.take('2026-02-27T10:06:00Z'), 1::bigint, 'and the one after it');
select is(pg_temp.slot_of_3('2026-02-27T10:00:00Z'), '(10,2,990,1625,2020,2050)', 'are one slot: the mean is that of its answers');
select pg_temp.part('2026-02-27T10:00:00Z', 120000, 290000, 6, 1, 2000), pg_temp.part('2026-02-27T10:00:00Z', 1000, 100000, 4, 1, 1000);
select is(pg_temp.take('2026-02-27T10:07:00Z'), 0::bigint, 'neither is counted again');
select pg_temp.part('2026-02-27T10:00:00Z', 289000, 299000, 6, 1, 2000);
select is(pg_temp.take('2026-02-27T10:07:00Z'), 0::bigint, 'nor is what another daemon counted at that time');
select pg_temp.part('2026-02-27T10:05:00Z', 200000, 250000, 2, 0, 400), pg_temp.part('2026-02-27T10:05:00Z', 0, 100000, 2, 2, null),
       pg_temp.part('2026-02-27T10:05:00Z', 200000, 250000, 2, 0, 400);
select is(pg_temp.take('2026-02-27T10:11:00Z'), 1::bigint, 'parts that waited together');
select is(pg_temp.slot_of_3('2026-02-27T10:05:00Z'), '(4,2,390,400,420,450)', 'are added up, each once');
select pg_temp.part('2026-02-27T10:05:00Z', 200000, 250000, 2, 0, 400), pg_temp.part('2026-02-27T10:05:00Z', 260000, 270000, 1, 1, null);
select is(pg_temp.take('2026-02-27T10:12:00Z'), 1::bigint, 'a new part beside one that comes again');
select is(pg_temp.slot_of_3('2026-02-27T10:05:00Z'), '(5,3,390,400,420,450)', 'is added alone');
select pg_temp.part('2026-02-27T10:00:00Z', 1500, 299000, 11, 0, 500);
select is(pg_temp.take('2026-02-27T10:13:00Z'), 1::bigint, 'another daemon saw the whole of what the stop cut in two');
select is(pg_temp.slot_of_3('2026-02-27T10:00:00Z'), '(11,0,490,500,520,550)', 'and that counts');
insert into kentongan.rollup (device, slot, sent, lost) values (3, '2026-02-27T10:10:00Z', 5, 5); -- of before parts
select pg_temp.part('2026-02-27T10:10:00Z', 299000, 299999, 1, 0, 400);
select is(pg_temp.take('2026-02-27T10:16:00Z'), 0::bigint, 'a row that does not say when it counted is whole');
delete from kentongan.rollup where device = 3;
drop table kentongan.rollup_20260227; -- the days below are counted

-- Hours: means weighted by answers.
select is(pg_temp.keep('2026-03-02T00:59:59Z') ->> 'folded', '1', 'the hour that is over is folded, the present one not');
select is(pg_temp.keep('2026-03-02T01:00:00Z') ->> 'folded', '2', 'then the next');
select is((select row(sent, lost, rtt_min_us, rtt_mean_us, rtt_p95_us, rtt_max_us)::text from kentongan.rollup_hour
            where device = 1 and hour = '2026-03-02T00:00:00Z'),
          format('(14,0,90,%s,2020,2050)', (10 * 2000 + 4 * 100) / 14), 'of its slots');
select is((select row(sent, lost, rtt_mean_us)::text from kentongan.rollup_hour where device = 2), '(5,5,)',
          'an hour of silence');
select is(pg_temp.keep('2026-03-02T01:30:00Z') ->> 'folded', '0', 'once');
select pg_temp.row(1, '2026-03-02T00:50:00Z', 6, 0, 500);
select is(pg_temp.take('2026-03-02T01:31:00Z'), 1::bigint, 'a row comes late, for an hour that is folded');
select pg_temp.keep('2026-03-02T01:32:00Z');
select is((select row(sent, rtt_mean_us)::text from kentongan.rollup_hour where device = 1 and hour = '2026-03-02T00:00:00Z'),
          format('(20,%s)', (10 * 2000 + 4 * 100 + 6 * 500) / 20), 'and is counted there');
select is(pg_temp.partitions('kentongan.rollup_hour'), 'rollup_hour_202603', 'hours are kept by month');

-- Housekeeping: today and tomorrow are made ahead, what is past its time goes, and only that.
select is(pg_temp.partitions('kentongan.rollup'), 'rollup_20260301 rollup_20260302 rollup_20260303', 'tomorrow is there');
select is(pg_temp.keep('2026-03-31T23:59:00Z') ->> 'dropped', '0', 'the last row of the first day is not 30 days old');
select is(pg_temp.keep('2026-04-01T00:00:01Z') ->> 'dropped', '1', 'now it is');
select is((select count(*) from kentongan.rollup where slot < '2026-03-02T00:00:00Z'), 0::bigint, 'and gone');
select is((select count(*) from kentongan.rollup_hour), 3::bigint, 'its hour is not');
select is(pg_temp.keep('2028-03-31T23:00:00Z') ->> 'dropped', '11', 'five days of probes, five of readings, a month of hours');
select is((select count(*) from kentongan.rollup_hour), 0::bigint, 'two years later the hours go, too')
  from pg_temp.keep('2028-03-31T23:59:59Z') k;

-- As people see it.
create temp table gateway as select d.id, d.site from kentongan.device d where d.role = 'gateway' order by d.id limit 1;
select pg_temp.row(g.id, '2028-04-01T11:50:00Z', 10, 2, 700) from gateway g;
select is(pg_temp.take('2028-04-01T12:03:00Z'), 1::bigint, 'a slot of a gateway');
select is(kentongan.site_history(g.site, 3, '2028-04-01T12:03:00Z'),
          '[{"at": "2028-04-01T11:45:00.000000Z", "sent": 0, "lost": null, "min_us": null, "mean_us": null, "p95_us": null, "max_us": null},
            {"at": "2028-04-01T11:50:00.000000Z", "sent": 10, "lost": 2, "min_us": 690, "mean_us": 700, "p95_us": 720, "max_us": 750},
            {"at": "2028-04-01T11:55:00.000000Z", "sent": 0, "lost": null, "min_us": null, "mean_us": null, "p95_us": null, "max_us": null}]'::jsonb,
          'oldest first, the present slot not yet, gaps as gaps') from gateway g;
select is(kentongan.site_history('33.14', 3, '2028-04-01T12:03:00Z'), null, 'a site without a gateway has none');

-- Who may what.
select is(has_table_privilege('kentongan_app', 'kentongan.rollup_inbox', 'insert'), true, 'the daemon may put rows into the inbox');
select is(has_table_privilege('kentongan_app', 'kentongan.' || name, 'select, insert, update, delete, truncate'), false,
          format('and no more than that: %s', name))
  from (values ('history_mark')) n(name);
select is(has_table_privilege('kentongan_app', 'kentongan.rollup_inbox', privilege), false, 'not ' || privilege)
  from unnest('{select,update,delete,truncate}'::text[]) privilege;
select is(has_table_privilege('kentongan_app', 'kentongan.' || name, privilege), false, format('not %s of %s', privilege, name))
  from unnest('{insert,update,delete,truncate}'::text[]) privilege, unnest('{rollup,rollup_hour}'::text[]) name;
select * from finish();
rollback;
