/* name.c -- word by word: titles, introductions, known names. */
#include "redact/name.h"

#include "base/utf8.h"

enum {
    NAME_WORDS_MAX = 4, /* of one name after an introduction */
    LEARNT_MAX = 4096,
    SLOTS_FIRST = 64, /* of the table of learnt names, a power of two; doubled when half full */
    NAME_BYTES_MIN = 2,
};

struct NameSet {
    Arena *arena;
    Str *slot; /* folded words; NULL before the first */
    size_t slots, count;
};

typedef struct Word {
    size_t begin, end;
} Word;

NameSet *name_set(Arena *arena)
{
    NameSet *set = ARENA_NEW(arena, NameSet, 1);
    set->arena = arena;
    return set;
}

static bool is_letter(Str s, size_t at)
{
    uint8_t c = (uint8_t)s.data[at];
    return ascii_alpha((char)c) || (c >= 0xC3 && c <= 0xF4 && c != 0xE2 && c != 0xEF) || (c >= 0x80 && c < 0xC0);
}

/* Letters, with apostrophes and hyphens inside: O'Brien, Jean-Luc. */
static bool next_name_word(Str s, size_t at, Word *ret)
{
    while (at < s.len && !((uint8_t)s.data[at] >= 0xC0 || (uint8_t)s.data[at] < 0x80 ? is_letter(s, at) : false)) at++;
    if (at >= s.len) return false;
    size_t end = at;
    while (end < s.len) {
        if (is_letter(s, end))
            end++;
        else if ((s.data[end] == '\'' || s.data[end] == '-') && end + 1 < s.len && is_letter(s, end + 1))
            end++;
        else
            break;
    }
    *ret = (Word){ at, end };
    return true;
}

static bool is_capital(Str s, size_t at)
{
    uint8_t c = (uint8_t)s.data[at];
    if (c < 0x80) return ascii_upper((char)c);
    int32_t code;
    (void)utf8_decode(s, at, &code);
    return (code >= 0xC0 && code <= 0xDE) || (code >= 0x400 && code <= 0x42F) || (code >= 0x391 && code <= 0x3A9) ||
           (code >= 0x100 && code <= 0x17E && !(code & 1)) || code >= 0x0590; /* scripts without case from there on */
}

static bool word_is(Str s, Word w, uint32_t mask)
{
    LexHit hit;
    return lex_match((Str){ s.data, w.end }, w.begin, mask, &hit) && hit.end == w.end;
}

/* Without "'s", which belongs to the sentence. */
static Word bare(Str s, Word w)
{
    if (w.end - w.begin > 2 && s.data[w.end - 2] == '\'' && (s.data[w.end - 1] | 0x20) == 's') w.end -= 2;
    return w;
}

static Str *slot_of(const NameSet *set, Str folded)
{
    size_t i = str_hash(folded) & (set->slots - 1);
    while (set->slot[i].len && !str_equal(set->slot[i], folded)) i = (i + 1) & (set->slots - 1);
    return &set->slot[i];
}

static void make_room(NameSet *set)
{
    if (set->count * 2 < set->slots) return;
    NameSet old = *set;
    set->slots = old.slots ? old.slots * 2 : SLOTS_FIRST;
    set->slot = ARENA_NEW(set->arena, Str, set->slots);
    for (size_t i = 0; i < old.slots; i++)
        if (old.slot[i].len) *slot_of(set, old.slot[i]) = old.slot[i];
}

static void learn_word(NameSet *set, Str s, Word w)
{
    w = bare(s, w);
    if (w.end - w.begin < NAME_BYTES_MIN || set->count == LEARNT_MAX) return;
    if (word_is(s, w, LEX_TITLE | LEX_PARTICLE | LEX_NOT_NAME)) return;
    Str folded = utf8_fold(set->arena, str_sub(s, w.begin, w.end));
    make_room(set);
    Str *slot = slot_of(set, folded);
    if (slot->len) return;
    *slot = folded;
    set->count++;
}

void name_learn(NameSet *set, Str full_name)
{
    Word w = { 0, 0 };
    if (str_find_char(full_name, '@') != STR_NOT_FOUND) return;
    while (next_name_word(full_name, w.end, &w)) learn_word(set, full_name, w);
}

