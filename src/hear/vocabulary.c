/* vocabulary.c -- see vocabulary.h.  Two words with the same 64-bit hash would be taken for one another: at 50,000
 * words the chance is under 1e-9, and the rules' own words are checked against it when they are added. */
#include "hear/vocabulary.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/utf8.h"

Str word_fold(Arena *arena, Str word)
{
    bool plain = true;
    for (size_t i = 0; i < word.len; i++)
        if ((unsigned char)word.data[i] >= 0x80) plain = false;
    char *copy = arena_alloc(arena, word.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < word.len; i++) {
        if (i + 2 < word.len && memcmp(word.data + i, "\xE2\x80\x99", 3) == 0) {
            copy[len++] = '\'';
            i += 2;
        } else {
            copy[len++] = ascii_lower(word.data[i]);
        }
    }
    Str folded = { copy, len };
    return plain ? folded : utf8_fold(arena, folded);
}

void vocabulary_init(Vocabulary *v, Arena *arena)
{
    *v =
        (Vocabulary){ .arena = arena, .mask = (1u << 15) - 1, .symbol_count = SYM_FIRST_WORD, .symbol_capacity = 8192 };
    v->slot = memory_table((v->mask + 1) * sizeof *v->slot);
    v->tag = memory_table((v->mask + 1) * sizeof *v->tag);
    v->name = ARENA_NEW(arena, Str, v->symbol_capacity);
    v->is_common = ARENA_NEW(arena, uint8_t, v->symbol_capacity);
    v->is_abbreviation = ARENA_NEW(arena, uint8_t, v->symbol_capacity);
}

void vocabulary_clear(Vocabulary *v)
{
    free(v->slot);
    free(v->tag);
    v->slot = NULL;
    v->tag = NULL;
}

static void grow_slots(Vocabulary *v)
{
    uint32_t mask = v->mask * 2 + 1;
    WordEntry *slot = memory_table((mask + 1) * sizeof *slot);
    uint32_t *tag = memory_table((mask + 1) * sizeof *tag);
    for (uint32_t i = 0; i <= v->mask; i++) {
        if (v->slot[i].hash == 0) continue;
        uint32_t at = (uint32_t)v->slot[i].hash & mask;
        while (slot[at].hash) at = (at + 1) & mask;
        slot[at] = v->slot[i];
        tag[at] = v->tag[i];
    }
    free(v->slot);
    free(v->tag);
    v->slot = slot;
    v->tag = tag;
    v->mask = mask;
}

static WordEntry *entry_for(Vocabulary *v, uint64_t hash)
{
    if (v->used * 2 > v->mask) grow_slots(v);
    uint32_t at = (uint32_t)hash & v->mask;
    while (v->slot[at].hash && v->slot[at].hash != hash) at = (at + 1) & v->mask;
    return &v->slot[at];
}

/* Fills an empty slot that entry_for gave. */
static void fill(Vocabulary *v, WordEntry *entry, WordEntry value)
{
    *entry = value;
    v->tag[entry - v->slot] = (uint32_t)(value.hash >> 32) | 1;
    v->used++;
}

static bool new_symbol(Vocabulary *v, Str name, Symbol *ret, Err *err)
{
    if (v->symbol_count >= SYM_MAX) return err_set(err, ERR_LIMIT, "the rules name more than %d words", SYM_MAX);
    if (v->symbol_count == v->symbol_capacity) {
        uint32_t more = v->symbol_capacity * 2;
        v->name = arena_grow(v->arena, v->name, v->symbol_capacity * sizeof *v->name, more * sizeof *v->name);
        v->is_common = arena_grow(v->arena, v->is_common, v->symbol_capacity, more);
        v->is_abbreviation = arena_grow(v->arena, v->is_abbreviation, v->symbol_capacity, more);
        memset(v->is_common + v->symbol_capacity, 0, more - v->symbol_capacity);
        memset(v->is_abbreviation + v->symbol_capacity, 0, more - v->symbol_capacity);
        v->symbol_capacity = more;
    }
    v->name[v->symbol_count] = arena_str(v->arena, name);
    *ret = (Symbol)v->symbol_count++;
    return true;
}

