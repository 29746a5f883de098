-- SPDX-License-Identifier: ISC
-- inventory_difference: what one snapshot has that an earlier one has not: [{file, key, change, what}], in the order of
-- the files' names and keys. What is added is told by name, address or party, what is changed by each field. An url may hold a
-- token, so its values are not told.
create function kentongan.inventory_difference(p_before jsonb, p_after jsonb) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    with pair as (
        select a.file, a.key, b.doc as old, a.doc as new
          from jsonb_to_recordset(p_after) as a(file text, key text, doc jsonb)
          left join jsonb_to_recordset(p_before) as b(file text, key text, doc jsonb)
            on b.file = a.file and b.key = a.key
         where b.doc is distinct from a.doc),
    field as (
        select p.file, p.key, p.old is null as is_new, f.name,
               coalesce(p.old ->> f.name, '(none)') as was, coalesce(p.new ->> f.name, '(none)') as became
          from pair p, lateral (select jsonb_object_keys(coalesce(p.old, '{}') || p.new) as name) f
         where p.old -> f.name is distinct from p.new -> f.name),
    told as (
        select file, key, is_new, string_agg(
                   case when is_new then became
                        when name = 'url' then 'url changed'
                        else format('%s %s → %s', name, was, became) end, ', ' order by name)
                   filter (where not is_new or name in ('name', 'address', 'party')) as what
          from field group by file, key, is_new)
    select coalesce(jsonb_agg(jsonb_build_object('file', file, 'key', key, 'what', coalesce(what, ''),
                                                 'change', case when is_new then 'added' else 'changed' end)
                              order by file, key), '[]')
      from told
$$;
