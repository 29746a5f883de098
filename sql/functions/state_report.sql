-- SPDX-License-Identifier: ISC
-- state_report: what the engine believes of sites now: [{site, state, since}], a since that is not
-- known being when the state was first said. Upserts; sites that are not there (any
-- more) are passed over. Returns how many rows it took.
create function kentongan.state_report(p_states jsonb, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    taken bigint;
begin
    insert into site_state (site, state, since, at)
    select distinct on (r.site) r.site, r.state,
           coalesce(r.since, (select w.since from site_state w where w.site = r.site and w.state = r.state), p_now), p_now
      from jsonb_to_recordset(p_states) as r(site text, state text, since timestamptz)
      join site s on s.code = r.site
     order by r.site, r.since desc
    on conflict (site) do update set state = excluded.state, since = excluded.since, at = excluded.at;
    get diagnostics taken = row_count;
    return taken;
end $$;
grant execute on function kentongan.state_report(jsonb, timestamptz) to kentongan_app;
