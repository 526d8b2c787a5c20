/* Fits: against the same problems solved by plain gradient descent here, and against what can be worked out by hand. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "learn/linear.h"
#include "random.h"

enum { ROWS = 60, COLUMNS = 6, DENSE = 3, LABELS = 5, WEIGHTS = COLUMNS + DENSE };

/* Rows by chance: some columns missing in each, some numbers beside. */
typedef struct Problem {
    size_t start[ROWS + 1];
    uint32_t column[ROWS * COLUMNS];
    float value[ROWS * COLUMNS], dense[ROWS * DENSE], target[ROWS * LABELS];
    double full[ROWS][WEIGHTS]; /* the same rows, written out */
    Rows rows;
} Problem;

static double chance(Random *random) { return (double)random_below(random, 2001) / 1000 - 1; }

static Problem *some_problem(Random *random, bool logistic)
{
    Problem *p = calloc(1, sizeof *p);
    size_t at = 0;
    double hidden[LABELS][WEIGHTS];
    assert_non_null(p);
    for (size_t l = 0; l < LABELS; l++)
        for (size_t k = 0; k < WEIGHTS; k++) hidden[l][k] = chance(random);
    for (size_t row = 0; row < ROWS; row++) {
        p->start[row] = at;
        for (uint32_t k = 0; k < COLUMNS; k++) {
            if (random_below(random, 3) == 0) continue;
            p->column[at] = k;
            p->value[at] = (float)chance(random);
            p->full[row][k] = (double)p->value[at++];
        }
        for (uint32_t k = 0; k < DENSE; k++) {
            p->dense[row * DENSE + k] = (float)chance(random);
            p->full[row][COLUMNS + k] = (double)p->dense[row * DENSE + k];
        }
        for (size_t l = 0; l < LABELS; l++) {
            double sum = chance(random) / 2;
            for (size_t k = 0; k < WEIGHTS; k++) sum += hidden[l][k] * p->full[row][k];
            p->target[row * LABELS + l] = (float)(logistic ? sum > 0 : sum);
        }
    }
    p->start[ROWS] = at;
    p->rows = (Rows){ ROWS, COLUMNS, p->start, p->column, p->value, p->dense, DENSE };
    return p;
}

/* One label by gradient descent: |w|² / 2 + Σ cost · loss. */
static void descend(const Problem *p, const uint8_t *used, size_t label, const FitOptions *fit, double *w)
{
    memset(w, 0, WEIGHTS * sizeof *w);
    for (int step = 0; step < 40000; step++) {
        double gradient[WEIGHTS], size = 0;
        memcpy(gradient, w, sizeof gradient);
        for (size_t row = 0; row < ROWS; row++) {
            double target = (double)p->target[row * LABELS + label], sum = 0, by, cost = (double)fit->cost;
            if ((used && !used[row]) || isnan(target)) continue;
            for (size_t k = 0; k < WEIGHTS; k++) sum += w[k] * p->full[row][k];
            if (fit->loss == LOSS_LOGISTIC) {
                if (target > .5) cost *= (double)fit->positive_cost;
                by = cost * (1 / (1 + exp(-sum)) - target);
            } else {
                by = cost * (sum - target);
            }
            for (size_t k = 0; k < WEIGHTS; k++) gradient[k] += by * p->full[row][k];
        }
        for (size_t k = 0; k < WEIGHTS; k++) {
            w[k] -= .004 * gradient[k];
            size += fabs(gradient[k]);
        }
        if (size < 1e-10) return;
    }
    fail_msg("the descent of the test itself did not end");
}

static void compare(const Problem *p, const uint8_t *used, const FitOptions *fit)
{
    size_t stride = label_stride(LABELS);
    float *weight = malloc(WEIGHTS * stride * sizeof *weight);
    linear_fit(&p->rows, used, p->target, LABELS, fit, weight);
    for (size_t l = 0; l < LABELS; l++) {
        double expected[WEIGHTS];
        descend(p, used, l, fit, expected);
        for (size_t k = 0; k < WEIGHTS; k++)
            if (!(fabs((double)weight[k * stride + l] - expected[k]) < 2e-3))
                fail_msg("label %zu weight %zu: %.5f, by gradient descent %.5f", l, k, (double)weight[k * stride + l],
                         expected[k]);
    }
    for (size_t row = 0; row < ROWS; row++) { /* sums are of those weights */
        float sum[8];
        assert_true(stride <= COUNT(sum));
        linear_score(&p->rows, row, weight, LABELS, sum);
        for (size_t l = 0; l < LABELS; l++) {
            double expected = 0;
            for (size_t k = 0; k < WEIGHTS; k++) expected += p->full[row][k] * (double)weight[k * stride + l];
            assert_true(fabs((double)sum[l] - expected) < 1e-4);
        }
    }
    free(weight);
}

