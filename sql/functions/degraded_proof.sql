-- SPDX-License-Identifier: ISC
-- degraded_proof: why a claim on a ticket that is degraded is not proven by the very measures that were bad, in words; null: it is.
-- p_detail is what the trial saw (sent, lost). A reading counts that was taken after the claim; one that the device has no more (a
-- port that was replaced) is not bad any more. Of round trips the slots count that began after the claim; what there is none of at
-- a site behind the root is not held against the repair.
create function kentongan.degraded_proof(t kentongan.ticket, p_detail jsonb) returns text
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    c site_condition;
    loss constant numeric := (p_detail ->> 'lost')::numeric * 100 / nullif((p_detail ->> 'sent')::numeric, 0);
    said jsonb;
    said_at timestamptz;
    value double precision;
begin
    for c in
        select * from site_condition x where x.root = t.root and x.kind = 'degraded' and x.until is null order by x.site <> t.root, x.id
    loop
        if c.measure = 'loss' and loss > c.floor::numeric then
            return format('%s of %s probes were lost, %s %%; the repair has to bring it to %s %% or less.', p_detail ->> 'lost',
                          p_detail ->> 'sent', round(loss, 1), c.floor);
        end if;
        continue when c.measure = 'loss';
        if c.measure = 'rtt' then
            select avg(r.rtt_mean_us) / 1000 into value from rollup r where r.device = c.device and r.slot >= t.claimed_at;
            if value is null and c.site = t.root then
                return format('The round trip was not measured since the claim; it needs %s.', limit_told(c, c.needs));
            elsif value > c.needs then
                return format('%s, needs %s.', condition_told(c, value), limit_told(c, c.needs));
            end if;
            continue;
        end if;
        said := null;
        select r.at, e into said_at, said
          from device_reading r left join jsonb_array_elements(r.readings) e
            on e ->> 'metric' = c.measure and coalesce(e ->> 'instance', '') = c.instance
         where r.device = c.device limit 1;
        if said_at is null or said_at < t.claimed_at then
            return format('%s was not read since the claim; it needs %s.', concat_ws(' ', c.measure, nullif(c.instance, '')),
                          limit_told(c, c.needs));
        end if;
        continue when said is null;
        value := (said ->> 'value')::double precision;
        if value is null then
            return format('%s has no value now; it needs %s.', concat_ws(' ', c.measure, nullif(c.instance, '')),
                          limit_told(c, c.needs));
        end if;
        if (c.below and value < c.needs) or (not c.below and value > c.needs) then
            return format('%s, needs %s.', condition_told(c, value), limit_told(c, c.needs));
        end if;
    end loop;
    return null;
end $$;
