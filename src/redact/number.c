/* number.c -- pieces of numbers and what may stand between them. */
#include "redact/number.h"

#include "base/utf8.h"

enum {
    GLUE_BYTES_MAX = 72, /* longer gaps end a number */
    GLUE_WORDS_MAX = 9,
};

static uint32_t three_bytes(Str s, size_t at)
{
    const uint8_t *p = (const uint8_t *)s.data + at;
    return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

size_t digit_at(Str s, size_t at, uint8_t *ret)
{
    uint8_t c = (uint8_t)s.data[at];
    if (LIKELY(c < 0x80)) {
        if (!ascii_digit((char)c)) return 0;
        *ret = (uint8_t)(c - '0');
        return 1;
    }
    uint32_t first;
    if ((c == 0xD9 || c == 0xDB) && at + 1 < s.len) { /* U+0660, U+06F0 */
        first = c == 0xD9 ? 0xA0 : 0xB0;
        uint32_t last = (uint8_t)s.data[at + 1];
        if (last < first || last > first + 9) return 0;
        *ret = (uint8_t)(last - first);
        return 2;
    }
    if ((c == 0xEF || c == 0xE0) && at + 2 < s.len) { /* U+FF10, U+0966, U+09E6 */
        uint32_t code = three_bytes(s, at);
        first = c == 0xEF ? 0xEFBC90 : code >= 0xE0A7A6 ? 0xE0A7A6 : 0xE0A5A6;
        if (code < first || code > first + 9) return 0;
        *ret = (uint8_t)(code - first);
        return 3;
    }
    return 0;
}

/* Letters that fingers and scanners put for digits, among digits only: "O151". */
static bool is_letter_zero(Str s, size_t at)
{
    return (s.data[at] == 'O' || s.data[at] == 'o') && at + 1 < s.len && ascii_digit(s.data[at + 1]);
}

bool piece_written(Str s, size_t at, Piece *ret)
{
    uint8_t d;
    *ret = (Piece){ .begin = at };
    while (at < s.len) {
        size_t step = digit_at(s, at, &d);
        if (!step && ret->count && is_letter_zero(s, at)) step = 1, d = 0;
        if (!step) break;
        if (ret->count < PIECE_DIGITS_MAX) ret->digit[ret->count] = d;
        ret->count++;
        at += step;
    }
    ret->end = at;
    return ret->count > 0;
}

static void put(Piece *p, uint32_t digit, uint32_t times)
{
    for (uint32_t i = 0; i < times && p->count < PIECE_DIGITS_MAX; i++) p->digit[p->count++] = (uint8_t)digit;
}

/* Behind blanks or one hyphen, where a said number may go on. */
static size_t next_word(Str s, size_t at)
{
    size_t begin = at;
    while (at < s.len && at - begin < 4 && (s.data[at] == ' ' || s.data[at] == '-' || s.data[at] == '\t')) at++;
    return at > begin ? at : s.len;
}

bool piece_spoken(Str s, size_t at, Piece *ret)
{
    LexHit hit, more;
    if (!lex_match(s, at, LEX_SPOKEN, &hit)) return false;
    *ret = (Piece){ .begin = at, .end = hit.end, .spoken = true };
    size_t next = next_word(s, hit.end);
    if (hit.flags & LEX_TIMES) {
        uint8_t digit;
        if (next >= s.len) return false;
        if (digit_at(s, next, &digit) && (next + 1 >= s.len || !ascii_digit(s.data[next + 1])))
            more = (LexHit){ LEX_DIGIT, digit, next + 1 };
        else if (!lex_match(s, next, LEX_DIGIT, &more))
            return false;
        put(ret, more.value, hit.value);
        ret->end = more.end;
        return true;
    }
    if (hit.flags & LEX_TEEN) {
        put(ret, hit.value / 10, 1);
        put(ret, hit.value % 10, 1);
    } else if (hit.flags & LEX_TENS) {
        put(ret, hit.value, 1);
        if (next < s.len && lex_match(s, next, LEX_DIGIT, &more) && more.value > 0 && more.end - next >= 3) {
            put(ret, more.value, 1);
            ret->end = more.end;
        } else {
            put(ret, 0, 1);
        }
    } else {
        put(ret, hit.value, 1);
    }
    next = next_word(s, ret->end);
    if (next < s.len && lex_match(s, next, LEX_ZEROS, &more)) {
        put(ret, 0, more.value);
        ret->end = more.end;
    }
    return true;
}

size_t separator_at(Str s, size_t at)
{
    uint8_t c = (uint8_t)s.data[at];
    if (c == ' ' || c == '-' || c == '.' || (c >= '\t' && c <= '\r')) return 1;
    if (c < 0x80) return 0;
    int32_t code;
    size_t step = utf8_decode(s, at, &code);
    bool joins = code == 0xA0 || code == 0xAD || code == 0xB7 || (code >= 0x2000 && code <= 0x2015) || code == 0x2022 ||
                 code == 0x202F || code == 0x205F || code == 0x2060 || code == 0x20E3 || code == 0x2212 ||
                 code == 0x3000 || code == 0xFE0F || code == 0xFEFF || code == 0x30FB;
    return joins ? step : 0;
}

static bool is_loose(char c)
{
    switch (c) {
    case ',':
    case '_':
    case '*':
    case '(':
    case ')':
    case '/':
    case '|':
    case ';':
    case '+':
    case '~':
    case '?':
    case '!':
    case '"':
    case '\'': return true;
    default: return false;
    }
}

Glue glue_of(Str s, size_t begin, size_t end, int strangers, uint8_t *soft)
{
    *soft = 10;
    if (begin == end) return GLUE_NONE;
    if (end - begin > GLUE_BYTES_MAX) return GLUE_BREAK;
    Glue glue = GLUE_TIGHT;
    int words = 0;
    Str gap = { s.data, end };
    for (size_t at = begin; at < end;) {
        size_t step = separator_at(gap, at);
        if (step) {
            at += step;
            continue;
        }
        char c = s.data[at];
        if (is_loose(c)) {
            glue = MAX(glue, c == '/' ? GLUE_SLASH : GLUE_LOOSE);
            at++;
            continue;
        }
        LexHit hit;
        size_t word_end = lex_word_end(gap, at);
        if (word_end == at || ++words > GLUE_WORDS_MAX) return GLUE_BREAK;
        glue = GLUE_FILLER;
        if (words == 1 && lex_match(gap, at, LEX_SOFT, &hit)) {
            *soft = (uint8_t)hit.value;
            at = hit.end;
        } else if (lex_match(gap, at, LEX_FILLER, &hit)) {
            at = hit.end;
        } else if (strangers-- > 0 && !lex_match(gap, at, (LEX_CONTEXT & ~LEX_CODE_WORD) | LEX_UNIT, &hit)) {
            at = word_end;
        } else {
            return GLUE_BREAK;
        }
    }
    if (words != 1) {
        if (*soft < 10 && words > 1 && strangers <= 0) return GLUE_BREAK;
        *soft = 10;
    }
    return glue;
}
