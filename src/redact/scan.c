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

static uint64_t bits_at(__m128i v, int at) { return (uint64_t)(uint16_t)_mm_movemask_epi8(v) << at; }

/* The first `len` bytes at least, in steps of 16. */
static Classes classify(const char *p, int len)
{
    Classes c = { 0 };
    for (int at = 0; at < len; at += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + at));
        c.letter |= bits_at(in_range(_mm_or_si128(v, _mm_set1_epi8(0x20)), 'a', 25), at);
        c.digit |= bits_at(in_range(v, '0', 9), at);
        c.other |= bits_at(other(v), at);
        c.dot |= bits_at(_mm_cmpeq_epi8(v, _mm_set1_epi8('.')), at);
    }
    return c;
}
#else
static Classes classify(const char *p, int len)
{
    Classes c = { 0 };
    for (int i = 0; i < len; i++) {
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
    Classes c = classify(p, (int)MIN(left, (size_t)BLOCK));
    uint64_t next_letter = c.letter >> 1;
    if (left > BLOCK && ascii_alpha(p[BLOCK])) next_letter |= 1ull << 63;
    scan->words = c.letter & ~(c.letter << 1 | (uint64_t)scan->letter);
    scan->stops = scan->words | (c.digit & ~(c.digit << 1 | (uint64_t)scan->digit)) | c.other | (c.dot & next_letter);
    scan->letters = c.letter;
    scan->letter = c.letter >> 63;
    scan->digit = c.digit >> 63;
}

void scan_open(Scan *scan, Str s)
{
    (void)is_other;
    *scan = (Scan){ .s = s };
    if (s.len) load(scan);
}

/* Whether a trigger may begin with the word at `at`, bit `place` of the block with these letters. */
static inline bool may_trigger(Str s, uint64_t block_letters, size_t at, unsigned place)
{
    unsigned len = (unsigned)__builtin_ctzll(~(block_letters >> place) | 1ull << 63);
    size_t end = at + len;
    uint64_t letters;
    /* Where the block or the text ends soon, and where an apostrophe or a letter beyond ASCII is a part of the word, it
     * is read letter by letter. */
    if (UNLIKELY(place + len >= BLOCK || s.len - at <= 8 || s.data[end] == '\'' || (signed char)s.data[end] < 0)) {
        letters = lex_letters(s, at, &end);
    } else {
        memcpy(&letters, s.data + at, sizeof letters);
        letters = (letters | 0x2020202020202020u) & (UINT64_MAX >> (64 - 8 * MIN(len, 8u)));
    }
    return lex_may_trigger(s, letters, end);
}

bool scan_next(Scan *scan, size_t *ret)
{
    Str s = scan->s;
    for (;;) {
        uint64_t stops = scan->stops, words = scan->words, letters = scan->letters;
        size_t base = scan->base;
        while (stops) {
            unsigned place = (unsigned)__builtin_ctzll(stops);
            bool is_word = words >> place & 1;
            stops &= stops - 1;
            if (is_word && LIKELY(!may_trigger(s, letters, base + place, place))) continue;
            scan->stops = stops;
            *ret = base + place;
            return true;
        }
        scan->stops = 0;
        if (s.len - base <= BLOCK) return false;
        scan->base += BLOCK;
        load(scan);
    }
}
