/* lexicon.c -- word lists in, a hash table by first word out.
 *
 * A line of a list is "kind value: phrase, phrase, …" or "kind: phrase, …";
 * '#' begins a comment.  A phrase named twice collects the kinds.  Phrases hang
 * below their first word, those of most words first; a first word knows which
 * letters its second words begin with, so that "my" before most words costs little.
 */
#include "redact/lexicon.h"

#include <pthread.h>
#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/arena.h"
#include "base/embedded.h"

enum {
    WORD_MAX = 24,    /* bytes of a word that is looked up; longer ones are in no list */
    WORD_ROOM = 32,   /* what follows the word there is 0 */
    HEADS_MAX = 8192, /* first words; some 3,000 are in use */
    TABLE_BITS = 13,
    TABLE_SIZE = 1 << TABLE_BITS,
};

typedef struct Phrase Phrase;
struct Phrase {
    Str rest; /* the words behind the first, folded, one blank between */
    uint32_t flags, value;
    uint32_t words;
    uint32_t second; /* the bit of the letter that `rest` begins with, as in Head */
    Phrase *next;
};

/* One line of the cache, since most words that are looked up are met nowhere near the last one. */
typedef struct Head {
    _Alignas(64) char text[WORD_MAX];  /* folded, 0 behind its end */
    uint32_t flags;                    /* of all its phrases */
    uint32_t second;                   /* bit n: a second word begins with letter n; bit 0: with none of a to z */
    uint32_t flags_alone, value_alone; /* of the word as a phrase by itself */
    Phrase *phrase;                    /* longer ones, those of most words first */
    uint16_t next;
} Head;

uint64_t lex_first[(1 << LEX_FIRST_BITS) / 64], lex_alone[(1 << LEX_FIRST_BITS) / 64];
uint64_t lex_pair[(1 << LEX_PAIR_BITS) / 64];
uint8_t lex_letter[256];

static Head head_at[HEADS_MAX]; /* the first one is none */
static uint16_t head_count = 1, table[TABLE_SIZE];
static Arena lexicon; /* lives as long as the process */

static const struct {
    const char *name;
    uint32_t flag;
} KIND[] = {
    { "digit", LEX_DIGIT },
    { "soft", LEX_SOFT },
    { "teen", LEX_TEEN },
    { "tens", LEX_TENS },
    { "times", LEX_TIMES },
    { "zeros", LEX_ZEROS },
    { "filler", LEX_FILLER },
    { "skip", LEX_SKIP | LEX_FILLER },
    { "back", LEX_BACK },
    { "card-number", LEX_CARD_NUMBER },
    { "card", LEX_CARD },
    { "code", LEX_CODE },
    { "expiry", LEX_EXPIRY },
    { "phone", LEX_PHONE },
    { "id", LEX_ID },
    { "iban", LEX_IBAN },
    { "dot", LEX_DOT },
    { "at", LEX_AT },
    { "join", LEX_JOIN },
    { "tld", LEX_TLD },
    { "host", LEX_HOST },
    { "month", LEX_MONTH },
    { "unit", LEX_UNIT },
    { "title", LEX_TITLE },
    { "intro", LEX_INTRO },
    { "name", LEX_NAME },
    { "name-word", LEX_NAME_WORD },
    { "outro", LEX_OUTRO },
    { "particle", LEX_PARTICLE },
    { "not-name", LEX_NOT_NAME },
    { "aside", LEX_ASIDE },
    { "code-word", LEX_CODE_WORD },
};

typedef struct Word {
    _Alignas(16) char text[WORD_ROOM]; /* 0 behind its end */
    size_t len;                        /* past WORD_MAX for what is in no list */
    size_t end;
} Word;

/* An apostrophe inside a word, straight or curly: its length, else 0. */
static size_t apostrophe_at(Str s, size_t at)
{
    if (s.data[at] == '\'') return 1;
    if ((uint8_t)s.data[at] == 0xE2 && at + 2 < s.len && (uint8_t)s.data[at + 1] == 0x80 &&
        (uint8_t)s.data[at + 2] == 0x99)
        return 3;
    return 0;
}

/* Letters for our purpose: ASCII's, and what is written with two bytes from U+00C0 on (é, ñ, Ж). */
static size_t letter_at(Str s, size_t at)
{
    uint8_t c = (uint8_t)s.data[at];
    if (lex_letter[c]) return 1;
    if (c >= 0xC3 && c <= 0xD4 && at + 1 < s.len) return 2;
    return 0;
}

static void put_letter(Word *word, char c)
{
    if (word->len < WORD_MAX) word->text[word->len] = c;
    word->len++;
}

