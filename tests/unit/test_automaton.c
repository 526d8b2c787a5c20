/* test_automaton.c -- the rules' matches against an independent matcher: PCRE2's DFA matcher, which finds all ends of
 * all matches from a place, longest first.
 *
 * Random phrases (words, choices, options, gaps, any word, ends, commas) and random texts over twelve words.  Each
 * token of a text is one letter for PCRE2; a phrase is written as a pattern over those letters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include "hear/hearing.h"

enum { WORDS_IN_TEST = 12, PHRASES = 24, ROUNDS = 150, TEXTS = 12, TEXT_TOKENS = 40 };

static uint64_t chance_state;

static uint32_t chance(uint32_t below)
{
    chance_state = chance_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(chance_state >> 33) % below;
}

/* Writes one random element in both languages. */
static void element(Buf *rule, Buf *pattern, int depth, bool first)
{
    uint32_t kind = chance(depth > 2 ? 2 : first ? 3 : 9);
    char word = (char)('a' + chance(WORDS_IN_TEST));
    if (kind <= 1) {
        buf_printf(rule, "w%c ", word);
        buf_printf(pattern, ",*%c", word);
    } else if (kind == 2 || kind == 3) {
        uint32_t count = 2 + chance(3);
        buf_lit(rule, "{");
        buf_lit(pattern, "(?:");
        for (uint32_t i = 0; i < count; i++) {
            uint32_t parts = 1 + chance(2);
            if (i) buf_lit(rule, "| "), buf_lit(pattern, "|");
            for (uint32_t k = 0; k < parts; k++) element(rule, pattern, depth + 1, first && k == 0);
        }
        buf_lit(rule, "} ");
        buf_lit(pattern, ")");
    } else if (kind == 4) {
        buf_lit(rule, "[");
        buf_lit(pattern, "(?:");
        element(rule, pattern, depth + 1, false);
        buf_lit(rule, "] ");
        buf_lit(pattern, ")?");
    } else if (kind == 5) {
        uint32_t widest = 1 + chance(4);
        buf_printf(rule, "...%u ", widest);
        buf_printf(pattern, "(?:,*[a-z]){0,%u}", widest);
    } else if (kind == 6) {
        buf_lit(rule, "_ ");
        buf_lit(pattern, ",*[a-z]");
    } else if (kind == 7) {
        buf_lit(rule, "$ ");
        buf_lit(pattern, ",*[.?]");
    } else {
        buf_lit(rule, ", ");
        buf_lit(pattern, ",+");
    }
}

typedef struct Case {
    char rule[2048], pattern[2048];
    pcre2_code *code;
} Case;

static Case *random_case(Case *ret)
{
    Buf rule = { 0 }, pattern = { 0 };
    buf_lit(&pattern, "(?!,)");
    uint32_t parts = 1 + chance(4);
    for (uint32_t i = 0; i < parts; i++) element(&rule, &pattern, 0, i == 0);
    snprintf(ret->rule, sizeof ret->rule, "%.*s", (int)rule.len, rule.data);
    snprintf(ret->pattern, sizeof ret->pattern, "%.*s", (int)pattern.len, pattern.data);
    buf_clear(&rule);
    buf_clear(&pattern);
    int error;
    PCRE2_SIZE offset;
    ret->code = pcre2_compile((PCRE2_SPTR)ret->pattern, PCRE2_ZERO_TERMINATED, PCRE2_ANCHORED, &error, &offset, NULL);
    assert_non_null(ret->code);
    return ret;
}

/* A text and its letters, one a token. */
static void random_text(Buf *text, Buf *letters)
{
    for (uint32_t i = 0; i < TEXT_TOKENS; i++) {
        char word = (char)('a' + chance(WORDS_IN_TEST));
        buf_printf(text, "%sw%c", i ? " " : "", word);
        buf_char(letters, word);
        uint32_t mark = chance(12);
        if (mark < 3) {
            buf_char(text, ",.?"[mark]);
            buf_char(letters, ",.?"[mark]);
        }
    }
    if (letters->data[letters->len - 1] == ',') letters->data[letters->len - 1] = '.';
    if (letters->data[letters->len - 1] >= 'a') buf_char(letters, '.');
}

static bool is_word_letter(char c) { return c >= 'a'; }

/* The longest match of `c` from token `at`, as judge would see it; false when there is none. */
static bool expected(const Case *c, const Buf *letters, size_t at, uint32_t *begin, uint32_t *end)
{
    static int workspace[20000];
    pcre2_match_data *data = pcre2_match_data_create(64, NULL);
    int found = pcre2_dfa_match(c->code, (PCRE2_SPTR)letters->data, letters->len, at, PCRE2_ANCHORED, data, NULL,
                                workspace, COUNT(workspace));
    assert_true(found >= 0 || found == PCRE2_ERROR_NOMATCH);
    if (found >= 0) {
        const PCRE2_SIZE *place = pcre2_get_ovector_pointer(data);
        *begin = (uint32_t)place[0];
        *end = (uint32_t)place[1];
    }
    pcre2_match_data_free(data);
    return found >= 0;
}

static int match_order(const void *x, const void *y)
{
    const Match *a = x, *b = y;
    if (a->begin != b->begin) return a->begin < b->begin ? -1 : 1;
    if (a->phrase != b->phrase) return a->phrase < b->phrase ? -1 : 1;
    return a->end > b->end ? -1 : a->end < b->end;
}

