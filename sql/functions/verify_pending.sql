-- SPDX-License-Identifier: ISC
-- verify_pending: the claims that wait for proof, and the gateway that can give it. A claim is named by its ticket and
-- instant. One whose root has no gateway is not here: ticket_heal takes care of it. One of a site that flaps is not here
-- before the site is calm, which is what it has to prove.
create function kentongan.verify_pending() returns table (ticket bigint, device int, site text, claimed_at timestamptz)
language sql stable security definer set search_path = kentongan, pg_temp as $$
    select t.id, d.id, t.root::text, t.claimed_at
      from ticket t join device d on d.site = t.root and d.role = 'gateway'
     where t.state = 'claimed' and not (t.kind = 'flapping' and condition_lasts(t))
     order by t.claimed_at, t.id
$$;
grant execute on function kentongan.verify_pending() to kentongan_app;
