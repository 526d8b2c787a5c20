/* test_lay_out.c -- lines that fit, in columns as a terminal draws them. */
#include "unit.h"

#include "cli/lay_out.h"
#include "random.h"

#define E_ACUTE  "e\xCC\x81"        /* e and a combining acute: one column */
#define HAN      "\xE6\xBC\xA2"     /* two columns */
#define SMILE    "\xF0\x9F\x98\x80" /* two columns */
#define REPLACED "\xEF\xBF\xBD"

static void widths(void **state)
{
    (void)state;
    static const struct {
        Str text;
        int width;
    } row[] = {
        { TEXT(""), 0 },
        { TEXT("plain"), 5 },
        { TEXT("caf" E_ACUTE), 4 },
        { TEXT(HAN HAN), 4 },
        { TEXT(SMILE), 2 },
        { TEXT("a\tb"), 3 },
        { TEXT("a\rb"), 2 },
        { TEXT("\x1b[31m"), 5 },
        { TEXT("\xE2\x80\xAE"
               "x"),
          2 },
        { TEXT("\xE2\x80\x8B"), 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++) assert_int_equal(lay_out_width(row[i].text), row[i].width);
}

/* The lines, each between bars. */
static void lines_of(Buf *out, Str text, int width)
{
    Line line;
    size_t at = 0;
    out->len = 0;
    while (lay_out_line(text, &at, width, &line)) {
        buf_char(out, '|');
        buf_add(out, str_sub(text, line.begin, line.end));
        assert_true(line.begin <= line.end && line.end <= line.next && line.next == at);
    }
}

static void lines(void **state)
{
    (void)state;
    static const struct {
        Str text;
        int width;
        Str expect;
    } row[] = {
        { TEXT(""), 10, TEXT("") },
        { TEXT("one two three"), 10, TEXT("|one two|three") },
        { TEXT("one two three"), 7, TEXT("|one two|three") },
        { TEXT("one two   "), 7, TEXT("|one two") },
        { TEXT("one two    three"), 8, TEXT("|one two|three") },
        { TEXT("one\ntwo"), 10, TEXT("|one|two") },
        { TEXT("one\r\ntwo\n"), 10, TEXT("|one|two") },
        { TEXT("one\n\n two"), 10, TEXT("|one|| two") },
        { TEXT("abcdefghij"), 4, TEXT("|abcd|efgh|ij") },
        { TEXT("ab abcdefgh"), 4, TEXT("|ab|abcd|efgh") },
        { TEXT(HAN HAN HAN), 4, TEXT("|" HAN HAN "|" HAN) },
        { TEXT(HAN HAN HAN), 5, TEXT("|" HAN HAN "|" HAN) },
        { TEXT("abc" E_ACUTE E_ACUTE), 4, TEXT("|abc" E_ACUTE "|" E_ACUTE) },
        { TEXT("   x"), 2, TEXT("||x") },
    };
    Buf out = { 0 };
    for (size_t i = 0; i < COUNT(row); i++) {
        lines_of(&out, row[i].text, row[i].width);
        assert_str(buf_str(&out), row[i].expect);
    }
    buf_clear(&out);
}

static void printed(void **state)
{
    (void)state;
    static const struct {
        Str text;
        int width;
        Str expect;
        int columns;
    } row[] = {
        { TEXT("Dana"), 4, TEXT("Dana"), 4 },
        { TEXT("Dana Ruiz"), 6, TEXT("Dana …"), 6 },
        { TEXT(HAN HAN HAN), 4, TEXT(HAN "…"), 3 },
        { TEXT("a\nb\tc\x1b"
               "d"),
          20, TEXT("a b c" REPLACED "d"), 7 },
    };
    Buf out = { 0 };
    for (size_t i = 0; i < COUNT(row); i++) {
        out.len = 0;
        int columns = lay_out_cut(&out, row[i].text, row[i].width);
        assert_str(buf_str(&out), row[i].expect);
        assert_int_equal(columns, row[i].columns);
    }
    buf_clear(&out);
}

static void columns(void **state)
{
    (void)state;
    Str text = STR("x " E_ACUTE HAN "y");
    static const uint32_t expect[] = { 0, 1, 2, 3, 3, 3, 3, 3, 5, 6 };
    uint32_t got[COUNT(expect)];
    lay_out_columns(text, 0, text.len, got);
    assert_memory_equal(got, expect, sizeof expect);
}

/* Of any text: no line is too wide unless it is one character, nothing but blanks and line breaks is left out, it ends.
 */
static void any_text(void **state)
{
    (void)state;
    static const char *const PIECE[] = { "a",     "bc", " ",   "  ", "\n",          "\t",
                                         E_ACUTE, HAN,  SMILE, "\r", "longer-word", "\x1b" };
    Random random = random_start("lay_out: any text");
    for (int round = 0; round < 3000; round++) {
        Buf text = { 0 }, shown = { 0 }, wanted = { 0 };
        for (uint64_t n = random_below(&random, 30); n; n--)
            buf_add(&text, str_from(PIECE[random_below(&random, COUNT(PIECE))]));
        int width = 2 + (int)random_below(&random, 12);
        Line line;
        size_t at = 0, before = 0;
        while (lay_out_line(buf_str(&text), &at, width, &line)) {
            assert_true(line.begin == before && line.next > before);
            before = line.next;
            Str s = str_sub(buf_str(&text), line.begin, line.end);
            assert_true(lay_out_width(s) <= width);
            buf_add(&shown, s);
        }
        assert_int_equal(at, text.len);
        for (size_t i = 0; i < text.len; i++)
            if (!ascii_space(text.data[i])) buf_char(&wanted, text.data[i]);
        size_t kept = 0;
        for (size_t i = 0; i < shown.len; i++)
            if (!ascii_space(shown.data[i])) shown.data[kept++] = shown.data[i];
        shown.len = kept;
        assert_str(buf_str(&shown), buf_str(&wanted));
        buf_clear(&text);
        buf_clear(&shown);
        buf_clear(&wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths),  cmocka_unit_test(lines),    cmocka_unit_test(printed),
        cmocka_unit_test(columns), cmocka_unit_test(any_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
