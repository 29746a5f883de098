-- SPDX-License-Identifier: ISC
-- import_error: one complaint about one place of one file; column is the column's name.
create function kentongan.import_error(p_file text, p_line int, p_column text, p_words text) returns jsonb
language sql immutable as $$
    select jsonb_build_object('file', p_file, 'line', p_line, 'column', p_column, 'words', p_words)
$$;
