-- SPDX-License-Identifier: ISC
-- become_reader: from now on this session is kentongan_web and every transaction of it is read only. No parameters.
-- Returns one row. kentongan_app may do it because migrate.c made it a member.
select set_config('role', 'kentongan_web', false), set_config('default_transaction_read_only', 'on', false)
