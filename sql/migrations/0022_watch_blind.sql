-- SPDX-License-Identifier: ISC
-- 0022_watch_blind: when the poller itself was cut off, so that nothing was known of any site.

-- What each node last said of itself.
create table kentongan.watch_sight (
    node text primary key,
    blind boolean not null,
    since timestamptz not null,
    at timestamptz not null
);

-- From the last answer of a reference target to the first one afterwards, while no node saw anything. until null: it
-- lasts; there is one such at most.
create table kentongan.watch_blind (
    id bigint generated always as identity primary key,
    since timestamptz not null,
    until timestamptz,
    check (since <= until)
);
create unique index watch_blind_open on kentongan.watch_blind ((true)) where until is null;

insert into kentongan.notification_type values ('poller.blind', true, false), ('poller.sees', true, false);

grant select on kentongan.watch_sight, kentongan.watch_blind to kentongan_app, kentongan_web;
