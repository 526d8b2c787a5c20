/* test_jsonl.c -- our own JSON forms: what is read, what is refused, and that what was printed comes back equal. */
#include "unit.h"

#include "import/formats.h"
#include "random.h"
#include "reading.h"

static void reads(const Format *format, Str bytes, const char *expected)
{
    Reading_ r = reading_of(format, bytes, NULL);
    assert_str(buf_str(&r.out), str_from(expected));
    buf_clear(&r.out);
}

static void reads_lines(void **state)
{
    (void)state;
    static const struct {
        Str bytes;
        const char *expected;
    } row[] = {
        /* all members */
        { TEXT("{\"id\":\"c1\",\"channel\":\"chat\",\"started_at\":\"2026-03-02T09:15:00+02:00\",\"source\":\"talk\","
               "\"participants\":[{\"id\":\"p1\",\"role\":\"customer\",\"name\":\"Dana Ruiz\",\"email\":\"d@x.org\"},"
               "{\"id\":\"p2\",\"role\":\"agent\",\"name\":\"Lena\",\"email\":null}],"
               "\"turns\":[{\"participant\":\"p1\",\"role\":\"customer\",\"at\":0,\"text\":\"nine "
               "days\",\"public\":true},"
               "{\"participant\":\"p2\",\"role\":\"agent\",\"at\":41000,\"text\":\"sorry\",\"public\":true},"
               "{\"participant\":\"p2\",\"role\":\"agent\",\"at\":null,\"text\":\"a small "
               "child\",\"public\":false}]}\n"),
          "== c1 chat 2026-03-02T09:15:00+02:00\n"
          "customer Dana Ruiz <d@x.org> 0: nine days\n"
          "agent Lena 41000: sorry\n"
          "agent Lena (note): a small child\n" },
        /* a bare role and text are enough */
        { TEXT("{\"turns\":[{\"role\":\"user\",\"text\":\"hi\"},{\"role\":\"assistant\",\"text\":\"hello\"}]}"),
          "== - unknown\ncustomer: hi\nagent: hello\n" },
        /* participants may be listed after the turns that name them, by id or by name */
        { TEXT("{\"id\":7,\"turns\":[{\"speaker\":\"1\",\"text\":\"a\"},{\"speaker\":\"Lena\",\"text\":\"b\"}],"
               "\"participants\":[{\"id\":1,\"role\":\"end-user\"},{\"id\":2,\"role\":\"admin\",\"name\":\"Lena\"}]}"),
          "== 7 unknown\ncustomer 1: a\nagent Lena: b\n" },
        /* an empty or missing text keeps its place; a role that is none names the speaker */
        { TEXT("{\"turns\":[{\"role\":\"A\",\"text\":\"\"},{\"role\":\"B\"},{\"role\":\"A\",\"text\":null}]}"),
          "== - unknown\nunknown A: \nunknown B: \nunknown A: \n" },
        /* a role told once holds for the speaker's other turns, earlier ones too */
        { TEXT("{\"turns\":[{\"speaker\":\"X\",\"text\":\"a\"},{\"speaker\":\"X\",\"role\":\"bot\",\"text\":\"b\"}]}"),
          "== - unknown\nbot X: a\nbot X: b\n" },
        /* escapes, a pair of surrogates, half of one, a NUL */
        { TEXT("{\"turns\":[{\"role\":\"agent\",\"text\":\"a\\nb\\u00e9\\ud83d\\ude00\\ud83d\\u0000\\\"\\\\\\/\"}]}"),
          "== - unknown\nagent: a|b\xC3\xA9\xF0\x9F\x98\x80\xEF\xBF\xBD \"\\/\n" },
        /* times as points in time are reckoned from the first */
        { TEXT("{\"turns\":[{\"role\":\"agent\",\"at\":\"2026-03-02T09:00:00Z\",\"text\":\"a\"},"
               "{\"role\":\"agent\",\"at\":\"2026-03-02T09:00:02.5Z\",\"text\":\"b\"}]}"),
          "== - unknown 2026-03-02T09:00:00Z\nagent 0: a\nagent 2500: b\n" },
        /* blank lines and CRLF; a bad line costs itself alone */
        { TEXT("{\"id\":\"1\",\"turns\":[{\"role\":\"agent\",\"text\":\"a\"}]}\r\n\r\n  \n"
               "{\"id\":\"2\",\"turns\":[{\"role\":\"agent\",\"text\":\"a\"}\n"
               "{\"id\":\"3\",\"turns\":[]}\n"
               "[1]\n"
               "{\"id\":\"4\",\"turns\":[{\"role\":\"agent\",\"text\":\"b\"}]} x\n"
               "{\"id\":\"5\",\"turns\":[{\"role\":\"agent\",\"text\":\"a\tb\"}]}\n"
               "{\"id\":\"6\",\"turns\":[{\"role\":\"agent\",\"text\":\"c\"}],\"n\":01}\n"
               "{\"id\":\"7\",\"turns\":[{\"role\":\"agent\",\"text\":\"last\"}]}"),
          "== 1 unknown\nagent: a\n"
          "!4 the text ends inside a value\n"
          "!5 conversation 3 has no turns\n"
          "!6 an object is wanted here\n"
          "!7 something follows the object on its line\n"
          "!8 a string is not closed or holds a control character\n"
          "!9 this is no JSON value\n"
          "== 7 unknown\nagent: last\n" },
        { TEXT("{\"id\":\"1\",\"started_at\":\"soon\",\"turns\":[{\"role\":\"agent\",\"text\":\"a\"}]}"),
          "?1 started_at is not understood and left out\n== 1 unknown\nagent: a\n" },
        { TEXT("{\"id\":\"1\",\"started_at\":1772442900,\"turns\":[{\"role\":\"agent\",\"text\":\"\xff\xfe!\"}]}"),
          "== 1 unknown 2026-03-02T09:15:00Z\nagent: \xEF\xBF\xBD!\n" },
        /* what hear itself prints is read again */
        { TEXT("{\"id\":\"c\",\"source\":{\"file\":\"a\",\"line\":1},\"speakers\":\"given\",\"turns\":[{"
               "\"participant\":null,"
               "\"role\":\"agent\",\"at\":null,\"text\":\"a\",\"public\":true}],\"reading\":{\"outcome\":null},"
               "\"marks\":[]}"),
          "== c unknown\nagent: a\n" },
    };
    for (size_t i = 0; i < COUNT(row); i++) reads(&format_jsonl, row[i].bytes, row[i].expected);
}

