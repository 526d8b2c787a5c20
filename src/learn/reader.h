/* reader.h -- the reader's own models, learned from labelled conversations.
 *
 * In: a Hearer with rules alone, labelled conversations (each file a writer of its own).  Out: a .gwm for staff's turns
 * or for customers', whose labels are the behaviours; and how well it did on writers that it had not seen.
 *
 * Cross-validation leaves one file out at a time.  From the sums on files left out come, for each behaviour, the
 * calibration (Platt) and the threshold: the one with the best F1 there, harms among those with a precision of at least
 * HARM_PRECISION.  Whole conversations weigh more than short exchanges, which hold a behaviour far too often.
 */
#ifndef GOODWILL_LEARN_READER_H
#define GOODWILL_LEARN_READER_H

#include "learn/agreement.h"
#include "learn/model_write.h"

typedef struct ReaderOptions {
    Who who;
    uint64_t seed;
    Str date;                      /* of the card: YYYY-MM-DD */
    const char *const *name;       /* of the files, as the card names them */
    Str licences;                  /* of the card */
    const struct Encoder *encoder; /* NULL: the fast reader alone */
} ReaderOptions;

typedef struct BehaviourFound {
    uint16_t behaviour;
    uint32_t labelled; /* instances in all files */
    double threshold;  /* of the fitted sum */
    ModelMode mode;
    Agreement unseen;    /* whole conversations of files left out, at the threshold found on the others */
    Agreement exchanges; /* likewise, short exchanges */
} BehaviourFound;

typedef struct ReaderFound {
    BehaviourFound item[MODEL_LABELS_MAX];
    size_t count;
    Agreement *by_file; /* whole conversations of each file; the arena's */
    uint32_t files;
    size_t examples, columns;
    bool has_whole; /* whole conversations are among them; else short exchanges alone tell how well it did */
} ReaderFound;

static inline const Agreement *reader_measure(const ReaderFound *found, const BehaviourFound *one)
{
    return found->has_whole ? &one->unseen : &one->exchanges;
}

/* `model`, `found`: of the fast reader, and, with an encoder, of the deep one: a sentence vector beside each clause's
 * words.  Both stay empty where no behaviour of this party is known. */
enum { READER_MODELS = 2 };
bool reader_train(const Hearer *hearer, Passages *passages, const ReaderOptions *options, Arena *arena,
                  Buf model[READER_MODELS], ReaderFound found[READER_MODELS], Err *err) MUST_USE;

/* Marks of each passage by a reader that did not learn from its file, staff's and customers': thresholds and modes
 * found on the other files too, confidence from the fitted sigmoid.  `ret`: one for each passage, ordered by turn.
 * Mark.rule is that of the rule whose words are shown, NO_LEFT_OUT_RULE for words that only the model found. */
enum { NO_LEFT_OUT_RULE = UINT32_MAX };
void reader_left_out_marks(const Hearer *hearer, Passages *passages, uint64_t seed, Arena *arena, Marks *ret);

#endif
