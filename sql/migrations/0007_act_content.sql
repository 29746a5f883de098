-- SPDX-License-Identifier: ISC
-- 0007_act_content: what an act that came with a key said, so that the same key with other words is not taken for the
-- same act.

-- SHA-256 of ticket_content(); null: sent before this was kept, its words are not compared.
alter table kentongan.act_key add content bytea check (length(content) = 32);
