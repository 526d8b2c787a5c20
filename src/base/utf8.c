/* utf8.c -- UTF-8 checked, decoded, repaired and folded; sixteen bytes at a time while they are ASCII. */
#include "base/utf8.h"

#include <stdlib.h>
#include <utf8proc.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/buf.h"

static const char REPLACEMENT[3] = { '\xEF', '\xBF', '\xBD' }; /* U+FFFD */

/* The first byte from `at` on that is not ASCII, or s.len.  The last 16 bytes are looked at together, some twice. */
static inline size_t ascii_end(Str s, size_t at)
{
#ifdef __SSE2__
    for (; at + 16 <= s.len; at += 16) {
        unsigned high = (unsigned)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.data + at)));
        if (high) return at + (size_t)__builtin_ctz(high);
    }
    if (at < s.len && s.len >= 16) {
        size_t last = s.len - 16;
        unsigned high = (unsigned)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.data + last)));
        high = high >> (at - last) << (at - last);
        return high ? last + (size_t)__builtin_ctz(high) : s.len;
    }
#else
    for (; at + 8 <= s.len; at += 8) {
        uint64_t word;
        memcpy(&word, s.data + at, 8);
        if (word & 0x8080808080808080u) break;
    }
#endif
    while (at < s.len && (unsigned char)s.data[at] < 0x80) at++;
    return at;
}

/* The table of well-formed sequences (Unicode 15, table 3-7). */
static inline size_t sequence(const unsigned char *p, size_t left)
{
    unsigned char lead = p[0];
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || left < 2) return 0;
    unsigned char second = p[1];
    if (lead < 0xE0) return (second & 0xC0) == 0x80 ? 2 : 0;
    if (left < 3) return 0;
    if (lead < 0xF0) {
        unsigned char low = lead == 0xE0 ? 0xA0 : 0x80, high = lead == 0xED ? 0x9F : 0xBF;
        return second >= low && second <= high && (p[2] & 0xC0) == 0x80 ? 3 : 0;
    }
    if (left < 4 || lead > 0xF4) return 0;
    unsigned char low = lead == 0xF0 ? 0x90 : 0x80, high = lead == 0xF4 ? 0x8F : 0xBF;
    return second >= low && second <= high && (p[2] & 0xC0) == 0x80 && (p[3] & 0xC0) == 0x80 ? 4 : 0;
}

size_t utf8_sequence(Str s, size_t at)
{
    assert(at < s.len);
    return sequence((const unsigned char *)s.data + at, s.len - at);
}

size_t utf8_valid_len(Str s)
{
    size_t at = 0;
    for (;;) {
        at = ascii_end(s, at);
        while (at < s.len && (unsigned char)s.data[at] >= 0x80) {
            size_t used = sequence((const unsigned char *)s.data + at, s.len - at);
            if (used == 0) return at;
            at += used;
        }
        if (at == s.len) return at;
    }
}

bool utf8_is_plain(Str s)
{
    size_t at = 0;
#ifdef __SSE2__
    if (s.len >= 16) {
        /* As signed bytes, NUL and what is beyond ASCII are both under 1.  The last 16 are looked at together. */
        const __m128i one = _mm_set1_epi8(1);
        __m128i bad = _mm_cmplt_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.data + s.len - 16)), one);
        for (; at + 16 <= s.len; at += 16)
            bad = _mm_or_si128(bad, _mm_cmplt_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.data + at)), one));
        return _mm_movemask_epi8(bad) == 0;
    }
#endif
    while (at < s.len && (signed char)s.data[at] > 0) at++;
    return at == s.len;
}

bool utf8_valid(Str s) { return utf8_valid_len(s) == s.len; }

Str utf8_repair(Arena *arena, Str s)
{
    size_t good = utf8_valid_len(s);
    if (good == s.len) return s;
    /* A bad run of one byte becomes three, and two runs have a good byte between them; 2 * rest + 3 is enough. */
    size_t rest = s.len - good;
    char *copy = arena_alloc(arena, good + 2 * rest + 4);
    size_t out = 0, at = 0;
    while (at < s.len) {
        good = utf8_valid_len(str_from_byte(s, at));
        if (good) memcpy(copy + out, s.data + at, good);
        out += good;
        at += good;
        if (at == s.len) break;
        while (at < s.len && sequence((const unsigned char *)s.data + at, s.len - at) == 0) at++;
        memcpy(copy + out, REPLACEMENT, sizeof REPLACEMENT);
        out += sizeof REPLACEMENT;
    }
    copy[out] = 0;
    return (Str){ copy, out };
}

