-- SPDX-License-Identifier: ISC
-- import_words: a blank-separated list of a CSV field, in its order.
create function kentongan.import_words(p_list text) returns table (word text, ordinal bigint)
language sql immutable as $$
    select word, row_number() over (order by n)
      from regexp_split_to_table(p_list, '\s+') with ordinality as parts(word, n)
     where word <> ''
$$;
