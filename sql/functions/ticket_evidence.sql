-- SPDX-License-Identifier: ISC
-- ticket_evidence: ticket_evidence_rows in words: what, who said it, when, the detail and the site.
create function kentongan.ticket_evidence(t kentongan.ticket) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select coalesce(jsonb_agg(
               case when e.source = 'ping' and e.what = 'answers' then 'answers ping, not SNMP'
                    else concat_ws(' ', e.what, e.source) end
               || coalesce(' ' || to_char(e.at at time zone 'UTC', 'HH24:MI:SS"Z"'), '')
               || coalesce(': ' || e.detail, '') || coalesce(' (' || e.site || ')', '') order by e.n), '[]')
      from (select *, row_number() over () as n from ticket_evidence_rows(t)) e
$$;
grant execute on function kentongan.ticket_evidence(kentongan.ticket) to kentongan_app;
