/* weights.h -- the file of the sentence encoder, as tools/encoder_weights.py writes it: named tables of numbers.
 *
 * The file is mapped, not read: processes share its pages.  Every byte is under a check sum, which is asked when the
 * file is opened, so that a damaged one is an error and never a wrong vector.
 *
 * Form, little-endian, every table on a boundary of 64 bytes:
 *     8 "GWENCODE"  u32 version  u32 tables  u64 bytes of the file  u32 CRC-32 of the list  36 zero
 *     the list, for each table: 24 name  u32 rows  u32 columns  u64 offset  u64 bytes  u32 CRC-32  12 zero
 *     the tables
 * A matrix of `rows` by `columns` stands in panels of 16 columns, [columns / 16][rows][16], the order in which it is
 * multiplied.  "card" tells the source and the licence in words.
 */
#ifndef GOODWILL_ENCODE_WEIGHTS_H
#define GOODWILL_ENCODE_WEIGHTS_H

#include "base/err.h"
#include "base/str.h"

typedef struct Weights {
    Str bytes; /* the whole file */
    Str name;  /* of the file, for messages; borrowed */
    bool mapped;
} Weights;

/* Maps the file and checks all of it.  `path` must outlive the Weights. */
bool weights_open(const char *path, Weights *ret, Err *err) MUST_USE;
void weights_close(Weights *weights); /* an all-zero one is fine */

/* The same of bytes that the caller owns, on a boundary of 64 bytes. */
bool weights_check(Str bytes, Str name, Weights *ret, Err *err) MUST_USE;

/* A table by name, of this shape and with values of this size in bytes. */
bool weights_table(const Weights *weights, const char *name, size_t rows, size_t columns, size_t value_size,
                   const void **ret, Err *err) MUST_USE;

/* A table of bytes, of any length. */
bool weights_text(const Weights *weights, const char *name, Str *ret, Err *err) MUST_USE;

#endif
