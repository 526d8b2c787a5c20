/* test_kernels.c -- each set of kernels that this processor can run, against sums written out, and against each other.
 */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "encode/kernels.h"
#include "random.h"

enum { ROWS = 13, DEPTH = 96, COLUMNS = 7 * PANEL, SIZE = DEPTH * COLUMNS };

typedef struct Numbers {
    float in[SIZE], weights[SIZE], bias[COLUMNS], add[SIZE], out[SIZE];
} Numbers;

static float between(Random *random, float low, float high)
{
    return low + (high - low) * (float)random_below(random, 1 << 20) / (float)(1 << 20);
}

static void fill(Random *random, float *to, size_t count, float low, float high)
{
    for (size_t i = 0; i < count; i++) to[i] = between(random, low, high);
}

static Numbers *numbers_new(uint64_t seed)
{
    Numbers *n = aligned_alloc(64, sizeof *n);
    assert_non_null(n);
    Random random = { seed };
    fill(&random, n->in, SIZE, -1, 1);
    fill(&random, n->weights, SIZE, -1, 1);
    fill(&random, n->bias, COLUMNS, -1, 1);
    fill(&random, n->add, SIZE, -1, 1);
    memset(n->out, 0, sizeof n->out);
    return n;
}

static double weight(const float *panels, size_t depth, size_t k, size_t column)
{
    return (double)panels[column / PANEL * PANEL * depth + k * PANEL + column % PANEL];
}

static void check_product(const Product *m)
{
    for (size_t r = 0; r < m->rows; r++)
        for (size_t c = 0; c < m->columns; c++) {
            double sum = m->bias ? (double)m->bias[c] : 0;
            if (m->add) sum += (double)m->add[r * m->out_stride + c];
            for (size_t k = 0; k < m->depth; k++)
                sum += (double)m->in[r * m->in_stride + k] * weight(m->weights, m->depth, k, c);
            if (m->positive && sum < 0) sum = 0;
            if (fabs((double)m->out[r * m->out_stride + c] - sum) > 1e-4)
                fail_msg("row %zu of %zu, column %zu of %zu: %f, expected %f", r, m->rows, c, m->columns,
                         (double)m->out[r * m->out_stride + c], sum);
        }
}

static void each_set(void (*check)(const Kernels *set))
{
    int sets = 0;
    for (int kind = 0; kind < KERNELS_COUNT; kind++) {
        const Kernels *set = kernels_for((KernelsKind)kind);
        if (!set) continue;
        check(set);
        sets++;
    }
    assert_true(sets >= 1);
}

static void check_multiply(const Kernels *set)
{
    Numbers *n = numbers_new(1);
    for (size_t rows = 1; rows <= ROWS; rows++)
        for (size_t columns = PANEL; columns <= COLUMNS; columns += PANEL) {
            if (rows * (columns + 3) > SIZE) continue;
            Product m = { .in = n->in,
                          .in_stride = DEPTH + 5,
                          .weights = n->weights,
                          .out = n->out,
                          .out_stride = columns + 3,
                          .rows = rows,
                          .depth = MIN((size_t)DEPTH, SIZE / columns) - rows % 3,
                          .columns = columns,
                          .bias = rows % 2 ? n->bias : NULL,
                          .add = rows % 3 ? n->add : NULL,
                          .positive = rows % 5 == 0 };
            n->out[rows * m.out_stride] = 7;
            set->multiply(&m);
            check_product(&m);
            set->multiply_exact(&m);
            check_product(&m);
            assert_true(n->out[rows * m.out_stride] == 7); /* not past the end */
        }
    free(n);
}

static void test_multiply(void **state)
{
    (void)state;
    each_set(check_multiply);
}

