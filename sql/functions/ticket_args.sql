-- SPDX-License-Identifier: ISC
-- ticket_args: checks what came with an action: {cause, action, note, seq, key}, empty texts counting as absent. KT422
-- in words for a code that is none, a note that is missing or too long, an argument that nobody reads. Returns them cleaned.
create function kentongan.ticket_args(p_action text, p_args jsonb) returns jsonb
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    args jsonb;
    wrong text;
begin
    select coalesce(jsonb_object_agg(key, case jsonb_typeof(value) when 'string' then to_jsonb(trim(value #>> '{}'))
                                               else value end), '{}')
      into args
      from jsonb_each(coalesce(p_args, '{}'))
     where value <> 'null' and trim(value #>> '{}') <> '';

    wrong := case
        when not exists (select from ticket_transition where action = p_action) then
            format('There is no action "%s". Those that there are: %s.', p_action,
                   (select string_agg(distinct action, ', ') from ticket_transition where actor <> 'engine'))
        when exists (select from jsonb_object_keys(args) k where k not in ('cause', 'action', 'note', 'seq', 'key')) then
            'Only cause, action, note, seq and key can come with an action.'
        when p_action not in ('claim', 'close') and (args ? 'cause' or args ? 'action') then
            format('"%s" takes no cause and no action; "claim" and "close" do.', p_action)
        when args ? 'cause' and not exists (select from cause_code where cause = args ->> 'cause' and is_reported) then
            format('There is no cause "%s". Those that there are: %s.', args ->> 'cause',
                   (select string_agg(cause, ' ' order by ordinal) from cause_code where is_reported))
        when args ? 'action' and not exists (select from action_code where action = args ->> 'action') then
            format('There is no action code "%s". Those that there are: %s.', args ->> 'action',
                   (select string_agg(action, ' ' order by ordinal) from action_code))
        when p_action = 'claim' and not (args ? 'cause' and args ? 'action') then
            'A claim says what was wrong and what was done: give a cause and an action.'
        when p_action = 'note' and not args ? 'note' then
            'A note needs some text.'
        when length(args ->> 'note') > 2000 then
            format('The note has %s characters; 2000 are the most.', length(args ->> 'note'))
        when length(args ->> 'key') > 64 then
            format('The key has %s characters; 64 are the most.', length(args ->> 'key'))
        when args ? 'seq' and args ->> 'seq' !~ '^\d{1,9}$' then
            'seq is the number that the ticket showed when you decided.'
    end;
    if wrong is not null then
        raise exception '%', wrong using errcode = 'KT422';
    end if;
    return args;
end $$;
