-- SPDX-License-Identifier: ISC
-- import_counts: per file that was given: rows added, changed and unchanged.
create function kentongan.import_counts(p_rows jsonb, p_changes jsonb) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select coalesce(jsonb_object_agg(key, jsonb_build_object(
               'added', added, 'changed', changed, 'unchanged', given - added - changed)), '{}')
      from (select f.key, jsonb_array_length(f.value) as given,
                   count(*) filter (where c ->> 'change' = 'added') as added,
                   count(*) filter (where c ->> 'change' = 'changed') as changed
              from jsonb_each(p_rows) f
              left join jsonb_array_elements(p_changes) c on c ->> 'file' = f.key || '.csv'
             group by f.key, f.value) per_file
$$;
