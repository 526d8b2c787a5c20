/* test_show_words.c -- marks drawn under the words: where they stand, what they are named, in any script. */
#include "unit.h"

#include "cli/show.h"
#include "random.h"

#define E_ACUTE "e\xCC\x81"
#define HAN     "\xE6\xBC\xA2"

static Hearer *hearer;

static int open_hearer(void **state)
{
    (void)state;
    Err err;
    hearer = hear_open_reader(NULL, READER_RULES, &err); /* nothing says how far to trust it: names stand alone */
    return hearer ? 0 : -1;
}

static int close_hearer(void **state)
{
    (void)state;
    hear_free(hearer);
    return 0;
}

static uint16_t named(const char *id)
{
    size_t index;
    assert_true(hear_behaviour_named(hearer, str_from(id), &index));
    return (uint16_t)index;
}

typedef struct Under {
    const char *behaviour;
    uint32_t begin, end;
    uint8_t quality;
} Under;

typedef struct Row {
    const char *title;
    Str text;
    int width; /* of the text, behind an indent of 2 */
    Under mark[4];
    const char *expect;
} Row;

static const Row ROW[] = {
    { "two on one line",
      TEXT("I'm sorry about the wait. I'll call the depot at four."),
      90,
      { { "recovery.apology", 0, 25, 50 }, { "efficiency.commitment", 26, 54, 100 } },
      "I'm sorry about the wait. I'll call the depot at four.\n"
      "  ~~~~~~~~~~~~~~~~~~~~~~~~~ Apology that owns it\n"
      "                            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ Concrete commitment\n" },
    { "side by side where the name has room",
      TEXT("so sorry                            call at four"),
      90,
      { { "recovery.apology", 0, 8, 50 }, { "efficiency.commitment", 36, 48, 100 } },
      "so sorry                            call at four\n"
      "  ~~~~~~~~ Apology that owns it       ~~~~~~~~~~~~ Concrete commitment\n" },
    { "the name before the words, where the line ends",
      TEXT("It was ours to get right and sorry"),
      36,
      { { "recovery.apology", 29, 34, 50 } },
      "It was ours to get right and sorry\n"
      "          Apology that owns it ~~~~~\n" },
    { "the name below, where there is room on neither side",
      TEXT("Sorry, that was ours."),
      24,
      { { "recovery.apology", 0, 20, 50 } },
      "Sorry, that was ours.\n"
      "  ~~~~~~~~~~~~~~~~~~~~\n"
      "  Apology that owns it\n" },
    { "over two lines, named where it ends",
      TEXT("I am sorry about the wait."),
      12,
      { { "recovery.apology", 0, 25, 50 } },
      "I am sorry\n"
      "  ~~~~~~~~~~\n"
      "  about the\n"
      "  ~~~~~~~~~\n"
      "  wait.\n"
      "  ~~~~\n"
      "  Apology tha…\n" },
    { "harms and what a customer shows look other than strengths",
      TEXT("No. Never."),
      60,
      { { "harm.bare_refusal", 0, 3, 50 }, { "customer.anger", 4, 10, 50 } },
      "No. Never.\n"
      "  !!! Bare refusal\n"
      "      ······ Anger\n" },
    { "a stock phrase is said to be one",
      TEXT("Sorry."),
      60,
      { { "recovery.apology", 0, 5, 30 } },
      "Sorry.\n"
      "  ~~~~~ Apology that owns it, stock phrase\n" },
    { "wide and combining characters take their columns",
      TEXT(HAN HAN " caf" E_ACUTE " sorry"),
      60,
      { { "recovery.apology", 14, 19, 50 } },
      HAN HAN " caf" E_ACUTE " sorry\n"
              "            ~~~~~ Apology that owns it\n" },
    { "the same words twice",
      TEXT("Sorry."),
      60,
      { { "recovery.apology", 0, 5, 50 }, { "harm.non_apology", 0, 5, 50 } },
      "Sorry.\n"
      "  ~~~~~ Apology that owns it\n"
      "  !!!!! Non-apology\n" },
    { "line breaks stay, what moves the cursor does not",
      TEXT("Hello\x1b[2J\n\nDana"),
      60,
      { { NULL, 0, 0, 0 } },
      "Hello\xEF\xBF\xBD[2J\n\n  Dana\n" },
    { "nothing said", TEXT(""), 60, { { NULL, 0, 0, 0 } }, "\n" },
};

static void drawn(void **state)
{
    (void)state;
    Buf out = { 0 };
    for (size_t i = 0; i < COUNT(ROW); i++) {
        const Row *row = &ROW[i];
        Show show = { .hearer = hearer, .width = row->width + 2 };
        Mark mark[COUNT(row->mark)];
        size_t count = 0;
        for (const Under *u = row->mark; count < COUNT(row->mark) && u->behaviour; u++)
            mark[count++] =
                (Mark){ .behaviour = named(u->behaviour), .begin = u->begin, .end = u->end, .quality = u->quality };
        out.len = 0;
        show_words(&out, &show, row->text, mark, count, 2, "");
        print_message("# %s\n", row->title);
        assert_str(buf_str(&out), str_from(row->expect));
    }
    buf_clear(&out);
}

static void colours(void **state)
{
    (void)state;
    Show show = { .hearer = hearer, .width = 60, .color = true };
    Mark mark = { .behaviour = named("harm.blame"), .begin = 0, .end = 3, .quality = 50 };
    Buf out = { 0 };
    show_words(&out, &show, STR("You."), &mark, 1, 0, "");
    assert_str(buf_str(&out), STR("You.\n\x1b[31m!!!\x1b[0m \x1b[31mBlames the customer\x1b[0m\n"));
    buf_clear(&out);
}

/* Whatever the marks, each is drawn with its whole length and its name once, or counted as left out. */
static void any_marks(void **state)
{
    (void)state;
    Random random = random_start("show_words: any marks");
    Str text = STR("one two three four five six seven eight nine ten eleven twelve thirteen fourteen");
    Buf out = { 0 };
    for (int round = 0; round < 500; round++) {
        Mark mark[12];
        size_t count = 1 + random_below(&random, COUNT(mark)), letters = 0, drawn_letters = 0, names = 0;
        uint32_t begin = 0;
        for (size_t i = 0; i < count; i++) {
            begin += (uint32_t)random_below(&random, 8);
            if (begin + 3 > text.len) begin = (uint32_t)text.len - 3;
            uint32_t end = begin + 1 + (uint32_t)random_below(&random, text.len - begin);
            mark[i] = (Mark){ .behaviour = named("recovery.remedy"), .begin = begin, .end = end, .quality = 50 };
            letters += end - begin;
        }
        Show show = { .hearer = hearer, .width = 120 };
        out.len = 0;
        show_words(&out, &show, text, mark, count, 4, "");
        for (size_t i = 0; i < out.len; i++) drawn_letters += out.data[i] == '~';
        for (Str rest = buf_str(&out);
             (begin = (uint32_t)MIN(str_find(rest, STR("Offers a remedy")), UINT32_MAX)) != UINT32_MAX;
             rest = str_from_byte(rest, begin + 1))
            names++;
        assert_int_equal(drawn_letters, letters);
        assert_int_equal(names, count);
    }
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(drawn), cmocka_unit_test(colours),
                                        cmocka_unit_test(any_marks) };
    return cmocka_run_group_tests(tests, open_hearer, close_hearer);
}
