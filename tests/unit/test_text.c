/* test_text.c -- tokens of short texts, and what holds for the tokens of any text. */
#include "hear_case.h"
#include "random.h"

#include "base/utf8.h"

static Rules *rules;

static int open_rules(void **state)
{
    (void)state;
    Buf report = { 0 };
    size_t mistakes;
    rules = tiny_rules(
        "behaviour a.one\nrule words: words that have a symbol\n"
        "  say {refund | boiler | is | will | do | not | i | going | to | mr | 24 | caf\xC3\xA9 | o'clock}\n",
        &report, &mistakes);
    buf_clear(&report);
    return mistakes ? -1 : 0;
}

static int close_rules(void **state)
{
    (void)state;
    rules_free(rules);
    return 0;
}

static const char *const SHAPE[] = { ".",      "?",      ",",     "#other",   "#capital", "#number", "#ordinal",
                                     "#money", "#clock", "#date", "#percent", "#code",    "#name",   "#placeholder" };

/* Each token: ^ where a sentence begins, + for what a form is written out to, the symbol, its bytes, then C for a
 * capital and A for capitals throughout. */
static void draw_tokens(Buf *out, const Tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++) {
        const Token *t = &tokens->item[i];
        buf_printf(out, "%s%s%s", i ? " " : "", t->flags & TOKEN_STARTS_SENTENCE ? "^" : "",
                   t->flags & TOKEN_PART ? "+" : "");
        if (t->symbol < COUNT(SHAPE))
            buf_printf(out, "%s", SHAPE[t->symbol]);
        else
            buf_add(out, rules->vocabulary.name[t->symbol]);
        buf_printf(out, ":%u-%u%s%s", t->begin, t->end, t->flags & TOKEN_CAPITAL ? "C" : "",
                   t->flags & TOKEN_ALL_CAPS ? "A" : "");
    }
}