static void reads_documents(void **state)
{
    (void)state;
    static const struct {
        Str bytes;
        const char *expected;
    } row[] = {
        { TEXT("{\n \"id\": \"1\",\n \"turns\": [\n  {\"role\": \"agent\", \"text\": \"a\"}\n ]\n}\n"),
          "== 1 unknown\nagent: a\n" },
        { TEXT("[\n {\"id\":\"1\",\"turns\":[{\"role\":\"agent\",\"text\":\"a\"}]},\n null,\n"
               " {\"id\":\"2\",\"turns\":[3]},\n {\"id\":\"3\",\"turns\":[{\"role\":\"agent\",\"text\":\"b\"}]}\n]"),
          "== 1 unknown\nagent: a\n!3 an object is wanted here\n!4 an object is wanted here\n== 3 unknown\nagent: "
          "b\n" },
        { TEXT("{\"exported\": \"today\", \"conversations\": "
               "[{\"id\":\"1\",\"turns\":[{\"role\":\"agent\",\"text\":\"a\"}]}],"
               "\"more\": {\"a\": [1, -2.5e3, true, false, null]}}"),
          "== 1 unknown\nagent: a\n" },
        /* broken off: what stood before is read */
        { TEXT("[\n {\"id\":\"1\",\"turns\":[{\"role\":\"agent\",\"text\":\"a\"}]},\n {\"id\":\"2\",\"tur"),
          "== 1 unknown\nagent: a\n!3 a string is not closed or holds a control character\n"
          "!3 a string is not closed or holds a control character; nothing is read behind it\n" },
    };
    for (size_t i = 0; i < COUNT(row); i++) reads(&format_json, row[i].bytes, row[i].expected);
}

