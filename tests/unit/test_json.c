/* test_json.c -- what JSON is taken, what is refused and where, and that writing and reading are each other's mirror.
 */
#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/utf8.h"
#include "random.h"

static void takes(void **state)
{
    (void)state;
    static const Str row[] = {
        TEXT("null"),
        TEXT(" \t\r\ntrue \t\r\n"),
        TEXT("false"),
        TEXT("0"),
        TEXT("-0"),
        TEXT("-0.0e-00"),
        TEXT("123.456E+7"),
        TEXT("1e00099"),
        TEXT("123456789012345678901234567890123456789012345678901234567890"),
        TEXT("1e9999"), /* kept as written; only json_double refuses it */
        TEXT("\"\""),
        TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\""),
        TEXT("\"\\u0000\""),
        TEXT("\"\x7F\""),
        TEXT("\"\xE2\x80\xA8\xEF\xBF\xBF\xF4\x8F\xBF\xBF\""),
        TEXT("\"\\ud800\""), /* becomes U+FFFD */
        TEXT("[]"),
        TEXT("[ ]"),
        TEXT("{ }"),
        TEXT("[[],{},[{}]]"),
        TEXT("{\"\":{\"\":[]}}"),
        TEXT("{\"a\":1,\"a\":2}"),
        TEXT("{\"a\" : 1 , \"b\" : [ 1 , 2 ] }"),
        TEXT("[1\n]"),
        TEXT("\"a string of more than sixteen bytes, and of more than thirty-two as well\""),
    };
    Arena arena = { 0 };
    for (size_t i = 0; i < COUNT(row); i++) {
        Err err = { 0 };
        size_t at = 0;
        if (!json_parse(row[i], &arena, &at, &err)) fail_msg("%.*s: at %zu: %s", STR_ARG(row[i]), at, err.text);
    }
    arena_clear(&arena);
}

static void refuses(void **state)
{
    (void)state;
    static const struct {
        Str text;
        size_t at;
    } row[] = {
        { { NULL, 0 }, 0 },
        { TEXT(" "), 1 },
        { TEXT("nul"), 0 },
        { TEXT("nulll"), 4 },
        { TEXT("True"), 0 },
        { TEXT("NaN"), 0 },
        { TEXT("Infinity"), 0 },
        { TEXT("-"), 1 },
        { TEXT("-a"), 1 },
        { TEXT("+1"), 0 },
        { TEXT("01"), 1 },
        { TEXT("-01"), 2 },
        { TEXT(".5"), 0 },
        { TEXT("1."), 2 },
        { TEXT("1.e5"), 2 },
        { TEXT("1e"), 2 },
        { TEXT("1e+"), 3 },
        { TEXT("1eE2"), 2 },
        { TEXT("0x1F"), 1 },
        { TEXT("1_000"), 1 },
        { TEXT("1 2"), 2 },
        { TEXT("\""), 1 },
        { TEXT("\"abc"), 4 },
        { TEXT("\"abc\\"), 5 },
        { TEXT("\"abc\\\""), 6 },
        { TEXT("'abc'"), 0 },
        { TEXT("\"\\x41\""), 1 },
        { TEXT("\"ab\\'\""), 3 },
        { TEXT("\"\\u12\""), 1 },
        { TEXT("\"\\u12G4\""), 1 },
        { TEXT("\"\\u\""), 1 },
        { TEXT("\"\\U0041\""), 1 },
        { TEXT("\"\\ud83d\\u12\""), 7 },
        { TEXT("\"a\nb\""), 2 },
        { TEXT("\"a\tb\""), 2 },
        { TEXT("\"a\0b\""), 2 },
        { TEXT("\"sixteen bytes and more \x01\""), 24 },
        { TEXT("\"ab\xFF\""), 3 },
        { TEXT("\"\xC0\x80\""), 1 },
        { TEXT("\"\xED\xA0\x80\""), 1 },
        { TEXT("\"sixteen bytes and more \xE2\x82\""), 24 },
        { TEXT("{\"\xFF\":1}"), 2 },
        { TEXT("\xEF\xBB\xBF{}"), 0 }, /* a byte order mark is the reader's to take off */
        { TEXT("["), 1 },
        { TEXT("[1"), 2 },
        { TEXT("[1,"), 3 },
        { TEXT("[1,]"), 3 },
        { TEXT("[,1]"), 1 },
        { TEXT("[1,,2]"), 3 },
        { TEXT("[1 2]"), 3 },
        { TEXT("[1}"), 2 },
        { TEXT("[1]]"), 3 },
        { TEXT("]"), 0 },
        { TEXT("[1:2]"), 2 },
        { TEXT("{"), 1 },
        { TEXT("{]"), 1 },
        { TEXT("{\"a\"}"), 4 },
        { TEXT("{\"a\":}"), 5 },
        { TEXT("{\"a\":1"), 6 },
        { TEXT("{\"a\":1,}"), 7 },
        { TEXT("{\"a\":1 \"b\":2}"), 7 },
        { TEXT("{\"a\",1}"), 4 },
        { TEXT("{a:1}"), 1 },
        { TEXT("{1:1}"), 1 },
        { TEXT("{null:1}"), 1 },
        { TEXT("{\"a\":1]"), 6 },
        { TEXT("{,}"), 1 },
        { TEXT("{\"a\":1}{\"b\":2}"), 7 },
        { TEXT("[1]//no"), 3 },
        { TEXT("/**/1"), 0 },
        { TEXT("[1]\0"), 3 },
        { TEXT("[\v1]"), 1 },
        { TEXT("[\xC2\xA0"
               "1]"),
          1 },
        { TEXT("[\f]"), 1 },
    };
    Arena arena = { 0 };
    for (size_t i = 0; i < COUNT(row); i++) {
        Err err = { 0 };
        size_t at = SIZE_MAX;
        if (json_parse(row[i].text, &arena, &at, &err)) fail_msg("accepted %.*s", STR_ARG(row[i].text));
        if (at != row[i].at) print_error("%.*s: %s\n", STR_ARG(row[i].text), err.text);
        assert_int_equal(at, row[i].at);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_true(err.text[0] >= 'a' && err.text[0] <= 'z');
        assert_null(json_parse(row[i].text, &arena, NULL, NULL)); /* nobody need ask for the reason */
    }
    arena_clear(&arena);
}

