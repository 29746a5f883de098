-- SPDX-License-Identifier: ISC
-- api_site_course: site_course() for a program; null when there is no such site, or it is not under the contract of p_party
-- (null: the own team's, which sees all) today.
create function kentongan.api_site_course(p_party text, p_code text, p_from timestamptz, p_step_s int, p_count int,
                                          p_now timestamptz) returns jsonb
language plpgsql stable security definer set search_path = kentongan, pg_temp as $$
begin
    if not exists (select 1 from site s left join lateral contract_for(s.code, day_of(p_now)) c on true
                    where s.code = p_code and (p_party is null or c.party = p_party)) then
        return null;
    end if;
    return site_course(p_code, p_from, p_step_s, p_count);
end $$;
grant execute on function kentongan.api_site_course(text, text, timestamptz, int, int, timestamptz) to kentongan_app, kentongan_web;
