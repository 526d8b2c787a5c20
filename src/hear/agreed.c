/* agreed.c -- see agreed.h. */
#include "hear/agreed.h"

static const char *const STATE_NAMES[] = {
    [STATE_UNMEASURED] = NULL, [STATE_SURE] = "sure", [STATE_CHECK] = "to check", [STATE_OFF] = "off"
};

/* Of what is measured, an agreement with people below this says too little of a person: Krippendorff 2004. */
static const double ALPHA_LEAST = .667;

const char *agreement_state_name(AgreementState state) { return STATE_NAMES[state]; }

bool agreement_in_figures(AgreementState state, double alpha) { return state == STATE_SURE && alpha >= ALPHA_LEAST; }

static bool state_from(Str name, AgreementState *ret)
{
    for (size_t i = STATE_SURE; i < COUNT(STATE_NAMES); i++)
        if (str_equal(name, str_from(STATE_NAMES[i]))) {
            *ret = (AgreementState)i;
            return true;
        }
    return false;
}

/* A share, or "-" for one that is not known. */
static bool share_from(Str text, double *ret)
{
    *ret = -1;
    return str_equal(text, STR("-")) || (str_to_double(text, ret) && *ret >= -1 && *ret <= 1);
}

enum { COLUMNS = 12 };

/* reader, behaviour, state, precision, its interval, recall, its interval, alpha, labelled, date[, …] */
static bool read_row(Str line, Arena *arena, Str *reader, Str *behaviour, HearAgreement *ret)
{
    Str column[COLUMNS] = { 0 };
    size_t count = 0;
    int64_t labelled;
    for (Str rest = line; count < COLUMNS && str_next_part(&rest, '\t', &column[count]);) count++;
    if (count < COLUMNS || !state_from(column[2], &ret->state) || !share_from(column[3], &ret->precision) ||
        !share_from(column[4], &ret->precision_low) || !share_from(column[5], &ret->precision_high) ||
        !share_from(column[6], &ret->recall) || !share_from(column[7], &ret->recall_low) ||
        !share_from(column[8], &ret->recall_high) || !share_from(column[9], &ret->alpha) ||
        !str_to_i64(column[10], &labelled) || labelled < 0 || labelled > UINT32_MAX)
        return false;
    ret->labelled = (uint32_t)labelled;
    ret->date = arena_str(arena, column[11]);
    ret->in_figures = agreement_in_figures(ret->state, ret->alpha);
    *reader = column[0];
    *behaviour = column[1];
    return true;
}

static bool take_rows(const Words *words, const Rules *rules, Str reader, Arena *arena, HearAgreement *item, Err *err)
{
    uint32_t number = 0;
    for (Str rest = words_bytes(words, AGREED_FILE), line; str_next_line(&rest, &line);) {
        HearAgreement row = { 0 };
        Str of, behaviour;
        number++;
        if (line.len == 0 || line.data[0] == '#' || str_starts(line, STR("reader\t"))) continue;
        if (!read_row(line, arena, &of, &behaviour, &row))
            return err_set(err, ERR_INPUT,
                           "agreement.tsv line %u: columns are reader, behaviour, state, precision, low, high, recall, "
                           "low, high, alpha, labelled and date",
                           number);
        for (size_t b = 0; str_equal(of, reader) && b < rules->behaviour_count; b++)
            if (str_equal(rules->behaviour[b].id, behaviour)) item[b] = row;
    }
    return true;
}

bool agreed_open(const Words *words, const Rules *rules, Str reader, Arena *arena, HearAgreement **ret, Err *err)
{
    *ret = ARENA_NEW(arena, HearAgreement, rules->behaviour_count + 1);
    /* Where the deep reader was not measured it is trusted no more than the fast one, which it does better than. */
    if (str_equal(reader, STR("deep")) && !take_rows(words, rules, STR("fast"), arena, *ret, err)) return false;
    return take_rows(words, rules, reader, arena, *ret, err);
}
