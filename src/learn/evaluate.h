/* evaluate.h -- how far the reader agrees with people, and how sure that is.
 *
 * In: labelled conversations, and what a reader heard in each.  Out: for each behaviour the counts of agreement.h, the
 * figures of agree_stats.h over the turns of the party that it belongs to (those with a contested label of it left
 * out), and for every figure the interval that 95 of 100 samples of conversations fall into (bootstrap: conversations
 * are drawn with replacement, `rounds` times, always alike for the same seed).  Where few marks were made a bootstrap
 * flatters (twelve right of twelve never vary), so precision and recall have Wilson's interval where that is wider.
 *
 * States follow from precision as hear.h tells; a behaviour that the conversations label nowhere stays unmeasured, one
 * that is labelled but never marked is to be checked.
 */
#ifndef GOODWILL_LEARN_EVALUATE_H
#define GOODWILL_LEARN_EVALUATE_H

#include "learn/agree_stats.h"
#include "learn/agreement.h"

/* What a reader heard in one passage. */
typedef struct Judgement {
    Marks marks;
    const Reading *reading; /* NULL: not read */
} Judgement;

typedef struct EvaluateOptions {
    size_t rounds; /* of the bootstrap */
    uint64_t seed;
    double macro_least; /* labels that a behaviour needs to count in the macro figures */
} EvaluateOptions;

typedef struct Measure {
    double value; /* NAN: unknown */
    Interval interval;
} Measure;

typedef struct BehaviourMeasured {
    uint16_t behaviour;
    Agreement counts;
    Units units;
    double labelled, marked;
    Measure precision, recall, f1, kappa, prevalence, ac1, alpha;
    AgreementState state;
    bool in_figures;
} BehaviourMeasured;

/* One of the three answers about a whole conversation. */
typedef struct AnswerMeasured {
    const char *name; /* "outcome", "first_contact_resolution", "ends" */
    double right, asked;
    Measure share;
} AnswerMeasured;

enum { ANSWERS = 3 };

typedef struct Evaluation {
    BehaviourMeasured *item; /* of every behaviour, in the order of behaviours.tsv */
    size_t count, conversations, turns;
    Agreement all, harms;
    Measure precision, recall, f1, macro_f1, overlap, harms_precision, harms_recall;
    size_t macro_of; /* behaviours in macro_f1 */
    Bands bands;
    bool has_readings;
    AnswerMeasured answer[ANSWERS];
} Evaluation;

/* `judged`: one for each passage. */
void evaluate(const Hearer *hearer, const Passages *passages, const Judgement *judged, const EvaluateOptions *options,
              Arena *arena, Evaluation *ret);

/* The reader in force hears every passage. */
Judgement *evaluate_hear(const Hearer *hearer, Passages *passages, Arena *arena);

/* words/agreement.tsv anew: rows of this reader for behaviours that were measured, those of `before` for the rest. */
void evaluate_table(const Hearer *hearer, const Evaluation *evaluation, Str before, Str date, Buf *ret);

#endif
