/* feed.h -- files, folders, archives and pipes become blocks for the readers.
 *
 * In: paths as the user gave them ("-" is standard input), a forced format or
 * NULL.  Out: blocks in a fixed order (folders and archives sorted by name), so
 * that the same input always gives the same output.  Memory stays near
 * FEED_BLOCK however long a file is, but for formats that are read whole.
 */
#ifndef GOODWILL_IMPORT_FEED_H
#define GOODWILL_IMPORT_FEED_H

#include "import/import.h"

enum { FEED_BLOCK = 1 << 20 };

typedef struct Feed Feed;

/* One piece of work.  Owns its bytes until feed_done. */
typedef struct FeedBlock {
    const Format *format;
    ImportBlock block;
    Buf bytes;    /* block.bytes points into it */
    Buf name;     /* block.file points into it */
    Buf preamble; /* block.preamble points into it */
} FeedBlock;

Feed *feed_open(const char *const *paths, size_t count, const Format *force, const ImportOptions *options,
                Err *err) MUST_USE;
void feed_close(Feed *feed); /* NULL is fine */

/* The next block.  False at the end (err->kind ERR_NONE) or when a file cannot be read or is in no known form
 * (err says which; calling again goes on with the next file).  One thread at a time. */
bool feed_next(Feed *feed, FeedBlock *ret, Err *err) MUST_USE;
void feed_done(FeedBlock *block); /* gives its memory back */

uint64_t feed_bytes_read(const Feed *feed);  /* of the opened files so far: for progress */
uint64_t feed_bytes_total(const Feed *feed); /* of the files named, 0 when not known (a pipe) */

#endif
