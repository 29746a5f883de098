-- SPDX-License-Identifier: ISC
-- ticket_next: {who, what}: whom the ticket waits for (party, team or engine) and for which action; null when it waits for
-- nobody. verify: the engine watches whether the claimed repair holds.
create function kentongan.ticket_next(t kentongan.ticket) returns jsonb
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return (select jsonb_build_object(
                       'who', case when what = 'verify' then 'engine'
                                   when t.party is null or t.party = own_team() then 'team'
                                   else 'party' end,
                       'what', what)
              from (select case t.state
                        when 'new' then 'accept'
                        when 'offered' then 'accept'
                        -- the link is back: there is nothing left to travel to
                        when 'accepted' then case when ticket_back_at(t) is null then 'onsite' else 'claim' end
                        when 'onsite' then 'claim'
                        when 'waiting' then 'resume'
                        when 'claimed' then 'verify'
                        when 'restored' then 'close'
                    end as what) x
             where what is not null);
end $$;
