-- SPDX-License-Identifier: ISC
-- report_month: $1 month 'YYYY-MM' text   $2 by text   $3 now timestamptz
-- side: read
-- Returns one row (JSON object). KT422 in words for a wrong month or group.
select kentongan.report_month($1, $2, $3) as answer
