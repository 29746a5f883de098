-- SPDX-License-Identifier: ISC
-- The golden month, September 2024 in WIB: 20 tickets and what was watched. README.md has the arithmetic of every figure
-- that the report must show. Times are WIB.
set timezone = 'Asia/Jakarta';

insert into kentongan.site (code, name, kind, kecamatan) values
    ('33.14',         'Sragen',    'core',    ''),
    ('33.14.01',      'Kalijambe', 'relay',   'Kalijambe'),
    ('33.14.01.2001', 'Krikilan',  'village', 'Kalijambe'),
    ('33.14.02',      'Plupuh',    'relay',   'Plupuh'),
    ('33.14.02.2001', 'Jabung',    'village', 'Plupuh'),
    ('33.14.03',      'Masaran',   'relay',   ''),
    ('33.14.03.2001', 'Jati',      'village', 'Masaran'); -- without a device: in no availability
insert into kentongan.device (site, name, address) values
    ('33.14.01', 'gw', '127.33.1.1'), ('33.14.01.2001', 'gw', '127.33.1.2'), ('33.14.02', 'gw', '127.33.2.1'),
    ('33.14.02.2001', 'gw', '127.33.2.2'), ('33.14.03', 'gw', '127.33.3.1');
insert into kentongan.party (party, name, kind) values
    ('dit', 'District IT', 'team'), ('ct1', 'CV Menara, "Jaya"', 'contractor'), ('ct2', '@Sinyal', 'contractor');
insert into kentongan.contract (contract, party, valid_from, valid_to) values
    ('kal', 'ct1', null, null), ('plu', 'ct2', null, '2024-09-30'), ('later', 'ct1', '2024-10-01', null);
insert into kentongan.contract_site values ('kal', '33.14.01*'), ('plu', '33.14.02*'), ('later', '33.14.02.*');

insert into kentongan.site_state (site, state, since, at, watched_since) values
    ('33.14.01',      'up', '2024-10-01', '2024-10-10', '2024-08-01 00:00'),
    ('33.14.01.2001', 'up', '2024-10-01', '2024-10-10', '2024-08-01 00:00'),
    ('33.14.02',    'down', '2024-09-28', '2024-10-10', '2024-08-01 00:00'),
    ('33.14.02.2001', 'up', '2024-10-01', '2024-10-10', '2024-09-16 00:00'),
    ('33.14.03',      'up', '2024-10-01', '2024-10-10', '2024-08-01 00:00');
insert into kentongan.watch_gap (site, since, until) values
    (null,            '2024-08-31 23:00', '2024-09-01 01:00'),
    (null,            '2024-09-10 12:00', '2024-09-10 13:00'),
    ('33.14.01.2001', '2024-09-20 00:00', '2024-09-20 02:00'),
    ('33.14.03',      '2024-08-20 00:00', '2024-08-21 00:00');

-- A ticket and its root's outage by the onset, between two probes 60 s apart. Opened when it was detected, the rest in
-- seconds after that or as an instant.
create function pg_temp.ticket(p_id bigint, p_root text, p_state text, p_party text, p_onset timestamptz, p_detect_s int,
                               p_accept_s int, p_restored timestamptz, p_cause text, p_kind text default 'down')
returns void language sql as $$
    insert into kentongan.ticket (id, number, root, kind, state, party, contract, last_good, first_bad, detected, opened_at,
                                  accepted_at, restored_at, cause_reported)
    overriding system value
    values (p_id, format('KT-2024-%s', lpad(p_id::text, 6, '0')), p_root, p_kind, p_state, p_party,
            case p_party when 'ct1' then 'kal' when 'ct2' then 'plu' end, p_onset - interval '30 s', p_onset + interval '30 s',
            p_onset + p_detect_s * interval '1 s', p_onset + p_detect_s * interval '1 s',
            p_onset + (p_detect_s + p_accept_s) * interval '1 s', p_restored, p_cause);
    insert into kentongan.outage (site, root, ticket, last_good, first_bad, detected, restored_at)
    select root, root, id, last_good, first_bad, detected, restored_at from kentongan.ticket where id = p_id and kind = 'down'
$$;
-- An outage that is not a ticket's own.
create function pg_temp.outage(p_site text, p_root text, p_ticket bigint, p_onset timestamptz, p_restored timestamptz)
returns void language sql as $$
    insert into kentongan.outage (site, root, ticket, last_good, first_bad, detected, restored_at)
    values (p_site, p_root, p_ticket, p_onset - interval '30 s', p_onset + interval '30 s', p_onset + interval '60 s', p_restored)
