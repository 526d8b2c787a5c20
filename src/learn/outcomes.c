/* outcomes.c -- see outcomes.h. */
#include "learn/outcomes.h"

#include "base/memory.h"
#include <math.h>
#include <stdlib.h>

enum { CASES_LEAST = 20, STEPS = 250, POWER_STEPS = 60, WORDS_CASES_LEAST = 3, FACTS_CASES_LEAST = 2, NO_ANSWER = 255 };
static const double PENALTY = 1;
static const int PRUNE_BELOW = 60; /* thousandths: words that say less than this of every answer are left out */

/* How much a group of features weighs; found by leaving files out. */
static const double GROUP_WEIGHT[OUTCOME_GROUPS] = { .35, .3, .2, .25, .2, .2, .3, .3 };

typedef struct Column {
    uint64_t feature;
    Str name;
    uint32_t cases, last_case;
    uint8_t group;
    double value; /* of one occurrence: its idf, times the group's weight */
} Column;

typedef struct Cell {
    uint32_t column;
    double value;
} Cell;

typedef struct Case {
    uint32_t file;
    uint8_t answer[OUTCOME_QUESTIONS]; /* from 0; NO_ANSWER: not labelled */
    size_t first, past;                /* cells */
    uint64_t count[OUTCOME_GROUPS];
} Case;

typedef struct Work {
    OutcomeSink base;
    Arena arena;
    Case *item;
    size_t count, capacity;
    Cell *cell;
    size_t cell_count, cell_capacity;
    Column *column;
    size_t column_count, column_capacity;
    uint32_t *slot; /* column + 1 by feature */
    size_t mask;
    double *product; /* count × count */
} Work;

/* --- conversations become rows -------------------------------------------------------------- */

static void index_columns(Work *w)
{
    free(w->slot);
    w->mask = w->mask ? w->mask * 2 + 1 : (1 << 16) - 1;
    w->slot = memory_must(calloc(w->mask + 1, sizeof *w->slot));
    for (size_t i = 0; i < w->column_count; i++) {
        size_t at = w->column[i].feature & w->mask;
        while (w->slot[at]) at = (at + 1) & w->mask;
        w->slot[at] = (uint32_t)i + 1;
    }
}

static uint32_t column_of(Work *w, OutcomeGroup group, uint64_t feature)
{
    if (2 * w->column_count >= w->mask) index_columns(w);
    size_t at = feature & w->mask;
    while (w->slot[at] && w->column[w->slot[at] - 1].feature != feature) at = (at + 1) & w->mask;
    if (!w->slot[at]) {
        w->column = hearing_room(w->column, &w->column_capacity, w->column_count + 1, sizeof *w->column);
        w->column[w->column_count] = (Column){ .feature = feature,
                                               .name = arena_str(&w->arena, buf_str(w->base.name)),
                                               .last_case = UINT32_MAX,
                                               .group = (uint8_t)group };
        w->slot[at] = (uint32_t)++w->column_count;
    }
    return w->slot[at] - 1;
}

/* A name that would be read as another feature (a word with an ending, cut in two) is no column. */
static void take_feature(OutcomeSink *base, OutcomeGroup group, uint64_t feature)
{
    Work *w = (Work *)base;
    Case *one = &w->item[w->count - 1];
    OutcomeGroup group_read;
    uint64_t read;
    one->count[group]++;
    if (!outcome_feature_named(buf_str(base->name), &group_read, &read) || group_read != group || read != feature)
        return;
    uint32_t column = column_of(w, group, feature);
    if (w->column[column].last_case != w->count - 1) {
        w->column[column].last_case = (uint32_t)(w->count - 1);
        w->column[column].cases++;
    }
    w->cell = hearing_room(w->cell, &w->cell_capacity, w->cell_count + 1, sizeof *w->cell);
    w->cell[w->cell_count++] = (Cell){ column, 1 };
}

