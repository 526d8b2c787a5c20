/* test_str.c -- views: searching, splitting and reading numbers. */
#include "unit.h"

#include <locale.h>

#include "random.h"

static void finds(void **state)
{
    (void)state;
    static const struct {
        Str text, needle;
        size_t at, at_nocase;
    } row[] = {
        { TEXT("Parcel lost"), TEXT("lost"), 7, 7 },
        { TEXT("Parcel lost"), TEXT("LOST"), STR_NOT_FOUND, 7 },
        { TEXT("aaab"), TEXT("aab"), 1, 1 },
        { TEXT("short"), TEXT("shorter"), STR_NOT_FOUND, STR_NOT_FOUND },
        { TEXT("any"), TEXT(""), 0, 0 },
        { TEXT(""), TEXT(""), 0, 0 },
        { { NULL, 0 }, TEXT("x"), STR_NOT_FOUND, STR_NOT_FOUND },
        { TEXT("a\0b"), TEXT("\0b"), 1, 1 },
        { TEXT("[`{@"), TEXT("{"), 2, 2 }, /* [ and { differ by the case bit but are no letters */
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        assert_int_equal(str_find(row[i].text, row[i].needle), row[i].at);
        assert_int_equal(str_find_nocase(row[i].text, row[i].needle), row[i].at_nocase);
    }
    assert_int_equal(str_find_char(STR("abc"), 'c'), 2);
    assert_int_equal(str_find_char((Str){ 0 }, 'c'), STR_NOT_FOUND);
}

static void compares(void **state)
{
    (void)state;
    assert_true(str_starts(STR("agent: hi"), STR("agent")));
    assert_false(str_starts(STR("ag"), STR("agent")));
    assert_true(str_starts((Str){ 0 }, (Str){ 0 }));
    assert_true(str_ends(STR("a.json"), STR(".json")));
    assert_false(str_ends(STR("json"), STR(".json")));
    assert_true(str_equal_nocase(STR("Content-TYPE"), STR("content-type")));
    assert_false(str_equal_nocase(STR("a["), STR("a{")));
    assert_true(str_starts_nocase(STR("HTTPS://x"), STR("https:")));
    assert_true(str_compare(STR("a"), STR("b")) < 0);
    assert_true(str_compare(STR("ab"), STR("a")) > 0);
    assert_int_equal(str_compare((Str){ 0 }, STR("")), 0);
    assert_true(str_compare(STR("\x80"), STR("\x7f")) > 0); /* bytes have no sign */
    assert_str(str_trim(STR(" \t\r\n a b \v\f")), STR("a b"));
    assert_str(str_trim(STR(" \n ")), STR(""));
    assert_true(str_hash(STR("")) == str_hash((Str){ 0 }));
    assert_true(str_hash(STR("a")) != str_hash(STR("a\0")));
    assert_true(str_hash(STR("12345678")) != str_hash(STR("12345679")));
}

