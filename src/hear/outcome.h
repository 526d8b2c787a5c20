/* outcome.h -- how a conversation came out: outcome, first contact, how the customer ends.
 *
 * In: a judged Hearing and the customer's emotion, as features (outcome_features.h).  Out: the likeliest answer of each
 * question with its probability, by multinomial logistic models whose weights are words/reading.tsv, learned by
 * `goodwill train --reader` (learn/outcomes.h) and calibrated on files left out.  Sums are integers:
 *
 *   sum of an answer = bias + Σ weight of each fact + Σ over groups of words (Σ weight / √(features of the group))
 *
 * Below OUTCOME_UNSURE_BELOW the answer is "not sure".
 */
#ifndef GOODWILL_HEAR_OUTCOME_H
#define GOODWILL_HEAR_OUTCOME_H

#include "hear/outcome_features.h"

enum { OUTCOME_QUESTIONS = 3, OUTCOME_ANSWERS = 12 /* of all questions together */ };
enum {
    OUTCOME_UNSURE_BELOW =
        35 /* hundredths: an answer less likely is right about one time in three (docs/accuracy.md) */
};

typedef struct OutcomeQuestion {
    const char *key; /* as the labelled conversations have it */
    const char *const *answer;
    unsigned first, count; /* among OUTCOME_ANSWERS; the first is value 1 of its type */
} OutcomeQuestion;
extern const OutcomeQuestion OUTCOME_QUESTION[OUTCOME_QUESTIONS];

bool outcome_open(const Words *words, const Rules *rules, Arena *arena, OutcomeModel **ret, Err *err) MUST_USE;
const OutcomeKeys *outcome_keys(const OutcomeModel *model);
void outcome_read(const Hearing *h, const Conversation *c, Reading *ret);

#endif