static void recognises(void **state)
{
    (void)state;
    static const struct {
        Str head;
        const Format *format;
    } row[] = {
        { TEXT("{\"id\":\"1\",\"turns\":[{\"role\":\"agent\",\"text\":\"a\"}]}\n"), &format_jsonl },
        { TEXT("{\"turns\":[{\"speaker\":\"agent\",\"te"), &format_jsonl },
        { TEXT("broken {\n{\"id\":\"1\",\"turns\":[{\"role\":\"agent\",\"text\":\"a\"}]}\n"), &format_jsonl },
        { TEXT("{\n\"id\":\"1\",\n\"turns\":[{\"role\":\"agent\",\"text\":\"a\"}]}\n"), &format_json },
        { TEXT("[{\"id\":\"1\",\"turns\":[{\"role\":\"agent\",\"text\":\"a\"}]}"), &format_json },
        { TEXT("{\"conversations\":[{\"turns\":[{\"role\":\"agent\",\"text\":\"a\"}]}]}"), &format_json },
        { TEXT("{\"id\":\"1\",\"turns\":[{\"role\":\"agent\",\"text\":\"a\",\"labels\":[]}]}\n"), &format_gold },
        { TEXT("{\"id\":\"1\",\"comments\":[]}\n"), NULL },
        { TEXT("{}"), NULL },
        { TEXT(""), NULL },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        assert_ptr_equal(import_recognise(row[i].head, STR("x"), true), row[i].format);
}

static void stops_when_told(void **state)
{
    (void)state;
    Str bytes =
        STR("{\"turns\":[{\"text\":\"a\",\"role\":\"agent\"}]}\n{\"turns\":[{\"text\":\"b\",\"role\":\"agent\"}]}\n");
    Reading_ r = reading_start();
    r.stop_after = 1;
    Arena scratch = { 0 };
    Err err = { 0 };
    ImportBlock block = { .file = STR("f"), .bytes = bytes, .line = 1, .format = "jsonl" };
    assert_false(format_jsonl.read(&block, &r.sink, &scratch, &err));
    assert_int_equal(err.kind, ERR_NONE);
    assert_int_equal(r.conversations, 1);
    arena_clear(&scratch);
    buf_clear(&r.out);
}

static void nests_no_deeper_than_it_says(void **state)
{
    (void)state;
    Buf bytes = { 0 };
    buf_lit(&bytes, "{\"turns\":");
    for (int i = 0; i < 100000; i++) buf_char(&bytes, '[');
    reads(&format_jsonl, buf_str(&bytes), "!1 an object is wanted here\n");
    bytes.len = 0;
    buf_lit(&bytes, "{\"x\":");
    for (int i = 0; i < 100000; i++) buf_char(&bytes, '[');
    reads(&format_jsonl, buf_str(&bytes), "!1 nested too deep\n");
    buf_clear(&bytes);
}

/* ---- What was printed comes back. ---- */

static void random_text(Random *random, Buf *ret)
{
    static const char *const PIECE[] = {
        "a",        "the parcel",       " ", "\"", "\\", "\n",   "\t",           "\r",
        "\xC3\xA9", "\xF0\x9F\x98\x80", "{", "]",  ",",  "\x01", "\xE2\x80\xA8", "0123456789abcdef"
    };
    for (size_t n = random_below(random, 12); n; n--) buf_add(ret, str_from(PIECE[random_below(random, COUNT(PIECE))]));
}

static void comes_back(void **state)
{
    (void)state;
    Random random = random_start("random conversations as JSON Lines");
    static const char *const ROLE[] = { "customer", "agent", "bot", "system" };
    for (int round = 0; round < 300; round++) {
        Buf json = { 0 }, expected = { 0 }, text = { 0 };
        size_t conversations = 1 + random_below(&random, 5);
        for (size_t c = 0; c < conversations; c++) {
            buf_printf(&json, "{\"id\":\"c%zu\",\"channel\":\"email\",\"turns\":[", c);
            buf_printf(&expected, "== c%zu email\n", c);
            size_t turns = 1 + random_below(&random, 6);
            for (size_t t = 0; t < turns; t++) {
                text.len = 0;
                random_text(&random, &text);
                const char *role = ROLE[random_below(&random, 4)];
                uint64_t at = random_below(&random, 100000);
                buf_printf(&json, "%s{\"role\":\"%s\", \"at\":%llu ,\"text\":", t ? "," : "", role,
                           (unsigned long long)at);
                buf_json(&json, buf_str(&text));
                buf_lit(&json, "}");
                buf_printf(&expected, "%s %llu: ", role, (unsigned long long)at);
                reading_text(&expected, buf_str(&text));
                buf_char(&expected, '\n');
            }
            buf_lit(&json, "]}\n");
        }
        reads(&format_jsonl, buf_str(&json), (buf_char(&expected, 0), expected.data));
        buf_clear(&json);
        buf_clear(&expected);
        buf_clear(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lines),
        cmocka_unit_test(reads_documents),
        cmocka_unit_test(recognises),
        cmocka_unit_test(stops_when_told),
        cmocka_unit_test(nests_no_deeper_than_it_says),
        cmocka_unit_test(comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
