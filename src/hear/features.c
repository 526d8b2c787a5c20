/* features.c -- see features.h. */
#include "hear/features.h"

#include "hear/features_turn.h"

#include <stdlib.h>

enum { KINDS_MAX = 250, KIND_SLOTS = 1 << 12, VALENCE_SLOTS = 1 << 15 };

struct Lexicon {
    uint64_t *symbol_key; /* by symbol: the hash of its word */
    uint8_t *symbol_kind;
    uint64_t *kind_slot; /* words of a kind that no rule names: hash */
    uint8_t *kind_of_slot;
    uint64_t *valence_slot; /* words/valence.tsv, for whole turns */
    int8_t *valence_of_slot;
};

/* --- kinds of words ------------------------------------------------------------- */

static void add_kind(Lexicon *lexicon, const Rules *rules, Str word, uint8_t kind)
{
    uint64_t hash = word_hash(word);
    const WordEntry *entry = vocabulary_find(&rules->vocabulary, hash);
    if (entry && entry->part_count == 1) {
        if (!lexicon->symbol_kind[entry->part[0]]) lexicon->symbol_kind[entry->part[0]] = kind;
        return;
    }
    uint32_t at = (uint32_t)hash & (KIND_SLOTS - 1);
    while (lexicon->kind_slot[at] && lexicon->kind_slot[at] != hash) at = (at + 1) & (KIND_SLOTS - 1);
    if (lexicon->kind_slot[at]) return;
    lexicon->kind_slot[at] = hash;
    lexicon->kind_of_slot[at] = kind;
}

static bool read_valence(Lexicon *lexicon, const Words *words, Err *err)
{
    uint32_t number = 0, count = 0;
    for (Str rest = words_bytes(words, STR("valence.tsv")), line, word; str_next_line(&rest, &line);) {
        int64_t value;
        number++;
        if (line.len == 0 || line.data[0] == '#') continue;
        if (!str_next_part(&line, '\t', &word) || !str_to_i64(line, &value) || value < -127 || value > 127 ||
            ++count > VALENCE_SLOTS / 2)
            return err_set(err, ERR_INPUT,
                           "valence.tsv line %u: a line is a word, a tab and -127 to 127; at most %d lines", number,
                           VALENCE_SLOTS / 2);
        uint64_t hash = word_hash(word);
        uint32_t at = (uint32_t)hash & (VALENCE_SLOTS - 1);
        while (lexicon->valence_slot[at] && lexicon->valence_slot[at] != hash) at = (at + 1) & (VALENCE_SLOTS - 1);
        lexicon->valence_slot[at] = hash;
        lexicon->valence_of_slot[at] = (int8_t)value;
    }
    return true;
}

int feature_valence(const Hearing *h, uint64_t word)
{
    const Lexicon *lexicon = h->hearer->lexicon;
    for (uint32_t at = (uint32_t)word & (VALENCE_SLOTS - 1); lexicon->valence_slot[at];
         at = (at + 1) & (VALENCE_SLOTS - 1))
        if (lexicon->valence_slot[at] == word) return lexicon->valence_of_slot[at];
    return 0;
}

