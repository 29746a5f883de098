-- SPDX-License-Identifier: ISC
-- 0014_outage_evidence: what points to the cause of an outage: words and times, no verdict.

create table kentongan.outage_evidence (
    outage bigint not null references kentongan.outage on delete cascade,
    source text not null check (source in ('trap')), -- who said it: the device, unasked
    what text not null check (what ~ '^[A-Za-z-]{1,32}$'), -- linkDown, power-lost, …
    at timestamptz not null,
    primary key (outage, at, source, what)
);

grant select on kentongan.outage_evidence to kentongan_app, kentongan_web;
