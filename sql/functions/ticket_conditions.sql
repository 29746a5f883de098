-- SPDX-License-Identifier: ISC
-- ticket_conditions: what is, or was, degraded at the root of a ticket of that kind while it was open: sixteen at most, what lasts
-- first, then the root's own before those of the sites behind it.
create function kentongan.ticket_conditions(t kentongan.ticket) returns setof kentongan.site_condition
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return query
        select c.* from site_condition c
         where c.root = t.root and c.kind = 'degraded' and coalesce(c.until, 'infinity') >= t.first_bad
           and c.since <= coalesce(t.restored_at, 'infinity')
         order by c.until is not null, c.site <> t.root, c.site, c.measure, c.instance limit 16;
end $$;
grant execute on function kentongan.ticket_conditions(kentongan.ticket) to kentongan_app, kentongan_web;
