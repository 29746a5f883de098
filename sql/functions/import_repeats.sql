-- SPDX-License-Identifier: ISC
-- import_repeats: the rows whose key stands on an earlier line of the same file already.
create function kentongan.import_repeats(p_file text, p_rows jsonb, p_columns text[]) returns setof jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select import_error(p_file, line, p_columns[cardinality(p_columns)],
                        format('%s is on line %s already', replace(key, E'\t', ' '), first_line))
      from (select (row ->> 'line')::int as line, key,
                   min((row ->> 'line')::int) over (partition by key) as first_line
              from jsonb_array_elements(p_rows) row,
                   lateral (select string_agg(row ->> c, E'\t' order by n) as key
                              from unnest(p_columns) with ordinality as u(c, n)) keys) numbered
     where line > first_line
$$;
