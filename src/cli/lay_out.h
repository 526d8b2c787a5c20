/* lay_out.h -- texts of any script in the columns of a terminal.
 *
 * In: valid UTF-8.  Out: lines that fit, measured as a terminal draws them:
 * wide characters take two columns, combining ones none.  Nothing that was said
 * can move the cursor or turn the direction of the screen: control characters
 * and the invisible ones that reorder text are shown as U+FFFD.
 */
#ifndef GOODWILL_CLI_LAY_OUT_H
#define GOODWILL_CLI_LAY_OUT_H

#include "base/buf.h"

/* Bytes [begin, end) of the text stand on this line; the next line begins at `next`. */
typedef struct Line {
    size_t begin, end, next;
} Line;

/* The line that begins at *at (0 at first); false when the text is used up.  width >= 2. Breaks at line breaks, at
 * blanks, and inside a word only when it is longer than a line.  Each line takes at least one character. */
bool lay_out_line(Str text, size_t *at, int width, Line *ret);

int lay_out_width(Str text);                    /* columns, were it one line */
void lay_out_text(Buf *out, Str text);          /* as it may be printed: harmless, line breaks as blanks */
int lay_out_cut(Buf *out, Str text, int width); /* the same, cut to fit with "…"; returns the columns used */
void lay_out_pad(Buf *out, int columns);        /* blanks */

/* Column at which each byte of text[begin, end) stands, and one behind: ret[i] for byte begin + i, end - begin + 1
 * items. */
void lay_out_columns(Str text, size_t begin, size_t end, uint32_t *ret);

#endif
