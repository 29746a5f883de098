-- SPDX-License-Identifier: ISC
-- outbox_heads: the oldest waiting message of each (endpoint, ticket); what belongs to no ticket stands alone.
-- under_way: how many messages of its endpoint are leased now.
create function kentongan.outbox_heads(p_now timestamptz)
returns table (id bigint, endpoint text, state text, next_at timestamptz, leased_until timestamptz, under_way bigint)
language sql stable set search_path = kentongan, pg_temp as $$
    select n.id, n.endpoint::text, n.state, n.next_at, n.leased_until,
           count(*) filter (where n.state = 'leased' and n.leased_until > p_now) over (partition by n.endpoint)
      from notification n
     where n.state in ('queued', 'leased')
       and not exists (select from notification older
                        where older.endpoint = n.endpoint and older.ticket = n.ticket and older.id < n.id
                          and older.state in ('queued', 'leased'))
$$;
