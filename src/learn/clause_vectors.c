/* clause_vectors.c -- see clause_vectors.h. */
#include "learn/clause_vectors.h"

#include "hear/model.h"

enum { AT_ONCE = 256 };

bool dense_of_examples(const Encoder *encoder, const Passages *passages, const Examples *examples, float weight,
                       float *ret, Err *err)
{
    Arena arena = { 0 };
    bool good = true;
    for (size_t first = 0; good && first < examples->count; first += AT_ONCE) {
        Str text[AT_ONCE];
        float vector[AT_ONCE][ENCODER_DIMS];
        size_t count = MIN((size_t)AT_ONCE, examples->count - first);
        for (size_t i = 0; i < count; i++) {
            const Example *e = &examples->item[first + i];
            text[i] = str_sub(passages->item[e->passage].conversation.utterance[e->utterance].text, e->begin, e->end);
        }
        good = encoder_run(encoder, text, count, vector, &arena, err);
        for (size_t i = 0; good && i < count; i++) {
            int8_t whole[ENCODER_DIMS];
            model_dense(vector[i], ENCODER_DIMS, whole);
            for (size_t k = 0; k < ENCODER_DIMS; k++)
                ret[(first + i) * ENCODER_DIMS + k] = (float)whole[k] * DENSE_STEP * weight;
        }
        arena_reset(&arena);
    }
    arena_clear(&arena);
    return good;
}
