/* SPDX-License-Identifier: ISC */
#include "probes/profile_line.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#define DECIMAL_TEXT_MAX 24

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

bool profile_line_cut(struct profile_line *line, const char *at, size_t bytes)
{
    size_t end = 0;

    line->count = 0;
    if (bytes >= sizeof line->text)
        return false;
    memcpy(line->whole, at, bytes);
    line->whole[bytes] = '\0';
    memcpy(line->text, line->whole, bytes + 1);
    for (size_t i = 0; i < bytes && line->whole[i] != '#';) {
        if (is_blank(line->whole[i])) {
            line->text[i] = '\0';
            line->whole[i++] = ' ';
            continue;
        }
        if (line->count == PROFILE_LINE_WORDS_MAX)
            return false;
        line->words[line->count] = line->text + i;
        line->rest[line->count++] = line->whole + i;
        while (i < bytes && !is_blank(line->whole[i]))
            i++;
        end = i;
    }
    line->whole[end] = '\0';
    return true;
}

static bool take_decimal(const char *word, struct profile_decimal *decimal)
{
    char digits[DECIMAL_TEXT_MAX];
    size_t used = 0, whole, part = 0;
    const char *at = word + (*word == '-');

    whole = strspn(at, "0123456789");
    if (at[whole] == '.')
        part = strspn(at + whole + 1, "0123456789");
    if (whole == 0 || whole + part > 15 || (at[whole] == '.' && part == 0) ||
        at[whole + (part > 0 ? part + 1 : 0)] != '\0')
        return false;
    for (; *word != '\0'; word++)
        if (*word != '.')
            digits[used++] = *word;
    digits[used] = '\0';
    decimal->number = strtod(digits, NULL);
    for (decimal->ten_to = 1; part > 0; part--)
        decimal->ten_to *= 10;
    return true;
}

static bool take_number(const char *word, double *number)
{
    struct profile_decimal decimal;

    if (!take_decimal(word, &decimal))
        return false;
    *number = decimal.number / decimal.ten_to;
    return true;
}