static void logistic_fits_are_where_descent_ends(void **state)
{
    (void)state;
    Random random = random_start("logistic");
    for (int i = 0; i < 8; i++) {
        Problem *p = some_problem(&random, true);
        compare(p, NULL,
                &(FitOptions){ LOSS_LOGISTIC, .1f + (float)random_below(&random, 20) / 10,
                               1 + (float)random_below(&random, 3), 300, 1 + (uint64_t)i });
        free(p);
    }
}

static void squared_fits_are_where_descent_ends(void **state)
{
    (void)state;
    Random random = random_start("squared");
    for (int i = 0; i < 8; i++) {
        Problem *p = some_problem(&random, false);
        compare(p, NULL, &(FitOptions){ LOSS_SQUARED, .1f + (float)random_below(&random, 20) / 10, 1, 300, 1 });
        free(p);
    }
}

/* What is not known and what is not used changes nothing, whatever it holds. */
static void targets_that_are_not_known_and_rows_that_are_left_out(void **state)
{
    (void)state;
    Random random = random_start("unknown");
    for (int loss = LOSS_LOGISTIC; loss <= LOSS_SQUARED; loss++) {
        Problem *p = some_problem(&random, loss == LOSS_LOGISTIC);
        uint8_t used[ROWS];
        for (size_t i = 0; i < ROWS * LABELS; i++)
            if (random_below(&random, 4) == 0) p->target[i] = NAN;
        for (size_t row = 0; row < ROWS; row++) used[row] = random_below(&random, 4) > 0;
        compare(p, used, &(FitOptions){ (Loss)loss, 1, 2, 300, 3 });
        for (size_t row = 0; row < ROWS; row++) p->target[row * LABELS] = NAN; /* one label of which nothing is said */
        float weight[WEIGHTS * 8];
        linear_fit(&p->rows, NULL, p->target, LABELS, &(FitOptions){ (Loss)loss, 1, 2, 20, 3 }, weight);
        for (size_t k = 0; k < WEIGHTS; k++) assert_true(weight[k * 8] == 0);
        free(p);
    }
}

static void same_seed_same_bytes(void **state)
{
    (void)state;
    Random random = random_start("seed");
    Problem *p = some_problem(&random, true);
    float one[WEIGHTS * 8], same[WEIGHTS * 8], other[WEIGHTS * 8];
    linear_fit(&p->rows, NULL, p->target, LABELS, &(FitOptions){ LOSS_LOGISTIC, 1, 1, 2, 7 }, one);
    memset(same, 0x7f, sizeof same); /* what was there before does not matter */
    linear_fit(&p->rows, NULL, p->target, LABELS, &(FitOptions){ LOSS_LOGISTIC, 1, 1, 2, 7 }, same);
    linear_fit(&p->rows, NULL, p->target, LABELS, &(FitOptions){ LOSS_LOGISTIC, 1, 1, 2, 8 }, other);
    assert_memory_equal(one, same, sizeof one);
    assert_memory_not_equal(one, other, sizeof one);
    free(p);
}

static void nothing_to_learn_from(void **state)
{
    (void)state;
    size_t start[2] = { 0, 0 };
    float weight[8] = { 1, 1, 1, 1, 1, 1, 1, 1 }, target[1] = { 1 }, sum[8];
    Rows none = { .columns = 1, .start = start }, bare = { .count = 1, .columns = 1, .start = start };
    linear_fit(&none, NULL, target, 1, &(FitOptions){ LOSS_LOGISTIC, 1, 1, 5, 1 }, weight);
    for (size_t i = 0; i < COUNT(weight); i++) assert_true(weight[i] == 0);
    linear_fit(&bare, NULL, target, 1, &(FitOptions){ LOSS_LOGISTIC, 1, 1, 5, 1 }, weight); /* a row without columns */
    linear_score(&bare, 0, weight, 1, sum);
    for (size_t i = 0; i < COUNT(sum); i++) assert_true(weight[i] == 0 && sum[i] == 0);
}

