/* test_utf8.c -- what is valid, what a repair makes of the rest, and the way in from other encodings. */
#include "unit.h"

#include "base/utf8.h"
#include "random.h"

static void valid(void **state)
{
    (void)state;
    static const struct {
        Str text;
        size_t good;
    } row[] = {
        { { NULL, 0 }, 0 },
        { TEXT("plain"), 5 },
        { TEXT("\0"), 1 },
        { TEXT("\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), 19 },
        { TEXT("\xED\x9F\xBF\xEE\x80\x80"), 6 },
        { TEXT("a\x80"), 1 },    /* a lone continuation */
        { TEXT("\xC0\x80"), 0 }, /* NUL in two bytes */
        { TEXT("\xC1\xBF"), 0 }, /* longer than it needs to be */
        { TEXT("\xE0\x9F\xBF"), 0 },
        { TEXT("\xF0\x8F\xBF\xBF"), 0 },
        { TEXT("\xED\xA0\x80"), 0 },     /* half of a pair */
        { TEXT("\xF4\x90\x80\x80"), 0 }, /* past U+10FFFF */
        { TEXT("\xF5\x80\x80\x80"), 0 },
        { TEXT("\xFE"), 0 },
        { TEXT("ab\xC3"), 2 }, /* cut short */
        { TEXT("ab\xE2\x82"), 2 },
        { TEXT("ab\xF0\x9F\x98"), 2 },
        { TEXT("\xC3"
               "a"),
          0 },
        { TEXT("0123456789abcdef\xFF"), 16 },
        { TEXT("0123456789abcde\xC3\xBC"
               "f\xFF"),
          18 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        assert_int_equal(utf8_valid_len(row[i].text), row[i].good);
        assert_int_equal(utf8_valid(row[i].text), row[i].good == row[i].text.len);
    }
}

static void every_code_point_comes_back(void **state)
{
    (void)state;
    for (int32_t c = 0; c <= 0x10FFFF; c++) {
        char text[4];
        int32_t back;
        size_t len = utf8_encode(c, text);
        bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        assert_true(utf8_valid((Str){ text, len }));
        assert_int_equal(utf8_decode((Str){ text, len }, 0, &back), len);
        assert_int_equal(back, surrogate ? 0xFFFD : c);
        assert_int_equal(len, c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
        for (size_t cut = 1; cut < len; cut++) assert_false(utf8_valid((Str){ text, cut }));
    }
    char text[4];
    assert_int_equal(utf8_encode(-1, text), 3);
    assert_int_equal(utf8_encode(0x110000, text), 3);
    assert_memory_equal(text, "\xEF\xBF\xBD", 3);
}

static void repairs(void **state)
{
    (void)state;
    static const struct {
        Str text, expect;
    } row[] = {
        { TEXT("ok"), TEXT("ok") },
        { TEXT("a\xFF"
               "b"),
          TEXT("a\xEF\xBF\xBD"
               "b") },
        { TEXT("a\xFF\xFE\x80"
               "b"),
          TEXT("a\xEF\xBF\xBD"
               "b") },
        { TEXT("\xC3"), TEXT("\xEF\xBF\xBD") },
        { TEXT("\xE2\x82\xC3\xBC"), TEXT("\xEF\xBF\xBD\xC3\xBC") },
        { TEXT("\xFF\0\xFF"), TEXT("\xEF\xBF\xBD\0\xEF\xBF\xBD") },
    };
    Arena arena = { 0 };
    for (size_t i = 0; i < COUNT(row); i++) assert_str(utf8_repair(&arena, row[i].text), row[i].expect);
    Str whole = STR("na\xC3\xAFve");
    assert_ptr_equal(utf8_repair(&arena, whole).data, whole.data);
    arena_clear(&arena);
}

static void repair_is_always_valid_and_keeps_the_good(void **state)
{
    (void)state;
    Random random = random_start("utf8_repair");
    Arena arena = { 0 };
    for (int round = 0; round < 30000; round++) {
        size_t len = random_below(&random, 60), kind = random_below(&random, 3);
        char *text = arena_alloc(&arena, len);
        for (size_t i = 0; i < len; i++) {
            static const char likely[] = "a\x80\xBF\xC2\xE0\xE1\xED\xF0\xF4\xFF";
            text[i] = kind == 0   ? (char)random_below(&random, 256)
                      : kind == 1 ? likely[random_below(&random, sizeof likely - 1)]
                                  : (char)(random_below(&random, 12) ? 'x' : 0xE2);
        }
        Str s = { text, len }, repaired = utf8_repair(&arena, s);
        assert_true(utf8_valid(repaired));
        assert_true(repaired.data == s.data || !utf8_valid(s));
        /* What decodes from both is the same but for bad runs, which are one U+FFFD. */
        size_t at = 0, to = 0;
        while (at < s.len) {
            int32_t a, b;
            bool bad = utf8_sequence(s, at) == 0;
            do at += utf8_decode(s, at, &a);
            while (bad && at < s.len && utf8_sequence(s, at) == 0);
            to += utf8_decode(repaired, to, &b);
            assert_int_equal(a, b);
        }
        assert_int_equal(to, repaired.len);
        arena_reset(&arena);
    }
    arena_clear(&arena);
}

static void from_other_encodings(void **state)
{
    (void)state;
    Arena arena = { 0 };
    assert_str(utf8_from_latin1(&arena, STR("caf\xE9 \x80 5 \x93yes\x94 \xFF")),
               STR("caf\xC3\xA9 \xE2\x82\xAC 5 \xE2\x80\x9Cyes\xE2\x80\x9D \xC3\xBF"));
    assert_str(utf8_from_latin1(&arena, STR("\x81")), STR("\xC2\x81"));
    assert_int_equal(utf8_from_latin1(&arena, (Str){ 0 }).len, 0);
    assert_str(utf8_from_utf16(&arena, STR("h\0i\0\xAC\x20"), false), STR("hi\xE2\x82\xAC"));
    assert_str(utf8_from_utf16(&arena, STR("\0h\0i\x20\xAC"), true), STR("hi\xE2\x82\xAC"));
    assert_str(utf8_from_utf16(&arena, STR("\xD8\x3D\xDE\x00"), true), STR("\xF0\x9F\x98\x80"));
    assert_str(utf8_from_utf16(&arena, STR("\xD8\x3D\0a"), true), STR("\xEF\xBF\xBD"
                                                                      "a"));
    assert_str(utf8_from_utf16(&arena, STR("\xDE\x00\xD8\x3D"), true), STR("\xEF\xBF\xBD\xEF\xBF\xBD"));
    assert_str(utf8_from_utf16(&arena, STR("\0aX"), true), STR("a\xEF\xBF\xBD"));
    assert_int_equal(utf8_from_utf16(&arena, (Str){ 0 }, true).len, 0);
    Random random = random_start("encodings");
    for (int round = 0; round < 5000; round++) {
        size_t len = random_below(&random, 40);
        char *text = arena_alloc(&arena, len);
        for (size_t i = 0; i < len; i++)
            text[i] = (char)(random_below(&random, 3) ? 0xD8 + random_below(&random, 8) : random_below(&random, 256));
        assert_true(utf8_valid(utf8_from_utf16(&arena, (Str){ text, len }, round % 2)));
        assert_true(utf8_valid(utf8_from_latin1(&arena, (Str){ text, len })));
        arena_reset(&arena);
    }
    arena_clear(&arena);
}

static void folds(void **state)
{
    (void)state;
    static const struct {
        Str text, expect;
    } row[] = {
        { TEXT("Agent SMITH"), TEXT("agent smith") },
        { TEXT("\xC3\x9C"
               "BER"),
          TEXT("\xC3\xBC"
               "ber") },
        { TEXT("U\xCC\x88"
               "ber"),
          TEXT("\xC3\xBC"
               "ber") }, /* U + combining diaeresis */
        { TEXT("Stra\xC3\x9F"
               "e"),
          TEXT("strasse") },
        { TEXT("\xCE\xA3\xCE\xAF\xCF\x82"), TEXT("\xCF\x83\xCE\xAF\xCF\x83") }, /* both sigmas */
        { TEXT("a\0B"), TEXT("a\0b") },
        { TEXT("\xC3\x9C\0B"), TEXT("\xC3\xBC\0b") },
        { TEXT("A\xFF"), TEXT("a\xEF\xBF\xBD") },
        { TEXT(""), TEXT("") },
    };
    Arena arena = { 0 };
    for (size_t i = 0; i < COUNT(row); i++) {
        Str once = utf8_fold(&arena, row[i].text);
        assert_str(once, row[i].expect);
        assert_str(utf8_fold(&arena, once), row[i].expect);
    }
    assert_int_equal(utf8_count(STR("na\xC3\xAFve \xF0\x9F\x98\x80")), 7);
    assert_int_equal(utf8_count((Str){ 0 }), 0);
    arena_clear(&arena);
}

/* At every length and place, since it is looked at sixteen bytes at a time. */
static void plain_is_ascii_without_nul(void **state)
{
    static const struct {
        unsigned char byte;
        bool plain;
    } row[] = { { 0, false }, { 1, true }, { 0x7F, true }, { 0x80, false }, { 0xFF, false } };
    (void)state;
    char text[70];
    for (size_t len = 0; len <= sizeof text; len++) {
        memset(text, 'a', sizeof text);
        assert_true(utf8_is_plain(str_make(text, len)));
        for (size_t at = 0; at < sizeof text; at++)
            for (size_t i = 0; i < COUNT(row); i++) {
                text[at] = (char)row[i].byte;
                assert_int_equal(utf8_is_plain(str_make(text, len)), row[i].plain || at >= len);
                text[at] = 'a';
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_is_ascii_without_nul),
        cmocka_unit_test(valid),
        cmocka_unit_test(every_code_point_comes_back),
        cmocka_unit_test(repairs),
        cmocka_unit_test(repair_is_always_valid_and_keeps_the_good),
        cmocka_unit_test(from_other_encodings),
        cmocka_unit_test(folds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
