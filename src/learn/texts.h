/* texts.h -- a model of one question over whole turns, and its answers.
 *
 * In: labelled passages of either form (passages.h) and a key:
 *   KEY          one of several values; several at once where the data hold lists; a number where values are real
 * numbers KEY=VALUE    yes or no KEY>N        yes or no: a number above N a behaviour, of whole conversations: yes or
 * no for each turn; outcome, ends: one of several, of the conversation Out: a .gwm file, and a report of how it did on
 * passages it had not seen (five parts; a conversation is never parted).
 */
#ifndef GOODWILL_LEARN_TEXTS_H
#define GOODWILL_LEARN_TEXTS_H

#include "learn/dense.h"
#include "learn/model_write.h"

typedef struct TextOptions {
    Str label;
    bool regress;
    const Encoder *encoder; /* its vectors are features too; NULL: words alone */
    uint64_t seed;
    Str date, licences;
} TextOptions;

bool texts_train(const Hearer *hearer, Passages *passages, const TextOptions *options, Buf *model, Buf *report,
                 Err *err) MUST_USE;

/* One line of JSON for each passage, in order: {"pred": value or list, "scores": {value: probability}}. */
bool texts_predict(const Hearer *hearer, const Encoder *encoder, const Model *model, Passages *passages, Buf *ret,
                   Err *err) MUST_USE;

#endif
