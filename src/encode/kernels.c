/* kernels.c -- compiled once for each kind of processor, with KIND=avx2 and so on (meson.build).
 *
 * The vector types are the compiler's own, as wide as the processor's registers, so that one text serves all; only the
 * fused product and the sums of small integers need its own words.  Contraction is off: see EXACT in kernels.h.
 */
#include "encode/kernels.h"

#include <math.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

#if defined __AVX512F__
enum { WIDTH = 16, TILE_ROWS = 6, SMALL_ROWS = 6, TILE_PANELS = 4 }; /* 24 sums in 32 registers */
#elif defined __AVX2__
enum { WIDTH = 8, TILE_ROWS = 6, SMALL_ROWS = 5, TILE_PANELS = 1 }; /* 12 and 10 sums in 16 registers */
#else
enum { WIDTH = 4, TILE_ROWS = 2, SMALL_ROWS = 2, TILE_PANELS = 1 }; /* 8 sums in 16 registers */
#endif
enum { PARTS = PANEL / WIDTH, TILE_PARTS = TILE_PANELS * PARTS };

typedef float Vec __attribute__((vector_size(WIDTH * 4)));
typedef int32_t VecInt __attribute__((vector_size(WIDTH * 4)));
typedef float VecThere __attribute__((vector_size(WIDTH * 4), aligned(4), may_alias));

/* Small integers: four bytes at once where the processor multiplies those (the rows' then count from 0, OFFSET above
 * what they mean), else two of 16 bits, which never overflow. */
