-- SPDX-License-Identifier: ISC
-- 0026_degraded_baseline: a measure may be bad by what it usually is.

alter table kentongan.site_condition add base double precision; -- what is usual in this hour of the week; null: the floor is configured
