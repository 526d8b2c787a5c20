/* test_hear_same.c -- the same words give the same marks, whoever hears them and after whatever; and no text is dear.
 *
 * What it costs is counted, not timed by the clock: processor time of one size is held against that of a smaller one.
 */
#include "hear_case.h"
#include "random.h"

#include <time.h>
#include "hear/hear_json.h"

static Hearer *hearer;

static int open_hearer(void **state)
{
    (void)state;
    Err err;
    hearer = hear_open(NULL, &err);
    return hearer ? 0 : -1;
}

static int close_hearer(void **state)
{
    (void)state;
    hear_free(hearer);
    return 0;
}

static const char TALK[] =
    "customer: Hello, I've been waiting nine days for my washing machine and nobody rang me back.\n"
    "agent: Good morning, you are speaking with Lena. I'm sorry that you had to wait nine days for the washing machine.\n"
    "customer: Sorry does not help. I want my money back, and you people are a joke!\n"
    "agent: I understand. Just to check: the machine was promised for Monday, and nobody came?\n"
    "customer: Yes. My daughter is ill and I need it by Friday.\n"
    "agent: I'll call the depot myself and ring you back by four. What works better for you, Thursday or Friday?\n"
    "customer: Friday. Thank you, that is kind.\n"
    "agent: You're welcome. I'll call you by four. Is there anything else?\n"
    "unknown: no\n";

static void hear_talk(Hearing *hearing, Buf *out)
{
    Arena arena = { 0 };
    Conversation c;
    Marks marks;
    Reading reading;
    case_conversation(&c, &arena, str_from(TALK));
    c.id = STR("talk");
    hear_run(hearing, &c, &arena, &marks, &reading);
    assert_true(marks.count >= 5);
    hear_json(out, hearer, &c, marks, &reading, true);
    arena_clear(&arena);
}

/* Words of the rules in any order: this is what makes a matcher remember most. */
static void hear_noise(Hearing *hearing, Random *random, size_t conversations, size_t words)
{
    const Vocabulary *v = &hearer->rules->vocabulary;
    Arena arena = { 0 };
    Buf text = { 0 };
    for (size_t i = 0; i < conversations; i++) {
        Conversation c;
        Marks marks;
        Reading reading;
        conversation_init(&c);
        for (int turn = 0; turn < 2; turn++) {
            text.len = 0;
            for (size_t k = 0; k < words; k++) {
                size_t symbol = SYM_FIRST_WORD + random_below(random, v->symbol_count - SYM_FIRST_WORD);
                buf_add(&text, v->name[symbol]);
                buf_char(&text, random_below(random, 12) ? ' ' : ".,?\n"[random_below(random, 4)]);
            }
            conversation_say(&c, &arena, NO_PARTICIPANT, turn ? ROLE_AGENT : ROLE_CUSTOMER,
                             arena_str(&arena, buf_str(&text)));
        }
        hear_run(hearing, &c, &arena, &marks, &reading);
        arena_reset(&arena);
    }
    buf_clear(&text);
    arena_clear(&arena);
}

static void whoever_hears(void **state)
{
    (void)state;
    Buf one = { 0 }, other = { 0 }, again = { 0 };
    Hearing *a = hearing_new(hearer), *b = hearing_new(hearer);
    Random random = random_start("noise");
    hear_talk(a, &one);
    hear_noise(b, &random, 50, 40);
    hear_talk(b, &other);
    hear_talk(a, &again);
    assert_str(buf_str(&other), buf_str(&one));
    assert_str(buf_str(&again), buf_str(&one));
    hearing_free(a);
    hearing_free(b);
    buf_clear(&one);
    buf_clear(&other);
    buf_clear(&again);
}

/* A matcher forgets its states when they are many; nobody can tell. */
static void after_ten_thousand_others(void **state)
{
    (void)state;
    Buf before = { 0 }, after = { 0 };
    Hearing *hearing = hearing_new(hearer);
    Random random = random_start("noise");
    hear_talk(hearing, &before);
    for (int i = 0; i < 10; i++) {
        hear_noise(hearing, &random, 1000, 15);
        after.len = 0;
        hear_talk(hearing, &after);
        assert_str(buf_str(&after), buf_str(&before));
    }
    hearing_free(hearing);
    buf_clear(&before);
    buf_clear(&after);
}

