/* html.h -- HTML becomes the text that a browser would show; for readers that need more than import_html_text.
 *
 * Pure and thread-safe.  Cost grows with the input's length alone: attributes
 * never reach the library, elements are nested at most HTML_DEPTH_MAX deep, and
 * what is longer than HTML_LIBRARY_MAX or deeper is read by a plain scan.
 */
#ifndef GOODWILL_IMPORT_HTML_H
#define GOODWILL_IMPORT_HTML_H

#include "base/arena.h"

enum {
    HTML_DEPTH_MAX = 256,       /* elements inside one another, as libxml2 counts them */
    HTML_LIBRARY_MAX = 4 << 20, /* bytes; about twice the largest newsletter we know of */
};

typedef enum HtmlQuotes {
    HTML_QUOTES_PLAIN, /* quoted mail is text like any other */
    HTML_QUOTES_MARK,  /* each line of it begins with "> ", as in plain mail */
} HtmlQuotes;

/* Never fails.  The text is valid UTF-8 without NUL. */
Str html_text(Arena *arena, Str html, HtmlQuotes quotes);

/* A character reference at s[at], which is '&': appends what it stands for and returns the bytes used, or 0 when it is
 * none.  Names as in HTML 4; the semicolon may be missing where HTML allows it. */
size_t html_reference(Str s, size_t at, char ret[4], size_t *ret_len);

#endif
