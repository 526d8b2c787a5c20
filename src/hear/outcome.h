/* outcome.h -- how a conversation came out: outcome, first contact, how the customer ends.
 *
 * In: marks and the customer's emotion.  Out: the likeliest answer of each
 * question with its probability, by a multinomial logistic model over what was
 * marked anywhere, near the end, and in the customer's last turn.  Weights are
 * data, in thousandths: words/reading.tsv, found by corpus/train_reading.py from
 * the labelled conversations.  Below UNSURE_BELOW the answer is "not sure".
 */
#ifndef GOODWILL_HEAR_OUTCOME_H
#define GOODWILL_HEAR_OUTCOME_H

#include "hear/hearing.h"

bool outcome_open(const Words *words, const Rules *rules, Arena *arena, OutcomeModel **ret, Err *err) MUST_USE;
void outcome_read(const Hearing *h, const Conversation *c, Reading *ret);

#endif
