/* text.c -- see text.h. */
#include "hear/text.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include "base/utf8.h"
#include <utf8proc.h>

/* What a byte does in text. */
enum {
    B_OTHER,
    B_LETTER,
    B_DIGIT,
    B_BLANK,
    B_APOSTROPHE,
    B_STOP,
    B_QUESTION,
    B_COMMA,
    B_LINE,
    B_HIGH,
    B_DOT,
    B_MONEY,
    B_PERCENT,
    B_OPEN
};

static const uint8_t BYTE_KIND[256] = {
    [' '] = B_BLANK,          ['\t'] = B_BLANK,  ['\r'] = B_BLANK, ['\n'] = B_LINE,    ['\''] = B_APOSTROPHE,
    ['`'] = B_APOSTROPHE,     ['.'] = B_DOT,     ['!'] = B_STOP,   ['?'] = B_QUESTION, [','] = B_COMMA,
    [';'] = B_COMMA,          [':'] = B_COMMA,   ['('] = B_COMMA,  [')'] = B_COMMA,    ['-'] = B_COMMA,
    ['$'] = B_MONEY,          ['%'] = B_PERCENT, ['['] = B_OPEN,   ['0'] = B_DIGIT,    ['1'] = B_DIGIT,
    ['2'] = B_DIGIT,          ['3'] = B_DIGIT,   ['4'] = B_DIGIT,  ['5'] = B_DIGIT,    ['6'] = B_DIGIT,
    ['7'] = B_DIGIT,          ['8'] = B_DIGIT,   ['9'] = B_DIGIT,  ['a'] = B_LETTER,   ['b'] = B_LETTER,
    ['c'] = B_LETTER,         ['d'] = B_LETTER,  ['e'] = B_LETTER, ['f'] = B_LETTER,   ['g'] = B_LETTER,
    ['h'] = B_LETTER,         ['i'] = B_LETTER,  ['j'] = B_LETTER, ['k'] = B_LETTER,   ['l'] = B_LETTER,
    ['m'] = B_LETTER,         ['n'] = B_LETTER,  ['o'] = B_LETTER, ['p'] = B_LETTER,   ['q'] = B_LETTER,
    ['r'] = B_LETTER,         ['s'] = B_LETTER,  ['t'] = B_LETTER, ['u'] = B_LETTER,   ['v'] = B_LETTER,
    ['w'] = B_LETTER,         ['x'] = B_LETTER,  ['y'] = B_LETTER, ['z'] = B_LETTER,   ['A'] = B_LETTER,
    ['B'] = B_LETTER,         ['C'] = B_LETTER,  ['D'] = B_LETTER, ['E'] = B_LETTER,   ['F'] = B_LETTER,
    ['G'] = B_LETTER,         ['H'] = B_LETTER,  ['I'] = B_LETTER, ['J'] = B_LETTER,   ['K'] = B_LETTER,
    ['L'] = B_LETTER,         ['M'] = B_LETTER,  ['N'] = B_LETTER, ['O'] = B_LETTER,   ['P'] = B_LETTER,
    ['Q'] = B_LETTER,         ['R'] = B_LETTER,  ['S'] = B_LETTER, ['T'] = B_LETTER,   ['U'] = B_LETTER,
    ['V'] = B_LETTER,         ['W'] = B_LETTER,  ['X'] = B_LETTER, ['Y'] = B_LETTER,   ['Z'] = B_LETTER,
    [0x80 ... 0xFF] = B_HIGH,
};

typedef struct Scan {
    Tokens *tokens;
    const Vocabulary *vocabulary;
    NameSet names;
    uint64_t name_bits; /* the low six bits of their hashes: most words are no name */
    Str text;
    size_t first;         /* tokens before it belong to other texts */
    bool starts_sentence; /* the next word does */
} Scan;

static Token *add_token(Tokens *tokens)
{
    if (UNLIKELY(tokens->count == tokens->capacity)) {
        tokens->capacity = tokens->capacity ? tokens->capacity * 2 : 1024;
        tokens->item = realloc(tokens->item, tokens->capacity * sizeof *tokens->item);
        if (!tokens->item) abort();
    }
    return &tokens->item[tokens->count++];
}

