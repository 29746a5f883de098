-- SPDX-License-Identifier: ISC
-- listen: hear of what is owed from now on. No parameters.
-- functions/notification_owe.sql notifies. Returns nothing.
listen kentongan_outbox
