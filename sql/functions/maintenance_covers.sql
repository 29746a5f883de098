-- SPDX-License-Identifier: ISC
-- maintenance_covers: whether a site is in maintenance at that instant (maintenance_planned). Whoever opens a ticket of any
-- kind asks first: in planned work none is opened; what is open goes on.
create function kentongan.maintenance_covers(p_site text, p_at timestamptz) returns boolean
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return maintenance_planned(p_site, tstzrange(p_at, p_at + interval '1 microsecond')) <> '{}';
end $$;
