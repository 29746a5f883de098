-- SPDX-License-Identifier: ISC
-- import_apply: the inventory of CSV files, checked as a whole and applied in one transaction. p_rows: {"sites": [{"line":
-- 2, "code": …}, …], "devices", "parties", "endpoints", "contracts"}, fields as text, a key absent when its file was not
-- given. Rows that are in the database and not in the file stay. Everything is done inside a block that is rolled
-- back on any error and on a dry run, so the checks see the inventory as it would be. Returns {errors: [{file, line,
-- column, words}], changes: [{file, key, change, what}], counts: {FILE: {added, changed, unchanged}}, applied}.
-- jit = off: PostgreSQL takes any jsonb for large, and compiling took a second where the work takes ten milliseconds.
create function kentongan.import_apply(p_rows jsonb, p_dry_run boolean, p_actor text, p_now timestamptz) returns jsonb
language plpgsql security definer set search_path = kentongan, pg_temp set jit = off as $$
declare
    before jsonb;
    errors jsonb;
    changes jsonb := '[]';
begin
    perform pg_advisory_xact_lock(hashtextextended('kentongan.import', 0));
    before := inventory_snapshot(p_rows);
    begin
        set constraints all deferred;
        errors := import_files(p_rows);
        if errors = '[]' then
            set constraints all immediate;
            changes := inventory_difference(before, inventory_snapshot(p_rows));
        end if;
        if errors <> '[]' or p_dry_run then
            raise exception using errcode = 'KTDRY';
        end if;
        insert into inventory_event (at, actor, file, key, change, what)
        select p_now, p_actor, c ->> 'file', c ->> 'key', c ->> 'change', coalesce(c ->> 'what', '')
          from jsonb_array_elements(changes) c;
        perform pg_notify('kentongan_plan', '');
    exception when sqlstate 'KTDRY' then
        null; -- the variables keep what was found; the tables do not
    end;
    return jsonb_build_object('errors', errors, 'changes', changes, 'counts', import_counts(p_rows, changes),
                              'applied', errors = '[]' and not p_dry_run);
end $$;
grant execute on function kentongan.import_apply(jsonb, boolean, text, timestamptz) to kentongan_app;
