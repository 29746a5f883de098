-- SPDX-License-Identifier: ISC
-- kecamatan_name: what people call the kecamatan of a site. Inventories hold either its code or its name: a site with
-- that code gives its name, else the text stands for itself. Null for none.
create function kentongan.kecamatan_name(p_kecamatan text) returns text
language plpgsql stable set search_path = kentongan, pg_temp as $$
begin
    return (select coalesce((select name from site where code = p_kecamatan), nullif(p_kecamatan, '')));
end $$;
