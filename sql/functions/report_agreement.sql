-- SPDX-License-Identifier: ISC
-- report_agreement: of the tickets restored in [p_since, p_until): how often what was guessed at opening, and what people reported,
-- is what was proven: {tickets, unproven, proven, guess, reported, rows, differences}. tickets: all of them, but none that is
-- cancelled or rejected; unproven: of which nothing could be shown; proven: the others that have a verdict. guess, reported:
-- {n, agree, share} of those that can be compared (cause_agrees), share null of none. rows: the same per proven cause.
-- differences: [{by, said, proven, n}], by guess or reported, the most frequent first, twenty at the most.
create function kentongan.report_agreement(p_since timestamptz, p_until timestamptz) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    with counted as (
        select cause_guess, cause_proven, cause_reported, cause_guess = cause_proven as guessed,
               cause_agrees(cause_reported, cause_proven) as told
          from ticket
         where restored_at >= p_since and restored_at < p_until and state not in ('cancelled', 'rejected')),
    shown as (
        select cause_proven as proven, guessed, told, cause_guess, cause_reported from counted where cause_proven <> 'unproven'),
    summed as (
        select grouping(proven) = 1 as is_total, proven, count(*) as n, count(guessed) as guess_n,
               count(*) filter (where guessed) as guess_agree, count(told) as reported_n, count(*) filter (where told) as reported_agree
          from shown group by grouping sets ((proven), ())),
    differences as (
        select x.by, x.said, s.proven, count(*) as n
          from shown s cross join lateral (values ('guess', s.cause_guess, s.guessed), ('reported', s.cause_reported, s.told)) x(by, said, agrees)
         where not x.agrees
         group by x.by, x.said, s.proven
         order by count(*) desc, x.by, x.said, s.proven limit 20)
    select jsonb_build_object(
               'tickets', (select count(*) from counted), 'proven', t.n,
               'unproven', (select count(*) from counted where cause_proven = 'unproven'),
               'guess', jsonb_build_object('n', t.guess_n, 'agree', t.guess_agree, 'share', share_of(t.guess_agree, t.guess_n)),
               'reported', jsonb_build_object('n', t.reported_n, 'agree', t.reported_agree,
                                              'share', share_of(t.reported_agree, t.reported_n)),
               'rows', (select coalesce(jsonb_agg(to_jsonb(s) - 'is_total' order by s.n desc, s.proven), '[]')
                          from summed s where not s.is_total),
               'differences', (select coalesce(jsonb_agg(to_jsonb(d) order by d.n desc, d.by, d.said, d.proven), '[]') from differences d))
      from summed t where t.is_total
$$;
