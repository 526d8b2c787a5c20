/* pull.c -- see pull.h. */
#include "import/pull.h"

#include "base/json.h"
#include "base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Nothing is at hand from now on. */
void pull_fail(Pull *p, const char *reason)
{
    if (p->reason) return;
    p->reason = reason;
    p->end = p->at;
}

static inline bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

char pull_peek_slow(Pull *p)
{
    while (p->at < p->end && is_blank(*p->at)) p->at++;
    return p->at < p->end ? *p->at : 0;
}

bool pull_done(Pull *p)
{
    pull_peek(p);
    return !p->reason && p->at == p->end;
}

bool pull_enter(Pull *p, char open)
{
    if (pull_peek(p) != open) {
        pull_fail(p, open == '{' ? "an object is wanted here" : "a list is wanted here");
        return false;
    }
    if (p->depth == JSON_DEPTH_MAX) {
        pull_fail(p, "nested too deep");
        return false;
    }
    p->depth++;
    p->at++;
    char close = open == '{' ? '}' : ']';
    if (pull_peek(p) != close) return !p->reason;
    p->at++;
    p->depth--;
    return false;
}

bool pull_next(Pull *p, char close)
{
    char c = pull_peek(p);
    if (c == ',') {
        p->at++;
        return true;
    }
    if (c == close && c) {
        p->at++;
        p->depth--;
    } else {
        pull_fail(p, p->at == p->end ? "the text ends inside a value" : "a comma or a closing bracket is missing");
    }
    return false;
}

/* The first byte from `at` on that ends a plain run of a string: a quote, a backslash or a control character. */
static inline const char *plain_end(const char *at, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1f);
    for (; end - at >= 16; at += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i stop = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, backslash)),
                                    _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
        int mask = _mm_movemask_epi8(stop);
        if (mask) return at + __builtin_ctz((unsigned)mask);
    }
#endif
    while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= ' ') at++;
    return at;
}

