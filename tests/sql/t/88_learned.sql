-- SPDX-License-Identifier: ISC
-- What the prober has learned of links.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
create function t.device(p_site text) returns int language sql as $$
    select id from kentongan.device where site = p_site and role = 'gateway' $$;
create function t.us(p_minute int) returns bigint language sql as $$
    select (extract(epoch from t.at(p_minute)) * 1000000)::bigint $$;
create function t.learned(p_site text) returns kentongan.device_learned language sql as $$
    select l from kentongan.device_learned l where device = t.device(p_site) $$;

select is(kentongan.learned_report(array[t.device('33.14.01'), 999999, t.device('33.14.01.2001')], array[4294967295, 1, 2],
                                   array[t.us(1), t.us(1), t.us(1)], '{100000,1,0}', '{90000,1,0}', '{80000,1,0}',
                                   '{9500,1,0}', '{8000,1,0}', '{600000,1,0}', '{20000,1,0}'),
          2::bigint, 'of those that are there');
select is((t.learned('33.14.01')).learned_of, 4294967295, 'what it was learned of is kept');
select is((t.learned('33.14.01')).at, t.at(1), 'and when');
select is((t.learned('33.14.01')).bursts, 9.5::double precision, 'and the bursts');
select is((t.learned('33.14.01.2001')).usual_ppm, null, 'what is not known is not');
select is((t.learned('33.14.01.2001')).srtt_us, null, 'nor a round trip that never was');
create function t.again(p_minute int, p_of bigint, p_habit int) returns bigint language sql as $$
    select kentongan.learned_report(array[t.device('33.14.01')], array[p_of], array[t.us(p_minute)], '{0}', array[p_habit],
                                    '{0}', '{0}', '{0}', '{0}', '{0}') $$;
select is(t.again(5, 4294967295, 7), 1::bigint, 'a newer word');
select is((t.learned('33.14.01')).habit_ppm, 7, 'takes the place');
select is(t.again(4, 4294967295, 6), 0::bigint, 'an older one that comes late');
select is((t.learned('33.14.01')).habit_ppm, 7, 'does not');
select is(t.again(4, 3, 5), 1::bigint, 'but of another place it does');
select is((t.learned('33.14.01')).habit_ppm, 5, 'as it says');
select is(t.again(-4000, 3, 4), 1::bigint, 'and when the clock had been ahead');
select throws_ok($$select t.again(9, 3, 1000001)$$, '23514', null, 'more than all is not lost');
set local role kentongan_app;
select throws_ok($$delete from kentongan.device_learned$$, '42501', null, 'the daemon writes no table');
reset role;
delete from kentongan.device where id = t.device('33.14.01.2001');
select is((select count(*) from kentongan.device_learned), 1::bigint, 'it goes with its device');
select * from finish();
rollback;
