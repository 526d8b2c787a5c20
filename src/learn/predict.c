/* predict.c -- texts_predict of texts.h: sums of each turn ─► answers. */
#include <math.h>
#include <stdlib.h>

#include "learn/question.h"
#include "learn/texts.h"

typedef struct Answering {
    UnitSink base;
    const Model *model;
    const Conversation *conversation;
    Extent extent;
    size_t labels;
    bool always_some;
    const int8_t *dense; /* of each turn: DENSE_COLUMNS; NULL without */
    int32_t *sum;        /* of each turn: its labels */
    size_t capacity;
} Answering;

/* --- sums ------------------------------------------------------------------------------ */

static void take_unit(UnitSink *base, uint32_t utterance, uint32_t begin, uint32_t end, const Features *features)
{
    Answering *a = (Answering *)base;
    int32_t sum[MODEL_LABELS_MAX], *to = a->sum + utterance * a->labels;
    (void)begin;
    (void)end;
    if (a->extent == EXTENT_CLAUSE &&
        a->conversation->utterance[utterance].role != (model_who(a->model) == WHO_AGENT ? ROLE_AGENT : ROLE_CUSTOMER))
        return;
    model_sums(a->model, features, a->dense ? a->dense + (size_t)utterance * DENSE_COLUMNS : NULL, sum);
    for (size_t l = 0; l < a->labels; l++) to[l] = a->extent == EXTENT_CLAUSE ? MAX(to[l], sum[l]) : sum[l];
}

/* What is so of a turn without words; a clause that is not there has nothing. */
static void sum_nothing(Answering *a, uint32_t turn)
{
    Features none = { 0 };
    int32_t *to = a->sum + turn * a->labels;
    model_sums(a->model, &none, a->dense ? a->dense + (size_t)turn * DENSE_COLUMNS : NULL, to);
    for (size_t l = 0; a->extent == EXTENT_CLAUSE && l < a->labels; l++) to[l] = -64 * LOGIT_ONE;
}

static bool sum_up(Answering *a, Hearing *hearing, const Encoder *encoder, Passage *passage, Arena *scratch, Err *err)
{
    uint32_t turns = passage->conversation.utterance_count;
    Marks by_rules;
    a->conversation = &passage->conversation;
    a->sum = hearing_room(a->sum, &a->capacity, (turns + 1) * a->labels, sizeof *a->sum);
    a->dense = NULL;
    a->base.only = passage->is_whole ? UINT32_MAX : passage->target;
    if (encoder) {
        int8_t *dense = arena_alloc(scratch, (size_t)turns * DENSE_COLUMNS + 1);
        DenseTurn *turn = ARENA_NEW(scratch, DenseTurn, turns + 1);
        for (uint32_t i = 0; i < turns; i++) turn[i] = dense_turn(passage, i);
        uint32_t first = passage->is_whole ? 0 : passage->target, count = passage->is_whole ? turns : 1;
        if (!dense_turns(encoder, turn + first, count, dense + (size_t)first * DENSE_COLUMNS, err)) return false;
        a->dense = dense;
        for (uint32_t i = 0; i < first; i++) memset(dense + (size_t)i * DENSE_COLUMNS, 0, DENSE_COLUMNS);
    }
    for (uint32_t i = 0; i <= turns; i++)
        if (i < turns || !turns) sum_nothing(a, i);
    if (a->extent == EXTENT_CONVERSATION)
        hear_ending(hearing, &passage->conversation, &a->base, scratch, &by_rules);
    else
        hear_units(hearing, &passage->conversation, &a->base, scratch, &by_rules);
    return true;
}

/* --- answers --------------------------------------------------------------------------- */

static double probability(int32_t sum) { return 1 / (1 + exp(-(double)sum / LOGIT_ONE)); }

static double score(const Answering *a, const int32_t *sum, size_t label)
{
    double total = 0;
    if (model_kind(a->model) != MODEL_ONE_OF) return probability(sum[label]);
    for (size_t l = 0; l < a->labels; l++) total += probability(sum[l]);
    return probability(sum[label]) / total;
}

static int64_t over(const Answering *a, const int32_t *sum, size_t label)
{
    return (int64_t)sum[label] - model_label(a->model, label)->threshold;
}

static void print_many(const Answering *a, const int32_t *sum, Buf *ret)
{
    size_t best = 0, taken = 0;
    buf_char(ret, '[');
    for (size_t l = 0; l < a->labels; l++) {
        if (over(a, sum, l) > over(a, sum, best)) best = l;
        if (sum[l] < model_label(a->model, l)->threshold) continue;
        if (taken++) buf_char(ret, ',');
        buf_add(ret, model_label(a->model, l)->name);
    }
    if (!taken && a->always_some) buf_add(ret, model_label(a->model, best)->name);
    buf_char(ret, ']');
}

