-- SPDX-License-Identifier: ISC
-- ticket_cover: notes that these sites are cut off by the ticket's fault now. Returns those that it did not know yet; who
-- is cut off again, codes that are no sites (any more) and the root itself are passed over.
create function kentongan.ticket_cover(t kentongan.ticket, p_sites text[]) returns text[]
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    fresh text[];
begin
    update ticket_site a set until = null
      from unnest(p_sites) s
     where a.ticket = t.id and a.until is not null and a.site = s;
    with added as (
        insert into ticket_site (ticket, site)
        select t.id, code from site where code = any(p_sites) and code <> t.root
        on conflict do nothing
        returning site)
    select array_agg(site::text order by site) into fresh from added;
    return coalesce(fresh, '{}');
end $$;
