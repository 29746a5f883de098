-- SPDX-License-Identifier: ISC
-- notification_hearers: the endpoints that are to hear of it (notification_type says whose), but none that is disabled.
-- A fallback is addressed only while the endpoint that it stands in for is disabled.
create function kentongan.notification_hearers(t kentongan.ticket, p_type text) returns setof kentongan.endpoint
language sql stable set search_path = kentongan, pg_temp as $$
    select e.*
      from endpoint e
      join notification_type k on k.type = p_type
      left join endpoint first on first.endpoint = e.fallback_of
     where e.disabled_at is null
       and (e.fallback_of is null or first.disabled_at is not null)
       and (k.to_team and e.party = own_team() or k.to_party and e.party = t.party)
     order by e.endpoint
$$;
