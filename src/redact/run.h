/* run.h -- digits that one speaker writes or reads out, in one turn or over several, and what they are.
 *
 *   pieces ──► run of digits, each with its place ──► closed by other words ──► card? code? expiry? phone? ──► spans
 *
 * A Reader goes over all turns of a conversation once.  It keeps, for each kind
 * of context ("card number", "order number"), where it was last spoken of, and
 * one open run for each of a few speakers.  Runs are bounded, so memory is, too.
 */
#ifndef GOODWILL_REDACT_RUN_H
#define GOODWILL_REDACT_RUN_H

#include "redact/card.h"
#include "redact/number.h"
#include "redact/redact.h"

enum {
    RUN_MAX = 512,    /* digits of an open run; a longer one is judged in parts that overlap */
    SPEAKERS_MAX = 4, /* who read numbers out lately */
    KNOWN_MAX = 16,   /* card numbers remembered, to find them said again */
};

typedef struct RedactSpan {
    uint32_t turn, begin, end;
    RedactKind kind;
} RedactSpan;

/* A place in the conversation. `clock` counts turns that say something. */
typedef struct Place {
    bool set;
    uint32_t turn, clock, at;
} Place;

typedef enum Topic {
    TOPIC_CARD_NUMBER,
    TOPIC_CARD,
    TOPIC_CODE,
    TOPIC_EXPIRY,
    TOPIC_PHONE,
    TOPIC_ID,
    TOPIC_IBAN,
    TOPIC_ASIDE,
    TOPICS
} Topic;

typedef struct RunDigit {
    uint32_t turn, begin, end; /* of its piece */
    uint8_t value;
    uint8_t glue; /* Glue to the digit before */
    bool first;   /* of its piece */
    bool last;
    bool soft; /* sounds like a digit, may be a word */
    bool spoken;
} RunDigit;

typedef struct Run {
    RunDigit digit[RUN_MAX];
    uint32_t count;
    uint32_t speaker;   /* 0: free */
    uint32_t clock;     /* of its last digit */
    bool plus, bracket; /* '+' or '(' before its first digit */
    Place start;
    Place topic[TOPICS]; /* as they stood at its start */
} Run;

typedef struct Known {
    uint8_t digit[CARD_MAX];
    uint8_t count;
} Known;

typedef struct Reader {
    Arena *arena; /* holds the spans */
    Str (*text)(const void *owner, uint32_t turn);
    const void *owner;
    RedactSpan *span;
    size_t span_count, span_capacity;
    Place topic[TOPICS];
    bool card_spoken_of;           /* anywhere so far */
    Place card_end;                /* behind the last card number found */
    uint32_t turn, clock, speaker; /* where we are */
    Str now;                       /* the text of `turn` */
    Run run[SPEAKERS_MAX];
    uint32_t oldest;
    Known known[KNOWN_MAX]; /* kept from pass to pass */
    uint32_t known_count;
} Reader;

void reader_turn(Reader *reader, uint32_t turn, uint32_t speaker); /* begins the next turn and reads it */
void reader_end(Reader *reader);                                   /* closes what is open */

/* Parts of the Reader for run_decide.c. */
void run_decide(Reader *reader, const Run *run, uint32_t topic_after, uint32_t *taken);
void reader_span(Reader *reader, uint32_t turn, size_t begin, size_t end, RedactKind kind);
bool reader_near(const Place *topic, const Place *from, Topic which, Str text);

#endif
