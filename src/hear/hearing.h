/* hearing.h -- what a thread knows of the conversation it is hearing: shared by the files of hear/ alone.
 *
 *   hear_run ─► speakers (who is staff) ─► judge (turn by turn: tokens, matches, guards, spans) ─► Marks, signals
 *            ─► reading (of the whole)
 *
 * All lists grow to the longest conversation met and are used again.
 */
#ifndef GOODWILL_HEAR_HEARING_H
#define GOODWILL_HEAR_HEARING_H

#include "hear/rules.h"

/* A match of a rule's phrase: tokens of its turn, counted from the turn's first. */
typedef struct Hit {
    uint32_t rule;
    uint32_t kind; /* PhraseKind */
    uint32_t begin, end;
} Hit;

typedef struct Turn {
    uint32_t first_token, token_count, word_count;
    uint32_t first_hit, hit_count; /* sorted by rule, kind, begin */
    uint32_t nth_long;             /* how many turns of its role before it had more than a few words */
    uint32_t nth, nth_from_end;    /* among the turns of its role, from 0 */
    bool judged;                   /* its words are looked at: public, of staff or a customer */
    bool punctuated;               /* it has sentence marks inside: else a transcript without any */
    uint64_t stems[4];             /* a bit for each stem of its first tokens: turn_may_have */
} Turn;

enum { TURN_STEMS_TOKENS = 100 };
static inline void turn_note_stem(Turn *turn, uint64_t stem)
{
    turn->stems[stem >> 56 & 3] |= (uint64_t)1 << (stem >> 58 & 63);
}
static inline bool turn_may_have(const Turn *turn, uint64_t stem)
{
    return turn->stems[stem >> 56 & 3] >> (stem >> 58 & 63) & 1;
}

/* The other party's last turn before one, its words by their keys: lists of those whose keys end alike. */
enum { OTHER_TOKENS_MAX = 200 };
typedef struct OtherTurn {
    uint32_t of, count; /* of: before which turn; UINT32_MAX: none yet */
    uint64_t key[OTHER_TOKENS_MAX];
    uint8_t first[256], next[OTHER_TOKENS_MAX]; /* from 1; 0: no more */
} OtherTurn;

/* A signal rule's match, for speakers and reading. */
typedef struct SignalHit {
    uint32_t rule, utterance, begin, end;
} SignalHit; /* bytes of the utterance's text */

typedef struct Hits {
    Hit *item;
    size_t count, capacity;
} Hits;
typedef struct SignalHits {
    SignalHit *item;
    size_t count, capacity;
} SignalHits;

/* Where sentences and clauses begin and end, for each token of one turn: [begin, end). */
typedef struct Bounds {
    uint32_t sentence_begin, sentence_end, clause_begin, clause_end;
} Bounds;

/* How far a guard over earlier turns has been sought in this conversation: turns before `looked` have not its words,
 * but for the last of them where `found`. */
typedef struct Met {
    uint32_t conversation, looked;
    bool found;
} Met;

/* A rule's words that passed its guards: tokens of the turn in hand. */
typedef struct Fired {
    uint32_t rule, begin, end;
} Fired;

/* Called for each judged turn when its rules' marks are made: h->bounds and h->fired are the turn's. */
typedef struct TurnSink TurnSink;
struct TurnSink {
    void (*turn)(TurnSink *sink, Hearing *h, const Conversation *c, uint32_t utterance);
};

/* Whether a sentence of the turn in hand has a guard's words. */
typedef struct InSentence {
    uint32_t rule, begin; /* which was asked last; UINT32_MAX: none of this turn */
    bool has;
} InSentence;

