-- SPDX-License-Identifier: ISC
-- fixture: pgTAP, and in schema t a small district with short words for what the tests do. Time is a number: seconds
-- after t.at(0).
set client_min_messages = warning;
create extension pgtap;
create extension dblink;
create schema t;

create function t.at(s numeric) returns timestamptz language sql immutable as
    $$ select timestamptz '2026-11-24 02:00:00+00' + s * interval '1 second' $$;

-- A relay with three villages, another with one, a site of its own; who works, and who hears of it.
create function t.inventory() returns jsonb language sql immutable as $$
    select '{
    "sites": [
      {"line": 2, "code": "33.14",         "name": "Sragen",    "kind": "core",    "uplinks": ""},
      {"line": 3, "code": "33.14.01",      "name": "Kalijambe", "kind": "relay",   "uplinks": "33.14", "kecamatan": "Kalijambe", "lat": "-7.43614", "lng": "110.81379"},
      {"line": 4, "code": "33.14.01.2001", "name": "Krikilan",  "kind": "village", "uplinks": "33.14.01", "kecamatan": "Kalijambe"},
      {"line": 5, "code": "33.14.01.2002", "name": "Bukuran",   "kind": "village", "uplinks": "33.14.01", "kecamatan": "Kalijambe"},
      {"line": 6, "code": "33.14.01.2003", "name": "Sambirembe","kind": "village", "uplinks": "33.14.01 33.14.02", "kecamatan": "Kalijambe", "feeder": "SGN-04"},
      {"line": 7, "code": "33.14.02",      "name": "Plupuh",    "kind": "relay",   "uplinks": "33.14", "kecamatan": "Plupuh"},
      {"line": 8, "code": "33.14.02.2001", "name": "Jabung",    "kind": "village", "uplinks": "33.14.02", "kecamatan": "Plupuh"},
      {"line": 9, "code": "33.14.03",      "name": "Masaran",   "kind": "relay",   "uplinks": "33.14", "kecamatan": "Masaran"}],
    "devices": [
      {"line": 2, "site": "33.14.01",      "name": "gw", "address": "127.33.1.1", "port": "1161", "snmp": "2c", "credential": "demo", "role": "gateway"},
      {"line": 3, "site": "33.14.01.2001", "name": "gw", "address": "127.33.1.2", "port": "1161", "snmp": "1", "credential": "demo", "role": "gateway", "reply_from": "any"},
      {"line": 4, "site": "33.14.01.2001", "name": "ups", "address": "127.33.1.2", "port": "1162", "snmp": "1", "credential": "demo", "role": "ups", "byte_budget_mb": "50"},
      {"line": 5, "site": "33.14.02",      "name": "gw", "address": "2001:db8::2", "port": "", "snmp": "", "credential": "demo", "role": ""}],
    "parties": [
      {"line": 2, "party": "dit",   "name": "District IT",   "kind": "team",       "language": "id", "parent": ""},
      {"line": 3, "party": "wawan", "name": "Wawan",         "kind": "technician", "language": "id", "parent": "dit"},
      {"line": 4, "party": "ct1",   "name": "CV Menara",     "kind": "contractor", "language": "id", "parent": ""},
      {"line": 5, "party": "budi",  "name": "Budi",          "kind": "technician", "language": "id", "parent": "ct1"},
      {"line": 6, "party": "ct2",   "name": "PT Sinyal",     "kind": "contractor", "language": "en", "parent": ""}],
    "endpoints": [
      {"line": 2, "endpoint": "team",  "party": "dit", "channel": "webhook", "url": "http://127.0.0.1:9/team",  "secret": "s_team"},
      {"line": 3, "endpoint": "menara","party": "ct1", "channel": "webhook", "url": "http://127.0.0.1:9/ct1",   "secret": "s_ct1"},
      {"line": 4, "endpoint": "sinyal","party": "ct2", "channel": "webhook", "url": "http://127.0.0.1:9/ct2",   "secret": "s_ct2", "quiet": "22:00-05:00", "site": "33.14.02"}],
    "contracts": [
      {"line": 2, "contract": "all",     "party": "ct1", "sites": "33.14.01* 33.14.02*"},
      {"line": 3, "contract": "plupuh",  "party": "ct2", "sites": "33.14.02.*", "restore_minutes": "240", "valid_from": "2026-01-01", "valid_to": "2027-12-31"},
      {"line": 4, "contract": "krikilan","party": "dit", "sites": "33.14.01.2001"}]
    }'::jsonb
