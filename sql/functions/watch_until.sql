-- SPDX-License-Identifier: ISC
-- watch_until: when p_span has passed since p_from, without the time in which the poller itself was cut off (watch_blind): nobody
-- saw then whether anything lasted. Null while it is cut off, unless p_span had passed before.
create function kentongan.watch_until(p_from timestamptz, p_span interval) returns timestamptz
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    at timestamptz := p_from + p_span;
    b watch_blind;
begin
    for b in select * from watch_blind where until is null or until > p_from order by since
    loop
        exit when at <= b.since;
        at := at + (b.until - greatest(b.since, p_from));
    end loop;
    return at;
end $$;
