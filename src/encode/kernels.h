/* kernels.h -- the arithmetic of the sentence encoder, once for each kind of processor.
 *
 * kernels.c is compiled several times, for more and more of what processors can do; kernels_for() picks one set at run
 * time.  Matrices stand row by row; `stride` is the distance between rows in values.  Weights are packed in panels of
 * PANEL columns, [columns / PANEL][depth][PANEL] (weights.h); every `columns` here is a multiple of PANEL.
 *
 * Promise: what is marked EXACT gives the same bits in every set: each sum is taken in the same order, in 16 lanes
 * where it runs along a row, and no product is fused with a sum.  The others may differ in the last bits.  In every
 * set, a row's result does not depend on the rows beside it.
 */
#ifndef GOODWILL_ENCODE_KERNELS_H
#define GOODWILL_ENCODE_KERNELS_H

#include "base/base.h"

enum { PANEL = 16 };

typedef enum KernelsKind {
    KERNELS_PLAIN,
    KERNELS_AVX2,
    KERNELS_AVXVNNI,
    KERNELS_AVX512,
    KERNELS_VNNI,
    KERNELS_COUNT
} KernelsKind;

/* out = in × weights: `rows` by `depth` times `depth` by `columns`. */
typedef struct Product {
    const float *in, *weights;
    float *out;
    size_t rows, depth, columns;
    size_t in_stride, out_stride;
    const float *bias; /* of `columns`, added; NULL for none */
    const float *add;  /* a matrix like `out`, added (it may be `out`); NULL for none */
    bool positive;     /* what is below 0 becomes 0 */
} Product;

/* A matrix of weights as small integers: value = number * scale of its column, numbers -127 to 127.  How they stand is
 * the set's own affair; `values` has room for two bytes a weight. */
typedef struct SmallWeights {
    void *values;
    float *scale; /* of each column */
    int32_t *sum; /* of each column's numbers */
} SmallWeights;

/* Rows as small integers: value = number * scale of its row; numbers -127 to 127, or 0 to 255 where all are positive.
 * `values` has room for two bytes a value. */
typedef struct SmallRows {
    void *values;
    float *scale; /* of each row */
    bool positive;
} SmallRows;

/* out = in × weights, as Product, of small integers; sums are exact. */
typedef struct SmallProduct {
    SmallRows in;
    SmallWeights weights;
    float *out;
    size_t rows, depth, columns; /* depth is a multiple of 4 and at most DEPTH_MAX */
    const float *bias, *add;
    bool positive;
} SmallProduct;

enum { DEPTH_MAX = 1 << 15 }; /* 255 * 127 * DEPTH_MAX is still an int32_t */

typedef struct Kernels {
    const char *name; /* "avx2" */
    void (*multiply)(const Product *product);
    void (*multiply_exact)(const Product *product); /* EXACT */
    /* Each row: less its mean, over its deviation, times `scale`, plus `bias`.  EXACT */
    void (*norm)(const float *in, size_t rows, size_t width, const float *scale, const float *bias, float *out);
    /* Each row of `width` values, times `factor`, becomes weights that add up to 1; width <= stride, and what lies
     * between is not read.  EXACT */
    void (*softmax)(float *row, size_t rows, size_t width, size_t stride, float factor);
    void (*mean)(const float *in, size_t rows, size_t width, float *out); /* of the columns; EXACT */
    void (*finish)(float *row, size_t width);                             /* hyperbolic tangent, then length 1; EXACT */
    /* EXACT: small integers out of floats, and their product. */
    void (*shrink_weights)(const float *weights, size_t depth, size_t columns, SmallWeights *ret);
    void (*shrink_rows)(const float *in, size_t rows, size_t depth, SmallRows *ret);
    void (*multiply_small)(const SmallProduct *product);
} Kernels;

/* The set of that kind, NULL where the processor or the build has none. */
const Kernels *kernels_for(KernelsKind kind);

#endif
