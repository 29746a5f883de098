-- SPDX-License-Identifier: ISC
-- 0004_field: what the field page needs: links that grow old, acts that are sent twice, repairs that must be proven.

-- generation: whose turn it is. A link that was made for an earlier one is old; it moves whenever the party changes,
-- whoever changes it. unproven_count: claims that the verification did not bear out.
alter table kentongan.ticket
    add generation int not null default 1,
    add unproven_count int not null default 0;

create function kentongan.generation_moves() returns trigger language plpgsql as $$
begin
    new.generation := old.generation + 1;
    return new;
end $$;
create trigger ticket_generation before update on kentongan.ticket
    for each row when (old.party is distinct from new.party) execute function kentongan.generation_moves();

-- The generation for which a message may carry an action link; null: it carries none. Kept with the message, so that
-- its body stays the same over retries and an old message never opens what is another's by now.
alter table kentongan.notification add link_generation int;

-- What was answered to an act that came with a key: the same key again does nothing and is answered the same.
create table kentongan.act_key (
    ticket bigint not null references kentongan.ticket,
    party kentongan.code not null references kentongan.party,
    key text not null check (length(key) between 1 and 64),
    action text not null,
    answer jsonb not null,
    at timestamptz not null,
    primary key (ticket, party, key)
);

insert into kentongan.notification_type values
    ('ticket.escalated', true, false),
    ('ticket.unproven',  true, true);

insert into kentongan.ticket_transition (action, from_state, to_state, actor, notify, why) values
    ('decline',  'offered', 'new',      'party',  '{ticket.escalated}', 'the party cannot take it: the own team decides'),
    ('unproven', 'claimed', 'accepted', 'engine', '{ticket.unproven}',  'the claimed repair did not hold');
update kentongan.ticket_transition set why = 'it came back by itself and stayed'
 where action = 'restore' and from_state in ('new', 'offered');

grant select on kentongan.act_key to kentongan_app;
