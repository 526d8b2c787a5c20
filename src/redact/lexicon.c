/* lexicon.c -- word lists in, a hash table by first word out.
 *
 * A line of a list is "kind value: phrase, phrase, …" or "kind: phrase, …";
 * '#' begins a comment.  A phrase named twice collects the kinds.  Phrases that
 * share their first word hang in one chain, those of most words first.
 */
#include "redact/lexicon.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/embedded.h"

enum {
    WORD_MAX = 24,   /* bytes of a word that is looked up; longer ones are in no list */
    TABLE_BITS = 14, /* some 3,000 first words */
    TABLE_SIZE = 1 << TABLE_BITS,
};

typedef struct Phrase Phrase;
struct Phrase {
    Str first; /* its first word, folded */
    Str rest;  /* the others, folded, one blank between */
    uint32_t flags, value;
    uint32_t words;
    Phrase *next;
};

uint64_t lex_prefix[LEX_PREFIXES / 64];
uint8_t lex_letter[256];

static Phrase *table[TABLE_SIZE];
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

static uint32_t word_hash(const char *word, size_t len)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < len; i++) h = (h ^ (uint8_t)word[i]) * 16777619u;
    return (h ^ h >> 15) & (TABLE_SIZE - 1);
}

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

/* Folds the word at s[at] into `word`; the length is past WORD_MAX for what is in no list. */
static size_t read_word(Str s, size_t at, char word[WORD_MAX], size_t *end)
{
    size_t len = 0;
    while (at < s.len) {
        size_t step = letter_at(s, at);
        if (!step) {
            size_t skip = apostrophe_at(s, at);
            if (!skip || len == 0 || at + skip >= s.len || !letter_at(s, at + skip)) break;
            at += skip;
            continue;
        }
        for (size_t i = 0; i < step; i++, len++)
            if (len < WORD_MAX) word[len] = ascii_lower(s.data[at + i]);
        at += step;
    }
    *end = at;
    return len;
}

static void set_prefix(Str word)
{
    uint32_t key = 0;
    for (size_t i = 0; i < 3 && i < word.len && lex_letter[(uint8_t)word.data[i]]; i++)
        key |= (uint32_t)lex_letter[(uint8_t)word.data[i]] << (5 * i);
    lex_prefix[key >> 6] |= 1ull << (key & 63);
}

static void add_phrase(Str phrase, uint32_t flags, uint32_t value)
{
    size_t space = str_find_char(phrase, ' ');
    Str first = space == STR_NOT_FOUND ? phrase : str_sub(phrase, 0, space);
    Str rest = space == STR_NOT_FOUND ? (Str){ 0 } : str_from_byte(phrase, space + 1);
    uint32_t words = 1;
    for (size_t i = 0; i < phrase.len; i++) words += phrase.data[i] == ' ';
    assert(first.len <= WORD_MAX);

    Phrase **slot = &table[word_hash(first.data, first.len)];
    for (; *slot; slot = &(*slot)->next) {
        if (str_equal((*slot)->first, first) && str_equal((*slot)->rest, rest)) {
            (*slot)->flags |= flags;
            if (flags & (LEX_DIGIT | LEX_SOFT | LEX_TEEN | LEX_TENS | LEX_TIMES | LEX_ZEROS | LEX_MONTH))
                (*slot)->value = value;
            break;
        }
        if ((*slot)->words < words) {
            Phrase *p = ARENA_NEW(&lexicon, Phrase, 1);
            *p = (Phrase){ first, rest, flags, value, words, *slot };
            *slot = p;
            break;
        }
    }
    if (!*slot) {
        *slot = ARENA_NEW(&lexicon, Phrase, 1);
        **slot = (Phrase){ first, rest, flags, value, words, NULL };
    }
    if (flags & LEX_TRIGGER) set_prefix(first);
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
    char word[WORD_MAX];
    Str part;
    while (str_next_part(&rest, ' ', &part)) {
        size_t begin = skip_gap(s, at);
        if (begin == at || begin >= s.len) return false;
        size_t len = read_word(s, begin, word, &at);
        if (len != part.len || memcmp(word, part.data, len) != 0) return false;
    }
    *end = at;
    return true;
}

bool lex_match(Str s, size_t at, uint32_t mask, LexHit *ret)
{
    char word[WORD_MAX];
    size_t end;
    size_t len = read_word(s, at, word, &end);
    if (len == 0 || len > WORD_MAX) return false;
    for (const Phrase *p = table[word_hash(word, len)]; p; p = p->next) {
        if (!(p->flags & mask) || p->first.len != len || memcmp(p->first.data, word, len) != 0) continue;
        size_t phrase_end = end;
        if (p->rest.len && !rest_matches(s, end, p->rest, &phrase_end)) continue;
        *ret = (LexHit){ p->flags, p->value, phrase_end };
        return true;
    }
    return false;
}

size_t lex_word_end(Str s, size_t at)
{
    char word[WORD_MAX];
    size_t end;
    (void)read_word(s, at, word, &end);
    return end;
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
