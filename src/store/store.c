/* store.c -- a Store's life: opening, transactions, and what it keeps between saves. */
#include "store/store.h"

#include <stdlib.h>

#include "store/handle.h"

static Store *with_db(Db *db)
{
    if (!db) return NULL;
    Store *store = calloc(1, sizeof *store);
    if (!store) abort();
    store->db = db;
    return store;
}

Store *store_open_writer(const char *path, int wait_ms, Err *err)
{
    return with_db(db_open_writer(path, wait_ms, err));
}

Store *store_open_reader(const char *path, Err *err) { return with_db(db_open_reader(path, err)); }

void store_forget(Store *store)
{
    for (size_t i = 0; i < SOURCES_CACHED; i++) store->source[i].id = 0;
    free(store->behaviour);
    free(store->tally);
    free(store->reason_known);
    store->hearer = NULL;
    store->behaviour = NULL;
    store->tally = NULL;
    store->reason_known = NULL;
    store->behaviour_count = store->reason_bytes = 0;
}

void store_close(Store *store)
{
    if (!store) return;
    db_close(store->db);
    store_forget(store);
    for (size_t i = 0; i < SOURCES_CACHED; i++) buf_clear(&store->source[i].name);
    buf_clear(&store->detail);
    buf_clear(&store->marks);
    arena_clear(&store->scratch);
    free(store);
}

bool store_begin(Store *store, Err *err) { return db_begin(store->db, err); }

bool store_commit(Store *store, Err *err)
{
    if (db_commit(store->db, err)) return true;
    store_forget(store);
    return false;
}

void store_undo(Store *store)
{
    db_undo(store->db);
    store_forget(store);
}