static void add_mark(Scan *scan, size_t at, size_t len, Symbol symbol)
{
    const Tokens *tokens = scan->tokens;
    if (symbol != SYM_COMMA) scan->starts_sentence = true;
    if (tokens->count > scan->first) {
        Token *last = &tokens->item[tokens->count - 1];
        if (!token_is_word(last)) { /* "?!", ", -": the stronger one stays */
            if (last->symbol == SYM_COMMA || (symbol == SYM_QUESTION)) {
                if (symbol != SYM_COMMA) last->symbol = symbol;
            }
            return;
        }
    } else if (symbol == SYM_COMMA) {
        return;
    }
    *add_token(scan->tokens) = (Token){ .begin = (uint32_t)at, .end = (uint32_t)(at + len), .symbol = symbol };
}

static bool is_name(NameSet names, uint64_t hash)
{
    for (size_t i = 0; i < names.count; i++)
        if (names.hash[i] == hash) return true;
    return false;
}

static void add_hashed(Scan *scan, size_t begin, size_t end, uint64_t hash, uint8_t flags, Symbol shape)
{
    const WordEntry *entry = vocabulary_find(scan->vocabulary, hash);
    if (scan->starts_sentence) flags |= TOKEN_STARTS_SENTENCE;
    scan->starts_sentence = false;
    Token token = { .begin = (uint32_t)begin, .end = (uint32_t)end, .flags = flags, .hash = hash };
    if (UNLIKELY(scan->name_bits >> (hash & 63) & 1) && is_name(scan->names, hash)) {
        token.symbol = SYM_NAME;
    } else if (LIKELY(entry != NULL)) {
        token.symbol = entry->part[0];
        *add_token(scan->tokens) = token;
        for (size_t i = 1; i < entry->part_count; i++) {
            token.symbol = entry->part[i];
            token.flags = TOKEN_PART;
            *add_token(scan->tokens) = token;
        }
        return;
    } else {
        token.symbol = shape;
        if (shape == SYM_WORD && (flags & TOKEN_CAPITAL) && !(flags & TOKEN_STARTS_SENTENCE))
            token.symbol = SYM_CAPITAL;
    }
    *add_token(scan->tokens) = token;
}

static void add_word(Scan *scan, size_t begin, size_t end, Str folded, uint8_t flags, Symbol shape)
{
    /* "boiler's": the word, and what the apostrophe joined to it, unless the rules know the two as one. */
    Symbol joined;
    size_t split = vocabulary_split(scan->vocabulary, folded, &joined);
    if (UNLIKELY(split < folded.len) && !vocabulary_find(scan->vocabulary, word_hash(folded))) {
        add_hashed(scan, begin, end, word_hash(str_sub(folded, 0, split)), flags, shape);
        *add_token(scan->tokens) =
            (Token){ .begin = (uint32_t)begin, .end = (uint32_t)end, .symbol = joined, .flags = TOKEN_PART };
        return;
    }
    add_hashed(scan, begin, end, word_hash(folded), flags, shape);
}