/* --- calibration ------------------------------------------------------------------------- */

/* Two sums alone: the two probabilities are Platt's targets' shares exactly, so a and b follow by hand. */
static void two_sums_by_hand(void **state)
{
    (void)state;
    float sum[40];
    uint8_t truth[40];
    for (size_t i = 0; i < 40; i++) { /* 20 at -1, 5 of them true; 20 at 2, 16 of them true */
        sum[i] = i < 20 ? -1 : 2;
        truth[i] = i < 20 ? i < 5 : i < 36;
    }
    double high = 22. / 23, low = 1. / 21; /* 21 are true, 19 are not */
    double at_one = (5 * high + 15 * low) / 20, at_two = (16 * high + 4 * low) / 20;
    double a = (log(at_two / (1 - at_two)) - log(at_one / (1 - at_one))) / 3, b = log(at_one / (1 - at_one)) + a;
    Sigmoid s = sigmoid_fit(sum, truth, 40);
    assert_true(fabs(s.a - a) < 1e-4 && fabs(s.b - b) < 1e-4);
    assert_true(fabs(sigmoid_at(s, -1) - at_one) < 1e-5 && fabs(sigmoid_at(s, 2) - at_two) < 1e-5);
}

static void sums_drawn_from_a_known_sigmoid(void **state)
{
    (void)state;
    enum { DRAWN = 40000 };
    Random random = random_start("drawn");
    float *sum = malloc(DRAWN * sizeof *sum);
    uint8_t *truth = malloc(DRAWN);
    for (size_t i = 0; i < DRAWN; i++) {
        sum[i] = (float)(4 * chance(&random));
        truth[i] = (double)random_below(&random, 1000000) / 1e6 < 1 / (1 + exp(-(1.7 * (double)sum[i] - .6)));
    }
    Sigmoid s = sigmoid_fit(sum, truth, DRAWN);
    assert_true(fabs(s.a - 1.7) < .08 && fabs(s.b + .6) < .08);
    free(sum);
    free(truth);
}

static void sums_that_part_all_and_sums_that_say_nothing(void **state)
{
    (void)state;
    float parted[6] = { -3, -2, -1, 1, 2, 3 }, same[6] = { 1, 1, 1, 1, 1, 1 };
    uint8_t truth[6] = { 0, 0, 0, 1, 1, 1 }, turned[6] = { 1, 1, 1, 0, 0, 0 }, none[6] = { 0 };
    Sigmoid s = sigmoid_fit(parted, truth, 6);
    assert_true(isfinite(s.a) && isfinite(s.b) && s.a > .3 && s.a < 5);
    assert_true(sigmoid_at(s, 3) > .7 && sigmoid_at(s, -3) < .3);
    s = sigmoid_fit(parted, turned, 6); /* never a falling one: a higher sum is surer */
    assert_true(s.a > 0 && isfinite(s.b));
    s = sigmoid_fit(same, truth, 6);
    assert_true(s.a > 0 && fabs(sigmoid_at(s, 1) - .5) < .01);
    s = sigmoid_fit(parted, none, 6);
    assert_true(s.a > 0 && isfinite(s.b) && sigmoid_at(s, 0) < .3);
    s = sigmoid_fit(NULL, NULL, 0);
    assert_true(s.a > 0 && isfinite(s.a) && isfinite(s.b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logistic_fits_are_where_descent_ends),
        cmocka_unit_test(squared_fits_are_where_descent_ends),
        cmocka_unit_test(targets_that_are_not_known_and_rows_that_are_left_out),
        cmocka_unit_test(same_seed_same_bytes),
        cmocka_unit_test(nothing_to_learn_from),
        cmocka_unit_test(two_sums_by_hand),
        cmocka_unit_test(sums_drawn_from_a_known_sigmoid),
        cmocka_unit_test(sums_that_part_all_and_sums_that_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
