-- SPDX-License-Identifier: ISC
-- The log can be recomputed by anybody, and nobody can change it unseen.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');
select t.report('33.14.01', '33.14.01', 0, null, array['33.14.01.2002', '33.14.01.2001']);
select t.act('accept', 30.000001, '{}', 'ct1');
select t.act('note', 31, jsonb_build_object('note', E'kabel "putus" \\ di\ttiang 7\n\u2014 besok\u0001'));
select t.act('claim', 40, '{"cause": "cable", "action": "recabled"}');
select t.report('33.14.03', '33.14.03', 7);

-- The rule once more, written down by hand and without the functions of the product: what an auditor would do with
-- the columns of report.ticket_event. detail has scalars and arrays of texts here, and its keys are few.
create function pg_temp.spell(value jsonb) returns text language sql as $$
    select case jsonb_typeof(value)
        when 'array' then '[' || array_to_string(array(select to_json(x)::text from jsonb_array_elements_text(value) x), ',') || ']'
        when 'object' then '{' || array_to_string(array(select to_json(k)::text || ':' || pg_temp.spell(value -> k)
                                                          from jsonb_object_keys(value) k order by k collate "C"), ',') || '}'
        else value::text end
$$;
create function pg_temp.recompute(wanted bigint) returns table (n int, fits boolean) language plpgsql as $$
declare
    e record;
    previous bytea := '';
    bytes text;
begin
    for e in select * from report.ticket_event x where x.ticket_id = wanted order by x.n loop
        bytes := '{"action":' || to_json(e.action) || ',"actor":' || to_json(e.actor)
            || ',"at":"' || to_char(e.at at time zone 'utc', 'YYYY-MM-DD') || 'T' || to_char(e.at at time zone 'utc', 'HH24:MI:SS.US') || 'Z"'
            || ',"detail":' || pg_temp.spell(e.detail)
            || ',"from_state":' || coalesce(to_json(e.from_state)::text, 'null') || ',"n":' || e.n
            || ',"note":' || coalesce(to_json(e.note)::text, 'null') || ',"party":' || coalesce(to_json(e.party)::text, 'null')
            || ',"ticket":' || e.ticket_id || ',"to_state":' || to_json(e.to_state) || '}';
        previous := sha256(previous || convert_to(bytes, 'UTF8'));
        n := e.n;
        fits := previous = e.hash;
        return next;
    end loop;
end $$;
select is((select string_agg(n || ' ' || fits, ', ') from pg_temp.recompute((select min(id) from kentongan.ticket))),
          '1 true, 2 true, 3 true, 4 true, 5 true', 'the chain is recomputed from the report');
select is((select bool_and(fits) from pg_temp.recompute((select max(id) from kentongan.ticket))), true, 'and so is another');
select is(kentongan.canonical_json('{"b": [1, {"é": null, "a": "\u0007\"\\/"}], "B": 1.50, "aa": true, "": []}'),
          '{"":[],"B":1.50,"aa":true,"b":[1,{"a":"\u0007\"\\/","é":null}]}', 'canonical: no blanks, keys by their bytes');
select is_empty('select * from kentongan.event_verify(null)', 'nothing is broken');

select is(t.try('update kentongan.ticket_event set note = ''x'''), '42501', 'not even the owner changes the log');
select is(t.try('delete from kentongan.ticket_event'), '42501', 'or removes from it');
select is(t.try('truncate kentongan.ticket_event'), '42501', 'or empties it');

-- Somebody with the powers of a superuser, who goes round the triggers.
create function pg_temp.broken_by(statement text) returns text language plpgsql as $$
declare
    found_broken text;
begin
    begin
        set local session_replication_role = replica;
        execute statement;
        set local session_replication_role = origin;
        select string_agg(ticket || ':' || n, ' ' order by ticket) into found_broken
          from (select ticket - (select min(id) from kentongan.ticket) + 1 as ticket, n from kentongan.event_verify(null)) x;
        raise exception using errcode = 'TRY00';
    exception when sqlstate 'TRY00' then null;
    end;
    return found_broken;
end $$;
select is(pg_temp.broken_by($$update kentongan.ticket_event set actor = 'nobody' where n = 3$$), '1:3', 'a changed actor is found');
select is(pg_temp.broken_by($$update kentongan.ticket_event set at = at + interval '1 us' where n = 2$$), '1:2', 'a microsecond is found');
select is(pg_temp.broken_by($$update kentongan.ticket_event set detail = '{}' where action = 'open'$$), '1:1 2:1', 'in every ticket');
select is(pg_temp.broken_by($$delete from kentongan.ticket_event where n = 2$$), '1:3', 'a removed row is found at the next');
select is(pg_temp.broken_by($$update kentongan.ticket_event set hash = sha256('x') where n = 4$$), '1:4', 'a changed hash is found');
select is(pg_temp.broken_by($$update kentongan.ticket_event set note = 'x' where false$$), null, 'and nothing is found where nothing is');
select * from finish();
rollback;
