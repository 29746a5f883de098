-- SPDX-License-Identifier: ISC
-- page_now: what is known of a site at this moment, for its page: {state, since, blind, work}. blind: since when the poller
-- itself has been cut off, null while it sees; the state is unknown then. work: the planned work that the site is in (now of
-- site_maintenance), null when it is in none. Internal.
create function kentongan.page_now(p_site text, p_now timestamptz) returns jsonb
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    blind constant timestamptz := watch_blind_since();
    w site_state;
begin
    select * into w from site_state where site = p_site;
    return jsonb_build_object(
        'state', case when blind is not null then 'unknown' else coalesce(w.state, 'unknown') end,
        'since', wall_text(greatest(w.since, blind)), 'blind', wall_text(blind),
        'work', case when maintenance_covers(p_site, p_now) then site_maintenance(p_site, p_now) -> 'now' end);
end $$;
