-- SPDX-License-Identifier: ISC
-- listen_verify: hear of claims from now on. No parameters.
-- functions/ticket_step.sql notifies. Returns nothing.
listen kentongan_verify
