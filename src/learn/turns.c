/* turns.c -- see turns.h. */
#include "learn/turns.h"

#include "base/memory.h"
#include <math.h>
#include <stdlib.h>

enum { FOLDS = 5, FILES_LEAST = 3, ROWS_LEAST = 3, EPOCHS = 6 };
static const float GROUP_WEIGHT[GROUP_COUNT] = { 1, .7f, .25f, 0, .2f, .25f }; /* as the reader's (reader.c) */
static const FitOptions FIT = { .loss = LOSS_LOGISTIC, .cost = 1, .positive_cost = 2, .epochs = EPOCHS, .seed = 1 };

typedef struct RankedTurn {
    float sum;
    bool truth, contested;
} RankedTurn;

typedef struct Work {
    Passages *passages;
    const TextOptions *options;
    Examples examples;
    uint32_t files;
    float *target, *weight;
    RankedTurn *turn; /* those that have a clause; how likely by the fit without their part */
    size_t turns;
    uint32_t labelled;
} Work;

static Who who_bears(const Passages *passages, Str id)
{
    size_t count[2] = { 0 };
    for (size_t i = 0; i < passages->count; i++)
        for (uint32_t k = 0; k < passages->item[i].span_count; k++) {
            const GoldSpan *span = &passages->item[i].span[k];
            Role role = passages->item[i].conversation.utterance[span->utterance].role;
            if (str_equal(span->id, id) && (role == ROLE_AGENT || role == ROLE_CUSTOMER))
                count[role == ROLE_CUSTOMER]++;
        }
    return count[1] > count[0] ? WHO_CUSTOMER : WHO_AGENT;
}

/* A clause bears the label when labelled words cover half of it, or half of them lie in it. */
static void set_targets(Work *w)
{
    w->target = memory_must(calloc(w->examples.count + 1, sizeof *w->target));
    for (size_t row = 0; row < w->examples.count; row++) {
        const Example *e = &w->examples.item[row];
        const Passage *passage = &w->passages->item[e->passage];
        for (uint32_t i = 0; i < passage->span_count; i++) {
            const GoldSpan *gold = &passage->span[i];
            if (gold->utterance != e->utterance || !str_equal(gold->id, w->options->label)) continue;
            int64_t shared = (int64_t)MIN(gold->end, e->end) - (int64_t)MAX(gold->begin, e->begin);
            if (shared > 0 &&
                (2 * shared >= (int64_t)(e->end - e->begin) || 2 * shared >= (int64_t)(gold->end - gold->begin)))
                w->target[row] = gold->contested ? NAN : 1;
        }
    }
}

static unsigned part_of(const Work *w, const Example *e)
{
    return w->files >= FILES_LEAST ? w->passages->item[e->passage].file : e->passage % FOLDS;
}

/* A turn is as likely as the likeliest of its clauses. */
static void add_clause(Work *w, size_t row, float sum)
{
    const Example *e = &w->examples.item[row];
    bool same = row > 0 && e[-1].passage == e->passage && e[-1].utterance == e->utterance;
    if (!same) w->turn[w->turns++] = (RankedTurn){ .sum = sum };
    RankedTurn *turn = &w->turn[w->turns - 1];
    turn->sum = MAX(turn->sum, sum);
    if (w->target[row] != w->target[row]) turn->contested = true;
    if (w->target[row] > .5f) turn->truth = true;
}

static void cross_validate(Work *w)
{
    uint8_t *used = memory_must(malloc(w->examples.count + 1));
    float *sum = memory_must(calloc(w->examples.count * LABEL_STEP + 1, sizeof *sum));
    unsigned parts = w->files >= FILES_LEAST ? w->files : FOLDS;
    FitOptions fit = FIT;
    fit.seed = w->options->seed;
    for (unsigned part = 0; part < parts; part++) {
        for (size_t row = 0; row < w->examples.count; row++) used[row] = part_of(w, &w->examples.item[row]) != part;
        linear_fit(&w->examples.rows, used, w->target, 1, &fit, w->weight);
        for (size_t row = 0; row < w->examples.count; row++)
            if (!used[row]) linear_score(&w->examples.rows, row, w->weight, 1, sum + row * LABEL_STEP);
    }
    for (size_t row = 0; row < w->examples.count; row++) add_clause(w, row, sum[row * LABEL_STEP]);
    free(sum);
    free(used);
}

