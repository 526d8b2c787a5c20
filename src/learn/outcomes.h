/* outcomes.h -- learns how a conversation came out: the weights of words/reading.tsv.
 *
 * In: labelled whole conversations, and what is marked in each by models that had not seen its file (reader.h).
 * Out: words/reading.tsv, and how often each answer was right on files left out, one at a time.
 *
 * Each question (outcome, first_contact_resolution, ends) is one multinomial logistic regression with an L2 penalty,
 * fitted in its dual: there are far fewer conversations than features, so that the products of the conversations'
 * features (one number for each two) are all that the fit has to look at.  Full gradient steps from zero (Nesterov
 * 1983), in double precision and in one order: the same data give the same bytes.  Then each question's weights are
 * multiplied by one number, the one under which the answers on files left out are likeliest: the confidence told is
 * how often such an answer was right.
 */
#ifndef GOODWILL_LEARN_OUTCOMES_H
#define GOODWILL_LEARN_OUTCOMES_H

#include "hear/outcome.h"
#include "learn/passages.h"

/* `unseen`: of each passage, ordered by place (reader.h).  `name`: of the files.  False, and nothing written: too few
 * labelled conversations to learn from. */
bool outcomes_train(const Hearer *hearer, Passages *passages, const Marks *unseen, const char *const *name, Buf *table,
                    Buf *report);

#endif
