-- SPDX-License-Identifier: ISC
-- import_devices: applies devices.csv, known by (site, name), and returns what is wrong with it: a device twice, a site
-- that is none, an address and port that another device has, a second gateway at a site.
create function kentongan.import_devices(p_rows jsonb) returns setof jsonb
language plpgsql set search_path = kentongan, pg_temp as $$
begin
    return query select import_repeats('devices.csv', p_rows, '{site,name}');
    return query
        select import_error('devices.csv', r.line, 'site',
                            format('there is no site %s, in the files or in the database', r.site))
          from jsonb_to_recordset(p_rows) as r(line int, site text)
         where not exists (select from site where code = r.site);

    insert into device (site, name, address, port, snmp, credential, profile, role, reply_from, byte_budget_mb)
    select distinct on (r.site, r.name) r.site, r.name, r.address::inet, coalesce(nullif(r.port, '')::int, 161),
           coalesce(nullif(r.snmp, ''), '2c'), coalesce(r.credential, ''), coalesce(r.profile, ''),
           coalesce(nullif(r.role, ''), 'gateway'), coalesce(r.reply_from, ''), nullif(r.byte_budget_mb, '')::int
      from jsonb_to_recordset(p_rows) as r(line int, site text, name text, address text, port text, snmp text,
                                           credential text, profile text, role text, reply_from text,
                                           byte_budget_mb text)
     where exists (select from site where code = r.site)
     order by r.site, r.name, r.line
    on conflict (site, name) do update set
        address = excluded.address, port = excluded.port, snmp = excluded.snmp, credential = excluded.credential,
        profile = excluded.profile, role = excluded.role, reply_from = excluded.reply_from,
        byte_budget_mb = excluded.byte_budget_mb;
    -- What a gateway is, its site is (site_state): a word from its time beside one would come back with that role.
    delete from device_state s using device d where d.id = s.device and d.role = 'gateway';

    -- Both constraints are deferred, so that what breaks them can be named here.
    return query
        select import_error('devices.csv', r.line, 'address',
                            format('%s port %s is the address of %s (%s) too', host(d.address), d.port, o.site, o.name))
          from jsonb_to_recordset(p_rows) as r(line int, site text, name text)
          join device d on d.site = r.site and d.name = r.name
          join lateral (select x.site, x.name from device x
                         where x.address = d.address and x.port = d.port and x.id <> d.id
                         order by x.id limit 1) o on true;
    return query
        select import_error('devices.csv', r.line, 'role',
                            format('%s has a gateway already: %s; one device per site is its gateway', r.site, o.name))
          from jsonb_to_recordset(p_rows) as r(line int, site text, name text)
          join device d on d.site = r.site and d.name = r.name and d.role = 'gateway'
          join lateral (select x.name from device x
                         where x.site = d.site and x.role = 'gateway' and x.id <> d.id
                         order by x.id limit 1) o on true;
end $$;
