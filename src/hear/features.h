/* features.h -- what a learned model looks at in a few words of a turn, as numbers.
 *
 * In: a turn that was tokenised and judged by the rules, and a unit of it: a clause, or the whole.
 * Out: 64-bit names of features (hashes), in groups:
 *
 *   WORDS    one to three words, words with one left out, stems, kinds of words (words/kinds.txt)
 *   LETTERS  three to five letters within a word; of whole turns also signs: !!! :-) and the like, shouting
 *   AROUND   words of the clauses beside it and of the rest of the turn
 *   BEFORE   words of the other party's turn before
 *   FACTS    rules that fired, what was marked before, place, length, what comes back of what the other party said
 *
 * The same bytes give the same names on every machine: models are trained and used with this very code.
 */
#ifndef GOODWILL_HEAR_FEATURES_H
#define GOODWILL_HEAR_FEATURES_H

#include "hear/hearing.h"

typedef enum FeatureGroup {
    GROUP_WORDS,
    GROUP_LETTERS,
    GROUP_AROUND,
    GROUP_BEFORE,
    GROUP_FACTS,
    GROUP_RULES,
    GROUP_COUNT
} FeatureGroup;

typedef struct Features {
    uint64_t *item;
    size_t count, capacity;  /* malloc'ed, used again: features_clear */
    size_t end[GROUP_COUNT]; /* group g is [end[g - 1], end[g]) */
} Features;

/* Words of one kind, and what names each symbol. */
typedef struct Lexicon Lexicon;
bool lexicon_open(const Words *words, const Rules *rules, Arena *arena, Lexicon **ret, Err *err) MUST_USE;

/* A part of a turn: tokens [begin, end) counted from the turn's first; begins and ends with a word. */
typedef struct Unit {
    uint32_t begin, end;
} Unit;

/* Clauses of a turn whose bounds are in h->bounds; at most `most`. */
size_t units_of_turn(const Hearing *h, const Turn *turn, Unit *ret, size_t most);

/* Groups that are wanted, as bits 1 << group; FEATURES_SIGNS beside them: signs and shouting too, into LETTERS. */
enum { FEATURES_ALL = (1 << GROUP_COUNT) - 1, FEATURES_SIGNS = 1 << GROUP_COUNT };

/* Beside them too: without what features_of_word has of its words, without what features_of_turn has of all units. */
enum { FEATURES_WORDS_APART = 1 << (GROUP_COUNT + 1), FEATURES_TURN_APART = 1 << (GROUP_COUNT + 2) };

/* Replaces what `ret` held.  `units`, `index`: all units of the turn, and which one is meant. */
void features_of_unit(Hearing *h, const Conversation *c, uint32_t utterance, const Unit *units, size_t count,
                      size_t index, unsigned wanted, Features *ret);

/* Parts of it that come back from unit to unit, appended: what WORDS has of one word alone; what LETTERS has of it
 * (false: nothing, it is a part of one or a figure); what AROUND has of it, and of the pairs of one of the UNITS_BESIDE
 * units on either side; what FACTS has of all units of the turn. */
enum { UNITS_BESIDE = 4, FEATURES_WORDS_MAX = 400 /* words of a unit that are looked at */ };
enum { FEATURES_LETTERS_MAX = 24 /* of a word, from its first */ };
void features_of_word(const Hearing *h, const Token *token, Features *ret);
static inline bool features_has_letters(const Token *token)
{
    return !(token->flags & TOKEN_PART) && (token->symbol <= SYM_CAPITAL || token->symbol >= SYM_FIRST_WORD);
}
bool features_of_letters(const Token *token, Str text, Features *ret);
void features_of_word_beside(const Hearing *h, const Token *token, Features *ret);
void features_of_pairs_beside(const Hearing *h, const Turn *turn, Unit unit, Features *ret);
void features_of_turn(const Hearing *h, const Conversation *c, uint32_t utterance, size_t units, Features *ret);
uint64_t features_key(const Hearing *h, const Token *token); /* equal keys and stems: equal features_of_word */
void features_clear(Features *features);

#endif
