-- SPDX-License-Identifier: ISC
-- listing: schema, rules and rights as text for golden/schema.txt, so that changing one is a visible diff.
\pset tuples_only on
\pset format unaligned
\pset fieldsep '  '
\echo == tables ==
select case when a.attnum = 1 then format(E'\n%s.%s', c.relnamespace::regnamespace, c.relname) || E'\n' else '' end
       || format('    %s %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' else '' end,
                 case when a.attidentity <> '' then ' identity' else '' end, ' default ' || pg_get_expr(d.adbin, d.adrelid))
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
 where c.relkind in ('r', 'p') and c.relnamespace in ('kentongan'::regnamespace, 'report'::regnamespace)
 order by c.relnamespace::regnamespace::text, c.relname, a.attnum;
\echo
\echo == constraints ==
select coalesce(conrelid::regclass::text, contypid::regtype::text), conname, pg_get_constraintdef(oid)
  from pg_constraint where connamespace = 'kentongan'::regnamespace order by 1, contype desc, 2;
\echo
\echo == indexes ==
select tablename, indexdef from pg_indexes where schemaname = 'kentongan'
   and indexname not in (select conname from pg_constraint) order by tablename, indexname;
\echo
\echo == triggers ==
select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal order by 1;
\echo
\echo == transitions ==
select format('%-8s %-10s %-10s %-7s %s', action, from_state, to_state, actor, array_to_string(notify, ' '))
  from kentongan.ticket_transition t join kentongan.ticket_state s on s.state = t.from_state order by action, s.ordinal;
\echo
\echo == views ==
select format('%s.%s (%s)', c.relnamespace::regnamespace, c.relname, string_agg(format('%s %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum))
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
 where c.relkind = 'v' and c.relnamespace in ('kentongan'::regnamespace, 'report'::regnamespace)
 group by c.oid, c.relname, c.relnamespace order by 1;
\echo
\echo == functions ==
select format('%s%s returns %s%s', proname, replace(format('(%s)', pg_get_function_identity_arguments(p.oid)), 'kentongan.', ''), replace(pg_get_function_result(p.oid), 'kentongan.', ''),
              case when prosecdef then ' [definer]' else '' end)
  from pg_proc p where pronamespace = 'kentongan'::regnamespace order by 1;
\echo
\echo == memberships ==
select format('%s is a member of %s', m.member::regrole, m.roleid::regrole) from pg_auth_members m
 where m.roleid::regrole::text like 'kentongan%' and m.member::regrole::text like 'kentongan%' order by 1;
\echo
\echo == rights ==
select format('%s: %s %s', grantee, kind, string_agg(name || case privs when 'SELECT' then '' when 'EXECUTE' then '' else ' ' || privs end, ', ' order by name))
  from (select grantee::regrole::text as grantee, case when c.relkind = 'v' then 'reads view' else 'reads table' end as kind, c.oid::regclass::text as name,
               string_agg(privilege_type, '+' order by privilege_type) as privs
          from pg_class c, aclexplode(c.relacl) x
         where c.relnamespace in ('kentongan'::regnamespace, 'report'::regnamespace) and x.grantee <> c.relowner group by 1, 2, 3
        union all
        select grantee::regrole::text, 'executes', p.proname, string_agg(privilege_type, '+')
          from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
         where p.pronamespace = 'kentongan'::regnamespace and x.grantee <> p.proowner group by 1, 2, 3
        union all
        select grantee::regrole::text, 'uses schema', n.nspname, case string_agg(privilege_type, '+') when 'USAGE' then 'SELECT' else string_agg(privilege_type, '+') end
          from pg_namespace n, aclexplode(n.nspacl) x
         where n.nspname in ('kentongan', 'report') and x.grantee <> n.nspowner group by 1, 2, 3) g
 group by grantee, kind order by grantee, kind;
