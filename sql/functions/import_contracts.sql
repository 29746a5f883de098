-- SPDX-License-Identifier: ISC
-- import_contracts: applies contracts.csv, and returns what is wrong with it: a contract twice, a party that is none, a
-- pattern that no site matches, a pattern that another contract has in the same time, an end before the start.
create function kentongan.import_contracts(p_rows jsonb) returns setof jsonb
language plpgsql set search_path = kentongan, pg_temp as $$
begin
    return query select import_repeats('contracts.csv', p_rows, '{contract}');
    return query
        select import_error('contracts.csv', r.line, 'party',
                            format('there is no party %s, in the files or in the database', r.party))
          from jsonb_to_recordset(p_rows) as r(line int, party text)
         where not exists (select from party p where p.party = r.party);
    return query
        select import_error('contracts.csv', r.line, 'valid_to', 'it ends before it begins')
          from jsonb_to_recordset(p_rows) as r(line int, valid_from text, valid_to text)
         where nullif(r.valid_to, '')::date < nullif(r.valid_from, '')::date;

    insert into contract (contract, party, calendar, accept_minutes, restore_minutes, penalty_per_hour, penalty_cap,
                          warranty_days, valid_from, valid_to)
    select distinct on (r.contract) r.contract, r.party, nullif(r.calendar, ''), nullif(r.accept_minutes, '')::int,
           nullif(r.restore_minutes, '')::int, nullif(r.penalty_per_hour, '')::bigint,
           nullif(r.penalty_cap, '')::bigint, nullif(r.warranty_days, '')::int, nullif(r.valid_from, '')::date,
           nullif(r.valid_to, '')::date
      from jsonb_to_recordset(p_rows) as r(line int, contract text, party text, calendar text, accept_minutes text,
                                           restore_minutes text, penalty_per_hour text, penalty_cap text,
                                           warranty_days text, valid_from text, valid_to text)
     where exists (select from party p where p.party = r.party)
       and coalesce(nullif(r.valid_from, '')::date <= nullif(r.valid_to, '')::date, true)
     order by r.contract, r.line
    on conflict (contract) do update set
        party = excluded.party, calendar = excluded.calendar, accept_minutes = excluded.accept_minutes,
        restore_minutes = excluded.restore_minutes, penalty_per_hour = excluded.penalty_per_hour,
        penalty_cap = excluded.penalty_cap, warranty_days = excluded.warranty_days,
        valid_from = excluded.valid_from, valid_to = excluded.valid_to;

    delete from contract_site where contract in (select r ->> 'contract' from jsonb_array_elements(p_rows) r);
    insert into contract_site (contract, pattern)
    select r.contract, w.word
      from (select distinct on (x.contract) x.contract, x.sites
              from jsonb_to_recordset(p_rows) as x(line int, contract text, sites text)
              join contract c on c.contract = x.contract
             order by x.contract, x.line) r,
           import_words(r.sites) w
    on conflict do nothing;

    return query
        select import_error('contracts.csv', r.line, 'sites',
                            format('no site matches %s, in the files or in the database', w.word))
          from jsonb_to_recordset(p_rows) as r(line int, sites text), import_words(r.sites) w
         where not exists (select from site
                            where code = w.word
                               or right(w.word, 1) = '*' and starts_with(code, left(w.word, -1)));
    return query
        select import_error('contracts.csv', r.line, 'sites',
                            format('%s is in contract %s too, at the same time', s.pattern, o.contract))
          from jsonb_to_recordset(p_rows) as r(line int, contract text)
          join contract c on c.contract = r.contract
          join contract_site s on s.contract = c.contract
          join contract_site twin on twin.pattern = s.pattern and twin.contract <> s.contract
          join contract o on o.contract = twin.contract
           and daterange(o.valid_from, o.valid_to, '[]') && daterange(c.valid_from, c.valid_to, '[]');
end $$;
