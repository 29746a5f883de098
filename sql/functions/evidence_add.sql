-- SPDX-License-Identifier: ISC
-- evidence_add: keeps what points to the cause of an outage: [{"source", "what", "at", "detail"}, …]; without a time it is as
-- old as the verdict. Told as often as one likes; sixteen pieces of a source are kept, the first ones, because what came first
-- is nearest to the cause. detail: a few words more, one line; without them it is null.
create function kentongan.evidence_add(p_outage bigint, p_evidence jsonb) returns void
language sql set search_path = kentongan, pg_temp as $$
    with said as (
        select distinct on (e.source, e.what, x.at) e.source, e.what, x.at,
               nullif(left(trim(regexp_replace(e.detail, '[[:cntrl:][:space:]]+', ' ', 'g')), 200), '') as detail
          from jsonb_to_recordset(p_evidence) as e (source text, what text, at timestamptz, detail text)
         cross join lateral (select coalesce(e.at, o.detected) as at from outage o where o.id = p_outage) x
         where not exists (select from outage_evidence k
                            where (k.outage, k.at, k.source, k.what) = (p_outage, x.at, e.source, e.what))
         order by e.source, e.what, x.at, e.detail)
    insert into outage_evidence (outage, source, what, at, detail)
    select p_outage, source, what, at, detail
      from (select *, row_number() over (partition by source order by at, what) as nth from said) s
     where nth <= 16 - (select count(*) from outage_evidence k where k.outage = p_outage and k.source = s.source)
    on conflict do nothing
$$;
