/* upload.h -- files dropped on the page: spooled, then read into the store by one thread.
 *
 * In: a file's name and its bytes as they come.  Out: what was stored, and what
 * could not be read, with line and reason.
 *
 *   request ──► spool file ──► queue ──► the writer's thread: read, redact, hear, store ──► the request is woken
 *
 * The writer's thread opens the store for one upload at a time, so that
 * `goodwill import` may take its turn between two.  Spool files are gone when
 * the upload ends, however it ends.
 */
#ifndef GOODWILL_WEB_UPLOAD_H
#define GOODWILL_WEB_UPLOAD_H

#include "redact/redact.h"
#include "store/load.h"

#define UPLOAD_BYTES_MAX (2ULL << 30)
enum {
    UPLOAD_WAITING_MAX = 8,        /* uploads that wait for the writer: more are asked to come later */
    UPLOAD_REJECTS_SHOWN_MAX = 50, /* the rest is only counted */
};

typedef struct UploadReject {
    uint64_t line, offset; /* 0 and UINT64_MAX when not known */
    bool warning;
    Str file, reason;
} UploadReject;

typedef struct Upload {
    Str name; /* as the sender calls it, without folders */
    uint64_t bytes;
    Arena arena; /* all that it keeps */
    /* once it is done: */
    Load load;
    UploadReject *reject;
    size_t reject_count, reject_capacity;
    uint64_t skipped; /* records that could not be read */
    bool failed;      /* as a whole: */
    Err err;
    /* own: */
    char folder[256], path[600];
    int fd;
    void (*woken)(void *context);
    void *context;
    struct Upload *next;
} Upload;

typedef struct Uploads Uploads;

/* `hearer` outlives it.  `db` is the store's path. */
Uploads *uploads_open(const char *db, const Hearer *hearer, RedactLevel redact, Err *err) MUST_USE;
void uploads_close(Uploads *uploads); /* what is being read ends at the next conversation; NULL is fine */

Upload *upload_begin(Str name, Err *err) MUST_USE;
bool upload_add(Upload *upload, Str bytes); /* false: too long or not writable; upload->err says it */
void upload_free(Upload *upload);           /* NULL is fine; also ends the spool file */

/* Gives it to the writer's thread, which calls woken(context) when it is done.  False: too many are waiting. */
bool upload_hand_over(Uploads *uploads, Upload *upload, void (*woken)(void *context), void *context) MUST_USE;
bool uploads_full(Uploads *uploads);

#endif
