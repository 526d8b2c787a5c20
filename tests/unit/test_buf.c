/* test_buf.c -- numbers, JSON, HTML and CSV as they are written; messages as they are kept. */
#include "unit.h"

#include <errno.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/utf8.h"
#include "random.h"

typedef void Writer(Buf *buf, Str s);

typedef struct Row {
    Str text, expect;
} Row;

static void check_rows(Writer *writer, const Row *row, size_t count)
{
    Buf buf = { 0 };
    for (size_t i = 0; i < count; i++) {
        buf.len = 0;
        writer(&buf, row[i].text);
        assert_str(buf_str(&buf), row[i].expect);
    }
    buf_clear(&buf);
    assert_null(buf.data);
}

static void json(void **state)
{
    (void)state;
    static const Row row[] = {
        { { NULL, 0 }, TEXT("\"\"") },
        { TEXT("plain"), TEXT("\"plain\"") },
        { TEXT("say \"no\" \\ ok"), TEXT("\"say \\\"no\\\" \\\\ ok\"") },
        { TEXT("\n\r\t\b\f"), TEXT("\"\\n\\r\\t\\b\\f\"") },
        { TEXT("\0\x01\x1f\x7f"), TEXT("\"\\u0000\\u0001\\u001f\x7f\"") },
        { TEXT("sixteen bytes or more, then \" at the end\""),
          TEXT("\"sixteen bytes or more, then \\\" at the end\\\"\"") },
        { TEXT("gr\xC3\xBC\xC3\x9F"
               "e \xF0\x9F\x98\x80"),
          TEXT("\"gr\xC3\xBC\xC3\x9F"
               "e \xF0\x9F\x98\x80\"") },
        { TEXT("a\xFF"
               "b"),
          TEXT("\"a\xEF\xBF\xBD"
               "b\"") },
        { TEXT("a\xFF\xFE\x80"
               "b\xC3"),
          TEXT("\"a\xEF\xBF\xBD"
               "b\xEF\xBF\xBD\"") },
        { TEXT("\xED\xA0\x80"), TEXT("\"\xEF\xBF\xBD\"") },
    };
    check_rows(buf_json, row, COUNT(row));
}

static void html(void **state)
{
    (void)state;
    static const Row row[] = {
        { TEXT("<b a=\"x\" c='y'>&</b>"), TEXT("&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;&lt;/b&gt;") },
        { TEXT("a\tb\nc\rd\x01"
               "e\x7f"
               "f\0"),
          TEXT("a\tb\ncdef") },
        { TEXT("\xC3\xBC"), TEXT("\xC3\xBC") },
        { TEXT(""), TEXT("") },
    };
    check_rows(buf_html, row, COUNT(row));
}

static void csv(void **state)
{
    (void)state;
    static const Row row[] = {
        { TEXT(""), TEXT("") },
        { TEXT("plain text"), TEXT("plain text") },
        { TEXT("a,b"), TEXT("\"a,b\"") },
        { TEXT("a \"b\" c"), TEXT("\"a \"\"b\"\" c\"") },
        { TEXT("\""), TEXT("\"\"\"\"") },
        { TEXT("two\nlines"), TEXT("\"two\nlines\"") },
        { TEXT("=1+1"), TEXT("'=1+1") },
        { TEXT("+cmd|' /C calc'!A0"), TEXT("'+cmd|' /C calc'!A0") },
        { TEXT("@SUM(A1,A2)"), TEXT("\"'@SUM(A1,A2)\"") },
        { TEXT("-note"), TEXT("'-note") },
        { TEXT("-"), TEXT("'-") },
        { TEXT("\tx"), TEXT("\"'\tx\"") },
        { TEXT("\rx"), TEXT("\"'\rx\"") },
        { TEXT("-12.5"), TEXT("-12.5") },
        { TEXT("+491234"), TEXT("+491234") },
        { TEXT("-1+1"), TEXT("'-1+1") },
        { TEXT(" padded "), TEXT("\" padded \"") },
    };
    check_rows(buf_csv, row, COUNT(row));
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        int value;
        const char *expect;
    } row[] = {
        { 0, "0" },     { 100, "1" },        { 85, "0.85" },
        { 80, "0.8" },  { 5, "0.05" },       { -5, "-0.05" },
        { -100, "-1" }, { 12345, "123.45" }, { INT32_MIN, "-21474836.48" },
    };
    Buf buf = { 0 };
    for (size_t i = 0; i < COUNT(row); i++) {
        buf.len = 0;
        buf_hundredths(&buf, row[i].value);
        assert_str(buf_str(&buf), str_from(row[i].expect));
    }
    buf.len = 0;
    buf_u64(&buf, UINT64_MAX);
    buf_char(&buf, ' ');
    buf_i64(&buf, INT64_MIN);
    buf_char(&buf, ' ');
    buf_i64(&buf, 0);
    assert_str(buf_str(&buf), STR("18446744073709551615 -9223372036854775808 0"));
    buf_clear(&buf);
}