static void check_norm(const Kernels *set)
{
    Numbers *n = numbers_new(2);
    enum { WIDTH = 256 };
    set->norm(n->in, 3, WIDTH, n->weights, n->add, n->out);
    for (size_t r = 0; r < 3; r++) {
        double mean = 0, variance = 0;
        for (size_t i = 0; i < WIDTH; i++) mean += (double)n->in[r * WIDTH + i] / WIDTH;
        for (size_t i = 0; i < WIDTH; i++) variance += pow((double)n->in[r * WIDTH + i] - mean, 2) / WIDTH;
        for (size_t i = 0; i < WIDTH; i++) {
            double expected = ((double)n->in[r * WIDTH + i] - mean) / sqrt(variance + 1e-6) * (double)n->weights[i] +
                              (double)n->add[i];
            assert_true(fabs((double)n->out[r * WIDTH + i] - expected) < 1e-5);
        }
    }
    free(n);
}

static void check_softmax(const Kernels *set)
{
    for (size_t width = 1; width <= 40; width++) {
        Numbers *n = numbers_new(3 + width);
        size_t stride = (width + PANEL - 1) / PANEL * PANEL;
        for (size_t i = 0; i < stride; i++) n->in[i] *= 300; /* far below the largest is next to nothing */
        memcpy(n->out, n->in, sizeof n->in);
        set->softmax(n->out, 2, width, stride, 0.125f);
        for (size_t r = 0; r < 2; r++) {
            double most = -1e9, sum = 0;
            for (size_t i = 0; i < width; i++) most = fmax(most, (double)n->in[r * stride + i]);
            for (size_t i = 0; i < width; i++) sum += exp(((double)n->in[r * stride + i] - most) * 0.125);
            for (size_t i = 0; i < width; i++) {
                double expected = exp(((double)n->in[r * stride + i] - most) * 0.125) / sum;
                assert_true(fabs((double)n->out[r * stride + i] - expected) < 1e-6);
            }
            for (size_t i = width; i < stride; i++) assert_true(n->out[r * stride + i] == 0);
        }
        free(n);
    }
}

static void check_finish(const Kernels *set)
{
    enum { WIDTH = 64 };
    Numbers *n = numbers_new(4);
    for (size_t i = 0; i < WIDTH; i++) n->in[i] *= i % 2 ? 20 : 0.01f;
    n->in[0] = 0;
    n->in[1] = 1e30f;
    n->in[2] = -1e30f;
    memcpy(n->out, n->in, WIDTH * sizeof *n->in);
    set->finish(n->out, WIDTH);
    double square = 0;
    for (size_t i = 0; i < WIDTH; i++) square += pow(tanh((double)n->in[i]), 2);
    for (size_t i = 0; i < WIDTH; i++)
        assert_true(fabs((double)n->out[i] - tanh((double)n->in[i]) / sqrt(square)) < 1e-6);
    memset(n->out, 0, WIDTH * sizeof *n->out);
    set->finish(n->out, WIDTH);
    for (size_t i = 0; i < WIDTH; i++) assert_true(n->out[i] == 0);
    free(n);
}

static void test_rows(void **state)
{
    (void)state;
    each_set(check_norm);
    each_set(check_softmax);
    each_set(check_finish);
}

typedef struct Small {
    Numbers *n;
    SmallRows rows;
    SmallWeights weights;
    int16_t row_values[SIZE], weight_values[SIZE];
    float row_scale[ROWS], weight_scale[COLUMNS];
    int32_t sum[COLUMNS];
} Small;

static Small *small_new(uint64_t seed, bool positive)
{
    Small *s = aligned_alloc(64, (sizeof *s + 63) / 64 * 64);
    assert_non_null(s);
    *s = (Small){ .n = numbers_new(seed) };
    s->rows = (SmallRows){ .values = s->row_values, .scale = s->row_scale, .positive = positive };
    s->weights = (SmallWeights){ .values = s->weight_values, .scale = s->weight_scale, .sum = s->sum };
    if (positive)
        for (size_t i = 0; i < SIZE; i++) s->n->in[i] = fabsf(s->n->in[i]);
    for (size_t i = 0; i < DEPTH; i++) s->n->in[i] = 0;                  /* a row of nothing */
    for (size_t k = 0; k < DEPTH; k++) s->n->weights[k * PANEL + 1] = 0; /* a column of nothing */
    s->n->in[2 * DEPTH] = positive ? 1 : -1;                             /* the ends of the scale */
    s->n->weights[3] = -1;
    return s;
}

