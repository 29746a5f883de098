-- SPDX-License-Identifier: ISC
-- event_verify: recomputes the chain of one ticket (null: of all) and names the first row of each that does
-- not fit: changed, or behind a row that was removed. A chain cut off at its end is found by its ticket's seq only.
create function kentongan.event_verify(p_ticket bigint) returns table (ticket bigint, n int)
language sql stable security definer set search_path = kentongan, pg_temp as $$
    select e.ticket, min(e.n)
      from (select x as event, x.ticket, x.n, x.hash, lag(x.hash) over w as previous, row_number() over w as nth
              from ticket_event x
             where p_ticket is null or x.ticket = p_ticket
            window w as (partition by x.ticket order by x.n)) e
     where e.n <> e.nth or e.hash <> event_hash(e.previous, e.event)
     group by e.ticket
     order by e.ticket
$$;
grant execute on function kentongan.event_verify(bigint) to kentongan_app;
