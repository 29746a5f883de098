-- SPDX-License-Identifier: ISC
-- 0025_degraded_readings: what is degraded may be a round trip or a reading, which has a unit and two limits.

alter table kentongan.site_condition
    add unit text not null default '',
    add needs double precision, -- the limit within which it is good again; null: the floor
    add below boolean;          -- what is bad lies below the floor; null: above
update kentongan.site_condition set unit = '%' where measure = 'loss';
