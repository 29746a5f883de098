-- SPDX-License-Identifier: ISC
-- A month computed by hand (golden/month/README.md) against report_month and the views that everybody else reads.
begin;
select no_plan();
\ir ../golden/month/data.sql

create temp table wanted ("group" text, name text, n int, open int,
    detect_mean_s numeric, detect_p50_s numeric, detect_p90_s numeric, detect_p95_s numeric,
    accept_mean_s numeric, accept_p50_s numeric, accept_p90_s numeric, accept_p95_s numeric,
    restore_mean_s numeric, restore_p50_s numeric, restore_p90_s numeric, restore_p95_s numeric,
    availability_citizen numeric, availability_network numeric, availability_contract numeric, coverage numeric);
-- The rows as JSON has them, in its order; name as in CSV, where a formula's first character is defused.
create function pg_temp.got(month text, by text, now timestamptz default '2024-11-01 00:00+07') returns setof wanted language sql as $$
    select (json_populate_record(null::wanted, r)).* from json_array_elements(kentongan.report_month(month, by, now) -> 'rows') r
$$;
create function pg_temp.wanted() returns setof wanted language sql as $$
    select "group", regexp_replace(name, '^''(?=[-=+@])', ''), n, open, detect_mean_s, detect_p50_s, detect_p90_s, detect_p95_s,
           accept_mean_s, accept_p50_s, accept_p90_s, accept_p95_s, restore_mean_s, restore_p50_s, restore_p90_s, restore_p95_s,
           availability_citizen, availability_network, availability_contract, coverage from wanted
$$;
\copy wanted from program 'cat "$KT_QUERIES/../../tests/sql/golden/month/kecamatan.csv"' csv header
select results_eq($$select * from pg_temp.got('2024-09', 'kecamatan')$$, 'select * from pg_temp.wanted()', 'by kecamatan');
truncate wanted;
\copy wanted from program 'cat "$KT_QUERIES/../../tests/sql/golden/month/site.csv"' csv header
select results_eq($$select * from pg_temp.got('2024-09', 'site')$$, 'select * from pg_temp.wanted()', 'by site');
truncate wanted;
\copy wanted from program 'cat "$KT_QUERIES/../../tests/sql/golden/month/party.csv"' csv header
select results_eq($$select * from pg_temp.got('2024-09', 'party')$$, 'select * from pg_temp.wanted()', 'by party');
truncate wanted;
\copy wanted from program 'cat "$KT_QUERIES/../../tests/sql/golden/month/cause.csv"' csv header
select results_eq($$select * from pg_temp.got('2024-09', 'cause')$$, 'select * from pg_temp.wanted()', 'by cause');

-- The document.
select is((kentongan.report_month('2024-09', 'site', '2024-11-01')::jsonb) - 'rows' - 'cause_agreement',
    '{"schema": "kentongan-report/1", "month": "2024-09", "by": "site", "zone": "Asia/Jakarta",
      "since": "2024-08-31T17:00:00.000000Z", "until": "2024-09-30T17:00:00.000000Z"}', 'what the document says of itself');
select is(kentongan.report_month('2024-09', 'site', '2024-11-01')::jsonb -> 'cause_agreement', '{"tickets": 12, "proven": 1, "unproven": 0,
    "guess": {"n": 0, "agree": 0, "share": null}, "reported": {"n": 1, "agree": 0, "share": 0},
    "rows": [{"proven": "link", "n": 1, "guess_n": 0, "guess_agree": 0, "reported_n": 1, "reported_agree": 0}],
    "differences": [{"by": "reported", "said": "power", "proven": "link", "n": 1}]}', 'one cause was proven, and reported otherwise');
select is((select string_agg(k, ',' order by n) from json_object_keys(kentongan.report_month('2024-09', 'site', '2024-11-01') -> 'rows' -> 0) with ordinality x(k, n)),
    (select string_agg(attname, ',' order by attnum) from pg_attribute where attrelid = 'wanted'::regclass and attnum > 0), 'the keys and their order are those of the CSV');

-- The months beside it, and one that is not over.
select results_eq($$select n, open, detect_mean_s, accept_mean_s, restore_mean_s from pg_temp.got('2024-08', 'cause') where "group" = 'total'$$,
    'values (1, 3, 60::numeric, 600::numeric, 3600::numeric)', 'August');
select results_eq($$select n, open from pg_temp.got('2024-10', 'kecamatan') where "group" = 'total'$$, 'values (4, 1)', 'October');
select results_eq($$select n, open, coverage from pg_temp.got('2024-09', 'site', '2024-09-03 12:00+07') where "group" = '33.14.01.2001'$$,
    'values (2, 0, round(212400 / 216000.0, 6))', 'as of 3 September noon: 60 hours so far, one of them a gap, two tickets restored');
