/* test_redact.c -- redaction by single examples and by properties that hold for whatever chance puts in. */
#include "unit.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "random.h"
#include "redact/card.h"
#include "redact/redact.h"

static Arena arena;

static const char *redacted(const char *text, RedactLevel level)
{
    return arena_str(&arena, redact_text(str_from(text), level, &arena, NULL)).data;
}

static void levels_have_names(void **state)
{
    (void)state;
    RedactLevel level = REDACT_DEFAULT;
    assert_true(redact_level_from(STR("off"), &level) && level == REDACT_OFF);
    assert_true(redact_level_from(STR("default"), &level) && level == REDACT_DEFAULT);
    assert_true(redact_level_from(STR("names"), &level) && level == REDACT_NAMES);
    assert_false(redact_level_from(STR("none"), &level));
}

/* A text with nothing in it is not copied, however many numbers of other kinds it holds. */
static void a_clean_text_is_the_same_view(void **state)
{
    (void)state;
    static const char *const TEXT[] = {
        "",
        "I've been waiting nine days, one of you promised two calls.",
        "order 55120987 of 12/03/2026 came at 10:30 for 12.99",
        "see you at the dot of nine, @anna",
        "Grüße, 東京, ٣ and १",
    };
    for (size_t i = 0; i < COUNT(TEXT); i++) {
        Str s = str_from(TEXT[i]), out = redact_text(s, REDACT_DEFAULT, &arena, NULL);
        assert_ptr_equal(out.data, s.data);
        assert_int_equal(out.len, s.len);
    }
    Str card = STR("4111 1111 1111 1111");
    assert_ptr_equal(redact_text(card, REDACT_OFF, &arena, NULL).data, card.data);
}

static void examples(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expect;
    } ROW[] = {
        { "4111 1111 1111 1111", "[CARD]" },
        { "x4111111111111111y", "x[CARD]y" },
        { "4111\xC2\xA0"
          "1111\xE2\x80\x91"
          "1111\xE2\x80\x93"
          "1111",
          "[CARD]" },
        { "\xEF\xBC\x94\xEF\xBC\x91\xEF\xBC\x91\xEF\xBC\x91 1111 1111 1111", "[CARD]" },
        { "4\xEF\xB8\x8F\xE2\x83\xA3"
          "1\xEF\xB8\x8F\xE2\x83\xA3"
          "11 1111 1111 1111",
          "[CARD]" },
        { "\xD9\xA4\xD9\xA1\xD9\xA1\xD9\xA1 1111 1111 1111", "[CARD]" },
        { "4O12 8888 8888 1881 then", "[CARD] then" },
        { "four double one one triple one one double one double one double one double one", "[CARD]" },
        { "four one one one then for one one to", "four one one one then for one one to" },
        { "my card 4111 1111 1111 1111 exp 09/27 code 123", "my card [CARD] exp [CARD EXPIRY] code [CARD CODE]" },
        { "the card number is 4111 1111 1111 1112", "the card number is [CARD]" },
        { "0000004111111111111111", "[CARD]" },
        { "GB29 NWBK 6016 1331 9268 19, thanks", "[IBAN], thanks" },
        { "gb29nwbk60161331926819", "[IBAN]" },
        { "GB28 NWBK 6016 1331 9268 19", "GB28 NWBK 6016 1331 9268 19" },
        { "IBAN GB28 NWBK 6016 1331 9268 19", "IBAN [IBAN]" },
        { "mailto:jo.bell@example.com.", "mailto:[EMAIL]." },
        { "jo (at) example (dot) com", "[EMAIL]" },
        { "write to jo dot bell at example dot co dot uk today", "write to [EMAIL] today" },
        { "+44 (0)20 7946 0123", "[PHONE]" },
        { "call (415) 555-0123 now", "call [PHONE] now" },
        { "order number 07700900123", "order number 07700900123" },
        { "order +447700900123", "order [PHONE]" },
        { "[CARD] and [PHONE] stay", "[CARD] and [PHONE] stay" },
        { "the card ending 1881", "the card ending 1881" },
    };
    for (size_t i = 0; i < COUNT(ROW); i++) assert_string_equal(redacted(ROW[i].text, REDACT_DEFAULT), ROW[i].expect);
}

