-- SPDX-License-Identifier: ISC
-- outage_end: the site answers again. Said once; a clock that stepped back meanwhile must not keep the outage open, so
-- the end is never before the start. Any other outage of the same site that began before and that nobody ended (its
-- report was lost, or another daemon measured the same silence and died) ended by then too: it gets this instant, marked
-- inferred, until its own report comes. Who answers is cut off by no ticket's fault any more, and when the last root of a ticket
-- is back, nor are those of whom no silence is known.
create function kentongan.outage_end(o kentongan.outage, p_restored timestamptz, p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    back_at timestamptz := greatest(p_restored, o.first_bad);
    ended bigint[];
begin
    with over as (
        update outage x
           set restored_at = back_at, restored_inferred = x.id <> o.id
         where x.id = o.id
            or x.site = o.site and x.first_bad <= back_at and x.restored_at is null
        returning x.ticket, x.site = x.root as is_root)
    select array_agg(distinct ticket) filter (where ticket is not null and is_root) into ended from over;
    update ticket_site a set until = back_at
     where a.site = o.site and a.until is null
       and not exists (select from outage x where x.site = o.site and x.restored_at is null);
    perform ticket_leave(e.ticket, null, back_at) from unnest(ended) e(ticket)
      where not exists (select from outage x where x.ticket = e.ticket and x.site = x.root and x.restored_at is null);
    perform ticket_root_back(id, o.site, p_now) from unnest(ended) id;
end $$;
