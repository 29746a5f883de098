-- SPDX-License-Identifier: ISC
-- import_endpoints: applies endpoints.csv, and returns what is wrong with it: an endpoint twice, a party, a site or a
-- fallback that is none, a circle of fallbacks, a channel that nobody serves. Another url or secret enables an endpoint
-- that its receiver had disabled.
create function kentongan.import_endpoints(p_rows jsonb) returns setof jsonb
language plpgsql set search_path = kentongan, pg_temp as $$
begin
    return query select import_repeats('endpoints.csv', p_rows, '{endpoint}');
    return query
        select import_error('endpoints.csv', r.line, 'party',
                            format('there is no party %s, in the files or in the database', r.party))
          from jsonb_to_recordset(p_rows) as r(line int, party text)
         where not exists (select from party p where p.party = r.party);
    return query
        select import_error('endpoints.csv', r.line, 'site',
                            format('there is no site %s, in the files or in the database', r.site))
          from jsonb_to_recordset(p_rows) as r(line int, site text)
         where r.site <> '' and not exists (select from site where code = r.site);
    return query
        select import_error('endpoints.csv', r.line, 'channel',
                            format('%s is no channel; there is: webhook', coalesce(nullif(r.channel, ''), 'nothing')))
          from jsonb_to_recordset(p_rows) as r(line int, channel text)
         where r.channel is distinct from 'webhook';

    insert into endpoint as e (endpoint, party, channel, url, secret, quiet, site)
    select distinct on (r.endpoint) r.endpoint, r.party, r.channel, r.url, coalesce(r.secret, ''), nullif(r.quiet, ''),
           nullif(r.site, '')
      from jsonb_to_recordset(p_rows) as r(line int, endpoint text, party text, channel text, url text, secret text,
                                           quiet text, site text)
     where r.channel = 'webhook' and exists (select from party p where p.party = r.party)
       and (coalesce(r.site, '') = '' or exists (select from site where code = r.site))
     order by r.endpoint, r.line
    on conflict (endpoint) do update set
        party = excluded.party, channel = excluded.channel, url = excluded.url, secret = excluded.secret,
        quiet = excluded.quiet, site = excluded.site, fallback_of = null,
        disabled_at = case when (e.url, e.secret) = (excluded.url, excluded.secret) then e.disabled_at end,
        disabled_reason = case when (e.url, e.secret) = (excluded.url, excluded.secret) then e.disabled_reason end;

    return query
        select import_error('endpoints.csv', r.line, 'fallback_of', case
                   when r.fallback_of = r.endpoint then format('%s is its own fallback', r.endpoint)
                   else format('there is no endpoint %s, in the file or in the database', r.fallback_of) end)
          from jsonb_to_recordset(p_rows) as r(line int, endpoint text, fallback_of text)
         where r.fallback_of <> ''
           and (r.fallback_of = r.endpoint
                or not exists (select from endpoint e where e.endpoint = r.fallback_of)
               -- A row that was not taken was complained of itself.
               and not exists (select from jsonb_array_elements(p_rows) named
                                where named ->> 'endpoint' = r.fallback_of));
    update endpoint e set fallback_of = r.fallback_of
      from jsonb_to_recordset(p_rows) as r(endpoint text, fallback_of text)
     where e.endpoint = r.endpoint and r.fallback_of <> r.endpoint
       and exists (select from endpoint f where f.endpoint = r.fallback_of);

    return query
        select import_error('endpoints.csv', r.line, 'fallback_of',
                            format('%s is a fallback itself; name an endpoint that is none', r.fallback_of))
          from jsonb_to_recordset(p_rows) as r(line int, endpoint text, fallback_of text)
          join endpoint f on f.endpoint = r.fallback_of and f.fallback_of is not null
         where r.fallback_of <> r.endpoint;
end $$;
