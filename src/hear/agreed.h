/* agreed.h -- how far the reader's marks agree with people, behaviour by behaviour: words/agreement.tsv.
 *
 * In: the table that `goodwill evaluate --save` writes, and which reader is in force.  Out: one HearAgreement for each
 * behaviour, STATE_UNMEASURED where the table has no row for it.  A row that cannot be read is an error that names its
 * line.  Rows of behaviours that the words in force do not know are passed over.
 */
#ifndef GOODWILL_HEAR_AGREED_H
#define GOODWILL_HEAR_AGREED_H

#include "hear/rules.h"

#define AGREED_FILE STR("agreement.tsv")

bool agreed_open(const Words *words, const Rules *rules, Str reader, Arena *arena, HearAgreement **ret,
                 Err *err) MUST_USE;

#endif
