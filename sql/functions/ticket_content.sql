-- SPDX-License-Identifier: ISC
-- ticket_content: a digest of what somebody says with an act: of all that came with it but its key and the seq that was
-- seen, which are about the sending.
create function kentongan.ticket_content(p_args jsonb) returns bytea
language sql immutable set search_path = kentongan, pg_temp as $$
    select sha256(convert_to(canonical_json(p_args - '{key,seq}'::text[]), 'UTF8'))
$$;
