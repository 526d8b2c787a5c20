/* mail.h -- e-mail addresses, written and said. */
#ifndef GOODWILL_REDACT_MAIL_H
#define GOODWILL_REDACT_MAIL_H

#include "base/str.h"

/* The address around the '@' at s[at]; nothing before `floor` is taken. */
bool mail_written(Str s, size_t at, size_t floor, size_t *begin, size_t *end) MUST_USE;

/* The address whose host holds the word "dot" (or the sign '.') at s[dot]: "jo dot bell at example dot com",
 * "jo at gmail.com". */
bool mail_spoken(Str s, size_t dot, size_t floor, size_t *begin, size_t *end) MUST_USE;

#endif
