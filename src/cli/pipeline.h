/* pipeline.h -- files become judged conversations, on all cores, in input order.
 *
 *   feed ──► block ──► worker: read, redact, hear, render ──► piece ──► the caller's thread: print, commit
 *            block ──► worker: …                          ──► piece ──►   in input order
 *
 * In: what to read and how (Pipeline).  Out: what `render` wrote goes to
 * standard output, rejects go to standard error, and `commit` gets each
 * conversation; all three in the order of the input, so the bytes are the same
 * whatever the number of workers.  Memory is bounded: workers wait when what
 * they made is not yet taken.
 *
 * Threads: `render` runs on any worker, several at a time, so it may only read
 * `context`.  `commit` and `reject` run on the thread that called pipeline_run,
 * one at a time.  With one job everything runs on that thread.
 *
 * For `goodwill import`: set `commit` (and leave `render` NULL).  What it gets
 * is whole and its own until it returns, so it may batch by COPYING only; open a
 * transaction in the first call, close it every so many calls and once more
 * after pipeline_run, also when that returned false.
 */
#ifndef GOODWILL_CLI_PIPELINE_H
#define GOODWILL_CLI_PIPELINE_H

#include "hear/hear.h"
#include "import/import.h"
#include "redact/redact.h"

enum { PIPELINE_JOBS_MAX = 256 };

/* One conversation as judged: redacted, speakers decided, marked and read. */
typedef struct Heard {
    const Conversation *conversation;
    Marks marks;
    const Reading *reading;
} Heard;

typedef struct Pipeline {
    const char *const *paths; /* files, folders, "-"; none: standard input */
    size_t path_count;
    const Format *force;         /* NULL: recognised by content */
    const ImportOptions *import; /* may be NULL */
    const Hearer *hearer;
    RedactLevel redact;
    unsigned jobs;          /* workers; 0: as many as there are processors */
    uint32_t shard, shards; /* keep shard 1..shards of the conversations, by hash of their id; shards 0: all */
    bool strict;            /* the first reject ends the run */
    bool quiet;             /* no notes, no progress; rejects and errors are still told */

    void (*render)(void *context, Buf *out, const Heard *heard); /* may be NULL */
    bool (*commit)(void *context, const Heard *heard, Err *err); /* may be NULL; false ends the run with err */
    void (*reject)(void *context, const Reject *reject);         /* may be NULL; besides what is printed */
    void *context;
} Pipeline;

typedef struct PipelineCounts {
    uint64_t conversations, turns, marks;
    uint64_t skipped; /* records and files that could not be read */
    uint64_t notes;
    uint64_t decided, swapped; /* conversations whose speakers were decided, or look swapped */
    uint64_t undecided;        /* of the decided: nothing was said that tells who is staff */
    bool interrupted;          /* Ctrl-C: what was printed or committed is whole */
    bool closed;               /* nobody reads our output any more */
} PipelineCounts;

/* False with err when the run could not start or was ended by `commit`, a write error or a refused use.  Records that
 * cannot be read are no such error: they are told on standard error, counted and skipped.  *counts is always written.
 */
bool pipeline_run(const Pipeline *pipeline, PipelineCounts *counts, Err *err) MUST_USE;

/* Nobody said who is staff, and nothing that was said tells. */
bool heard_undecided(const Conversation *c);

/* Tells what a person should know at the end: the closing count when something was skipped, and who decided the
 * speakers (unless quiet).  Returns the exit status: 0; 1 when something was skipped; 130 when interrupted. */
int pipeline_close(const Pipeline *pipeline, const PipelineCounts *counts);

/* "3/8" -> 3, 8. */
bool pipeline_shard_from(const char *text, uint32_t *shard, uint32_t *shards) MUST_USE;

#endif
