/* clause_vectors.h -- sentence vectors of examples, as the models meet them.
 *
 * In: examples (clauses or turns) and an Encoder.  Out: a vector each, rounded to the steps of DENSE_STEP in which
 * models take them (hear/model.h), times a weight.
 */
#ifndef GOODWILL_LEARN_CLAUSE_VECTORS_H
#define GOODWILL_LEARN_CLAUSE_VECTORS_H

#include "encode/encoder.h"
#include "learn/examples.h"

/* `ret`: examples->count × ENCODER_DIMS. */
bool dense_of_examples(const Encoder *encoder, const Passages *passages, const Examples *examples, float weight,
                       float *ret, Err *err) MUST_USE;

#endif
