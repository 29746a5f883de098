-- SPDX-License-Identifier: ISC
-- outage_end: the site answers again. Said once; a clock that stepped back meanwhile must not keep the outage open, so
-- the end is never before the start. Any other outage of the same site that began before and that nobody ended (its
-- report was lost, or another daemon measured the same silence and died) ended by then too: it gets this instant, marked
-- inferred, until its own report comes.
create function kentongan.outage_end(o kentongan.outage, p_restored timestamptz, p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    ended bigint[];
begin
    with over as (
        update outage x
           set restored_at = greatest(p_restored, o.first_bad), restored_inferred = x.id <> o.id
         where x.id = o.id
            or x.site = o.site and x.first_bad <= greatest(p_restored, o.first_bad) and x.restored_at is null
        returning x.ticket, x.site = x.root as is_root)
    select array_agg(distinct ticket) filter (where ticket is not null and is_root) into ended from over;
    perform ticket_root_back(id, o.site, p_now) from unnest(ended) id;
end $$;
