/* str.h -- a view of bytes that somebody else owns.
 *
 * A Str may hold any bytes, NUL included, and is not NUL-terminated.  An empty
 * Str may have a NULL pointer.  Case folding here is ASCII's; Unicode's is in
 * utf8.h.
 */
#ifndef GOODWILL_BASE_STR_H
#define GOODWILL_BASE_STR_H

#include "base/base.h"

typedef struct Str {
    const char *data;
    size_t len;
} Str;

#define STR(literal)  ((Str){ "" literal, sizeof(literal) - 1 })
#define STR_ARG(s)    (int)((s).len > 2000 ? 2000 : (s).len), (s).data ? (s).data : "" /* for "%.*s" in messages */
#define STR_NOT_FOUND SIZE_MAX

static inline Str str_make(const char *data, size_t len) { return (Str){ data, len }; }
static inline Str str_from(const char *text) { return (Str){ text, text ? strlen(text) : 0 }; }

static inline bool str_equal(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* The bytes [begin, end); both are cut to the length. */
static inline Str str_sub(Str s, size_t begin, size_t end)
{
    if (end > s.len) end = s.len;
    if (begin > end) begin = end;
    return (Str){ s.data ? s.data + begin : NULL, end - begin };
}

static inline Str str_from_byte(Str s, size_t begin) { return str_sub(s, begin, s.len); }

static inline char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c; }
static inline bool ascii_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool ascii_alpha(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
static inline bool ascii_upper(char c) { return c >= 'A' && c <= 'Z'; }
static inline bool ascii_alnum(char c) { return ascii_alpha(c) || ascii_digit(c); }
static inline bool ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool str_starts(Str s, Str prefix);
bool str_ends(Str s, Str suffix);
bool str_equal_nocase(Str a, Str b);       /* ASCII */
bool str_starts_nocase(Str s, Str prefix); /* ASCII */
int str_compare(Str a, Str b);             /* by bytes, as memcmp */
size_t str_find(Str s, Str needle);        /* offset or STR_NOT_FOUND */
size_t str_find_nocase(Str s, Str needle); /* ASCII; offset or STR_NOT_FOUND */
size_t str_find_char(Str s, char c);       /* offset or STR_NOT_FOUND */
Str str_trim(Str s);                       /* without ASCII white space at both ends */

/* Takes the next line off *rest: without its CR, LF or CRLF.  False when *rest is used up. */
bool str_next_line(Str *rest, Str *ret);

/* Takes what stands before `separator` off *rest (all of it when there is none). False when *rest is used up. */
bool str_next_part(Str *rest, char separator, Str *ret);

/* Whole-string decimal numbers; false (and *ret unwritten) on anything else or on overflow. */
bool str_to_i64(Str s, int64_t *ret) MUST_USE;
bool str_to_double(Str s, double *ret) MUST_USE; /* always with '.', whatever the locale */

/* 64-bit hash for tables of our own process; not for anything that an enemy chooses keys of and not stored. */
uint64_t str_hash(Str s);

#endif
