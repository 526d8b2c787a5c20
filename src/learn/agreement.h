/* agreement.h -- how far marks agree with labels: counts over conversations, and what follows from them.
 *
 * A mark is right when the same turn is labelled with the same behaviour and the two share a byte; a label is met when
 * some mark does so.  Span overlap is the share of bytes that a label and the mark that shares most with it have in
 * common (Jaccard).  On a turn with a contested label no mark of its behaviour is wrong, and the label is not asked
 * for.
 */
#ifndef GOODWILL_LEARN_AGREEMENT_H
#define GOODWILL_LEARN_AGREEMENT_H

#include "hear/hear.h"
#include "learn/passages.h"

/* Right marks are counted by labels met, as precision and recall of detection usually are. */
typedef struct Agreement {
    double met, wrong, missed; /* labels met, marks that are not right, labels not met */
    double overlap;            /* summed over labels met */
} Agreement;

/* Words marked in one conversation. */
typedef struct MarkedWords {
    uint32_t utterance, begin, end;
} MarkedWords;

typedef enum Judged { JUDGED_RIGHT, JUDGED_WRONG, JUDGED_CONTESTED } Judged;
Judged agreement_judge(const Passage *passage, Str behaviour, const MarkedWords *marked);

void agreement_add(const Passage *passage, Str behaviour, const MarkedWords *marked, size_t count, Agreement *to);
void agreement_sum(Agreement *to, const Agreement *from, double weight);

static inline double agreement_precision(const Agreement *a) { return a->met > 0 ? a->met / (a->met + a->wrong) : 0; }
static inline double agreement_recall(const Agreement *a) { return a->met > 0 ? a->met / (a->met + a->missed) : 0; }
static inline double agreement_f1(const Agreement *a)
{
    return a->met > 0 ? 2 * a->met / (2 * a->met + a->wrong + a->missed) : 0;
}
static inline double agreement_overlap(const Agreement *a) { return a->met > 0 ? a->overlap / a->met : 0; }

#endif
