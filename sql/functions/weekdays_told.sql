-- SPDX-License-Identifier: ISC
-- weekdays_told: days of the week as people type them: mon,thu; daily. As numbers, Monday being 1, sorted. KT422 in words
-- for what is none.
create function kentongan.weekdays_told(p_text text) returns int[]
language plpgsql immutable set search_path = kentongan, pg_temp as $$
declare
    names text[] := '{mon,tue,wed,thu,fri,sat,sun}';
    words text[] := regexp_split_to_array(lower(trim(p_text)), '\s*,\s*');
    wrong text;
begin
    if words = '{daily}' then
        return '{1,2,3,4,5,6,7}';
    end if;
    wrong := (select w from unnest(words) w where w <> all(names) limit 1);
    if wrong is not null then
        raise exception '"%" is no day of the week. Write them as mon,tue,wed,thu,fri,sat,sun, or as daily.', left(wrong, 60)
            using errcode = 'KT422';
    end if;
    return array(select distinct array_position(names, w) from unnest(words) w order by 1);
end $$;