size_t utf8_decode(Str s, size_t at, int32_t *ret)
{
    assert(at < s.len);
    const unsigned char *p = (const unsigned char *)s.data + at;
    switch (sequence(p, s.len - at)) {
    case 1: *ret = p[0]; return 1;
    case 2: *ret = (p[0] & 0x1F) << 6 | (p[1] & 0x3F); return 2;
    case 3: *ret = (p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F); return 3;
    case 4: *ret = (p[0] & 0x07) << 18 | (p[1] & 0x3F) << 12 | (p[2] & 0x3F) << 6 | (p[3] & 0x3F); return 4;
    default: *ret = 0xFFFD; return 1;
    }
}

size_t utf8_encode(int32_t codepoint, char ret[4])
{
    if (codepoint < 0 || codepoint > 0x10FFFF || (codepoint >= 0xD800 && codepoint <= 0xDFFF)) codepoint = 0xFFFD;
    uint32_t c = (uint32_t)codepoint;
    if (c < 0x80) {
        ret[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        ret[0] = (char)(0xC0 | c >> 6);
        ret[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        ret[0] = (char)(0xE0 | c >> 12);
        ret[1] = (char)(0x80 | (c >> 6 & 0x3F));
        ret[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    ret[0] = (char)(0xF0 | c >> 18);
    ret[1] = (char)(0x80 | (c >> 12 & 0x3F));
    ret[2] = (char)(0x80 | (c >> 6 & 0x3F));
    ret[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* Bytes 0x80..0x9F of Windows-1252; the five that it leaves open are the C1 controls, as in the WHATWG's table. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

Str utf8_from_latin1(Arena *arena, Str s)
{
    size_t size = s.len > SIZE_MAX / 4 ? SIZE_MAX : s.len * 3 + 1; /* a byte becomes three at most */
    char *copy = arena_alloc(arena, size);
    size_t out = 0;
    for (size_t at = 0; at < s.len; at++) {
        unsigned char byte = (unsigned char)s.data[at];
        if (byte < 0x80)
            copy[out++] = (char)byte;
        else
            out += utf8_encode(byte < 0xA0 ? windows_1252[byte - 0x80] : byte, copy + out);
    }
    copy[out] = 0;
    return (Str){ copy, out };
}

static int32_t utf16_unit(Str s, size_t at, bool big)
{
    unsigned char a = (unsigned char)s.data[at], b = (unsigned char)s.data[at + 1];
    return big ? a << 8 | b : b << 8 | a;
}

Str utf8_from_utf16(Arena *arena, Str s, bool big)
{
    size_t size = s.len > SIZE_MAX / 4 ? SIZE_MAX : s.len / 2 * 3 + 4; /* a unit becomes three bytes at most */
    char *copy = arena_alloc(arena, size);
    size_t out = 0, at = 0;
    while (at + 2 <= s.len) {
        int32_t unit = utf16_unit(s, at, big);
        at += 2;
        if (unit >= 0xD800 && unit <= 0xDBFF && at + 2 <= s.len) {
            int32_t low = utf16_unit(s, at, big);
            if (low >= 0xDC00 && low <= 0xDFFF) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                at += 2;
            }
        }
        out += utf8_encode(unit, copy + out); /* a lone surrogate becomes U+FFFD there */
    }
    if (at < s.len) out += utf8_encode(0xFFFD, copy + out); /* half a unit */
    copy[out] = 0;
    return (Str){ copy, out };
}

Str utf8_fold(Arena *arena, Str s)
{
    if (ascii_end(s, 0) == s.len) {
        char *copy = arena_alloc(arena, s.len + 1);
        for (size_t i = 0; i < s.len; i++) copy[i] = ascii_lower(s.data[i]);
        copy[s.len] = 0;
        return (Str){ copy, s.len };
    }
    Str whole = utf8_repair(arena, s);
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t len = utf8proc_map((const utf8proc_uint8_t *)whole.data, (utf8proc_ssize_t)whole.len, &folded,
                                        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    if (len < 0) return arena_str(arena, whole); /* no memory left for it: unfolded is the nearest truth */
    Str ret = arena_str(arena, (Str){ (const char *)folded, (size_t)len });
    free(folded);
    return ret;
}

size_t utf8_count(Str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++) count += ((unsigned char)s.data[i] & 0xC0) != 0x80;
    return count;
}
