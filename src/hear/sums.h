/* sums.h -- what a model says of each unit of a turn, with nothing added up twice.
 *
 * In: a judged turn and its units.  Out: for each unit the sums that model_sums would give for all its features.
 * What depends on a word alone is kept from turn to turn, what depends on the turn alone is added up once for all its
 * units, and what a unit is to those beside it is the difference of two running sums.
 *
 * A Sums belongs to one thread and one model.
 */
#ifndef GOODWILL_HEAR_SUMS_H
#define GOODWILL_HEAR_SUMS_H

#include "hear/model.h"

typedef struct Sums Sums;

Sums *sums_new(const Model *model); /* borrows it */
void sums_free(Sums *sums);         /* NULL is fine */

/* `vector`: a sentence vector for each unit, of model_dense_columns numbers, one after the other; or NULL.  `ret`: by
 * unit, then by label. */
void sums_of_turn(Sums *sums, Hearing *h, const Conversation *c, uint32_t utterance, const Unit *unit, size_t units,
                  const float *vector, int32_t *ret);

#endif
