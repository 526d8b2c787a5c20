/* features_turn.c -- features that a whole turn has and a clause has not: how its sentences begin and end, letters over
 * the blanks between words, what stands behind a "not", and what of the turn before it takes up.
 *
 * For models over whole turns alone (features.h): a clause's features stay as the reader's models were trained with.
 */
#include "hear/features_turn.h"

enum {
    T_SENTENCE_FIRST = 64,
    T_SENTENCE_PAIR,
    T_ASKED_WORD,
    T_ASKED_PAIR,
    T_LAST_ASKED,
    T_LAST_WORD,
    T_DENIED,
    T_LETTERS,
    T_TAKEN_UP,
    T_SWAPPED,
    T_CLAUSE_FIRST,
    T_CLAUSE_PAIR,
    T_FACT
};

enum {
    SENTENCES_MAX = 60,
    DENIED_WORDS = 3,
    LETTERS_LEAST = 3,
    LETTERS_MOST = 5,
    TEXT_BYTES_MAX = 3000,
    VALENCE_TOKENS_MAX = 100000
};

static void add(Features *f, uint64_t kind, uint64_t a, uint64_t b, uint64_t c)
{
    feature_add(f, feature_name(kind, a, b, c));
}

/* --- sentences -------------------------------------------------------------------------- */

typedef struct Sentence {
    uint32_t begin, end; /* tokens of the turn */
    bool asks;
} Sentence;

static size_t sentences_of(const Token *token, uint32_t count, Sentence *ret)
{
    size_t found = 0;
    uint32_t begin = 0;
    for (uint32_t i = 0; i <= count && found < SENTENCES_MAX; i++) {
        bool asks = i < count && token[i].symbol == SYM_QUESTION;
        if (i < count && !asks && token[i].symbol != SYM_STOP) continue;
        uint32_t from = begin;
        while (from < i && !token_is_word(&token[from])) from++;
        if (from < i) ret[found++] = (Sentence){ from, i, asks };
        begin = i + 1;
    }
    return found;
}

/* The next word at or behind `at`: its index, or `end`. */
static uint32_t word_at(const Token *token, uint32_t at, uint32_t end)
{
    while (at < end && !token_is_word(&token[at])) at++;
    return at;
}

static void add_sentence(const Hearing *h, const Token *token, Sentence s, bool last, Features *f)
{
    uint32_t second = word_at(token, s.begin + 1, s.end),
             third = second < s.end ? word_at(token, second + 1, s.end) : s.end;
    uint64_t first_key = feature_word(h, &token[s.begin]);
    uint64_t second_key = second < s.end ? feature_word(h, &token[second]) : 1;
    uint64_t third_key = third < s.end ? feature_word(h, &token[third]) : 1;
    add(f, T_SENTENCE_FIRST, first_key, s.asks, 0);
    add(f, T_SENTENCE_PAIR, first_key, second_key, s.asks);
    if (last) {
        add(f, T_LAST_ASKED, first_key, s.asks, 0);
        add(f, T_LAST_ASKED, first_key, second_key, (uint64_t)s.asks + 2);
    }
    if (s.asks) {
        add(f, T_LAST_ASKED, first_key, second_key, third_key + 4);
        uint64_t before = 0;
        for (uint32_t i = s.begin; i < s.end; i++) {
            if (!token_is_word(&token[i])) continue;
            uint64_t key = feature_word(h, &token[i]);
            add(f, T_ASKED_WORD, key, 0, 0);
            if (before) add(f, T_ASKED_PAIR, before, key, 0);
            before = key;
        }
    } else if (last) {
        for (uint32_t i = s.begin; i < s.end; i++)
            if (token_is_word(&token[i])) add(f, T_LAST_WORD, feature_word(h, &token[i]), 0, 0);
    }
}

static void add_sentences(const Hearing *h, const Turn *turn, Features *f)
{
    const Token *token = &h->tokens.item[turn->first_token];
    Sentence sentence[SENTENCES_MAX];
    size_t count = sentences_of(token, turn->token_count, sentence);
    for (size_t i = 0; i < count; i++) add_sentence(h, token, sentence[i], i + 1 == count, f);
}

