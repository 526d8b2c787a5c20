/* pieces.h -- text cut into the word pieces that the sentence encoder knows, each by its number.
 *
 * In: a text of any bytes.  Out: at most PIECES_MAX numbers: the graph looks at no more.  The cut is the one whose
 * pieces' log probabilities add up highest (Viterbi), after NFKC and with every space written U+2581, one before the
 * text; a run of characters that no piece begins with is the one piece 0.  It equals what the npm package
 * @energetic-ai/embeddings does, with these of our own: bytes that are no UTF-8 are read as U+FFFD, and of a text only
 * the first PIECES_TEXT_MAX bytes are read, which is many times what PIECES_MAX pieces cover.
 *
 * Pieces are read-only once opened: threads may share them.
 */
#ifndef GOODWILL_ENCODE_PIECES_H
#define GOODWILL_ENCODE_PIECES_H

#include "base/arena.h"
#include "base/err.h"

enum { PIECES_MAX = 128, PIECES_TEXT_MAX = 64 << 10 };

typedef struct Pieces Pieces;

/* `text` holds the pieces one behind another, `end` where each ends, `score` their log probabilities; they are read
 * while opening only.  The first `reserved` (at least one) are never found in a text. */
Pieces *pieces_open(Str text, const uint32_t *end, const double *score, size_t count, size_t reserved,
                    Err *err) MUST_USE;
void pieces_free(Pieces *pieces); /* NULL is fine */

/* Writes the numbers and says how many.  The arena is used for the time of the call; it is given back. */
size_t pieces_cut(const Pieces *pieces, Str text, Arena *arena, uint16_t ret[PIECES_MAX]);

#endif