static uint8_t answer_of(const Json *json, const OutcomeQuestion *q)
{
    const Json *value = json_get(json, q->key);
    Str said = json_is(value, JSON_TRUE) ? STR("true") : json_is(value, JSON_FALSE) ? STR("false") : json_str(value);
    for (uint8_t i = 0; i < q->count; i++)
        if (str_equal(said, str_from(q->answer[i]))) return i;
    return NO_ANSWER;
}

static void read_case(Work *w, Hearing *h, Passage *passage, const Marks *unseen)
{
    Case one = { .file = passage->file, .first = w->cell_count };
    bool labelled = false;
    Arena arena = { 0 };
    Marks marks;
    Reading reading;
    for (unsigned q = 0; q < OUTCOME_QUESTIONS; q++) {
        one.answer[q] = answer_of(passage->json, &OUTCOME_QUESTION[q]);
        labelled |= one.answer[q] != NO_ANSWER;
    }
    if (!passage->is_whole || !labelled) return;
    hear_run(h, &passage->conversation, &arena, &marks, &reading);
    h->mark = hearing_room(h->mark, &h->mark_capacity, unseen->count + 1, sizeof *h->mark);
    h->mark_count = unseen->count;
    if (unseen->count) memcpy(h->mark, unseen->item, unseen->count * sizeof *h->mark);
    reading_make(h, &passage->conversation, &arena, &reading);
    w->item = hearing_room(w->item, &w->capacity, w->count + 1, sizeof *w->item);
    w->item[w->count++] = one;
    outcome_features(outcome_keys(h->hearer->outcome), h, &passage->conversation, &reading, &w->base);
    w->item[w->count - 1].past = w->cell_count;
    arena_clear(&arena);
}

/* Cells of one column become one, with its value; rare columns go. */
static void set_values(Work *w)
{
    double *sum = memory_must(calloc(w->column_count + 1, sizeof *sum));
    for (size_t i = 0; i < w->column_count; i++) {
        Column *column = &w->column[i];
        bool rare = column->cases < (column->group ? WORDS_CASES_LEAST : FACTS_CASES_LEAST);
        double idf = column->group ? log((double)(1 + w->count) / (double)(1 + column->cases)) + 1 : 1;
        column->value = rare ? 0 : idf * GROUP_WEIGHT[column->group];
    }
    size_t kept = 0;
    for (size_t i = 0; i < w->count; i++) {
        Case *one = &w->item[i];
        size_t first = kept;
        for (size_t k = one->first; k < one->past; k++) sum[w->cell[k].column]++;
        for (size_t k = one->first; k < one->past; k++) {
            const Column *column = &w->column[w->cell[k].column];
            double times = sum[w->cell[k].column], root = column->group ? sqrt((double)one->count[column->group]) : 1;
            sum[w->cell[k].column] = 0;
            if (times > 0 && column->value > 0)
                w->cell[kept++] = (Cell){ w->cell[k].column, times * column->value / root };
        }
        one->first = first;
        one->past = kept;
    }
    w->cell_count = kept;
    free(sum);
}

static void set_products(Work *w)
{
    double *row = memory_must(calloc(w->column_count + 1, sizeof *row));
    w->product = memory_must(malloc((w->count * w->count + 1) * sizeof *w->product));
    for (size_t i = 0; i < w->count; i++) {
        for (size_t k = w->item[i].first; k < w->item[i].past; k++) row[w->cell[k].column] = w->cell[k].value;
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t k = w->item[j].first; k < w->item[j].past; k++)
                sum += row[w->cell[k].column] * w->cell[k].value;
            w->product[i * w->count + j] = w->product[j * w->count + i] = sum;
        }
        for (size_t k = w->item[i].first; k < w->item[i].past; k++) row[w->cell[k].column] = 0;
    }
    free(row);
}

/* --- one question ------------------------------------------------------------------------------ */

enum { STRIDE = 8 }; /* answers of a question, padded to whole vectors */

typedef struct Fitted {
    double *dual; /* count × STRIDE; 0 where a case was left out */
    double bias[STRIDE];
} Fitted;

