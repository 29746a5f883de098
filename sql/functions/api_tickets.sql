-- SPDX-License-Identifier: ISC
-- api_tickets: tickets for a program, the youngest first, p_limit at a time: {tickets, next}; next is the p_before of
-- the page after, null at the end. p_party: only that party's (null: all). p_site: of that site or cutting it off.
-- p_state: open, all, or one state.
create function kentongan.api_tickets(p_party text, p_state text, p_site text, p_before bigint, p_limit int)
returns jsonb
language plpgsql stable security definer set search_path = kentongan, pg_temp as $$
declare
    answer jsonb;
begin
    if p_party is null then
        perform site_known(p_site); -- to a party, another's site is like none
    end if;
    if p_state not in ('open', 'all') and not exists (select from ticket_state where state = p_state) then
        raise exception 'There is no state %. States: open, all, %.', p_state,
            (select string_agg(state, ', ' order by ordinal) from ticket_state) using errcode = 'KT422';
    end if;
    with chosen as (
        select t.id, t as doc
          from ticket t join ticket_state s on s.state = t.state
         where (p_party is null or t.party = p_party)
           and (p_state = 'all' or p_state = 'open' and s.is_open or p_state = t.state)
           and (p_site is null or t.root = p_site
                or exists (select from ticket_site a where a.ticket = t.id and a.site = p_site))
           and (p_before is null or t.id < p_before)
         order by t.id desc
         limit p_limit + 1)
    select jsonb_build_object(
               'tickets', coalesce(jsonb_agg(ticket_doc(c.doc) order by c.id desc) filter (where c.place <= p_limit), '[]'),
               'next', case when count(*) > p_limit then min(c.id) filter (where c.place <= p_limit) end)
      into answer
      from (select *, row_number() over (order by id desc) as place from chosen) c;
    return answer;
end $$;
grant execute on function kentongan.api_tickets(text, text, text, bigint, int) to kentongan_app, kentongan_web;
