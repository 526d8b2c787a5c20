/* texts.c -- see texts.h.
 *
 *   passages ─► question (what is asked, which answers there are) ─► examples of whole turns ─► five-fold fits: cost,
 *   calibration, thresholds ─► the fit on all ─► model
 */
#include "learn/texts.h"

#include "base/memory.h"
#include "learn/question.h"
#include "learn/turns.h"

#include <math.h>
#include <stdlib.h>

enum { FOLDS = 5, ROWS_LEAST = 2, EPOCHS = 8 };
static const float COSTS[] = { .12f, .5f, 2, 6 };
static const float GROUP_WEIGHT[GROUP_COUNT] = { 1, .8f, 0, .25f, .2f, .15f };

/* --- the encoder's columns -------------------------------------------------------------------- */

/* Of a few examples the parts left out may say nothing, or the contrary; the fit on all is believed a little then. */
#define SLOPE_LEAST .1

/* How much a part weighs beside the words, whose groups have length 1. */
static const float DENSE_WEIGHT[DENSE_PARTS] = { 1.5f, 1, 1 };

static bool add_dense(const Encoder *encoder, const Passages *passages, Examples *examples, Err *err)
{
    DenseTurn *turn = memory_must(malloc((examples->count + 1) * sizeof *turn));
    int8_t *whole = memory_must(malloc(examples->count * DENSE_COLUMNS + 1));
    for (size_t row = 0; row < examples->count; row++)
        turn[row] = dense_turn(&passages->item[examples->item[row].passage], examples->item[row].utterance);
    bool good = dense_turns(encoder, turn, examples->count, whole, err);
    float *dense = memory_must(malloc((examples->count * DENSE_COLUMNS + 1) * sizeof *dense));
    for (size_t i = 0; good && i < examples->count * DENSE_COLUMNS; i++)
        dense[i] = (float)whole[i] * DENSE_STEP * DENSE_WEIGHT[i % DENSE_COLUMNS / ENCODER_DIMS];
    examples->rows.dense = dense;
    examples->rows.dense_columns = DENSE_COLUMNS;
    free(turn);
    free(whole);
    return good;
}

/* The model multiplies what the encoder says, not what it weighs. */
static void weigh_dense(const Examples *examples, size_t stride, float *weight)
{
    for (size_t i = 0; i < examples->rows.dense_columns; i++)
        for (size_t l = 0; l < stride; l++)
            weight[(examples->column_count + i) * stride + l] *= DENSE_WEIGHT[i / ENCODER_DIMS];
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
    w->target = memory_must(malloc((w->examples.count * w->answers + 1) * sizeof *w->target));
    w->fold = memory_must(malloc(w->examples.count + 1));
    for (size_t row = 0; row < w->examples.count; row++) {
        const Passage *passage = &w->passages->item[w->examples.item[row].passage];
        question_targets(&w->question, w->passages, w->examples.item[row].passage, w->target + row * w->answers);
        uint64_t group = passage->is_whole ? passage->line + ((uint64_t)passage->file << 32) : passage->group;
        w->fold[row] = (uint8_t)(spread(group + 1) % FOLDS);
    }
    w->weight = memory_must(malloc(((size_t)w->examples.column_count + w->examples.rows.dense_columns + 1) * w->stride *
                                   sizeof *w->weight));
    w->sum = memory_must(calloc(w->examples.count + 1, w->stride * sizeof *w->sum));
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
    uint8_t *used = memory_must(malloc(w->examples.count + 1));
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
    float *sum = memory_must(malloc((w->examples.count + 1) * sizeof *sum));
    uint8_t *truth = memory_must(malloc(w->examples.count + 1));
    Ranked *ranked = memory_must(malloc((w->examples.count + 1) * sizeof *ranked));
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
        plan->sigmoid.a = fmax(plan->sigmoid.a, SLOPE_LEAST);
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

Str texts_card(const TextOptions *options, Extent extent, bool always_some, const Examples *examples, Str report,
               Buf *card)
{
    buf_lit(card, "{\"what\":");
    buf_json(card, options->label);
    buf_lit(card, ",\"date\":");
    buf_json(card, options->date);
    buf_lit(card, ",\"licences\":");
    buf_json(card, options->licences);
    buf_printf(card, ",\"seed\":%llu,\"examples\":%zu,\"features\":%u,\"sentence_vectors\":%s,\"extent\":\"%s\"",
               (unsigned long long)options->seed, examples->count, examples->column_count,
               examples->rows.dense_columns ? "true" : "false", extent_name(extent));
    buf_printf(card, ",\"always_some\":%s,\"on_parts_left_out\":", always_some ? "true" : "false");
    buf_json(card, report);
    buf_lit(card, "}\n");
    return buf_str(card);
}

static void learn(Learning *w, const TextOptions *options, Buf *model, Buf *report)
{
    double least = INFINITY;
    size_t bytes = w->examples.count * w->stride * sizeof *w->sum;
    float *best = memory_must(malloc(bytes + 1));
    memcpy(best, w->sum, bytes);
    for (size_t i = 0; i < COUNT(COSTS); i++) {
        double loss = cross_validate(w, COSTS[i], options->seed);
        if (loss >= least) break; /* the loss falls to its least and rises again */
        least = loss;
        w->cost = COSTS[i];
        memcpy(best, w->sum, bytes);
    }
    memcpy(w->sum, best, bytes);
    free(best);
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
    weigh_dense(&w->examples, w->stride, w->weight);
    Buf card = { 0 };
    Str told = texts_card(options, w->question.extent, w->question.always_some, &w->examples,
                          str_from_byte(buf_str(report), begin), &card);
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
                       .card = told };
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
    if (!question_open(options->label, passages, options->regress, &w.question, err)) return false;
    if (w.question.extent == EXTENT_CLAUSE) {
        turns_train(hearer, passages, options, model, report);
        return true;
    }
    how.conversations = w.question.extent == EXTENT_CONVERSATION;
    examples_make(&w.examples, hearer, passages, &how);
    bool good = !options->encoder || how.conversations || add_dense(options->encoder, passages, &w.examples, err);
    prepare(&w);
    if (good) learn(&w, options, model, report);
    free((void *)(uintptr_t)w.examples.rows.dense);
    free(w.target);
    free(w.fold);
    free(w.weight);
    free(w.sum);
    examples_clear(&w.examples);
    return good;
}
