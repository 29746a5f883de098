-- SPDX-License-Identifier: ISC
-- 0005_watch: which time was watched, which causes are not the network's, and what a month's report is found by.

-- Before it nothing is known of the site. Null: it never answered, and never failed to.
alter table kentongan.site_state add column watched_since timestamptz;
update kentongan.site_state w
   set watched_since = least(w.since, (select min(o.first_bad) from kentongan.outage o where o.site = w.site))
 where w.state <> 'unknown' or exists (select from kentongan.outage o where o.site = w.site);

-- Who watches, since when without a break, and when it last said so.
create table kentongan.watch_node (
    node text primary key,
    since timestamptz not null,
    at timestamptz not null
);

-- Time of which nothing is known: it is neither up nor down. site null: all sites. until null: it lasts.
-- A minute or less is no gap: it is within what lies between two probes anyway.
create table kentongan.watch_gap (
    id bigint generated always as identity primary key,
    site kentongan.code references kentongan.site,
    since timestamptz not null,
    until timestamptz,
    check (since <= until),
    check (site is not null or until is not null) -- that nobody watched is known afterwards only
);
create unique index watch_gap_open on kentongan.watch_gap (site) where until is null;
create index watch_gap_site on kentongan.watch_gap (site, since);
insert into kentongan.watch_gap (site, since)
select site, since from kentongan.site_state where state = 'unknown' and watched_since is not null;

-- The power company's time and planned work are nobody's failure in running the network.
alter table kentongan.cause_code add column is_network boolean not null default true;
update kentongan.cause_code set is_network = false where cause in ('power', 'planned');

alter table kentongan.ticket add column cause_proven text references kentongan.cause_code;

create index ticket_restored on kentongan.ticket (restored_at);
create index outage_restored on kentongan.outage (restored_at);

grant select on kentongan.watch_node, kentongan.watch_gap to kentongan_app, kentongan_web;
