-- SPDX-License-Identifier: ISC
-- ticket_cause: what is believed and known of a ticket's cause: {guess, confidence, ranked, opening {guess, confidence}, proven,
-- booted_at}; null what is not known. guess: the present one, opening: the one that was said first. Of several outages of
-- its roots the one that lasts speaks, the surest of a feeder's, else the youngest.
create function kentongan.ticket_cause(t kentongan.ticket) returns jsonb
language sql stable set search_path = kentongan, pg_temp as $$
    select jsonb_build_object(
        'guess', coalesce(o.cause_now::text, t.cause_guess),
        'confidence', case when o.cause_now is null then t.cause_confidence else o.cause_now_confidence end,
        'ranked', o.cause_ranked,
        'opening', case when t.cause_guess is not null then
                        jsonb_build_object('guess', t.cause_guess, 'confidence', t.cause_confidence) end,
        'proven', t.cause_proven,
        'booted_at', (select wall_text(max(b.booted_at)) from outage b where b.ticket = t.id and b.site = t.root))
      from (select) one
      left join lateral (
           select x.* from outage x
            where x.ticket = t.id and x.site = x.root and x.cause_now is not null
            order by x.restored_at is null desc, case t.kind when 'powered-off' then x.cause_now_confidence end desc nulls last,
                     x.first_bad desc
            limit 1) o on true
$$;
grant execute on function kentongan.ticket_cause(kentongan.ticket) to kentongan_app, kentongan_web;
