-- SPDX-License-Identifier: ISC
-- act_answered: what this party was answered when it sent this act with this key before; null when it did not. A key
-- belongs to one act: with another action it is refused, so that a second button of an old page is never swallowed.
create function kentongan.act_answered(p_ticket bigint, p_party text, p_key text, p_action text) returns jsonb
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    sent act_key;
begin
    select * into sent from act_key where ticket = p_ticket and party = p_party and key = p_key;
    if sent.action <> p_action then
        raise exception 'This key was sent with "%" already. Load the page again, then decide.', sent.action
            using errcode = 'KT422';
    end if;
    return sent.answer;
end $$;
