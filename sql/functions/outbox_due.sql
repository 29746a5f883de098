-- SPDX-License-Identifier: ISC
-- outbox_due: the heads that may be leased now, with their place in their endpoint's queue, cut at two under way.
create function kentongan.outbox_due(p_now timestamptz) returns table (id bigint, endpoint text, place bigint)
language sql stable set search_path = kentongan, pg_temp as $$
    select id, endpoint, place
      from (select h.id, h.endpoint, h.under_way, row_number() over (partition by h.endpoint order by h.id) as place
              from outbox_heads(p_now) h
             where h.state = 'queued' and h.next_at <= p_now
                or h.state = 'leased' and h.leased_until <= p_now) ready
     where place + under_way <= 2
$$;