static int hex_value(char c)
{
    if (ascii_digit(c)) return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hex digits, or -1. */
static int32_t hex4(const char *at, const char *end)
{
    if (end - at < 4) return -1;
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* One escape at *at (behind the backslash) to `out`; bytes written, 0 when it is none. */
static size_t unescape(const char **at, const char *end, char *out)
{
    static const char LETTER[] = "\"\\/bfnrt", MEANING[] = "\"\\/\b\f\n\r\t";
    if (*at == end) return 0;
    char c = *(*at)++;
    if (c != 'u') {
        const char *letter = c ? strchr(LETTER, c) : NULL;
        if (letter) *out = MEANING[letter - LETTER];
        return letter ? 1 : 0;
    }
    int32_t code = hex4(*at, end);
    if (code < 0) return 0;
    *at += 4;
    if (code >= 0xD800 && code < 0xDC00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
        int32_t low = hex4(*at + 2, end);
        if (low >= 0xDC00 && low < 0xE000) {
            *at += 6;
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    if (code >= 0xD800 && code < 0xE000) code = 0xFFFD; /* half of a pair has no meaning */
    return utf8_encode(code, out);
}

/* The closing quote of the string whose first escape is at `at`, or NULL. */
static const char *closing_quote(const char *at, const char *end)
{
    while (at < end) {
        at = plain_end(at, end);
        if (at == end || (unsigned char)*at < ' ') return NULL;
        if (*at == '"') return at;
        if (end - at < 2 || (unsigned char)at[1] < ' ') return NULL;
        at += 2;
    }
    return NULL;
}

static const char STRING_BROKEN[] = "a string is not closed or holds a control character";

static Str escaped_string(Pull *p, const char *begin, const char *at)
{
    const char *end = closing_quote(at, p->end);
    if (!end) {
        pull_fail(p, STRING_BROKEN);
        return (Str){ 0 };
    }
    /* No escape is shorter than the bytes it stands for. */
    char *out = arena_alloc(p->arena, (size_t)(end - begin) + 4);
    size_t len = (size_t)(at - begin);
    memcpy(out, begin, len);
    while (at < end) {
        if (*at == '\\') {
            const char *escape = at++;
            size_t written = unescape(&at, end, out + len);
            if (!written) {
                p->at = escape;
                pull_fail(p, "an escape in a string is none of JSON's");
                return (Str){ 0 };
            }
            len += written;
        }
        const char *stop = plain_end(at, end);
        memcpy(out + len, at, (size_t)(stop - at));
        len += (size_t)(stop - at);
        at = stop;
    }
    p->at = end + 1;
    return str_make(out, len);
}

Str pull_string(Pull *p)
{
    if (pull_peek(p) != '"') {
        pull_fail(p, "a string is wanted here");
        return (Str){ 0 };
    }
    const char *begin = p->at + 1, *stop = plain_end(begin, p->end);
    if (LIKELY(stop < p->end && *stop == '"')) {
        p->at = stop + 1;
        return str_make(begin, (size_t)(stop - begin));
    }
    if (stop < p->end && *stop == '\\') return escaped_string(p, begin, stop);
    pull_fail(p, STRING_BROKEN);
    return (Str){ 0 };
}

Str pull_key(Pull *p)
{
    Str key = pull_string(p);
    if (pull_peek(p) == ':')
        p->at++;
    else
        pull_fail(p, "a colon is missing after a name");
    return key;
}

/* A number as RFC 8259 writes it. */
static Str number(Pull *p)
{
    const char *begin = p->at, *at = begin, *end = p->end;
    if (at < end && *at == '-') at++;
    const char *digits = at;
    while (at < end && ascii_digit(*at)) at++;
    bool good = at > digits && (*digits != '0' || at == digits + 1);
    if (good && at < end && *at == '.') {
        digits = ++at;
        while (at < end && ascii_digit(*at)) at++;
        good = at > digits;
    }
    if (good && at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-')) at++;
        digits = at;
        while (at < end && ascii_digit(*at)) at++;
        good = at > digits;
    }
    if (!good) {
        pull_fail(p, "this is no JSON value");
        return (Str){ 0 };
    }
    p->at = at;
    return str_make(begin, (size_t)(at - begin));
}

static bool literal(Pull *p, Str word)
{
    if (!str_starts(str_make(p->at, (size_t)(p->end - p->at)), word)) {
        pull_fail(p, "this is no JSON value");
        return false;
    }
    p->at += word.len;
    return true;
}

/* Nothing is unescaped, so that passing over a long document takes no memory. */
static void skip_string(Pull *p)
{
    const char *end = closing_quote(p->at + 1, p->end);
    if (end)
        p->at = end + 1;
    else
        pull_fail(p, STRING_BROKEN);
}

void pull_skip(Pull *p)
{
    switch (pull_peek(p)) {
    case '{':
        for (bool more = pull_enter(p, '{'); more; more = pull_next(p, '}')) {
            pull_key(p);
            pull_skip(p);
        }
        break;
    case '[':
        for (bool more = pull_enter(p, '['); more; more = pull_next(p, ']')) pull_skip(p);
        break;
    case '"': skip_string(p); break;
    case 't': literal(p, STR("true")); break;
    case 'f': literal(p, STR("false")); break;
    case 'n': literal(p, STR("null")); break;
    case 0:
        if (p->at == p->end)
            pull_fail(p, "the text ends inside a value");
        else
            pull_fail(p, "this is no JSON value");
        break;
    default: number(p);
    }
}

Str pull_scalar(Pull *p)
{
    char c = pull_peek(p);
    if (c == '"') return pull_string(p);
    if (c == '-' || ascii_digit(c)) return number(p);
    pull_skip(p);
    return (Str){ 0 };
}

bool pull_bool(Pull *p, bool otherwise)
{
    char c = pull_peek(p);
    pull_skip(p);
    return c == 't' ? true : c == 'f' ? false : otherwise;
}