static bool is_word_point(int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

/* Most words: up to 15 ASCII letters and nothing else.  Returns where it ends, `at` when it is no such word. */
static size_t take_plain_word(Scan *scan, size_t at)
{
#ifdef __SSE2__
    Str text = scan->text;
    if (at + 16 > text.len) return at;
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text.data + at));
    __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    __m128i above = _mm_cmpgt_epi8(lower, _mm_set1_epi8('a' - 1)),
            below = _mm_cmplt_epi8(lower, _mm_set1_epi8('z' + 1));
    unsigned letters = (unsigned)_mm_movemask_epi8(_mm_and_si128(above, below));
    unsigned len = (unsigned)__builtin_ctz(~letters);
    if (len == 0 || len > 15) return at;
    unsigned char next = (unsigned char)text.data[at + len];
    if (next == '\'' || next >= 0x80 || (next >= '0' && next <= '9')) return at;
    unsigned capitals =
        ~(unsigned)_mm_movemask_epi8(_mm_slli_epi16(bytes, 2)) & ((1u << len) - 1); /* bit 0x20 not set */
    uint64_t half[2];
    _mm_storeu_si128((__m128i *)(void *)half, lower);
    uint8_t flags = (capitals & 1) ? TOKEN_CAPITAL : 0;
    if (capitals == (1u << len) - 1 && len > 1) flags |= TOKEN_ALL_CAPS;
    uint64_t hash = len < 8 ? word_hash_end(WORD_HASH_SEED, half[0] & ~(~(uint64_t)0 << (8 * len)), len)
                            : word_hash_end(word_hash_step(WORD_HASH_SEED, half[0]),
                                            half[1] & ~(~(uint64_t)0 << (8 * (len - 8))), len);
    add_hashed(scan, at, at + len, hash, flags, SYM_WORD);
    return at + len;
#else
    (void)scan;
    return at;
#endif
}

/* A word of letters, apostrophes inside it, and digits: begins at `at`, which holds a letter or a high byte. */
static size_t take_word(Scan *scan, size_t at)
{
    Str text = scan->text;
    char folded[WORD_BYTES_MAX + 8];
    size_t len = 0, begin = at;
    bool high = false, digit = false, lower = false, letter = false;
    uint8_t flags = 0;
    if (ascii_upper(text.data[at])) flags |= TOKEN_CAPITAL;
    while (at < text.len) {
        unsigned char c = (unsigned char)text.data[at];
        size_t step = 1;
        if (LIKELY(BYTE_KIND[c] == B_LETTER)) {
            letter = true;
            if (c & 0x20) lower = true;
            c |= 0x20;
        } else if (c >= '0' && c <= '9') {
            digit = true;
        } else if (c == '\'' ||
                   (c == 0xE2 && at + 2 < text.len && (unsigned char)text.data[at + 1] == 0x80 &&
                    ((unsigned char)text.data[at + 2] == 0x99 || (unsigned char)text.data[at + 2] == 0x98))) {
            size_t next = at + (c == '\'' ? 1 : 3);
            if (next >= text.len || !(ascii_alpha(text.data[next]) || (unsigned char)text.data[next] >= 0xC3)) break;
            c = '\'';
            step = next - at;
        } else if (c >= 0x80) {
            int32_t point;
            step = utf8_decode(text, at, &point);
            if (!is_word_point(point)) break;
            high = true;
            for (size_t i = 0; i + 1 < step; i++)
                if (len < WORD_BYTES_MAX) folded[len++] = text.data[at + i];
            c = (unsigned char)text.data[at + step - 1];
        } else {
            break;
        }
        if (len < WORD_BYTES_MAX) folded[len++] = (char)c;
        at += step;
    }
    if (letter && !lower && !high && at - begin > 1) flags |= TOKEN_ALL_CAPS;
    Str word = { folded, len };
    if (UNLIKELY(high)) {
        int32_t point;
        utf8_decode(text, begin, &point);
        if (utf8proc_category(point) == UTF8PROC_CATEGORY_LU) flags |= TOKEN_CAPITAL;
        utf8proc_uint8_t *mapped = NULL;
        utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)folded, (utf8proc_ssize_t)len, &mapped,
                                          UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
        if (n > 0) word = (Str){ (const char *)mapped, (size_t)n };
        add_word(scan, begin, at, word, flags, digit ? SYM_CODE : SYM_WORD);
        free(mapped);
    } else {
        add_word(scan, begin, at, word, flags, digit ? SYM_CODE : SYM_WORD);
    }
    return at;
}

static bool letters_at(Str text, size_t at, const char *word)
{
    size_t len = strlen(word);
    if (!str_starts_nocase(str_from_byte(text, at), str_make(word, len))) return false;
    return at + len >= text.len || !ascii_alnum(text.data[at + len]);
}

