-- SPDX-License-Identifier: ISC
-- maintenance_add: announces planned work at a site: {from, to, only_site, reason}, or with {every, since, until} each week,
-- as people type it in p_zone (maintenance_new). The own team alone. Returns maintenance_doc.
create function kentongan.maintenance_add(p_site text, p_said jsonb, p_zone text, p_actor text, p_party text,
                                          p_now timestamptz) returns jsonb
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    m maintenance;
begin
    perform maintenance_may(p_party);
    m := maintenance_new(p_site, jsonb_strip_nulls(p_said), p_zone, p_now);
    m.created_by := p_actor;
    m.id := nextval(pg_get_serial_sequence('kentongan.maintenance', 'id'));
    insert into maintenance overriding system value select m.*;
    return maintenance_doc(m, p_now);
end $$;
grant execute on function kentongan.maintenance_add(text, jsonb, text, text, text, timestamptz) to kentongan_app;