select results_eq($$select n, open, availability_citizen, coverage from pg_temp.got('2024-12', 'site') where "group" = 'total'$$,
    'values (0, 0, null::numeric, null::numeric)', 'a month that is to come has nothing to say');
select is((kentongan.report_month('2024-09', 'site', '2024-09-16 00:00+07') ->> 'until'), '2024-09-15T17:00:00.000000Z', 'the present month is cut at now');

-- Another zone is another month: 1 and 12 were restored in August by UTC, 8 and 13 in September.
select kentongan.zone_set('UTC');
select results_eq($$select n, restore_mean_s from pg_temp.got('2024-09', 'cause') where "group" = 'total'$$,
    'values (12, (131400 - 14400 - 1800 + 7200 + 14400) / 12.0)', 'September by UTC');
select results_eq($$select n from pg_temp.got('2024-08', 'cause') where "group" = 'total'$$, 'values (3)', 'August by UTC');
select kentongan.zone_set('Asia/Jakarta');

select is(t.try(format('select kentongan.report_month(%L, %L, now())', m, b)), code, format('%s by %s: %s', m, b, code))
  from (values ('2024-9', 'site', 'KT422'), ('2024-13', 'site', 'KT422'), ('2024-00', 'site', 'KT422'), ('', 'site', 'KT422'), (null, 'site', 'KT422'),
               ('0000-01', 'site', 'KT422'), (E'2024-09\n', 'site', 'KT422'), ('2024-09', 'village', 'KT422'), ('2024-09', null, 'KT422'), ('2024-09', 'cause', 'ok')) x(m, b, code);

-- The views.
select results_eq($$select ticket, detect_s::numeric, accept_s::numeric, restore_s::numeric from report.resolution order by ticket$$, $$values
    ('KT-2024-000001', 60.0, 600.0, 14400.0), ('KT-2024-000002', 40, 300, 7200), ('KT-2024-000003', 50, null, 1800), ('KT-2024-000004', 45, 900, 43200),
    ('KT-2024-000005', 55, 1200, 10800), ('KT-2024-000006', 60, 1800, 21600), ('KT-2024-000007', 70, 240, 10800), ('KT-2024-000008', 30, 600, 7200),
    ('KT-2024-000009', 65, 3000, null), ('KT-2024-000010', 60, null, null), ('KT-2024-000011', 60, null, null), ('KT-2024-000012', 35, 100, 1800),
    ('KT-2024-000013', 80, 500, 14400), ('KT-2024-000014', 20, 60, 1200), ('KT-2024-000015', 60, 600, 3600), ('KT-2024-000016', 60, 600, 3542400),
    ('KT-2024-000017', 42, 120, 600), ('KT-2024-000018', 60, 600, 3600), ('KT-2024-000019', 48, 2400, 14400), ('KT-2024-000020', 38, 360, 3600)$$, 'report.resolution');
select results_eq($$select site, known_s::numeric, down_s::numeric, citizen, network, contract, coverage from report.site_availability where month = '2024-09' order by site$$, $$values
    ('33.14.01', 2584800.0, 20400.0, 0.992108, 0.992108, 0.992108, 0.997222), ('33.14.01.2001', 2577600, 28800, 0.988827, 0.99162, 0.988827, 0.994444),
    ('33.14.02', 2584800, 273600, 0.89415, 0.910864, 0.89415, 0.997222), ('33.14.02.2001', 1296000, 33000, 0.974537, 0.975, 0.974537, 0.5),
    ('33.14.03', 2584800, 5700, 0.997795, 0.997795, null, 0.997222)$$, 'report.site_availability');
select is((select min(month) from report.site_availability), '2024-08', 'it begins with the first month of any watch');
select is((select max(month) from report.site_availability), to_char(now() at time zone 'Asia/Jakarta', 'YYYY-MM'), 'and ends with this one');
update kentongan.ticket set notified_at = detected + interval '9 s', onsite_at = accepted_at + interval '600 s', claimed_at = accepted_at + interval '900 s' where id in (2, 3);
update kentongan.ticket set claimed_at = restored_at + interval '1 s' where id = 3;
select results_eq($$select ticket, notify_s::numeric, travel_s::numeric, repair_s::numeric, verify_s::numeric, cause_proven, contract_s, penalty from report.resolution where ticket like '%2' and notified is not null or ticket like '%3' and notified is not null order by ticket$$,
    $$values ('KT-2024-000002', 9.0, 600.0, 300.0, 7200 - 340 - 900.0, null, null::numeric, null::bigint), ('KT-2024-000003', 9, null, null, null, null, null, null)$$,
    'notify, travel, repair and verify; a claim after the restoration had nothing to verify');
select is(t.try(format('select * from report.%I', v), 'kentongan_report'), 'ok', 'the report role reads report.' || v) from unnest(array['resolution', 'site_availability']) v;
select * from finish();
rollback;
