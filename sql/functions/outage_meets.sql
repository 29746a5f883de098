-- SPDX-License-Identifier: ISC
-- outage_meets: whether two outages overlapped, so that the one can have been the other's consequence.
create function kentongan.outage_meets(a kentongan.outage, b kentongan.outage) returns boolean
language sql immutable as $$
    select tstzrange(a.first_bad, a.restored_at, '[]') && tstzrange(b.first_bad, b.restored_at, '[]')
$$;
