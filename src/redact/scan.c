/* scan.c -- bitmaps of 64 bytes: letters, digits, '@', digits of other scripts. */
#include "redact/scan.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 64 };

typedef struct Classes {
    uint64_t letter, digit, other, dot;
} Classes;

/* Lead bytes of the digits that we read besides ASCII's: Arabic (D9, DB), Indic (E0), full width (EF). */
static bool is_other(uint8_t c) { return c == '@' || c == 0xD9 || c == 0xDB || c == 0xE0 || c == 0xEF; }

#ifdef __SSE2__
static uint64_t bits(__m128i a, __m128i b, __m128i c, __m128i d)
{
    return (uint64_t)(uint16_t)_mm_movemask_epi8(a) | (uint64_t)(uint16_t)_mm_movemask_epi8(b) << 16 |
           (uint64_t)(uint16_t)_mm_movemask_epi8(c) << 32 | (uint64_t)(uint16_t)_mm_movemask_epi8(d) << 48;
}

/* All ones where lo <= v <= lo + span, for bytes taken as unsigned. */
static __m128i in_range(__m128i v, uint8_t lo, uint8_t span)
{
    __m128i moved = _mm_sub_epi8(v, _mm_set1_epi8((char)lo));
    return _mm_cmpeq_epi8(_mm_min_epu8(moved, _mm_set1_epi8((char)span)), moved);
}

static __m128i other(__m128i v)
{
    __m128i at = _mm_cmpeq_epi8(v, _mm_set1_epi8('@'));
    __m128i arabic = _mm_cmpeq_epi8(_mm_or_si128(v, _mm_set1_epi8(2)), _mm_set1_epi8((char)0xDB));
    __m128i indic = _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xE0));
    __m128i wide = _mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xEF));
    return _mm_or_si128(_mm_or_si128(at, arabic), _mm_or_si128(indic, wide));
}

static Classes classify(const char *p)
{
    __m128i v[4], letter[4], digit[4], rest[4], dot[4];
    for (int i = 0; i < 4; i++) {
        v[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        letter[i] = in_range(_mm_or_si128(v[i], _mm_set1_epi8(0x20)), 'a', 25);
        digit[i] = in_range(v[i], '0', 9);
        rest[i] = other(v[i]);
        dot[i] = _mm_cmpeq_epi8(v[i], _mm_set1_epi8('.'));
    }
    return (Classes){ bits(letter[0], letter[1], letter[2], letter[3]), bits(digit[0], digit[1], digit[2], digit[3]),
                      bits(rest[0], rest[1], rest[2], rest[3]), bits(dot[0], dot[1], dot[2], dot[3]) };
}
#else
static Classes classify(const char *p)
{
    Classes c = { 0 };
    for (int i = 0; i < BLOCK; i++) {
        c.letter |= (uint64_t)ascii_alpha(p[i]) << i;
        c.digit |= (uint64_t)ascii_digit(p[i]) << i;
        c.other |= (uint64_t)is_other((uint8_t)p[i]) << i;
        c.dot |= (uint64_t)(p[i] == '.') << i;
    }
    return c;
}
#endif

/* Fills stops and words from the block at `base`. */
static void load(Scan *scan)
{
    char tail[BLOCK];
    const char *p = scan->s.data + scan->base;
    size_t left = scan->s.len - scan->base;
    if (left < BLOCK) {
        memset(tail, 0, sizeof tail);
        memcpy(tail, p, left);
        p = tail;
    }
    Classes c = classify(p);
    uint64_t next_letter = c.letter >> 1;
    if (left > BLOCK && ascii_alpha(p[BLOCK])) next_letter |= 1ull << 63;
    scan->words = c.letter & ~(c.letter << 1 | (uint64_t)scan->letter);
    scan->stops = scan->words | (c.digit & ~(c.digit << 1 | (uint64_t)scan->digit)) | c.other | (c.dot & next_letter);
    scan->letter = c.letter >> 63;
    scan->digit = c.digit >> 63;
}

void scan_open(Scan *scan, Str s)
{
    (void)is_other;
    *scan = (Scan){ .s = s };
    if (s.len) load(scan);
}

bool scan_next(Scan *scan, size_t *ret)
{
    for (;;) {
        while (scan->stops) {
            uint64_t bit = scan->stops & -scan->stops;
            size_t at = scan->base + (size_t)__builtin_ctzll(scan->stops);
            scan->stops &= scan->stops - 1;
            if ((scan->words & bit) && !lex_is_trigger(scan->s, at)) continue;
            *ret = at;
            return true;
        }
        if (scan->s.len - scan->base <= BLOCK) return false;
        scan->base += BLOCK;
        load(scan);
    }
}
