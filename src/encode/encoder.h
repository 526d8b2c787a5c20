/* encoder.h -- a sentence becomes 512 numbers: what means alike lies near.
 *
 * In: texts of any bytes and length, best a clause or a turn.  Out: for each a vector of length 1; the product of two
 * is their likeness, -1 to 1.  The first 128 word pieces (about 100 words) count, what follows does not; an empty text
 * has a vector too, always the same.
 *
 * The weights are the Universal Sentence Encoder lite's, in a file beside the program that the build makes from an npm
 * package (docs/encoder.md).  Without the file encoder_open says so, and the caller goes on without.
 *
 * Two arithmetics: ENCODER_FLOAT agrees with the package's own reader within 1e-4 in each number; between kinds of
 * processor the last bits may differ.  ENCODER_INT8 multiplies small integers, is several times faster and gives the
 * same bits on every processor.  In both a text's vector does not depend on the texts beside it.
 *
 * An Encoder is read-only once opened: threads may share it, each brings its own Arena.
 */
#ifndef GOODWILL_ENCODE_ENCODER_H
#define GOODWILL_ENCODE_ENCODER_H

#include "base/arena.h"
#include "base/err.h"

enum { ENCODER_DIMS = 512 };

typedef struct Encoder Encoder;

typedef enum EncoderNumbers { ENCODER_FLOAT, ENCODER_INT8 } EncoderNumbers;

typedef struct EncoderSettings {
    const char *path;      /* the file; NULL: $GOODWILL_ENCODER, else goodwill-encoder.gwe beside the program */
    const char *processor; /* "plain", "avx2", "avxvnni", "avx512", "vnni"; NULL: the best that this one can */
    EncoderNumbers numbers;
} EncoderSettings;

/* NULL on error: ERR_SYSTEM where there is no such file, ERR_INPUT where it is damaged, ERR_USAGE where the processor
 * cannot what is asked.  Takes 8 to 20 ms. */
Encoder *encoder_open(EncoderSettings settings, Err *err) MUST_USE;
void encoder_free(Encoder *encoder); /* NULL is fine */

const char *encoder_processor(const Encoder *encoder); /* "avx512" */
Str encoder_card(const Encoder *encoder);              /* where the weights come from, and their licence */

/* The vectors of `count` texts into `ret`.  Many at once cost less than one by one.  The arena holds the work in
 * between (about 4 MB), given back at the end; ERR_LIMIT when its budget does not allow that. */
bool encoder_run(const Encoder *encoder, const Str *text, size_t count, float (*ret)[ENCODER_DIMS], Arena *arena,
                 Err *err) MUST_USE;

#endif