bool vocabulary_add(Vocabulary *v, Str folded, Symbol *ret, Err *err)
{
    if (folded.len == 0 || folded.len > WORD_BYTES_MAX)
        return err_set(err, ERR_INPUT, "'%.*s' is no word of 1 to %d bytes", STR_ARG(folded), WORD_BYTES_MAX);
    WordEntry *entry = entry_for(v, word_hash(folded));
    if (entry->hash == 0) {
        Symbol symbol = 0;
        if (!new_symbol(v, folded, &symbol, err)) return false;
        fill(v, entry, (WordEntry){ .hash = word_hash(folded), .part = { symbol }, .part_count = 1 });
    } else if (entry->part_count == 1 && !str_equal(v->name[entry->part[0]], folded)) {
        return err_set(err, ERR_INPUT, "'%.*s' is written out to '%.*s' by spelling.tsv", STR_ARG(folded),
                       STR_ARG(v->name[entry->part[0]]));
    } else if (entry->part_count != 1) {
        return err_set(err, ERR_INPUT, "'%.*s' is written out to %d words by spelling.tsv", STR_ARG(folded),
                       entry->part_count);
    }
    *ret = entry->part[0];
    return true;
}

bool vocabulary_spelling(Vocabulary *v, Str from, Str to, Err *err)
{
    Symbol part[WORD_PARTS_MAX];
    size_t count = 0;
    for (Str rest = to, word; str_next_part(&rest, ' ', &word);) {
        if (word.len == 0) continue;
        if (count == WORD_PARTS_MAX)
            return err_set(err, ERR_INPUT, "'%.*s' is written out to more than %d words", STR_ARG(from),
                           WORD_PARTS_MAX);
        if (!vocabulary_add(v, word, &part[count], err)) return false;
        count++;
    }
    if (count == 0) return err_set(err, ERR_INPUT, "'%.*s' is written out to nothing", STR_ARG(from));
    if (from.len == 0 || from.len > WORD_BYTES_MAX)
        return err_set(err, ERR_INPUT, "'%.*s' is no word of 1 to %d bytes", STR_ARG(from), WORD_BYTES_MAX);
    WordEntry *entry = entry_for(v, word_hash(from));
    if (entry->hash) return err_set(err, ERR_INPUT, "'%.*s' is already there", STR_ARG(from));
    fill(v, entry, (WordEntry){ .hash = word_hash(from), .part_count = (uint8_t)count });
    memcpy(entry->part, part, count * sizeof *part);
    return true;
}

bool vocabulary_ending(Vocabulary *v, Str ending, Str word, Err *err)
{
    if (v->ending_count == COUNT(v->ending) || ending.len < 2 || ending.data[0] != '\'')
        return err_set(err, ERR_INPUT, "an ending begins with an apostrophe, and there are at most %zu",
                       COUNT(v->ending));
    if (!vocabulary_add(v, word, &v->ending[v->ending_count].symbol, err)) return false;
    v->ending[v->ending_count++].text = arena_str(v->arena, ending);
    return true;
}

size_t vocabulary_split(const Vocabulary *v, Str folded, Symbol *ret)
{
    for (uint32_t i = 0; i < v->ending_count; i++)
        if (folded.len > v->ending[i].text.len && str_ends(folded, v->ending[i].text)) {
            *ret = v->ending[i].symbol;
            return folded.len - v->ending[i].text.len;
        }
    return folded.len;
}

void vocabulary_abbreviation(Vocabulary *v, Str folded)
{
    Symbol symbol;
    Err ignored;
    if (vocabulary_add(v, folded, &symbol, &ignored)) v->is_abbreviation[symbol] = 1;
}

void vocabulary_common(Vocabulary *v, Str folded)
{
    Symbol symbol;
    Err ignored;
    if (vocabulary_add(v, folded, &symbol, &ignored)) v->is_common[symbol] = 1;
}

/* How many bytes of a word are an ending: the longest of the list that leaves three. */
static size_t ending_of(const char *word, size_t len)
{
    static const struct {
        char text[6];
        size_t len;
    } ENDINGS[] = { { "ingly", 5 }, { "edly", 4 }, { "ying", 4 }, { "ies", 3 }, { "ied", 3 },
                    { "ing", 3 },   { "ery", 3 },  { "ers", 3 },  { "ed", 2 },  { "es", 2 },
                    { "er", 2 },    { "ly", 2 },   { "e", 1 },    { "s", 1 },   { "y", 1 } };
    if (!strchr("ydgser", word[len - 1])) return 0;
    for (size_t i = 0; i < COUNT(ENDINGS); i++) {
        size_t n = ENDINGS[i].len;
        if (len >= n + 3 && word[len - 1] == ENDINGS[i].text[n - 1] && memcmp(word + len - n, ENDINGS[i].text, n) == 0)
            return n;
    }
    return 0;
}

