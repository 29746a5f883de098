-- SPDX-License-Identifier: ISC
-- zone_set: $1 zone text
-- Returns one row (void).
select kentongan.zone_set($1)
