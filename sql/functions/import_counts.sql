-- SPDX-License-Identifier: ISC
-- import_counts: per file that was given: rows added, changed and unchanged. The changes are counted before they meet the
-- files: to group by a file's rows as well is to compare megabytes for each change.
create function kentongan.import_counts(p_rows jsonb, p_changes jsonb) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select coalesce(jsonb_object_agg(f.key, jsonb_build_object(
               'added', coalesce(c.added, 0), 'changed', coalesce(c.changed, 0),
               'unchanged', f.given - coalesce(c.added, 0) - coalesce(c.changed, 0))), '{}')
      from (select key, jsonb_array_length(value) as given from jsonb_each(p_rows)) f
      left join (select change ->> 'file' as file,
                        count(*) filter (where change ->> 'change' = 'added') as added,
                        count(*) filter (where change ->> 'change' = 'changed') as changed
                   from jsonb_array_elements(p_changes) change
                  group by 1) c on c.file = f.key || '.csv'
$$;
