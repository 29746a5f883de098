-- SPDX-License-Identifier: ISC
-- ticket_evidence: ticket_evidence_rows as sentences: what was seen, when, the detail and the site. Of a ticket that is
-- degraded, what is wrong: measure, figure, floor, since when, and of which site.
create function kentongan.ticket_evidence(t kentongan.ticket) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select case when t.kind = 'degraded' then (
        select coalesce(jsonb_agg(format('%s since %s, limit %s%s', condition_told(c, c.figure),
                                         to_char(c.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI"Z"'), limit_told(c, c.floor),
                                         coalesce(', usually ' || limit_told(c, c.base), ''))
                                  || coalesce(' (' || nullif(c.site, t.root) || ')', '')
                                  order by c.until is not null, c.site <> t.root, c.site, c.measure, c.instance), '[]')
          from ticket_conditions(t) c)
    else coalesce(jsonb_agg(
               evidence_told(e.source, e.what)
               || coalesce(' at ' || to_char(e.at at time zone 'UTC', 'HH24:MI:SS"Z"'), '')
               || coalesce(': ' || e.detail, '') || coalesce(' (' || e.site || ')', '') order by e.n), '[]') end
      from (select *, row_number() over () as n from ticket_evidence_rows(t)) e
$$;
grant execute on function kentongan.ticket_evidence(kentongan.ticket) to kentongan_app;
