-- SPDX-License-Identifier: ISC
-- Each row of ticket_transition is walked; every other (state, action) is refused in words and changes nothing.
begin;
select no_plan();
select is(t.import(t.inventory()) ->> 'applied', 'true', 'the fixture is imported');

create function pg_temp.row_is_walked(x kentongan.ticket_transition) returns text language plpgsql as $$
declare
    args jsonb := case when x.action in ('claim', 'close') then '{"cause": "power", "action": "none"}'
                       when x.action = 'note' then '{"note": "a word"}' else '{}' end;
    got text;
begin
    perform t.force(x.from_state);
    if x.actor = 'engine' then
        return is(t.try(format($s$select t.act(%L, 300)$s$, x.action)), 'KT403',
                  format('%s on %s is the engine''s', x.action, x.from_state))
            || E'\n' || is((kentongan.ticket_step(k, x.action, 'engine', null, null, null, t.at(250), t.at(300))).state,
                           x.to_state, format('%s on %s leads to %s', x.action, x.from_state, x.to_state))
          from kentongan.ticket k;
    end if;
    got := t.act(x.action, 300, args) ->> 'state';
    return is(got, x.to_state, format('%s on %s leads to %s', x.action, x.from_state, x.to_state));
end $$;

-- 33.14.03 is under nobody's contract: its ticket stays new, and its outage lasts.
select t.report('33.14.03', '33.14.03', 0);
select is(t.state(), 'new', 'a ticket without a contract is new');
create temp table before_walks as select * from kentongan.ticket;

select pg_temp.row_is_walked(x) from kentongan.ticket_transition x order by x.action, x.from_state;

create function pg_temp.pair_is_refused(p_state text, p_action text) returns setof text language plpgsql as $$
declare
    args jsonb := case when p_action in ('claim', 'close') then '{"cause": "power", "action": "none"}'
                       when p_action = 'note' then '{"note": "a word"}' else '{}' end;
    before text;
    code text := 'ok';
    words text := '';
begin
    perform t.force(p_state);
    before := t.sum();
    begin
        perform t.act(p_action, 300, args);
    exception when others then
        code := sqlstate;
        words := sqlerrm;
    end;
    return next is(code, case when p_action in ('offer', 'restore', 'unproven') then 'KT403' else 'KT409' end,
                   format('%s on %s is refused', p_action, p_state));
    return next ok(words ~ '\.$' and length(words) > 20, format('in words: %s', words));
    return next is(t.sum(), before, 'and changes nothing');
end $$;
select pg_temp.pair_is_refused(s.state, a.action)
  from kentongan.ticket_state s, (select distinct action from kentongan.ticket_transition) a
 where not exists (select from kentongan.ticket_transition x where x.from_state = s.state and x.action = a.action)
 order by s.ordinal, a.action;

-- Words of the refusals that people meet most.
select t.force('restored');
select throws_ok($$select t.act('accept', 300)$$, 'KT409',
                 format('%s is restored: "accept" is not possible now. Possible: claim, close, note.', number))
  from kentongan.ticket;
select throws_ok($$select t.act('fly', 300)$$, 'KT422',
                 'There is no action "fly". Those that there are: accept, cancel, claim, close, decline, note, onsite.');

-- The index that keeps one open ticket per root and kind names the states that are open.
select is((select array_agg(state order by ordinal) from kentongan.ticket_state where is_open),
          (select array(select unnest(regexp_matches(pg_get_expr(indpred, indrelid), '''([a-z]+)''::text', 'g'))
                          from pg_index where indexrelid = 'kentongan.ticket_one_open'::regclass)),
          'ticket_one_open and ticket_state agree on what is open');
select is((select count(*)::int from (select action from kentongan.ticket_transition
                                       group by action having count(distinct actor) > 1) x), 0,
          'an action is one kind of actor''s, whatever the state');
select * from finish();
rollback;