$$;

select pg_temp.ticket(1,  '33.14.01',      'closed',   'ct1', '2024-08-31 22:00', 60, 600,  '2024-09-01 02:00', 'link');
select pg_temp.ticket(2,  '33.14.01.2001', 'closed',   'ct1', '2024-09-03 08:00', 40, 300,  '2024-09-03 10:00', 'power');
select pg_temp.ticket(3,  '33.14.01',      'restored', 'ct1', '2024-09-05 06:00', 50, null, '2024-09-05 06:30', null);
select pg_temp.ticket(4,  '33.14.02',      'closed',   'ct2', '2024-09-07 00:00', 45, 900,  '2024-09-07 12:00', 'planned');
select pg_temp.ticket(5,  '33.14.02',      'closed',   'ct2', '2024-09-18 10:00', 55, 1200, '2024-09-18 13:00', 'antenna');
select pg_temp.outage('33.14.02.2001', '33.14.02', 5, '2024-09-18 10:00:30', '2024-09-18 13:00:30');
insert into kentongan.ticket_site values (5, '33.14.02.2001');
select pg_temp.ticket(6,  '33.14.02.2001', 'closed',   'ct2', '2024-09-20 00:00', 60, 1800, '2024-09-20 06:00', 'cable');
update kentongan.ticket set reopen_count = 1 where id = 6;
select pg_temp.ticket(7,  '33.14.01.2001', 'closed',   'ct1', '2024-09-20 01:00', 70, 240,  '2024-09-20 04:00', 'power');
update kentongan.ticket set cause_proven = 'link' where id = 7;
select pg_temp.ticket(8,  '33.14.03',      'restored', null,  '2024-09-30 23:00', 30, 600,  '2024-10-01 01:00', 'upstream');
select pg_temp.ticket(9,  '33.14.02',      'accepted', 'ct2', '2024-09-28 12:00', 65, 3000, null,               null);
select pg_temp.ticket(10, '33.14.01',      'cancelled','ct1', '2024-09-12 08:00', 60, null, null,               null);
update kentongan.outage set restored_at = '2024-09-12 08:10' where ticket = 10;
select pg_temp.ticket(11, '33.14.03',      'rejected', null,  '2024-09-13 10:00', 60, null, null,               null);
update kentongan.outage set restored_at = '2024-09-13 10:05' where ticket = 11;
select pg_temp.ticket(12, '33.14.01.2001', 'closed',   'ct1', '2024-08-31 23:30', 35, 100,  '2024-09-01 00:00', 'config');
select pg_temp.ticket(13, '33.14.01',      'closed',   'ct1', '2024-09-30 20:00', 80, 500,  '2024-10-01 00:00', 'device');
-- It had never answered before, so the first bad probe is all that is known.
select pg_temp.ticket(14, '33.14.03',      'closed',   'dit', '2024-09-15 09:00', 20, 60,   '2024-09-15 09:20', 'vandalism');
update kentongan.ticket set last_good = null, first_bad = '2024-09-15 09:00' where id = 14;
update kentongan.outage set last_good = null, first_bad = '2024-09-15 09:00' where ticket = 14;
select pg_temp.ticket(15, '33.14.01',      'closed',   'ct1', '2024-08-10 08:00', 60, 600,  '2024-08-10 09:00', 'psu');
select pg_temp.ticket(16, '33.14.02.2001', 'restored', 'ct2', '2024-08-25 08:00', 60, 600,  '2024-10-05 08:00', null, 'degraded');
select pg_temp.ticket(17, '33.14.02.2001', 'closed',   'ct2', '2024-09-22 07:00', 42, 120,  '2024-09-22 07:10', 'power');
select pg_temp.ticket(18, '33.14.01',      'closed',   'ct1', '2024-10-02 08:00', 60, 600,  '2024-10-02 09:00', 'link');
select pg_temp.ticket(19, '33.14.01.2001', 'closed',   'ct1', '2024-09-24 14:00', 48, 2400, '2024-09-24 18:00', 'fibre');
select pg_temp.ticket(20, '33.14.02',      'closed',   'ct2', '2024-09-09 03:00', 38, 360,  '2024-09-09 04:00', 'link');
-- Another site's fault by its own report, but that one never had a ticket.
select pg_temp.outage('33.14.03', '33.14.02', null, '2024-09-17 05:00', '2024-09-17 05:10');
reset timezone;
