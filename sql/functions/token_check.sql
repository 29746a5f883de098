-- SPDX-License-Identifier: ISC
-- token_check: whom the token with this hash (hex) speaks for, or null: unknown, expired or revoked, without a
-- difference. seconds: how long it is still good.
create function kentongan.token_check(p_hash text, p_now timestamptz) returns jsonb
language sql stable security definer set search_path = kentongan, pg_temp as $$
    select jsonb_build_object('id', id, 'role', role, 'party', party,
                              'seconds', floor(extract(epoch from expires_at - p_now)))
      from api_token
     where hash = decode(p_hash, 'hex') and revoked_at is null and expires_at > p_now
$$;
grant execute on function kentongan.token_check(text, timestamptz) to kentongan_app, kentongan_web;
