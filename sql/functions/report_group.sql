-- SPDX-License-Identifier: ISC
-- report_group: what a group of the report is called, and where it stands among the others.
create function kentongan.report_group(p_by text, p_key text, out name text, out rank text)
language sql stable set search_path = kentongan, pg_temp as $$
    select x.name, coalesce(x.rank, x.name)
      from (select case p_by when 'site' then (select s.name from site s where s.code = p_key)
                             when 'party' then (select p.name from party p where p.party = p_key)
                             when 'kecamatan' then kecamatan_name(p_key)
                             else p_key end as name,
                   case p_by when 'site' then p_key
                             when 'cause' then (select to_char(c.ordinal, '0000') from cause_code c where c.cause = p_key)
                             end as rank) x
$$;