/* Turns without a word, heard by somebody who has heard nothing before. */
static void nothing_is_said(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Conversation c;
    Marks marks;
    Reading reading;
    Hearing *hearing = hearing_new(hearer);
    conversation_init(&c);
    hear_run(hearing, &c, &arena, &marks, &reading);
    assert_int_equal(marks.count, 0);
    conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_CUSTOMER, STR(""));
    conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_AGENT, STR(" , "));
    conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_UNKNOWN, STR("..."));
    hear_run(hearing, &c, &arena, &marks, &reading);
    assert_int_equal(marks.count, 0);
    assert_int_equal(reading.talk_share, -1);
    hearing_free(hearing);
    arena_clear(&arena);
}

/* --- hostile texts ---------------------------------------------------------------------- */

static const struct {
    const char *name, *piece;
    Role role;
} HOSTILE[] = {
    { "commas", ",", ROLE_AGENT },
    { "a word", "you ", ROLE_CUSTOMER },
    { "a word that rules begin with, and commas", "i, ", ROLE_AGENT },
    { "no blanks", "x", ROLE_AGENT },
    { "one word without end", "sorry", ROLE_AGENT },
    { "questions", "?", ROLE_AGENT },
    { "questions of one word", "why? ", ROLE_CUSTOMER },
    { "quotes", "\"'", ROLE_AGENT },
    { "apostrophes", "i'", ROLE_AGENT },
    { "a promise", "I will call you back ", ROLE_AGENT },
    { "apologies", "I am so sorry for the delay and ", ROLE_AGENT },
    { "complaints", "this is a disgrace ", ROLE_CUSTOMER },
    { "numbers", "12 ", ROLE_CUSTOMER },
    { "line breaks", "no\n", ROLE_CUSTOMER },
    { "brackets", "[A", ROLE_AGENT },
    { "dots", "a.", ROLE_AGENT },
    { "letters beyond ASCII", "\xC3\xA9", ROLE_AGENT },
    { "joined letters", "e\xCC\x81", ROLE_AGENT },
    { "emoji", "\xF0\x9F\x98\xA1", ROLE_AGENT },
    { "dashes", "no-", ROLE_AGENT },
    { "money", "\xC2\xA3"
               "1" },
    { "no", "no no no, not the ", ROLE_CUSTOMER },
    { "sentences", "Where is it? I want my money back! You never called. ", ROLE_CUSTOMER },
};

static double cost_seconds(const char *piece, size_t bytes, Role role)
{
    Arena arena = { 0 };
    Buf text = { 0 };
    Conversation c;
    Marks marks;
    Reading reading;
    struct timespec begin, end;
    Hearing *hearing = hearing_new(hearer);
    while (text.len < bytes) buf_add(&text, str_from(piece));
    conversation_init(&c);
    conversation_say(&c, &arena, NO_PARTICIPANT, role, buf_str(&text));
    conversation_say(&c, &arena, NO_PARTICIPANT, role == ROLE_AGENT ? ROLE_CUSTOMER : ROLE_AGENT,
                     STR("I see, you were waiting."));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    hear_run(hearing, &c, &arena, &marks, &reading);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    for (size_t i = 0; i < marks.count; i++)
        assert_true(marks.item[i].begin < marks.item[i].end &&
                    marks.item[i].end <= c.utterance[marks.item[i].utterance].text.len);
    hearing_free(hearing);
    buf_clear(&text);
    arena_clear(&arena);
    return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
}

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

enum {
#ifdef SANITIZED
    SMALL_BYTES = 50000, /* the sanitizer takes its time */
#else
    SMALL_BYTES = 160000, /* 5 MB, 32 times */
#endif
};

