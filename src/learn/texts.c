/* texts.c -- see texts.h.
 *
 *   passages ─► question (what is asked, which answers there are) ─► examples of whole turns ─► five-fold fits: cost,
 *   calibration, thresholds ─► the fit on all ─► model
 */
#include "learn/texts.h"

#include <math.h>
#include <stdlib.h>

enum { FOLDS = 5, ROWS_LEAST = 2, EPOCHS = 8, ANSWERS_MAX = MODEL_LABELS_MAX };
static const float COSTS[] = { .5f, 2, 6 };
static const float GROUP_WEIGHT[GROUP_COUNT] = { 1, .8f, 0, .25f, .2f, .15f };

static void *must(void *memory)
{
    if (!memory) abort();
    return memory;
}

/* --- the question --------------------------------------------------------------------- */

typedef enum Asks { ASKS_VALUE, ASKS_EQUALS, ASKS_ABOVE } Asks;

typedef struct Question {
    Asks asks;
    Str key, value;
    double above;
    ModelKind kind;
    Str answer[ANSWERS_MAX]; /* as JSON writes them; sorted */
    size_t answers;
    bool always_some; /* of many: no passage has none */
    double mean, unit;
} Question;

static bool parse_question(Str label, Question *ret, Err *err)
{
    *ret = (Question){ .asks = ASKS_VALUE, .key = label };
    size_t equals = str_find_char(label, '='), above = str_find_char(label, '>');
    if (equals != STR_NOT_FOUND) {
        ret->asks = ASKS_EQUALS;
        ret->key = str_sub(label, 0, equals);
        ret->value = str_from_byte(label, equals + 1);
    } else if (above != STR_NOT_FOUND) {
        ret->asks = ASKS_ABOVE;
        ret->key = str_sub(label, 0, above);
        if (!str_to_double(str_trim(str_from_byte(label, above + 1)), &ret->above))
            return err_set(err, ERR_USAGE, "--label '%.*s': behind > stands a number", STR_ARG(label));
    }
    ret->key = str_trim(ret->key);
    return ret->key.len > 0 || err_set(err, ERR_USAGE, "--label '%.*s' names no key", STR_ARG(label));
}

/* What a passage says of the key; NULL when it does not. */
static const Json *value_of(const Passage *passage, Str key)
{
    char name[128];
    if (key.len >= sizeof name) return NULL;
    memcpy(name, key.data, key.len);
    name[key.len] = '\0';
    const Json *value =
        passage->is_whole ? json_get(passage->json, name) : json_get(json_get(passage->json, "labels"), name);
    return value && value->type != JSON_NULL ? value : NULL;
}

static Str written(Arena *arena, const Json *value)
{
    if (value->type == JSON_TRUE) return STR("true");
    if (value->type == JSON_FALSE) return STR("false");
    if (value->type != JSON_STRING) return value->text;
    Buf quoted = { 0 };
    buf_json(&quoted, value->text);
    Str ret = arena_str(arena, buf_str(&quoted));
    buf_clear(&quoted);
    return ret;
}

static bool holds(const Json *value, Str wanted)
{
    if (value->type == JSON_ARRAY) {
        JSON_EACH(item, value)
        if (holds(item, wanted)) return true;
        return false;
    }
    if (value->type == JSON_TRUE) return str_equal(wanted, STR("true")) || str_equal(wanted, STR("1"));
    if (value->type == JSON_FALSE) return str_equal(wanted, STR("false")) || str_equal(wanted, STR("0"));
    return str_equal(json_scalar(value), wanted);
}

static bool is_fraction(const Json *value)
{
    double number;
    return value->type == JSON_NUMBER && json_double(value, &number) && number != floor(number);
}

static int by_text(const void *a, const void *b) { return str_compare(*(const Str *)a, *(const Str *)b); }