#ifdef __SSE2__
/* Folds the word at s[at] when it is a short one of ASCII's letters, as nearly all are; false when it is not. */
static inline bool read_short_word(Str s, size_t at, Word *word)
{
    static const unsigned char KEEP[32] = { 255, 255, 255, 255, 255, 255, 255, 255, 255,
                                            255, 255, 255, 255, 255, 255, 255, 0 };
    if (s.len - at < 16) return false;
    __m128i v = _mm_or_si128(_mm_loadu_si128((const __m128i *)(const void *)(s.data + at)), _mm_set1_epi8(0x20));
    __m128i place = _mm_sub_epi8(v, _mm_set1_epi8('a'));
    __m128i letter = _mm_cmpeq_epi8(_mm_min_epu8(place, _mm_set1_epi8(25)), place);
    unsigned other = ~(unsigned)_mm_movemask_epi8(letter) & 0xFFFF;
    if (!other) return false;
    size_t len = (size_t)__builtin_ctz(other);
    uint8_t next = (uint8_t)s.data[at + len];
    if (next == '\'' || next >= 0x80) return false;
    __m128i keep = _mm_loadu_si128((const __m128i *)(const void *)(KEEP + 16 - len));
    _mm_store_si128((__m128i *)(void *)word->text, _mm_and_si128(v, keep));
    _mm_store_si128((__m128i *)(void *)(word->text + 16), _mm_setzero_si128());
    word->len = len;
    word->end = at + len;
    return true;
}
#else
static inline bool read_short_word(Str s, size_t at, Word *word)
{
    (void)s, (void)at, (void)word;
    return false;
}
#endif

/* Folds the word at s[at]. */
static void read_word(Str s, size_t at, Word *word)
{
    if (LIKELY(read_short_word(s, at, word))) return;
    memset(word->text, 0, sizeof word->text);
    word->len = 0;
    for (;;) {
        while (at < s.len && lex_letter[(uint8_t)s.data[at]]) put_letter(word, s.data[at++] | 0x20);
        if (at >= s.len) break;
        size_t step = letter_at(s, at);
        if (step) {
            for (size_t i = 0; i < step; i++) put_letter(word, s.data[at + i]);
            at += step;
            continue;
        }
        step = apostrophe_at(s, at);
        if (!step || word->len == 0 || at + step >= s.len || !letter_at(s, at + step)) break;
        at += step;
    }
    word->end = at;
}

/* Its slot, the word being no longer than WORD_MAX; all of `text` is compared, since what follows a word is 0. */
/* Where its index stands or is to stand, the word being no longer than WORD_MAX; all of `text` is compared, since what
 * follows a word is 0. */
static uint16_t *head_slot(const Word *word)
{
    uint64_t part[WORD_MAX / 8];
    memcpy(part, word->text, sizeof part);
    uint64_t hash = (part[0] ^ part[1] * 0xC2B2AE3D27D4EB4Fu ^ part[2] * 0x165667B19E3779F9u) * 0x9E3779B97F4A7C15u;
    uint16_t *slot = &table[hash >> (64 - TABLE_BITS)];
    while (*slot && memcmp(head_at[*slot].text, word->text, WORD_MAX) != 0) slot = &head_at[*slot].next;
    return slot;
}

uint64_t lex_letters(Str s, size_t at, size_t *end)
{
    Word word;
    read_word(s, at, &word);
    *end = word.end;
    uint64_t letters;
    memcpy(&letters, word.text, sizeof letters);
    return letters;
}

static void set_bit(uint64_t *map, uint32_t key) { map[key >> 6] |= 1ull << (key & 63); }

static Head *head_of(const Word *word)
{
    uint16_t *slot = head_slot(word);
    if (!*slot) {
        assert(head_count < HEADS_MAX); /* the lists are ours */
        *slot = head_count++;
        memcpy(head_at[*slot].text, word->text, WORD_MAX);
    }
    return &head_at[*slot];
}

static void mark_trigger(const Word *first, Str rest)
{
    uint64_t letters;
    memcpy(&letters, first->text, sizeof letters);
    set_bit(lex_first, lex_first_of(letters));
    if (rest.len)
        set_bit(lex_pair, lex_pair_of(letters, lex_letter[(uint8_t)rest.data[0]]));
    else
        set_bit(lex_alone, lex_first_of(letters));
}

static void add_longer(Head *head, Str rest, uint32_t flags, uint32_t value)
{
    uint32_t words = 1, second = 1u << lex_letter[(uint8_t)rest.data[0]];
    for (size_t i = 0; i < rest.len; i++) words += rest.data[i] == ' ';
    Phrase **slot = &head->phrase;
    while (*slot && (*slot)->words >= words && !str_equal((*slot)->rest, rest)) slot = &(*slot)->next;
    if (*slot && str_equal((*slot)->rest, rest)) {
        (*slot)->flags |= flags;
        if (value) (*slot)->value = value;
        return;
    }
    Phrase *phrase = ARENA_NEW(&lexicon, Phrase, 1);
    *phrase = (Phrase){ rest, flags, value, words, second, *slot };
    *slot = phrase;
    head->second |= second;
}

