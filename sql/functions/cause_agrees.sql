-- SPDX-License-Identifier: ISC
-- cause_agrees: whether what people reported is what was proven: their fourteen codes are finer than the engine's words. Null
-- when the two cannot be compared: lightning, vandalism and planned say why, not what, and unknown says nothing.
--   power, psu, ups -> power   upstream -> upstream   link, antenna, cable, fibre -> link   device, config -> device or agent
create function kentongan.cause_agrees(p_reported text, p_proven text) returns boolean
language sql immutable set search_path = kentongan, pg_temp as $$
    select case when p_proven <> 'unproven' then
           case when p_reported in ('power', 'psu', 'ups') then p_proven = 'power'
                when p_reported = 'upstream' then p_proven = 'upstream'
                when p_reported in ('link', 'antenna', 'cable', 'fibre') then p_proven = 'link'
                when p_reported in ('device', 'config') then p_proven in ('device', 'agent') end end
$$;
