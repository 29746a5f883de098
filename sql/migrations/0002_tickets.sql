-- SPDX-License-Identifier: ISC
-- 0002_tickets: what was measured (outage), the work on it (ticket), and what a ticket may become.

-- What the engine believes now. A site without a row is unknown.
create table kentongan.site_state (
    site kentongan.code primary key references kentongan.site,
    state text not null check (state in ('up', 'down', 'unreachable', 'unknown')),
    since timestamptz not null,
    at timestamptz not null -- when it was last said
);

create table kentongan.ticket_state (
    state text primary key,
    ordinal int not null unique,
    is_open boolean not null,
    tmf_status text not null,
    what text not null
);
insert into kentongan.ticket_state (ordinal, state, is_open, tmf_status, what) values
    (1, 'new',       true,  'acknowledged', 'opened by the engine, a complaint or a person'),
    (2, 'offered',   true,  'acknowledged', 'offered to a party'),
    (3, 'accepted',  true,  'inProgress',   'a human took it'),
    (4, 'onsite',    true,  'inProgress',   'reported from the field'),
    (5, 'waiting',   true,  'pending',      'an approved stop'),
    (6, 'claimed',   true,  'inProgress',   'repair claimed, being verified'),
    (7, 'restored',  false, 'resolved',     'verification passed; restored_at is fixed'),
    (8, 'closed',    false, 'closed',       'cause, action and evidence complete'),
    (9, 'cancelled', false, 'cancelled',    'false alarm, duplicate or planned work'),
    (10, 'rejected', false, 'rejected',     'not ours');

create table kentongan.cause_code (cause text primary key, ordinal int not null unique);
insert into kentongan.cause_code (ordinal, cause) values
    (1, 'power'), (2, 'upstream'), (3, 'link'), (4, 'antenna'), (5, 'cable'), (6, 'fibre'),
    (7, 'psu'), (8, 'ups'), (9, 'device'), (10, 'config'), (11, 'lightning'), (12, 'vandalism'),
    (13, 'planned'), (14, 'unknown');

create table kentongan.action_code (action text primary key, ordinal int not null unique);
insert into kentongan.action_code (ordinal, action) values
    (1, 'power_restored'), (2, 'realigned'), (3, 'replaced'), (4, 'recabled'), (5, 'reconfigured'),
    (6, 'rebooted'), (7, 'none');

-- The types of notification, and whose endpoints get one: the own team's, the ticket's party's.
create table kentongan.notification_type (
    type text primary key,
    to_team boolean not null,
    to_party boolean not null
);
insert into kentongan.notification_type values
    ('ticket.opened',    true,  false),
    ('ticket.offered',   false, true),
    ('ticket.accepted',  true,  true),
    ('ticket.claimed',   true,  true),
    ('ticket.restored',  true,  true),
    ('ticket.closed',    true,  true),
    ('ticket.cancelled', true,  true);

-- Whatever is not a row here is refused. actor, who may do it: engine; party, the ticket's party (the
-- own team may do all that a party may); team, the own team alone. why is told to people.
create table kentongan.ticket_transition (
    action text not null,
    from_state text not null references kentongan.ticket_state,
    to_state text not null references kentongan.ticket_state,
    actor text not null check (actor in ('engine', 'party', 'team')),
    notify text[] not null,
    why text not null,
    primary key (action, from_state)
);
insert into kentongan.ticket_transition (action, from_state, to_state, actor, notify, why) values
    ('offer',   'new',       'offered',   'engine', '{ticket.offered}',   'the narrowest contract names its party'),
    ('accept',  'new',       'accepted',  'party',  '{ticket.accepted}',  'nobody is under contract: the own team takes it'),
    ('accept',  'offered',   'accepted',  'party',  '{ticket.accepted}',  'the party takes what it was offered'),
    ('onsite',  'accepted',  'onsite',    'party',  '{}',                 'reported from the field'),
    ('claim',   'accepted',  'claimed',   'party',  '{ticket.claimed}',   'repaired from afar'),
    ('claim',   'onsite',    'claimed',   'party',  '{ticket.claimed}',   'repaired in the field'),
    ('claim',   'restored',  'restored',  'party',  '{ticket.claimed}',   'the link came back before its maker could say so'),
    ('restore', 'new',       'restored',  'engine', '{ticket.restored}',  'it came back before anybody was told'),
    ('restore', 'offered',   'restored',  'engine', '{ticket.restored}',  'it came back before anybody took it'),
    ('restore', 'accepted',  'restored',  'engine', '{ticket.restored}',  'it came back and nobody claimed a repair'),
    ('restore', 'onsite',    'restored',  'engine', '{ticket.restored}',  'it came back and nobody claimed a repair'),
    ('restore', 'waiting',   'restored',  'engine', '{ticket.restored}',  'it came back and nobody claimed a repair'),
    ('restore', 'claimed',   'restored',  'engine', '{ticket.restored}',  'the claimed repair holds'),
    ('close',   'restored',  'closed',    'party',  '{ticket.closed}',    'cause and action are known'),
    ('cancel',  'new',       'cancelled', 'team',   '{ticket.cancelled}', 'false alarm, duplicate or planned work'),
    ('cancel',  'offered',   'cancelled', 'team',   '{ticket.cancelled}', 'false alarm, duplicate or planned work'),
    ('cancel',  'accepted',  'cancelled', 'team',   '{ticket.cancelled}', 'false alarm, duplicate or planned work'),
    ('cancel',  'onsite',    'cancelled', 'team',   '{ticket.cancelled}', 'false alarm, duplicate or planned work'),
    ('cancel',  'waiting',   'cancelled', 'team',   '{ticket.cancelled}', 'false alarm, duplicate or planned work'),
    ('cancel',  'claimed',   'cancelled', 'team',   '{ticket.cancelled}', 'false alarm, duplicate or planned work'),
    ('note',    'new',       'new',       'party',  '{}',                 'a word for the log'),
    ('note',    'offered',   'offered',   'party',  '{}',                 'a word for the log'),
    ('note',    'accepted',  'accepted',  'party',  '{}',                 'a word for the log'),
    ('note',    'onsite',    'onsite',    'party',  '{}',                 'a word for the log'),
    ('note',    'waiting',   'waiting',   'party',  '{}',                 'a word for the log'),
    ('note',    'claimed',   'claimed',   'party',  '{}',                 'a word for the log'),
    ('note',    'restored',  'restored',  'party',  '{}',                 'a word for the log'),
    ('note',    'closed',    'closed',    'party',  '{}',                 'a word for the log, until it is frozen'),
    ('note',    'cancelled', 'cancelled', 'party',  '{}',                 'a word for the log, until it is frozen');

