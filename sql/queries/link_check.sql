-- SPDX-License-Identifier: ISC
-- link_check: $1 ticket bigint   $2 party text   $3 generation int
-- side: read
-- Returns one row (link text: ok declined old none; language text, of the party).
select kentongan.link_check($1, $2, $3) as link, coalesce(kentongan.party_language($2), '') as language
