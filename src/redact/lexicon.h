/* lexicon.h -- the words that redaction knows: said digits, fillers, and what tells one number from another.
 *
 * In: the lists of words/redact as the build embedded them.  Out: a read-only table
 * made once for the process, so threads may share it.  Phrases are matched
 * word by word, the longest first, without regard to ASCII case, apostrophes
 * or how many blanks stand between.
 */
#ifndef GOODWILL_REDACT_LEXICON_H
#define GOODWILL_REDACT_LEXICON_H

#include "base/str.h"

/* Kinds of words, as the lists name them; a phrase may be of several. */
enum {
    LEX_DIGIT = 1u << 0,       /* value 0..9 */
    LEX_SOFT = 1u << 1,        /* sounds like a digit; counts between two others only */
    LEX_TEEN = 1u << 2,        /* value 10..19 */
    LEX_TENS = 1u << 3,        /* value 2..9, tens */
    LEX_TIMES = 1u << 4,       /* "double": the next digit, value times */
    LEX_ZEROS = 1u << 5,       /* "hundred": value zeros behind the digit before */
    LEX_FILLER = 1u << 6,      /* may stand between digits */
    LEX_SKIP = 1u << 7,        /* a filler with a count in it: "next four" */
    LEX_BACK = 1u << 8,        /* what the other side says while a number is read out */
    LEX_CARD_NUMBER = 1u << 9, /* a card number is coming */
    LEX_CARD = 1u << 10,
    LEX_CODE = 1u << 11,
    LEX_EXPIRY = 1u << 12,
    LEX_PHONE = 1u << 13,
    LEX_ID = 1u << 14, /* order, parcel, meter: a number that stays */
    LEX_IBAN = 1u << 15,
    LEX_DOT = 1u << 16,
    LEX_AT = 1u << 17,
    LEX_JOIN = 1u << 18, /* "underscore" */
    LEX_TLD = 1u << 19,
    LEX_HOST = 1u << 20,      /* "gmail" */
    LEX_MONTH = 1u << 21,     /* value 1..12 */
    LEX_UNIT = 1u << 22,      /* pounds, minutes: the number before is an amount */
    LEX_TITLE = 1u << 23,     /* "Mrs" */
    LEX_INTRO = 1u << 24,     /* "my name is" */
    LEX_NAME = 1u << 25,      /* a first name that is no other word */
    LEX_NAME_WORD = 1u << 26, /* a first name that is a word too: only with a capital, and not first in a sentence */
    LEX_OUTRO = 1u << 27,     /* "speaking", behind a name */
    LEX_PARTICLE = 1u << 28,  /* "van", "de": inside a surname */
    LEX_NOT_NAME = 1u << 29,  /* after "I'm": sorry, calling, … */
    LEX_ASIDE = 1u << 30,     /* as LEX_ID, right before the number only */
};
#define LEX_CODE_WORD (1u << 31) /* "code": a card's, once a card number was read */

#define LEX_CONTEXT                                                                                                    \
    (LEX_CARD_NUMBER | LEX_CARD | LEX_CODE | LEX_EXPIRY | LEX_PHONE | LEX_ID | LEX_IBAN | LEX_ASIDE | LEX_CODE_WORD)
#define LEX_SPOKEN (LEX_DIGIT | LEX_TEEN | LEX_TENS | LEX_TIMES)
/* The scan stops at these. */
#define LEX_TRIGGER (LEX_SPOKEN | LEX_SKIP | LEX_CONTEXT | LEX_DOT)

typedef struct LexHit {
    uint32_t flags, value;
    size_t end; /* behind the phrase */
} LexHit;

enum { LEX_FIRST_BITS = 14, LEX_PAIR_BITS = 15 };

/* What keeps the scan from looking most words up: one bit for each hash of the first eight letters (0 behind a shorter
 * word) of a trigger's first word; of a trigger of one word; and of the first eight letters of a longer one's first
 * word with the next word's first letter. */
extern uint64_t lex_first[(1 << LEX_FIRST_BITS) / 64], lex_alone[(1 << LEX_FIRST_BITS) / 64];
extern uint64_t lex_pair[(1 << LEX_PAIR_BITS) / 64];
extern uint8_t lex_letter[256]; /* 1..26, else 0 */

void lex_open(void); /* once is enough, any thread, again is free */

/* The longest phrase with one of the flags in `mask` that begins at s[at]; false when there is none. */
bool lex_match(Str s, size_t at, uint32_t mask, LexHit *ret) MUST_USE;

/* Behind the word at s[at] (letters and apostrophes in it); at itself when no letter is there. */
size_t lex_word_end(Str s, size_t at);

/* Whether a phrase with a flag in `mask` ends at s[end]; *ret gets where it begins. One word only. */
bool lex_word_before(Str s, size_t end, uint32_t mask, size_t *ret) MUST_USE;

/* The first eight letters of the word at s[at], folded as they are for lex_match; *end gets where the word ends. */
uint64_t lex_letters(Str s, size_t at, size_t *end);

static inline bool lex_has_bit(const uint64_t *map, uint32_t key) { return map[key >> 6] >> (key & 63) & 1; }

/* Fibonacci hashing. */
static inline uint32_t lex_first_of(uint64_t letters)
{
    return (uint32_t)((letters * 0x9E3779B97F4A7C15u) >> (64 - LEX_FIRST_BITS));
}

static inline uint32_t lex_pair_of(uint64_t letters, uint8_t next)
{
    return (uint32_t)(((letters + next) * 0xC2B2AE3D27D4EB4Fu) >> (64 - LEX_PAIR_BITS));
}

/* False when lex_match finds no trigger that begins with the word of these `letters` that ends at s[end]. */
static inline bool lex_may_trigger(Str s, uint64_t letters, size_t end)
{
    uint32_t first = lex_first_of(letters);
    if (LIKELY(!lex_has_bit(lex_first, first))) return false;
    if (lex_has_bit(lex_alone, first)) return true;
    if (end + 1 >= s.len || (s.data[end] != ' ' && s.data[end] != '-' && !ascii_space(s.data[end]))) return false;
    uint8_t next = (uint8_t)s.data[end + 1];
    if (UNLIKELY(next <= ' ' || next == '-')) return true; /* a wider gap: lex_match will see */
    return lex_has_bit(lex_pair, lex_pair_of(letters, lex_letter[next]));
}

#endif
