-- SPDX-License-Identifier: ISC
-- ticket_evidence_rows: what points to the cause of a ticket: what the outages of its roots have, sixteen at most, by time. What
-- the engine weighed goes before what devices said unasked, and the ticket's root before the other sites of a feeder.
-- site: null for the ticket's root. The last: whether the root answers ping all the same, as it was last heard, without a time.
create function kentongan.ticket_evidence_rows(t kentongan.ticket)
returns table (site text, source text, what text, at timestamptz, detail text)
language sql stable set search_path = kentongan, pg_temp as $$
    with own as (select * from outage where ticket = t.id and site = root),
    said as (
        select nullif(own.site::text, t.root::text) as site, e.source, e.what, e.at, e.detail
          from own join outage_evidence e on e.outage = own.id
        union all
        select null, 'ping', 'answers', null, null
         where (select answers_ping from own where own.site = t.root order by first_bad desc limit 1)
           and not exists (select from own join outage_evidence e on e.outage = own.id where e.source = 'ping'))
    select few.*
      from (select * from said order by site is not null, source = 'trap', at nulls first, source, what limit 16) few
     order by few.at nulls last, few.site nulls first, few.source, few.what
$$;
grant execute on function kentongan.ticket_evidence_rows(kentongan.ticket) to kentongan_app, kentongan_web;
