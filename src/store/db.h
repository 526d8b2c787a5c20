/* db.h -- the database file: opening, the schema's steps, transactions, queries.
 *
 * In: a path.  Out: one connection, either the writer's or a reader's.  SQLite
 * (one file, WAL).  Only this folder knows that.
 *
 * One writer at a time: it holds <path>.lock from opening to closing, so that
 * every commit and every checkpoint of the file is made by one connection; that
 * keeps clear of a race in SQLite 3.7.0 to 3.51.2 that can lose commits.  The
 * lock ends with its process, however that ends.  Readers never write, and
 * never checkpoint.
 *
 * A Db belongs to one thread.
 */
#ifndef GOODWILL_STORE_DB_H
#define GOODWILL_STORE_DB_H

#include "base/arena.h"
#include "base/err.h"

typedef struct Db Db;
typedef struct Query Query;

/* Opens the file for writing, making it when there is none, and brings its schema up to date.  Waits up to `wait_ms`
 * for another writer to finish. */
Db *db_open_writer(const char *path, int wait_ms, Err *err) MUST_USE;

/* Opens an existing file for reading. */
Db *db_open_reader(const char *path, Err *err) MUST_USE;

void db_close(Db *db); /* NULL is fine; what was not committed is undone */
const char *db_path(const Db *db);

bool db_begin(Db *db, Err *err) MUST_USE;
bool db_commit(Db *db, Err *err) MUST_USE; /* on disk when it returns true; undone when false */
void db_undo(Db *db);                      /* ends the transaction without a trace; fine without one */

/* A query is one of the generated SQL_… constants: it is prepared once a connection.  One query can run once at a time.
 * Errors of binding and stepping are kept and told by query_end, once; db_row then answers false. */
Query *query_start(Db *db, const char *sql);
void query_int(Query *q, const char *name, int64_t value);
void query_int_or_null(Query *q, const char *name, int64_t value, int64_t null); /* `null` is bound as NULL */
void query_str(Query *q, const char *name, Str value);         /* the bytes must live until query_end */
void query_str_or_null(Query *q, const char *name, Str value); /* empty is bound as NULL */
void query_blob(Query *q, const char *name, Str value);
bool query_row(Query *q); /* the next row */
int64_t query_get_int(Query *q, int column);
int64_t query_get_int_or(Query *q, int column, int64_t null);
Str query_get(Query *q, int column); /* text or blob, until the next row or the end */
Str query_get_copy(Query *q, int column, Arena *arena);
bool query_end(Query *q, Err *err) MUST_USE; /* false with what went wrong on the way */
bool query_run(Query *q, Err *err) MUST_USE; /* steps to the end: for writing */
int64_t db_last_id(const Db *db);            /* of the row inserted last */

#endif
