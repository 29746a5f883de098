-- SPDX-License-Identifier: ISC
-- watch_beat: a node says that it has been watching since p_since without a break. What lies between the last word of
-- any node and p_since was watched by nobody: more than a minute of it is a gap of all sites. A node that could only not
-- reach the database leaves none: its p_since is older than the last word. True: there was a gap.
create function kentongan.watch_beat(p_node text, p_since timestamptz, p_now timestamptz) returns boolean
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    is_gap boolean;
begin
    perform pg_advisory_xact_lock(hashtextextended('kentongan.watch', 0));
    insert into watch_gap (since, until)
    select max(at), p_since from watch_node having p_since - max(at) > interval '1 minute';
    is_gap := found;
    insert into watch_node values (p_node, p_since, p_now)
    on conflict (node) do update set since = excluded.since, at = excluded.at;
    delete from watch_node where at < p_now - interval '1 day'; -- each start of a daemon is a node
    return is_gap;
end $$;
grant execute on function kentongan.watch_beat(text, timestamptz, timestamptz) to kentongan_app;
