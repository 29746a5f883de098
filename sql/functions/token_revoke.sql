-- SPDX-License-Identifier: ISC
-- token_revoke: the token is good for nothing from now on (a daemon may remember it for a minute). Twice is once.
create function kentongan.token_revoke(p_id bigint, p_actor text, p_now timestamptz) returns jsonb
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    t api_token;
begin
    update api_token
       set revoked_by = coalesce(revoked_by, p_actor), revoked_at = coalesce(revoked_at, p_now)
     where id = p_id returning * into t;
    if not found then
        raise exception 'There is no token %. `kentongan token list` lists them.', p_id using errcode = 'KT404';
    end if;
    return jsonb_build_object('id', t.id, 'role', t.role, 'party', t.party, 'label', t.label,
                              'revoked', wall_text(t.revoked_at));
end $$;
grant execute on function kentongan.token_revoke(bigint, text, timestamptz) to kentongan_app;
