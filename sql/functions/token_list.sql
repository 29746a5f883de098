-- SPDX-License-Identifier: ISC
-- token_list: every token there ever was, the youngest first; never its hash.
create function kentongan.token_list(p_now timestamptz) returns jsonb
language sql stable security definer set search_path = kentongan, pg_temp as $$
    select coalesce(jsonb_agg(jsonb_build_object(
               'id', id, 'role', role, 'party', party, 'label', label,
               'state', case when revoked_at is not null then 'revoked' when expires_at <= p_now then 'expired'
                             else 'good' end,
               'created', wall_text(created_at), 'created_by', created_by, 'expires', wall_text(expires_at),
               'revoked', wall_text(revoked_at)) order by id desc), '[]')
      from api_token
$$;
grant execute on function kentongan.token_list(timestamptz) to kentongan_app;