static const struct {
    const char *text, *tokens;
} CASES[] = {
    { "", "" },
    { "  \t ", "" },
    { "\n\n", ".:0-1" },
    { ",,, -", "" },
    { "refund", "^refund:0-6 .:6-6" },
    { "Refund the BOILER", "^refund:0-6C the:7-10 boiler:11-17CA .:17-17" },
    { "Do. Not", "^do:0-2C .:2-3 ^not:4-7C .:7-7" },
    { "do not\nrefund", "^do:0-2 not:3-6 .:6-7 ^refund:7-13 .:13-13" },
    { "the Kettle, please", "^the:0-3 #capital:4-10C ,:10-11 please:12-18 .:18-18" },
    { "do (not) refund", "^do:0-2 ,:3-4 not:4-7 ,:7-8 refund:9-15 .:15-15" },
    { "well-known", "^#other:0-4 #other:5-10 .:10-10" },
    { "do - not", "^do:0-2 ,:3-4 not:5-8 .:8-8" },
    /* short forms */
    { "don't", "^do:0-5 +not:0-5 .:5-5" },
    { "Don\xE2\x80\x99t do", "^do:0-7C +not:0-7 do:8-10 .:10-10" },
    { "DONT", "^do:0-4CA +not:0-4 .:4-4" },
    { "I'll", "^i:0-4C +will:0-4 .:4-4" },
    { "gonna", "^going:0-5 +to:0-5 .:5-5" },
    { "boiler's", "^boiler:0-8 +is:0-8 .:8-8" },
    { "the kettle\xE2\x80\x99s", "^the:0-3 #other:4-14 +is:4-14 .:14-14" },
    { "dogs' 'refund'", "^#other:0-4 refund:7-13 .:14-14" },
    { "o'clock", "^o'clock:0-7 .:7-7" },
    /* dots that end no sentence, and those that do */
    { "Mr. Refund", "^mr:0-2C refund:4-10C .:10-10" },
    { "refund. do", "^refund:0-6 .:6-7 ^do:8-10 .:10-10" },
    { "do e.g. this", "^do:0-2 #other:3-4 #other:5-6 #other:8-12 .:12-12" },
    { "do it by 5 p.m. today",
      "^do:0-2 it:3-5 #other:6-8 #number:9-10 #other:11-12 #other:13-14 #other:16-21 .:21-21" },
    { "do it by 5 p.m. Not before",
      "^do:0-2 it:3-5 #other:6-8 #number:9-10 #other:11-12 #other:13-14 .:14-15 ^not:16-19C #other:20-26 .:26-26" },
    { "do\xE2\x80\xA6 not", "^do:0-2 .:2-5 ^not:6-9 .:9-9" },
    { "shop.example.com is", "^#other:0-4 #other:5-12 #other:13-16 is:17-19 .:19-19" },
    /* marks that meet */
    { "do?!", "^do:0-2 ?:2-3" },
    { "do!? not", "^do:0-2 ?:2-3 ^not:5-8 .:8-8" },
    { "do, - not", "^do:0-2 ,:2-3 not:6-9 .:9-9" },
    { "do ,? not", "^do:0-2 ?:3-4 ^not:6-9 .:9-9" },
    { "do... not", "^do:0-2 .:2-3 ^not:6-9 .:9-9" },
    { "\xC2\xBF"
      "do",
      ".:0-2 ^do:2-4 .:4-4" },
    { "do\xEF\xBC\x9F", "^do:0-2 ?:2-5" },
    { "?", "?:0-1" },
    /* figures */
    { "12 4,000 0.5", "^#number:0-2 #number:3-8 #number:9-12 .:12-12" },
    { "24", "^24:0-2 .:2-2" },
    { "24h 20kg", "^24:0-3 #number:4-8 .:8-8" },
    { "9:30 10am 5 pm 5p.m.", "^#clock:0-4 #clock:5-9 #number:10-11 #other:12-14 #clock:15-19 .:19-20" },
    { "12/03 2026-03-02", "^#date:0-5 #date:6-16 .:16-16" },
    { "3rd 21st", "^#ordinal:0-3 #ordinal:4-8 .:8-8" },
    { "10%", "^#percent:0-3 .:3-3" },
    { "\xC2\xA3"
      "12.50 $5 40\xE2\x82\xAC 7$",
      "^#money:0-7 #money:8-10 #money:11-16 #money:17-19 .:19-19" },
    { "AB123 12AB X", "^#code:0-5CA #code:6-10 #capital:11-12C .:12-12" },
    { "555-1234", "^#number:0-8 .:8-8" },
    { "$ \xC2\xA3", "" },
    /* what redaction left */
    { "card [CARD] do", "^#other:0-4 #placeholder:5-11 do:12-14 .:14-14" },
    { "[card] do [", "^#other:1-5 do:7-9 .:11-11" },
    { "[CARDS ARE NOT THIS LONG AT ALL]",
      "^#other:1-6CA #capital:7-10CA not:11-14CA #capital:15-19CA #capital:20-24CA #capital:25-27CA #capital:28-31CA .:32-32" },
    /* beyond ASCII */
    { "Caf\xC3\xA9 caf\xC3\xA9", "^caf\xC3\xA9:0-5C caf\xC3\xA9:6-11 .:11-11" },
    { "cafe\xCC\x81", "^caf\xC3\xA9:0-6 .:6-6" },
    { "\xC3\x9C"
      "ber",
      "^#other:0-5C .:5-5" },
    { "\xF0\x9F\x98\xA1 do \xF0\x9F\x98\xA1", "^do:5-7 .:12-12" },
    { "do\xE2\x80\x94not", "^do:0-2 ,:2-5 not:5-8 .:8-8" },
    { "\xE6\x97\xA5\xE6\x9C\xAC\xE3\x80\x82"
      "do",
      "^#other:0-6 .:6-9 ^do:9-11 .:11-11" },
    /* words of 15, 16 and 50 letters */
    { "abcdefghijklmno abcdefghijklmnop", "^#other:0-15 #other:16-32 .:32-32" },
    { "aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaa do", "^#other:0-50 do:51-53 .:53-53" },
    /* names that the source told */
    { "Denise do DENISE", "^#name:0-6C do:7-9 #name:10-16CA .:16-16" },
};

static void tokens_of(Tokens *ret, Str text)
{
    uint64_t denise = word_hash(STR("denise"));
    ret->count = 0;
    text_tokens(ret, &rules->vocabulary, (NameSet){ &denise, 1 }, text);
}

static void short_texts(void **state)
{
    (void)state;
    Tokens tokens = { 0 };
    Buf drawn = { 0 };
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        drawn.len = 0;
        tokens_of(&tokens, str_from(CASES[i].text));
        draw_tokens(&drawn, &tokens);
        if (str_equal(buf_str(&drawn), str_from(CASES[i].tokens))) continue;
        print_error("text     \"%s\"\ngot      %.*s\nexpected %s\n", CASES[i].text, STR_ARG(buf_str(&drawn)),
                    CASES[i].tokens);
        wrong++;
    }
    assert_int_equal(wrong, 0);
    buf_clear(&drawn);
    tokens_clear(&tokens);
}

/* --- any text -------------------------------------------------------------------- */

/* Pieces that tokenizers trip over; joined at random with and without blanks. */
static const char *const PIECES[] = {
    "refund",
    "Do",
    "NOT",
    "don't",
    "i'll",
    "boiler's",
    "\xE2\x80\x99",
    "'",
    "`",
    "abcdefghijklmno",
    "abcdefghijklmnop",
    "A",
    "z",
    "{",
    "@",
    "[",
    "]",
    "[CARD]",
    "12",
    "4,000",
    "9:30",
    "10am",
    "3rd",
    "%",
    "\xC2\xA3",
    "\xE2\x82\xAC",
    "$",
    "1/2",
    "mr.",
    ".",
    "?",
    "!",
    "...",
    ",",
    ";",
    "-",
    "\xE2\x80\x94",
    "\n",
    "\t",
    " ",
    " ",
    " ",
    " ",
    "caf\xC3\xA9",
    "e\xCC\x81",
    "\xF0\x9F\x98\xA1",
    "\xE6\x97\xA5",
    "\xCC\x81",
    "\xEF\xBC\x9F",
    "\xC2\xBF",
    "Denise",
    "\x7F",
    "\x01",
    "/",
    "_",
    "\\",
};

