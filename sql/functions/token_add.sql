-- SPDX-License-Identifier: ISC
-- token_add: a new token, known by its hash (hex) alone. role 'party' names its party, the others name none.
create function kentongan.token_add(p_role text, p_party text, p_label text, p_hash text, p_expires timestamptz,
                                    p_actor text, p_now timestamptz) returns jsonb
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    t api_token;
begin
    if p_role not in ('admin', 'staff', 'auditor', 'party') then
        raise exception 'There is no role %. Roles: admin, staff, auditor, party.', p_role using errcode = 'KT422';
    end if;
    if (p_role = 'party') <> (p_party is not null) then
        raise exception 'A token of the role party names its party (--party CODE), a token of another role names none.'
            using errcode = 'KT422';
    end if;
    perform party_known(p_party);
    insert into api_token (role, party, label, hash, created_at, created_by, expires_at)
    values (p_role, p_party, coalesce(p_label, ''), decode(p_hash, 'hex'), p_now, p_actor, p_expires)
    returning * into t;
    return jsonb_build_object('id', t.id, 'role', t.role, 'party', t.party, 'label', t.label,
                              'expires', wall_text(t.expires_at));
end $$;
grant execute on function kentongan.token_add(text, text, text, text, timestamptz, text, timestamptz) to kentongan_app;