/* Of each phrase's matches from one token the longest: what PCRE2 tells first. */
static void keep_longest(Matches *ret)
{
    size_t kept = 0;
    if (ret->count) qsort(ret->item, ret->count, sizeof *ret->item, match_order);
    for (size_t i = 0; i < ret->count; i++)
        if (kept == 0 || ret->item[i].begin != ret->item[kept - 1].begin ||
            ret->item[i].phrase != ret->item[kept - 1].phrase)
            ret->item[kept++] = ret->item[i];
    ret->count = kept;
}

/* Phrases of the first rule, then of each guard's rule two: what it says, and the guard. */
static uint32_t case_of(uint32_t phrase) { return phrase < PHRASES ? phrase : (phrase - PHRASES) / 2; }

/* Whether `matches` are those of PCRE2 for phrases [first, past) that begin at tokens [from, to). */
static void compare(const Case *cases, uint32_t first, uint32_t past, const Buf *text, const Buf *letters, size_t from,
                    size_t to, Matches *matches)
{
    size_t seen = 0;
    keep_longest(matches);
    for (size_t at = from; at < to; at++)
        for (uint32_t k = first; k < past; k++) {
            uint32_t begin, end;
            if (!is_word_letter(letters->data[at]) || !expected(&cases[k], letters, at, &begin, &end)) continue;
            bool found = false;
            for (size_t i = 0; i < matches->count && !found; i++)
                found = case_of(matches->item[i].phrase) == k && matches->item[i].begin == begin &&
                        matches->item[i].end == end;
            if (!found)
                fail_msg("phrase `%s` (%s) in \"%.*s\" from token %zu to %u was not met", cases[k].rule,
                         cases[k].pattern, STR_ARG(buf_str(text)), at, end);
            seen++;
        }
    if (seen != matches->count)
        fail_msg("%zu matches, %zu expected in \"%.*s\"", matches->count, seen, STR_ARG(buf_str(text)));
}

/* All phrases sought in a text, and each by itself as a guard is: from a part of it. */
static void compare_text(const Rules *rules, Matcher *matcher, const Case *cases)
{
    Buf text = { 0 }, letters = { 0 };
    Tokens tokens = { 0 };
    Matches matches = { 0 };
    random_text(&text, &letters);
    text_tokens(&tokens, &rules->vocabulary, (NameSet){ 0 }, buf_str(&text));
    assert_int_equal(tokens.count, letters.len);
    Piece piece = { 0, (uint32_t)tokens.count, WHO_AGENT };
    matcher_run(matcher, tokens.item, &piece, 1, &matches);
    compare(cases, 0, PHRASES, &text, &letters, 0, letters.len, &matches);
    for (uint32_t k = 0; k < PHRASES; k++) {
        uint32_t from = chance((uint32_t)tokens.count), to = from + 1 + chance((uint32_t)tokens.count - from);
        uint32_t group = rules->rule[1 + k].group[PHRASE_NOT];
        matches.count = 0;
        matcher_find(matcher, group, tokens.item, tokens.count, from, to, false, &matches);
        compare(cases, k, k + 1, &text, &letters, from, to, &matches);
        bool any = matches.count > 0;
        for (size_t i = 0; i < matches.count; i++)
            assert_true(matches.item[i].end - matches.item[i].begin <=
                        2 * automaton_group_words(rules->automaton, group));
        matches.count = 0;
        matcher_find(matcher, group, tokens.item, tokens.count, from, to, true, &matches);
        assert_int_equal(matches.count > 0, any);
    }
    matches_clear(&matches);
    tokens_clear(&tokens);
    buf_clear(&text);
    buf_clear(&letters);
}

static void spans_are_those_of_pcre2(void **state)
{
    (void)state;
    const char *seed = getenv("GOODWILL_SEED");
    chance_state = seed ? strtoull(seed, NULL, 10) : 20260302;
    print_message("seed %llu\n", (unsigned long long)chance_state);
    for (int round = 0; round < ROUNDS; round++) {
        static Case cases[PHRASES];
        Buf file = { 0 }, report = { 0 };
        buf_lit(&file, "behaviour test.one\nrule all: all of them\n");
        for (int k = 0; k < PHRASES; k++) buf_printf(&file, "  say %s\n", random_case(&cases[k])->rule);
        for (int k = 0; k < PHRASES; k++)
            buf_printf(&file, "rule guard%d: its words\n  say unheard\n  not %s\n", k, cases[k].rule);
        Embedded item[] = { { STR("behaviours.tsv"),
                              STR("id\twho\tsign\tname\tcounts\tnot\tdomain\ntest.one\tagent\t+\tOne\tx\ty\tz\n") },
                            { STR("rules/test.rules"), buf_str(&file) } };
        Words words = { item, COUNT(item) };
        Err err;
        size_t mistakes;
        Rules *rules = rules_open(&words, &report, &mistakes, &err);
        if (!rules || mistakes) fail_msg("%s %.*s", rules ? "" : err.text, STR_ARG(buf_str(&report)));
        Matcher *matcher = matcher_new(rules->automaton);
        for (int i = 0; i < TEXTS; i++) compare_text(rules, matcher, cases);
        matcher_free(matcher);
        rules_free(rules);
        for (int k = 0; k < PHRASES; k++) pcre2_code_free(cases[k].code);
        buf_clear(&file);
        buf_clear(&report);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(spans_are_those_of_pcre2) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
