-- SPDX-License-Identifier: ISC
-- cli_tickets: $1 'open' or 'all' text   $2 site text, null for any   $3 party text, null for any
-- Returns one row (JSON array, the youngest first). A site's tickets are those of its own and those that cut it off.
select coalesce(jsonb_agg(kentongan.ticket_doc(t) order by t.id desc), '[]') as answer
  from kentongan.ticket t
  join kentongan.ticket_state s on s.state = t.state,
       (select kentongan.site_known($2::text) as site, kentongan.party_known($3::text) as party) wanted
 where ($1::text = 'all' or s.is_open)
   and (wanted.site is null or t.root = wanted.site
        or exists (select from kentongan.ticket_site a where a.ticket = t.id and a.site = wanted.site))
   and (wanted.party is null or t.party = wanted.party)