/* How clauses begin, and whether their sentence asks: "so, do you …?", "you have been stuck?" */
static void add_clauses(const Hearing *h, const Turn *turn, Features *f)
{
    const Token *token = &h->tokens.item[turn->first_token];
    for (uint32_t at = 0; at < turn->token_count;) {
        const Bounds *bounds = &h->bounds[at];
        uint32_t end = MAX(bounds->clause_end, at + 1), sentence_end = MAX(bounds->sentence_end, end);
        bool asks = token[sentence_end - 1].symbol == SYM_QUESTION ||
                    (sentence_end < turn->token_count && token[sentence_end].symbol == SYM_QUESTION);
        uint32_t first = word_at(token, at, end), second = first < end ? word_at(token, first + 1, end) : end;
        if (first < end) {
            uint64_t key = feature_word(h, &token[first]), next = second < end ? feature_word(h, &token[second]) : 1;
            add(f, T_CLAUSE_FIRST, key, asks, 0);
            add(f, T_CLAUSE_PAIR, key, next, asks);
            uint32_t third = second < end ? word_at(token, second + 1, end) : end;
            if (third < end) add(f, T_CLAUSE_PAIR, next, feature_word(h, &token[third]), (uint64_t)asks + 2);
        }
        at = end;
    }
}

/* "not", "never", "n't" colour the words behind them, to the next mark. */
static void add_denied(const Hearing *h, const Turn *turn, Features *f)
{
    const Token *token = &h->tokens.item[turn->first_token];
    uint64_t not_ = word_hash(STR("not")), never = word_hash(STR("never")), no = word_hash(STR("no"));
    uint32_t left = 0;
    for (uint32_t i = 0; i < turn->token_count; i++) {
        if (!token_is_word(&token[i])) {
            left = 0;
            continue;
        }
        uint64_t key = feature_word(h, &token[i]);
        if (key == not_ || key == never || key == no) {
            left = DENIED_WORDS;
        } else if (left) {
            add(f, T_DENIED, key, 0, 0);
            left--;
        }
    }
}

void features_turn_words(const Hearing *h, const Turn *turn, Features *f)
{
    add_sentences(h, turn, f);
    add_clauses(h, turn, f);
    add_denied(h, turn, f);
}

/* --- letters over blanks -------------------------------------------------------------------- */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

void features_turn_letters(Str text, Features *f)
{
    unsigned char folded[TEXT_BYTES_MAX + 2];
    size_t n = 0;
    folded[n++] = ' ';
    for (size_t i = 0; i < text.len && n <= TEXT_BYTES_MAX; i++) {
        if (!is_blank(text.data[i]))
            folded[n++] = (unsigned char)ascii_lower(text.data[i]);
        else if (folded[n - 1] != ' ')
            folded[n++] = ' ';
    }
    for (size_t from = 0; from < n; from++) {
        uint64_t gram = 0;
        bool inside = false; /* something between words within it: else it is one of a word's own */
        for (size_t len = 1; len <= LETTERS_MOST && from + len <= n; len++) {
            gram = gram << 8 | folded[from + len - 1];
            if (len >= 2) inside |= !ascii_alnum((char)folded[from + len - 2]) && len > 2;
            if (len >= LETTERS_LEAST && inside) add(f, T_LETTERS, gram, len, 0);
        }
    }
}

/* --- what comes back ------------------------------------------------------------------------- */

enum { BEFORE_MAX = 300 };

typedef struct Before {
    uint64_t stem[BEFORE_MAX];
    bool own[BEFORE_MAX]; /* said of itself: "I", "my" stands before it */
    uint32_t count;
    bool asks;
} Before;

static bool is_own(const Hearing *h, uint64_t key)
{
    return key == h->hearer->key_i || key == h->hearer->key_we || key == word_hash(STR("my")) ||
           key == word_hash(STR("me"));
}

static void read_before(const Hearing *h, const Conversation *c, uint32_t utterance, Before *ret)
{
    const Turn *turn = &h->turn[utterance];
    const Token *token = &h->tokens.item[turn->first_token];
    uint32_t own = 0;
    for (uint32_t i = 0; i < turn->token_count && ret->count < BEFORE_MAX; i++) {
        if (token[i].symbol == SYM_QUESTION) ret->asks = true;
        if (!token_is_word(&token[i])) continue;
        own = is_own(h, feature_word(h, &token[i])) ? 4 : own ? own - 1 : 0;
        uint64_t stem = stem_of(h->rules, c->utterance[utterance].text, &token[i]);
        if (!stem) continue;
        ret->stem[ret->count] = stem;
        ret->own[ret->count++] = own > 0;
    }
}

static void fact(Features *f, unsigned name, uint64_t a, uint64_t b) { add(f, T_FACT, name, a, b); }

