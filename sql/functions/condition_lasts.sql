-- SPDX-License-Identifier: ISC
-- condition_lasts: whether what a ticket of kind flapping or degraded is about still lasts at its root.
create function kentongan.condition_lasts(t kentongan.ticket) returns boolean
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return exists (select from site_condition c
                    where c.root = t.root and c.kind = t.kind and c.until is null);
end $$;
