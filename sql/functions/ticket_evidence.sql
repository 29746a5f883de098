-- SPDX-License-Identifier: ISC
-- ticket_evidence: what points to the cause of a ticket, in words: what the root's outages have, by time, and the second
-- reason, as it was last heard. At most sixteen.
create function kentongan.ticket_evidence(t kentongan.ticket) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    with own as (select * from outage where ticket = t.id and site = t.root),
    said as (
        select e.what || ' ' || e.source || ' ' || to_char(e.at at time zone 'UTC', 'HH24:MI:SS"Z"') as words, e.at
          from own join outage_evidence e on e.outage = own.id
        union all
        select 'answers ping, not SNMP', null
         where (select answers_ping from own order by first_bad desc limit 1)
    )
    select coalesce(jsonb_agg(words order by at nulls last), '[]')
      from (select words, at from said order by at nulls first limit 16) few
$$;
grant execute on function kentongan.ticket_evidence(kentongan.ticket) to kentongan_app;
