-- SPDX-License-Identifier: ISC
-- api_ticket: one ticket with its timeline and what may be done to it now, or null: there is none for this party (null:
-- the own team), be it another's or nobody's.
create function kentongan.api_ticket(p_number text, p_party text, p_now timestamptz) returns jsonb
language plpgsql stable security definer set search_path = kentongan, pg_temp as $$
declare
    t ticket;
begin
    select * into t from ticket where id = ticket_id(p_number) and (p_party is null or party = p_party);
    if not found then
        return null;
    end if;
    return ticket_doc(t) || jsonb_build_object('cause', ticket_cause(t), 'evidence', ticket_evidence(t), 'measures', ticket_measures(t), 'timeline', ticket_timeline(t.id),
                                               'actions', to_jsonb(ticket_actions(t, p_party, p_now)));
exception when sqlstate 'KT404' then
    return null;
end $$;
grant execute on function kentongan.api_ticket(text, text, timestamptz) to kentongan_app, kentongan_web;