#if defined __AVX512VNNI__ || defined __AVXVNNI__
enum { GROUP = 4, OFFSET = 128 };
typedef int8_t SmallWeight;
typedef uint8_t SmallValue;
#else
enum { GROUP = 2, OFFSET = 0 };
typedef int16_t SmallWeight;
typedef int16_t SmallValue;
#endif
typedef SmallValue VecSmall __attribute__((vector_size(WIDTH * sizeof(SmallValue))));
typedef SmallValue VecSmallThere __attribute__((vector_size(WIDTH * sizeof(SmallValue)), aligned(1), may_alias));
typedef int32_t VecIntThere __attribute__((vector_size(WIDTH * 4), aligned(2), may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE Vec load(const float *from) { return *(const VecThere *)from; }
INLINE void store(float *to, Vec v) { *(VecThere *)to = v; }
INLINE Vec spread(float x) { return x - (Vec){ 0 }; }
INLINE Vec pick(VecInt mask, Vec yes, Vec no) { return (Vec)((mask & (VecInt)yes) | (~mask & (VecInt)no)); }
INLINE Vec larger(Vec a, Vec b) { return pick(a > b, a, b); }

INLINE Vec fused(Vec a, Vec b, Vec sum)
{
#if defined __AVX512F__
    return _mm512_fmadd_ps(a, b, sum);
#elif defined __AVX2__
    return _mm256_fmadd_ps(a, b, sum);
#else
    return sum + a * b;
#endif
}

/* Adds up 16 lanes, always in this order. */
INLINE float sum_of(const Vec part[PARTS])
{
    float lane[PANEL];
    for (int p = 0; p < PARTS; p++) store(lane + p * WIDTH, part[p]);
    for (int n = PANEL / 2; n; n /= 2)
        for (int i = 0; i < n; i++) lane[i] += lane[i + n];
    return lane[0];
}

INLINE void finish_tile(const Product *m, size_t row, size_t column, Vec v)
{
    float *out = m->out + row * m->out_stride + column;
    if (m->bias) v += load(m->bias + column);
    if (m->add) v += load(m->add + row * m->out_stride + column);
    if (m->positive) v = larger(v, (Vec){ 0 });
    store(out, v);
}

/* `rows` rows by `panels` panels of the result; both are known where this is compiled in. */
INLINE void tile(const Product *m, size_t row, size_t column, int rows, int panels, bool fuse)
{
    Vec sum[TILE_ROWS][TILE_PARTS];
    for (int r = 0; r < rows; r++)
        for (int p = 0; p < panels * PARTS; p++) sum[r][p] = (Vec){ 0 };
    const float *in = m->in + row * m->in_stride;
    const float *weights = m->weights + column * m->depth;
    for (size_t k = 0; k < m->depth; k++) {
        Vec w[TILE_PARTS];
        for (int p = 0; p < panels; p++)
            for (int i = 0; i < PARTS; i++)
                w[p * PARTS + i] = load(weights + ((size_t)p * m->depth + k) * PANEL + (size_t)(i * WIDTH));
        for (int r = 0; r < rows; r++) {
            Vec x = spread(in[(size_t)r * m->in_stride + k]);
            for (int p = 0; p < panels * PARTS; p++)
                sum[r][p] = fuse ? fused(x, w[p], sum[r][p]) : sum[r][p] + x * w[p];
        }
    }
    for (int r = 0; r < rows; r++)
        for (int p = 0; p < panels * PARTS; p++)
            finish_tile(m, row + (size_t)r, column + (size_t)(p * WIDTH), sum[r][p]);
}

INLINE void tile_rows(const Product *m, size_t row, size_t column, size_t rows, int panels, bool fuse)
{
    switch (rows) {
#if defined __AVX2__
    case 6: tile(m, row, column, 6, panels, fuse); break;
    case 5: tile(m, row, column, 5, panels, fuse); break;
    case 4: tile(m, row, column, 4, panels, fuse); break;
    case 3: tile(m, row, column, 3, panels, fuse); break;
#endif
    case 2: tile(m, row, column, 2, panels, fuse); break;
    default: tile(m, row, column, 1, panels, fuse); break;
    }
}

INLINE void multiply_any(const Product *m, bool fuse)
{
    for (size_t column = 0; column < m->columns;) {
        bool whole = m->columns - column >= TILE_PANELS * PANEL;
        for (size_t row = 0; row < m->rows; row += TILE_ROWS) {
            size_t rows = MIN((size_t)TILE_ROWS, m->rows - row);
            if (whole)
                tile_rows(m, row, column, rows, TILE_PANELS, fuse);
            else
                tile_rows(m, row, column, rows, 1, fuse);
        }
        column += whole ? TILE_PANELS * PANEL : PANEL;
    }
}

static void multiply(const Product *m) { multiply_any(m, true); }
static void multiply_exact(const Product *m) { multiply_any(m, false); }

/* The sum of a row, or of the squares of its distance from `from`. */
INLINE float row_sum(const float *in, size_t width, bool squares, float from)
{
    Vec part[PARTS] = { { 0 } };
    for (size_t i = 0; i < width; i += PANEL)
        for (int p = 0; p < PARTS; p++) {
            Vec x = load(in + i + p * WIDTH);
            Vec d = x - spread(from);
            part[p] += squares ? d * d : x;
        }
    return sum_of(part);
}

static void norm(const float *in, size_t rows, size_t width, const float *scale, const float *bias, float *out)
{
    const float least = 1e-6f; /* variance; the graph's own constant */
    for (size_t r = 0; r < rows; r++, in += width, out += width) {
        float mean = row_sum(in, width, false, 0) / (float)width;
        float variance = row_sum(in, width, true, mean) / (float)width;
        float over = 1 / sqrtf(variance + least);
        for (size_t i = 0; i < width; i += WIDTH)
            store(out + i, load(scale + i) * spread(over) * (load(in + i) - spread(mean)) + load(bias + i));
    }
}

/* e to the power of x <= 0, to a few units in the last place: 2^n * e^r with |r| <= ln(2) / 2, e^r by its series. */
INLINE Vec power_of_e(Vec x)
{
    const float round = 12582912; /* 1.5 * 2^23: added and taken away again, it leaves the nearest whole number */
    x = larger(x, spread(-87));   /* e^-87 is still a normal number */
    Vec n = (x * 1.44269504088896341f + round) - round;
    Vec r = (x - n * 0.693359375f) - n * -2.12194440e-4f; /* ln(2) in two parts, the first exact in few bits */
    Vec e = spread(1.f / 720);
    e = e * r + 1.f / 120;
    e = e * r + 1.f / 24;
    e = e * r + 1.f / 6;
    e = e * r + 0.5f;
    e = e * r + 1.f;
    e = e * r + 1.f;
    VecInt power = (__builtin_convertvector(n, VecInt) + 127) << 23; /* 2^n */
    return e * (Vec)power;
}

static void softmax(float *row, size_t rows, size_t width, size_t stride, float factor)
{
    for (size_t r = 0; r < rows; r++, row += stride) {
        float most = row[0];
        for (size_t i = 1; i < width; i++) most = row[i] > most ? row[i] : most;
        Vec part[PARTS] = { { 0 } };
        size_t padded = (width + PANEL - 1) / PANEL * PANEL;
        for (size_t i = width; i < padded; i++) row[i] = most; /* in the stride: rows are padded to panels */
        for (size_t i = 0; i < padded; i += PANEL)
            for (int p = 0; p < PARTS; p++) {
                float *at = row + i + p * WIDTH;
                store(at, power_of_e((load(at) - spread(most)) * spread(factor)));
            }
        for (size_t i = width; i < padded; i++) row[i] = 0;
        for (size_t i = 0; i < padded; i += PANEL)
            for (int p = 0; p < PARTS; p++) part[p] += load(row + i + p * WIDTH);
        float over = 1 / sum_of(part);
        for (size_t i = 0; i < padded; i += WIDTH) store(row + i, load(row + i) * spread(over));
    }
}

static void mean(const float *in, size_t rows, size_t width, float *out)
{
    float over = (float)MAX(rows, (size_t)1);
    for (size_t i = 0; i < width; i += WIDTH) {
        Vec sum = { 0 };
        for (size_t r = 0; r < rows; r++) sum += load(in + r * width + i);
        store(out + i, sum / spread(over));
    }
}

/* Of any x: by e^-2|x|. */
INLINE Vec tangent(Vec x)
{
    VecInt sign = (VecInt)x & INT32_MIN;
    Vec size = (Vec)((VecInt)x & INT32_MAX);
    Vec e = power_of_e(size * -2.f);
    return (Vec)((VecInt)((1.f - e) / (1.f + e)) | sign);
}

static void finish(float *row, size_t width)
{
    const float least = 1e-12f; /* square of the length; the graph's own constant */
    for (size_t i = 0; i < width; i += WIDTH) store(row + i, tangent(load(row + i)));
    float square = row_sum(row, width, true, 0);
    float over = 1 / sqrtf(square > least ? square : least);
    for (size_t i = 0; i < width; i += WIDTH) store(row + i, load(row + i) * spread(over));
}

/* The nearest whole number of each lane, halves to the even one; |x| below 2^22. */
INLINE VecInt nearest(Vec x)
{
    const float round = 12582912; /* 1.5 * 2^23, as in power_of_e */
    return __builtin_convertvector((x + round) - round, VecInt);
}

INLINE Vec magnitude(Vec x) { return (Vec)((VecInt)x & INT32_MAX); }

static void shrink_weights(const float *weights, size_t depth, size_t columns, SmallWeights *ret)
{
    SmallWeight *out = ret->values;
    for (size_t column = 0; column < columns; column += WIDTH) {
        const float *panel = weights + column / PANEL * PANEL * depth + column % PANEL;
        SmallWeight *to = out + column / PANEL * PANEL * depth + column % PANEL * GROUP;
        Vec most = { 0 };
        for (size_t k = 0; k < depth; k++) most = larger(most, magnitude(load(panel + k * PANEL)));
        Vec least = spread(1e-30f);
        most = larger(most, least);
        Vec over = 127.f / most;
        VecInt sum = { 0 };
        for (size_t k = 0; k < depth; k++) {
            VecInt number = nearest(load(panel + k * PANEL) * over);
            sum += number;
            for (size_t i = 0; i < WIDTH; i++)
                to[k / GROUP * GROUP * PANEL + i * GROUP + k % GROUP] = (SmallWeight)number[i];
        }
        store(ret->scale + column, most / 127.f);
        *(VecIntThere *)(ret->sum + column) = sum;
    }
}

static void shrink_rows(const float *in, size_t rows, size_t depth, SmallRows *ret)
{
    const float top = ret->positive ? 255 : 127;
    const int32_t offset = ret->positive ? 0 : OFFSET;
    SmallValue *out = ret->values;
    for (size_t r = 0; r < rows; r++, in += depth, out += depth) {
        Vec part[PARTS] = { { 0 } };
        for (size_t i = 0; i < depth; i += PANEL)
            for (int p = 0; p < PARTS; p++) part[p] = larger(part[p], magnitude(load(in + i + p * WIDTH)));
        float lane[PANEL], most = 1e-30f; /* a row of zeros has a scale too */
        for (int p = 0; p < PARTS; p++) store(lane + p * WIDTH, part[p]);
        for (int i = 0; i < PANEL; i++) most = lane[i] > most ? lane[i] : most;
        float over = top / most;
        for (size_t i = 0; i < depth; i += WIDTH)
            *(VecSmallThere *)(out + i) = __builtin_convertvector(nearest(load(in + i) * over) + offset, VecSmall);
        ret->scale[r] = most / top;
    }
}

/* sum + a · w for each column of a panel's part: `a` holds GROUP values of a row, `w` as many weights of each column.
 */
INLINE VecInt small_products(int32_t a, VecInt w, VecInt sum)
{
#if defined __AVX512VNNI__
    return (VecInt)_mm512_dpbusd_epi32((__m512i)sum, _mm512_set1_epi32(a), (__m512i)w);
#elif defined __AVXVNNI__
    return (VecInt)_mm256_dpbusd_avx_epi32((__m256i)sum, _mm256_set1_epi32(a), (__m256i)w);
#elif defined __AVX512BW__
    return sum + (VecInt)_mm512_madd_epi16(_mm512_set1_epi32(a), (__m512i)w);
#elif defined __AVX2__
    return sum + (VecInt)_mm256_madd_epi16(_mm256_set1_epi32(a), (__m256i)w);
#else
    const VecInt low = (w << 16) >> 16, high = w >> 16;
    return sum + low * (int32_t)(int16_t)a + high * (a >> 16);
#endif
}

INLINE void finish_small(const SmallProduct *m, size_t row, size_t column, VecInt sum)
{
    if (!m->in.positive) sum -= *(const VecIntThere *)(m->weights.sum + column) * OFFSET;
    Vec v = __builtin_convertvector(sum, Vec) * spread(m->in.scale[row]) * load(m->weights.scale + column);
    float *out = m->out + row * m->columns + column;
    if (m->bias) v += load(m->bias + column);
    if (m->add) v += load(m->add + row * m->columns + column);
    if (m->positive) v = larger(v, (Vec){ 0 });
    store(out, v);
}

INLINE void small_tile(const SmallProduct *m, size_t row, size_t column, int rows, int panels)
{
    VecInt sum[SMALL_ROWS][TILE_PARTS];
    for (int r = 0; r < rows; r++)
        for (int p = 0; p < panels * PARTS; p++) sum[r][p] = (VecInt){ 0 };
    const SmallValue *in = (const SmallValue *)m->in.values + row * m->depth;
    const SmallWeight *weights = (const SmallWeight *)m->weights.values + column * m->depth;
    for (size_t k = 0; k < m->depth; k += GROUP) {
        VecInt w[TILE_PARTS];
        for (int p = 0; p < panels; p++)
            for (int i = 0; i < PARTS; i++)
                w[p * PARTS + i] =
                    *(const VecIntThere *)(weights + ((size_t)p * m->depth + k) * PANEL + (size_t)(i * WIDTH * GROUP));
        for (int r = 0; r < rows; r++) {
            int32_t a;
            memcpy(&a, in + (size_t)r * m->depth + k, sizeof a);
            for (int p = 0; p < panels * PARTS; p++) sum[r][p] = small_products(a, w[p], sum[r][p]);
        }
    }
    for (int r = 0; r < rows; r++)
        for (int p = 0; p < panels * PARTS; p++)
            finish_small(m, row + (size_t)r, column + (size_t)(p * WIDTH), sum[r][p]);
}

INLINE void small_rows(const SmallProduct *m, size_t row, size_t column, size_t rows, int panels)
{
    switch (rows) {
#if defined __AVX512F__
    case 6: small_tile(m, row, column, 6, panels); break;
#endif
#if defined __AVX2__
    case 5: small_tile(m, row, column, 5, panels); break;
    case 4: small_tile(m, row, column, 4, panels); break;
    case 3: small_tile(m, row, column, 3, panels); break;
#endif
    case 2: small_tile(m, row, column, 2, panels); break;
    default: small_tile(m, row, column, 1, panels); break;
    }
}

static void multiply_small(const SmallProduct *m)
{
    assert(m->depth % 4 == 0 && m->depth <= DEPTH_MAX);
    for (size_t column = 0; column < m->columns;) {
        bool whole = m->columns - column >= TILE_PANELS * PANEL;
        for (size_t row = 0; row < m->rows; row += SMALL_ROWS) {
            size_t rows = MIN((size_t)SMALL_ROWS, m->rows - row);
            if (whole)
                small_rows(m, row, column, rows, TILE_PANELS);
            else
                small_rows(m, row, column, rows, 1);
        }
        column += whole ? TILE_PANELS * PANEL : PANEL;
    }
}

#define WORD(x)       #x
#define NAME_OF(kind) WORD(kind)
#define PASTE(a, b)   a##b
#define SET_OF(kind)  PASTE(kernels_, kind)

extern const Kernels SET_OF(KIND);
const Kernels SET_OF(KIND) = {
    .name = NAME_OF(KIND),
    .multiply = multiply,
    .multiply_exact = multiply_exact,
    .norm = norm,
    .softmax = softmax,
    .mean = mean,
    .finish = finish,
    .shrink_weights = shrink_weights,
    .shrink_rows = shrink_rows,
    .multiply_small = multiply_small,
};
