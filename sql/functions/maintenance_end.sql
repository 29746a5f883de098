-- SPDX-License-Identifier: ISC
-- maintenance_end: a window is over from now on, all weeks that were to come too; what it was until now stays planned time. The
-- daemons are woken: what it held back may be due. The own team alone; KT404 no such window, KT409 it is over. Returns
-- maintenance_doc.
create function kentongan.maintenance_end(p_id bigint, p_reason text, p_actor text, p_party text, p_now timestamptz)
returns jsonb
language plpgsql security definer set search_path = kentongan, pg_temp as $$
declare
    m maintenance;
begin
    perform maintenance_may(p_party);
    select * into m from maintenance where id = p_id for update;
    if not found then
        raise exception 'There is no maintenance %. `kentongan maintenance list --all` lists it.', p_id using errcode = 'KT404';
    elsif m.ended_at is not null then
        raise exception 'Maintenance % was ended by % already.', p_id, actor_name(m.ended_by) using errcode = 'KT409';
    elsif maintenance_doc(m, p_now) ->> 'state' = 'over' then
        raise exception 'Maintenance % is over already.', p_id using errcode = 'KT409';
    elsif length(p_reason) > 500 then
        raise exception 'The reason has % characters; 500 are the most.', length(p_reason) using errcode = 'KT422';
    end if;
    update maintenance
       set ended_at = greatest(p_now, created_at), ended_by = p_actor, ended_reason = nullif(trim(p_reason), '')
     where id = p_id returning * into m;
    perform pg_notify('kentongan_maintenance', '');
    return maintenance_doc(m, p_now);
end $$;
grant execute on function kentongan.maintenance_end(bigint, text, text, text, timestamptz) to kentongan_app;