static void grows(void **state)
{
    (void)state;
    Buf buf = { 0 };
    buf_add(&buf, (Str){ 0 });
    assert_int_equal(buf.len, 0);
    for (int i = 0; i < 5000; i++) buf_printf(&buf, "%d,", i);
    buf_add(&buf, buf_str(&buf)); /* of itself, while it moves */
    size_t half = buf.len / 2;
    assert_memory_equal(buf.data, buf.data + half, half);
    char expect[8] = "";
    for (size_t i = 0, at = 0; i < 5000; i++, at += strlen(expect)) {
        snprintf(expect, sizeof expect, "%zu,", i);
        assert_memory_equal(buf.data + at, expect, strlen(expect));
    }
    static char big[100000];
    memset(big, 'x', sizeof big - 1);
    buf.len = 0;
    buf_printf(&buf, "<%s>", big);
    assert_int_equal(buf.len, sizeof big + 1);
    assert_int_equal(buf.data[buf.len - 1], '>');
    buf_clear(&buf);
}

/* Written byte for byte, without looking ahead: the slow way that the fast one must equal. */
static void json_slowly(Buf *buf, Arena *arena, Str s)
{
    s = utf8_repair(arena, s);
    buf_char(buf, '"');
    for (size_t i = 0; i < s.len; i++) {
        static const char pair[] = "\"\"\\\\\nn\rr\tt\bb\ff";
        const char *at = NULL;
        for (size_t k = 0; k + 1 < sizeof pair; k += 2)
            if (pair[k] == s.data[i]) at = pair + k;
        if (at)
            buf_printf(buf, "\\%c", at[1]);
        else if ((unsigned char)s.data[i] < 0x20)
            buf_printf(buf, "\\u%04x", (unsigned)s.data[i]);
        else
            buf_char(buf, s.data[i]);
    }
    buf_char(buf, '"');
}

static void json_equals_the_slow_way(void **state)
{
    (void)state;
    Random random = random_start("buf_json");
    Arena arena = { 0 };
    Buf fast = { 0 }, slow = { 0 };
    for (int round = 0; round < 20000; round++) {
        char text[80];
        size_t len = random_below(&random, sizeof text), odd = 1 + random_below(&random, 40);
        for (size_t i = 0; i < len; i++)
            text[i] = (char)(random_below(&random, odd) ? 'a' : random_below(&random, 256));
        fast.len = slow.len = 0;
        char *exact = arena_alloc(&arena, len); /* so that the sanitizer sees a read past the end */
        memcpy(exact, text, len);
        buf_json(&fast, (Str){ exact, len });
        json_slowly(&slow, &arena, (Str){ text, len });
        assert_str(buf_str(&fast), buf_str(&slow));
        arena_reset(&arena);
    }
    buf_clear(&fast);
    buf_clear(&slow);
    arena_clear(&arena);
}

static void errors_are_one_line(void **state)
{
    (void)state;
    Err err = { .hint = "old" };
    assert_false(err_set(&err, ERR_INPUT, "%s line %d: odd", "a\nb\x1b[31m\xFF\xC2\x9B", 3));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.text, "a b [31m?? line 3: odd");
    assert_string_equal(err.hint, "");
    err_hint(&err, "Try %s.", "again");
    assert_string_equal(err.hint, "Try again.");
    err_set(&err, ERR_LIMIT, "again: %s", err.text); /* from itself */
    assert_string_equal(err.text, "again: a b [31m?? line 3: odd");
    assert_false(err_set(NULL, ERR_INPUT, "nobody asks"));
    errno = ENOENT;
    err_system(&err, "cannot open", "lost.csv");
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_string_equal(err.text, "cannot open lost.csv: No such file or directory");
    /* Cut at the end of the buffer, never inside a character. */
    for (size_t pad = 0; pad < 8; pad++) {
        char name[1200];
        memset(name, 'x', pad);
        for (size_t at = pad; at + 4 < sizeof name; at += 4) memcpy(name + at, "\xF0\x9F\x98\x80", 5);
        err_set(&err, ERR_INPUT, "%s", name);
        assert_true(utf8_valid(str_from(err.text)));
        assert_null(strchr(err.text, '?'));
        assert_true(strlen(err.text) > sizeof err.text - 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json),
        cmocka_unit_test(html),
        cmocka_unit_test(csv),
        cmocka_unit_test(numbers),
        cmocka_unit_test(grows),
        cmocka_unit_test(json_equals_the_slow_way),
        cmocka_unit_test(errors_are_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
