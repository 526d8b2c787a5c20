/* open.h -- one file's bytes as streams: what is compressed is unpacked, what is an archive comes entry by entry.
 *
 * In: something walk.h found.  Out: streams, one after the other, in the order
 * of the archive; a plain file is one stream.  gzip, bzip2, xz and zstd are
 * unpacked; zip, tar and 7z opened, also inside each other (OPEN_LAYERS_MAX).
 * A Slack export is one stream: the archive's own bytes, or for a folder a tar
 * of its files.  Memory stays small however long a file is.
 *
 * A packed file may not grow without bound: past OPEN_GROWN_BYTES_MIN, more than
 * OPEN_RATIO_MAX times the packed bytes is refused.
 */
#ifndef GOODWILL_IMPORT_OPEN_H
#define GOODWILL_IMPORT_OPEN_H

#include "base/buf.h"
#include "import/walk.h"

enum { OPEN_LAYERS_MAX = 4, OPEN_RATIO_MAX = 1000, OPEN_GROWN_BYTES_MIN = 64 << 20 };

typedef struct Opened Opened;

/* `as_is`: nothing is unpacked.  NULL with err when it cannot be opened. */
Opened *opened_start(const Found *found, bool as_is, Err *err) MUST_USE;
void opened_end(Opened *o); /* NULL is fine */

/* The next stream.  False at the end (err->kind ERR_NONE) or when one cannot be opened (the next call goes on). */
bool opened_next(Opened *o, Err *err) MUST_USE;

/* What follows in the stream: bytes read, 0 at its end, -1 with err. */
ptrdiff_t opened_read(Opened *o, char *to, size_t len, Err *err) MUST_USE;

const char *opened_name(const Opened *o);    /* of the stream, for people: "export.zip/tickets.json" */
bool opened_is_slack(const Opened *o);       /* the stream is a whole Slack export */
uint64_t opened_bytes_read(const Opened *o); /* of the file itself; any thread may ask */

#endif
