-- SPDX-License-Identifier: ISC
-- import_files: applies the files in the order in which they need one another, and returns all that is wrong, sorted
-- by file and line.
create function kentongan.import_files(p_rows jsonb) returns jsonb
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    found_wrong jsonb[];
begin
    found_wrong := array(select import_sites(coalesce(p_rows -> 'sites', '[]')));
    found_wrong := found_wrong || array(select import_parties(coalesce(p_rows -> 'parties', '[]')));
    found_wrong := found_wrong || array(select import_devices(coalesce(p_rows -> 'devices', '[]')));
    found_wrong := found_wrong || array(select import_endpoints(coalesce(p_rows -> 'endpoints', '[]')));
    found_wrong := found_wrong || array(select import_contracts(coalesce(p_rows -> 'contracts', '[]')));
    found_wrong := found_wrong || array(select import_check());
    return (select coalesce(jsonb_agg(e order by e ->> 'file', (e ->> 'line')::int, e ->> 'column', e ->> 'words'), '[]')
              from (select distinct e from unnest(found_wrong) e) each);
end $$;
