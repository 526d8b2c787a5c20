/* tell.h -- what a run of conversations tells people on standard error: one line a record that was skipped. */
#ifndef GOODWILL_CLI_TELL_H
#define GOODWILL_CLI_TELL_H

#include "import/import.h"

void tell_reject(const Reject *reject);            /* "goodwill: FILE line 12: reason (skipped)", or a note */
void tell_skipped(const Err *err, bool with_hint); /* a file or block that could not be read; and what to try */

#endif