static bool is_learnt(NameSet *set, Str s, Word w)
{
    if (!set->count || w.end - w.begin > 64) return false;
    char folded[64];
    Str word = str_sub(s, w.begin, w.end);
    bool plain = true;
    for (size_t i = 0; i < word.len; i++) {
        folded[i] = ascii_lower(word.data[i]);
        plain = plain && (uint8_t)word.data[i] < 0x80;
    }
    return slot_of(set, plain ? (Str){ folded, word.len } : utf8_fold(set->arena, word))->len > 0;
}

/* Transcripts without any capital give no hint by case. */
static bool has_capitals(Str s)
{
    size_t capitals = 0, words = 0;
    Word w = { 0, 0 };
    while (words < 400 && next_name_word(s, w.end, &w)) {
        words++;
        capitals += is_capital(s, w.begin) && w.end - w.begin > 1 && (w.begin < 1 || s.data[w.begin - 1] != '[');
    }
    return capitals > 0;
}

static bool joined(Str s, size_t end, size_t begin)
{
    if (begin <= end || begin - end > 3) return false;
    for (size_t i = end; i < begin; i++)
        if (s.data[i] != ' ' && s.data[i] != '.') return false;
    return true;
}

/* Whether the word may belong to a name that was announced. */
static bool may_be_name(Str s, Word w, bool cased, bool strong)
{
    if (w.end - w.begin < 2 && !is_capital(s, w.begin)) return false;
    if (w.begin > 0 && s.data[w.begin - 1] == '[') return false;
    if (cased && is_capital(s, w.begin)) return !word_is(s, bare(s, w), LEX_NOT_NAME);
    if (word_is(s, bare(s, w), LEX_NAME)) return true;
    return !cased && strong && !word_is(s, w, LEX_NOT_NAME | LEX_FILLER | LEX_BACK | LEX_OUTRO | LEX_CONTEXT);
}

/* The words of a name from `first` on: its end. */
static size_t name_end(NameSet *set, Str s, Word first, bool cased, bool strong, bool learn)
{
    Word w = first, next = first;
    size_t end = bare(s, first).end;
    if (learn) learn_word(set, s, first);
    for (int words = 1; words < NAME_WORDS_MAX; words++) {
        if (end != w.end || !next_name_word(s, w.end, &next) || !joined(s, w.end, next.begin)) break;
        if (s.data[w.end] == '.' && w.end - w.begin > 2) break; /* a sentence ends */
        bool particle = word_is(s, next, LEX_PARTICLE);
        bool known = is_learnt(set, s, bare(s, next)) && !word_is(s, next, LEX_NOT_NAME);
        bool takes = known || may_be_name(s, next, cased, strong && words < 2);
        if (particle && !takes) {
            Word after = next;
            size_t particle_end = next.end;
            for (int i = 0; i < 2 && next_name_word(s, particle_end, &after) && word_is(s, after, LEX_PARTICLE); i++)
                particle_end = after.end;
            if (after.begin <= next.begin || !joined(s, particle_end, after.begin) ||
                !may_be_name(s, after, cased, false))
                break;
        } else if (!takes) {
            break;
        } else if (learn) {
            learn_word(set, s, next);
        }
        w = next;
        end = bare(s, next).end;
    }
    return end;
}

static bool at_sentence_start(Str s, size_t at)
{
    while (at > 0 && (s.data[at - 1] == ' ' || s.data[at - 1] == '"' || s.data[at - 1] == '\n')) at--;
    return at == 0 || strchr(".?!:", s.data[at - 1]);
}

/* "I'm Tom", "this is Ana": only before a word with a capital or a name of the list. */
static bool weak_intro(Str s, Word w, size_t *end)
{
    Word next;
    Str word = str_sub(s, w.begin, w.end);
    if (word.len > 4) return false;
    if (str_equal_nocase(word, STR("i'm")) || str_equal_nocase(word, STR("im"))) {
        *end = w.end;
        return true;
    }
    bool two =
        str_equal_nocase(word, STR("i")) || str_equal_nocase(word, STR("this")) || str_equal_nocase(word, STR("it"));
    if (!two || !next_name_word(s, w.end, &next)) return false;
    Str verb = str_sub(s, next.begin, next.end);
    if (!str_equal_nocase(verb, STR("is")) && !str_equal_nocase(verb, STR("am"))) return false;
    *end = next.end;
    return true;
}

