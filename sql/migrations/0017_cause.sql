-- SPDX-License-Identifier: ISC
-- 0017_cause: what the engine believes to be the cause of an outage, what it could prove, and what it says so by.

-- The words of the engine, which are fewer than those of people. unproven: it came back and nothing could be shown.
create domain kentongan.cause_word as text
    check (value in ('power', 'upstream', 'link', 'device', 'agent', 'unproven'));

-- cause_guess is what was said when the outage was first told, and stays; cause_now is what is believed since. feeder:
-- the power feeder whose loss this outage is part of; left_feeder_at: it outlasted that loss, and is no part of it any more.
alter table kentongan.outage
    add cause_guess kentongan.cause_word,
    add cause_confidence numeric(3, 2) check (cause_confidence between 0 and 1),
    add cause_now kentongan.cause_word,
    add cause_now_confidence numeric(3, 2) check (cause_now_confidence between 0 and 1),
    add cause_ranked jsonb check (case when jsonb_typeof(cause_ranked) = 'array' then jsonb_array_length(cause_ranked) <= 6 else cause_ranked is null end),
    add cause_proven kentongan.cause_word,
    add booted_at timestamptz,
    add feeder text check (length(feeder) between 1 and 64),
    add left_feeder_at timestamptz;
create index outage_feeder on kentongan.outage (feeder) where feeder is not null;

-- feeder: whose loss of power this ticket is (kind powered-off). At most one open ticket of a feeder, whoever writes.
alter table kentongan.ticket
    drop constraint ticket_cause_guess_fkey,
    drop constraint ticket_cause_proven_fkey,
    add check (cause_guess in ('power', 'upstream', 'link', 'device', 'agent', 'unproven')),
    add check (cause_proven in ('power', 'upstream', 'link', 'device', 'agent', 'unproven')),
    add cause_confidence numeric(3, 2) check (cause_confidence between 0 and 1),
    add feeder text check (length(feeder) between 1 and 64);
create unique index ticket_one_feeder on kentongan.ticket (feeder)
    where kind = 'powered-off' and state in ('new', 'offered', 'accepted', 'onsite', 'waiting', 'claimed');

alter table kentongan.outage_evidence
    drop constraint outage_evidence_source_check,
    add constraint outage_evidence_source_check
        check (source in ('trap', 'boot', 'ping', 'parent', 'feeder', 'ups', 'reading', 'radio', 'optics')),
    add detail text check (length(detail) between 1 and 200);

-- agent is what only the engine can say: the device lived, its SNMP agent did not. Nobody reports it from the field.
alter table kentongan.cause_code add is_reported boolean not null default true;
update kentongan.cause_code set ordinal = 15 where cause = 'unknown';
insert into kentongan.cause_code (ordinal, cause, is_reported) values (14, 'agent', false);
