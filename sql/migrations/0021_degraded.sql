-- SPDX-License-Identifier: ISC
-- 0021_degraded: whose fault a bad measure is, and its figures.

alter table kentongan.site_condition
    add root kentongan.code references kentongan.site, -- the site itself, or the one above it of which the same is true
    add figure double precision, -- the measure's, as last told
    add floor double precision;  -- beyond it is bad
update kentongan.site_condition set root = site;
alter table kentongan.site_condition alter root set not null;
create index site_condition_root on kentongan.site_condition (root) where until is null;
