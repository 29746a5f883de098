-- SPDX-License-Identifier: ISC
-- message_id_new: msg_ and 27 url-safe characters, 162 bits of PostgreSQL's strong randomness.
create function kentongan.message_id_new() returns text
language sql volatile as $$
    select 'msg_' || left(translate(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
                                           'base64'), '+/=', '-_'), 27)
$$;
