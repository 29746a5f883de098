-- SPDX-License-Identifier: ISC
-- 0011_joined: who works a ticket, and who watches over it, hears that more joined it.
insert into kentongan.notification_type values ('ticket.joined', true, true);
