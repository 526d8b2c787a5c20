/* marks.h -- all marks of one reading as one blob, and back.
 *
 * Layout: version byte 1, count, then for each mark, in the order that hear
 * gives them (by turn, then by begin):
 *     turn              counted from the mark before
 *     begin             counted from the mark before when that is in the same turn, else from the turn's first byte
 *     end - begin       at least 1
 *     behaviour         its number for this reader version
 *     rule              its number for this reader version
 *     quality, confidence   one byte each, hundredths
 * About nine bytes a mark.  Numbers are pack.h's.
 *
 * A blob that was not written by this code gives an error, never a mark that
 * cannot be: unpacked marks are in order, inside `utterance_count`, and their
 * hundredths are at most 100.  Whether they lie inside the texts is the
 * caller's to check who has those (marks_fit).
 */
#ifndef GOODWILL_STORE_MARKS_H
#define GOODWILL_STORE_MARKS_H

#include "hear/hear.h"

void marks_pack(Buf *out, Marks marks);
bool marks_unpack(Str bytes, uint32_t utterance_count, Arena *arena, Marks *ret, Err *err) MUST_USE;
bool marks_fit(Marks marks, const Conversation *conversation); /* all spans lie in the texts, on character edges */

#endif
