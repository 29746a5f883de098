-- SPDX-License-Identifier: ISC
-- ticket_affected_named: {count, now, sites}: as ticket_affected, each site with its name and kecamatan, and until when it
-- was cut off (null: it is); those who are come first.
create function kentongan.ticket_affected_named(p_ticket bigint, p_most int) returns jsonb
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return (select jsonb_build_object(
                       'count', (select count(*) from ticket_site where ticket = p_ticket),
                       'now', (select count(*) from ticket_site where ticket = p_ticket and until is null),
                       'sites', coalesce(jsonb_agg(jsonb_build_object(
                                    'code', s.code, 'name', s.name, 'kecamatan', kecamatan_name(s.kecamatan),
                                    'until', wall_text(s.until))
                                    order by s.until is not null, s.code), '[]'))
              from (select x.code, x.name, x.kecamatan, a.until
                      from ticket_site a join site x on x.code = a.site
                     where a.ticket = p_ticket
                     order by a.until is not null, x.code
                     limit p_most) s);
end $$;
