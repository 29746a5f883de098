-- SPDX-License-Identifier: ISC
-- notification_owe: one row for each endpoint that is to hear of it (notification_hearers).
-- An older message of the same ticket that still waits there is superseded: nobody wants yesterday's state. One that
-- is under way (leased) is not, and one of the same instant is not: opened and offered belong together. To the ticket's
-- own party it carries an action link, good as long as the ticket stays with it.
create function kentongan.notification_owe(t kentongan.ticket, p_type text, p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    told text[];
begin
    with owed as (
        insert into notification (message_id, endpoint, ticket, type, created_at, data, next_at,
                                  link_generation)
        select message_id_new(), e.endpoint, t.id, p_type, p_now, notification_data(t), p_now,
               case when e.party = t.party then t.generation end
          from notification_hearers(t, p_type) e
        returning endpoint)
    select array_agg(endpoint) into told from owed;

    if told is not null then
        update notification
           set state = 'superseded', settled_at = p_now, reason = 'superseded by ' || p_type
         where endpoint = any(told) and ticket = t.id and state = 'queued' and created_at < p_now;
        perform pg_notify('kentongan_outbox', '');
    end if;
end $$;
