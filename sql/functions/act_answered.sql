-- SPDX-License-Identifier: ISC
-- act_answered: what this party was answered when it sent this act with this key before; null when it did not. A key
-- belongs to one act in one wording: with another action or other words it is refused (KT42K), so that neither a second
-- button of an old page nor a second text is swallowed.
create function kentongan.act_answered(p_ticket bigint, p_party text, p_action text, p_args jsonb) returns jsonb
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    sent act_key;
begin
    select * into sent from act_key where ticket = p_ticket and party = p_party and key = p_args ->> 'key';
    if sent.action <> p_action then
        raise exception 'This key was sent with "%" already. Load the page again, then decide.', sent.action
            using errcode = 'KT42K';
    end if;
    if sent.content <> ticket_content(p_args) then
        raise exception 'This key was sent with other words already, which were taken. Load the page again, then decide.'
            using errcode = 'KT42K';
    end if;
    return sent.answer;
end $$;
