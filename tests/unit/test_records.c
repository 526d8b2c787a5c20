/* test_records.c -- records in every wrapping: which are found, on which lines, in which groups; and shapes at a
 * glance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump.h"
#include "import/records.h"
#include "import/shape.h"

/* Tells each record as "line:n" (or "line:n/u" with what stood around it), groups in brackets; n < 0 stops the reading.
 */
static bool no_conversation(ImportSink *sink, Conversation *c)
{
    (void)sink, (void)c;
    return true;
}

static bool tell(const ImportBlock *block, ImportSink *sink, Arena *scratch, const Record *record, size_t count)
{
    Buf *out = ((DumpSink *)sink)->out;
    int64_t n = 0;
    (void)block, (void)scratch;
    if (count > 1) buf_lit(out, "[");
    for (size_t i = 0; i < count; i++) {
        if (!json_i64(json_get(record[i].json, "n"), &n)) n = 0;
        buf_printf(out, "%s%" PRIu64 ":%" PRId64, i ? " " : "", record[i].line, n);
        if (record[i].around) buf_printf(out, "/%.*s", STR_ARG(json_scalar(json_get(record[i].around, "u"))));
        if (record[i].prepared) buf_printf(out, "%s", (const char *)record[i].prepared);
    }
    buf_add(out, count > 1 ? STR("] ") : STR(" "));
    return n >= 0;
}

static bool by_g(const Record *record, Arena *arena, Str *key)
{
    (void)arena;
    *key = json_scalar(json_get(record->json, "g"));
    return key->len > 0;
}

static const void *prepare(const Json *around, Arena *arena) { return arena_printf(arena, "(%u)", around->count).data; }

static const char *const LISTS[] = { "list", "data", NULL };
static const RecordReader PLAIN = { .read = tell }, LISTED = { .lists = LISTS, .read = tell },
                          GROUPED = { .lists = LISTS, .read = tell, .group = by_g, .prepare = prepare };

static const struct {
    const char *name, *text;
    const RecordReader *reader;
    const char *expect;
} CASES[] = {
    { "one", "{\"n\":1}", &PLAIN, "1:1 " },
    { "printed over lines, one behind the other", "\n{\n\"n\":1\n}\n\n{\"n\":2} {\"n\":3}", &PLAIN, "2:1 6:2 6:3 " },
    { "a list", "[{\"n\":1},\n{\"n\":2}\n]", &PLAIN, "1:1 2:2 " },
    { "an empty list, an empty file", "[ ]  ", &PLAIN, "" },
    { "a wrapped list, with what stands on both sides", "{\"u\":7,\"list\":[{\"n\":1},\n{\"n\":2}],\"v\":8}", &LISTED,
      "1:1/7 2:2/7 " },
    { "a name that is no list; a list that is empty", "{\"list\":5,\"n\":3}\n{\"list\":[]}", &LISTED, "1:3 " },
    { "the second name; brackets and quotes in strings",
      "{\"a\\\"]}\":\"[{\\\\\",\"data\":[{\"n\":1,\"t\":\"}]\\\"\"}]}", &LISTED, "1:1/ " },
    { "groups come after, in the order of their first",
      "{\"n\":1,\"g\":\"b\"}\n{\"n\":2,\"g\":\"a\"}\n{\"n\":3}\n{\"n\":4,\"g\":\"b\"}\n", &GROUPED,
      "3:3 [1:1 4:4] 2:2 " },
    { "groups over two wrapped lists",
      "{\"u\":1,\"list\":[{\"n\":1,\"g\":1}]}\n{\"list\":[{\"n\":2,\"g\":1}],\"u\":2,\"v\":3}", &GROUPED,
      "[1:1/1(1) 2:2/2(2)] " },
    { "a broken line costs itself", "{\"n\":1}\n{\"n\":2,\"t\":\"cut\n{\"n\":3}\n{\"n\":4\n{\"n\":5}\n", &PLAIN,
      "1:1 ! line 2: the line ends within a string of the json\n3:3 5:5 " },
    { "a record that is no JSON inside", "[{\"n\":1},{\"n\":tru},{\"n\":3}]", &PLAIN,
      "1:1 ! line 1: the json has something that is no value\n1:3 " },
    { "a list that is broken ends the reading of it", "[{\"n\":1} {\"n\":2}]", &PLAIN,
      "1:1 ! line 1: a comma was expected here\n" },
    { "a list cut off", "{\"u\":1,\"list\":[{\"n\":1},{\"n\":2,", &LISTED,
      "1:1/1 ! line 1: the json ends too early\n" },
    { "a list cut off between two", "[{\"n\":1},", &PLAIN, "1:1 ! line 1: the list ends in the middle\n" },
    { "what is no object", "[1,\"x\",null,[{\"n\":1}],{\"n\":2}]", &PLAIN,
      "! line 1: an object was expected here\n! line 1: an object was expected here\n! line 1: an object was expected here\n"
      "! line 1: an object was expected here\n1:2 " },
    { "words between records", "hello\n{\"n\":1}\n]\n{\"n\":2}", &PLAIN,
      "! line 1: a record that begins with '{' was expected here\n2:1 ! line 3: a record that begins with '{' was expected here\n4:2 " },
    { "brackets that do not fit", "{\"n\":[1}]\n{\"n\":2}", &PLAIN,
      "! line 1: the json has no comma or closing mark after a value\n2:2 " },
    { "a byte order mark", "\xEF\xBB\xBF{\"n\":1}", &PLAIN, "1:1 " },
    { "the sink stops", "{\"n\":1}\n{\"n\":-1}\n{\"n\":3}", &PLAIN, "1:1 2:-1 stopped" },
};

