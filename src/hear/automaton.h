/* automaton.h -- all phrases of all rules as one automaton over symbols.
 *
 * In: phrases, built element by element (words, sets, gaps, choices), each with
 * the number it reports.  Out: every match in a token sequence: which phrase,
 * from which token to which, every end of it.
 *
 *   phrases ─► NFA (Thompson's construction) ─► DFA, built as texts ask for it
 *
 * A match is sought from every token, so its beginning is always known, and the
 * run ends as soon as no phrase can go on: the cost does not grow with the
 * number of phrases, but with how far texts look like them.  DFA states live in
 * a Matcher, which a thread owns and which forgets them when they pass
 * MATCHER_STATES_MAX; matches never depend on what it remembers.
 *
 * The Automaton is read-only once compiled.
 */
#ifndef GOODWILL_HEAR_AUTOMATON_H
#define GOODWILL_HEAR_AUTOMATON_H

#include "hear/text.h"

enum {
    NODES_MAX = 4000000,
    MATCHER_STATES_MAX = 48000, /* what a thread remembers at most: about 30 MB */
    MATCHER_NODES_MAX = 1600000,
    MATCHER_CELLS_MAX = 1500000,
    MATCH_TOKENS_MAX = 120, /* no phrase reaches further */
    ROOTS = 2,              /* groups of phrases sought in every turn: of what staff say, of what customers say */
};

typedef struct Automaton Automaton;
typedef struct Matcher Matcher;
typedef uint32_t Node; /* a place in the NFA */

Automaton *automaton_new(void);
void automaton_free(Automaton *automaton); /* NULL is fine */

/* Building: each call makes nodes that lead to `next`; begin at the end of the phrase and go forwards to its start. */
Node automaton_accept(Automaton *a, uint32_t phrase);
Node automaton_symbol(Automaton *a, Symbol symbol, Node next);
Node automaton_set(Automaton *a, uint32_t set, Node next);
Node automaton_any(Automaton *a, Node next); /* one word, whichever */
Node automaton_either(Automaton *a, Node one, Node other);
Node automaton_end(Automaton *a, Node next); /* SYM_STOP or SYM_QUESTION */
uint32_t automaton_set_new(Automaton *a);    /* a set of symbols */
void automaton_set_add(Automaton *a, uint32_t set, Symbol symbol);
const Symbol *automaton_set_symbols(const Automaton *a, uint32_t set, size_t *count);
/* Phrases are sought by groups: 0 to ROOTS - 1 in all that somebody says, others only where somebody asks for them. */
uint32_t automaton_group_new(Automaton *a);
void automaton_start(Automaton *a, uint32_t group, bool at_sentence_start_only, Node node);
/* Each match of the group has one of these, with at most `words_before` words before it. */
void automaton_need(Automaton *a, uint32_t group, bool is_set, uint32_t symbol_or_set, uint32_t words_before);
void automaton_longest(Automaton *a, uint32_t group, uint32_t words); /* no match has more */
uint32_t automaton_group_words(const Automaton *a, uint32_t group);
bool automaton_compile(Automaton *a, uint32_t symbol_count, Err *err) MUST_USE;
size_t automaton_nodes(const Automaton *a);

/* A text among others: tokens [first, first + count), looked at with one root. */
typedef struct Piece {
    uint32_t first, count;
    unsigned root;
} Piece;

typedef struct Match {
    uint32_t phrase;
    uint32_t begin, end; /* tokens [begin, end) of its piece */
    uint32_t piece;
} Match;

typedef struct Matches {
    Match *item;
    size_t count, capacity;
} Matches; /* malloc'ed: matches_clear */

Matcher *matcher_new(const Automaton *a);
void matcher_free(Matcher *matcher);
/* Appends the matches of all pieces, in no order.  Many pieces at once are quicker than one by one: their steps do not
 * wait for one another. */
void matcher_run(Matcher *matcher, const Token *token, const Piece *piece, size_t pieces, Matches *ret);
/* A group's matches in one text that begin at tokens [from, to): for a few phrases in a few turns.  `first_only`: one
 * match is enough. */
void matcher_find(Matcher *matcher, uint32_t group, const Token *token, size_t count, uint32_t from, uint32_t to,
                  bool first_only, Matches *ret);
void matches_clear(Matches *matches);

#endif
