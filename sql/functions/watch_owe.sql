-- SPDX-License-Identifier: ISC
-- watch_owe: one message about the poller itself for each endpoint that is to hear of it (notification_hearers), to leave
-- at p_next_at. duration_s: of the blindness, null while it lasts.
create function kentongan.watch_owe(p_type text, p_since timestamptz, p_until timestamptz, p_now timestamptz,
                                    p_next_at timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
begin
    insert into notification (message_id, endpoint, type, created_at, data, next_at)
    select message_id_new(), e.endpoint, p_type, p_now,
           jsonb_build_object('since', wall_text(p_since), 'until', wall_text(p_until),
                              'duration_s', round(extract(epoch from p_until - p_since))), p_next_at
      from notification_hearers(null::ticket, p_type) e;
    perform pg_notify('kentongan_outbox', '');
end $$;
