-- SPDX-License-Identifier: ISC
-- ticket_affected: {count, now, sites}: how many sites the fault cut off, how many it cuts off now, and the first p_most
-- of their codes.
create function kentongan.ticket_affected(p_ticket bigint, p_most int) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select jsonb_build_object('count', count(*), 'now', count(*) filter (where until is null),
                              'sites', coalesce(jsonb_agg(site order by site) filter (where nth <= p_most), '[]'))
      from (select site, until, row_number() over (order by site) as nth from ticket_site where ticket = p_ticket) s
$$;
grant execute on function kentongan.ticket_affected(bigint, int) to kentongan_app, kentongan_web;
