/* dense.c -- see dense.h. */
#include "learn/dense.h"

#include <math.h>
#include <stdlib.h>

#include "hear/model.h"

enum { SENTENCES_MAX = 12, TURNS_AT_ONCE = 32, TEXTS_MAX = TURNS_AT_ONCE * (SENTENCES_MAX + 2) };
#define PRODUCT_GAIN 16.f /* a number of a vector is about 1 / √512, a product of two about 1 / 512 */

static bool is_end(char c) { return c == '.' || c == '?' || c == '!' || c == '\n'; }

/* Sentences end with . ? ! before a blank; the last one takes what is left. */
static size_t sentences_of(Str text, Str *ret)
{
    size_t count = 0, begin = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool ends = i + 1 == text.len || (is_end(text.data[i]) && (text.data[i] == '\n' || text.data[i + 1] == ' '));
        if (!ends || (count + 1 == SENTENCES_MAX && i + 1 < text.len)) continue;
        Str sentence = str_trim(str_sub(text, begin, i + 1));
        begin = i + 1;
        if (sentence.len) ret[count++] = sentence;
    }
    return count;
}

static int8_t steps(float x) { return (int8_t)lroundf(fmaxf(-127, fminf(127, x / DENSE_STEP))); }

typedef struct Batch {
    Str text[TEXTS_MAX];
    float vector[TEXTS_MAX][ENCODER_DIMS];
    size_t count;
} Batch;

static void fill_turn(const float (*vector)[ENCODER_DIMS], size_t sentences, bool has_before, int8_t *ret)
{
    const float *whole = vector[0], *before = vector[sentences > 1 ? sentences + 1 : 1];
    for (size_t i = 0; i < ENCODER_DIMS; i++) {
        float peak = whole[i];
        for (size_t s = 1; s <= sentences && sentences > 1; s++)
            peak = s == 1 ? vector[s][i] : fmaxf(peak, vector[s][i]);
        ret[DENSE_WHOLE * ENCODER_DIMS + i] = steps(whole[i]);
        ret[DENSE_PEAK * ENCODER_DIMS + i] = steps(peak);
        ret[DENSE_TOGETHER * ENCODER_DIMS + i] = has_before ? steps(whole[i] * before[i] * PRODUCT_GAIN) : 0;
    }
}

/* A turn's texts in the batch: the whole, its sentences where there are several, the turn before. */
static bool run_batch(const Encoder *encoder, Batch *batch, const DenseTurn *turn, size_t count, int8_t *ret,
                      Arena *arena, Err *err)
{
    size_t first[TURNS_AT_ONCE], sentences[TURNS_AT_ONCE];
    batch->count = 0;
    for (size_t t = 0; t < count; t++) {
        first[t] = batch->count;
        batch->text[batch->count++] = turn[t].text;
        sentences[t] = sentences_of(turn[t].text, batch->text + batch->count);
        if (sentences[t] > 1) batch->count += sentences[t];
        if (turn[t].before.len) batch->text[batch->count++] = turn[t].before;
    }
    if (!encoder_run(encoder, batch->text, batch->count, batch->vector, arena, err)) return false;
    for (size_t t = 0; t < count; t++)
        fill_turn((const float(*)[ENCODER_DIMS])batch->vector + first[t], sentences[t], turn[t].before.len > 0,
                  ret + t * DENSE_COLUMNS);
    return true;
}

bool dense_turns(const Encoder *encoder, const DenseTurn *turn, size_t count, int8_t *ret, Err *err)
{
    Arena arena = { 0 };
    Batch *batch = malloc(sizeof *batch);
    if (!batch) abort();
    bool good = true;
    for (size_t at = 0; good && at < count; at += TURNS_AT_ONCE)
        good = run_batch(encoder, batch, turn + at, MIN((size_t)TURNS_AT_ONCE, count - at), ret + at * DENSE_COLUMNS,
                         &arena, err);
    free(batch);
    arena_clear(&arena);
    return good;
}

DenseTurn dense_turn(const Passage *passage, uint32_t utterance)
{
    const Utterance *said = passage->conversation.utterance;
    DenseTurn ret = { .text = said[utterance].text };
    for (uint32_t i = utterance; i-- > 0 && !ret.before.len;)
        if (said[i].role != said[utterance].role) ret.before = said[i].text;
    return ret;
}
