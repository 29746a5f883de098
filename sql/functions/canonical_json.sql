-- SPDX-License-Identifier: ISC
-- canonical_json: one spelling per value, so that a hash over it can be recomputed anywhere: no blanks,
-- keys in the order of their bytes, numbers and strings as PostgreSQL prints them (only what JSON demands is escaped).
create function kentongan.canonical_json(p_value jsonb) returns text
language sql immutable set search_path = kentongan, pg_temp as $$
    select case jsonb_typeof(p_value)
        when 'object' then
            (select '{' || coalesce(string_agg(to_jsonb(key)::text || ':' || canonical_json(value), ','
                                               order by key collate "C"), '') || '}'
               from jsonb_each(p_value))
        when 'array' then
            (select '[' || coalesce(string_agg(canonical_json(value), ',' order by n), '') || ']'
               from jsonb_array_elements(p_value) with ordinality as item(value, n))
        else p_value::text
    end
$$;
grant execute on function kentongan.canonical_json(jsonb) to kentongan_app;
