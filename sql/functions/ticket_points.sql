-- SPDX-License-Identifier: ISC
-- ticket_points: ticket_evidence_rows for a page that has words of its own: [{source, what, at, detail}], by time.
create function kentongan.ticket_points(t kentongan.ticket) returns jsonb
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return (select coalesce(jsonb_agg(jsonb_build_object('source', e.source, 'what', e.what, 'at', wall_text(e.at), 'detail', e.detail)
                                      order by e.n), '[]')
              from (select *, row_number() over () as n from ticket_evidence_rows(t)) e);
end $$;
