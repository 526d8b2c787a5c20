/* passages.h -- labelled conversations and passages, read for learning and for measuring.
 *
 * In: JSON Lines of two forms: whole conversations ("turns" with "labels": [{"id","quote"}], as corpus/gold), and
 * single utterances ({"text","role","prev","conv","labels":{key: value}}).  Out: a Passage a line, in order, each a
 * Conversation that hear can judge, with its labels.  A line that cannot be read is an error that names file, line and
 * reason.
 */
#ifndef GOODWILL_LEARN_PASSAGES_H
#define GOODWILL_LEARN_PASSAGES_H

#include "base/err.h"
#include "base/json.h"
#include "import/conversation.h"

typedef struct GoldSpan {
    uint32_t utterance, begin, end; /* bytes of the utterance's text */
    Str id;
    bool contested; /* neither asked for nor held against a mark */
} GoldSpan;

typedef struct Passage {
    Conversation conversation;
    bool is_whole;   /* of the first form */
    uint32_t target; /* second form: the utterance that the labels are about */
    uint32_t file;   /* which of the files: its writer, for cross-validation */
    uint64_t group;  /* second form: hash of "conv"; passages of one group are never parted */
    uint64_t line;
    const Json *json; /* the line as it was */
    GoldSpan *span;
    uint32_t span_count, span_capacity;
} Passage;

typedef struct Passages {
    Arena arena;
    Passage *item;
    size_t count, capacity;
    uint32_t files; /* read so far, also those without a line */
} Passages;

/* Adds the lines of one file ("-": standard input). */
bool passages_read(Passages *passages, const char *path, Err *err) MUST_USE;
void passages_clear(Passages *passages);

#endif
