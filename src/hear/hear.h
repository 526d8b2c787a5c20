/* hear.h -- marks the behaviours in one conversation, each with its evidence.
 *
 * In: a Conversation and the compiled rules.  Out: Marks, ordered by turn, then
 * by where they begin, and a Reading of the whole.  A Mark's evidence is a byte
 * span of one utterance: if we cannot show the words, we do not make the mark.
 * Marks are made in integers, so they are equal on every processor.
 *
 * A Hearer is read-only once opened, so threads may share one; each brings its
 * own Hearing (scratch that lives from conversation to conversation).  Marks
 * and Reading live in the caller's Arena and borrow names from the Hearer.
 */
#ifndef GOODWILL_HEAR_HEAR_H
#define GOODWILL_HEAR_HEAR_H

#include "base/err.h"
#include "import/conversation.h"

typedef enum Who { WHO_AGENT, WHO_CUSTOMER } Who;
typedef enum Sign { SIGN_STRENGTH, SIGN_HARM, SIGN_NEUTRAL } Sign;

/* One line of words/behaviours.tsv. */
typedef struct Behaviour {
    Str id; /* "recovery.apology" */
    Who who;
    Sign sign;
    Str name; /* "Apology that owns it" */
    Str counts, does_not_count;
    Str family; /* "recovery": the part of id before the dot */
} Behaviour;

typedef struct Hearer Hearer;
typedef struct Hearing Hearing;

typedef struct Mark {
    uint16_t behaviour;  /* index: hear_behaviour */
    uint8_t quality;     /* hundredths: 100 specific to this case, 50 generic, 30 a stock phrase */
    uint8_t confidence;  /* hundredths */
    uint32_t utterance;  /* index into conversation->utterance */
    uint32_t begin, end; /* bytes of the utterance's text, begin < end */
    uint32_t rule;       /* index: hear_reason */
} Mark;

typedef struct Marks {
    Mark *item;
    size_t count;
} Marks;

typedef struct Span {
    uint32_t utterance, begin, end;
} Span;
typedef struct Spans {
    Span *item;
    size_t count;
} Spans;

typedef enum Outcome {
    OUTCOME_UNSURE,
    OUTCOME_RESOLVED,
    OUTCOME_DEFERRED,
    OUTCOME_ESCALATED,
    OUTCOME_REFUSED,
    OUTCOME_ABANDONED,
    OUTCOME_COUNT
} Outcome;
typedef enum Ends { ENDS_UNSURE, ENDS_HAPPY, ENDS_CALM, ENDS_UNHAPPY, ENDS_ANGRY, ENDS_LEFT, ENDS_COUNT } Ends;
typedef enum Answer { ANSWER_UNSURE, ANSWER_YES, ANSWER_NO } Answer;

typedef struct Promise {
    Span span;
    uint32_t who; /* the utterance's participant, or NO_PARTICIPANT */
    Str what;     /* the words of the promise */
    int64_t
        due; /* point in time, reckoned from the turn's own; WHEN_NONE when none was said or it cannot be reckoned */
} Promise;

typedef struct Emotion {
    uint32_t utterance;
    int8_t value;
} Emotion; /* hundredths, -100..100; customer's turns only */
typedef struct AskedTwice {
    uint32_t first, again;
} AskedTwice;

typedef struct Reading {
    Outcome outcome;
    uint8_t outcome_confidence; /* hundredths; 0 when unsure */
    Answer first_contact;
    uint8_t first_contact_confidence;
    Ends ends;
    uint8_t ends_confidence;
    Spans demand, need; /* two fields, always */
    struct {
        Emotion *item;
        size_t count;
    } emotion;
    struct {
        Promise *item;
        size_t count;
    } promises;
    struct {
        AskedTwice *item;
        size_t count;
    } asked_twice;
    int talk_share;                              /* staff's words of staff's and customer's, hundredths; -1 unknown */
    int64_t response_median_ms, response_max_ms; /* staff's answer after the customer's turn; WHEN_NONE unknown */
} Reading;