static void cost_is_linear(void **state)
{
    (void)state;
    /* 32 times the text: 32 times the cost; 1024 times if it were squared.  The bound lies between, and 20 ms
     * are for what the machine does besides. */
    enum { TIMES = 32, AT_MOST = 150 };
    for (size_t i = 0; i < COUNT(HOSTILE); i++) {
        double small = cost_seconds(HOSTILE[i].piece, SMALL_BYTES, HOSTILE[i].role);
        double large = cost_seconds(HOSTILE[i].piece, (size_t)SMALL_BYTES * TIMES, HOSTILE[i].role);
        if (getenv("GOODWILL_SHOW")) printf("# %s: %.3f s, %.3f s\n", HOSTILE[i].name, small, large);
        if (large > AT_MOST * small + 0.02)
            fail_msg("%s: %.3f s for %d bytes, %.3f s for %d times as many", HOSTILE[i].name, small, SMALL_BYTES, large,
                     TIMES);
    }
}

/* Rules that look far around each match: one clause of a million words, each of them met. */
static const char *const FAR_LOOKING[] = {
    "  say sorry\n",
    "  say sorry\n  span to-clause-end\n",
    "  say sorry\n  span from-clause-start\n",
    "  say sorry\n  echo 2\n",
    "  say sorry\n  echo-max 2\n  span sentence\n",
    "  say sorry\n  not pardon\n",
    "  say sorry\n  not sorry the sorry the pardon\n",
    "  say sorry\n  near pardon\n",
    "  say sorry\n  unless pardon\n  turn-not pardon\n  own-not pardon\n",
    "  say sorry ...20 sorry\n  span match\n",
    "  say sorry ...20 pardon\n  say sorry\n",
};

static double judge_seconds(const Rules *rules, size_t words, size_t *marks)
{
    Arena arena = { 0 };
    Buf text = { 0 };
    Conversation c;
    struct timespec begin, end;
    Hearer tiny = { .rules = (Rules *)(uintptr_t)rules };
    Hearing *hearing = hearing_new(&tiny);
    for (size_t i = 0; i < words; i++) buf_lit(&text, "sorry the ");
    conversation_init(&c);
    conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_CUSTOMER, STR("the boiler leaks"));
    conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_AGENT, buf_str(&text));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    judge_run(hearing, &c);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    *marks = hearing->mark_count;
    hearing_free(hearing);
    buf_clear(&text);
    arena_clear(&arena);
    return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) * 1e-9;
}

static void far_looking_rules_are_linear(void **state)
{
    (void)state;
    enum { SMALL_WORDS = 5000, TIMES = 16, AT_MOST = 60 };
    for (size_t i = 0; i < COUNT(FAR_LOOKING); i++) {
        Buf text = { 0 };
        size_t mistakes;
        buf_printf(&text, "behaviour a.one\nrule r: m\n%s", FAR_LOOKING[i]);
        buf_char(&text, 0);
        Rules *rules = tiny_rules(text.data, NULL, &mistakes);
        assert_int_equal(mistakes, 0);
        size_t few, many;
        double small = judge_seconds(rules, SMALL_WORDS, &few);
        double large = judge_seconds(rules, (size_t)SMALL_WORDS * TIMES, &many);
        assert_int_equal(few > 0, many > 0); /* a turn is judged however long it is */
        if (getenv("GOODWILL_SHOW")) printf("# %s %.3f s, %.3f s\n", FAR_LOOKING[i], small, large);
        if (large > AT_MOST * small + 0.02)
            fail_msg("%s%.3f s for %d words, %.3f s for %d times as many", FAR_LOOKING[i], small, SMALL_WORDS, large,
                     TIMES);
        rules_free(rules);
        buf_clear(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(whoever_hears), cmocka_unit_test(after_ten_thousand_others),
                                        cmocka_unit_test(nothing_is_said), cmocka_unit_test(cost_is_linear),
                                        cmocka_unit_test(far_looking_rules_are_linear) };
    return cmocka_run_group_tests(tests, open_hearer, close_hearer);
}
