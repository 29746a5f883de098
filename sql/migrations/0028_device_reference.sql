-- SPDX-License-Identifier: ISC
-- 0028_device_reference: the reference targets are few among many devices, and are looked at for each degraded link.
create index device_reference on kentongan.device (id) where role = 'reference';
