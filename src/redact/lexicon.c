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

#include "base/arena.h"
#include "base/embedded.h"

enum {
    WORD_MAX = 24,   /* bytes of a word that is looked up; longer ones are in no list */
    TABLE_BITS = 14, /* some 3,000 first words */
    TABLE_SIZE = 1 << TABLE_BITS,
};

typedef struct Phrase Phrase;
struct Phrase {
    Str rest; /* the words behind the first, folded, one blank between */
    uint32_t flags, value;
    uint32_t words;
    Phrase *next;
};

typedef struct Head Head;
struct Head {
    Str word;        /* folded */
    uint32_t flags;  /* of all its phrases */
    uint32_t second; /* bit n: a second word begins with letter n; bit 0: with none of a to z */
    Phrase *phrase;
    Head *next;
};

uint64_t lex_prefix[(1 << LEX_PREFIX_BITS) / 64];
uint8_t lex_letter[256];

static Head *table[TABLE_SIZE];
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
    char text[WORD_MAX];
    size_t len; /* past WORD_MAX for what is in no list */
    uint32_t hash;
    size_t end;
} Word;

static uint32_t hash_step(uint32_t hash, char c) { return (hash ^ (uint8_t)c) * 16777619u; } /* FNV-1a */

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
    word->hash = hash_step(word->hash, c);
}

/* Folds the word at s[at]. */
static void read_word(Str s, size_t at, Word *word)
{
    word->len = 0;
    word->hash = 2166136261u;
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

static Head **head_slot(const Word *word)
{
    Head **slot = &table[(word->hash ^ word->hash >> 15) & (TABLE_SIZE - 1)];
    while (*slot && ((*slot)->word.len != word->len || memcmp((*slot)->word.data, word->text, word->len) != 0))
        slot = &(*slot)->next;
    return slot;
}

static void add_phrase(Str text, uint32_t flags, uint32_t value)
{
    size_t space = str_find_char(text, ' ');
    Str first = space == STR_NOT_FOUND ? text : str_sub(text, 0, space);
    Str rest = space == STR_NOT_FOUND ? (Str){ 0 } : str_from_byte(text, space + 1);
    uint32_t words = 1;
    for (size_t i = 0; i < text.len; i++) words += text.data[i] == ' ';
    Word word;
    read_word(first, 0, &word);
    assert(word.len == first.len && first.len <= WORD_MAX);

    Head **head = head_slot(&word);
    if (!*head) {
        *head = ARENA_NEW(&lexicon, Head, 1);
        (*head)->word = first;
    }
    (*head)->flags |= flags;
    if (rest.len) (*head)->second |= 1u << lex_letter[(uint8_t)rest.data[0]];
    if (flags & LEX_TRIGGER) {
        uint32_t key = lex_prefix_of((const uint8_t *)first.data, first.len);
        lex_prefix[key >> 6] |= 1ull << (key & 63);
    }
    Phrase **slot = &(*head)->phrase;
    while (*slot && (*slot)->words >= words && !str_equal((*slot)->rest, rest)) slot = &(*slot)->next;
    if (*slot && str_equal((*slot)->rest, rest)) {
        (*slot)->flags |= flags;
        if (value) (*slot)->value = value;
        return;
    }
    Phrase *phrase = ARENA_NEW(&lexicon, Phrase, 1);
    *phrase = (Phrase){ rest, flags, value, words, *slot };
    *slot = phrase;
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
        if (word.len != part.len || memcmp(word.text, part.data, part.len) != 0) return false;
        at = word.end;
    }
    *end = at;
    return true;
}

bool lex_match(Str s, size_t at, uint32_t mask, LexHit *ret)
{
    Word word;
    read_word(s, at, &word);
    if (word.len == 0 || word.len > WORD_MAX) return false;
    const Head *head = *head_slot(&word);
    if (!head || !(head->flags & mask)) return false;
    bool longer = false;
    if (head->second) {
        size_t next = skip_gap(s, word.end);
        longer = next > word.end && next < s.len && head->second >> lex_letter[(uint8_t)s.data[next]] & 1;
    }
    for (const Phrase *p = head->phrase; p; p = p->next) {
        size_t end = word.end;
        if (!(p->flags & mask) || (p->rest.len && (!longer || !rest_matches(s, word.end, p->rest, &end)))) continue;
        *ret = (LexHit){ p->flags, p->value, end };
        return true;
    }
    return false;
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
