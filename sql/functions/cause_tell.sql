-- SPDX-License-Identifier: ISC
-- cause_tell: what is known of the cause of an outage that is its own root becomes its ticket's: the first guess, which then
-- stays, and what is proven. A ticket with several outages has the cause that most of the time cut off was proven to come
-- from, and "unproven" only when there is no other; its log says when that changes, and by what. The engine says it, so a
-- ticket that is closed or frozen takes it, too.
create function kentongan.cause_tell(o kentongan.outage, p_now timestamptz) returns void
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    proven text;
begin
    if o.root <> o.site or o.ticket is null or coalesce(o.cause_now, o.cause_proven) is null then
        return;
    end if;
    select * into strict t from ticket where id = o.ticket for update;
    if t.cause_guess is null and o.cause_now is not null then
        update ticket set cause_guess = o.cause_now, cause_confidence = o.cause_now_confidence where id = t.id returning * into t;
    end if;
    select cause_proven into proven
      from outage
     where ticket = t.id and site = root and cause_proven is not null
     group by cause_proven
     order by cause_proven = 'unproven',
              sum(extract(epoch from coalesce(restored_at, greatest(first_bad, p_now)) - first_bad)) desc, min(first_bad)
     limit 1;
    if proven is distinct from t.cause_proven then
        update ticket set cause_proven = proven where id = t.id returning * into t;
        perform event_append(t, 'prove', t.state, 'engine', null, null, jsonb_build_object(
            'proven', proven, 'site', case when o.site <> t.root then o.site end, 'booted_at', wall_text(o.booted_at)), p_now);
    end if;
end $$;