static void strings(void **state)
{
    (void)state;
    static const struct {
        Str json, text;
    } row[] = {
        { TEXT("\"plain\""), TEXT("plain") },
        { TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), TEXT("\"\\/\b\f\n\r\t") },
        { TEXT("\"a\\u0000b\""), TEXT("a\0b") },
        { TEXT("\"\\u00e9\\u20AC\""), TEXT("\xC3\xA9\xE2\x82\xAC") },
        { TEXT("\"\\uD83D\\uDE00!\""), TEXT("\xF0\x9F\x98\x80!") },
        { TEXT("\"\\ud83d!\""), TEXT("\xEF\xBF\xBD!") },
        { TEXT("\"\\ude00\\ud83d\""), TEXT("\xEF\xBF\xBD\xEF\xBF\xBD") },
        { TEXT("\"\\ud83d\\ud83d\\ude00\""), TEXT("\xEF\xBF\xBD\xF0\x9F\x98\x80") },
        { TEXT("\"\\ud83d\\u0041\""), TEXT("\xEF\xBF\xBD"
                                           "A") },
        { TEXT("\"\\ud83d\\n\""), TEXT("\xEF\xBF\xBD\n") },
        { TEXT("\"\\\\u0041\""), TEXT("\\u0041") },
        { TEXT("\"\xC3\xBC and then \\\"quoted\\\" past sixteen bytes \\u00fc\""),
          TEXT("\xC3\xBC and then \"quoted\" past sixteen bytes \xC3\xBC") },
    };
    Arena arena = { 0 };
    for (size_t i = 0; i < COUNT(row); i++) {
        Err err = { 0 };
        const Json *value = json_parse(row[i].json, &arena, NULL, &err);
        assert_str(json_str(value), row[i].text);
    }
    Str text = STR("\"a view\"");
    assert_ptr_equal(json_str(json_parse(text, &arena, NULL, NULL)).data, text.data + 1);
    arena_clear(&arena);
}

