-- SPDX-License-Identifier: ISC
-- feeder_down: the open tickets of single sites that are the same loss of power as an outage that is part of a feeder's: of a
-- site of which the engine said so, or that hangs on that feeder and fell silent within 120 s of it (as far as probes can
-- say). Not those on which somebody is at work in the field: they stay what they are.
create function kentongan.feeder_down(o kentongan.outage) returns setof kentongan.ticket
language sql stable set search_path = kentongan, pg_temp as $$
    select k.*
      from ticket k
     where k.kind = 'down' and k.state in ('new', 'offered', 'accepted')
       and exists (select from outage c join site s on s.code = c.site
                    where c.ticket = k.id and c.site = c.root and c.left_feeder_at is null and outage_meets(c, o)
                      and (c.id = o.id or c.feeder = o.feeder
                           or s.feeder = o.feeder
                              and greatest(coalesce(c.last_good, c.first_bad), coalesce(o.last_good, o.first_bad))
                                  - least(c.first_bad, o.first_bad) <= interval '120 seconds'))
       and k.root in (select code from site where feeder = o.feeder union all select o.site)
       and not exists (select from ticket p join ticket_state ps on ps.state = p.state and ps.is_open
                        where p.root = k.root and p.kind = 'powered-off')
$$;