static void probabilities(const double *sum, unsigned answers, double scale, double *ret)
{
    double most = sum[0], total = 0;
    for (unsigned a = 1; a < answers; a++) most = fmax(most, sum[a]);
    for (unsigned a = 0; a < answers; a++) total += ret[a] = exp(scale * (sum[a] - most));
    for (unsigned a = 0; a < answers; a++) ret[a] /= total;
}

static void sums_of(const Work *w, const Fitted *fit, const uint32_t *used, size_t count, size_t of, double *ret)
{
    double sum[STRIDE];
    const double *product = &w->product[of * w->count];
    memcpy(sum, fit->bias, sizeof sum);
    for (size_t j = 0; j < count; j++) {
        double by = product[used[j]];
        const double *dual = &fit->dual[used[j] * STRIDE];
        for (unsigned a = 0; a < STRIDE; a++) sum[a] += by * dual[a];
    }
    memcpy(ret, sum, sizeof sum);
}

/* The largest eigenvalue of the products, a little above: how steep the loss can be. */
static double steepest(const Work *w, const uint32_t *used, size_t count)
{
    double *x = memory_must(malloc((count + 1) * sizeof *x)), *y = memory_must(malloc((count + 1) * sizeof *y)),
           length = 0;
    for (size_t i = 0; i < count; i++) x[i] = 1;
    for (unsigned step = 0; step < POWER_STEPS; step++) {
        length = 0;
        for (size_t i = 0; i < count; i++) {
            y[i] = 0;
            for (size_t j = 0; j < count; j++) y[i] += w->product[used[i] * w->count + used[j]] * x[j];
            length += y[i] * y[i];
        }
        length = sqrt(length);
        for (size_t i = 0; i < count && length > 0; i++) x[i] = y[i] / length;
    }
    free(x);
    free(y);
    return length * 1.02;
}

/* `used`: the cases to learn from. */
static void fit_question(const Work *w, unsigned q, const uint32_t *used, size_t count, Fitted *ret)
{
    unsigned answers = OUTCOME_QUESTION[q].count;
    double steep = steepest(w, used, count) / 2 + PENALTY, bias_step = 2 / (double)count, momentum = 1;
    Fitted ahead = { memory_must(calloc(w->count * STRIDE + 1, sizeof(double))), { 0 } };
    double *gradient = memory_must(calloc(count * STRIDE + 1, sizeof *gradient));
    memset(ret->dual, 0, w->count * STRIDE * sizeof *ret->dual);
    memset(ret->bias, 0, sizeof ret->bias);
    for (unsigned step = 0; step < STEPS; step++) {
        double bias_gradient[STRIDE] = { 0 }, sum[STRIDE];
        for (size_t i = 0; i < count; i++) {
            double *g = &gradient[i * STRIDE];
            sums_of(w, &ahead, used, count, used[i], sum);
            probabilities(sum, answers, 1, g);
            g[w->item[used[i]].answer[q]] -= 1;
            for (unsigned a = 0; a < answers; a++) bias_gradient[a] += g[a];
        }
        double next = (1 + sqrt(1 + 4 * momentum * momentum)) / 2, carry = (momentum - 1) / next;
        for (size_t i = 0; i < count; i++)
            for (unsigned a = 0; a < answers; a++) {
                double *now = &ret->dual[used[i] * STRIDE + a], *at = &ahead.dual[used[i] * STRIDE + a];
                double to = *at - (gradient[i * STRIDE + a] + PENALTY * *at) / steep;
                *at = to + carry * (to - *now);
                *now = to;
            }
        for (unsigned a = 0; a < answers; a++) {
            double to = ahead.bias[a] - bias_step * bias_gradient[a];
            ahead.bias[a] = to + carry * (to - ret->bias[a]);
            ret->bias[a] = to;
        }
        momentum = next;
    }
    free(ahead.dual);
    free(gradient);
}

static size_t cases_without(const Work *w, unsigned q, uint32_t file, uint32_t *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < w->count; i++)
        if (w->item[i].answer[q] != NO_ANSWER && w->item[i].file != file) ret[count++] = (uint32_t)i;
    return count;
}

