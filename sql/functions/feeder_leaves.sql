-- SPDX-License-Identifier: ISC
-- feeder_leaves: whether those of a feeder's ticket that are still silent are the few that outlast it (feeder_split), by ten
-- minutes that somebody watched.
create function kentongan.feeder_leaves(p_ticket bigint, p_now timestamptz) returns boolean
language sql stable set search_path = kentongan, pg_temp as $$
    select count(*) filter (where lasts) > 0 and watch_until(max(back), interval '10 minutes') <= p_now
           and (count(*) filter (where lasts) = 1 or count(*) filter (where lasts) * 4 <= count(*))
      from (select bool_or(restored_at is null) as lasts, max(restored_at) as back
              from outage where ticket = p_ticket and site = root group by site) s
$$;