static void add_phrase(Str text, uint32_t flags, uint32_t value)
{
    size_t space = str_find_char(text, ' ');
    Str first = space == STR_NOT_FOUND ? text : str_sub(text, 0, space);
    Str rest = space == STR_NOT_FOUND ? (Str){ 0 } : str_from_byte(text, space + 1);
    Word word;
    read_word(first, 0, &word);
    assert(word.len == first.len && first.len <= WORD_MAX);
    Head *head = head_of(&word);
    head->flags |= flags;
    if (flags & LEX_TRIGGER) mark_trigger(&word, rest);
    if (rest.len) {
        add_longer(head, rest, flags, value);
    } else {
        head->flags_alone |= flags;
        if (value) head->value_alone = value;
    }
}

static void add_list(Str text)
{
    Str line, phrase;
    while (str_next_line(&text, &line)) {
        size_t colon = str_find_char(line, ':');
        if (line.len == 0 || line.data[0] == '#' || colon == STR_NOT_FOUND) continue;
        Str head = str_sub(line, 0, colon), kind = head;
        int64_t value = 0;
        size_t space = str_find_char(head, ' ');
        if (space != STR_NOT_FOUND) {
            kind = str_sub(head, 0, space);
            bool is_number = str_to_i64(str_from_byte(head, space + 1), &value);
            assert(is_number), (void)is_number;
        }
        uint32_t flags = 0;
        for (size_t i = 0; i < COUNT(KIND); i++)
            if (str_equal(kind, str_from(KIND[i].name))) flags = KIND[i].flag;
        assert(flags); /* the lists are ours: a misspelt kind is our mistake */
        Str rest = str_from_byte(line, colon + 1);
        while (str_next_part(&rest, ',', &phrase)) {
            phrase = str_trim(phrase);
            if (phrase.len) add_phrase(phrase, flags, (uint32_t)value);
        }
    }
}

static void build(void)
{
    for (int c = 'a'; c <= 'z'; c++) lex_letter[c] = lex_letter[c - 32] = (uint8_t)(c - 'a' + 1);
    for (size_t i = 0; i < embedded_words.count; i++)
        if (str_starts(embedded_words.item[i].name, STR("redact/"))) add_list(embedded_words.item[i].bytes);
}

void lex_open(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, build);
}

/* Between two words of a phrase: blanks, line breaks and hyphens, at most 8. */
static size_t skip_gap(Str s, size_t at)
{
    size_t begin = at;
    while (at < s.len && at - begin < 8 && (ascii_space(s.data[at]) || s.data[at] == '-')) at++;
    return at;
}

static bool rest_matches(Str s, size_t at, Str rest, size_t *end)
{
    Word word;
    Str part;
    while (str_next_part(&rest, ' ', &part)) {
        size_t begin = skip_gap(s, at);
        if (begin == at || begin >= s.len) return false;
        read_word(s, begin, &word);
        if (word.len != part.len || word.len > WORD_MAX || memcmp(word.text, part.data, part.len) != 0) return false;
        at = word.end;
    }
    *end = at;
    return true;
}

static bool longer_match(Str s, size_t end, const Head *head, uint32_t mask, LexHit *ret)
{
    size_t next = skip_gap(s, end);
    if (next == end || next >= s.len) return false;
    uint32_t second = 1u << lex_letter[(uint8_t)s.data[next]];
    if (!(head->second & second)) return false;
    for (const Phrase *p = head->phrase; p; p = p->next) {
        if (!(p->flags & mask) || p->second != second || !rest_matches(s, end, p->rest, &next)) continue;
        *ret = (LexHit){ p->flags, p->value, next };
        return true;
    }
    return false;
}

bool lex_match(Str s, size_t at, uint32_t mask, LexHit *ret)
{
    Word word;
    read_word(s, at, &word);
    if (word.len == 0 || word.len > WORD_MAX) return false;
    const Head *head = &head_at[*head_slot(&word)]; /* the first one has no flags */
    if (!(head->flags & mask)) return false;
    if (head->second && longer_match(s, word.end, head, mask, ret)) return true;
    if (!(head->flags_alone & mask)) return false;
    *ret = (LexHit){ head->flags_alone, head->value_alone, word.end };
    return true;
}

size_t lex_word_end(Str s, size_t at)
{
    Word word;
    read_word(s, at, &word);
    return word.end;
}

bool lex_word_before(Str s, size_t end, uint32_t mask, size_t *ret)
{
    size_t begin = end;
    while (begin > 0 && end - begin <= WORD_MAX && lex_letter[(uint8_t)s.data[begin - 1]]) begin--;
    LexHit hit;
    if (begin == end || !lex_match((Str){ s.data, end }, begin, mask, &hit) || hit.end != end) return false;
    *ret = begin;
    return true;
}
