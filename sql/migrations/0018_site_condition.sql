-- SPDX-License-Identifier: ISC
-- 0018_site_condition: what is wrong with a site that answers: it flaps, or a measure of it is bad.

-- What the link brain said, each as long as it lasted. One that lasts is known by site, kind and measure: a daemon that
-- starts anew may say it with another beginning.
create table kentongan.site_condition (
    id bigint generated always as identity primary key,
    site kentongan.code not null references kentongan.site,
    kind text not null check (kind in ('flapping', 'degraded')),
    device int references kentongan.device on delete cascade, -- of flapping: null, it is the site
    measure text not null default '',
    instance text not null default '',
    since timestamptz not null,
    until timestamptz,
    check (since <= until),
    check ((kind = 'flapping') = (device is null)),
    check ((kind = 'flapping') = (measure = '')),
    unique nulls not distinct (site, kind, device, measure, instance, since)
);
create unique index site_condition_lasts on kentongan.site_condition (site, kind, device, measure, instance)
    nulls not distinct where until is null;

grant select on kentongan.site_condition to kentongan_app, kentongan_web;
