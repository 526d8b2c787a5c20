/* rules.h -- rules in plain text become one automaton and a table of what its matches mean.
 *
 * In: the words in force (each .rules file of words/rules, spelling.tsv, irregular.tsv,
 * stopwords.txt, behaviours.tsv).  Out: Rules, read-only, shared by threads.
 * The language is told in docs/rules.md.
 *
 * Mistakes are reported one by one with file, line and reason; a rule with a
 * mistake is left out, so that `rules check` can name them all.  hear_open
 * refuses words that hold any.
 */
#ifndef GOODWILL_HEAR_RULES_H
#define GOODWILL_HEAR_RULES_H

#include "hear/automaton.h"
#include "hear/hear.h"
#include "hear/words.h"

/* What a phrase of a rule is for. */
typedef enum PhraseKind {
    PHRASE_SAY,    /* these words are the behaviour */
    PHRASE_NOT,    /* … unless these overlap them */
    PHRASE_NEAR,   /* the same sentence has it */
    PHRASE_UNLESS, /* the same sentence must not have it */
    PHRASE_TURN,   /* the same turn has it */
    PHRASE_TURN_NOT,
    PHRASE_OTHER, /* the other party's turn before has it */
    PHRASE_OTHER_NOT,
    PHRASE_EARLIER, /* some earlier turn of the other party has it */
    PHRASE_EARLIER_NOT,
    PHRASE_OWN, /* some earlier turn of the same party has it */
    PHRASE_OWN_NOT,
    PHRASE_BOUNDARY, /* a clause begins with these words */
    PHRASE_KINDS,
} PhraseKind;

typedef enum SpanMode {
    SPAN_CLAUSE,
    SPAN_MATCH,
    SPAN_SENTENCE,
    SPAN_TURN,
    SPAN_TO_CLAUSE_END,
    SPAN_TO_SENTENCE_END,
    SPAN_FROM_CLAUSE_START
} SpanMode;
typedef enum Place {
    PLACE_ANY = 0,
    PLACE_FIRST = 1,
    PLACE_LAST = 2,
    PLACE_OPENING = 4,
    PLACE_CLOSING = 8,
    PLACE_NOT_FIRST = 16,
    PLACE_NOT_LAST = 32,
    PLACE_FIRST_LONG = 64
} Place;

enum { NO_BEHAVIOUR = UINT16_MAX };

typedef struct Rule {
    Str file, name, about; /* "recovery.rules", "sorry-for-a-thing", "says sorry and for what" */
    uint32_t line;
    uint16_t behaviour;    /* NO_BEHAVIOUR for a signal */
    Str signal;            /* name of a signal, else empty */
    bool is_emotion;       /* the signal is "emotion": what a customer expresses */
    bool is_speaker;       /* the signal is "speaker": who is staff */
    int32_t weight;        /* of a signal */
    bool who[2];           /* by Who: whose words it is looked for in */
    uint8_t sure, quality; /* hundredths; quality 0: found from the words themselves */
    uint8_t span;          /* SpanMode */
    uint8_t place;         /* Place bits: one is enough */
    uint16_t channels;     /* bits by Channel; 0: all */
    bool asks, tells;      /* only in a question; only outside one */
    uint8_t echo;          /* at least so many content words of the span come back from the other party's last turns */
    uint8_t echo_max;      /* at most; UINT8_MAX: any number */
    uint16_t words_min, words_max; /* of the turn */
    uint16_t has;                  /* bits by PhraseKind that the rule has phrases of */
    uint32_t group[PHRASE_KINDS];  /* of its guards' phrases: asked only when its own words were met */
    Str reason;                    /* as hear_reason gives it */
    uint64_t behaviour_key;        /* hash of the behaviour's id: what models know it by */
    bool is_own;                   /* of a company's own words: no model has a say in it */
} Rule;

typedef struct Phrase {
    uint32_t rule;
    PhraseKind kind;
} Phrase;

typedef struct Rules {
    Arena arena;
    Vocabulary vocabulary;
    Automaton *automaton;
    uint64_t *stem; /* by symbol: of its word, 0 for words that carry no content */
    Behaviour *behaviour;
    uint32_t behaviour_count;
    Rule *rule;
    uint32_t rule_count, rule_capacity;
    Phrase *phrase;
    uint32_t phrase_count, phrase_capacity;
    Str hash;
} Rules;

/* Reports go to `report` (one a line: "recovery.rules line 12: reason"); the count of mistakes comes back. */
Rules *rules_open(const Words *words, Buf *report, size_t *mistakes, Err *err) MUST_USE;
void rules_free(Rules *rules);

/* --- between rules_parse.c and phrase.c ------------------------------------ */

typedef struct ClassText {
    Str name, text, file;
    uint32_t line;
    struct Element *parsed;
    bool busy;
} ClassText;

typedef struct Classes {
    ClassText *item;
    uint32_t count, capacity;
} Classes;

/* One phrase of a rule's language; see phrase.c. */
typedef struct PhraseContext {
    Rules *rules;
    Arena *arena; /* for the parsed form */
    Classes *classes;
    Irregular irregular;
    unsigned classes_open; /* that are being read, one within the other */
    uint32_t counting;     /* phrases counted so far */
    uint32_t *occurs;      /* by symbol: in how many phrases */
} PhraseContext;

struct Element;
struct Element *phrase_parse(PhraseContext *context, Str text, bool *sentence_start,
                             Err *err) MUST_USE;             /* NULL on error */
bool phrase_begins_with_word(const struct Element *element); /* or a shape or mark, in every way to read it */
Node phrase_nodes(PhraseContext *context, const struct Element *element, Node next);
/* Counts a phrase's words, so that phrase_need knows the rare ones. */
void phrase_count(PhraseContext *context, struct Element *element);
/* Tells the group by which words it may be left out: one of those in every way to read the phrase. */
void phrase_need(PhraseContext *context, struct Element *element, uint32_t group);

#endif
