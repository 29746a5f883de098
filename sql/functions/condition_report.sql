-- SPDX-License-Identifier: ISC
-- condition_report: what is wrong with sites that answer: [{site, kind, since, until}], until null while it lasts. Told as
-- often as one likes: the same again changes nothing, and neither does what comes late of one that is over. Sites that are
-- not there (any more) are passed over. Returns how many were news.
create function kentongan.condition_report(p_conditions jsonb, p_now timestamptz) returns bigint
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    said record;
    c site_condition;
    news bigint := 0;
begin
    for said in
        select r.* from jsonb_to_recordset(p_conditions) as r(site text, kind text, since timestamptz, until timestamptz)
          join site s on s.code = r.site
         order by r.site, r.kind, r.since
    loop
        perform pg_advisory_xact_lock(hashtextextended('kentongan.root ' || said.site, 0));
        select * into c from site_condition x
         where x.site = said.site and x.kind = said.kind and (x.until is null or x.since = said.since)
         order by x.until is null desc limit 1
           for update;
        if not found then
            insert into site_condition (site, kind, since, until)
            values (said.site, said.kind, said.since, case when said.until is not null then greatest(said.until, said.since) end)
            returning * into c;
            news := news + 1;
            if c.until is null then
                perform flapping_begin(c, p_now);
            end if;
        elsif c.until is null and said.until is not null then
            update site_condition set until = greatest(said.until, c.since) where id = c.id returning * into c;
            news := news + 1;
            perform flapping_end(c, p_now);
        end if;
    end loop;
    return news;
end $$;
grant execute on function kentongan.condition_report(jsonb, timestamptz) to kentongan_app;
