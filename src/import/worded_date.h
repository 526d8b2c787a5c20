/* worded_date.h -- dates with the month as a word: "Tue Oct 31 22:10:47 +0000 2017", "Feb 3, 2026 9:15 AM",
 * "03-Feb-2026".
 *
 * English months and weekdays, in whole or by three letters.  A day, a month and
 * a year of four digits must be there; the clock may be missing.  A zone is an
 * offset, UTC, GMT or Z; other names of zones are refused, since they are not one.
 */
#ifndef GOODWILL_IMPORT_WORDED_DATE_H
#define GOODWILL_IMPORT_WORDED_DATE_H

#include "base/str.h"
#include "base/when.h"

bool worded_date(Str s, int64_t *ret, int *offset_minutes) MUST_USE;

/* "AM", "pm", "a.m.", "p. m." off the front: 1 for the morning, 2 for the afternoon, 0 when neither stands there. */
int take_half_day(Str *s);

/* The hour of 24 of an hour of twelve; false when it is none. */
bool half_day_hour(int half, int *hour);

#endif
