/* labels.h -- what pages call things, from words/labels.tsv, and times in words.
 *
 * In: a kind and a name ("outcome", "resolved").  Out: a view of the embedded
 * table, which lives as long as the program.  A name without a label gives the
 * name itself, so that a new one is still readable.
 */
#ifndef GOODWILL_WEB_LABELS_H
#define GOODWILL_WEB_LABELS_H

#include "hear/hear.h"

Str label(const char *kind, Str name);
Str label_outcome(const char *kind, Outcome outcome); /* kind: "outcome" or "outcome_long" */
Str label_ends(const char *kind, Ends ends);          /* "ends", "ends_long" */
Str label_answer(const char *kind, Answer answer);    /* "first", "first_long" */
Str label_quality(uint8_t quality);                   /* hundredths: in words */

/* "Monday 2 March 2026, 09:15", in the zone given; empty for WHEN_NONE. */
Str label_moment(Arena *arena, int64_t when, int offset_minutes);
/* "2 Mar 2026, 09:15": for lists */
Str label_moment_short(Arena *arena, int64_t when, int offset_minutes);
/* "00:41", "1:02:09": from the start of a conversation; empty for WHEN_NONE */
Str label_clock(Arena *arena, int64_t ms);
/* "41 seconds", "3 minutes", "2 hours", "5 days": rounded; empty for WHEN_NONE */
Str label_duration(Arena *arena, int64_t ms);

#endif
