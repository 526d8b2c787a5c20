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
    MATCHER_STEPS_MAX = 480000,
    MATCH_TOKENS_MAX = 120, /* no phrase reaches further */
    ROOTS = 2,              /* one automaton for what staff say, one for what customers say */
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
void automaton_start(Automaton *a, unsigned root, bool at_sentence_start_only, Node node);
bool automaton_compile(Automaton *a, uint32_t symbol_count, Err *err) MUST_USE;
size_t automaton_nodes(const Automaton *a);

typedef struct Match {
    uint32_t phrase;
    uint32_t begin, end; /* tokens [begin, end) */
} Match;

typedef struct Matches {
    Match *item;
    size_t count, capacity;
} Matches; /* malloc'ed: matches_clear */

Matcher *matcher_new(const Automaton *a);
void matcher_free(Matcher *matcher);
void matcher_run(Matcher *matcher, unsigned root, const Token *token, size_t count, Matches *ret); /* appends */
void matches_clear(Matches *matches);

#endif
