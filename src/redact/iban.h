/* iban.h -- an international bank account number (ISO 13616): letters, check digits, mod 97. */
#ifndef GOODWILL_REDACT_IBAN_H
#define GOODWILL_REDACT_IBAN_H

#include "base/str.h"

/* Whether an IBAN has its check digits at s[at].  `named`: the word IBAN is near, so that one with a wrong digit but of
 * its country's length counts too. */
bool iban_find(Str s, size_t at, bool named, size_t *begin, size_t *end) MUST_USE;

#endif
