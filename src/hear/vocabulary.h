/* vocabulary.h -- words become symbols: small numbers that rules and texts share.
 *
 * In: the words that the rules name, and words/spelling.tsv, which writes short
 * and sloppy forms out ("don't", "dont" -> do not; "gonna" -> going to), so that
 * one phrase in a rule meets all of them.  Out: a table from a folded word to
 * one symbol or to a few.  Words that no rule names have no entry: the text
 * gives them a symbol by their shape (a number, a capital, a code).
 *
 * Read-only once the rules are compiled; threads share it.
 */
#ifndef GOODWILL_HEAR_VOCABULARY_H
#define GOODWILL_HEAR_VOCABULARY_H

#include "base/arena.h"
#include "base/err.h"

typedef uint16_t Symbol;

enum {
    SYM_STOP,        /* end of a sentence: . ! … a line break, the end of the turn */
    SYM_QUESTION,    /* ? */
    SYM_COMMA,       /* , ; : - ( ): patterns step over it unless they ask for it */
    SYM_WORD,        /* a word that no rule names */
    SYM_CAPITAL,     /* such a word with a capital, not at the start of a sentence */
    SYM_NUMBER,      /* 12  4,000  0.5 */
    SYM_ORDINAL,     /* 3rd */
    SYM_MONEY,       /* £12.50  40€ */
    SYM_CLOCK,       /* 9:30  10am */
    SYM_DATE,        /* 12/03  2026-03-02 */
    SYM_PERCENT,     /* 10% */
    SYM_CODE,        /* AB1234: letters and digits together */
    SYM_NAME,        /* a name of somebody in this conversation, as the source told it */
    SYM_PLACEHOLDER, /* [CARD]: what redaction left */
    SYM_FIRST_WORD,  /* vocabulary from here on */
    SYM_MAX = 60000,
};

enum { WORD_PARTS_MAX = 4, WORD_BYTES_MAX = 48 };

typedef struct WordEntry {
    uint64_t hash;               /* of the folded bytes; 0: an empty slot */
    Symbol part[WORD_PARTS_MAX]; /* what it is written out to */
    uint8_t part_count;
} WordEntry;

typedef struct Vocabulary {
    WordEntry *slot;
    uint32_t *tag; /* the upper half of each slot's hash: what is looked at first, an eighth the size */
    uint32_t mask, used;
    Str *name; /* by symbol */
    struct {
        Str text;
        Symbol symbol;
    } ending[8]; /* words/endings.tsv: what an apostrophe joins to any word */
    uint32_t ending_count;
    uint8_t *is_abbreviation; /* by symbol: words/abbreviations.txt, whose dot ends no sentence */
    uint8_t *is_common;       /* by symbol: words/stopwords.txt, which carry no content */
    uint32_t symbol_count, symbol_capacity;
    Arena *arena;
} Vocabulary;

void vocabulary_init(Vocabulary *v, Arena *arena); /* ends with vocabulary_clear */
void vocabulary_clear(Vocabulary *v);
bool vocabulary_add(Vocabulary *v, Str folded_word, Symbol *ret, Err *err) MUST_USE; /* finds or makes it */
bool vocabulary_spelling(Vocabulary *v, Str from, Str to_words, Err *err) MUST_USE;  /* "gonna" -> "going to" */
bool vocabulary_ending(Vocabulary *v, Str ending, Str word, Err *err) MUST_USE;      /* "'s" -> "is" */
/* "boiler's": where its ending begins, and the symbol of that; `folded.len` when it has none. */
size_t vocabulary_split(const Vocabulary *v, Str folded, Symbol *ret);
void vocabulary_abbreviation(Vocabulary *v, Str folded_word);
void vocabulary_common(Vocabulary *v, Str folded_word);

/* FNV-like over 8 bytes at a time; the text's tokenizer computes the same while it folds. */
#define WORD_HASH_SEED ((uint64_t)0x9e3779b97f4a7c15u)
static inline uint64_t word_hash_step(uint64_t hash, uint64_t eight_bytes)
{
    hash = (hash ^ eight_bytes) * 0xff51afd7ed558ccdu;
    return hash ^ hash >> 32;
}
/* `rest`: the last len % 8 bytes, the first of them lowest. */
static inline uint64_t word_hash_end(uint64_t hash, uint64_t rest, size_t len)
{
    hash = (hash ^ rest ^ ((uint64_t)len << 56)) * 0xff51afd7ed558ccdu;
    hash ^= hash >> 29;
    return hash ? hash : 1;
}
static inline uint64_t word_hash(Str s)
{
    uint64_t hash = WORD_HASH_SEED, rest = 0;
    size_t at = 0;
    for (; at + 8 <= s.len; at += 8) {
        uint64_t word = 0;
        for (size_t i = 0; i < 8; i++) word |= (uint64_t)(unsigned char)s.data[at + i] << (8 * i);
        hash = word_hash_step(hash, word);
    }
    for (size_t i = 0; at + i < s.len; i++) rest |= (uint64_t)(unsigned char)s.data[at + i] << (8 * i);
    return word_hash_end(hash, rest, s.len);
}

Str word_fold(Arena *arena, Str word); /* lower case, ’ to ' */

static inline const WordEntry *vocabulary_find(const Vocabulary *v, uint64_t hash)
{
    uint32_t tag = (uint32_t)(hash >> 32) | 1;
    for (uint32_t at = (uint32_t)hash & v->mask; v->tag[at]; at = (at + 1) & v->mask)
        if (v->tag[at] == tag && v->slot[at].hash == hash) return &v->slot[at];
    return NULL;
}

/* Endings off, so that forms of one word meet: charges, charged, charging -> charg.  0: too short to carry content. */
uint64_t word_stem(Str word);

/* words/irregular.tsv, to be asked by the first word of its lines ("go goes went gone going"). */
typedef struct Irregular {
    Str *line;
    uint64_t *hash;
    size_t mask;
} Irregular;
void irregular_open(Irregular *ret, Arena *arena, Str table); /* borrows the table */

/* The forms of an English word that a rule means by `word~`: refund~ is refund, refunds, refunded, refunding. */
typedef struct Forms {
    Str item[12];
    size_t count;
} Forms;
void word_forms(Arena *arena, Str word, const Irregular *irregular, Forms *ret);

#endif
