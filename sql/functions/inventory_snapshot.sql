-- SPDX-License-Identifier: ISC
-- inventory_snapshot: each inventory row as its file has it: [{file, key, doc}], to tell before from after.
create function kentongan.inventory_snapshot() returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select coalesce(jsonb_agg(jsonb_build_object('file', file, 'key', key, 'doc', jsonb_strip_nulls(doc))), '[]')
      from (select 'sites.csv' as file, s.code::text as key, to_jsonb(s) - 'code' || jsonb_build_object('uplinks',
                       (select string_agg(parent, ' ' order by ordinal) from uplink where site = s.code)) as doc
              from site s
            union all
            select 'devices.csv', d.site || ' ' || d.name, to_jsonb(d) - 'id' - 'site' - 'name' from device d
            union all
            select 'parties.csv', p.party, to_jsonb(p) - 'party' from party p
            union all
            select 'endpoints.csv', e.endpoint, to_jsonb(e) - 'endpoint' - 'disabled_reason' from endpoint e
            union all
            select 'contracts.csv', c.contract, to_jsonb(c) - 'contract' || jsonb_build_object('sites',
                       (select string_agg(pattern, ' ' order by pattern) from contract_site
                         where contract = c.contract))
              from contract c) rows
$$;