static void small_free(Small *s)
{
    free(s->n);
    free(s);
}

static void small_multiply(const Kernels *set, Small *s, size_t rows, size_t columns)
{
    set->shrink_rows(s->n->in, rows, DEPTH, &s->rows);
    set->shrink_weights(s->n->weights, DEPTH, columns, &s->weights);
    set->multiply_small(&(SmallProduct){ .in = s->rows,
                                         .weights = s->weights,
                                         .out = s->n->out,
                                         .rows = rows,
                                         .depth = DEPTH,
                                         .columns = columns,
                                         .bias = rows % 2 ? s->n->bias : NULL,
                                         .add = rows % 3 ? s->n->add : NULL,
                                         .positive = rows % 5 == 0 });
}

/* Near the product of floats: each factor is off by half a step of its scale at most. */
static void check_small(const Kernels *set)
{
    for (int positive = 0; positive < 2; positive++) {
        Small *s = small_new(5, positive);
        enum { WIDE = 2 * PANEL };
        small_multiply(set, s, 4, WIDE);
        for (size_t r = 0; r < 4; r++)
            for (size_t c = 0; c < WIDE; c++) {
                double sum = (double)s->n->add[r * WIDE + c];
                for (size_t k = 0; k < DEPTH; k++)
                    sum += (double)s->n->in[r * DEPTH + k] * weight(s->n->weights, DEPTH, k, c);
                if (fabs((double)s->n->out[r * WIDE + c] - sum) > 0.1)
                    fail_msg("%s: %f, expected about %f", set->name, (double)s->n->out[r * WIDE + c], sum);
            }
        small_free(s);
    }
}

static void test_small(void **state)
{
    (void)state;
    each_set(check_small);
}

/* Everything that is EXACT, once with each set: the results are kept in `ret`. */
static size_t exact_results(const Kernels *set, float *ret)
{
    float *to = ret;
    for (size_t rows = 1; rows <= ROWS; rows++) {
        size_t columns = rows % 7 * PANEL + PANEL;
        for (int positive = 0; positive < 2; positive++) {
            Small *s = small_new(rows, positive);
            small_multiply(set, s, rows, columns);
            memcpy(to, s->n->out, rows * columns * sizeof *to);
            to += rows * columns;
            small_free(s);
        }
        Numbers *n = numbers_new(rows);
        set->multiply_exact(&(Product){ .in = n->in,
                                        .in_stride = DEPTH,
                                        .weights = n->weights,
                                        .out = n->out,
                                        .out_stride = columns,
                                        .rows = rows,
                                        .depth = SIZE / columns,
                                        .columns = columns,
                                        .bias = n->bias });
        set->norm(n->out, rows, columns, n->weights, n->bias, n->add);
        set->softmax(n->add, rows, columns - rows % PANEL, columns, 0.5f);
        set->mean(n->add, rows, columns, to);
        to += columns;
        set->finish(n->out, columns);
        memcpy(to, n->out, rows * columns * sizeof *to);
        to += rows * columns;
        free(n);
    }
    return (size_t)(to - ret);
}

static void test_exact(void **state)
{
    (void)state;
    static float plain[ROWS * SIZE], other[ROWS * SIZE];
    size_t count = exact_results(kernels_for(KERNELS_PLAIN), plain);
    assert_in_range(count, 1000, COUNT(plain));
    for (int kind = KERNELS_PLAIN + 1; kind < KERNELS_COUNT; kind++) {
        const Kernels *set = kernels_for((KernelsKind)kind);
        if (!set) {
            print_message("this processor cannot run set %d: not compared\n", kind);
            continue;
        }
        assert_int_equal(exact_results(set, other), count);
        if (memcmp(plain, other, count * sizeof *plain) != 0) fail_msg("%s gives other bits than plain", set->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_multiply),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
