/* outcome_features.h -- what the whole of a conversation looks like, as names that weights can be learned for.
 *
 * In: a judged Hearing (turns, tokens, marks) and the customer's emotion.  Out, to a sink: features in groups,
 *
 *   FACTS            what was marked anywhere, early, near the end, in each party's last turn; who spoke last, how
 *                    long, on which channel; the emotion; open promises; whether the demand's words come back
 *   CUSTOMER_LAST …  one to three words of each party's last two turns
 *   CUSTOMER, STAFF  one and two words of all they said, and of the customer's first two turns
 *
 * A feature is a 64-bit hash, and has a name that people can read ("end:customer.satisfied", "customer_last:thank
 * you"): the same from the text as from words/reading.tsv.  Integers only: equal on every processor.
 */
#ifndef GOODWILL_HEAR_OUTCOME_FEATURES_H
#define GOODWILL_HEAR_OUTCOME_FEATURES_H

#include "hear/hearing.h"

typedef enum OutcomeGroup {
    OUTCOME_FACTS,
    OUTCOME_CUSTOMER_LAST,
    OUTCOME_CUSTOMER_BEFORE,
    OUTCOME_STAFF_LAST,
    OUTCOME_STAFF_BEFORE,
    OUTCOME_CUSTOMER_FIRST,
    OUTCOME_CUSTOMER,
    OUTCOME_STAFF,
    OUTCOME_GROUPS
} OutcomeGroup;

typedef struct OutcomeSink OutcomeSink;
struct OutcomeSink {
    void (*take)(OutcomeSink *sink, OutcomeGroup group, uint64_t feature);
    Buf *name; /* NULL, or where the feature's name stands while `take` runs */
};

/* Keys of words and behaviours; read-only, in the arena it was opened in. */
typedef struct OutcomeKeys OutcomeKeys;
OutcomeKeys *outcome_keys_open(const Rules *rules, Arena *arena);

void outcome_features(const OutcomeKeys *keys, const Hearing *h, const Conversation *c, const Reading *reading,
                      OutcomeSink *sink);

/* The feature of a name; false: no name of a feature. */
bool outcome_feature_named(Str name, OutcomeGroup *group, uint64_t *ret) MUST_USE;

#endif
