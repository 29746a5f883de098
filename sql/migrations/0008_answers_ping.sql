-- SPDX-License-Identifier: ISC
-- 0008_answers_ping: a silent agent and a silent device are two things.

-- Whether the gateway answered an ICMP echo while it was silent otherwise; null: not known. Evidence: no rule reads it.
alter table kentongan.outage add answers_ping boolean;
