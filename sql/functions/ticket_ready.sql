-- SPDX-License-Identifier: ISC
-- ticket_ready: refuses in words what ticket_refusal has words for (KT409), and a close whose cause or action would stay
-- unknown (KT422).
create function kentongan.ticket_ready(t kentongan.ticket, p_action text, p_args jsonb, p_now timestamptz)
returns void
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    words text := ticket_refusal(t, p_action, p_now);
begin
    if words is not null then
        raise exception '%', words using errcode = 'KT409';
    end if;
    if p_action = 'close' and t.state = 'restored'
       and (coalesce(p_args ->> 'cause', t.cause_reported) is null or coalesce(p_args ->> 'action', t.action) is null)
    then
        raise exception '% can be closed once its cause and action are known: give both.', t.number
            using errcode = 'KT422';
    end if;
end $$;
