-- SPDX-License-Identifier: ISC
-- site_history: the last p_slots five-minute slots of a site's gateway up to p_now, oldest first, one for one: [{at, sent,
-- lost, min_us, mean_us, p95_us, max_us}], sent 0 and the rest null where nothing is kept. Null: the site has no gateway.
create function kentongan.site_history(p_site text, p_slots int, p_now timestamptz) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select jsonb_agg(jsonb_build_object(
               'at', wall_text(s.at), 'sent', coalesce(r.sent, 0), 'lost', r.lost, 'min_us', r.rtt_min_us,
               'mean_us', r.rtt_mean_us, 'p95_us', r.rtt_p95_us, 'max_us', r.rtt_max_us) order by s.at)
      from device d
      cross join lateral (
           select date_bin('5 minutes', p_now, 'epoch') - i * interval '5 minutes' as at
             from generate_series(least(p_slots, 2016), 1, -1) i) s
      left join rollup r on r.device = d.id and r.slot = s.at
     where d.site = p_site and d.role = 'gateway'
$$;
grant execute on function kentongan.site_history(text, int, timestamptz) to kentongan_app, kentongan_web;
