-- SPDX-License-Identifier: ISC
-- watch_blind_since: since when the poller itself has been cut off (watch_sight); null while it sees. As long as it lasts nothing is
-- known of any site or device, and no ticket opens.
create function kentongan.watch_blind_since() returns timestamptz
language sql stable set search_path = kentongan, pg_temp as $$
    select since from watch_blind where until is null
$$;
grant execute on function kentongan.watch_blind_since() to kentongan_app, kentongan_web;
