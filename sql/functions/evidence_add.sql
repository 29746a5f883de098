-- SPDX-License-Identifier: ISC
-- evidence_add: keeps what points to the cause of an outage: [{"source", "what", "at"}, …]. Told as often as one
-- likes; sixteen pieces are kept, the first ones, because what came first is nearest to the cause.
create function kentongan.evidence_add(p_outage bigint, p_evidence jsonb) returns void
language sql set search_path = kentongan, pg_temp as $$
    insert into outage_evidence (outage, source, what, at)
    select p_outage, e.source, e.what, e.at
      from jsonb_to_recordset(p_evidence) as e (source text, what text, at timestamptz)
     where not exists (select from outage_evidence k
                        where (k.outage, k.at, k.source, k.what) = (p_outage, e.at, e.source, e.what))
     order by e.at
     limit greatest(0, 16 - (select count(*) from outage_evidence where outage = p_outage))
    on conflict do nothing
$$;
