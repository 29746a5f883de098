-- SPDX-License-Identifier: ISC
-- listen_maintenance: hear of maintenance that was ended from now on. No parameters.
-- functions/maintenance_end.sql notifies. Returns nothing.
listen kentongan_maintenance