static void lines(void **state)
{
    (void)state;
    static const struct {
        Str text;
        const char *expect;
    } row[] = {
        { TEXT(""), "" },
        { TEXT("a"), "a|" },
        { TEXT("a\n"), "a|" },
        { TEXT("a\nb"), "a|b|" },
        { TEXT("a\r\nb\r\n"), "a|b|" },
        { TEXT("a\rb\r"), "a|b|" },
        { TEXT("\n\r\n\r"), "|||" },
        { TEXT("a\n\rb"), "a||b|" },
        { TEXT("a\r\r\nb"), "a||b|" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        char got[64];
        size_t len = 0;
        Str rest = row[i].text, line;
        while (str_next_line(&rest, &line)) {
            memcpy(got + len, line.data, line.len);
            len += line.len;
            got[len++] = '|';
        }
        assert_str(str_make(got, len), str_from(row[i].expect));
    }
}

/* Lines of any length and with any ends come out as they went in, past the edges of the windows searched as well. */
static void lines_of_any_length(void **state)
{
    (void)state;
    Random random = random_start("lines");
    for (int round = 0; round < 200; round++) {
        static char text[40000];
        size_t at[20], len[20], count = 1 + random_below(&random, COUNT(at)), end = 0;
        for (size_t i = 0; i < count; i++) {
            at[i] = end;
            len[i] =
                1 + random_below(&random, random_below(&random, 4) ? 40 : 1200); /* empty: CR, LF would be one end */
            memset(text + end, 'x', len[i]);
            end += len[i];
            size_t kind = random_below(&random, 3);
            if (kind != 1) text[end++] = '\r';
            if (kind != 0) text[end++] = '\n';
        }
        Str rest = { text, end }, line;
        for (size_t i = 0; i < count; i++) {
            assert_true(str_next_line(&rest, &line));
            assert_ptr_equal(line.data, text + at[i]);
            assert_int_equal(line.len, len[i]);
        }
        assert_false(str_next_line(&rest, &line));
    }
}

static void parts(void **state)
{
    (void)state;
    Str rest = STR("a,,b,"), part;
    assert_true(str_next_part(&rest, ',', &part));
    assert_str(part, STR("a"));
    assert_true(str_next_part(&rest, ',', &part));
    assert_str(part, STR(""));
    assert_true(str_next_part(&rest, ',', &part));
    assert_str(part, STR("b"));
    assert_false(str_next_part(&rest, ',', &part));
}

static void whole_numbers(void **state)
{
    (void)state;
    static const struct {
        Str text;
        bool ok;
        int64_t value;
    } row[] = {
        { TEXT("0"), true, 0 },
        { TEXT("-0"), true, 0 },
        { TEXT("+7"), true, 7 },
        { TEXT("007"), true, 7 },
        { TEXT("9223372036854775807"), true, INT64_MAX },
        { TEXT("9223372036854775808"), false, 0 },
        { TEXT("-9223372036854775808"), true, INT64_MIN },
        { TEXT("-9223372036854775809"), false, 0 },
        { TEXT("99999999999999999999999"), false, 0 },
        { TEXT(""), false, 0 },
        { TEXT("-"), false, 0 },
        { TEXT(" 1"), false, 0 },
        { TEXT("1 "), false, 0 },
        { TEXT("1.0"), false, 0 },
        { TEXT("0x10"), false, 0 },
        { TEXT("1\0"), false, 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t value = 42;
        assert_int_equal(str_to_i64(row[i].text, &value), row[i].ok);
        assert_true(value == (row[i].ok ? row[i].value : 42));
    }
}

static void fractions(void **state)
{
    (void)state;
    static const struct {
        Str text;
        bool ok;
        double value;
    } row[] = {
        { TEXT("1.5"), true, 1.5 },
        { TEXT("-2"), true, -2 },
        { TEXT(".5"), true, 0.5 },
        { TEXT("5."), true, 5 },
        { TEXT("1e3"), true, 1000 },
        { TEXT("1E-2"), true, 0.01 },
        { TEXT("1,5"), false, 0 },
        { TEXT("."), false, 0 },
        { TEXT("e5"), false, 0 },
        { TEXT("1e"), false, 0 },
        { TEXT("1e+"), false, 0 },
        { TEXT("inf"), false, 0 },
        { TEXT("nan"), false, 0 },
        { TEXT("0x1p4"), false, 0 },
        { TEXT("1e999"), false, 0 },
        { TEXT(" 1"), false, 0 },
        { TEXT("1 "), false, 0 },
        { TEXT("1e-999"), true, 0 },
        { TEXT("0.10000000000000000000000000000000000000000000000000000000000000000000000000001"), true, 0.1 },
    };
    const char *before = setlocale(LC_NUMERIC, "de_DE.UTF-8"); /* where there is one: its comma must not matter */
    for (size_t i = 0; i < COUNT(row); i++) {
        double value = 42;
        assert_int_equal(str_to_double(row[i].text, &value), row[i].ok);
        assert_true(value == (row[i].ok ? row[i].value : 42.0));
    }
    if (before) setlocale(LC_NUMERIC, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds),     cmocka_unit_test(compares),
        cmocka_unit_test(lines),     cmocka_unit_test(lines_of_any_length),
        cmocka_unit_test(parts),     cmocka_unit_test(whole_numbers),
        cmocka_unit_test(fractions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
