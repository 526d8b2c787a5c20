/* when.h -- points in time, without a clock: parsing, printing and the calendar.
 *
 * A point is int64_t milliseconds since 1970-01-01T00:00:00Z; WHEN_NONE when it
 * is not known.  Nothing here asks what time it is.  Calendar arithmetic is the
 * proleptic Gregorian calendar's (Hinnant, "chrono-compatible low-level date
 * algorithms").
 */
#ifndef GOODWILL_BASE_WHEN_H
#define GOODWILL_BASE_WHEN_H

#include "base/buf.h"

#define WHEN_NONE INT64_MIN

typedef struct Date {
    int year, month, day; /* month 1..12, day 1..31 */
    int hour, minute, second, millisecond;
} Date;

/* RFC 3339, and its relatives seen in exports: blank for 'T', no seconds, no offset (read as UTC), "+0000", "+00",
 * " UTC", a blank before the offset, fractions of any length (what is past milliseconds is cut) also after a comma.
 * Years 0001 to 9999, offsets up to 18 hours; a leap second reads as 59.999.  The whole string must be the time.
 * *offset_minutes (may be NULL) gets the offset as written. */
bool when_parse(Str s, int64_t *ret, int *offset_minutes) MUST_USE;
int64_t when_from_date(Date date); /* taken as UTC; what is below the month may run over (day 0, hour 30) */
Date when_to_date(int64_t when);   /* in UTC */
bool date_valid(Date date);
int date_weekday(int64_t when); /* 0 Monday .. 6 Sunday, in UTC */

/* RFC 3339 with 'Z' or the offset given (up to 18 hours), with milliseconds only when they are not zero. */
void when_print(Buf *buf, int64_t when, int offset_minutes);

#endif
