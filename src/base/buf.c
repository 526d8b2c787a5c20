/* buf.c -- a growing run of bytes, and the four dialects that we write into it: numbers, JSON, HTML, CSV. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/memory.h"
#include "base/utf8.h"

enum { BUF_BYTES_FIRST = 256 };

void buf_clear(Buf *buf)
{
    free(buf->data);
    *buf = (Buf){ 0 };
}

char *buf_room_slow(Buf *buf, size_t more)
{
    size_t needed, capacity = MAX(buf->capacity * 2, (size_t)BUF_BYTES_FIRST);
    if (__builtin_add_overflow(buf->len, more, &needed)) needed = SIZE_MAX; /* ends the process */
    if (capacity < needed) capacity = needed;
    buf->data = memory_grow(buf->data, capacity);
    buf->capacity = capacity;
    return buf->data + buf->len;
}

/* `data` may lie in the buffer itself. */
void buf_add_slow(Buf *buf, const char *data, size_t len)
{
    uintptr_t from = (uintptr_t)data, begin = (uintptr_t)buf->data;
    bool own = buf->data && from >= begin && from - begin < buf->capacity;
    char *room = buf_room(buf, len);
    if (len) memcpy(room, own ? buf->data + (from - begin) : data, len);
    buf->len += len;
}

void buf_printf(Buf *buf, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    (void)buf_room(buf, 1);
    size_t room = buf->capacity - buf->len;
    int len = vsnprintf(buf->data + buf->len, room, format, list);
    if (len >= 0 && (size_t)len >= room)
        (void)vsnprintf(buf_room(buf, (size_t)len + 1), (size_t)len + 1, format, again);
    if (len > 0) buf->len += (size_t)len;
    va_end(again);
    va_end(list);
}

/* Most numbers that we write are short, so those do not pass through a copy. */
void buf_u64(Buf *buf, uint64_t value)
{
    enum { DIGITS_MAX = 20 }; /* of 2^64 */
    char *to = buf_room(buf, DIGITS_MAX);
    if (value < 10) {
        to[0] = (char)('0' + value);
        buf->len += 1;
    } else if (value < 100) {
        to[0] = (char)('0' + value / 10);
        to[1] = (char)('0' + value % 10);
        buf->len += 2;
    } else if (value < 1000) {
        unsigned small = (unsigned)value;
        to[0] = (char)('0' + small / 100);
        to[1] = (char)('0' + small / 10 % 10);
        to[2] = (char)('0' + small % 10);
        buf->len += 3;
    } else {
        char digit[DIGITS_MAX];
        size_t at = sizeof digit;
        do digit[--at] = (char)('0' + value % 10);
        while ((value /= 10) != 0);
        memcpy(to, digit + at, sizeof digit - at);
        buf->len += sizeof digit - at;
    }
}

void buf_i64(Buf *buf, int64_t value)
{
    if (value < 0) buf_char(buf, '-');
    buf_u64(buf, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void buf_hundredths(Buf *buf, int value)
{
    if (value < 0) buf_char(buf, '-');
    unsigned size = value < 0 ? 0 - (unsigned)value : (unsigned)value, rest = size % 100;
    buf_u64(buf, size / 100);
    if (rest == 0) return;
    char *to = buf_room(buf, 3);
    to[0] = '.';
    to[1] = (char)('0' + rest / 10);
    to[2] = (char)('0' + rest % 10);
    buf->len += rest % 10 ? 3 : 2;
}

#ifdef __SSE2__
static inline __m128i json_marks(__m128i x)
{
    return _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('"')), _mm_cmpeq_epi8(x, _mm_set1_epi8('\\')));
}

/* Bytes that JSON wants escaped. */
static inline unsigned json_escaped_mask(__m128i x)
{
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1F)), x);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(control, json_marks(x)));
}

/* Those, and what is beyond ASCII: as signed bytes both are under the blank. */
static inline unsigned json_odd_mask(__m128i x)
{
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmplt_epi8(x, _mm_set1_epi8(' ')), json_marks(x)));
}
#endif

static inline bool json_odd(char c) { return c == '"' || c == '\\' || (signed char)c < ' '; }

/* Whether JSON takes eight bytes as they are, by the usual tricks on a word: a byte has its high bit set in `x - n`
 * when it is under n (or a lower byte borrowed from it: then the answer is a needless no), and a byte equal to c is 0
 * in `x ^ c`. */
static inline bool json_clean_8(uint64_t x)
{
    const uint64_t one = 0x0101010101010101u, high = one * 0x80;
    uint64_t control = x - one * ' ', quote = (x ^ one * '"') - one, slash = (x ^ one * '\\') - one;
    return ((x | control | quote | slash) & high) == 0;
}

static inline bool copied_clean(char *to, const char *from, size_t step)
{
    uint64_t x = 0x2020202020202020u; /* the bytes that are not read are blanks */
    memcpy(&x, from, step);
    memcpy(to, &x, step);
    return json_clean_8(x);
}

/* Copies s to `to` while it looks at it: true when it is ASCII without anything to escape.  Else what was written there
 * is of no worth. */