uint64_t word_stem(Str text)
{
    char word[WORD_BYTES_MAX];
    size_t len = 0;
    for (size_t i = 0; i < text.len && len < sizeof word; i++) {
        char c = text.data[i];
        if (c == '\'' || c == '\xE2') break;
        word[len++] = ascii_lower(c);
    }
    if (len == 0 || (len < 3 && !ascii_digit(word[0]))) return 0;
    len -= ending_of(word, len);
    if (len > 3 && word[len - 1] == word[len - 2]) len--; /* stopp -> stop */
    return word_hash(str_make(word, len));
}

/* --- forms of a word ------------------------------------------------------ */

static void form(Arena *arena, Forms *ret, Str stem, size_t keep, const char *ending)
{
    if (ret->count < COUNT(ret->item))
        ret->item[ret->count++] = arena_printf(arena, "%.*s%s", (int)keep, stem.data, ending);
}

static bool is_vowel(char c) { return c && strchr("aeiou", c) != NULL; }

/* stop -> stopped: one syllable, consonant-vowel-consonant, the last not w, x or y. */
static bool doubles(Str w)
{
    if (w.len < 3) return false;
    char a = w.data[w.len - 3], b = w.data[w.len - 2], c = w.data[w.len - 1];
    if (is_vowel(c) || strchr("wxy", c) || !is_vowel(b) || is_vowel(a)) return false;
    size_t vowels = 0;
    for (size_t i = 0; i < w.len; i++) vowels += is_vowel(w.data[i]);
    return vowels == 1;
}

void irregular_open(Irregular *ret, Arena *arena, Str table)
{
    size_t lines = 1;
    for (size_t i = 0; i < table.len; i++) lines += table.data[i] == '\n';
    *ret = (Irregular){ .mask = 64 };
    while (ret->mask < lines * 2) ret->mask *= 2;
    ret->line = ARENA_NEW(arena, Str, ret->mask);
    ret->hash = ARENA_NEW(arena, uint64_t, ret->mask);
    ret->mask--;
    for (Str rest = table, line; str_next_line(&rest, &line);) {
        Str parts = line, first;
        if (line.len == 0 || line.data[0] == '#' || !str_next_part(&parts, ' ', &first)) continue;
        size_t at = word_hash(first) & ret->mask;
        while (ret->hash[at] && ret->hash[at] != word_hash(first)) at = (at + 1) & ret->mask;
        ret->hash[at] = word_hash(first);
        ret->line[at] = line;
    }
}

void word_forms(Arena *arena, Str word, const Irregular *irregular, Forms *ret)
{
    *ret = (Forms){ 0 };
    uint64_t hash = word_hash(word);
    for (size_t at = hash & irregular->mask; irregular->hash[at]; at = (at + 1) & irregular->mask) {
        if (irregular->hash[at] != hash) continue;
        for (Str parts = irregular->line[at], part; str_next_part(&parts, ' ', &part);)
            if (part.len) form(arena, ret, part, part.len, "");
        return;
    }
    form(arena, ret, word, word.len, "");
    if (word.len < 2) return;
    char last = word.data[word.len - 1], before = word.data[word.len - 2];
    if (last == 'e') {
        form(arena, ret, word, word.len, "s");
        form(arena, ret, word, word.len, "d");
        form(arena, ret, word, word.len - 1, "ing");
    } else if (last == 'y' && !is_vowel(before)) {
        form(arena, ret, word, word.len - 1, "ies");
        form(arena, ret, word, word.len - 1, "ied");
        form(arena, ret, word, word.len, "ing");
    } else if (doubles(word)) {
        form(arena, ret, word, word.len, "s");
        char doubled[2] = { last, 0 };
        Str longer = arena_printf(arena, "%.*s%s", STR_ARG(word), doubled);
        form(arena, ret, longer, longer.len, "ed");
        form(arena, ret, longer, longer.len, "ing");
    } else {
        bool hisses = last == 's' || last == 'x' || last == 'z' || (last == 'h' && (before == 's' || before == 'c'));
        form(arena, ret, word, word.len, hisses ? "es" : "s");
        form(arena, ret, word, word.len, "ed");
        form(arena, ret, word, word.len, "ing");
    }
}