static void names_on_request(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expect;
    } ROW[] = {
        { "Hello, my name is Ottoline Fenwick-Jones and I called", "Hello, my name is [NAME] and I called" },
        { "hiya this is callum speaking", "hiya this is [NAME] speaking" },
        { "I'm Priya from billing. I'm sorry", "I'm [NAME] from billing. I'm sorry" },
        { "Dear Mrs Okafor, will you be in on May 3?", "Dear Mrs [NAME], will you be in on May 3?" },
        { "I will mark it. Grace period ends in June.", "I will mark it. Grace period ends in June." },
        { "Ask for Søren Åkesson's desk", "Ask for [NAME]'s desk" },
        { "my name is jo and my name is on the list", "my name is [NAME] and my name is on the list" },
        { "Kind regards,\nTomasz Nowak\nDepot", "Kind regards,\n[NAME]\nDepot" },
        { "i'm calling about my order", "i'm calling about my order" },
        { "Thank you, Dr. José van der Berg, that helps", "Thank you, Dr. [NAME], that helps" },
    };
    for (size_t i = 0; i < COUNT(ROW); i++) {
        assert_string_equal(redacted(ROW[i].text, REDACT_NAMES), ROW[i].expect);
        assert_string_equal(redacted(ROW[i].text, REDACT_DEFAULT), ROW[i].text);
    }
}

static Str said(const Conversation *c, uint32_t turn) { return c->utterance[turn].text; }

static void assert_said(const Conversation *c, uint32_t turn, const char *expect)
{
    assert_string_equal(arena_str(&arena, said(c, turn)).data, expect);
}

static void participants_and_subject(void **state)
{
    (void)state;
    Conversation c;
    RedactCounts counts = { 0 };
    conversation_init(&c);
    uint32_t dana =
        conversation_participant(&c, &arena, STR("dana@example.com"), STR("Dana Quillfeather"), ROLE_CUSTOMER);
    uint32_t caller = conversation_participant(&c, &arena, STR("7"), STR("+44 7700 900123"), ROLE_AGENT);
    c.participant[dana].email = STR("dana@example.com");
    c.subject = STR("refund to 4111 1111 1111 1111");
    conversation_say(&c, &arena, dana, ROLE_CUSTOMER, STR("hi, Quillfeather here"));
    conversation_say(&c, &arena, caller, ROLE_AGENT, STR("hello Dana, is dana@example.com right?"));
    redact_conversation(&c, REDACT_NAMES, &arena, &counts);
    assert_true(str_equal(c.participant[dana].email, STR("[EMAIL]")));
    assert_true(str_equal(c.participant[dana].id, STR("[EMAIL]")));
    assert_true(str_equal(c.participant[dana].name, STR("[NAME]")));
    assert_true(str_equal(c.participant[caller].id, STR("7")));
    assert_true(str_equal(c.subject, STR("refund to [CARD]")));
    assert_said(&c, 0, "hi, [NAME] here");
    assert_said(&c, 1, "hello [NAME], is [EMAIL] right?");
    assert_int_equal(counts.by_kind[REDACTED_CARD], 1);
    assert_int_equal(counts.by_kind[REDACTED_EMAIL], 3);
}

static void names_from_telephones(void **state)
{
    (void)state;
    Conversation c;
    conversation_init(&c);
    uint32_t p = conversation_participant(&c, &arena, STR(""), STR("+44 7700 900123"), ROLE_CUSTOMER);
    conversation_say(&c, &arena, p, ROLE_CUSTOMER, STR("hello"));
    redact_conversation(&c, REDACT_DEFAULT, &arena, NULL);
    assert_true(str_equal(c.participant[p].name, STR("[PHONE]")));
}

/* A number that is being read out ends where somebody says something else. */
static void a_reading_is_interrupted(void **state)
{
    (void)state;
    Conversation c;
    conversation_init(&c);
    conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_CUSTOMER, STR("order four one one one one one one one"));
    conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_AGENT, STR("thank you, I can see it left our depot on Tuesday"));
    conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_CUSTOMER, STR("one one one one one one one one"));
    redact_conversation(&c, REDACT_DEFAULT, &arena, NULL);
    assert_said(&c, 2, "one one one one one one one one");
}

/* A random number of 13 to 19 digits that passes Luhn and is no ISBN. */
static size_t plant(Random *random, char digit[CARD_MAX])
{
    uint8_t value[CARD_MAX];
    size_t count = CARD_MIN + random_below(random, CARD_MAX - CARD_MIN + 1);
    for (;;) {
        for (size_t i = 0; i < count; i++) value[i] = (uint8_t)random_below(random, 10);
        for (value[count - 1] = 0; !card_luhn(value, count); value[count - 1]++) {
        }
        bool isbn = count == 13 && value[0] == 9 && value[1] == 7 && value[2] >= 8;
        if (!isbn) break;
    }
    for (size_t i = 0; i < count; i++) digit[i] = (char)('0' + value[i]);
    return count;
}

