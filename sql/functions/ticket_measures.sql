-- SPDX-License-Identifier: ISC
-- ticket_measures: ticket_conditions for programs and pages that have words of their own: [{site, device, measure, instance, unit, figure,
-- floor, needs, below, usual, since, until}], figure as it was last told, needs what a claim has to prove, usual null where it made no limit,
-- until null while it lasts. [] of another kind than degraded.
create function kentongan.ticket_measures(t kentongan.ticket) returns jsonb
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    if t.kind <> 'degraded' then
        return '[]';
    end if;
    return (select coalesce(jsonb_agg(condition_doc(c) order by c.until is not null, c.site <> t.root, c.site, c.measure, c.instance), '[]')
              from ticket_conditions(t) c);
end $$;
grant execute on function kentongan.ticket_measures(kentongan.ticket) to kentongan_app, kentongan_web;
