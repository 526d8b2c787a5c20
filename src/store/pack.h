/* pack.h -- numbers and texts in few bytes, and back, for the packed columns.
 *
 * Written: unsigned numbers as LEB128 (seven bits a byte, low ones first),
 * signed ones zigzagged, texts with their length before them.  Read: every
 * step is checked; after the first wrong byte all further reads answer 0 and
 * `damaged` stays set, so callers check once at the end.
 */
#ifndef GOODWILL_STORE_PACK_H
#define GOODWILL_STORE_PACK_H

#include "base/arena.h"
#include "base/buf.h"

void pack_u64(Buf *out, uint64_t value);
void pack_i64(Buf *out, int64_t value);
void pack_str(Buf *out, Str s);

typedef struct Unpack {
    const uint8_t *at, *end;
    bool damaged;
} Unpack;

Unpack unpack_start(Str bytes);
uint64_t unpack_u64(Unpack *u);
uint32_t unpack_u32(Unpack *u); /* damaged when it does not fit */
uint8_t unpack_byte(Unpack *u);
int64_t unpack_i64(Unpack *u);
Str unpack_str(Unpack *u);                             /* a view of the bytes */
size_t unpack_count(Unpack *u, size_t item_bytes_min); /* of items to come; damaged when they cannot fit */
bool unpack_end(const Unpack *u);                      /* all was right and nothing is left */

#endif
