-- SPDX-License-Identifier: ISC
-- maintenance_new: the window that maintenance_add is asked for, checked and not yet kept. KT422 in words.
--
-- Once: at most 31 days long, because what is longer is no maintenance but a site that is gone; it begins within a year,
-- and not in the past, because planned is what was announced. One that began in the last five minutes begins now. Every week:
-- less than a day long, within 366 days at least once.
create function kentongan.maintenance_new(p_site text, p_said jsonb, p_zone text, p_now timestamptz)
returns kentongan.maintenance
language plpgsql stable set search_path = kentongan, pg_temp as $$
declare
    m maintenance;
    today date := (p_now at time zone p_zone)::date;
    clock text := '^([01]\d|2[0-3]):[0-5]\d$';
    wrong text;
begin
    m.site := site_known(p_site);
    m.behind := not coalesce((p_said ->> 'only_site')::boolean, false);
    m.reason := trim(p_said ->> 'reason');
    m.zone := p_zone;
    m.created_at := p_now;
    wrong := case
        when p_site is null then 'Maintenance is that of a site: give its code.'
        when coalesce(m.reason, '') = '' then 'Maintenance needs a reason that others can read.'
        when length(m.reason) > 500 then format('The reason has %s characters; 500 are the most.', length(m.reason))
        when p_said ->> 'to' is null then 'Maintenance ends some time: give "to".'
        when p_said ->> 'every' is not null and (coalesce(p_said ->> 'from', '') !~ clock or p_said ->> 'to' !~ clock) then
            'What comes every week has hours: give "from" and "to" as 22:00 and 23:30.'
        when p_said ->> 'every' is not null and p_said ->> 'from' = p_said ->> 'to' then
            'What comes every week is shorter than a day: "from" and "to" are the same.'
        when p_said ->> 'every' is null and (p_said ? 'since' or p_said ? 'until') then
            '"since" and "until" are the days between which something comes every week: give "every", or put the days into "from" and "to".'
    end;
    if wrong is not null then
        raise exception '%', wrong using errcode = 'KT422';
    end if;

    if p_said ->> 'every' is not null then
        m.weekdays := weekdays_told(p_said ->> 'every');
        m.from_time := (p_said ->> 'from')::time;
        m.to_time := (p_said ->> 'to')::time;
        m.valid_from := coalesce(day_told('since', p_said ->> 'since'), today);
        m.valid_to := day_told('until', p_said ->> 'until');
        wrong := case
            when m.valid_to < m.valid_from then 'It is over before it begins: "until" is before "since".'
            when m.valid_from > today + 366 then 'It begins in more than a year: give a nearer "since".'
            when maintenance_spans(m, tstzrange(p_now, p_now + interval '400 days')) = '{}' then
                'No such day comes between "since" and "until".'
        end;
    else
        m.since := coalesce(time_told('from', p_said ->> 'from', p_zone, p_now), p_now);
        m.until := time_told('to', p_said ->> 'to', p_zone, p_now);
        if m.since <= p_now and m.since > p_now - interval '5 minutes' then
            m.since := p_now;
        end if;
        if trim(p_said ->> 'to') ~ clock then -- the next time that the clock shows it
            m.until := ((m.since at time zone p_zone)::date + trim(p_said ->> 'to')::time) at time zone p_zone;
            if m.until <= m.since then
                m.until := ((m.since at time zone p_zone)::date + 1 + trim(p_said ->> 'to')::time) at time zone p_zone;
            end if;
        end if;
        wrong := case
            when m.since < p_now then
                format('%s is past. Planned is what was announced before: leave "from" out for now, or give a later time (with its day).',
                       p_said ->> 'from')
            when m.until <= m.since then 'It ends before it begins: "to" is not after "from".'
            when m.until > m.since + interval '31 days' then 'It would last longer than 31 days. Shorten it, and announce the rest when its time comes.'
            when m.since > p_now + interval '366 days' then 'It begins in more than a year: give a nearer "from".'
        end;
    end if;
    if wrong is not null then
        raise exception '%', wrong using errcode = 'KT422';
    end if;
    return m;
end $$;