/* A name announced by the words at w: "my name is …", "Mrs …", "I'm …". Its beginning and end; false when none is. */
static bool announced(NameSet *set, Str s, Word w, uint32_t flags, bool cased, size_t *begin, size_t *end)
{
    LexHit hit;
    Word next, after;
    bool strong = true;
    size_t from;
    if ((flags & LEX_INTRO) && lex_match(s, w.begin, LEX_INTRO, &hit) && next_name_word(s, hit.end, &next) &&
        next.begin - hit.end <= 4) {
        while (word_is(s, next, LEX_TITLE) && next_name_word(s, next.end, &next)) {
        }
        if (!may_be_name(s, next, cased, true)) return false;
    } else if ((flags & LEX_TITLE) && next_name_word(s, w.end, &next) && joined(s, w.end, next.begin)) {
        strong = false;
        if (!may_be_name(s, next, cased, w.end - w.begin <= 3)) return false;
    } else if (weak_intro(s, w, &from)) {
        strong = false;
        if (!next_name_word(s, from, &next) || !joined(s, from, next.begin) || !may_be_name(s, next, cased, false))
            return false;
        bool listed = word_is(s, bare(s, next), LEX_NAME | LEX_NAME_WORD) || is_learnt(set, s, bare(s, next));
        bool outro = next_name_word(s, next.end, &after) && word_is(s, after, LEX_OUTRO);
        if (!listed && !outro) return false;
    } else {
        return false;
    }
    *begin = next.begin;
    *end = name_end(set, s, next, cased, strong, true);
    return true;
}

/* Whether the word is a name by itself: one that was learnt, or one of the list. */
static bool stands_alone(NameSet *set, Str s, Word w, uint32_t flags, bool cased)
{
    Word plain = bare(s, w), next;
    bool capital = is_capital(s, w.begin), ordinary = flags & (LEX_NAME_WORD | LEX_NOT_NAME);
    if (capital || !ordinary) {
        bool enough = capital || !cased || w.end - w.begin > 3;
        if (enough && is_learnt(set, s, plain)) return true;
    }
    if (flags & LEX_NAME) return capital || !cased;
    return capital && (flags & LEX_NAME_WORD) && next_name_word(s, w.end, &next) && joined(s, w.end, next.begin) &&
           is_capital(s, next.begin) && !at_sentence_start(s, w.begin) && !word_is(s, next, LEX_NOT_NAME) &&
           s.data[w.end] != '.';
}

void name_find(NameSet *set, Str s, uint32_t turn, Reader *reader)
{
    static const uint32_t ASKED = LEX_INTRO | LEX_TITLE | LEX_NAME | LEX_NAME_WORD | LEX_NOT_NAME;
    bool cased = has_capitals(s);
    Word w = { 0, 0 };
    while (next_name_word(s, w.end, &w)) {
        if (w.begin > 0 && s.data[w.begin - 1] == '[') continue;
        LexHit hit;
        uint32_t flags = lex_match(s, w.begin, ASKED, &hit) ? hit.flags : 0;
        if (flags && hit.end != w.end) { /* a longer phrase, or a word with "'s" */
            LexHit alone;
            Word plain = bare(s, w);
            flags &= LEX_INTRO;
            if (lex_match((Str){ s.data, plain.end }, w.begin, ASKED, &alone) && alone.end == plain.end)
                flags |= alone.flags;
        }
        size_t begin = w.begin, end;
        if (!announced(set, s, w, flags, cased, &begin, &end)) {
            if (!stands_alone(set, s, w, flags, cased)) continue;
            end = name_end(set, s, w, cased, false, false);
        }
        reader_span(reader, turn, begin, end, REDACTED_NAME);
        w.end = end;
    }
}
