/* reading_pack.h -- the parts of a Reading that are lists, as one blob, and back.
 *
 * Layout: version byte 1, then five lists, each with its count before it:
 * demand, need (spans: turn, begin, length), emotion (turn, value), promises
 * (span, who + 1 or 0, due as 0 or 1 and the time, what), asked twice (two
 * turns).  The single values of a Reading are columns of their own.
 *
 * A damaged blob gives an error, never a turn or span that cannot be.
 */
#ifndef GOODWILL_STORE_READING_PACK_H
#define GOODWILL_STORE_READING_PACK_H

#include "hear/hear.h"

void reading_pack(Buf *out, const Reading *reading);

/* Sets the lists of *ret, and nothing else of it.  Promises' words are copied into the arena. */
bool reading_unpack(Str bytes, uint32_t utterance_count, Arena *arena, Reading *ret, Err *err) MUST_USE;
bool reading_fits(const Reading *reading, const Conversation *conversation); /* all spans lie in the texts */

#endif
