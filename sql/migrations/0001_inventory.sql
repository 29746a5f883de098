-- SPDX-License-Identifier: ISC
-- 0001_inventory: schemas, what is served and by whom. Runs as kentongan_owner.
--
-- kentongan_app executes the functions that are granted to it and reads; it writes no table. So a
-- function that is made later must be granted by name, and a new table is readable only when its migration says so.
alter default privileges for role kentongan_owner revoke execute on functions from public;

create schema kentongan;
create schema report;
grant usage on schema kentongan to kentongan_app, kentongan_web;
grant usage on schema report to kentongan_app, kentongan_report;

create table kentongan.schema_migrations (
    version int primary key,
    name text not null,
    sha256 text not null,
    applied_at timestamptz not null
);

-- What functions/ and views/ were when they were last made: changed files are made again.
create table kentongan.schema_objects (
    kind text not null check (kind in ('function', 'view')),
    name text not null,
    sha256 text not null,
    primary key (kind, name)
);

create table kentongan.setting (
    key text primary key,
    value text not null,
    what text not null
);
insert into kentongan.setting values
    ('timezone', 'Asia/Jakarta', 'the zone that decides to which year a ticket number and to which day a contract belongs');

-- Codes travel through files, addresses and command lines: no blanks, no quotes, no slashes.
create domain kentongan.code as text
    check (value ~ '^[0-9A-Za-z][0-9A-Za-z._-]*$' and length(value) < 64);

create table kentongan.site (
    code kentongan.code primary key,
    name text not null,
    kind text not null check (kind in ('village', 'office', 'relay', 'core', 'facility')),
    kecamatan text not null default '',
    lat double precision check (lat between -90 and 90),
    lng double precision check (lng between -180 and 180),
    feeder text,
    service_hours text
);

-- A directed edge towards the core. ordinal: the order in which the operator wrote them, preferred first.
create table kentongan.uplink (
    site kentongan.code not null references kentongan.site,
    parent kentongan.code not null references kentongan.site,
    ordinal int not null check (ordinal > 0),
    primary key (site, parent),
    unique (site, ordinal),
    check (site <> parent)
);
create index uplink_parent on kentongan.uplink (parent);

-- The deferrable constraints let one import swap two addresses or move the gateway role.
create table kentongan.device (
    id int generated always as identity primary key,
    site kentongan.code not null references kentongan.site,
    name text not null,
    address inet not null check (masklen(address) = case family(address) when 4 then 32 else 128 end),
    port int not null default 161 check (port between 1 and 65535),
    snmp text not null default '2c' check (snmp in ('1', '2c', '3', 'none')),
    credential text not null default '',
    profile text not null default '',
    role text not null default 'gateway'
        check (role in ('gateway', 'radio', 'ups', 'olt', 'reference', 'other')),
    reply_from text not null default '' check (reply_from in ('', 'any')),
    byte_budget_mb int check (byte_budget_mb > 0),
    unique (site, name),
    constraint device_one_per_address unique (address, port) deferrable initially deferred,
    constraint device_one_gateway_per_site exclude using btree (site with =)
        where (role = 'gateway') deferrable initially deferred
);

create table kentongan.party (
    party kentongan.code primary key,
    name text not null,
    kind text not null check (kind in ('team', 'technician', 'contractor')),
    language text not null default 'id',
    parent kentongan.code references kentongan.party check (parent <> party),
    -- The own team: the one team that belongs to nobody else.
    constraint party_one_own_team exclude using btree ((true) with =)
        where (kind = 'team' and parent is null) deferrable initially deferred
);

-- secret is a name in the secrets file, never the secret.
create table kentongan.endpoint (
    endpoint kentongan.code primary key,
    party kentongan.code not null references kentongan.party,
    channel text not null check (channel in ('webhook')),
    url text not null,
    secret text not null default '',
    fallback_of kentongan.code references kentongan.endpoint check (fallback_of <> endpoint),
    quiet text,
    site kentongan.code references kentongan.site,
    disabled_at timestamptz,
    disabled_reason text,
    check ((disabled_at is null) = (disabled_reason is null))
);
create index endpoint_party on kentongan.endpoint (party);

create table kentongan.contract (
    contract kentongan.code primary key,
    party kentongan.code not null references kentongan.party,
    calendar text,
    accept_minutes int check (accept_minutes > 0),
    restore_minutes int check (restore_minutes > 0),
    penalty_per_hour bigint check (penalty_per_hour >= 0),
    penalty_cap bigint check (penalty_cap >= 0),
    warranty_days int check (warranty_days >= 0),
    valid_from date,
    valid_to date,
    check (valid_from <= valid_to)
);

-- A site code, or a prefix of site codes and a star: 33.14.05*
create table kentongan.contract_site (
    contract kentongan.code not null references kentongan.contract,
    pattern text not null check (pattern ~ '^[0-9A-Za-z._-]*\*?$' and pattern <> ''),
    primary key (contract, pattern)
);

-- What people changed in the tables above: who, when, what.
create table kentongan.inventory_event (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    actor text not null,
    file text not null,
    key text not null,
    change text not null check (change in ('added', 'changed')),
    what text not null
);

grant select on all tables in schema kentongan to kentongan_app;
grant select on kentongan.site, kentongan.uplink, kentongan.device, kentongan.party,
    kentongan.contract, kentongan.contract_site, kentongan.setting to kentongan_web;
