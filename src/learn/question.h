/* question.h -- what a model is asked, and which answers there are.
 *
 * In: the words of --label (texts.h) and labelled passages.  Out: a Question, and for each passage the targets of its
 * answers: 1, 0 or a number; NAN where the passage does not say.
 */
#ifndef GOODWILL_LEARN_QUESTION_H
#define GOODWILL_LEARN_QUESTION_H

#include "hear/model.h"
#include "learn/passages.h"

enum { ANSWERS_MAX = MODEL_LABELS_MAX };

typedef enum Asks { ASKS_VALUE, ASKS_EQUALS, ASKS_ABOVE } Asks;

/* What the question is about. */
typedef enum Extent {
    EXTENT_TURN,        /* a single utterance */
    EXTENT_CLAUSE,      /* words of a turn: a behaviour of labelled conversations */
    EXTENT_CONVERSATION /* how it came out */
} Extent;

typedef struct Question {
    Asks asks;
    Extent extent;
    Str key, value;
    double above;
    ModelKind kind;
    Str answer[ANSWERS_MAX]; /* as JSON writes them; sorted */
    size_t answers;
    bool always_some; /* of many: no passage has none */
    double mean, unit;
} Question;

/* Finds kind and answers in the passages; `label` must outlive the Question. */
bool question_open(Str label, Passages *passages, bool regress, Question *ret, Err *err) MUST_USE;

/* `ret`: a target for each answer. */
void question_targets(const Question *question, Passages *passages, size_t passage, float *ret);

const char *extent_name(Extent extent);
bool extent_from(Str name, Extent *ret) MUST_USE;

#endif
