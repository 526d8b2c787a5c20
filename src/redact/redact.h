/* redact.h -- personal and card data leave the text before anything else sees it.
 *
 * In: a Conversation.  Out: the same, its texts (and subject) with placeholders:
 * [CARD] [CARD CODE] [CARD EXPIRY] [IBAN] [EMAIL] [PHONE] and, with
 * REDACT_NAMES, [NAME].
 * Pure and deterministic; a conversation is redacted as a whole, since a card
 * number may be read out over several turns.  Evidence offsets are made on the
 * redacted text, so nothing downstream can point at what is gone.
 *
 * A card number is 13 to 19 digits that pass Luhn (ISO/IEC 7812-1), written
 * with blanks, dots or dashes, or spoken ("four one double one…").  A card code
 * is three or four digits said to be one.  An IBAN passes mod 97 (ISO 13616).
 */
#ifndef GOODWILL_REDACT_REDACT_H
#define GOODWILL_REDACT_REDACT_H

#include "import/conversation.h"

typedef enum RedactLevel { REDACT_OFF, REDACT_DEFAULT, REDACT_NAMES } RedactLevel;

typedef enum RedactKind {
    REDACTED_CARD,
    REDACTED_CARD_CODE,
    REDACTED_CARD_EXPIRY,
    REDACTED_IBAN,
    REDACTED_EMAIL,
    REDACTED_PHONE,
    REDACTED_NAME,
    REDACTED_KINDS
} RedactKind;

typedef struct RedactCounts {
    uint32_t by_kind[REDACTED_KINDS];
} RedactCounts;

bool redact_level_from(Str name, RedactLevel *ret) MUST_USE; /* "off", "default", "names" */
const char *redact_placeholder(RedactKind kind);             /* "[CARD]" */

/* Replaces in place: new texts live in `arena`, untouched ones stay the views they were.
 * Also redacts participants' e-mail (always) and names (REDACT_NAMES). Counts are added to *counts (may be NULL). */
void redact_conversation(Conversation *conversation, RedactLevel level, Arena *arena, RedactCounts *counts);

/* One text alone; returns s itself when there was nothing to redact. */
Str redact_text(Str s, RedactLevel level, Arena *arena, RedactCounts *counts);

#endif
