-- SPDX-License-Identifier: ISC
-- What is behind what, in networks as they come: downwards, upwards and by the definition the same is found.
begin;
select plan(4);
select setseed(0.23);
-- Four hundred networks of 25 sites: each hangs on up to three of those before it, two are cores. (s * 0: drawn anew for each site.)
create temp table net on commit drop as
    select n, s, format('N%s.%s', n, s) as code, array(select distinct format('N%s.%s', n, (random() * (s - 2))::int + 1)
                                                         from generate_series(1, 1 + (random() * 2.2)::int + s * 0)) as parents
      from generate_series(1, 400) n cross join generate_series(1, 25) s;
update net set parents = '{}' where s <= 2;
insert into kentongan.site (code, name, kind) select code, code, 'village' from net;
insert into kentongan.uplink (site, parent, ordinal)
    select code, p, row_number() over (partition by code) from net cross join lateral unnest(parents) p;
create temp table cut on commit drop as
    select n, array_agg(code order by code) as codes from net where random() < 0.15 group by n;

-- By the definition: whatever a walk from the cores reaches without a step onto a cut site is not behind.
create function pg_temp.reached(p_net int, p_cut text[]) returns setof text language sql as $$
    with recursive r as (
        select code from net where n = p_net and parents = '{}' and code <> all(p_cut)
        union
        select x.code from r join net x on x.n = p_net and r.code = any(x.parents) where x.code <> all(p_cut))
    select code from r
$$;
create temp table found on commit drop as
    select n, codes, array(select kentongan.site_behind(codes, codes) order by 1) as behind,
           array(select code from net where net.n = cut.n and kentongan.site_cut_off(code, codes) order by 1) as cut_off,
           array(select code from net where net.n = cut.n except select pg_temp.reached(cut.n, codes) order by 1) as true_ones
      from cut;
select is((select count(*)::int from found where behind is distinct from true_ones), 0, 'downwards from the cut');
select is((select count(*)::int from found where cut_off is distinct from true_ones), 0, 'upwards from each site');
select cmp_ok((select count(*) from found where cardinality(behind) > cardinality(codes)), '>', 200::bigint, 'in most of them somebody is behind');
-- One of the cut sites: of what is below it, what all of them cut off.
select is((select count(*)::int from found where array(select kentongan.site_behind(codes[1:1], codes) order by 1)
                <> array(select b from unnest(behind) b
                          where b in (with recursive low as (select codes[1] as code union select x.code from low join net x on low.code = any(x.parents) and x.n = found.n)
                                      select code from low) order by 1)), 0, 'below one of several');
select * from finish();
rollback;
