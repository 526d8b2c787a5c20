/* load.h -- many judged conversations into the store, batch by batch.
 *
 * In: conversations, one by one.  Out: rows, and how many were new, grown and so
 * on.  What `stored` counts is on disk; a run that is cut off leaves whole
 * conversations and can be run again.
 */
#ifndef GOODWILL_STORE_LOAD_H
#define GOODWILL_STORE_LOAD_H

#include "store/store.h"

enum {
    LOAD_BATCH = 500,               /* conversations of one transaction */
    LOAD_BATCH_TEXT_MAX = 16 << 20, /* or bytes of their text: the log of a transaction stays small */
};

typedef struct Load {
    Store *store;
    const Hearer *hearer;
    Adopt adopt;
    int64_t now;                   /* the caller's clock */
    uint64_t stored[SAVED_KINDS];  /* on disk */
    uint64_t waiting[SAVED_KINDS]; /* in the open transaction */
    uint64_t waiting_bytes;
    bool in_transaction;
} Load;

/* All else zero.  After a failure nothing more can be saved; what `stored` says is safe. */
bool load_save(Load *load, const Conversation *conversation, Marks marks, const Reading *reading, Saved *ret,
               Err *err) MUST_USE;
bool load_end(Load *load, Err *err) MUST_USE; /* commits the last batch; fine when there is none */
uint64_t load_count(const Load *load);        /* stored, of all kinds */

#endif