static void told(const char *text, const RecordReader *reader, Buf *out)
{
    DumpSink sink = { .sink = { no_conversation, dump_reject }, .out = out };
    Arena scratch = { 0 };
    Err err = { 0 };
    ImportBlock block = { .file = STR("x"), .bytes = str_from(text), .line = 1, .whole = true, .format = "x" };
    if (!records_read(&block, &sink.sink, &scratch, reader, &err)) buf_lit(out, "stopped");
    arena_clear(&scratch);
}

static void cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        Buf out = { 0 };
        told(CASES[i].text, CASES[i].reader, &out);
        if (!str_equal(buf_str(&out), str_from(CASES[i].expect)))
            fail_msg("%s:\n-- expected\n%s\n-- got\n%.*s", CASES[i].name, CASES[i].expect, (int)out.len,
                     out.data ? out.data : "");
        buf_clear(&out);
    }
}

/* Files made to be slow: each must take time that grows with its length alone, or this test takes minutes. */
static void no_long_looks(void **state)
{
    enum { COUNT_OF_PARTS = 300000 };
    static const char *const part[] = {
        "{\"n\":", "[",    "{\"list\":[", "\"", "{\"g\":\"k\",\"n\":1}\n", "{\"list\":[{\"g\":1}],\"u\":[1,2,3]}",
        "x\n",     "{\"\n"
    };
    (void)state;
    for (size_t i = 0; i < COUNT(part); i++) {
        Buf text = { 0 }, out = { 0 };
        for (size_t k = 0; k < COUNT_OF_PARTS; k++) buf_add(&text, str_from(part[i]));
        buf_char(&text, 0);
        told(text.data, &GROUPED, &out);
        buf_clear(&text);
        buf_clear(&out);
    }
}

static void marks(void **state)
{
    static const char *const mark[] = { "a", "a.b", "a.b.c", "type=x", "a.type=x", "b" };
    static const struct {
        const char *text;
        uint32_t seen;
    } row[] = {
        { "{\"a\":1", 1 },
        { "[{\"a\":{\"b\":[[{\"c\":", 1 | 2 | 4 },
        { "{\"a\":[1,{\"x\":{\"b\":1}},{\"b\":2}],\"b\":\"", 1 | 2 | 32 },
        { "{\"type\":\"x\"}\n{\"a\":{\"type\":\"y\"}}", 8 | 1 },
        { "{\"a\" : {\"type\" : \"x\"}}", 1 | 16 },
        { "{\"x\":\"a\",\"y\":[\"b\",\"a\"]}", 0 },
        { "{\"x\":\"\\\"\\\\\",\"a\":\"b\":\"c\"", 1 },
        { "{\"x\":{\"y\":\"cut\n{\"a\":{\"b\":1}}", 1 | 2 }, /* a broken first line */
        { "a: b", 0 },
        { "\"a\"", 0 },
        { "", 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(row); i++)
        assert_int_equal(shape_marks(str_from(row[i].text), mark, COUNT(mark)), row[i].seen);
    Buf deep = { 0 };
    for (int i = 0; i < 200; i++) buf_lit(&deep, "{\"a\":");
    assert_int_equal(shape_marks(buf_str(&deep), mark, COUNT(mark)), 1);
    buf_clear(&deep);
}

static void lines(void **state)
{
    bool more;
    (void)state;
    assert_true(shape_is_line(STR("{\"a\":1}"), &more) && !more);
    assert_true(shape_is_line(STR("{\"a\":1}\n{\"b\""), &more) && more);
    assert_true(shape_is_line(STR("{\"a\":[1,2"), &more) && !more);
    assert_true(shape_is_line(STR("{\"a\":\"cut\n{\"b\":1}\n{\"c\":1}"), &more) && more); /* the first is broken */
    assert_false(shape_is_line(STR("{\n\"a\":1}\n{"), &more));
    assert_false(shape_is_line(STR("{\"a\":[\n{\"b\":1},\n{\"b\":2}\n]}"), &more));
    assert_false(shape_is_line(STR("[{\"a\":1}]"), &more));
    assert_false(shape_is_line(STR(""), &more));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases),
        cmocka_unit_test(no_long_looks),
        cmocka_unit_test(marks),
        cmocka_unit_test(lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