static void reads_a_tree(void **state)
{
    (void)state;
    Arena arena = { 0 };
    const Json *c = json_parse(STR("{\"id\":17,\"closed\":true,\"a\":{\"b\":{\"c\":\"deep\"}},\"turns\":[{\"text\":"
                                   "\"hi\"},{\"text\":\"bye\"}],"
                                   "\"\\u0069d\":\"second\",\"none\":null,\"no\":false,\"\":\"empty\"}"),
                               &arena, NULL, NULL);
    assert_true(json_is(c, JSON_OBJECT));
    assert_int_equal(c->count, 8);
    assert_str(json_scalar(json_get(c, "id")), STR("17")); /* the first of two; one of them spelled with an escape */
    assert_int_equal(json_str(json_get(c, "id")).len, 0);
    assert_true(json_true(json_get(c, "closed")));
    assert_false(json_true(json_get(c, "no")));
    assert_false(json_true(json_get(c, "id")));
    assert_str(json_str(json_path(c, "a.b.c")), STR("deep"));
    assert_null(json_path(c, "a.x.c"));
    assert_null(json_path(c, "id.x"));
    assert_null(json_get(NULL, "x"));
    assert_null(json_get(json_get(c, "turns"), "text"));
    assert_str(json_str(json_get(c, "")), STR("empty"));
    assert_true(json_is(json_get(c, "none"), JSON_NULL));
    assert_false(json_is(NULL, JSON_NULL));
    size_t count = 0;
    const char *expect[] = { "hi", "bye" };
    JSON_EACH(turn, json_get(c, "turns")) assert_str(json_str(json_get(turn, "text")), str_from(expect[count++]));
    assert_int_equal(count, 2);
    JSON_EACH(nothing, json_get(c, "id")) fail();
    JSON_EACH(nothing, json_get(c, "absent")) fail();
    const char *key[] = { "id", "closed", "a", "turns", "id", "none", "no", "" };
    count = 0;
    JSON_EACH(member, c) assert_str(member->key, str_from(key[count++]));
    assert_int_equal(count, 8);
    arena_clear(&arena);
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        Str json;
        bool whole;
        int64_t i64;
        bool real;
        double value;
    } row[] = {
        { TEXT("12"), true, 12, true, 12 },
        { TEXT("-12.9"), true, -12, true, -12.9 },
        { TEXT("-0.5"), true, 0, true, -0.5 },
        { TEXT("1e3"), true, 1000, true, 1000 },
        { TEXT("1.5e1"), true, 15, true, 15 },
        { TEXT("9007199254740993"), true, 9007199254740993, true, 9007199254740992.0 },
        { TEXT("9007199254740993.5"), true, 9007199254740993, true, 9007199254740993.5 },
        { TEXT("9223372036854775807"), true, INT64_MAX, true, 0x1p63 },
        { TEXT("9223372036854775808"), false, 0, true, 0x1p63 },
        { TEXT("-9223372036854775808"), true, INT64_MIN, true, -0x1p63 },
        { TEXT("1e19"), false, 0, true, 1e19 },
        { TEXT("-1e19"), false, 0, true, -1e19 },
        { TEXT("1e400"), false, 0, false, 0 },
        { TEXT("\"42\""), true, 42, true, 42 },
        { TEXT("\"4.75\""), true, 4, true, 4.75 },
        { TEXT("\"42 items\""), false, 0, false, 0 },
        { TEXT("\"\""), false, 0, false, 0 },
        { TEXT("null"), false, 0, false, 0 },
        { TEXT("true"), false, 0, false, 0 },
        { TEXT("[1]"), false, 0, false, 0 },
    };
    Arena arena = { 0 };
    for (size_t i = 0; i < COUNT(row); i++) {
        int64_t whole = 42;
        double real = 42;
        const Json *value = json_parse(row[i].json, &arena, NULL, NULL);
        assert_non_null(value);
        assert_int_equal(json_i64(value, &whole), row[i].whole);
        assert_true(whole == (row[i].whole ? row[i].i64 : 42));
        assert_int_equal(json_double(value, &real), row[i].real);
        assert_true(real == (row[i].real ? row[i].value : 42.0));
    }
    int64_t whole;
    assert_false(json_i64(NULL, &whole));
    arena_clear(&arena);
}

