-- SPDX-License-Identifier: ISC
-- listen_plan: hear of imports from now on. No parameters.
-- functions/import_apply.sql notifies. Returns nothing.
listen kentongan_plan
