-- SPDX-License-Identifier: ISC
-- inventory_snapshot: the inventory rows that the rows of an import name, each as its file has it: [{file, key, doc}], to
-- tell before from after. No import touches others, and all of a million sites would be more than one jsonb holds.
create function kentongan.inventory_snapshot(p_rows jsonb) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select coalesce(jsonb_agg(jsonb_build_object('file', file, 'key', key, 'doc', jsonb_strip_nulls(doc))), '[]')
      from (select 'sites.csv' as file, s.code::text as key, to_jsonb(s) - 'code' || jsonb_build_object('uplinks',
                       (select string_agg(parent, ' ' order by ordinal) from uplink where site = s.code)) as doc
              from site s
             where s.code in (select r ->> 'code' from jsonb_array_elements(p_rows -> 'sites') r)
            union all
            select 'devices.csv', d.site || ' ' || d.name, to_jsonb(d) - 'id' - 'site' - 'name'
              from device d
             where (d.site, d.name) in (select r ->> 'site', r ->> 'name'
                                          from jsonb_array_elements(p_rows -> 'devices') r)
            union all
            select 'parties.csv', p.party, to_jsonb(p) - 'party'
              from party p
             where p.party in (select r ->> 'party' from jsonb_array_elements(p_rows -> 'parties') r)
            union all
            select 'endpoints.csv', e.endpoint, to_jsonb(e) - 'endpoint' - 'disabled_reason'
              from endpoint e
             where e.endpoint in (select r ->> 'endpoint' from jsonb_array_elements(p_rows -> 'endpoints') r)
            union all
            select 'contracts.csv', c.contract, to_jsonb(c) - 'contract' || jsonb_build_object('sites',
                       (select string_agg(pattern, ' ' order by pattern) from contract_site
                         where contract = c.contract))
              from contract c
             where c.contract in (select r ->> 'contract' from jsonb_array_elements(p_rows -> 'contracts') r)) rows
$$;
