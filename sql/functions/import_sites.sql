-- SPDX-License-Identifier: ISC
-- import_sites: applies sites.csv, and returns what is wrong with it: a code twice, an uplink that is no site, the site
-- itself or named twice, a core with an uplink. A site's uplinks are replaced by those of its row.
create function kentongan.import_sites(p_rows jsonb) returns setof jsonb
language plpgsql set search_path = kentongan, pg_temp as $$
begin
    return query select import_repeats('sites.csv', p_rows, '{code}');

    insert into site (code, name, kind, kecamatan, lat, lng, feeder, service_hours)
    select distinct on (r.code) r.code, r.name, r.kind, coalesce(r.kecamatan, ''), nullif(r.lat, '')::float8,
           nullif(r.lng, '')::float8, nullif(r.feeder, ''), nullif(r.service_hours, '')
      from jsonb_to_recordset(p_rows) as r(line int, code text, name text, kind text, kecamatan text, lat text,
                                           lng text, feeder text, service_hours text)
     order by r.code, r.line
    on conflict (code) do update set
        name = excluded.name, kind = excluded.kind, kecamatan = excluded.kecamatan, lat = excluded.lat,
        lng = excluded.lng, feeder = excluded.feeder, service_hours = excluded.service_hours;

    return query
        select import_error('sites.csv', r.line, 'uplinks', case
                   when u.word = r.code then format('%s is its own uplink', r.code)
                   when r.kind = 'core' then 'the core has no uplink'
                   when not exists (select from site where code = u.word) then
                       format('there is no site %s, in the file or in the database', u.word)
                   else format('%s is named twice', u.word) end)
          from jsonb_to_recordset(p_rows) as r(line int, code text, kind text, uplinks text),
               import_words(r.uplinks) u
         where u.word = r.code or r.kind = 'core' or not exists (select from site where code = u.word)
            or exists (select from import_words(r.uplinks) again
                        where again.word = u.word and again.ordinal < u.ordinal);

    delete from uplink where site in (select r ->> 'code' from jsonb_array_elements(p_rows) r);
    -- The words first: looked up while they are split, the sites would be read again for each row of the file.
    insert into uplink (site, parent, ordinal)
    with word as materialized (
        select r.code, u.word, min(u.ordinal) as ordinal
          from jsonb_to_recordset(p_rows) as r(code text, uplinks text), import_words(r.uplinks) u
         where u.word <> r.code
         group by r.code, u.word)
    select word.code, word.word, word.ordinal from word where exists (select from site where site.code = word.word)
    on conflict do nothing;

    return query
        select import_error('sites.csv', (r ->> 'line')::int, 'uplinks',
                            'the uplinks run in a circle: ' || array_to_string(c.circle, ', '))
          from uplink_circle() c(circle), jsonb_array_elements(p_rows) r
         where r ->> 'code' = any(c.circle);
end $$;
