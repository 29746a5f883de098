-- SPDX-License-Identifier: ISC
-- agent_report: $1 agents jsonb [{device, auth, engine, boots, time_s, at}]   $2 now timestamptz
-- Returns one row (JSON array or null): engines that two devices have.
select kentongan.agent_report($1, $2) as shared