static const char *const BEFORE[] = {
    "",
    "my card is ",
    "please charge ",
    "order ",
    "It's the wrong one, I said: ",
    "tracking number ",
    "card(",
    "I paid £12.99 on 12/03/2026 with ",
    "Grüße, ",
    "id=",
    "\xE2\x80\x9C",
    "at 10:30 I wrote \"",
    "exp 09/27, number ",
};
static const char *const AFTER[] = {
    "",
    ".",
    " thanks",
    " and it was declined twice",
    ", 3 Park View",
    "\n-- \nA customer",
    " is mine",
    ")",
    "\xE2\x80\x9D",
    "?!",
};
static const char *const SEPARATOR[] = { " ", "-", ".", "\n", "  ", " - ", "\r\n", "\xC2\xA0", "\xE2\x80\x93", "\t" };

/* How many digits stand together, whatever stands between them but letters. */
static size_t longest_run(Str s)
{
    size_t run = 0, longest = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (ascii_digit(s.data[i]))
            run++, longest = MAX(longest, run);
        else if (ascii_alpha(s.data[i]) || s.data[i] == '/' || s.data[i] == ':')
            run = 0;
    }
    return longest;
}

static void assert_settled(Str text, RedactLevel level)
{
    Str once = redact_text(text, level, &arena, NULL), again = redact_text(once, level, &arena, NULL);
    assert_true(utf8_valid(once));
    if (again.data != once.data) fail_msg("redacted again: %.*s", STR_ARG(once));
    assert_true(str_equal(once, redact_text(text, level, &arena, NULL)));
}

static void no_planted_card_survives(void **state)
{
    (void)state;
    Random random = random_start("planted cards");
    for (int round = 0; round < 12000; round++) {
        char digit[CARD_MAX], text[512];
        size_t count = plant(&random, digit), len = 0;
        const char *separator = SEPARATOR[random_below(&random, COUNT(SEPARATOR))];
        const char *before = BEFORE[random_below(&random, COUNT(BEFORE))],
                   *after = AFTER[random_below(&random, COUNT(AFTER))];
        bool mixed = random_below(&random, 4) == 0;
        size_t group = random_below(&random, 7); /* 0: none */
        len = (size_t)snprintf(text, sizeof text, "%s", before);
        for (size_t i = 0; i < count; i++) {
            if (i && group && (mixed ? random_below(&random, group) == 0 : i % group == 0)) {
                if (mixed) separator = SEPARATOR[random_below(&random, COUNT(SEPARATOR))];
                len += (size_t)snprintf(text + len, sizeof text - len, "%s", separator);
            }
            text[len++] = digit[i];
        }
        len += (size_t)snprintf(text + len, sizeof text - len, "%s", after);
        Str out = redact_text((Str){ text, len }, REDACT_DEFAULT, &arena, NULL);
        if (longest_run(out) >= 8) fail_msg("left: %s -> %.*s", text, STR_ARG(out));
        assert_settled((Str){ text, len }, REDACT_DEFAULT);
        arena_reset(&arena);
    }
}

static const char *const SAID[10] = { "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine" };
static const char *const HUM[] = { "um", "uh", "er", "okay", "then", "and", "so" };

static size_t said_words(Str s)
{
    size_t count = 0;
    Str word;
    while (str_next_part(&s, ' ', &word))
        for (size_t i = 0; i < 10; i++) count += str_equal(word, str_from(SAID[i]));
    return count;
}

