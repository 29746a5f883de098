-- SPDX-License-Identifier: ISC
-- 0003_outbox: the notifications that are owed, and each attempt to deliver one.

create table kentongan.notification (
    id bigint generated always as identity primary key, -- the order in which they were owed
    message_id text not null unique, -- webhook-id, the same over all attempts
    endpoint kentongan.code not null references kentongan.endpoint,
    ticket bigint references kentongan.ticket,
    type text not null references kentongan.notification_type,
    created_at timestamptz not null,
    data jsonb not null, -- as it was when the notification was owed
    state text not null default 'queued'
        check (state in ('queued', 'leased', 'delivered', 'dead', 'superseded')),
    attempt int not null default 0, -- leases taken so far
    next_at timestamptz not null,
    leased_by text,
    leased_until timestamptz,
    settled_at timestamptz,
    reason text, -- of the last attempt, or of the end
    check ((state = 'leased') = (leased_by is not null)),
    check ((state = 'leased') = (leased_until is not null)),
    check ((state in ('delivered', 'dead', 'superseded')) = (settled_at is not null))
);
create index notification_waiting on kentongan.notification (endpoint, ticket, id)
    where state in ('queued', 'leased');
create index notification_ticket on kentongan.notification (ticket);
create index notification_dead on kentongan.notification (id) where state = 'dead';

create table kentongan.notification_attempt (
    notification bigint not null references kentongan.notification,
    attempt int not null check (attempt > 0),
    node text not null,
    started_at timestamptz not null,
    took_ms bigint not null,
    http_status int, -- null: no answer
    outcome text not null check (outcome in ('delivered', 'retry', 'dead', 'gone')),
    reason text not null,
    primary key (notification, attempt)
);

grant select on kentongan.notification, kentongan.notification_attempt to kentongan_app;
