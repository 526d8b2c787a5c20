/* pull.h -- JSON read forwards, value by value, without a tree: for the forms that must be read at the speed of the
 * disk.
 *
 * In: bytes, of which the value at hand begins at `at`.  Out: strings as views
 * of those bytes, or unescaped into the arena.  The caller asks for what it
 * wants and skips the rest; what is skipped is checked too, but for the letters behind backslashes.
 *
 *     for (bool more = pull_enter(&p, '{'); more; more = pull_next(&p, '}')) {
 *         Str key = pull_key(&p);
 *         if (str_equal(key, STR("id"))) id = pull_scalar(&p); else pull_skip(&p);
 *     }
 *     if (p.reason) …                  what is wrong, at p.at
 *
 * After the first error every call answers "nothing" and `at` stays where it
 * is, so one check at the end is enough.  Bytes that are not UTF-8 pass through.
 */
#ifndef GOODWILL_IMPORT_PULL_H
#define GOODWILL_IMPORT_PULL_H

#include "base/arena.h"

typedef struct Pull {
    const char *at, *end;
    const char *reason; /* NULL until something is wrong; a constant */
    unsigned depth;     /* arrays and objects entered; at most JSON_DEPTH_MAX */
    Arena *arena;
} Pull;

static inline Pull pull_start(Str text, Arena *arena)
{
    return (Pull){ text.data, text.data + text.len, NULL, 0, arena };
}

/* The first byte of the value at hand, blanks passed; 0 at the end or after an error. */
char pull_peek_slow(Pull *p);
static inline char pull_peek(Pull *p)
{
    return LIKELY(p->at < p->end && (unsigned char)*p->at > ' ') ? *p->at : pull_peek_slow(p);
}

bool pull_enter(Pull *p, char open); /* into '{' or '['; false when it is empty (and then left again) or is not there */
bool pull_next(Pull *p, char close); /* past the ','; false at `close`, which is passed */
Str pull_key(Pull *p);               /* the member's name; its value is at hand afterwards */
Str pull_string(Pull *p);            /* the value must be a string */
Str pull_scalar(Pull *p);            /* a string's text, a number's digits; empty for true, false, null, [] and {} */
bool pull_bool(Pull *p, bool otherwise); /* true and false; `otherwise` for anything else, which is skipped */
void pull_skip(Pull *p);
bool pull_done(Pull *p); /* nothing but blanks follows */
void pull_fail(Pull *p, const char *reason);

#endif
