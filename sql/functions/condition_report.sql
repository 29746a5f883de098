-- SPDX-License-Identifier: ISC
-- condition_report: what is wrong with sites that answer: [{site, kind, since, until}], until null while it lasts; of kind
-- degraded also device, measure (loss, rtt, or a metric of the device's profile), instance, unit, figure, floor (beyond it is bad), needs
-- (within it is good; null: the floor), below (to which side; null: above), base (what is usual, where that makes the
-- limits; else null) and bad_since (null while its last rounds are not bad). Told as often as one likes: the same again changes
-- nothing but the figures, and what comes late of one that is over changes nothing at all, unless it turned bad once more. What is
-- degraded and has no ticket is looked at with each telling, so that it has one when what explained it is over. Sites and devices
-- that are not there (any more) are passed over. Returns how many were news.
create function kentongan.condition_report(p_conditions jsonb, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    said record;
    c site_condition;
    was site_condition;
    news bigint := 0;
begin
    for said in
        select r.site, r.kind, r.device, coalesce(r.measure, '') as measure, coalesce(r.instance, '') as instance, coalesce(r.unit, '') as unit,
               r.since, r.until, r.bad_since, r.figure, r.floor, r.needs, r.below, r.base
          from jsonb_to_recordset(p_conditions) as r(site text, kind text, device int, measure text, instance text, unit text, since timestamptz,
                                                     until timestamptz, bad_since timestamptz, figure float8, floor float8, needs float8, below boolean, base float8)
          join site s on s.code = r.site
          left join device d on d.id = r.device and d.site = r.site
         where (r.kind = 'degraded') = (d.id is not null)
         -- who is above first: it explains who is behind it
         order by site_depth(r.site), r.site, r.kind, r.since
    loop
        perform pg_advisory_xact_lock(hashtextextended('kentongan.root ' || said.site, 0));
        select * into c from site_condition x
         where x.site = said.site and x.kind = said.kind and x.device is not distinct from said.device
           and x.measure = said.measure and x.instance = said.instance and (x.until is null or x.since = said.since)
         order by x.until is null desc limit 1
           for update;
        if found and c.until < said.bad_since and said.until is null then
            said.since := said.bad_since; -- it was proven to be good, and is bad again
        end if;
        if c.id is null or (c.until is not null and said.since > c.since) then
            insert into site_condition (site, root, kind, device, measure, instance, unit, since, until, figure, floor, needs, below, base)
            values (said.site,
                    case said.kind when 'degraded' then degraded_root(said.site, said.measure, said.figure, said.base, said.since, p_now) else said.site end,
                    said.kind, said.device, said.measure, said.instance, said.unit, said.since,
                    case when said.until is not null then greatest(said.until, said.since) end, said.figure, said.floor, said.needs, said.below,
                    said.base)
            returning * into c;
            news := news + 1;
            if c.until is null and c.kind = 'flapping' then
                perform flapping_begin(c, p_now);
            end if;
        elsif c.until is null and said.until is not null then
            update site_condition set until = greatest(said.until, c.since) where id = c.id returning * into c;
            news := news + 1;
            if c.kind = 'flapping' then
                perform flapping_end(c, p_now);
            else
                perform degraded_end(c, p_now);
            end if;
        elsif c.until is null and c.kind = 'degraded' then
            was := c;
            update site_condition set figure = said.figure, floor = said.floor, needs = said.needs, below = said.below, base = said.base,
                   -- the one above has been good for long enough to be no reason any more
                   root = case when root <> site then degraded_root(site, measure, (said.figure + coalesce(said.base, 0)) / 2, said.base, since, p_now) else site end
             where id = c.id returning * into c;
            if c.root <> was.root then
                perform degraded_end(was, p_now);
            end if;
        end if;
        if c.until is null and c.kind = 'degraded' then
            perform degraded_ticket(c, p_now);
        end if;
    end loop;
    return news;
end $$;
grant execute on function kentongan.condition_report(jsonb, timestamptz) to kentongan_app;
