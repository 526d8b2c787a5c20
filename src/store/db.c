/* db.c -- the database file, the writer's lock, the schema's steps, and queries that remember their errors. */
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "store/sql.h"

enum {
    APPLICATION_ID = 0x4757494C, /* "GWIL": tells our files from other programs' */
    QUERIES_MAX = 128,           /* prepared statements of one connection */
    READER_WAIT_MS = 5000,       /* a reader waits that long while a crashed writer's log is put in order */
    LOCK_POLL_MS = 50,
    CHECKPOINT_WAIT_MS = 200, /* for readers that are just reading */
};

struct Query {
    Db *db;
    const char *sql;
    sqlite3_stmt *statement;
    int status; /* the first thing that went wrong, or SQLITE_OK */
    char message[200];
    bool running;
};

struct Db {
    sqlite3 *handle;
    char *path;
    int lock; /* the writer's, else -1 */
    bool in_transaction;
    bool ready; /* opened as ours, schema and all */
    Query query[QUERIES_MAX];
    size_t query_count;
};

/* ---- errors ---- */

static bool tell(const Db *db, int status, const char *message, Err *err)
{
    switch (status & 0xFF) {
    case SQLITE_FULL:
        err_set(err, ERR_STORE, "%s: the disk is full", db->path);
        return err_hint(err, "What was stored before is safe. Make room and run it again.");
    case SQLITE_READONLY:
    case SQLITE_PERM: return err_set(err, ERR_STORE, "%s: cannot be written here", db->path);
    case SQLITE_CANTOPEN: return err_set(err, ERR_STORE, "%s: cannot be opened: %s", db->path, message);
    case SQLITE_CORRUPT: return err_set(err, ERR_STORE, "%s: is damaged: %s", db->path, message);
    case SQLITE_NOTADB: return err_set(err, ERR_STORE, "%s: is not a goodwill database", db->path);
    case SQLITE_IOERR:
        err_set(err, ERR_STORE, "%s: reading or writing failed: %s", db->path, message);
        return err_hint(err, "What was stored before is safe. Is the disk full or gone?");
    default: return err_set(err, ERR_STORE, "%s: %s", db->path, message);
    }
}

static bool tell_last(const Db *db, Err *err)
{
    return tell(db, sqlite3_extended_errcode(db->handle), sqlite3_errmsg(db->handle), err);
}

static bool run_text(Db *db, const char *sql, Err *err)
{
    return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK || tell_last(db, err);
}

static bool pragma_number(Db *db, const char *sql, int64_t *ret, Err *err)
{
    sqlite3_stmt *statement = NULL;
    bool good =
        sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;
    if (good)
        *ret = sqlite3_column_int64(statement, 0);
    else
        tell_last(db, err);
    sqlite3_finalize(statement);
    return good;
}

/* ---- the writer's lock ---- */

static void wait_a_little(void)
{
    struct timespec pause = { 0, LOCK_POLL_MS * 1000000L };
    nanosleep(&pause, NULL);
}

/* Who holds it wrote its process number into the file. */
static long holder(int fd)
{
    char text[24] = { 0 };
    ssize_t got = pread(fd, text, sizeof text - 1, 0);
    return got > 0 ? strtol(text, NULL, 10) : 0;
}

static bool take_lock(Db *db, int wait_ms, Err *err)
{
    char name[4096];
    if (snprintf(name, sizeof name, "%s.lock", db->path) >= (int)sizeof name)
        return err_set(err, ERR_USAGE, "%.80s…: the name is too long", db->path);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) return err_system(err, "cannot open", name);
    for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) != 0; waited += LOCK_POLL_MS) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            err_system(err, "cannot lock", name);
            close(fd);
            return false;
        }
        if (waited >= wait_ms) {
            err_set(err, ERR_STORE, "%s: another goodwill (process %ld) is writing to it", db->path, holder(fd));
            close(fd);
            return err_hint(err, "Wait until it is done, and run this again.");
        }
        wait_a_little();
    }
    char text[24];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    /* Only for the message above: that it could not be written (a full disk) is no reason to stop. */
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)length, 0) != length) errno = 0;
    db->lock = fd;
    return true;
}

/* ---- opening ---- */

static Db *new_db(const char *path)
{
    Db *db = calloc(1, sizeof *db);
    if (!db || !(db->path = strdup(path))) abort();
    db->lock = -1;
    return db;
}