/* Opens with the embedded words; `words_dir` (or NULL) overlays a company's own: files of the same name replace, others
 * add. */
Hearer *hear_open(const char *words_dir, Err *err) MUST_USE; /* with the fast reader */

/* Who marks: the rules alone; rules and learned models of words/models; or those with sentence vectors, slower and
 * better, for which the encoder's file must be there (docs/encoder.md). */
typedef enum ReaderKind { READER_FAST, READER_RULES, READER_DEEP } ReaderKind;
bool hear_reader_from(Str name, ReaderKind *ret) MUST_USE; /* "fast", "rules", "deep" */
const char *hear_reader_name(ReaderKind reader);
ReaderKind hear_reader(const Hearer *hearer);
Hearer *hear_open_reader(const char *words_dir, ReaderKind reader, Err *err) MUST_USE;
void hear_free(Hearer *hearer); /* NULL is fine */

Hearing *hearing_new(const Hearer *hearer); /* one a thread */
void hearing_free(Hearing *hearing);        /* NULL is fine */

/* Decides speakers where the source did not (conversation->speakers and roles change), then marks and reads.
 * Cost: one pass over the text, whatever the number of rules.  Never fails: what it cannot judge it leaves. */
void hear_run(Hearing *hearing, Conversation *conversation, Arena *arena, Marks *marks, Reading *reading);

size_t hear_behaviour_count(const Hearer *hearer);
const Behaviour *hear_behaviour(const Hearer *hearer, size_t index);
bool hear_behaviour_named(const Hearer *hearer, Str id, size_t *ret);
Str hear_reason(
    const Hearer *hearer,
    uint32_t rule); /* "recovery.rules: sorry for a named thing: says sorry and for what (rules 1f2e3d4c5b6a7988)" */
size_t hear_rule_count(const Hearer *hearer, size_t behaviour); /* rules in force that make this mark */
Str hear_rules_hash(const Hearer *hearer); /* 16 hex digits over all words and models in force: the reader's version */

const char *outcome_name(Outcome outcome); /* "resolved", …; NULL when unsure */
const char *ends_name(Ends ends);
bool outcome_from(Str name, Outcome *ret) MUST_USE;
bool ends_from(Str name, Ends *ret) MUST_USE;

/* How far marks of a behaviour agree with people, as words/agreement.tsv tells for the reader in force (`goodwill
 * evaluate --save` writes it).  Shares are 0..1, -1 where unknown; intervals are of 95 %.
 *   sure      the lower end of precision is at least .75: shown and counted
 *   to check  precision is at least .5: shown with "please check", left out of figures about a person
 *   off       less than that: not shown
 */
typedef enum AgreementState { STATE_UNMEASURED, STATE_SURE, STATE_CHECK, STATE_OFF } AgreementState;
typedef struct HearAgreement {
    AgreementState state;
    double precision, precision_low, precision_high, recall, recall_low, recall_high;
    double alpha;      /* Krippendorff's, over turns */
    bool in_figures;   /* may enter a figure about a person: sure, and alpha at least .667 */
    uint32_t labelled; /* instances in the conversations that it was measured on */
    Str date;          /* YYYY-MM-DD */
} HearAgreement;

const HearAgreement *hear_agreement(const Hearer *hearer, size_t behaviour);
/* Its behaviour's; unmeasured when a rule of a company's own made it and the table is not the company's own. */
AgreementState hear_mark_state(const Hearer *hearer, const Mark *mark);
const char *agreement_state_name(AgreementState state); /* "sure", "to check", "off"; NULL when unmeasured */
bool agreement_in_figures(AgreementState state, double alpha);
Str hear_agreement_table(const Hearer *hearer); /* words/agreement.tsv as it is */

/* Reads a rules file and says what is wrong with it, line by line, as `goodwill rules check` prints it. True: nothing.
 */
bool hear_check_rules(Str file_name, Str text, const char *words_dir, Buf *report);

#endif