static void print_value(const Answering *a, const int32_t *sum, Buf *ret)
{
    size_t best = 0;
    switch (model_kind(a->model)) {
    case MODEL_NUMBER: buf_printf(ret, "%.6g", (double)sum[0] / LOGIT_ONE * model_unit(a->model)); break;
    case MODEL_YES_NO: buf_add(ret, sum[0] >= model_label(a->model, 0)->threshold ? STR("true") : STR("false")); break;
    case MODEL_ONE_OF:
        for (size_t l = 1; l < a->labels; l++)
            if (sum[l] > sum[best]) best = l;
        buf_add(ret, model_label(a->model, best)->name);
        break;
    case MODEL_MANY_OF: print_many(a, sum, ret); break;
    }
}

static void print_score(const Answering *a, const int32_t *sum, size_t turns, size_t step, size_t label, bool against,
                        bool list, Buf *ret)
{
    if (list) buf_char(ret, '[');
    for (size_t i = 0; i < turns; i++) {
        double p = score(a, sum + i * step, label);
        buf_printf(ret, i ? ",%.4f" : "%.4f", against ? 1 - p : p);
    }
    if (list) buf_char(ret, ']');
}

/* `list`: a value and a score for each turn; else of the first. */
static void print_line(const Answering *a, const int32_t *sum, size_t turns, size_t step, bool list, Buf *ret)
{
    buf_lit(ret, "{\"pred\":");
    if (list) buf_char(ret, '[');
    for (size_t i = 0; i < turns; i++) {
        if (i) buf_char(ret, ',');
        print_value(a, sum + i * step, ret);
    }
    if (list) buf_char(ret, ']');
    if (model_kind(a->model) != MODEL_NUMBER) {
        buf_lit(ret, ",\"scores\":{");
        for (size_t l = 0; l < a->labels; l++) {
            Str name = model_label(a->model, l)->name;
            if (l) buf_char(ret, ',');
            if (model_kind(a->model) == MODEL_YES_NO)
                buf_lit(ret, "\"true\"");
            else if (name.data[0] == '"')
                buf_add(ret, name);
            else
                buf_json(ret, name);
            buf_char(ret, ':');
            print_score(a, sum, turns, step, l, false, list, ret);
        }
        if (model_kind(a->model) == MODEL_YES_NO) {
            buf_lit(ret, ",\"false\":");
            print_score(a, sum, turns, step, 0, true, list, ret);
        }
        buf_char(ret, '}');
    }
    buf_lit(ret, "}\n");
}

bool texts_predict(const Hearer *hearer, const Encoder *encoder, const Model *model, Passages *passages, Buf *ret,
                   Err *err)
{
    Arena scratch = { 0 };
    size_t at;
    Answering a = { .model = model, .labels = model_label_count(model) };
    const Json *card = json_parse(model_card(model), &scratch, &at, err);
    bool good = card && (extent_from(json_str(json_get(card, "extent")), &a.extent) ||
                         err_set(err, ERR_INPUT, "the model's card does not say what it is about"));
    if (good && model_dense_columns(model) && model_dense_columns(model) != DENSE_COLUMNS)
        good = err_set(err, ERR_INPUT, "the model was made for another sentence encoder");
    a.always_some = good && json_true(json_get(card, "always_some"));
    a.base = (UnitSink){ .unit = take_unit, .whole_turns = a.extent == EXTENT_TURN };
    Hearing *hearing = hearing_new(hearer);
    for (size_t i = 0; good && i < passages->count; i++) {
        Passage *passage = &passages->item[i];
        size_t turns = passage->conversation.utterance_count;
        arena_reset(&scratch);
        good = sum_up(&a, hearing, encoder, passage, &scratch, err);
        if (!good) break;
        if (!passage->is_whole)
            print_line(&a, a.extent == EXTENT_CONVERSATION ? a.sum : a.sum + passage->target * a.labels, 1, a.labels,
                       false, ret);
        else if (a.extent == EXTENT_CONVERSATION)
            print_line(&a, a.sum, turns, 0, true, ret);
        else
            print_line(&a, a.sum, turns, a.labels, true, ret);
    }
    hearing_free(hearing);
    free(a.sum);
    arena_clear(&scratch);
    return good;
}