static void random_text(Random *random, Buf *text)
{
    text->len = 0;
    for (size_t pieces = random_below(random, 30); pieces-- > 0;) {
        if (random_below(random, 8)) {
            buf_add(text, str_from(PIECES[random_below(random, COUNT(PIECES))]));
            if (random_below(random, 2)) buf_char(text, ' ');
            continue;
        }
        char bytes[4];
        int32_t point = (int32_t)(1 + random_below(random, random_below(random, 2) ? 0x10FFFF : 0x2FF));
        if (point >= 0xD800 && point < 0xE000) continue;
        buf_add(text, str_make(bytes, utf8_encode(point, bytes)));
    }
}

static bool on_boundary(Str text, size_t at)
{
    return at == text.len || (at < text.len && ((unsigned char)text.data[at] & 0xC0) != 0x80);
}

static void check_tokens(const Tokens *tokens, Str text)
{
    uint32_t last_end = 0, last_begin = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const Token *t = &tokens->item[i];
        bool good =
            t->begin <= t->end && t->end <= text.len && on_boundary(text, t->begin) && on_boundary(text, t->end);
        good &= t->flags & TOKEN_PART ? t->begin == last_begin && t->end == last_end : t->begin >= last_end;
        good &= !token_is_word(t) || t->begin < t->end;
        good &= i == 0 || token_is_word(t) || token_is_word(&tokens->item[i - 1]); /* marks never stand side by side */
        good &= t->symbol < rules->vocabulary.symbol_count;
        if (!good) fail_msg("token %zu (%u-%u) of \"%.*s\"", i, t->begin, t->end, STR_ARG(text));
        last_begin = t->begin;
        last_end = t->end;
    }
    if (tokens->count && tokens->item[tokens->count - 1].symbol > SYM_QUESTION)
        fail_msg("\"%.*s\" has no end", STR_ARG(text));
}

/* Words near the end of a text are read letter by letter, others by a faster way: 16 blanks more must change nothing.
 */
static void check_same_with_blanks(const Tokens *tokens, Buf *text)
{
    Tokens longer = { 0 };
    size_t len = text->len;
    buf_lit(text, "                ");
    tokens_of(&longer, buf_str(text));
    if (longer.count != tokens->count) fail_msg("\"%.*s\": blanks change the tokens", STR_ARG(buf_str(text)));
    for (size_t i = 0; i < longer.count; i++) {
        const Token *a = &tokens->item[i], *b = &longer.item[i];
        bool end = !token_is_word(a) && a->begin == len;
        if (a->symbol != b->symbol || a->flags != b->flags || a->hash != b->hash ||
            (!end && (a->begin != b->begin || a->end != b->end)))
            fail_msg("\"%.*s\": blanks change token %zu", STR_ARG(buf_str(text)), i);
    }
    text->len = len;
    tokens_clear(&longer);
}

static void any_text(void **state)
{
    (void)state;
    enum { ROUNDS = 20000 };
    Random random = random_start("texts");
    Tokens tokens = { 0 };
    Buf text = { 0 };
    for (int i = 0; i < ROUNDS; i++) {
        random_text(&random, &text);
        /* The exact bytes and no more, so that the sanitizer sees a read behind them. */
        char *exact = malloc(text.len ? text.len : 1);
        assert_non_null(exact);
        if (text.len) memcpy(exact, text.data, text.len);
        tokens_of(&tokens, str_make(exact, text.len));
        check_tokens(&tokens, str_make(exact, text.len));
        free(exact);
        check_same_with_blanks(&tokens, &text);
    }
    buf_clear(&text);
    tokens_clear(&tokens);
}

/* Tokens of a second text are appended and know nothing of the first. */
static void texts_are_apart(void **state)
{
    (void)state;
    Tokens tokens = { 0 };
    Buf drawn = { 0 };
    text_tokens(&tokens, &rules->vocabulary, (NameSet){ 0 }, STR("refund"));
    text_tokens(&tokens, &rules->vocabulary, (NameSet){ 0 }, STR(", not"));
    draw_tokens(&drawn, &tokens);
    assert_str(buf_str(&drawn), STR("^refund:0-6 .:6-6 ^not:2-5 .:5-5"));
    buf_clear(&drawn);
    tokens_clear(&tokens);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(short_texts), cmocka_unit_test(any_text),
                                        cmocka_unit_test(texts_are_apart) };
    return cmocka_run_group_tests(tests, open_rules, close_rules);
}
