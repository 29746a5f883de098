-- SPDX-License-Identifier: ISC
-- ticket_left: [{site, until}]: those of a ticket's sites that its fault no longer cuts off, the last to leave first.
create function kentongan.ticket_left(p_ticket bigint) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select coalesce(jsonb_agg(jsonb_build_object('site', site, 'until', wall_text(until)) order by until desc, site), '[]')
      from ticket_site
     where ticket = p_ticket and until is not null
$$;
grant execute on function kentongan.ticket_left(bigint) to kentongan_app, kentongan_web;