static void add_taken_up(const Hearing *h, const Conversation *c, uint32_t utterance, const Before *before, Features *f)
{
    const Turn *turn = &h->turn[utterance];
    const Token *token = &h->tokens.item[turn->first_token];
    uint32_t content = 0, taken = 0, swapped = 0, yours = 0, place = 0, last = UINT32_MAX, in_order = 0;
    for (uint32_t i = 0; i < turn->token_count && content < BEFORE_MAX; i++) {
        if (!token_is_word(&token[i])) continue;
        uint64_t key = feature_word(h, &token[i]), stem = stem_of(h->rules, c->utterance[utterance].text, &token[i]);
        yours = key == h->hearer->key_you || key == h->hearer->key_your ? 4 : yours ? yours - 1 : 0;
        if (!stem) continue;
        content++;
        for (place = 0; place < before->count && before->stem[place] != stem;) place++;
        if (place == before->count) continue;
        taken++;
        in_order += last != UINT32_MAX && place > last && place < last + 4;
        last = place;
        swapped += yours > 0 && before->own[place];
    }
    fact(f, 1, MIN(taken, 8), 0);
    fact(f, 2, content ? 8 * taken / content : 9, MIN(content / 3, 4));
    fact(f, 3, MIN(swapped, 4), 0);
    fact(f, 4, MIN(in_order, 4), 0);
    fact(f, 5, MIN(before->count / 8, 6), before->asks);
    fact(f, 6, before->count ? MIN(8, 4 * content / before->count) : 9, 0);
}

/* A number as facts: one for each step that it reaches, so that a sum of weights may rise and fall along it. */
static void add_steps(Features *f, unsigned name, int value, int step, int most)
{
    for (int at = -most; at <= most; at += step)
        if (value > at) fact(f, name, (uint64_t)(at + most), 0);
}

/* How glad and how sour the words are (words/valence.tsv); behind a "not" a word turns round. */
static void add_valence(const Hearing *h, const Turn *turn, Features *f)
{
    const Token *token = &h->tokens.item[turn->first_token];
    uint64_t not_ = word_hash(STR("not")), never = word_hash(STR("never")), no = word_hash(STR("no"));
    int glad = 0, sour = 0, least = 0, most = 0;
    uint32_t denied = 0;
    for (uint32_t i = 0; i < turn->token_count && i < VALENCE_TOKENS_MAX; i++) {
        if (!token_is_word(&token[i])) {
            denied = 0;
            continue;
        }
        uint64_t key = feature_word(h, &token[i]);
        if (key == not_ || key == never || key == no) {
            denied = DENIED_WORDS;
            continue;
        }
        int value = feature_valence(h, key);
        if (denied) value = -value;
        denied = denied ? denied - 1 : 0;
        *(value > 0 ? &glad : &sour) += value;
        most = MAX(most, value);
        least = MIN(least, value);
    }
    add_steps(f, 20, MAX(-400, MIN(400, glad + sour)), 50, 400);
    add_steps(f, 21, MIN(500, glad), 100, 500);
    add_steps(f, 22, MAX(-500, sour), 100, 500);
    add_steps(f, 23, most, 30, 120);
    add_steps(f, 24, least, 30, 120);
    add_steps(f, 25, 4 * (glad + sour) / (int)MAX(4, turn->word_count), 8, 80);
}

void features_turn_facts(const Hearing *h, const Conversation *c, uint32_t utterance, Features *f)
{
    const Turn *turn = &h->turn[utterance];
    const Token *token = &h->tokens.item[turn->first_token];
    Sentence sentence[SENTENCES_MAX];
    size_t count = sentences_of(token, turn->token_count, sentence);
    uint32_t asked = 0, you = 0, own = 0, other;
    for (size_t i = 0; i < count; i++) asked += sentence[i].asks;
    for (uint32_t i = 0; i < turn->token_count; i++) {
        if (!token_is_word(&token[i])) continue;
        uint64_t key = feature_word(h, &token[i]);
        you += key == h->hearer->key_you || key == h->hearer->key_your;
        own += is_own(h, key);
    }
    Str text = c->utterance[utterance].text;
    uint32_t shouts = 0;
    for (size_t i = 0; i < text.len; i++) shouts += text.data[i] == '!';
    add_valence(h, turn, f);
    fact(f, 10, MIN(asked, 4), 0);
    fact(f, 11, MIN(count, 8), asked > 0);
    fact(f, 12, count > 0 && sentence[count - 1].asks, asked > 0);
    fact(f, 13, count > 0 ? 4 * asked / count : 9, 0);
    fact(f, 14, MIN(shouts, 4), 0);
    fact(f, 15, MIN(you, 5), 0);
    fact(f, 16, MIN(own, 5), 0);
    fact(f, 17, MIN(you, 3), MIN(own, 3));
    Before before = { 0 };
    if (other_turns(h, c, utterance, &other, 1)) read_before(h, c, other, &before);
    add_taken_up(h, c, utterance, &before, f);
}