static void limits(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Buf buf = { 0 };
    Err err = { 0 };
    size_t at = 0;
    for (int deep = JSON_DEPTH_MAX - 1; deep <= JSON_DEPTH_MAX + 1; deep++) {
        for (int object = 0; object < 2; object++) {
            buf.len = 0;
            for (int i = 0; i < deep; i++) buf_add(&buf, object ? STR("{\"a\":") : STR("["));
            if (object) buf_lit(&buf, "1");
            for (int i = 0; i < deep; i++) buf_char(&buf, object ? '}' : ']');
            const Json *value = json_parse(buf_str(&buf), &arena, &at, &err);
            if (deep <= JSON_DEPTH_MAX) {
                assert_non_null(value);
            } else {
                assert_null(value);
                assert_int_equal(err.kind, ERR_LIMIT);
                assert_int_equal(at, JSON_DEPTH_MAX * (object ? 5 : 1));
            }
        }
    }
    buf.len = 0;
    for (int i = 0; i < 1000000; i++) buf_char(&buf, '['); /* no recursion to overflow */
    assert_null(json_parse(buf_str(&buf), &arena, &at, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    arena_reset(&arena);
    arena.budget = 100000;
    buf.len = 0;
    buf_char(&buf, '[');
    for (int i = 0; i < 100000; i++) buf_lit(&buf, "1,");
    buf_lit(&buf, "1]");
    assert_null(json_parse(buf_str(&buf), &arena, &at, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_true(arena.used < 101000);
    arena_clear(&arena);
    buf_clear(&buf);
}

/* Any bytes that are written as a JSON string come back, bad ones repaired; so do keys. */
static void written_comes_back(void **state)
{
    (void)state;
    Random random = random_start("json strings");
    Arena arena = { 0 };
    Buf buf = { 0 };
    for (int round = 0; round < 20000; round++) {
        char text[100];
        size_t len = random_below(&random, sizeof text), odd = 1 + random_below(&random, 30);
        for (size_t i = 0; i < len; i++)
            text[i] = (char)(random_below(&random, odd) ? ' ' + random_below(&random, 95) : random_below(&random, 256));
        Str s = { text, len };
        buf.len = 0;
        buf_char(&buf, '{');
        buf_json(&buf, s);
        buf_char(&buf, ':');
        buf_json(&buf, s);
        buf_char(&buf, '}');
        Str exact = { memcpy(arena_alloc(&arena, buf.len), buf.data, buf.len), buf.len };
        Err err = { 0 };
        const Json *value = json_parse(exact, &arena, NULL, &err);
        if (!value) fail_msg("%s", err.text);
        assert_str(value->first->key, utf8_repair(&arena, s));
        assert_str(value->first->text, utf8_repair(&arena, s));
        arena_reset(&arena);
    }
    arena_clear(&arena);
    buf_clear(&buf);
}

/* A tree by chance, as text, with white space by chance. */
static void write_tree(Random *random, Buf *buf, int depth)
{
    static const Str scalar[] = { TEXT("null"),    TEXT("true"), TEXT("false"),     TEXT("0"),
                                  TEXT("-1.5e-7"), TEXT("\"\""), TEXT("\"x\\ny\""), TEXT("\"\xC3\xBC\"") };
    if (random_below(random, 4) == 0) buf_lit(buf, " \n\t");
    size_t kind = depth > 5 ? 0 : random_below(random, 3);
    if (kind == 0) {
        buf_add(buf, scalar[random_below(random, COUNT(scalar))]);
    } else {
        buf_char(buf, kind == 1 ? '[' : '{');
        size_t count = random_below(random, 5);
        for (size_t i = 0; i < count; i++) {
            if (i) buf_char(buf, ',');
            if (kind == 2) buf_printf(buf, "\"k%zu\": ", i);
            write_tree(random, buf, depth + 1);
        }
        buf_char(buf, kind == 1 ? ']' : '}');
    }
    if (random_below(random, 4) == 0) buf_char(buf, '\r');
}

static void print_tree(Buf *buf, const Json *value)
{
    bool first = true;
    static const char *const word[] = { "null", "false", "true" };
    switch (value->type) {
    case JSON_NULL:
    case JSON_FALSE:
    case JSON_TRUE: buf_add(buf, str_from(word[value->type])); return;
    case JSON_NUMBER: buf_add(buf, value->text); return;
    case JSON_STRING: buf_json(buf, value->text); return;
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    }
    buf_char(buf, value->type == JSON_ARRAY ? '[' : '{');
    JSON_EACH(item, value)
    {
        if (!first) buf_char(buf, ',');
        first = false;
        if (value->type == JSON_OBJECT) {
            buf_json(buf, item->key);
            buf_char(buf, ':');
        }
        print_tree(buf, item);
    }
    buf_char(buf, value->type == JSON_ARRAY ? ']' : '}');
}

/* Outside of its strings (ours hold no blanks as such) the text without white space is the printed tree. */
static void trees_come_back(void **state)
{
    (void)state;
    Random random = random_start("json trees");
    Arena arena = { 0 };
    Buf text = { 0 }, tight = { 0 }, printed = { 0 };
    for (int round = 0; round < 3000; round++) {
        text.len = tight.len = printed.len = 0;
        write_tree(&random, &text, 0);
        for (size_t i = 0; i < text.len; i++)
            if (!ascii_space(text.data[i])) buf_char(&tight, text.data[i]);
        Err err = { 0 };
        const Json *value = json_parse(buf_str(&text), &arena, NULL, &err);
        if (!value) fail_msg("%.*s: %s", STR_ARG(buf_str(&text)), err.text);
        print_tree(&printed, value);
        assert_str(buf_str(&printed), buf_str(&tight));
        /* Cut anywhere it is refused, but where the value was complete. */
        Str cut = str_sub(buf_str(&tight), 0, random_below(&random, tight.len));
        if (cut.len && strchr("[{\"ntf", tight.data[0])) assert_null(json_parse(cut, &arena, NULL, NULL));
        arena_reset(&arena);
    }
    buf_clear(&text);
    buf_clear(&tight);
    buf_clear(&printed);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes),
        cmocka_unit_test(refuses),
        cmocka_unit_test(strings),
        cmocka_unit_test(reads_a_tree),
        cmocka_unit_test(numbers),
        cmocka_unit_test(limits),
        cmocka_unit_test(written_comes_back),
        cmocka_unit_test(trees_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
