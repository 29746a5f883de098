-- SPDX-License-Identifier: ISC
-- ticket_number: KT-2026-000123 of a ticket's id; null when there is no such ticket.
create function kentongan.ticket_number(p_ticket bigint) returns text
language sql stable security definer set search_path = kentongan, pg_temp as $$
    select number from ticket where id = p_ticket
$$;
grant execute on function kentongan.ticket_number(bigint) to kentongan_app, kentongan_web;
