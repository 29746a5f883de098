-- SPDX-License-Identifier: ISC
-- 0006_token: who may ask the API and the staff pages, by a token of which only the hash is kept.

create table kentongan.api_token (
    id bigint generated always as identity primary key,
    -- admin: all; staff: reads all, acts for the own team; auditor: reads; party: its own tickets and sites
    role text not null check (role in ('admin', 'staff', 'auditor', 'party')),
    party kentongan.code references kentongan.party,
    label text not null default '' check (length(label) <= 200),
    hash bytea not null unique check (length(hash) = 32), -- SHA-256 of 256 random bits: nothing to guess
    created_at timestamptz not null,
    created_by text not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    revoked_by text,
    check ((role = 'party') = (party is not null)),
    check (expires_at > created_at),
    check ((revoked_at is null) = (revoked_by is null))
);
