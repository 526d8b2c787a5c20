/* scan.h -- finds the few places of a text where redaction has to look.
 *
 * Stops at: the first digit of each run of digits, '@', a word that may be
 * the first of one of the lexicon's triggers, the first byte of what
 * may be a digit of another script, and '.' before a letter.  64 bytes at a time
 * with SSE2, which every amd64 has; elsewhere byte by byte.  A text without
 * digits is passed at about a gigabyte a second.
 */
#ifndef GOODWILL_REDACT_SCAN_H
#define GOODWILL_REDACT_SCAN_H

#include "redact/lexicon.h"

typedef struct Scan {
    Str s;
    size_t base;        /* of the block that `stops` belongs to */
    uint64_t stops;     /* places in it that are still to come */
    uint64_t words;     /* of these: where words begin */
    uint64_t letters;   /* all of ASCII's in it */
    bool letter, digit; /* the last byte before the next block is one */
} Scan;

void scan_open(Scan *scan, Str s);

/* The next place, in order.  False at the end. */
bool scan_next(Scan *scan, size_t *ret) MUST_USE;

#endif
