/* store.h -- conversations, what was heard in them, and by which version of the reader.
 *
 * In: judged conversations, one by one, inside a transaction.  Out: pages of a
 * list, and single conversations with their reading.
 *
 * A conversation is known by its source and its id there (import makes one from
 * the first turns when the source gives none).  Meeting it again adds nothing;
 * a version that goes on where ours ends extends it; a version with other words
 * leaves what we have, and says so.
 *
 * Readings are kept one a reader version (hear_rules_hash).  Which of them is in
 * force is written at the conversation: its first reading; the newest when the
 * conversation has grown (the older ones have not read its end); and another
 * one only when asked for (STORE_ADOPT).  So a new reader never changes what was
 * counted in the past by itself.
 *
 * A Store belongs to one thread.  What it returns lives in the caller's arena.
 */
#ifndef GOODWILL_STORE_STORE_H
#define GOODWILL_STORE_STORE_H

#include "hear/hear.h"

typedef struct Store Store;

/* The one writer: it waits up to `wait_ms` for another to finish.  Makes the file when there is none. */
Store *store_open_writer(const char *path, int wait_ms, Err *err) MUST_USE;
Store *store_open_reader(const char *path, Err *err) MUST_USE;
void store_close(Store *store); /* NULL is fine; what was not committed is undone */

bool store_begin(Store *store, Err *err) MUST_USE;
bool store_commit(Store *store, Err *err) MUST_USE; /* true: it is on disk */
void store_undo(Store *store);

/* ---- writing ---- */

typedef enum Saved {
    SAVED_NEW,
    SAVED_GROWN, /* had more turns than ours: extended, read again */
    SAVED_UNCHANGED,
    SAVED_REREAD,  /* the same turns, read by a reader that had not read them: kept beside, or adopted */
    SAVED_DIFFERS, /* its turns are not ours: what we have stays */
    SAVED_KINDS,
} Saved;

typedef enum Adopt { STORE_KEEP, STORE_ADOPT } Adopt;

/* `now` is the caller's clock.  The first call with a hearer registers its version. */
bool store_save(Store *store, const Hearer *hearer, const Conversation *conversation, Marks marks,
                const Reading *reading, Adopt adopt, int64_t now, Saved *ret, Err *err) MUST_USE;

/* ---- reading ---- */

/* What to list; empty, 0 and UNKNOWN ask for everything.  They combine with "and". */
typedef struct StoreFilter {
    Channel channel;
    int64_t person; /* StoreChoice.id */
    Str behaviour;  /* "recovery.apology" */
    Outcome outcome;
    bool outcome_unsure; /* those whose outcome is not sure */
} StoreFilter;

/* Where a page of the list ends: the next one starts behind it.  All zero: at the beginning. */
typedef struct StoreCursor {
    bool set;
    int64_t listed, id;
} StoreCursor;

typedef struct StoreRow {
    int64_t id, started; /* WHEN_NONE when not known */
    int offset_minutes;
    Str external_id, source, subject;
    Str customer, staff; /* names with ", " between; empty when not known */
    Channel channel;
    Speakers speakers;
    uint32_t utterance_count;
    Outcome outcome;
    Ends ends;
    uint32_t strengths, harms;
} StoreRow;

typedef struct StorePage {
    StoreRow *row;
    size_t count;
    StoreCursor next; /* set when there are more */
} StorePage;

enum { STORE_PAGE_MAX = 200 };

/* Newest first. */
bool store_list(Store *store, const StoreFilter *filter, StoreCursor after, size_t count_max, Arena *arena,
                StorePage *ret, Err *err) MUST_USE;

typedef struct StoreChoice {
    int64_t id;
    Str key, title;
} StoreChoice;
typedef struct StoreChoices {
    StoreChoice *item;
    size_t count;
} StoreChoices;

bool store_people(Store *store, Arena *arena, StoreChoices *ret, Err *err) MUST_USE; /* by name, 1,000 at most */
bool store_behaviours(Store *store, Arena *arena, StoreChoices *ret,
                      Err *err) MUST_USE; /* those heard; key is the id */
bool store_count(Store *store, uint64_t *conversations, Err *err) MUST_USE;

/* One conversation with the reading in force. */
typedef struct Stored {
    int64_t id;
    Conversation conversation;
    bool has_reading;
    Marks marks; /* their `behaviour` is an index into `behaviour` */
    Reading reading;
    Behaviour *behaviour; /* as the reading's reader meant them */
    size_t behaviour_count;
    Str rules;               /* the reader version */
    uint32_t read_count;     /* turns that the reading has seen */
    uint32_t other_readings; /* kept beside it */
    Str damage;              /* empty, or what could not be read back: the rest is shown without it */
} Stored;

/* *found is false when there is none. */
bool store_get(Store *store, int64_t id, Arena *arena, Stored *ret, bool *found, Err *err) MUST_USE;

/* Why a rule of this reader version marks: empty when not known. */
bool store_reason(Store *store, Str rules, uint32_t rule, Arena *arena, Str *ret, Err *err) MUST_USE;

#endif
