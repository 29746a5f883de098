-- SPDX-License-Identifier: ISC
-- ticket_back_at: since when the ticket's root has been answering again (the first good probe after its last outage);
-- null while one of its outages lasts.
create function kentongan.ticket_back_at(t kentongan.ticket) returns timestamptz
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return (select case when bool_and(restored_at is not null) then max(restored_at) end
              from outage where ticket = t.id and site = t.root);
end $$;
