-- SPDX-License-Identifier: ISC
-- site_flaps: whether an outage, by when it was detected, is one of a site that does nothing but come and go.
create function kentongan.site_flaps(o kentongan.outage) returns boolean
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return exists (select from site_condition c
                    where c.site = o.site and c.kind = 'flapping' and c.since <= o.detected
                      and (c.until is null or o.detected < c.until));
end $$;