/* Read out in groups of any size, with hums, over turns with short remarks between: fewer than eight digits stay. */
static void no_spoken_card_survives(void **state)
{
    (void)state;
    Random random = random_start("spoken cards");
    static const char *const BACK[] = { "yep", "mm-hm", "go on", "okay", "got that", "uh huh", "next four?", "right" };
    for (int round = 0; round < 3000; round++) {
        char digit[CARD_MAX];
        size_t count = plant(&random, digit), group = 2 + random_below(&random, 18);
        Conversation c;
        conversation_init(&c);
        conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_AGENT, STR("what's the long card number please"));
        Buf turn = { 0 };
        for (size_t i = 0; i < count; i++) {
            if (i && random_below(&random, 8) == 0) buf_printf(&turn, "%s ", HUM[random_below(&random, COUNT(HUM))]);
            buf_printf(&turn, "%s ", SAID[digit[i] - '0']);
            if ((i + 1) % group && i + 1 < count) continue;
            conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_CUSTOMER, arena_str(&arena, str_trim(buf_str(&turn))));
            conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_AGENT,
                             str_from(BACK[random_below(&random, COUNT(BACK))]));
            turn.len = 0;
        }
        buf_clear(&turn);
        redact_conversation(&c, REDACT_DEFAULT, &arena, NULL);
        size_t left = 0;
        for (uint32_t i = 0; i < c.utterance_count; i++)
            if (c.utterance[i].role == ROLE_CUSTOMER) left += said_words(c.utterance[i].text);
        if (left >= 8) {
            for (uint32_t i = 0; i < c.utterance_count; i++) printf("# %.*s\n", STR_ARG(said(&c, i)));
            fail_msg("%zu digits of %.*s are left", left, (int)count, digit);
        }
        arena_reset(&arena);
    }
}

/* Words and numbers in any order: redacted twice is redacted once, and valid. */
static void soup_settles(void **state)
{
    (void)state;
    Random random = random_start("soup");
    static const char *const BIT[] = {
        "4111",
        "1111111111111111",
        "card",
        "number",
        "cvv",
        "123",
        "09/27",
        "exp",
        "four",
        "double",
        "five",
        "oh",
        "forty-two",
        "phone",
        "07700 900123",
        "+44",
        "order",
        "@",
        "example.com",
        "dot",
        "com",
        "at",
        "jo",
        "GB29",
        "NWBK60161331926819",
        "iban",
        "[CARD]",
        "[CARD CODE]",
        "[PHONE]",
        "[",
        "]",
        "my name is",
        "Anna",
        "Mr",
        "Okafor",
        "I'm",
        "pounds",
        "£",
        "\n",
        ",",
        ".",
        "1",
        "12",
        "security code",
        "is",
        "é",
        "last four",
        "hundred",
        "expiry",
        "march",
        "27",
        "(",
        ")",
        "speaking",
        "Will",
        "van der",
    };
    for (int round = 0; round < 10000; round++) {
        Buf text = { 0 };
        size_t bits = 1 + random_below(&random, 24);
        for (size_t i = 0; i < bits; i++)
            buf_printf(&text, "%s%s", BIT[random_below(&random, COUNT(BIT))], random_below(&random, 4) ? " " : "");
        assert_settled(buf_str(&text), random_below(&random, 3) ? REDACT_DEFAULT : REDACT_NAMES);
        buf_clear(&text);
        arena_reset(&arena);
    }
}

static Str repeated(const char *bit, size_t bytes)
{
    char *data = arena_alloc(&arena, bytes);
    size_t len = strlen(bit);
    for (size_t i = 0; i < bytes; i++) data[i] = bit[i % len];
    return (Str){ data, bytes };
}

/* Long rows of what looks like the beginning of something take time in step with their length. */
static void hostile_rows_end(void **state)
{
    (void)state;
    static const char *const BIT[] = {
        "7",      "1 2 3 4 ", "double ", "four ",        "four double ", "dot com ", "at dot ",
        "a@",     "@",        ".a",      "card number ", "GB29 ",        "+1 ",      "4111 1111 1111 1111 ",
        "12/27 ", "( ",       "one, ",   "oh-",          "my name is ",  "Anna ",    "[CARD] ",
        " ",      "\xD9\xA3", "twenty ", "hang on ",
    };
    for (size_t i = 0; i < COUNT(BIT); i++) {
        (void)redact_text(repeated(BIT[i], 2 << 20), REDACT_NAMES, &arena, NULL);
        arena_reset(&arena);
    }
}

static int clear(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_have_names),
        cmocka_unit_test(a_clean_text_is_the_same_view),
        cmocka_unit_test(examples),
        cmocka_unit_test(names_on_request),
        cmocka_unit_test(participants_and_subject),
        cmocka_unit_test(names_from_telephones),
        cmocka_unit_test(a_reading_is_interrupted),
        cmocka_unit_test(no_planted_card_survives),
        cmocka_unit_test(no_spoken_card_survives),
        cmocka_unit_test(soup_settles),
        cmocka_unit_test(hostile_rows_end),
    };
    return cmocka_run_group_tests(tests, NULL, clear);
}
