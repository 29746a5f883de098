-- SPDX-License-Identifier: ISC
-- import_parties: applies parties.csv, and returns what is wrong with it: a party twice, a parent that is none, a circle
-- of parents, two own teams. Whether there is an own team at all is import_check's.
create function kentongan.import_parties(p_rows jsonb) returns setof jsonb
language plpgsql set search_path = kentongan, pg_temp as $$
begin
    return query select import_repeats('parties.csv', p_rows, '{party}');

    insert into party (party, name, kind, language)
    select distinct on (r.party) r.party, r.name, r.kind, coalesce(nullif(r.language, ''), 'id')
      from jsonb_to_recordset(p_rows) as r(line int, party text, name text, kind text, language text)
     order by r.party, r.line
    on conflict (party) do update set
        name = excluded.name, kind = excluded.kind, language = excluded.language, parent = null;

    return query
        select import_error('parties.csv', r.line, 'parent', case
                   when r.parent = r.party then format('%s is its own parent', r.party)
                   else format('there is no party %s, in the file or in the database', r.parent) end)
          from jsonb_to_recordset(p_rows) as r(line int, party text, parent text)
         where r.parent <> '' and (r.parent = r.party or not exists (select from party p where p.party = r.parent));

    update party p set parent = r.parent
      from jsonb_to_recordset(p_rows) as r(party text, parent text)
     where p.party = r.party and r.parent <> r.party and exists (select from party q where q.party = r.parent);

    return query
        with recursive up as (
            select party as start, parent from party where parent is not null
            union
            select up.start, p.parent from up join party p on p.party = up.parent where p.parent is not null)
        select import_error('parties.csv', r.line, 'parent', format('%s is above itself', r.party))
          from jsonb_to_recordset(p_rows) as r(line int, party text)
         where exists (select from up where up.start = r.party and up.parent = r.party);

    return query
        select import_error('parties.csv', r.line, 'kind',
                            format('%s is a second own team: give it a parent, or another kind', r.party))
          from jsonb_to_recordset(p_rows) as r(line int, party text)
          join party p on p.party = r.party and p.kind = 'team' and p.parent is null
         where (select count(*) from party where kind = 'team' and parent is null) > 1;
end $$;
