-- SPDX-License-Identifier: ISC
-- readings_put: $1 rows jsonb, [{device, at, profile, bytes, readings}]
-- Returns one row (how many were taken bigint).
select kentongan.readings_put($1) as taken