bool lexicon_open(const Words *words, const Rules *rules, Arena *arena, Lexicon **ret, Err *err)
{
    Lexicon *lexicon = ARENA_NEW(arena, Lexicon, 1);
    uint32_t symbols = rules->vocabulary.symbol_count, number = 0, kinds = 0, unknown = 0;
    lexicon->symbol_key = ARENA_NEW(arena, uint64_t, symbols + 1);
    lexicon->symbol_kind = ARENA_NEW(arena, uint8_t, symbols + 1);
    lexicon->kind_slot = ARENA_NEW(arena, uint64_t, KIND_SLOTS);
    lexicon->kind_of_slot = ARENA_NEW(arena, uint8_t, KIND_SLOTS);
    lexicon->valence_slot = ARENA_NEW(arena, uint64_t, VALENCE_SLOTS);
    lexicon->valence_of_slot = ARENA_NEW(arena, int8_t, VALENCE_SLOTS);
    for (uint32_t i = 0; i < symbols; i++)
        lexicon->symbol_key[i] = i < SYM_FIRST_WORD ? i + 1 : word_hash(rules->vocabulary.name[i]);
    for (Str rest = words_bytes(words, STR("kinds.txt")), line; str_next_line(&rest, &line);) {
        Str name, word;
        number++;
        if (line.len == 0 || line.data[0] == '#') continue;
        if (!str_next_part(&line, ':', &name) || line.len == 0 || ++kinds > KINDS_MAX)
            return err_set(err, ERR_INPUT, "kinds.txt line %u: a line is a name, a colon and words; at most %d lines",
                           number, KINDS_MAX);
        while (str_next_part(&line, ' ', &word))
            if (word.len && unknown++ < KIND_SLOTS / 2) add_kind(lexicon, rules, word, (uint8_t)kinds);
    }
    *ret = lexicon;
    return read_valence(lexicon, words, err);
}

static uint64_t key_of(const Lexicon *lexicon, const Token *token)
{
    if (token->symbol >= SYM_FIRST_WORD) return lexicon->symbol_key[token->symbol];
    if (token->symbol == SYM_WORD || token->symbol == SYM_CAPITAL) return token->hash;
    return token->symbol + 1;
}

/* 0: of no kind.  Numbers, amounts, times and names are kinds of their own. */
static uint64_t kind_of(const Lexicon *lexicon, const Token *token)
{
    if (token->symbol >= SYM_FIRST_WORD) return lexicon->symbol_kind[token->symbol];
    if (token->symbol > SYM_CAPITAL) return (uint64_t)KINDS_MAX + token->symbol;
    for (uint32_t at = (uint32_t)token->hash & (KIND_SLOTS - 1); lexicon->kind_slot[at];
         at = (at + 1) & (KIND_SLOTS - 1))
        if (lexicon->kind_slot[at] == token->hash) return lexicon->kind_of_slot[at];
    return 0;
}

/* --- naming features -------------------------------------------------------------- */

enum {
    F_WORD = 1,
    F_PAIR,
    F_TRIPLE,
    F_SKIP,
    F_FIRST,
    F_FIRST_PAIR,
    F_LAST,
    F_STEM,
    F_STEM_PAIR,
    F_KIND,
    F_KIND_PAIR,
    F_KIND_WORD,
    F_WORD_KIND,
    F_KIND_TRIPLE,
    F_LETTERS,
    F_TURN,
    F_TURN_PAIR,
    F_BEFORE,
    F_BEFORE_KIND,
    F_FACT,
    F_SIGNS,
    F_SHOUT
};

