/* name.h -- people's names in a text, for REDACT_NAMES.
 *
 * In: a text and the names that the conversation itself gives (participants).
 * Out: spans.  Finds the given names wherever they stand, introductions ("my
 * name is Ana Lima", "this is Tom speaking"), titles ("Mrs Okafor") and first
 * names of words/redact/names.txt, with the surname behind them.
 */
#ifndef GOODWILL_REDACT_NAME_H
#define GOODWILL_REDACT_NAME_H

#include "redact/run.h"

typedef struct NameSet NameSet;

/* Lives in the arena. */
NameSet *name_set(Arena *arena);
void name_learn(NameSet *set, Str full_name); /* each of its words, but titles and particles */
void name_find(NameSet *set, Str s, uint32_t turn,
               Reader *reader); /* appends spans; names from introductions are learnt */

#endif
