-- SPDX-License-Identifier: ISC
-- verify_pending: the claims that wait for proof. No parameters.
-- Returns one row per claim.
select ticket, device, site, claimed_at from kentongan.verify_pending()