/* Something that begins with a digit (or with money's sign before it): a number, an amount, a clock, a date, a code. */
static size_t take_number(Scan *scan, size_t begin, size_t at, bool money)
{
    Str text = scan->text;
    Symbol shape = SYM_NUMBER;
    size_t slashes = 0, dashes = 0;
    bool colon = false;
    char folded[WORD_BYTES_MAX];
    size_t len = 0;
    for (; at < text.len; at++) {
        char c = text.data[at];
        if (ascii_digit(c)) {
            if (len < sizeof folded) folded[len++] = c;
            continue;
        }
        bool digit_next = at + 1 < text.len && ascii_digit(text.data[at + 1]);
        if (!digit_next) break;
        if (c == ':')
            colon = true;
        else if (c == '/')
            slashes++;
        else if (c == '-')
            dashes++;
        else if (c != '.' && c != ',')
            break;
        if (len < sizeof folded) folded[len++] = c;
    }
    if (colon)
        shape = SYM_CLOCK;
    else if (slashes || dashes == 2)
        shape = SYM_DATE;
    if (letters_at(text, at, "am") || letters_at(text, at, "pm") || letters_at(text, at, "a.m") ||
        letters_at(text, at, "p.m")) {
        at += text.data[at + 1] == '.' ? 3 : 2;
        shape = SYM_CLOCK;
    } else if (letters_at(text, at, "st") || letters_at(text, at, "nd") || letters_at(text, at, "rd") ||
               letters_at(text, at, "th")) {
        at += 2;
        shape = SYM_ORDINAL;
    } else if (at < text.len && text.data[at] == '%') {
        at++;
        shape = SYM_PERCENT;
    } else if (at < text.len && (ascii_alpha(text.data[at]) ||
                                 (text.data[at] == '-' && at + 1 < text.len && ascii_alpha(text.data[at + 1])))) {
        size_t word = at;
        while (word < text.len && (ascii_alnum(text.data[word]) || text.data[word] == '-')) word++;
        if (word - at <= 3 && !ascii_upper(text.data[at]) && text.data[at] != '-' && shape == SYM_NUMBER &&
            !ascii_digit(text.data[word - 1])) {
            at = word; /* 20kg, 5min: still a number */
        } else {
            at = word;
            shape = SYM_CODE;
        }
    }
    static const char *const AFTER[] = { "\xE2\x82\xAC", "\xC2\xA3", "$", "p" }; /* € £ */
    for (size_t i = 0; i < COUNT(AFTER) && shape == SYM_NUMBER; i++)
        if (i < 3 && str_starts(str_from_byte(text, at), str_from(AFTER[i]))) {
            at += strlen(AFTER[i]);
            money = true;
        }
    if (money && shape == SYM_NUMBER) shape = SYM_MONEY;
    if (shape == SYM_NUMBER || shape == SYM_CODE) { /* "24" may be a word of a rule */
        add_word(scan, begin, at, str_make(folded, shape == SYM_NUMBER ? len : 0), 0, shape);
    } else {
        add_word(scan, begin, at, STR(""), 0, shape);
    }
    scan->tokens->item[scan->tokens->count - 1].hash = word_hash(str_sub(text, begin, MIN(at, begin + WORD_BYTES_MAX)));
    return at;
}

static size_t take_high(Scan *scan, size_t at)
{
    Str text = scan->text;
    int32_t point;
    size_t step = utf8_decode(text, at, &point);
    if (is_word_point(point)) return take_word(scan, at);
    switch (point) {
    case 0x00A3:
    case 0x20AC:
    case 0x00A5:
    case 0x20B9:
    case 0x20A6: /* £ € ¥ ₹ ₦ */
        if (at + step < text.len && ascii_digit(text.data[at + step])) return take_number(scan, at, at + step, true);
        break;
    case 0x2013:
    case 0x2014:
    case 0x2026:
    case 0x00B7:
    case 0x2022:
    case 0x3001:
    case 0xFF0C: /* – — … · • 、 ， */ add_mark(scan, at, step, point == 0x2026 ? SYM_STOP : SYM_COMMA); break;
    case 0x00BF: /* ¿ begins a question: what stands before it ends */
    case 0x3002:
    case 0xFF01: add_mark(scan, at, step, SYM_STOP); break;
    case 0xFF1F:
    case 0x203D: add_mark(scan, at, step, SYM_QUESTION); break;
    default: break;
    }
    return at + step;
}

