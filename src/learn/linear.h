/* linear.h -- regularised linear models of many labels, fitted at once.
 *
 * In: rows of sparse numbers (and, where there are any, dense ones), a target of each row for each label.
 * Out: a weight of each column for each label.  Logistic loss for yes and no, squared loss for numbers; an L2 penalty.
 *
 * Method: stochastic dual coordinate ascent (Shalev-Shwartz & Zhang 2013; the logistic step as Yu, Huang & Lin 2011, by
 * Newton's method in the logit of the dual variable), all labels of a row in one visit.  Rows are visited in an order
 * drawn from the seed: same rows, same seed, same weights, within one build and instruction path.
 */
#ifndef GOODWILL_LEARN_LINEAR_H
#define GOODWILL_LEARN_LINEAR_H

#include "base/arena.h"

typedef struct Rows {
    size_t count;
    uint32_t columns;
    const size_t *start;    /* count + 1 */
    const uint32_t *column; /* of row r: [start[r], start[r + 1]) */
    const float *value;
    const float *dense; /* count × dense_columns, or NULL */
    uint32_t dense_columns;
} Rows;

typedef enum Loss { LOSS_LOGISTIC, LOSS_SQUARED } Loss;

typedef struct FitOptions {
    Loss loss;
    float cost;          /* C: what a row's loss weighs against the penalty */
    float positive_cost; /* factor on C of rows whose target is 1 */
    unsigned epochs;
    uint64_t seed;
} FitOptions;

/* Labels are padded to this many, so that a row of weights is whole vectors. */
enum { LABEL_STEP = 8 };
static inline size_t label_stride(size_t labels) { return (labels + LABEL_STEP - 1) / LABEL_STEP * LABEL_STEP; }

/* `used`: rows to learn from, or NULL for all.  `target`: count × labels; NAN: this row says nothing of that label.
 * `weight`: (columns + dense_columns) × label_stride(labels), written over. */
void linear_fit(const Rows *rows, const uint8_t *used, const float *target, size_t labels, const FitOptions *options,
                float *weight);

/* Sums of one row, label_stride(labels) of them. */
void linear_score(const Rows *rows, size_t row, const float *weight, size_t labels, float *ret);

/* p = 1 / (1 + exp(-(a · sum + b))) by maximum likelihood with Platt's corrected targets (Platt 1999; Lin, Lin & Weng
 * 2007). */
typedef struct Sigmoid {
    double a, b;
} Sigmoid;
Sigmoid sigmoid_fit(const float *sum, const uint8_t *truth, size_t count);
double sigmoid_at(Sigmoid sigmoid, double sum);

#endif