static bool open_handle(Db *db, int flags, Err *err)
{
    int status = sqlite3_open_v2(db->path, &db->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (status == SQLITE_OK) return true;
    return tell(db, status, db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(status), err);
}

/* True: it is ours, or empty (*version 0). */
static bool check_kind(Db *db, int64_t *version, Err *err)
{
    int64_t application, tables;
    if (!pragma_number(db, "PRAGMA application_id", &application, err) ||
        !pragma_number(db, "PRAGMA user_version", version, err) ||
        !pragma_number(db, "SELECT count(*) FROM sqlite_schema", &tables, err))
        return false;
    if (application != APPLICATION_ID && (tables > 0 || *version != 0)) {
        err_set(err, ERR_STORE, "%s: is another program's database", db->path);
        return err_hint(err, "Name another file with --db.");
    }
    if (*version > (int64_t)sql_step_count) {
        err_set(err, ERR_STORE, "%s: was written by a newer goodwill (schema %lld, this one knows %zu)", db->path,
                (long long)*version, sql_step_count);
        return err_hint(err, "Use the newer goodwill for it.");
    }
    return true;
}

static bool take_step(Db *db, const SqlStep *step, Err *err)
{
    char version[64];
    snprintf(version, sizeof version, "PRAGMA user_version = %d", step->number);
    char application[64];
    snprintf(application, sizeof application, "PRAGMA application_id = %d", APPLICATION_ID);
    if (!db_begin(db, err)) return false;
    if (run_text(db, step->text, err) && run_text(db, application, err) && run_text(db, version, err))
        return db_commit(db, err);
    db_undo(db);
    return false;
}

static bool bring_up_to_date(Db *db, Err *err)
{
    int64_t version;
    if (!check_kind(db, &version, err)) return false;
    for (size_t i = (size_t)version; i < sql_step_count; i++)
        if (!take_step(db, &sql_steps[i], err)) return false;
    return true;
}

Db *db_open_writer(const char *path, int wait_ms, Err *err)
{
    Db *db = new_db(path);
    int64_t version;
    if (!take_lock(db, wait_ms, err) || !open_handle(db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err) ||
        !check_kind(db, &version, err)) /* before anything is changed in a file that is not ours */
        goto failed;
    sqlite3_busy_timeout(db->handle, READER_WAIT_MS);
    /* FULL: what is told as stored survives a power cut.  secure_delete: erased words leave the file.  The cache is in
     * KiB.  The journal must come before the first write, foreign keys outside a transaction. */
    if (!run_text(db,
                  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                  "PRAGMA secure_delete = ON; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;"
                  "PRAGMA wal_autocheckpoint = 4000;",
                  err) ||
        !bring_up_to_date(db, err))
        goto failed;
    db->ready = true;
    return db;
failed:
    db_close(db);
    return NULL;
}

Db *db_open_reader(const char *path, Err *err)
{
    Db *db = new_db(path);
    int64_t version;
    if (!open_handle(db, SQLITE_OPEN_READONLY, err)) goto failed;
    sqlite3_busy_timeout(db->handle, READER_WAIT_MS);
    sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    if (!run_text(db, "PRAGMA wal_autocheckpoint = 0; PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;", err) ||
        !check_kind(db, &version, err))
        goto failed;
    if (version < (int64_t)sql_step_count) {
        err_set(err, ERR_STORE, "%s: is of an older goodwill (schema %lld of %zu)", path, (long long)version,
                sql_step_count);
        err_hint(err, "`goodwill import` or `goodwill serve` brings it up to date.");
        goto failed;
    }
    return db;
failed:
    db_close(db);
    return NULL;
}

void db_close(Db *db)
{
    if (!db) return;
    if (db->handle) db_undo(db);
    for (size_t i = 0; i < db->query_count; i++) sqlite3_finalize(db->query[i].statement);
    if (db->handle && db->lock >= 0 && db->ready) {
        /* The log goes back into the file as far as readers let it: what stays is read from the log as before. */
        sqlite3_busy_timeout(db->handle, CHECKPOINT_WAIT_MS);
        sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
    if (db->handle) sqlite3_close(db->handle);
    if (db->lock >= 0) close(db->lock); /* after it: nobody else may checkpoint at the same time */
    free(db->path);
    free(db);
}

const char *db_path(const Db *db) { return db->path; }

/* ---- transactions ---- */

bool db_begin(Db *db, Err *err)
{
    assert(!db->in_transaction);
    if (!run_text(db, db->lock >= 0 ? "BEGIN IMMEDIATE" : "BEGIN", err)) return false;
    db->in_transaction = true;
    return true;
}

bool db_commit(Db *db, Err *err)
{
    assert(db->in_transaction);
    if (!run_text(db, "COMMIT", err)) {
        db_undo(db);
        return false;
    }
    db->in_transaction = false;
    return true;
}

void db_undo(Db *db)
{
    for (size_t i = 0; i < db->query_count; i++) { /* also those that an error left open */
        sqlite3_reset(db->query[i].statement);
        db->query[i].running = false;
    }
    if (!sqlite3_get_autocommit(db->handle)) sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    db->in_transaction = false;
}

/* ---- queries ---- */

static void note(Query *q, int status)
{
    if (q->status != SQLITE_OK) return;
    q->status = status;
    snprintf(q->message, sizeof q->message, "%s", sqlite3_errmsg(q->db->handle));
}

static Query *find_query(Db *db, const char *sql)
{
    for (size_t i = 0; i < db->query_count; i++)
        if (db->query[i].sql == sql) return &db->query[i];
    assert(db->query_count < QUERIES_MAX);
    Query *q = &db->query[db->query_count++];
    *q = (Query){ .db = db, .sql = sql };
    return q;
}

Query *query_start(Db *db, const char *sql)
{
    Query *q = find_query(db, sql);
    assert(!q->running);
    q->status = SQLITE_OK;
    q->running = true;
    if (!q->statement) {
        int status = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->statement, NULL);
        if (status != SQLITE_OK) note(q, status);
    }
    return q;
}

/* Which parameter is meant; a name that the query does not have is our own mistake. */
static int parameter(Query *q, const char *name)
{
    if (q->status != SQLITE_OK) return 0;
    int at = sqlite3_bind_parameter_index(q->statement, name);
    assert(at > 0);
    return at;
}

static void bound(Query *q, int status)
{
    if (status != SQLITE_OK) note(q, status);
}

void query_int(Query *q, const char *name, int64_t value)
{
    int at = parameter(q, name);
    if (at) bound(q, sqlite3_bind_int64(q->statement, at, value));
}

void query_int_or_null(Query *q, const char *name, int64_t value, int64_t null)
{
    int at = parameter(q, name);
    if (at) bound(q, value == null ? sqlite3_bind_null(q->statement, at) : sqlite3_bind_int64(q->statement, at, value));
}

void query_str(Query *q, const char *name, Str value)
{
    int at = parameter(q, name);
    const char *data = value.data ? value.data : "";
    if (at) bound(q, sqlite3_bind_text64(q->statement, at, data, value.len, SQLITE_STATIC, SQLITE_UTF8));
}

void query_str_or_null(Query *q, const char *name, Str value)
{
    int at = parameter(q, name);
    if (!at) return;
    if (value.len)
        query_str(q, name, value);
    else
        bound(q, sqlite3_bind_null(q->statement, at));
}

void query_blob(Query *q, const char *name, Str value)
{
    int at = parameter(q, name);
    const char *data = value.data ? value.data : "";
    if (at) bound(q, sqlite3_bind_blob64(q->statement, at, data, value.len, SQLITE_STATIC));
}

bool query_row(Query *q)
{
    if (q->status != SQLITE_OK) return false;
    int status = sqlite3_step(q->statement);
    if (status == SQLITE_ROW) return true;
    if (status != SQLITE_DONE) note(q, status);
    return false;
}

int64_t query_get_int(Query *q, int column) { return sqlite3_column_int64(q->statement, column); }

int64_t query_get_int_or(Query *q, int column, int64_t null)
{
    return sqlite3_column_type(q->statement, column) == SQLITE_NULL ? null : query_get_int(q, column);
}

Str query_get(Query *q, int column)
{
    const void *data = sqlite3_column_blob(q->statement, column);
    int length = sqlite3_column_bytes(q->statement, column);
    return str_make(data, data ? (size_t)length : 0);
}

Str query_get_copy(Query *q, int column, Arena *arena) { return arena_str(arena, query_get(q, column)); }

bool query_end(Query *q, Err *err)
{
    assert(q->running);
    q->running = false;
    if (q->statement) {
        sqlite3_reset(q->statement);
        sqlite3_clear_bindings(q->statement);
    }
    return q->status == SQLITE_OK || tell(q->db, q->status, q->message, err);
}

bool query_run(Query *q, Err *err)
{
    while (query_row(q)) continue;
    return query_end(q, err);
}

int64_t db_last_id(const Db *db) { return sqlite3_last_insert_rowid(db->handle); }
