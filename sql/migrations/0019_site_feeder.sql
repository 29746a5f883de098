-- SPDX-License-Identifier: ISC
-- 0019_site_feeder: the sites of one power feeder are found together.
create index site_feeder on kentongan.site (feeder) where feeder is not null;
