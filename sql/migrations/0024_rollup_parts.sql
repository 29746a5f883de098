-- SPDX-License-Identifier: ISC
-- 0024_rollup_parts: five minutes may come in parts: a daemon that stops tells what it has counted, the next one counts on.

-- From the first to the last probe that is in it, in milliseconds since the slot began. Null: of before parts; such a row is whole.
alter table kentongan.rollup
    add from_ms int check (from_ms between 0 and 299999),
    add until_ms int check (until_ms between from_ms and 299999);
alter table kentongan.rollup_inbox add from_ms int, add until_ms int;