static uint64_t mixed(uint64_t kind, uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t x = (a ^ kind * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    x = ((x ^ x >> 32) + b) * 0xc4ceb9fe1a85ec53u;
    x = ((x ^ x >> 29) + c) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static void add(Features *f, uint64_t feature)
{
    if (UNLIKELY(f->count == f->capacity)) f->item = hearing_room(f->item, &f->capacity, f->count + 1, sizeof *f->item);
    f->item[f->count++] = feature;
}

uint64_t feature_name(uint64_t kind, uint64_t a, uint64_t b, uint64_t c) { return mixed(kind, a, b, c); }
void feature_add(Features *features, uint64_t name) { add(features, name); }
uint64_t feature_word(const Hearing *h, const Token *token) { return key_of(h->hearer->lexicon, token); }

void features_clear(Features *features)
{
    free(features->item);
    *features = (Features){ 0 };
}

/* Facts have a name, what it is about, and a value. */
enum {
    FACT_BIAS = 1,
    FACT_RULE_SURE,
    FACT_RULE_TURN,
    FACT_MARKED_JUST_BEFORE,
    FACT_MARKED_BY_OTHER,
    FACT_MARKED_BY_SAME,
    FACT_WORDS,
    FACT_TURN_WORDS,
    FACT_UNITS,
    FACT_UNIT_PLACE,
    FACT_TURN_PLACE,
    FACT_TURN_FROM_END,
    FACT_QUESTION,
    FACT_CHANNEL,
    FACT_PUNCTUATED,
    FACT_ECHO,
    FACT_ECHO_SHARE,
    FACT_NUMBER_BACK,
    FACT_YOU,
    FACT_RUN,
    FACT_ASKED_BEFORE,
    FACT_ECHO_AND_YOU,
    FACT_ECHO_AND_QUESTION,
    FACT_ECHO_OWN
};

static void fact(Features *f, unsigned name, uint64_t about, uint64_t value)
{
    add(f, mixed(F_FACT, name, about, value));
}

/* 0 1 2 3 4 5-6 7-9 10-14 15-22 23- */
static unsigned bucket(uint32_t n) { return n < 5 ? n : n < 7 ? 5 : n < 10 ? 6 : n < 15 ? 7 : n < 23 ? 8 : 9; }

/* --- the unit's own words ---------------------------------------------------------- */

typedef struct View {
    uint64_t key[FEATURES_WORDS_MAX], kind[FEATURES_WORDS_MAX], stem[FEATURES_WORDS_MAX];
    const Token *token[FEATURES_WORDS_MAX];
    uint32_t count;
    bool asks; /* a question mark ends its sentence */
} View;

static void view_of(const Hearing *h, uint32_t utterance, Unit unit, View *ret)
{
    const Turn *turn = &h->turn[utterance];
    const Token *token = &h->tokens.item[turn->first_token];
    ret->count = 0;
    for (uint32_t i = unit.begin; i < unit.end && ret->count < FEATURES_WORDS_MAX; i++) {
        if (!token_is_word(&token[i])) continue;
        ret->key[ret->count] = key_of(h->hearer->lexicon, &token[i]);
        ret->kind[ret->count] = kind_of(h->hearer->lexicon, &token[i]);
        ret->stem[ret->count] = token[i].stem;
        ret->token[ret->count++] = &token[i];
    }
    ret->asks = unit.end < turn->token_count && token[unit.end].symbol == SYM_QUESTION;
}

static void add_word(uint64_t key, uint64_t stem, uint64_t kind, Features *f)
{
    add(f, mixed(F_WORD, key, 0, 0));
    if (stem) add(f, mixed(F_STEM, stem, 0, 0));
    if (kind) add(f, mixed(F_KIND, kind, 0, 0));
}

void features_of_word(const Hearing *h, const Token *token, Features *f)
{
    const Lexicon *lexicon = h->hearer->lexicon;
    add_word(key_of(lexicon, token), token->stem, kind_of(lexicon, token), f);
}

uint64_t features_key(const Hearing *h, const Token *token) { return key_of(h->hearer->lexicon, token); }

static void add_words(const View *v, bool apart, Features *f)
{
    uint64_t end = v->asks ? 1 : 0;
    for (uint32_t i = 0; i < v->count; i++) {
        uint64_t here = v->key[i];
        if (!apart) add_word(here, v->stem[i], v->kind[i], f);
        if (i + 1 < v->count) {
            uint64_t next = v->key[i + 1];
            add(f, mixed(F_PAIR, here, next, 0));
            if (v->kind[i] && v->kind[i + 1]) add(f, mixed(F_KIND_PAIR, v->kind[i], v->kind[i + 1], 0));
            if (v->kind[i]) add(f, mixed(F_KIND_WORD, v->kind[i], next, 0));
            if (v->kind[i + 1]) add(f, mixed(F_WORD_KIND, here, v->kind[i + 1], 0));
        }
        if (i + 2 < v->count) {
            add(f, mixed(F_TRIPLE, here, v->key[i + 1], v->key[i + 2]));
            add(f, mixed(F_SKIP, here, v->key[i + 2], 0));
        }
    }
    if (v->count == 0) return;
    add(f, mixed(F_FIRST, v->key[0], end, 0));
    if (v->count > 1) add(f, mixed(F_FIRST_PAIR, v->key[0], v->key[1], end));
    add(f, mixed(F_LAST, v->key[v->count - 1], end, 0));
}

/* Two to five letters, the word's edges as letters of their own. */
enum { LETTERS_LEAST = 3, LETTERS_MOST = 5 };

bool features_of_letters(const Token *token, Str text, Features *f)
{
    if (!features_has_letters(token)) return false;
    unsigned char letter[FEATURES_LETTERS_MAX + 2];
    size_t n = 0;
    letter[n++] = '<';
    for (uint32_t at = token->begin; at < token->end && n <= FEATURES_LETTERS_MAX; at++)
        letter[n++] = (unsigned char)ascii_lower(text.data[at]);
    letter[n++] = '>';
    for (size_t from = 0; from < n; from++) {
        uint64_t gram = 0;
        for (size_t len = 1; len <= LETTERS_MOST && from + len <= n; len++) {
            gram = gram << 8 | letter[from + len - 1];
            if (len >= LETTERS_LEAST && len < n) add(f, mixed(F_LETTERS, gram, 0, 0));
        }
    }
    return true;
}

static void add_letters(const View *v, Str text, Features *f)
{
    for (uint32_t i = 0; i < v->count; i++) (void)features_of_letters(v->token[i], text, f);
}

/* Runs of signs as they stand, and words in capitals: what is not a word says much of a short message's tone. */
enum { SIGN_BYTES_MAX = 12 };

static bool is_sign(unsigned char c) { return !ascii_alnum((char)c) && c > ' ' && c != '\''; }

static void add_signs(const View *v, Str text, Features *f)
{
    for (size_t at = 0; at < text.len;) {
        size_t begin = at;
        while (at < text.len && at - begin < SIGN_BYTES_MAX && is_sign((unsigned char)text.data[at])) at++;
        if (at > begin) {
            add(f, mixed(F_SIGNS, word_hash(str_sub(text, begin, at)), 0, 0));
            for (size_t i = begin; i + 3 < at && (unsigned char)text.data[begin] >= 0xF0; i += 4)
                add(f, mixed(F_SIGNS, word_hash(str_sub(text, i, i + 4)), 1, 0)); /* each emoji of a row */
        } else {
            at++;
        }
    }
    for (uint32_t i = 0; i < v->count; i++)
        if (v->token[i]->flags & TOKEN_ALL_CAPS) {
            add(f, mixed(F_SHOUT, 0, 0, 0));
            add(f, mixed(F_SHOUT, v->key[i], 1, 0));
        }
}

/* --- what stands around --------------------------------------------------------------- */

static void add_beside(const Hearing *h, const Turn *turn, Unit unit, bool words, Features *f)
{
    const Token *token = &h->tokens.item[turn->first_token];
    uint64_t last = 0;
    uint32_t met = 0;
    for (uint32_t i = unit.begin; i < unit.end && met < FEATURES_WORDS_MAX; i++) {
        if (!token_is_word(&token[i])) continue;
        met++;
        uint64_t key = key_of(h->hearer->lexicon, &token[i]);
        if (words) add(f, mixed(F_TURN, key, 0, 0));
        if (last) add(f, mixed(F_TURN_PAIR, last, key, 0));
        last = key;
    }
}

void features_of_word_beside(const Hearing *h, const Token *token, Features *f)
{
    add(f, mixed(F_TURN, key_of(h->hearer->lexicon, token), 0, 0));
}

void features_of_pairs_beside(const Hearing *h, const Turn *turn, Unit unit, Features *f)
{
    add_beside(h, turn, unit, false, f);
}

static void add_around(const Hearing *h, const Turn *turn, const Unit *units, size_t count, size_t index, Features *f)
{
    for (size_t i = index > UNITS_BESIDE ? index - UNITS_BESIDE : 0; i < count && i <= index + UNITS_BESIDE; i++)
        if (i != index) add_beside(h, turn, units[i], true, f);
}

enum { BEFORE_WORDS_MAX = 60 };

static void add_before(const Hearing *h, const Conversation *c, uint32_t utterance, Features *f)
{
    uint32_t other;
    if (!other_turns(h, c, utterance, &other, 1)) {
        add(f, mixed(F_BEFORE, 0, 1, 0));
        return;
    }
    const Turn *turn = &h->turn[other];
    uint32_t first = turn->token_count > BEFORE_WORDS_MAX ? turn->token_count - BEFORE_WORDS_MAX : 0;
    for (uint32_t i = first; i < turn->token_count; i++) {
        const Token *token = &h->tokens.item[turn->first_token + i];
        if (!token_is_word(token)) {
            if (token->symbol == SYM_QUESTION) add(f, mixed(F_BEFORE, 0, 2, 0));
            continue;
        }
        add(f, mixed(F_BEFORE, key_of(h->hearer->lexicon, token), 0, 0));
        uint64_t kind = kind_of(h->hearer->lexicon, token);
        if (kind) add(f, mixed(F_BEFORE_KIND, kind, 0, 0));
    }
}

/* --- facts ------------------------------------------------------------------------------- */

/* What a unit looks at is bounded, lest a turn of a thousand clauses, each with a rule, costs a million steps. */
enum { FIRED_MAX = 1000, MARKED_MAX = 200, NUMBERS_MAX = 40, NUMBER_TOKENS_MAX = 1000 };

static void add_rules(const Hearing *h, const Unit *unit, Features *f)
{
    for (size_t i = 0; i < h->fired_count && i < FIRED_MAX; i++) {
        const Fired *fired = &h->fired[i];
        const Rule *rule = &h->rules->rule[fired->rule];
        bool here = fired->begin < unit->end && unit->begin < fired->end;
        if (here) {
            fact(f, FACT_RULE_SURE, rule->behaviour_key, rule->sure / 10);
        } else {
            fact(f, FACT_RULE_TURN, rule->behaviour_key, 0);
        }
    }
}

/* What was marked in the turns before: just before by either, and ever. */
static void add_marked(const Hearing *h, const Conversation *c, uint32_t utterance, Features *f)
{
    uint32_t other = UINT32_MAX;
    (void)other_turns(h, c, utterance, &other, 1);
    Role role = c->utterance[utterance].role;
    for (size_t i = h->rule_mark_count, seen = 0; i-- > 0 && seen < MARKED_MAX; seen++) {
        const Mark *mark = &h->rule_mark[i];
        if (mark->utterance >= utterance) continue;
        if (mark->utterance + 12 < utterance) break;
        uint64_t about = h->rules->rule[mark->rule].behaviour_key;
        if (mark->utterance == other)
            fact(f, FACT_MARKED_JUST_BEFORE, about, 0);
        else if (c->utterance[mark->utterance].role == role)
            fact(f, FACT_MARKED_BY_SAME, about, mark->utterance + 2 >= utterance);
        else
            fact(f, FACT_MARKED_BY_OTHER, about, 0);
    }
}

/* The other party's last turn, its words to be found by their keys. */
static const OtherTurn *other_turn(Hearing *h, const Conversation *c, uint32_t utterance)
{
    OtherTurn *o = &h->other;
    uint32_t other;
    if (o->of == utterance) return o;
    o->of = utterance;
    o->count = 0;
    if (!other_turns(h, c, utterance, &other, 1)) return o;
    const Turn *turn = &h->turn[other];
    const Token *token = &h->tokens.item[turn->first_token];
    o->count = MIN(turn->token_count, OTHER_TOKENS_MAX);
    memset(o->first, 0, sizeof o->first);
    for (uint32_t k = o->count; k-- > 0;) {
        o->key[k] = token_is_word(&token[k]) ? key_of(h->hearer->lexicon, &token[k]) : 0;
        uint8_t *first = &o->first[o->key[k] % COUNT(o->first)];
        o->next[k] = *first; /* from 1 */
        *first = (uint8_t)(k + 1);
    }
    return o;
}

/* The longest run of words that stands in the other party's last turn too. */
static uint32_t longest_run(Hearing *h, const Conversation *c, uint32_t utterance, const View *v)
{
    uint32_t best = 0, mine = MIN(v->count, 60);
    const OtherTurn *o = other_turn(h, c, utterance);
    for (uint32_t i = 0; o->count && i + best < mine; i++)
        for (uint32_t at = o->first[v->key[i] % COUNT(o->first)]; at; at = o->next[at - 1]) {
            uint32_t n = 0, k = at - 1;
            while (i + n < mine && k + n < o->count && v->key[i + n] == o->key[k + n]) n++;
            if (n > best) best = n;
        }
    return best;
}

/* Content words and numbers of the unit that the same party's last turns had, to `most`: a question put again. */
static uint32_t own_echo(const Hearing *h, const Conversation *c, uint32_t utterance, const View *v, uint32_t most)
{
    uint32_t best = 0, steps = 0;
    Role role = c->utterance[utterance].role;
    for (uint32_t i = utterance; i-- > 0 && steps < 12 && best < most; steps++) {
        const Turn *turn = &h->turn[i];
        if (!turn->judged || c->utterance[i].role != role) continue;
        uint32_t shared = 0, words = MIN(turn->token_count, TURN_STEMS_TOKENS);
        for (uint32_t w = 0; w < MIN(v->count, 40) && shared < most; w++) {
            if (!v->stem[w] || !turn_may_have(turn, v->stem[w])) continue;
            for (uint32_t k = 0; k < words; k++)
                if (h->tokens.item[turn->first_token + k].stem == v->stem[w]) {
                    shared++;
                    break;
                }
        }
        best = MAX(best, shared);
    }
    return best;
}

static bool number_comes_back(const Hearing *h, const Conversation *c, uint32_t utterance, const View *v)
{
    uint32_t other[4];
    size_t count = other_turns(h, c, utterance, other, COUNT(other));
    for (uint32_t i = 0, numbers = 0; i < v->count && numbers < NUMBERS_MAX; i++) {
        if (v->token[i]->symbol < SYM_NUMBER || v->token[i]->symbol > SYM_CODE) continue;
        numbers++;
        for (size_t o = 0; o < count; o++) {
            const Turn *turn = &h->turn[other[o]];
            for (uint32_t k = 0; k < turn->token_count && k < NUMBER_TOKENS_MAX; k++)
                if (h->tokens.item[turn->first_token + k].hash == v->token[i]->hash) return true;
        }
    }
    return false;
}

/* Facts of a turn, which are the same for all its units, and facts of a unit, in one order for those who learn. */
typedef struct About {
    size_t count, index; /* of units; which one */
    const View *view;    /* NULL: of the turn alone */
    bool turn;           /* of the turn too */
} About;

static void add_plain_facts(const Hearing *h, const Conversation *c, uint32_t utterance, About a, Features *f)
{
    const Turn *turn = &h->turn[utterance];
    const View *v = a.view;
    if (a.turn) fact(f, FACT_BIAS, 0, 0);
    if (a.turn) add_marked(h, c, utterance, f);
    if (v) fact(f, FACT_WORDS, 0, bucket(v->count));
    if (a.turn) fact(f, FACT_TURN_WORDS, 0, bucket(turn->word_count / 3));
    if (a.turn) fact(f, FACT_UNITS, 0, MIN(a.count, 6));
    if (v) fact(f, FACT_UNIT_PLACE, a.index == 0, a.index + 1 == a.count);
    if (a.turn) fact(f, FACT_TURN_PLACE, 0, MIN(turn->nth, 3));
    if (a.turn) fact(f, FACT_TURN_FROM_END, 0, MIN(turn->nth_from_end, 3));
    if (v) fact(f, FACT_QUESTION, v->asks, turn->punctuated);
    if (a.turn) fact(f, FACT_CHANNEL, c->channel, 0);
}

void features_of_turn(const Hearing *h, const Conversation *c, uint32_t utterance, size_t units, Features *f)
{
    add_plain_facts(h, c, utterance, (About){ .count = units, .turn = true }, f);
}

static void add_facts(Hearing *h, const Conversation *c, uint32_t utterance, const Unit *units, About a, Features *f)
{
    const View *v = a.view;
    add_plain_facts(h, c, utterance, a, f);
    uint32_t content = 0, you = 0, i_ = 0;
    for (uint32_t i = 0; i < v->count; i++) {
        content += v->stem[i] != 0;
        you += v->key[i] == h->hearer->key_you || v->key[i] == h->hearer->key_your;
        i_ += v->key[i] == h->hearer->key_i || v->key[i] == h->hearer->key_we;
    }
    uint32_t echo = echo_count(h, c, utterance, units[a.index].begin, units[a.index].end);
    fact(f, FACT_ECHO, 0, MIN(echo, 6));
    if (content) fact(f, FACT_ECHO_SHARE, MIN(content, 4), 4 * echo / content);
    fact(f, FACT_YOU, you > 0, i_ > 0);
    fact(f, FACT_ECHO_AND_YOU, you > 0, MIN(echo, 4));
    fact(f, FACT_ECHO_AND_QUESTION, v->asks, MIN(echo, 4));
    fact(f, FACT_RUN, 0, MIN(longest_run(h, c, utterance, v), 6));
    fact(f, FACT_NUMBER_BACK, 0, number_comes_back(h, c, utterance, v));
    fact(f, FACT_ECHO_OWN, v->asks, MIN(own_echo(h, c, utterance, v, 4), 4));
}

/* --- together ------------------------------------------------------------------------------ */

size_t units_of_turn(const Hearing *h, const Turn *turn, Unit *ret, size_t most)
{
    const Token *token = &h->tokens.item[turn->first_token];
    size_t count = 0;
    for (uint32_t at = 0; at < turn->token_count && count < most;) {
        Unit unit = { at, h->bounds[at].clause_end };
        if (unit.end <= at) unit.end = at + 1;
        at = unit.end;
        while (unit.begin < unit.end && !token_is_word(&token[unit.begin])) unit.begin++;
        while (unit.end > unit.begin && !token_is_word(&token[unit.end - 1])) unit.end--;
        if (unit.begin < unit.end) ret[count++] = unit;
    }
    return count;
}

static void add_group(FeatureGroup group, Hearing *h, const Conversation *c, uint32_t utterance, const Unit *units,
                      size_t count, size_t index, unsigned wanted, const View *view, Features *f)
{
    bool with_signs = (wanted & FEATURES_SIGNS) != 0;
    switch (group) {
    case GROUP_WORDS:
        add_words(view, (wanted & FEATURES_WORDS_APART) != 0, f);
        if (with_signs) features_turn_words(h, &h->turn[utterance], f);
        break;
    case GROUP_LETTERS:
        add_letters(view, c->utterance[utterance].text, f);
        if (with_signs) {
            add_signs(view, c->utterance[utterance].text, f);
            features_turn_letters(c->utterance[utterance].text, f);
        }
        break;
    case GROUP_AROUND: add_around(h, &h->turn[utterance], units, count, index, f); break;
    case GROUP_BEFORE: add_before(h, c, utterance, f); break;
    case GROUP_FACTS:
        add_facts(h, c, utterance, units, (About){ count, index, view, !(wanted & FEATURES_TURN_APART) }, f);
        if (with_signs) features_turn_facts(h, c, utterance, f);
        break;
    case GROUP_RULES: add_rules(h, &units[index], f); break;
    case GROUP_COUNT: break;
    }
}

void features_of_unit(Hearing *h, const Conversation *c, uint32_t utterance, const Unit *units, size_t count,
                      size_t index, unsigned wanted, Features *f)
{
    View view;
    view_of(h, utterance, units[index], &view);
    f->count = 0;
    for (unsigned group = 0; group < GROUP_COUNT; group++) {
        if (wanted >> group & 1) add_group((FeatureGroup)group, h, c, utterance, units, count, index, wanted, &view, f);
        f->end[group] = f->count;
    }
}
