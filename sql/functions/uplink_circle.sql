-- SPDX-License-Identifier: ISC
-- uplink_circle: the sites whose uplinks lead back to themselves, sorted; null when there are none. Peels off what has
-- no uplink left, then what has nobody behind it left, until nothing changes: what remains runs in circles.
create function kentongan.uplink_circle() returns text[]
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    remain text[] := (select array_agg(distinct site::text) from uplink);
    before int;
begin
    loop
        before := cardinality(remain);
        remain := (select array_agg(distinct u.site::text order by u.site::text) from uplink u
                    where u.site = any(remain) and u.parent = any(remain)
                      and exists (select from uplink below where below.parent = u.site and below.site = any(remain)));
        exit when remain is null or cardinality(remain) = before;
    end loop;
    return remain;
end $$;
