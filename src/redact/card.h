/* card.h -- is this row of digits a payment card number (ISO/IEC 7812-1)? */
#ifndef GOODWILL_REDACT_CARD_H
#define GOODWILL_REDACT_CARD_H

#include "base/base.h"

enum { CARD_MIN = 13, CARD_MAX = 19 };

bool card_luhn(const uint8_t *digit, size_t count);

/* Whether a card scheme issues numbers that begin so, in this length. */
bool card_known(const uint8_t *digit, size_t count);

/* MM YY or MM YYYY, as three to six digits: 927, 0927, 092027. */
bool card_expiry(const uint8_t *digit, size_t count);

#endif
