/* promise.h -- when a promise falls due, from its own words.
 *
 * In: the words of a promise ("I'll ring you back by five tomorrow") and the
 * point in time at which they were said, with the local offset.  Out: the point
 * at which it is due, or WHEN_NONE when the words name no time or nobody knows
 * when they were said.  Words of time are data: words/time.tsv.
 *
 * "by five" without am or pm is the next five o'clock of the working day: an
 * hour from 1 to 7 is after noon.  A day without an hour is due at its end, "first thing" at ten; a range at its later
 * end; a day of the month is the next one that there is.
 */
#ifndef GOODWILL_HEAR_PROMISE_H
#define GOODWILL_HEAR_PROMISE_H

#include "base/when.h"
#include "hear/words.h"

typedef struct TimeWords TimeWords; /* read-only; lives in the arena it was opened in */

TimeWords *time_words_open(const Words *words, Arena *arena);
int64_t promise_due(const TimeWords *words, Str promise, int64_t said, int offset_minutes);

#endif
