/* linear.c -- see linear.h. */
#include "learn/linear.h"

#include "base/memory.h"
#include <math.h>
#include <stdlib.h>

#if defined(__x86_64__) && !defined(__clang__)
#define EVERY_WIDTH __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EVERY_WIDTH
#endif

enum { NEWTON_STEPS = 3, LABELS_MOST = 256 };

static uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

static void shuffle(uint32_t *order, size_t count, uint64_t *state)
{
    for (size_t i = count; i > 1; i--) {
        size_t k = (size_t)(next_random(state) % i);
        uint32_t held = order[i - 1];
        order[i - 1] = order[k];
        order[k] = held;
    }
}

EVERY_WIDTH static void add_scaled(float *restrict to, const float *restrict from, float by, size_t n)
{
    for (size_t i = 0; i < n; i++) to[i] += by * from[i];
}

void linear_score(const Rows *rows, size_t row, const float *weight, size_t labels, float *ret)
{
    size_t stride = label_stride(labels);
    memset(ret, 0, stride * sizeof *ret);
    for (size_t i = rows->start[row]; i < rows->start[row + 1]; i++)
        add_scaled(ret, weight + (size_t)rows->column[i] * stride, rows->value[i], stride);
    for (uint32_t i = 0; i < rows->dense_columns; i++)
        add_scaled(ret, weight + ((size_t)rows->columns + i) * stride, rows->dense[row * rows->dense_columns + i],
                   stride);
}

static void add_to_weights(const Rows *rows, size_t row, float *weight, size_t stride, const float *by)
{
    for (size_t i = rows->start[row]; i < rows->start[row + 1]; i++)
        add_scaled(weight + (size_t)rows->column[i] * stride, by, rows->value[i], stride);
    for (uint32_t i = 0; i < rows->dense_columns; i++)
        add_scaled(weight + ((size_t)rows->columns + i) * stride, by, rows->dense[row * rows->dense_columns + i],
                   stride);
}

/* Labels cost most where they are many: chunks keep the row of weights in the nearest cache. */
EVERY_WIDTH static void logistic_steps(const float *restrict sum, const float *restrict target, float *restrict dual,
                                       float *restrict step, float cost, float positive_cost, float square,
                                       size_t labels)
{
    for (size_t l = 0; l < labels; l++) {
        float y = target[l] > .5f ? 1.f : -1.f, c = target[l] > .5f ? cost * positive_cost : cost;
        float t = dual[l], old = c / (1.f + expf(-t)), margin = y * sum[l];
        for (int i = 0; i < NEWTON_STEPS; i++) { /* square · (cσ(t) − old) + margin + t = 0 */
            float s = 1.f / (1.f + expf(-t));
            t -= (square * (c * s - old) + margin + t) / (square * c * s * (1.f - s) + 1.f);
        }
        t = t > 20.f ? 20.f : t < -20.f ? -20.f : t;
        bool known = target[l] == target[l];
        step[l] = known ? y * (c / (1.f + expf(-t)) - old) : 0.f;
        dual[l] = known ? t : dual[l];
    }
}

static void squared_steps(const float *sum, const float *target, float *dual, float *step, float cost, float square,
                          size_t labels)
{
    for (size_t l = 0; l < labels; l++) {
        if (target[l] != target[l]) {
            step[l] = 0;
            continue;
        }
        float change = (target[l] - sum[l] - dual[l] / cost) / (square + 1.f / cost);
        dual[l] += change;
        step[l] = change;
    }
}

static float row_square(const Rows *rows, size_t row)
{
    float sum = 0;
    for (size_t i = rows->start[row]; i < rows->start[row + 1]; i++) sum += rows->value[i] * rows->value[i];
    for (uint32_t i = 0; i < rows->dense_columns; i++) {
        float x = rows->dense[row * rows->dense_columns + i];
        sum += x * x;
    }
    return sum;
}

