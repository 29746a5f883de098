-- SPDX-License-Identifier: ISC
-- ticket_leave: those of a ticket's sites of which nothing says any more that its fault cuts them off were so until then: who is
-- not in p_still (null: nobody is), and has no silence of its own that belongs to this ticket, or is cut off by another's, too.
create function kentongan.ticket_leave(p_ticket bigint, p_still text[], p_until timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
begin
    update ticket_site a set until = p_until
     where a.ticket = p_ticket and a.until is null
       and not exists (select from unnest(p_still) s where s = a.site)
       and (not exists (select from outage o where o.site = a.site and o.ticket = a.ticket and o.restored_at is null)
            or exists (select from ticket_site b where b.site = a.site and b.ticket <> a.ticket and b.until is null));
end $$;
