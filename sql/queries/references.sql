-- SPDX-License-Identifier: ISC
-- references: the devices by which the poller knows whether it is cut off itself. No parameters.
-- Returns one row (JSON array of {site, name, snmp, credential}).
select coalesce(jsonb_agg(jsonb_build_object('site', site, 'name', name, 'snmp', snmp, 'credential', credential)
                          order by site, name), '[]') as answer
  from kentongan.device where role = 'reference'
