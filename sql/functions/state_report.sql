-- SPDX-License-Identifier: ISC
-- state_report: what the engine believes of sites now: [{site, state, since}], a since that is not
-- known being when the state was first said. Upserts; sites that are not there (any
-- more) are passed over. The first state that is not unknown begins a site's watch; time in which a watched site is
-- unknown is a gap (watch_gap). Returns how many rows it took.
create function kentongan.state_report(p_states jsonb, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    taken bigint;
begin
    with said as (
        select distinct on (r.site) r.site, r.state,
               coalesce(r.since, (select w.since from site_state w where w.site = r.site and w.state = r.state),
                        p_now) as since
          from jsonb_to_recordset(p_states) as r(site text, state text, since timestamptz)
          join site s on s.code = r.site
         order by r.site, r.since desc),
    -- An outage that was known before the gap is told with its old start again; the gap ends with the telling then.
    seen as (
        select g.id, g.since, greatest(g.since, case when said.since > g.since then least(said.since, p_now) else p_now end) as until
          from said join watch_gap g on g.site = said.site and g.until is null
         where said.state <> 'unknown'),
    short as (
        delete from watch_gap g using seen where g.id = seen.id and seen.until - seen.since <= interval '1 minute'),
    ended as (
        update watch_gap g set until = seen.until
          from seen where g.id = seen.id and seen.until - seen.since > interval '1 minute'),
    begun as (
        insert into watch_gap (site, since)
        select said.site, least(said.since, p_now)
          from said join site_state w on w.site = said.site and w.watched_since is not null
         where said.state = 'unknown'
        on conflict (site) where until is null do nothing)
    insert into site_state (site, state, since, at, watched_since)
    select said.site, said.state, said.since, p_now,
           case when said.state <> 'unknown' then least(said.since, p_now) end
      from said
    on conflict (site) do update
       set state = excluded.state, since = excluded.since, at = excluded.at,
           watched_since = coalesce(site_state.watched_since, excluded.watched_since);
    get diagnostics taken = row_count;
    return taken;
end $$;
grant execute on function kentongan.state_report(jsonb, timestamptz) to kentongan_app;
