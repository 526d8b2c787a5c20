/* number.h -- digits as they are written and said, one piece at a time.
 *
 * In: a text and where a piece may begin.  Out: its digits.  A piece is a run
 * of written digits (ASCII, full width, Arabic, Indic) or one said number:
 * "four", "double four", "forty-two", "seventeen", "eight hundred".
 */
#ifndef GOODWILL_REDACT_NUMBER_H
#define GOODWILL_REDACT_NUMBER_H

#include "redact/lexicon.h"

enum { PIECE_DIGITS_MAX = 20 }; /* one more than the longest card number */

typedef struct Piece {
    size_t begin, end;
    size_t count; /* of digits; may be past PIECE_DIGITS_MAX, then `digit` holds the first ones */
    bool spoken;
    uint8_t digit[PIECE_DIGITS_MAX];
} Piece;

/* How two pieces hang together, from close to loose. */
typedef enum Glue {
    GLUE_NONE,   /* nothing between */
    GLUE_TIGHT,  /* blanks, dashes, dots, line breaks */
    GLUE_LOOSE,  /* commas, brackets */
    GLUE_SLASH,  /* as in dates */
    GLUE_FILLER, /* "um", "and then" */
    GLUE_TURN,   /* other turns */
    GLUE_BREAK,  /* anything else: not one number */
} Glue;

/* The digit at s[at]: bytes used, 0 when there is none. */
size_t digit_at(Str s, size_t at, uint8_t *ret);

bool piece_written(Str s, size_t at, Piece *ret) MUST_USE;
bool piece_spoken(Str s, size_t at, Piece *ret) MUST_USE;

/* What stands in s[begin, end).  `strangers`: how many unknown words may stand among the fillers.  A lone word that
 * sounds like a digit ("for") gives it in *soft; else *soft is 10. */
Glue glue_of(Str s, size_t begin, size_t end, int strangers, uint8_t *soft);

/* Bytes of a sign that people put between digits (blank, dash, dot and their Unicode relatives, joiners), 0 for others.
 */
size_t separator_at(Str s, size_t at);

#endif
