/* text.h -- a turn's text becomes tokens: one pass, byte offsets kept.
 *
 * In: valid UTF-8 text and the vocabulary.  Out: tokens in order.  A word that
 * spelling.tsv writes out gives several tokens with the same bytes.  Ends of
 * sentences, questions and commas are tokens too (SYM_STOP, SYM_QUESTION,
 * SYM_COMMA); every text ends with SYM_STOP or SYM_QUESTION.
 */
#ifndef GOODWILL_HEAR_TEXT_H
#define GOODWILL_HEAR_TEXT_H

#include "hear/vocabulary.h"

enum {
    TOKEN_CAPITAL = 1,
    TOKEN_ALL_CAPS = 2,
    TOKEN_STARTS_SENTENCE = 4,
    TOKEN_PART = 8 /* not the first of a word written out */
};

typedef struct Token {
    uint32_t begin, end; /* bytes of the text */
    Symbol symbol;
    uint8_t flags;
    uint64_t hash; /* of the folded word, 0 for punctuation: names words that have no symbol */
    uint64_t stem; /* of words that carry content: judge.c fills it in */
} Token;

typedef struct Tokens {
    Token *item;
    size_t count, capacity; /* malloc'ed; grows from turn to turn: tokens_clear */
} Tokens;

/* Appends the tokens of `text`. `names` holds folded hashes of names to be seen as SYM_NAME (may be empty). */
typedef struct NameSet {
    const uint64_t *hash;
    size_t count;
} NameSet;
void text_tokens(Tokens *tokens, const Vocabulary *vocabulary, NameSet names, Str text);
void tokens_clear(Tokens *tokens);

static inline bool token_is_word(const Token *token) { return token->symbol > SYM_COMMA; }

#endif