static int by_sum(const void *a, const void *b)
{
    float x = ((const RankedTurn *)a)->sum, y = ((const RankedTurn *)b)->sum;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* The threshold with the best F1 of turns; what it reaches goes into the report. */
static double find_threshold(Work *w, Buf *report)
{
    double yes = 0, right = 0, taken = 0, best = -1, ret = 0, best_right = 0, best_taken = 1;
    qsort(w->turn, w->turns, sizeof *w->turn, by_sum);
    for (size_t i = 0; i < w->turns; i++) yes += w->turn[i].truth;
    for (size_t i = 0; i < w->turns; i++) {
        right += w->turn[i].truth;
        taken += w->turn[i].truth || !w->turn[i].contested;
        if (i + 1 < w->turns && !(w->turn[i + 1].sum < w->turn[i].sum)) continue;
        double f1 = taken + yes > 0 ? 2 * right / (taken + yes) : 0;
        if (f1 <= best) continue;
        best = f1;
        best_right = right;
        best_taken = taken;
        ret = i + 1 < w->turns ? ((double)w->turn[i].sum + (double)w->turn[i + 1].sum) / 2 : (double)w->turn[i].sum - 1;
    }
    w->labelled = (uint32_t)yes;
    buf_printf(report,
               "%zu turns, %u with the label, %u features; turns of %s left out: precision %.3f, recall %.3f, F1 %.3f",
               w->turns, w->labelled, w->examples.column_count, w->files >= FILES_LEAST ? "files" : "parts",
               best_taken > 0 ? best_right / best_taken : 0, yes > 0 ? best_right / yes : 0, MAX(best, 0));
    return ret;
}

static LabelPlan plan_label(Work *w, Buf *report)
{
    double threshold = find_threshold(w, report);
    float *sum = memory_must(malloc((w->turns + 1) * sizeof *sum));
    uint8_t *truth = memory_must(malloc(w->turns + 1));
    for (size_t i = 0; i < w->turns; i++) {
        sum[i] = w->turn[i].sum;
        truth[i] = w->turn[i].truth;
    }
    LabelPlan plan = { .name = w->options->label,
                       .sigmoid = sigmoid_fit(sum, truth, w->turns),
                       .threshold = threshold,
                       .mode = MODE_MODEL,
                       .passages = w->labelled };
    free(sum);
    free(truth);
    return plan;
}

void turns_train(const Hearer *hearer, Passages *passages, const TextOptions *options, Buf *model, Buf *report)
{
    Work w = { .passages = passages, .options = options, .files = passages->item[passages->count - 1].file + 1 };
    ExamplesOptions how = { .who = who_bears(passages, options->label), .rows_least = ROWS_LEAST };
    memcpy(how.group_weight, GROUP_WEIGHT, sizeof GROUP_WEIGHT);
    examples_make(&w.examples, hearer, passages, &how);
    set_targets(&w);
    w.weight = memory_must(malloc(((size_t)w.examples.column_count + 1) * LABEL_STEP * sizeof *w.weight));
    w.turn = memory_must(malloc((w.examples.count + 1) * sizeof *w.turn));
    cross_validate(&w);
    size_t begin = report->len;
    LabelPlan plan = plan_label(&w, report);
    FitOptions fit = FIT;
    fit.seed = options->seed;
    linear_fit(&w.examples.rows, NULL, w.target, 1, &fit, w.weight);
    Buf card = { 0 };
    ModelPlan whole = { .kind = MODEL_YES_NO,
                        .who = how.who,
                        .column = w.examples.column,
                        .column_count = w.examples.column_count,
                        .weight = w.weight,
                        .label = &plan,
                        .label_count = 1,
                        .card = texts_card(options, EXTENT_CLAUSE, false, &w.examples,
                                           str_from_byte(buf_str(report), begin), &card) };
    memcpy(whole.group_weight, GROUP_WEIGHT, sizeof GROUP_WEIGHT);
    buf_char(report, '\n');
    model_write(&whole, model);
    buf_clear(&card);
    free(w.target);
    free(w.weight);
    free(w.turn);
    examples_clear(&w.examples);
}
