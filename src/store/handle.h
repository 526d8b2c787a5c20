/* handle.h -- what a Store holds; for this folder only.
 *
 * The caches belong to the transaction: numbers of rows that are undone must
 * not be used again, so store_undo forgets them all.
 */
#ifndef GOODWILL_STORE_HANDLE_H
#define GOODWILL_STORE_HANDLE_H

#include "store/db.h"
#include "store/store.h"

enum { SOURCES_CACHED = 16 };

struct Store {
    Db *db;
    Arena scratch;     /* one save */
    Buf detail, marks; /* packed columns of one save */

    struct {
        Buf name;
        int64_t id;
    } source[SOURCES_CACHED]; /* the last sources met */
    size_t source_next;

    const Hearer *hearer; /* registered under: */
    int64_t reader;
    int64_t *behaviour; /* row of each of the hearer's behaviours */
    uint32_t *tally;    /* scratch of one save: marks of each behaviour */
    size_t behaviour_count;
    uint8_t *reason_known; /* a bit a rule: its reason is in the table */
    size_t reason_bytes;
};

void store_forget(Store *store); /* empties the caches */

#endif