$$;

create function t.import(rows jsonb, dry boolean default false, now_s numeric default 0) returns jsonb language sql as
    $$ select kentongan.import_apply(rows, dry, 'tester', t.at(now_s)) $$;

-- One row of one file changed (by its line), for tests of the import.
create function t.with(rows jsonb, file text, line int, change jsonb) returns jsonb language sql immutable as $$
    select jsonb_set(rows, array[file], (
        select jsonb_agg(case when (r ->> 'line')::int = line then r || change else r end order by n)
          from jsonb_array_elements(rows -> file) with ordinality as x(r, n)))
$$;

-- fault_report in seconds: who, whose fault, first miss, first good probe (null: it lasts), affected, now.
create function t.report(site text, root text, bad_s numeric, good_s numeric default null, affected text[] default '{}',
                         now_s numeric default null) returns text language sql as $$
    select outcome from kentongan.fault_report(site, root, t.at(bad_s - 30), t.at(bad_s), t.at(bad_s + 20), t.at(good_s),
                                               affected, t.at(coalesce(now_s, good_s, bad_s + 20)))
$$;
create function t.act(action text, now_s numeric, args jsonb default '{}', party text default null,
                      ticket bigint default null) returns jsonb language sql as $$
    select kentongan.ticket_act(coalesce($5, (select max(id) from kentongan.ticket)), action, 'tester', party, args,
                                t.at(now_s))
$$;
-- ticket_heal with the windows of the configuration's defaults, and a verdict on the present claim of a ticket.
create function t.heal(now_s numeric) returns bigint language sql as
    $$ select kentongan.ticket_heal('3 min', '30 min', t.at(now_s)) $$;
create function t.settle(passed boolean, good_s numeric, now_s numeric, ticket bigint default null) returns text language sql as $$
    select kentongan.verify_settle(id, claimed_at, passed, t.at(good_s), case when not passed then 'silent' end,
                                   case when not passed then 'The link was silent.' end, '{"sent": 10, "lost": 0}', t.at(now_s))
      from kentongan.ticket where id = coalesce($4, (select max(id) from kentongan.ticket))
$$;
-- The SQLSTATE of a statement that is refused, "ok" else. What it did is undone either way.
create function t.try(statement text, as_role text default 'postgres') returns text language plpgsql as $$
declare
    code text := 'ok';
begin
    begin
        perform set_config('role', as_role, true);
        execute statement;
        raise exception using errcode = 'TRY00';
    exception when others then
        if sqlstate <> 'TRY00' then
            code := sqlstate;
        end if;
    end;
    return code;
end $$;

create function t.state(ticket bigint default null) returns text language sql as $$
    select state from kentongan.ticket where id = coalesce($1, (select max(id) from kentongan.ticket))
$$;
create function t.events(ticket bigint default null) returns text language sql as $$
    select string_agg(action, ' ' order by n) from kentongan.ticket_event
     where ticket_event.ticket = coalesce($1, (select max(id) from kentongan.ticket))
$$;
-- "type endpoint" of all that was owed for a ticket, in order.
create function t.owed(ticket bigint default null) returns text language sql as $$
    select string_agg(type || ' ' || endpoint, ', ' order by id) from kentongan.notification
     where notification.ticket = coalesce($1, (select max(id) from kentongan.ticket))
$$;
-- Everything that a refused action must leave alone.
create function t.sum() returns text language sql as $$
    select md5(concat((select string_agg(x::text, '' order by id) from kentongan.ticket x),
                      (select string_agg(x::text, '' order by ticket, n) from kentongan.ticket_event x),
                      (select string_agg(x::text, '' order by id) from kentongan.notification x),
                      (select string_agg(x::text, '' order by id) from kentongan.outage x),
                      (select string_agg(x::text, '' order by ticket, site) from kentongan.ticket_site x)))
$$;
-- Puts the youngest ticket into a state that no action of this version leads to.
create function t.force(new_state text) returns void language sql as $$
    update kentongan.ticket
       set state = new_state, claimed_at = null,
           restored_at = case when new_state in ('restored', 'closed') then t.at(100) end,
           closed_at = case when new_state = 'closed' then t.at(200) end,
           cancelled_at = case when new_state = 'cancelled' then t.at(200) end
     where id = (select max(id) from kentongan.ticket)
$$;
