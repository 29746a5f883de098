-- SPDX-License-Identifier: ISC
-- maintenance_may: only the own team (p_party null: its operator) says what is planned work, because it opens no tickets and
-- is taken off the figures. KT403 in words for others.
create function kentongan.maintenance_may(p_party text) returns void
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    if party_known(p_party) is not null and not party_acts_for(p_party, own_team()) then
        raise exception 'Only the own team announces or ends maintenance. Ask it to, %.', p_party using errcode = 'KT403';
    end if;
end $$;