struct Hearing {
    const Hearer *hearer;
    const Rules *rules;
    Matcher *matcher;
    Tokens tokens;
    Matches matches;       /* of the turn in hand, or of a guard */
    Matches ahead;         /* of turns read together, by turn */
    Piece *piece;          /* turns to be read together */
    uint32_t *piece_first; /* where each one's matches begin among those ahead */
    size_t piece_count, piece_capacity, piece_first_capacity;
    Hits hits;
    SignalHits signals;
    uint64_t *key; /* hits of the turn in hand, to be sorted */
    size_t key_capacity;
    InSentence in_sentence[2]; /* NEAR, UNLESS */
    Turn *turn;
    size_t turn_capacity;
    Bounds *bounds;
    size_t bounds_capacity;
    uint64_t *echo_slot; /* content words of the other party's last turns */
    uint32_t *echo_stamp;
    uint32_t echo_now, echo_of; /* of which turn the set is */
    uint32_t echo_mask;         /* slots in use - 1: few for few words, so that they stay near */
    OtherTurn other;
    Mark *mark;
    size_t mark_count, mark_capacity;
    Fired *fired; /* of the turn in hand */
    size_t fired_count, fired_capacity;
    Mark *rule_mark; /* what the rules alone marked, of all turns so far */
    size_t rule_mark_count, rule_mark_capacity;
    TurnSink *sink;         /* NULL: nobody asks */
    TurnSink *listening;    /* the models', where there are some */
    Met *met[4];            /* by EARLIER, EARLIER_NOT, OWN, OWN_NOT; by rule */
    uint32_t long_turns[2]; /* by Who, so far */
    uint32_t conversation;  /* counts up */
    uint64_t name[64];
    size_t name_count; /* of people in this conversation */
};

typedef struct OutcomeModel OutcomeModel;

/* Behaviours that readings ask for by name; NO_BEHAVIOUR when the words in force have none of that name. */
typedef struct HearerKnown {
    uint16_t demand, need, commitment, ownership;
} HearerKnown;

struct Hearer {
    Arena arena;
    Words words;
    Rules *rules;
    HearerKnown known;
    uint8_t *span_of;   /* SpanMode by behaviour, of words that a model alone found: words/spans.tsv */
    int8_t *emotion_of; /* by behaviour, hundredths: words/emotion.tsv */
    struct TimeWords *time_words;
    struct Lexicon *lexicon;
    ReaderKind reader;
    HearAgreement *agreement;                  /* by behaviour */
    bool agreement_is_own;                     /* the table is not the built-in one */
    struct Listener *listener;                 /* NULL: rules alone */
    uint64_t key_you, key_your, key_i, key_we; /* words that tell who is spoken of */
    OutcomeModel *outcome;
};

/* Room for `count` items of a malloc'ed list. */
void *hearing_room(void *list, size_t *capacity, size_t count, size_t size);

/* speakers.c: decides roles that the source left open.  Needs nothing but the texts. */
void speakers_decide(Hearing *h, Conversation *c);
/* After judging: says so when the roles that the source gave look swapped. */
void speakers_check(const Hearing *h, Conversation *c);

/* judge.c: fills h->turn, h->tokens, h->hits, h->signals and h->mark. */
void judge_run(Hearing *h, const Conversation *c);
/* Tokens and hits of one turn under one root; appended to h->tokens and h->hits. */
void judge_read_turn(Hearing *h, const Conversation *c, uint32_t utterance, unsigned root, Turn *turn);

/* 100 when the tokens [begin, end) of a turn are specific to this case, 50 when they are generic. */
uint8_t judge_quality(Hearing *h, const Conversation *c, uint32_t utterance, uint32_t begin, uint32_t end);
/* Tokens [begin, end) of the turn in hand, widened as `mode` asks. */
void judge_widen(const Hearing *h, uint32_t utterance, SpanMode mode, uint32_t *begin, uint32_t *end);
/* Marks from `first` on: those of one behaviour that share a byte become one, the surer one's; then ordered by place.
 */
void judge_merge(Hearing *h, size_t first);

/* Staff's turns are read with one root, customers' with the other; -1: nobody whom we judge. */
int role_root(Role role);
/* The other party's last turns before `utterance`: their indices, newest first.  Returns how many (at most `most`). */
size_t other_turns(const Hearing *h, const Conversation *c, uint32_t utterance, uint32_t *ret, size_t most);
/* Content words of a span of turn `utterance` that come back from the other party's last turns. */
uint32_t echo_count(Hearing *h, const Conversation *c, uint32_t utterance, uint32_t begin_token, uint32_t end_token);
uint64_t stem_of(const Rules *rules, Str text,
                 const Token *token); /* 0: no content word; token->stem once it is read */

/* reading.c */
void reading_make(Hearing *h, const Conversation *c, Arena *arena, Reading *ret);

#endif