static bool after_abbreviation(const Scan *scan, size_t at)
{
    if (scan->tokens->count == scan->first) return false;
    const Token *last = &scan->tokens->item[scan->tokens->count - 1];
    return last->end == at && last->symbol >= SYM_FIRST_WORD && scan->vocabulary->is_abbreviation[last->symbol];
}

/* The last dot of "e.g." and "p.m.", when a small letter follows the blank: letter, dot, letter, dot. */
static bool within_sentence(Str text, size_t at)
{
    if (at < 3 || at + 2 >= text.len) return false;
    const char *dot = text.data + at;
    return ascii_alpha(dot[-1]) && dot[-2] == '.' && ascii_alpha(dot[-3]) && (at == 3 || !ascii_alpha(dot[-4])) &&
           dot[1] == ' ' && dot[2] >= 'a' && dot[2] <= 'z';
}

void text_tokens(Tokens *tokens, const Vocabulary *vocabulary, NameSet names, Str text)
{
    Scan scan = { .tokens = tokens,
                  .vocabulary = vocabulary,
                  .names = names,
                  .text = text,
                  .first = tokens->count,
                  .starts_sentence = true };
    size_t first = tokens->count, at = 0;
    for (size_t i = 0; i < names.count; i++) scan.name_bits |= (uint64_t)1 << (names.hash[i] & 63);
    while (at < text.len) {
        unsigned char c = (unsigned char)text.data[at];
        switch (BYTE_KIND[c]) {
        case B_LETTER: {
            size_t end = take_plain_word(&scan, at);
            at = end > at ? end : take_word(&scan, at);
            continue;
        }
        case B_HIGH: at = take_high(&scan, at); continue;
        case B_DIGIT: at = take_number(&scan, at, at, false); continue;
        case B_MONEY:
            if (at + 1 < text.len && ascii_digit(text.data[at + 1])) {
                at = take_number(&scan, at, at + 1, true);
                continue;
            }
            break;
        case B_OPEN: {
            size_t close = str_find_char(str_sub(text, at, at + 24), ']');
            if (close != STR_NOT_FOUND && at + 1 < text.len && ascii_upper(text.data[at + 1])) {
                add_word(&scan, at, at + close + 1, STR(""), 0, SYM_PLACEHOLDER);
                at += close + 1;
                continue;
            }
            break;
        }
        case B_DOT: /* one with a letter or figure right behind it ends no sentence */
            if ((at + 1 >= text.len || !ascii_alnum(text.data[at + 1])) && !after_abbreviation(&scan, at) &&
                !within_sentence(text, at))
                add_mark(&scan, at, 1, SYM_STOP);
            break;
        case B_STOP: add_mark(&scan, at, 1, SYM_STOP); break;
        case B_LINE: add_mark(&scan, at, 1, SYM_STOP); break;
        case B_QUESTION: add_mark(&scan, at, 1, SYM_QUESTION); break;
        case B_COMMA:
            if (c == '-' && at > 0 && at + 1 < text.len && ascii_alnum(text.data[at - 1]) &&
                ascii_alnum(text.data[at + 1]))
                break;
            add_mark(&scan, at, 1, SYM_COMMA);
            break;
        default: break;
        }
        at++;
    }
    if (tokens->count > first && tokens->item[tokens->count - 1].symbol == SYM_COMMA)
        tokens->item[tokens->count - 1].symbol = SYM_STOP;
    if (tokens->count > first && token_is_word(&tokens->item[tokens->count - 1]))
        *add_token(tokens) = (Token){ .begin = (uint32_t)text.len, .end = (uint32_t)text.len, .symbol = SYM_STOP };
}

void tokens_clear(Tokens *tokens)
{
    free(tokens->item);
    *tokens = (Tokens){ 0 };
}
