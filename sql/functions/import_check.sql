-- SPDX-License-Identifier: ISC
-- import_check: what must hold once all files were applied and belongs to no single row: where there are parties, one
-- of them is the own team. An inventory without parties is allowed: nobody is told then.
create function kentongan.import_check() returns setof jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select import_error('parties.csv', 0, 'kind', 'there is no own team: one party of kind team without a parent')
     where exists (select from party) and own_team() is null
$$;