/* Sums of each case from the fit without its file. */
static void leave_out(const Work *w, unsigned q, uint32_t *used, Fitted *fit, double *unseen)
{
    for (size_t i = 0; i < w->count; i++) {
        uint32_t file = w->item[i].file;
        if (i > 0 && w->item[i - 1].file == file) continue; /* cases of a file stand together */
        size_t count = cases_without(w, q, file, used);
        if (count == 0) continue;
        fit_question(w, q, used, count, fit);
        for (size_t k = i; k < w->count && w->item[k].file == file; k++)
            sums_of(w, fit, used, count, k, &unseen[k * STRIDE]);
    }
}

/* The factor on all weights under which the answers on files left out are likeliest, in hundredths steps. */
static double calibration(const Work *w, unsigned q, const double *unseen)
{
    double best = 1, most = -INFINITY, p[STRIDE];
    for (unsigned step = 30; step <= 200; step++) {
        double likelihood = 0;
        for (size_t i = 0; i < w->count; i++) {
            if (w->item[i].answer[q] == NO_ANSWER) continue;
            probabilities(&unseen[i * STRIDE], OUTCOME_QUESTION[q].count, step / 100., p);
            likelihood += log(fmax(p[w->item[i].answer[q]], 1e-9));
        }
        if (likelihood > most) {
            most = likelihood;
            best = step / 100.;
        }
    }
    return best;
}

/* --- what is told of it ---------------------------------------------------------------------------- */

typedef struct Tally {
    unsigned cases, right, answered, right_answered;
    double confidence;
} Tally;

static void add_tally(Buf *report, const char *name, const Tally *t)
{
    if (t->cases)
        buf_printf(report, "  %-34s %4u  right %.3f  answered %.3f, of these right %.3f\n", name, t->cases,
                   (double)t->right_answered / t->cases, (double)t->answered / t->cases,
                   t->answered ? (double)t->right_answered / t->answered : 0);
}

enum { BANDS = 10 };

static void report_question(const Work *w, unsigned q, const double *unseen, double scale, const char *const *name,
                            Buf *report)
{
    Tally all = { 0 }, file = { 0 }, band[BANDS] = { { 0 } };
    double p[STRIDE];
    buf_printf(report, "%s, on files left out (weights x %.2f):\n", OUTCOME_QUESTION[q].key, scale);
    for (size_t i = 0; i < w->count; i++) {
        uint8_t truth = w->item[i].answer[q];
        if (truth != NO_ANSWER) {
            unsigned best = 0;
            probabilities(&unseen[i * STRIDE], OUTCOME_QUESTION[q].count, scale, p);
            for (unsigned a = 1; a < OUTCOME_QUESTION[q].count; a++)
                if (p[a] > p[best]) best = a;
            bool answered = p[best] * 100 >= OUTCOME_UNSURE_BELOW - .5, right = best == truth;
            Tally *to[] = { &all, &file, &band[MIN(BANDS - 1, (int)(p[best] * BANDS))] };
            for (size_t t = 0; t < COUNT(to); t++) {
                to[t]->cases++;
                to[t]->right += right;
                to[t]->answered += answered;
                to[t]->right_answered += right && answered;
                to[t]->confidence += p[best];
            }
        }
        if (i + 1 == w->count || w->item[i + 1].file != w->item[i].file) {
            add_tally(report, name[w->item[i].file], &file);
            file = (Tally){ 0 };
        }
    }
    add_tally(report, "all", &all);
    buf_lit(report, "  confidence told, and how often right:");
    for (unsigned b = 0; b < BANDS; b++)
        if (band[b].cases)
            buf_printf(report, "  .%02.0f %.2f (%u)", 100 * band[b].confidence / band[b].cases,
                       (double)band[b].right / band[b].cases, band[b].cases);
    buf_char(report, '\n');
}

/* --- the table ------------------------------------------------------------------------------------- */

static int by_name(const void *x, const void *y)
{
    const Column *a = *(const Column *const *)x, *b = *(const Column *const *)y;
    return str_compare(a->name, b->name);
}