bool profile_name_take(const char *word, char out[PROFILE_NAME_MAX], struct err *err)
{
    if (word[0] < 'a' || word[0] > 'z' ||
        word[strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_-")] != '\0')
        return err_set(err, "%s: a name begins with a-z and has only a-z 0-9 _ -", word);
    if (!text_copy(out, PROFILE_NAME_MAX, word))
        return err_set(err, "%s: a name has at most %d characters", word, PROFILE_NAME_MAX - 1);
    return true;
}

static bool take_oid(const char *word, struct oid *oid, struct err *err)
{
    if (!oid_read(word, oid))
        return err_set(err, "%s is no object identifier; write digits and dots: 1.3.6.1.2.1.1.3.0",
                       word);
    return true;
}

static bool take_rest(const struct profile_line *line, size_t from, char *out, size_t room,
                      struct err *err)
{
    if (!text_copy(out, room, line->rest[from]))
        return err_set(err, "longer than %zu bytes, or not plain UTF-8 text", room - 1);
    return true;
}

/* --- of the profile --- */

static bool take_title(struct profile_draft *draft, const struct profile_line *line,
                       struct err *err)
{
    return take_rest(line, 1, draft->profile->title, sizeof draft->profile->title, err);
}

static bool take_inherits(struct profile_draft *draft, const struct profile_line *line,
                          struct err *err)
{
    return profile_name_take(line->words[1], draft->profile->inherits, err);
}

/* match PREFIX|any [has OID] [descr TEXT…] */
static bool take_match(struct profile_draft *draft, const struct profile_line *line,
                       struct err *err)
{
    struct profile *profile = draft->profile;
    struct profile_match match = {0};
    size_t next = 2;

    if (profile->match_count == PROFILE_MATCHES_MAX)
        return err_set(err, "more than %d match lines", PROFILE_MATCHES_MAX);
    if (strcmp(line->words[1], "any") != 0 && !take_oid(line->words[1], &match.object_id, err))
        return false;
    if (next + 1 < line->count && strcmp(line->words[next], "has") == 0) {
        if (!take_oid(line->words[next + 1], &match.has, err))
            return false;
        next += 2;
    }
    if (next + 1 < line->count && strcmp(line->words[next], "descr") == 0) {
        if (!take_rest(line, next + 1, match.descr, sizeof match.descr, err))
            return false;
        next = line->count;
    }
    if (next != line->count)
        return err_set(err, "%s: write match OID, or any, then perhaps has OID, then descr TEXT",
                       line->words[next]);
    profile->matches[profile->match_count++] = match;
    return true;
}

static bool take_tested(struct profile_draft *draft, const struct profile_line *line,
                        struct err *err)
{
    struct profile *profile = draft->profile;
    char *to = profile->tested[profile->tested_count];

    if (profile->tested_count == PROFILE_TESTED_MAX)
        return err_set(err, "more than %d tested lines", PROFILE_TESTED_MAX);
    if (strcmp(line->words[1], "recording") != 0 && strcmp(line->words[1], "synthetic") != 0)
        return err_set(err, "%s: write recording NAME, or synthetic NAME", line->words[1]);
    if (!take_rest(line, 1, to, sizeof profile->tested[0], err))
        return false;
    profile->tested_count++;
    return true;
}

static bool take_trap(struct profile_draft *draft, const struct profile_line *line, struct err *err)
{
    struct profile *profile = draft->profile;
    struct profile_trap trap = {0};

    if (profile->trap_count == PROFILE_TRAPS_MAX)
        return err_set(err, "more than %d trap lines", PROFILE_TRAPS_MAX);
    if (!take_oid(line->words[1], &trap.oid, err))
        return false;
    for (enum profile_sense sense = 1; sense < PROFILE_SENSE_END; sense++)
        if (strcmp(line->words[2], profile_sense_name(sense)) == 0)
            trap.sense = sense;
    if (trap.sense == 0)
        return err_set(err,
                       "%s: a trap means power_lost, power_back, battery_low, dying_gasp, "
                       "link_lost or link_back",
                       line->words[2]);
    profile->traps[profile->trap_count++] = trap;
    return true;
}

static bool take_without(struct profile_draft *draft, const struct profile_line *line,
                         struct err *err)
{
    struct profile *profile = draft->profile;

    for (size_t i = 1; i < line->count; i++) {
        if (profile->dropped_count == PROFILE_METRICS_MAX)
            return err_set(err, "more than %d metrics left out", PROFILE_METRICS_MAX);
        if (!profile_name_take(line->words[i], profile->dropped[profile->dropped_count], err))
            return false;
        profile->dropped_count++;
    }
    return true;
}

/* --- of a metric --- */

static bool take_metric_oid(struct profile_draft *draft, const struct profile_line *line,
                            struct err *err)
{
    return take_oid(line->words[1], &draft->metric->oid, err);
}

static bool take_index(struct profile_draft *draft, const struct profile_line *line,
                       struct err *err)
{
    for (enum profile_index index = 1; index < PROFILE_INDEX_END; index++)
        if (strcmp(line->words[1], profile_index_name(index)) == 0) {
            draft->metric->index = index;
            return true;
        }
    return err_set(err, "%s: an index is scalar, ifindex, mac.ifindex or any", line->words[1]);
}

static bool take_kind(struct profile_draft *draft, const struct profile_line *line, struct err *err)
{
    for (enum profile_kind kind = 1; kind < PROFILE_KIND_END; kind++)
        if (strcmp(line->words[1], profile_kind_name(kind)) == 0) {
            draft->metric->kind = kind;
            return true;
        }
    return err_set(err, "%s: a kind is gauge, counter, enum or text", line->words[1]);
}

static bool take_unit(struct profile_draft *draft, const struct profile_line *line, struct err *err)
{
    return take_rest(line, 1, draft->metric->unit, sizeof draft->metric->unit, err);
}

static bool take_names(struct profile_draft *draft, const struct profile_line *line,
                       struct err *err)
{
    return take_oid(line->words[1], &draft->metric->names, err);
}

/* Both over one denominator: see struct value_rule. */
static void apply_scale(struct profile_draft *draft)
{
    struct value_rule *rule = &draft->metric->rule;

    rule->divide =
        draft->scale.ten_to > draft->offset.ten_to ? draft->scale.ten_to : draft->offset.ten_to;
    rule->multiply = draft->scale.number * (rule->divide / draft->scale.ten_to);
    rule->add = draft->offset.number * (rule->divide / draft->offset.ten_to);
}

static bool take_scale(struct profile_draft *draft, const struct profile_line *line,
                       struct err *err)
{
    if (!take_decimal(line->words[1], &draft->scale) || draft->scale.number == 0)
        return err_set(err, "%s: a scale is a decimal number other than 0, such as 0.1",
                       line->words[1]);
    apply_scale(draft);
    return true;
}

static bool take_offset(struct profile_draft *draft, const struct profile_line *line,
                        struct err *err)
{
    if (!take_decimal(line->words[1], &draft->offset))
        return err_set(err, "%s: an offset is a decimal number, such as -30", line->words[1]);
    apply_scale(draft);
    return true;
}

static bool take_parse(struct profile_draft *draft, const struct profile_line *line,
                       struct err *err)
{
    for (enum value_parse parse = 1; parse < VALUE_PARSE_END; parse++)
        if (strcmp(line->words[1], value_parse_name(parse)) == 0) {
            draft->metric->rule.parse = parse;
            return true;
        }
    return err_set(err, "%s: parse is number, first, signed16, signed32 or hex", line->words[1]);
}

static bool take_invalid(struct profile_draft *draft, const struct profile_line *line,
                         struct err *err)
{
    struct value_rule *rule = &draft->metric->rule;

    for (size_t i = 1; i < line->count; i++) {
        if (rule->invalid_count == VALUE_INVALID_MAX)
            return err_set(err, "more than %d invalid numbers", VALUE_INVALID_MAX);
        if (!take_number(line->words[i], &rule->invalid[rule->invalid_count]))
            return err_set(err, "%s is no decimal number; write them as the device sends them",
                           line->words[i]);
        rule->invalid_count++;
    }
    return true;
}

/* words[first] and on: "A .. B" with A not above B. */
static bool take_range(const struct profile_line *line, size_t first, double *from, double *to,
                       struct err *err)
{
    if (line->count != first + 3 || strcmp(line->words[first + 1], "..") != 0 ||
        !take_number(line->words[first], from) || !take_number(line->words[first + 2], to) ||
        *from > *to)
        return err_set(err, "write the range as A .. B, such as -40 .. 90");
    return true;
}

static bool take_valid(struct profile_draft *draft, const struct profile_line *line,
                       struct err *err)
{
    return take_range(line, 1, &draft->metric->rule.least, &draft->metric->rule.most, err);
}

static bool add_limit(struct profile_metric *metric, const struct profile_limit *limit,
                      struct err *err)
{
    if (metric->limit_count == PROFILE_LIMITS_MAX)
        return err_set(err, "more than %d limits", PROFILE_LIMITS_MAX);
    metric->limits[metric->limit_count++] = *limit;
    return true;
}

/* is N...: each a limit of its own. */
static bool take_numbers(struct profile_metric *metric, const struct profile_line *line,
                         struct profile_limit limit, struct err *err)
{
    for (size_t i = 2; i < line->count; i++) {
        if (!take_number(line->words[i], &limit.from))
            return err_set(err, "%s is no decimal number", line->words[i]);
        limit.to = limit.from;
        if (!add_limit(metric, &limit, err))
            return false;
    }
    return true;
}

/* warn|crit below N, above N, in A .. B, is N... */
static bool take_limit(struct profile_draft *draft, const struct profile_line *line,
                       struct err *err)
{
    struct profile_limit limit = {strcmp(line->words[0], "warn") == 0 ? PROFILE_WARN : PROFILE_CRIT,
                                  -DBL_MAX, DBL_MAX, true, true};
    bool below = strcmp(line->words[1], "below") == 0, above = strcmp(line->words[1], "above") == 0;

    if (strcmp(line->words[1], "is") == 0)
        return take_numbers(draft->metric, line, limit, err);
    if (strcmp(line->words[1], "in") == 0)
        return take_range(line, 2, &limit.from, &limit.to, err) &&
               add_limit(draft->metric, &limit, err);
    limit.with_to = !below;
    limit.with_from = !above;
    if ((!below && !above) || line->count != 3 ||
        !take_number(line->words[2], below ? &limit.to : &limit.from))
        return err_set(err, "write it as %s below 10, above 70, in 18 .. 23, or is 2 4",
                       line->words[0]);
    return add_limit(draft->metric, &limit, err);
}

/* NUMBER WORD pairs */
static bool take_words(struct profile_draft *draft, const struct profile_line *line,
                       struct err *err)
{
    struct profile_metric *metric = draft->metric;
    size_t more = (line->count - 1) / 2;

    if (line->count % 2 == 0)
        return err_set(err, "write pairs of a number and its word: 1 up 2 down");
    if (metric->word_count + more > PROFILE_WORDS_MAX)
        return err_set(err, "more than %d words", PROFILE_WORDS_MAX);
    metric->words = reallocarray(metric->words, metric->word_count + more, sizeof *metric->words);
    if (metric->words == NULL)
        abort();
    for (size_t i = 1; i < line->count; i += 2) {
        struct profile_word *word = &metric->words[metric->word_count];

        if (!text_i64(line->words[i], INT32_MIN, UINT32_MAX, &word->number))
            return err_set(err, "%s is no whole number; write pairs: 1 up 2 down", line->words[i]);
        if (!text_copy(word->word, sizeof word->word, line->words[i + 1]))
            return err_set(err, "%s: a word has at most %zu bytes", line->words[i + 1],
                           sizeof word->word - 1);
        metric->word_count++;
    }
    return true;
}

/* when OID is N… */
static bool take_when(struct profile_draft *draft, const struct profile_line *line, struct err *err)
{
    struct profile_metric *metric = draft->metric;

    if (line->count < 4 || strcmp(line->words[2], "is") != 0)
        return err_set(err, "write it as when OID is NUMBER..., the OID of a column beside it");
    metric->when_count = 0;
    for (size_t i = 3; i < line->count; i++) {
        if (metric->when_count == PROFILE_WHEN_MAX)
            return err_set(err, "more than %d numbers", PROFILE_WHEN_MAX);
        if (!text_i64(line->words[i], INT32_MIN, UINT32_MAX,
                      &metric->when_is[metric->when_count++]))
            return err_set(err, "%s is no whole number", line->words[i]);
    }
    return take_oid(line->words[1], &metric->when, err);
}

static bool take_unless(struct profile_draft *draft, const struct profile_line *line,
                        struct err *err)
{
    return profile_name_take(line->words[1], draft->metric->unless, err);
}

static bool take_rows(struct profile_draft *draft, const struct profile_line *line, struct err *err)
{
    int64_t rows;

    if (!text_i64(line->words[1], 1, PROFILE_ROWS_MAX, &rows))
        return err_set(err, "%s: rows is a whole number from 1 to %d", line->words[1],
                       PROFILE_ROWS_MAX);
    draft->metric->rows = (uint16_t)rows;
    return true;
}

static bool take_history(struct profile_draft *draft, const struct profile_line *line,
                         struct err *err)
{
    for (enum profile_history history = 1; history < PROFILE_HISTORY_END; history++)
        if (strcmp(line->words[1], profile_history_name(history)) == 0) {
            draft->metric->history = history;
            return true;
        }
    return err_set(err, "%s: a history is some, main or none", line->words[1]);
}

static bool take_ticket(struct profile_draft *draft, const struct profile_line *line,
                        struct err *err)
{
    if (strcmp(line->words[1], "degraded") != 0)
        return err_set(err, "%s: a ticket is degraded", line->words[1]);
    draft->metric->ticket = true;
    return true;
}

static bool take_note(struct profile_draft *draft, const struct profile_line *line, struct err *err)
{
    (void)draft;
    (void)line;
    (void)err;
    return true;
}

#define MANY PROFILE_LINE_WORDS_MAX

struct keyword {
    const char *name;
    bool of_metric;
    size_t least, most; /* words behind it */
    bool (*take)(struct profile_draft *draft, const struct profile_line *line, struct err *err);
};

/* clang-format off */
static const struct keyword keywords[] = {
    {"title",    false, 1, MANY, take_title},
    {"inherits", false, 1, 1,    take_inherits},
    {"match",    false, 1, MANY, take_match},
    {"tested",   false, 2, 2,    take_tested},
    {"trap",     false, 2, 2,    take_trap},
    {"without",  false, 1, MANY, take_without},
    {"oid",      true,  1, 1,    take_metric_oid},
    {"index",    true,  1, 1,    take_index},
    {"names",    true,  1, 1,    take_names},
    {"kind",     true,  1, 1,    take_kind},
    {"unit",     true,  1, 1,    take_unit},
    {"scale",    true,  1, 1,    take_scale},
    {"offset",   true,  1, 1,    take_offset},
    {"parse",    true,  1, 1,    take_parse},
    {"invalid",  true,  1, MANY, take_invalid},
    {"valid",    true,  3, 3,    take_valid},
    {"words",    true,  2, MANY, take_words},
    {"warn",     true,  2, MANY, take_limit},
    {"crit",     true,  2, MANY, take_limit},
    {"when",     true,  3, MANY, take_when},
    {"unless",   true,  1, 1,    take_unless},
    {"rows",     true,  1, 1,    take_rows},
    {"history",  true,  1, 1,    take_history},
    {"ticket",   true,  1, 1,    take_ticket},
    {"note",     true,  1, MANY, take_note},
};
/* clang-format on */

static bool refuse_keyword(const char *word, struct err *err)
{
    struct text known = {0};

    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        text_addf(&known, " %s", keywords[i].name);
    err_set(err, "%.40s is no keyword; there are profile metric%s", word, text_get(&known));
    text_free(&known);
    return false;
}

bool profile_line_take(struct profile_draft *draft, const struct profile_line *line,
                       struct err *err)
{
    const struct keyword *keyword = NULL;

    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (strcmp(line->words[0], keywords[i].name) == 0)
            keyword = &keywords[i];
    if (keyword == NULL)
        return refuse_keyword(line->words[0], err);
    if (draft->profile == NULL)
        return err_set(err, "a line \"profile NAME\" has to come first");
    if (keyword->of_metric && draft->metric == NULL)
        return err_set(err, "a line \"metric NAME\" has to come before it");
    if (!keyword->of_metric && draft->metric != NULL)
        return err_set(err, "this is about the profile: it stands before the first metric");
    if (line->count - 1 < keyword->least)
        return err_set(err, "something is missing behind it");
    if (line->count - 1 > keyword->most)
        return err_set(err, "one word too many: %s", line->words[keyword->most + 1]);
    return keyword->take(draft, line, err);
}
