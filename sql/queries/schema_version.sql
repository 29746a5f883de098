-- SPDX-License-Identifier: ISC
-- schema_version: which migrations were applied, and this session's settings. No parameters.
-- Asked first on each connection. Returns one row (version int): 0 for a database of ours without a migration.
select coalesce(max(version), 0) as version,
       set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO', false),
       set_config('statement_timeout', '5s', false), set_config('lock_timeout', '2s', false),
       set_config('jit', 'off', false), -- compiling takes a hundred times as long as any statement here
       set_config('idle_in_transaction_session_timeout', '10s', false)
  from kentongan.schema_migrations