void linear_fit(const Rows *rows, const uint8_t *used, const float *target, size_t labels, const FitOptions *options,
                float *weight)
{
    size_t stride = label_stride(labels), count = 0;
    uint64_t state = options->seed * 0x9e3779b97f4a7c15u | 1;
    uint32_t *order = memory_must(malloc((rows->count + 1) * sizeof *order));
    float *dual = memory_must(malloc((rows->count * labels + 1) * sizeof *dual));
    float *sum = memory_must(calloc(stride, sizeof *sum)), *step = memory_must(calloc(stride, sizeof *step));
    float start = options->loss == LOSS_LOGISTIC ? -7.f : 0.f; /* nearly no say yet: σ(−7) ≈ .001 */
    memset(weight, 0, ((size_t)rows->columns + rows->dense_columns) * stride * sizeof *weight);
    for (size_t i = 0; i < rows->count * labels; i++) dual[i] = start;
    for (size_t i = 0; i < rows->count; i++)
        if (!used || used[i]) order[count++] = (uint32_t)i;
    if (options->loss == LOSS_LOGISTIC) /* the weights that those first duals stand for */
        for (size_t i = 0; i < count; i++) {
            for (size_t l = 0; l < labels; l++) {
                float t = target[order[i] * labels + l];
                bool known = t == t;
                float c = t > .5f ? options->cost * options->positive_cost : options->cost;
                step[l] = known ? (t > .5f ? 1.f : -1.f) * c / (1.f + expf(-start)) : 0.f;
            }
            add_to_weights(rows, order[i], weight, stride, step);
        }
    for (unsigned epoch = 0; epoch < options->epochs; epoch++) {
        shuffle(order, count, &state);
        for (size_t i = 0; i < count; i++) {
            size_t row = order[i];
            float square = row_square(rows, row);
            linear_score(rows, row, weight, labels, sum);
            if (options->loss == LOSS_LOGISTIC)
                logistic_steps(sum, target + row * labels, dual + row * labels, step, options->cost,
                               options->positive_cost, square, labels);
            else
                squared_steps(sum, target + row * labels, dual + row * labels, step, options->cost, square, labels);
            add_to_weights(rows, row, weight, stride, step);
        }
    }
    free(order);
    free(dual);
    free(sum);
    free(step);
}

double sigmoid_at(Sigmoid s, double sum) { return 1 / (1 + exp(-(s.a * sum + s.b))); }

Sigmoid sigmoid_fit(const float *sum, const uint8_t *truth, size_t count)
{
    double yes = 0, no = 0;
    for (size_t i = 0; i < count; i++) *(truth[i] ? &yes : &no) += 1;
    double high = (yes + 1) / (yes + 2), low = 1 / (no + 2);
    Sigmoid s = { 1, log((yes + 1) / (no + 1)) };
    for (int round = 0; round < 50; round++) {
        double g_a = 0, g_b = 0, h_aa = 1e-6, h_ab = 0, h_bb = 1e-6;
        for (size_t i = 0; i < count; i++) {
            double p = sigmoid_at(s, (double)sum[i]), d = p - (truth[i] ? high : low), w = p * (1 - p);
            g_a += d * (double)sum[i];
            g_b += d;
            h_aa += w * (double)sum[i] * (double)sum[i];
            h_ab += w * (double)sum[i];
            h_bb += w;
        }
        double det = h_aa * h_bb - h_ab * h_ab;
        if (!(det > 0)) break;
        double step_a = (h_bb * g_a - h_ab * g_b) / det, step_b = (h_aa * g_b - h_ab * g_a) / det;
        double size = fabs(step_a) + fabs(step_b), brake = size > 4 ? 4 / size : 1;
        s.a -= brake * step_a;
        s.b -= brake * step_b;
        if (size < 1e-8) break;
    }
    if (!(s.a > 1e-3)) s.a = 1e-3; /* a score that says nothing, or the contrary */
    return s;
}
