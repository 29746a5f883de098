-- SPDX-License-Identifier: ISC
-- ticket_insert: the bare ticket of an outage, with its number and with the party that the narrowest contract names.
-- The caller tells the log and the people (outage_own).
create function kentongan.ticket_insert(o kentongan.outage, p_kind text, p_now timestamptz)
returns kentongan.ticket
language plpgsql set search_path = kentongan, pg_temp as $$
declare
    t ticket;
    next_id bigint := nextval(pg_get_serial_sequence('kentongan.ticket', 'id'));
begin
    insert into ticket (id, number, root, kind, state, contract, party, last_good, first_bad, detected, opened_at, cause_guess,
                        cause_confidence, feeder)
    overriding system value
    select next_id,
           format('KT-%s-%s', to_char(day_of(p_now), 'YYYY'),
                  lpad(next_id::text, greatest(6, length(next_id::text)), '0')),
           o.site, p_kind, 'new', c.contract, c.party, o.last_good, o.first_bad, o.detected, p_now, o.cause_now,
           o.cause_now_confidence, case p_kind when 'powered-off' then o.feeder end
      from (select) one left join contract_for(o.site, day_of(p_now)) c on true
    returning * into t;
    return t;
end $$;
