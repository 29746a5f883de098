-- SPDX-License-Identifier: ISC
-- 0020_maintenance: planned work. Probing goes on in it, tickets do not open, and its time is planned time.

-- A window, once or every week. None is changed or removed: one that ends early keeps its row, and counts until then.
create table kentongan.maintenance (
    id bigint generated always as identity primary key,
    site kentongan.code not null references kentongan.site,
    behind boolean not null, -- with everything behind the site (functions/site_behind.sql)
    reason text not null check (length(reason) between 1 and 500),
    -- once
    since timestamptz,
    until timestamptz,
    -- every week: days of the week (1: Monday) on which it begins, hours by the clocks of the zone, first and last day
    weekdays int[] check (weekdays <@ '{1,2,3,4,5,6,7}' and cardinality(weekdays) > 0),
    from_time time,
    to_time time, -- of the next day when it is not behind from_time
    valid_from date,
    valid_to date, -- null: until it is ended
    zone text not null, -- of those hours; kept, so that a change of the configuration moves no window
    created_at timestamptz not null, -- nothing before it was planned
    created_by text not null,
    ended_at timestamptz,
    ended_by text,
    ended_reason text check (length(ended_reason) <= 500),
    check ((since is null) = (until is null) and (since is null) = (weekdays is not null)),
    check ((weekdays is null) = (from_time is null) and (weekdays is null) = (to_time is null)
           and (weekdays is null) = (valid_from is null)),
    check (since >= created_at and since < until),
    check (from_time <> to_time),
    check (valid_from <= valid_to),
    check (ended_at >= created_at and (ended_at is null) = (ended_by is null))
);
create index maintenance_site on kentongan.maintenance (site);
grant select on kentongan.maintenance to kentongan_app;

-- Of an outage that has opened no ticket because all that is known of it is planned time: until when that is so, and when
-- it was judged (functions/outage_held.sql). Null: it never was.
alter table kentongan.outage
    add planned_until timestamptz,
    add planned_at timestamptz,
    add check ((planned_until is null) = (planned_at is null));
create index outage_held on kentongan.outage (root, id)
    where planned_until is not null and ticket is null and restored_at is null;