static void write_row(Buf *table, Str name, const double *weight)
{
    int64_t whole[OUTCOME_ANSWERS], most = 0;
    for (unsigned i = 0; i < OUTCOME_ANSWERS; i++) {
        whole[i] = llround(1000 * weight[i]);
        most = MAX(most, whole[i] < 0 ? -whole[i] : whole[i]);
    }
    if (most < PRUNE_BELOW && !str_equal(name, STR("bias"))) return;
    buf_add(table, name);
    for (unsigned i = 0; i < OUTCOME_ANSWERS; i++) {
        buf_char(table, '\t');
        buf_i64(table, whole[i]);
    }
    buf_char(table, '\n');
}

static void write_table(const Work *w, const double *weight, const double *bias, Buf *table)
{
    const Column **order = memory_must(malloc((w->column_count + 1) * sizeof *order));
    for (size_t i = 0; i < w->column_count; i++) order[i] = &w->column[i];
    if (w->column_count) qsort(order, w->column_count, sizeof *order, by_name);
    buf_lit(table,
            "# How the whole of a conversation came out: a feature (src/hear/outcome_features.h) and its weights, in\n"
            "# thousandths of a logit, for each answer.  Made by corpus/train.sh from the labelled conversations.\n"
            "#");
    for (unsigned q = 0; q < OUTCOME_QUESTIONS; q++)
        for (unsigned a = 0; a < OUTCOME_QUESTION[q].count; a++)
            buf_printf(table, "\t%s=%s", OUTCOME_QUESTION[q].key, OUTCOME_QUESTION[q].answer[a]);
    buf_char(table, '\n');
    write_row(table, STR("bias"), bias);
    for (size_t i = 0; i < w->column_count; i++)
        if (order[i]->value > 0)
            write_row(table, order[i]->name, &weight[(size_t)(order[i] - w->column) * OUTCOME_ANSWERS]);
    free(order);
}

bool outcomes_train(const Hearer *hearer, Passages *passages, const Marks *unseen_marks, const char *const *name,
                    Buf *table, Buf *report)
{
    Buf feature_name = { 0 };
    Work w = { .base = { take_feature, &feature_name } };
    Hearing *h = hearing_new(hearer);
    for (size_t i = 0; i < passages->count; i++) read_case(&w, h, &passages->item[i], &unseen_marks[i]);
    hearing_free(h);
    bool enough = w.count >= CASES_LEAST;
    if (enough) {
        set_values(&w);
        set_products(&w);
        double *weight = memory_must(calloc(w.column_count * OUTCOME_ANSWERS + 1, sizeof *weight)),
               bias[OUTCOME_ANSWERS];
        double *unseen = memory_must(calloc(w.count * STRIDE + 1, sizeof *unseen));
        uint32_t *used = memory_must(malloc((w.count + 1) * sizeof *used));
        Fitted fit = { memory_must(malloc((w.count * STRIDE + 1) * sizeof(double))), { 0 } };
        for (unsigned q = 0; q < OUTCOME_QUESTIONS; q++) {
            leave_out(&w, q, used, &fit, unseen);
            double scale = calibration(&w, q, unseen);
            report_question(&w, q, unseen, scale, name, report);
            fit_question(&w, q, used, cases_without(&w, q, UINT32_MAX, used), &fit);
            for (unsigned a = 0; a < OUTCOME_QUESTION[q].count; a++) {
                unsigned to = OUTCOME_QUESTION[q].first + a;
                bias[to] = scale * fit.bias[a];
                for (size_t i = 0; i < w.count; i++)
                    for (size_t k = w.item[i].first; k < w.item[i].past; k++)
                        weight[w.cell[k].column * OUTCOME_ANSWERS + to] +=
                            scale * fit.dual[i * STRIDE + a] * w.cell[k].value * w.column[w.cell[k].column].value;
            }
        }
        write_table(&w, weight, bias, table);
        free(weight);
        free(unseen);
        free(used);
        free(fit.dual);
    }
    free(w.item);
    free(w.cell);
    free(w.column);
    free(w.slot);
    free(w.product);
    buf_clear(&feature_name);
    arena_clear(&w.arena);
    return enough;
}