static bool add_answer(Question *q, Arena *arena, const Json *value, Err *err)
{
    Str text = written(arena, value);
    for (size_t i = 0; i < q->answers; i++)
        if (str_equal(q->answer[i], text)) return true;
    if (q->answers == ANSWERS_MAX)
        return err_set(err, ERR_LIMIT, "%.*s has more than %d values", STR_ARG(q->key), ANSWERS_MAX);
    if (text.len >= sizeof((ModelLabelRecord *)0)->name)
        return err_set(err, ERR_LIMIT, "%.*s: a value is longer than %zu bytes: %.*s", STR_ARG(q->key),
                       sizeof((ModelLabelRecord *)0)->name - 1, (int)MIN(text.len, 60), text.data);
    q->answer[q->answers++] = text;
    return true;
}

static bool find_answers(Question *q, Passages *passages, bool regress, Err *err)
{
    size_t said = 0, numbers = 0, some = 0;
    double sum = 0, squares = 0;
    bool lists = false, fractions = false;
    for (size_t i = 0; i < passages->count; i++) {
        const Json *value = value_of(&passages->item[i], q->key);
        double number;
        if (!value) continue;
        said++;
        lists |= value->type == JSON_ARRAY;
        some += value->type != JSON_ARRAY || value->count > 0;
        fractions |= is_fraction(value);
        if (value->type == JSON_NUMBER && json_double(value, &number)) {
            numbers++;
            sum += number;
            squares += number * number;
        }
    }
    if (!said) return err_set(err, ERR_INPUT, "no line says anything of '%.*s'", STR_ARG(q->key));
    q->always_some = some == said;
    if (q->asks != ASKS_VALUE) {
        q->kind = MODEL_YES_NO;
        q->answer[q->answers++] = STR("true");
        return true;
    }
    if (regress || (fractions && numbers == said)) {
        if (numbers < said) return err_set(err, ERR_INPUT, "%.*s: some values are no numbers", STR_ARG(q->key));
        q->kind = MODEL_NUMBER;
        q->mean = sum / (double)said;
        q->unit = sqrt(fmax(squares / (double)said - q->mean * q->mean, 1e-12));
        q->answer[q->answers++] = q->key;
        return true;
    }
    q->kind = lists ? MODEL_MANY_OF : MODEL_ONE_OF;
    for (size_t i = 0; i < passages->count; i++) {
        const Json *value = value_of(&passages->item[i], q->key);
        if (!value) continue;
        if (value->type != JSON_ARRAY && !add_answer(q, &passages->arena, value, err)) return false;
        JSON_EACH(item, value->type == JSON_ARRAY ? value : NULL)
        if (!add_answer(q, &passages->arena, item, err)) return false;
    }
    qsort(q->answer, q->answers, sizeof *q->answer, by_text);
    return q->answers > 1 || lists || err_set(err, ERR_INPUT, "%.*s always has the same value", STR_ARG(q->key));
}

static void set_target(const Question *q, Arena *arena, const Json *value, float *ret)
{
    double number = 0;
    if (!value) {
        for (size_t i = 0; i < q->answers; i++) ret[i] = NAN;
    } else if (q->asks == ASKS_EQUALS) {
        ret[0] = holds(value, q->value);
    } else if (q->asks == ASKS_ABOVE) {
        ret[0] = json_double(value, &number) ? number > q->above : NAN;
    } else if (q->kind == MODEL_NUMBER) {
        ret[0] = json_double(value, &number) ? (float)((number - q->mean) / q->unit) : NAN;
    } else {
        for (size_t i = 0; i < q->answers; i++) ret[i] = 0;
        for (const Json *item = value->type == JSON_ARRAY ? value->first : value; item;
             item = value->type == JSON_ARRAY ? item->next : NULL) {
            Str text = written(arena, item);
            for (size_t i = 0; i < q->answers; i++)
                if (str_equal(q->answer[i], text)) ret[i] = 1;
        }
    }
}

/* --- learning ------------------------------------------------------------------------------ */

typedef struct Learning {
    Question question;
    Passages *passages;
    Examples examples;
    size_t answers, stride;
    float *target, *weight, *sum;
    uint8_t *fold;
    LabelPlan plan[ANSWERS_MAX];
    float cost;
} Learning;

