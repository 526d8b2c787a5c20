/* progress.h -- one line on a terminal for work over a second: percent, MB/s, conversations.
 *
 * Drawn on standard error when that is a terminal and the work is not printing
 * to a terminal (its lines would scroll through ours).
 */
#ifndef GOODWILL_CLI_PROGRESS_H
#define GOODWILL_CLI_PROGRESS_H

#include "base/base.h"

typedef struct Progress {
    bool wanted, drawn;
    int64_t start_ms, next_ms; /* of the monotonic clock */
} Progress;

void progress_start(Progress *progress, bool wanted);
void progress_tell(Progress *progress, uint64_t bytes, uint64_t bytes_total,
                   uint64_t conversations); /* cheap: looks at the clock */
void progress_clear(Progress *progress);    /* before other lines on standard error, and at the end */

#endif
