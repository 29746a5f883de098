-- SPDX-License-Identifier: ISC
-- outbox_lease: hands a node up to p_most messages that are due, for p_lease; a lease that ran out is due again. Of
-- one (endpoint, ticket) only the oldest that waits is handed out, so order is kept and never two are under way; of
-- one endpoint at most two, so a receiver that hangs holds up nobody else. The endpoint's row is what nodes skip each
-- other by. The last row has a null id; next_due of each row: when to ask again unless something is settled or owed
-- before (null: nothing waits; past: more is due than p_most). link_…: for whom to make an action link; null for none.
create function kentongan.outbox_lease(p_node text, p_most int, p_lease interval, p_now timestamptz)
returns table (id bigint, message_id text, endpoint text, url text, secret text, type text, created_at timestamptz,
               data jsonb, attempt int, next_due timestamptz, link_ticket bigint, link_party text,
               link_generation int)
language plpgsql security definer set search_path = kentongan, pg_temp as $$
#variable_conflict use_column
declare
    mine text[];
    leased bigint[];
    due timestamptz;
begin
    select array_agg(e.endpoint::text) into mine
      from (select endpoint from endpoint x
             where x.endpoint in (select d.endpoint from outbox_due(p_now) d)
               for no key update of x skip locked) e;

    -- A statement of its own: it sees what others committed before the locks were ours.
    with chosen as (
        select d.id from outbox_due(p_now) d
         where d.endpoint = any(mine)
         order by d.place, d.id
         limit p_most),
    taken as (
        update notification n
           set state = 'leased', leased_by = p_node, leased_until = p_now + p_lease, attempt = n.attempt + 1
          from chosen
         where n.id = chosen.id
           and (n.state = 'queued' and n.next_at <= p_now or n.state = 'leased' and n.leased_until <= p_now)
        returning n.id)
    select array_agg(t.id) into leased from taken t;

    select min(at) into due
      from (select w.leased_until as at from notification w where w.state = 'leased'
            union all
            select h.next_at from outbox_heads(p_now) h where h.state = 'queued' and h.under_way < 2) waits;

    return query
        select n.id, n.message_id, n.endpoint::text, e.url, e.secret, n.type, n.created_at, n.data, n.attempt, due,
               case when n.link_generation is not null then n.ticket end,
               case when n.link_generation is not null then e.party::text end, n.link_generation
          from notification n join endpoint e on e.endpoint = n.endpoint
         where n.id = any(leased)
         order by n.id;
    return query
        select null::bigint, null::text, null::text, null::text, null::text, null::text, null::timestamptz,
               null::jsonb, null::int, due, null::bigint, null::text, null::int;
end $$;
grant execute on function kentongan.outbox_lease(text, int, interval, timestamptz) to kentongan_app;
