/* turns.h -- a model of one behaviour of labelled conversations; called by texts_train.
 *
 * Learned by clauses, as the reader's own models are, for the party whose turns bear the label most.  The threshold is
 * the one that names turns best on parts left out: files where there are at least FILES_LEAST, else fifths of the
 * conversations.
 */
#ifndef GOODWILL_LEARN_TURNS_H
#define GOODWILL_LEARN_TURNS_H

#include "learn/question.h"
#include "learn/texts.h"

void turns_train(const Hearer *hearer, Passages *passages, const TextOptions *options, Buf *model, Buf *report);

/* texts.c: the model's card, as JSON, into `card`. */
Str texts_card(const TextOptions *options, Extent extent, bool always_some, const Examples *examples, Str report,
               Buf *card);

#endif