static inline bool json_copy_clean(char *to, Str s)
{
    const char *from = s.data;
    size_t len = s.len;
#ifdef __SSE2__
    if (len >= 16) {
        for (size_t at = 0;; at += 16) {
            if (at + 16 > len) {
                if (at == len) return true;
                at = len - 16; /* the last 16 together, some twice */
            }
            __m128i x = _mm_loadu_si128((const __m128i *)(const void *)(from + at));
            if (json_odd_mask(x)) return false;
            _mm_storeu_si128((__m128i *)(void *)(to + at), x);
        }
    }
#endif
    if (len >= 8) {
        bool clean = true;
        for (size_t at = 0; at + 8 <= len; at += 8) clean = clean && copied_clean(to + at, from + at, 8);
        return clean && copied_clean(to + len - 8, from + len - 8, 8);
    }
    if (len >= 4) return copied_clean(to, from, 4) && copied_clean(to + len - 4, from + len - 4, 4);
    bool odd = false;
    for (size_t at = 0; at < len; at++) {
        to[at] = from[at];
        odd = odd || json_odd(from[at]);
    }
    return !odd;
}

/* The first byte from `at` on that JSON wants escaped, or s.len. */
static inline size_t json_clean_end(Str s, size_t at)
{
#ifdef __SSE2__
    for (; at + 16 <= s.len; at += 16) {
        unsigned odd = json_escaped_mask(_mm_loadu_si128((const __m128i *)(const void *)(s.data + at)));
        if (odd) return at + (size_t)__builtin_ctz(odd);
    }
#endif
    while (at < s.len && s.data[at] != '"' && s.data[at] != '\\' && (unsigned char)s.data[at] >= 0x20) at++;
    return at;
}

static void json_escape(Buf *buf, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    buf_char(buf, '\\');
    switch (c) {
    case '"': buf_char(buf, '"'); break;
    case '\\': buf_char(buf, '\\'); break;
    case '\n': buf_char(buf, 'n'); break;
    case '\r': buf_char(buf, 'r'); break;
    case '\t': buf_char(buf, 't'); break;
    case '\b': buf_char(buf, 'b'); break;
    case '\f': buf_char(buf, 'f'); break;
    default:
        buf_lit(buf, "u00");
        buf_char(buf, hex[c >> 4]);
        buf_char(buf, hex[c & 15]);
    }
}

static void json_inside(Buf *buf, Str s)
{
    for (size_t at = 0;;) {
        size_t end = json_clean_end(s, at);
        buf_add(buf, str_sub(s, at, end));
        if (end == s.len) return;
        json_escape(buf, (unsigned char)s.data[end]);
        at = end + 1;
    }
}

void buf_json(Buf *buf, Str s)
{
    char *to = buf_room(buf, s.len < SIZE_MAX - 2 ? s.len + 2 : SIZE_MAX); /* exact when there is nothing to escape */
    if (LIKELY(json_copy_clean(to + 1, s))) {
        to[0] = to[s.len + 1] = '"';
        buf->len += s.len + 2;
        return;
    }
    buf_char(buf, '"');
    size_t good = utf8_valid_len(s);
    json_inside(buf, str_sub(s, 0, good));
    while (good < s.len) { /* a bad run, and what is good after it */
        s = str_from_byte(s, good);
        size_t bad = 1;
        while (bad < s.len && utf8_sequence(s, bad) == 0) bad++;
        buf_lit(buf, "\xEF\xBF\xBD");
        s = str_from_byte(s, bad);
        good = utf8_valid_len(s);
        json_inside(buf, str_sub(s, 0, good));
    }
    buf_char(buf, '"');
}

void buf_html(Buf *buf, Str s)
{
    size_t done = 0;
    for (size_t at = 0; at < s.len; at++) {
        unsigned char c = (unsigned char)s.data[at];
        Str instead;
        switch (c) {
        case '&': instead = STR("&amp;"); break;
        case '<': instead = STR("&lt;"); break;
        case '>': instead = STR("&gt;"); break;
        case '"': instead = STR("&quot;"); break;
        case '\'': instead = STR("&#39;"); break;
        default:
            if ((c >= 0x20 && c != 0x7F) || c == '\t' || c == '\n') continue;
            instead = STR("");
        }
        buf_add(buf, str_sub(s, done, at));
        buf_add(buf, instead);
        done = at + 1;
    }
    buf_add(buf, str_from_byte(s, done));
}

/* A field that begins so is a formula to a spreadsheet (OWASP, "CSV Injection"); a plain number stays a number. */
static bool is_formula(Str s)
{
    double number;
    return s.len && memchr("=+-@\t\r", s.data[0], 6) && !str_to_double(s, &number);
}

void buf_csv(Buf *buf, Str s)
{
    bool formula = is_formula(s), quoted = false;
    for (size_t i = 0; i < s.len && !quoted; i++)
        quoted = s.data[i] == ',' || s.data[i] == '"' || s.data[i] == '\n' || s.data[i] == '\r';
    if (s.len && (ascii_space(s.data[0]) || ascii_space(s.data[s.len - 1]))) quoted = true; /* some readers trim */
    if (quoted) buf_char(buf, '"');
    if (formula) buf_char(buf, '\'');
    while (quoted && s.len) {
        size_t quote = str_find_char(s, '"');
        if (quote == STR_NOT_FOUND) break;
        buf_add(buf, str_sub(s, 0, quote + 1));
        buf_char(buf, '"');
        s = str_from_byte(s, quote + 1);
    }
    buf_add(buf, s);
    if (quoted) buf_char(buf, '"');
}
