-- SPDX-License-Identifier: ISC
-- contract_for: who is under contract for a site on a day: the narrowest pattern wins, the exact code before
-- the longer prefix before the shorter. No row: nobody. (import_contracts refuses two of one pattern and time.)
create function kentongan.contract_for(p_site text, p_day date) returns table (contract text, party text)
language sql stable set search_path = kentongan, pg_temp as $$
    select c.contract, c.party
      from contract c join contract_site s on s.contract = c.contract
     where (s.pattern = p_site
            or right(s.pattern, 1) = '*' and starts_with(p_site, left(s.pattern, -1)))
       and daterange(c.valid_from, c.valid_to, '[]') @> p_day
     order by s.pattern = p_site desc, length(s.pattern) desc, c.contract
     limit 1
$$;
grant execute on function kentongan.contract_for(text, date) to kentongan_app, kentongan_web;
