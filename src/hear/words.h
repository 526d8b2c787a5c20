/* words.h -- the words in force: the embedded defaults with a company's own folder laid over them.
 *
 * In: a folder or NULL.  Out: named files; one with the name of a default
 * replaces it, others are added.  Files are sorted by name, so the same words
 * always give the same reader.
 */
#ifndef GOODWILL_HEAR_WORDS_H
#define GOODWILL_HEAR_WORDS_H

#include "base/embedded.h"
#include "base/arena.h"
#include "base/err.h"

enum { WORDS_FILE_MAX = 64 << 20 /* a model may be large */, WORDS_FILES_MAX = 2000 };

typedef struct Words {
    Embedded *item; /* sorted by name */
    size_t count;
} Words;

bool words_open(const char *folder, Arena *arena, Words *ret, Err *err) MUST_USE;
Str words_bytes(const Words *words, Str name);    /* empty when there is none */
Str words_hash(Arena *arena, const Words *words); /* 16 hex digits over all names and bytes (BLAKE2b) but
                                                     agreement.tsv's, which tells of marks and makes none */

#endif
