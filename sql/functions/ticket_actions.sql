-- SPDX-License-Identifier: ISC
-- ticket_actions: what ticket_act would let p_party (null: the own team) do to this ticket now, the next step of the work
-- first. Arguments may still be missing.
create function kentongan.ticket_actions(t kentongan.ticket, p_party text, p_now timestamptz) returns text[]
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return (select coalesce(array_agg(x.action order by array_position(
                       '{accept,onsite,resume,claim,close,decline,wait,note,cancel}', x.action), x.action), '{}')
              from ticket_transition x
             where x.from_state = t.state
               and ticket_holds(t, p_party)
               and (x.actor = 'party' or x.actor = 'team' and (p_party is null or party_acts_for(p_party, own_team())))
               and ticket_refusal(t, x.action, p_now) is null);
end $$;
