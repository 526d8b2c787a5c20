/* dense.h -- what the sentence encoder says of a turn, as columns of a model.
 *
 * In: the text of a turn, and the other party's turn before it.  Out: DENSE_COLUMNS whole numbers in steps of
 * DENSE_STEP (hear/model.h), in parts of ENCODER_DIMS:
 *
 *   WHOLE     the vector of the whole text
 *   PEAK      of its sentences' vectors, in each place the largest: a turn of many sentences may hold one that matters
 *   TOGETHER  the products of the text's and the other turn's numbers, PRODUCT_GAIN times: where they agree
 *
 * The encoder counts in whole numbers, so the columns are the same on every processor.
 */
#ifndef GOODWILL_LEARN_DENSE_H
#define GOODWILL_LEARN_DENSE_H

#include "encode/encoder.h"
#include "learn/passages.h"

typedef enum DensePart { DENSE_WHOLE, DENSE_PEAK, DENSE_TOGETHER, DENSE_PARTS } DensePart;
enum { DENSE_COLUMNS = DENSE_PARTS * ENCODER_DIMS };

typedef struct DenseTurn {
    Str text, before; /* `before` is empty where nothing was said before */
} DenseTurn;

DenseTurn dense_turn(const Passage *passage, uint32_t utterance);

/* `ret`: count × DENSE_COLUMNS. */
bool dense_turns(const Encoder *encoder, const DenseTurn *turn, size_t count, int8_t *ret, Err *err) MUST_USE;

#endif