static uint64_t spread(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static void prepare(Learning *w)
{
    w->answers = w->question.answers;
    w->stride = label_stride(w->answers);
    w->target = must(malloc((w->examples.count * w->answers + 1) * sizeof *w->target));
    w->fold = must(malloc(w->examples.count + 1));
    for (size_t row = 0; row < w->examples.count; row++) {
        const Passage *passage = &w->passages->item[w->examples.item[row].passage];
        set_target(&w->question, &w->passages->arena, value_of(passage, w->question.key), w->target + row * w->answers);
        uint64_t group = passage->is_whole ? passage->line + ((uint64_t)passage->file << 32) : passage->group;
        w->fold[row] = (uint8_t)(spread(group + 1) % FOLDS);
    }
    w->weight = must(malloc(((size_t)w->examples.column_count + w->examples.rows.dense_columns + 1) * w->stride *
                            sizeof *w->weight));
    w->sum = must(calloc(w->examples.count + 1, w->stride * sizeof *w->sum));
}

static FitOptions fit_of(const Learning *w, float cost, uint64_t seed)
{
    return (FitOptions){ .loss = w->question.kind == MODEL_NUMBER ? LOSS_SQUARED : LOSS_LOGISTIC,
                         .cost = w->question.kind == MODEL_NUMBER ? cost * .5f : cost,
                         .positive_cost = 1,
                         .epochs = EPOCHS,
                         .seed = seed };
}

/* Mean loss on parts left out; their sums stay in w->sum. */
static double cross_validate(Learning *w, float cost, uint64_t seed)
{
    uint8_t *used = must(malloc(w->examples.count + 1));
    FitOptions fit = fit_of(w, cost, seed);
    double loss = 0;
    for (unsigned fold = 0; fold < FOLDS; fold++) {
        for (size_t row = 0; row < w->examples.count; row++) used[row] = w->fold[row] != fold;
        linear_fit(&w->examples.rows, used, w->target, w->answers, &fit, w->weight);
        for (size_t row = 0; row < w->examples.count; row++) {
            if (used[row]) continue;
            float *sum = w->sum + row * w->stride;
            linear_score(&w->examples.rows, row, w->weight, w->answers, sum);
            for (size_t l = 0; l < w->answers; l++) {
                float y = w->target[row * w->answers + l];
                if (y != y) continue;
                double miss = (double)(sum[l] - y), margin = (double)(y > .5f ? sum[l] : -sum[l]);
                loss += fit.loss == LOSS_SQUARED ? miss * miss : log1p(exp(-margin));
            }
        }
    }
    free(used);
    return loss;
}

static double f1_of(double right, double wrong, double missed)
{
    return right > 0 ? 2 * right / (2 * right + wrong + missed) : 0;
}

typedef struct Ranked {
    float sum;
    uint8_t truth;
} Ranked;

static int by_sum(const void *a, const void *b)
{
    float x = ((const Ranked *)a)->sum, y = ((const Ranked *)b)->sum;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* The threshold with the best F1 (of many) or the best mean of both classes' F1 (yes or no). */
static double best_threshold(Ranked *ranked, size_t count, bool both)
{
    double yes = 0, right = 0, best = -1, ret = 0;
    qsort(ranked, count, sizeof *ranked, by_sum);
    for (size_t i = 0; i < count; i++) yes += ranked[i].truth;
    for (size_t i = 0; i < count; i++) {
        right += ranked[i].truth;
        if (i + 1 < count && !(ranked[i + 1].sum < ranked[i].sum)) continue;
        double taken = (double)i + 1, missed = yes - right, refused = (double)count - taken - missed;
        double worth = f1_of(right, taken - right, missed);
        if (both) worth += f1_of(refused, missed, taken - right);
        if (worth > best) {
            best = worth;
            ret = i + 1 < count ? ((double)ranked[i].sum + (double)ranked[i + 1].sum) / 2 : (double)ranked[i].sum - 1;
        }
    }
    return ret;
}

static void calibrate(Learning *w)
{
    float *sum = must(malloc((w->examples.count + 1) * sizeof *sum));
    uint8_t *truth = must(malloc(w->examples.count + 1));
    Ranked *ranked = must(malloc((w->examples.count + 1) * sizeof *ranked));
    for (size_t l = 0; l < w->answers; l++) {
        LabelPlan *plan = &w->plan[l];
        size_t count = 0;
        *plan = (LabelPlan){ .name = w->question.answer[l], .mode = MODE_MODEL, .sigmoid = { 1, 0 } };
        if (w->question.kind == MODEL_NUMBER) {
            plan->sigmoid.b = w->question.mean / w->question.unit;
            continue;
        }
        for (size_t row = 0; row < w->examples.count; row++) {
            float y = w->target[row * w->answers + l];
            if (y != y) continue;
            sum[count] = w->sum[row * w->stride + l];
            truth[count] = y > .5f;
            ranked[count] = (Ranked){ sum[count], truth[count] };
            plan->passages += truth[count++];
        }
        plan->sigmoid = sigmoid_fit(sum, truth, count);
        plan->threshold = best_threshold(ranked, count, w->question.kind == MODEL_YES_NO);
    }
    free(sum);
    free(truth);
    free(ranked);
}

static size_t likeliest(const Learning *w, const float *sum, double lift)
{
    size_t best = 0;
    double most = -INFINITY;
    for (size_t l = 0; l < w->answers; l++) {
        const LabelPlan *plan = &w->plan[l];
        double here = plan->sigmoid.a * (double)sum[l] + plan->sigmoid.b - lift * log((double)plan->passages + 1);
        if (here > most) {
            most = here;
            best = l;
        }
    }
    return best;
}

static double macro_f1(const Learning *w, double lift, double *accuracy)
{
    double right[ANSWERS_MAX] = { 0 }, wrong[ANSWERS_MAX] = { 0 }, missed[ANSWERS_MAX] = { 0 }, sum = 0, all = 0,
           good = 0;
    for (size_t row = 0; row < w->examples.count; row++) {
        const float *target = w->target + row * w->answers;
        if (target[0] != target[0]) continue;
        size_t found = likeliest(w, w->sum + row * w->stride, lift);
        all++;
        for (size_t l = 0; l < w->answers; l++) {
            bool truth = target[l] > .5f;
            right[l] += truth && l == found;
            missed[l] += truth && l != found;
            wrong[l] += !truth && l == found;
            good += truth && l == found;
        }
    }
    for (size_t l = 0; l < w->answers; l++) sum += f1_of(right[l], wrong[l], missed[l]);
    *accuracy = all > 0 ? good / all : 0;
    return sum / (double)w->answers;
}

/* Rare answers are lifted as far as that raises the macro-F1 on parts left out; the lift goes into the calibration. */
static void lift_rare(Learning *w, Buf *report)
{
    double best = -1, best_lift = 0, best_accuracy = 0;
    for (int i = 0; i <= 8; i++) {
        double accuracy, macro = macro_f1(w, i * .125, &accuracy);
        if (macro > best + 1e-4) {
            best = macro;
            best_lift = i * .125;
            best_accuracy = accuracy;
        }
    }
    for (size_t l = 0; l < w->answers; l++) w->plan[l].sigmoid.b -= best_lift * log((double)w->plan[l].passages + 1);
    buf_printf(report, "macro-F1 %.3f, accuracy %.3f", best, best_accuracy);
}

static void report_thresholds(const Learning *w, Buf *report)
{
    double macro = 0, all_right = 0, all_wrong = 0, all_missed = 0, both = 0, good = 0, count = 0;
    for (size_t l = 0; l < w->answers; l++) {
        double right = 0, wrong = 0, missed = 0, refused = 0;
        for (size_t row = 0; row < w->examples.count; row++) {
            float y = w->target[row * w->answers + l];
            if (y != y) continue;
            bool truth = y > .5f, said = (double)w->sum[row * w->stride + l] >= w->plan[l].threshold;
            right += truth && said;
            wrong += !truth && said;
            missed += truth && !said;
            refused += !truth && !said;
        }
        macro += f1_of(right, wrong, missed);
        both += (f1_of(right, wrong, missed) + f1_of(refused, missed, wrong)) / 2;
        good += right + refused;
        count += right + wrong + missed + refused;
        all_right += right;
        all_wrong += wrong;
        all_missed += missed;
    }
    if (w->question.kind == MODEL_YES_NO)
        buf_printf(report, "macro-F1 %.3f (of yes and no), accuracy %.3f", both / (double)w->answers, good / count);
    else
        buf_printf(report, "macro-F1 %.3f, micro-F1 %.3f", macro / (double)w->answers,
                   f1_of(all_right, all_wrong, all_missed));
}

static void report_number(const Learning *w, Buf *report)
{
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (size_t row = 0; row < w->examples.count; row++) {
        double target = (double)w->target[row], sum = (double)w->sum[row * w->stride];
        if (target != target) continue;
        n++;
        x += sum;
        y += target;
        xx += sum * sum;
        yy += target * target;
        xy += sum * target;
    }
    double r = (n * xy - x * y) / sqrt(fmax((n * xx - x * x) * (n * yy - y * y), 1e-30));
    buf_printf(report, "Pearson %.3f", r);
}

static void write_card(const Learning *w, const TextOptions *options, Str report, Buf *card)
{
    buf_lit(card, "{\"what\":");
    buf_json(card, options->label);
    buf_lit(card, ",\"date\":");
    buf_json(card, options->date);
    buf_lit(card, ",\"licences\":");
    buf_json(card, options->licences);
    buf_printf(card, ",\"seed\":%llu,\"examples\":%zu,\"features\":%u,\"always_some\":%s,\"on_parts_left_out\":",
               (unsigned long long)options->seed, w->examples.count, w->examples.column_count,
               w->question.always_some ? "true" : "false");
    buf_json(card, report);
    buf_lit(card, "}\n");
}

static void learn(Learning *w, const TextOptions *options, Buf *model, Buf *report)
{
    double least = INFINITY;
    for (size_t i = 0; i < COUNT(COSTS); i++) {
        double loss = cross_validate(w, COSTS[i], options->seed);
        if (loss < least) {
            least = loss;
            w->cost = COSTS[i];
        }
    }
    (void)cross_validate(w, w->cost, options->seed);
    calibrate(w);
    size_t begin = report->len;
    buf_printf(report, "%zu passages, %u features, cost %.1f; on parts left out: ", w->examples.count,
               w->examples.column_count, (double)w->cost);
    if (w->question.kind == MODEL_ONE_OF)
        lift_rare(w, report);
    else if (w->question.kind == MODEL_NUMBER)
        report_number(w, report);
    else
        report_thresholds(w, report);
    FitOptions fit = fit_of(w, w->cost, options->seed);
    linear_fit(&w->examples.rows, NULL, w->target, w->answers, &fit, w->weight);
    Buf card = { 0 };
    write_card(w, options, str_from_byte(buf_str(report), begin), &card);
    buf_char(report, '\n');
    ModelPlan plan = { .kind = w->question.kind,
                       .who = WHO_AGENT,
                       .whole_turns = true,
                       .column = w->examples.column,
                       .column_count = w->examples.column_count,
                       .dense_columns = w->examples.rows.dense_columns,
                       .weight = w->weight,
                       .label = w->plan,
                       .label_count = w->answers,
                       .unit = w->question.unit,
                       .card = buf_str(&card) };
    memcpy(plan.group_weight, GROUP_WEIGHT, sizeof GROUP_WEIGHT);
    model_write(&plan, model);
    buf_clear(&card);
}

bool texts_train(const Hearer *hearer, Passages *passages, const TextOptions *options, Buf *model, Buf *report,
                 Err *err)
{
    Learning w = { .passages = passages };
    ExamplesOptions how = { .whole_turns = true, .rows_least = ROWS_LEAST };
    memcpy(how.group_weight, GROUP_WEIGHT, sizeof GROUP_WEIGHT);
    if (!parse_question(options->label, &w.question, err) ||
        !find_answers(&w.question, passages, options->regress, err))
        return false;
    examples_make(&w.examples, hearer, passages, &how);
    prepare(&w);
    learn(&w, options, model, report);
    free(w.target);
    free(w.fold);
    free(w.weight);
    free(w.sum);
    examples_clear(&w.examples);
    return true;
}

/* --- answering --------------------------------------------------------------------------------- */

typedef struct Answering {
    UnitSink base;
    const Model *model;
    int32_t sum[MODEL_LABELS_MAX];
    bool any;
} Answering;

static void take_unit(UnitSink *base, uint32_t utterance, uint32_t begin, uint32_t end, const Features *features)
{
    Answering *a = (Answering *)base;
    (void)utterance;
    (void)begin;
    (void)end;
    model_sums(a->model, features, NULL, a->sum);
    a->any = true;
}

static double probability(int32_t sum) { return 1 / (1 + exp(-(double)sum / LOGIT_ONE)); }

static void print_scores(const Answering *a, const double *p, Buf *ret)
{
    buf_lit(ret, ",\"scores\":{");
    for (size_t l = 0; l < model_label_count(a->model); l++) {
        Str name = model_label(a->model, l)->name;
        if (l) buf_char(ret, ',');
        if (name.len && name.data[0] == '"')
            buf_add(ret, name);
        else
            buf_json(ret, name);
        buf_printf(ret, ":%.4f", p[l]);
    }
    if (model_kind(a->model) == MODEL_YES_NO) buf_printf(ret, ",\"false\":%.4f", 1 - p[0]);
    buf_char(ret, '}');
}

static void print_answer(const Answering *a, bool always_some, Buf *ret)
{
    size_t labels = model_label_count(a->model), best = 0, taken = 0;
    double p[MODEL_LABELS_MAX], total = 0;
    for (size_t l = 0; l < labels; l++) {
        p[l] = probability(a->sum[l]);
        total += p[l];
        if (a->sum[l] - model_label(a->model, l)->threshold > a->sum[best] - model_label(a->model, best)->threshold &&
            model_kind(a->model) == MODEL_MANY_OF)
            best = l;
        if (a->sum[l] > a->sum[best] && model_kind(a->model) == MODEL_ONE_OF) best = l;
    }
    buf_lit(ret, "{\"pred\":");
    switch (model_kind(a->model)) {
    case MODEL_NUMBER: buf_printf(ret, "%.6g}", (double)a->sum[0] / LOGIT_ONE * model_unit(a->model)); return;
    case MODEL_YES_NO:
        buf_add(ret, a->sum[0] >= model_label(a->model, 0)->threshold ? STR("true") : STR("false"));
        break;
    case MODEL_ONE_OF:
        buf_add(ret, model_label(a->model, best)->name);
        for (size_t l = 0; l < labels; l++) p[l] /= total;
        break;
    case MODEL_MANY_OF:
        buf_char(ret, '[');
        for (size_t l = 0; l < labels; l++) {
            bool here = a->sum[l] >= model_label(a->model, l)->threshold;
            if (!here) continue;
            if (taken++) buf_char(ret, ',');
            buf_add(ret, model_label(a->model, l)->name);
        }
        if (!taken && always_some) buf_add(ret, model_label(a->model, best)->name);
        buf_char(ret, ']');
        break;
    }
    print_scores(a, p, ret);
    buf_char(ret, '}');
}

bool texts_predict(const Hearer *hearer, const Model *model, Passages *passages, Buf *ret, Err *err)
{
    Arena arena = { 0 };
    size_t at;
    const Json *card = json_parse(model_card(model), &arena, &at, err);
    if (!card) {
        arena_clear(&arena);
        return false;
    }
    bool always_some = json_true(json_get(card, "always_some"));
    Hearing *hearing = hearing_new(hearer);
    Arena scratch = { 0 };
    for (size_t i = 0; i < passages->count; i++) {
        Passage *passage = &passages->item[i];
        Answering a = { .base = { .unit = take_unit, .whole_turns = true, .only = passage->target }, .model = model };
        Marks by_rules;
        Features none = { 0 };
        model_sums(model, &none, NULL, a.sum); /* what is so of a text without words */
        if (passage->is_whole) {
            buf_lit(ret, "{\"pred\":null}\n");
            continue;
        }
        hear_units(hearing, &passage->conversation, &a.base, &scratch, &by_rules);
        print_answer(&a, always_some, ret);
        buf_char(ret, '\n');
        arena_reset(&scratch);
    }
    hearing_free(hearing);
    arena_clear(&scratch);
    arena_clear(&arena);
    return true;
}
