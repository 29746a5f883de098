-- SPDX-License-Identifier: ISC
-- outage_moves: an outage turns out to be another's fault than its ticket says. Its site was cut off by that ticket's fault until
-- the root was back; or, when it is the site's own, at the longest until now. While the root is silent it may cut the site
-- off as well: that is said by its own report.
create function kentongan.outage_moves(o kentongan.outage, p_root text, p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    back_at timestamptz := (select max(r.restored_at) from outage r where r.ticket = o.ticket and r.site = o.root
                            having bool_and(r.restored_at is not null));
begin
    update ticket_site a set until = coalesce(back_at, p_now)
     where a.ticket = o.ticket and a.site = o.site and a.until is null and (back_at is not null or p_root = o.site);
end $$;
