-- SPDX-License-Identifier: ISC
-- verify_pending: the claims that wait for proof, and the gateway that can give it. A claim is named by its ticket and
-- instant. One whose root has no gateway is not here: ticket_heal takes care of it. One of a site that flaps is not here
-- before the site is calm, which is what it has to prove. One about a reading is not here before that was read again, but
-- after half an hour: then it is the answer that it was not.
create function kentongan.verify_pending(p_now timestamptz) returns table (ticket bigint, device int, site text, claimed_at timestamptz)
language sql stable security definer set search_path = kentongan, pg_temp as $$
    select t.id, d.id, t.root::text, t.claimed_at
      from ticket t join device d on d.site = t.root and d.role = 'gateway'
     where t.state = 'claimed' and not (t.kind = 'flapping' and condition_lasts(t))
       and not (t.kind = 'degraded' and t.claimed_at > p_now - interval '30 minutes' and exists (
                select from site_condition c left join device_reading r on r.device = c.device
                 where c.root = t.root and c.kind = 'degraded' and c.until is null and c.measure not in ('loss', 'rtt')
                   and (r.at >= t.claimed_at) is not true))
     order by t.claimed_at, t.id
$$;
grant execute on function kentongan.verify_pending(timestamptz) to kentongan_app;