create table kentongan.ticket (
    id bigint generated always as identity primary key,
    number text not null unique, -- KT-2026-000123; kept, so that it never changes with a setting
    root kentongan.code not null references kentongan.site,
    kind text not null check (kind in ('down', 'degraded', 'flapping', 'powered-off')),
    state text not null references kentongan.ticket_state,
    party kentongan.code references kentongan.party,
    contract kentongan.code references kentongan.contract,
    priority int check (priority between 1 and 4),
    seq int not null default 1, -- moves with every act and every change of state
    last_good timestamptz,
    first_bad timestamptz not null,
    detected timestamptz not null,
    opened_at timestamptz not null,
    offered_at timestamptz,
    notified_at timestamptz, -- the first 2xx
    accepted_at timestamptz,
    onsite_at timestamptz,
    claimed_at timestamptz,
    restored_at timestamptz, -- the first good probe, never the time of a form
    closed_at timestamptz,
    cancelled_at timestamptz,
    cause_guess text references kentongan.cause_code,
    cause_reported text references kentongan.cause_code,
    action text references kentongan.action_code,
    reopen_count int not null default 0,
    check (state not in ('restored', 'closed') or restored_at is not null)
);
-- At most one open ticket per root and kind, whoever writes. The states are those with is_open.
create unique index ticket_one_open on kentongan.ticket (root, kind)
    where state in ('new', 'offered', 'accepted', 'onsite', 'waiting', 'claimed');
create index ticket_root on kentongan.ticket (root);
create index ticket_party on kentongan.ticket (party);

-- Measured truth. first_bad is its name: the same silence reported twice is one row. root: whose
-- fault the engine says it is.
create table kentongan.outage (
    id bigint generated always as identity primary key,
    site kentongan.code not null references kentongan.site,
    root kentongan.code not null references kentongan.site,
    ticket bigint references kentongan.ticket,
    last_good timestamptz,
    first_bad timestamptz not null,
    detected timestamptz not null,
    restored_at timestamptz,
    -- restored_at is not this outage's own report but that of a later one of the same site
    restored_inferred boolean not null default false,
    unique (site, first_bad),
    check (last_good <= first_bad),
    check (restored_at >= first_bad)
);
create index outage_open on kentongan.outage (site) where restored_at is null;
create index outage_blame on kentongan.outage (root) where ticket is null;
create index outage_ticket on kentongan.outage (ticket);

-- The sites behind the root that the fault cut off, the root itself not among them.
create table kentongan.ticket_site (
    ticket bigint not null references kentongan.ticket,
    site kentongan.code not null references kentongan.site,
    primary key (ticket, site)
);
create index ticket_site_site on kentongan.ticket_site (site);

-- Append-only. hash chains the events of one ticket; functions/event_hash.sql has the rule.
create table kentongan.ticket_event (
    ticket bigint not null references kentongan.ticket,
    n int not null check (n > 0),
    at timestamptz not null,
    actor text not null,
    party text,
    action text not null,
    from_state text,
    to_state text not null,
    note text,
    detail jsonb not null default '{}',
    hash bytea not null check (length(hash) = 32),
    primary key (ticket, n)
);

create function kentongan.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'The rows of % are never changed or removed.', tg_table_name using errcode = '42501';
end $$;
create trigger ticket_event_append_only before update or delete on kentongan.ticket_event
    for each row execute function kentongan.refuse_change();
create trigger ticket_event_no_truncate before truncate on kentongan.ticket_event
    for each statement execute function kentongan.refuse_change();

grant select on kentongan.site_state, kentongan.ticket_state, kentongan.cause_code,
    kentongan.action_code, kentongan.notification_type, kentongan.ticket_transition, kentongan.ticket,
    kentongan.outage, kentongan.ticket_site, kentongan.ticket_event to kentongan_app, kentongan_web;
