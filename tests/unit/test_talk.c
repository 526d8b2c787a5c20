/* test_talk.c -- the plain-text conversation: turns, people, notes, titles, and what is no turn. */
#include "unit.h"

#include "import/formats.h"
#include "random.h"
#include "reading.h"

static void reads(Str bytes, const char *expected)
{
    Reading_ r = reading_of(&format_talk, bytes, NULL);
    assert_str(buf_str(&r.out), str_from(expected));
    buf_clear(&r.out);
}

static void reads_conversations(void **state)
{
    (void)state;
    static const struct {
        Str bytes;
        const char *expected;
    } row[] = {
        { TEXT("# channel: chat\n# started: 2026-03-02T09:15:00Z\n# customer: Dana Ruiz <dana@example.org>\n"
               "customer: I've been waiting nine days.\n"
               "agent Lena 00:41: I'm sorry about the wait.\n  I'll call the depot at four.\n"
               "agent Lena (note): she has a small child\n"
               "Dana: thanks: I will be in\n"),
          "== - chat 2026-03-02T09:15:00Z\n"
          "customer Dana Ruiz <dana@example.org>: I've been waiting nine days.\n"
          "agent Lena 41000: I'm sorry about the wait.|I'll call the depot at four.\n"
          "agent Lena (note): she has a small child\n"
          "customer Dana Ruiz <dana@example.org>: thanks: I will be in\n" },
        /* titles, drawn marks, facts, remarks, CRLF and no last line break */
        { TEXT("\r\n== one\r\ncustomer: sorry?\r\n          ~~~~~ customer.confused\r\n= outcome: resolved\r\n\r\n"
               "== two\r\n# id: T-7\r\n# a remark\r\nagent:    yes\r\n          ~~~ \xE2\x80\xA6"),
          "== - unknown\ncustomer: sorry?\n== T-7 unknown\nagent: yes\n" },
        /* times in every place; a colon in a text; hours */
        { TEXT("agent 1:02:03: a\nagent Lena (note) [00:05.250]: b\nagent 00:07 (doubtful): c\ncustomer: at 10:30: "
               "late\n"),
          "== - unknown\nagent 3723000: a\nagent Lena 5250 (note): b\nagent Lena 7000 (doubtful): c\ncustomer: at 10:30: "
          "late\n" },
        /* speakers without a role; two Lenas are nobody in particular */
        { TEXT("# agent: Lena Ortiz\n# agent: Lena Berg\nLena: a\nMr. Silva: b\nsupport agent Tom: c\nagent: d\n"),
          "== - unknown\nunknown Lena: a\nunknown Mr. Silva: b\nagent Tom: c\nagent: d\n" },
        /* paragraphs */
        { TEXT("customer:\n  Dear all,\n\n\n  where is it?\nagent: here\n"),
          "== - unknown\ncustomer: |Dear all,||where is it?\nagent: here\n" },
        /* what is no turn is refused by its line; the rest is read */
        { TEXT("  lost\ncustomer: a\nI need three things today, please: b\nno colon\nagent: c\n"),
          "!1 indented, but there is no turn that goes on\n"
          "!3 neither a turn (\"customer: \xE2\x80\xA6\") nor, since it is not indented, more of one: I need three "
          "things today, please: b\n"
          "!4 neither a turn (\"customer: \xE2\x80\xA6\") nor, since it is not indented, more of one: no colon\n"
          "== - unknown\ncustomer: a\nagent: c\n" },
        { TEXT("== nothing\n# channel: chat\n== something\nbot: x\n"),
          "!1 the conversation has no turns\n== - unknown\nbot: x\n" },
        { TEXT("# started: soon\nbot: x\n"), "?1 # started: not understood: soon\n== - unknown\nbot: x\n" },
        { TEXT("\n\n# only remarks\n"), "" },
        { TEXT(""), "" },
    };
    for (size_t i = 0; i < COUNT(row); i++) reads(row[i].bytes, row[i].expected);
}

static void cuts_before_the_last_title(void **state)
{
    (void)state;
    static const struct {
        Str bytes;
        size_t len, lines;
    } row[] = {
        { TEXT("== a\nbot: x\n== b\nbot: y\n"), 12, 2 },
        { TEXT("== a\nbot: x\n"), 0, 0 },
        { TEXT("== a\nbot: x\n==="), 0, 0 },
        { TEXT("a\n== b\n== c\n"), 7, 2 },
        { TEXT(""), 0, 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        uint64_t lines = 0;
        assert_int_equal(format_talk.cut(row[i].bytes, (Str){ 0 }, NULL, &lines), row[i].len);
        assert_int_equal(lines, row[i].lines);
    }
}

static void recognises(void **state)
{
    (void)state;
    static const struct {
        Str head;
        const char *name;
        bool is_talk;
    } row[] = {
        { TEXT("# channel: chat\ncustomer: a\n"), "x", true },
        { TEXT("Customer: a\nAgent: b\n"), "x.txt", true },
        { TEXT("Dana: a\nLena: b\n"), "x.talk", true },
        { TEXT("Dear all,\nthis is: a letter\n"), "x.txt", false },
        { TEXT("id,text\n1,agent: hello\n"), "x", false },
        { TEXT("{\"turns\": 1}\n"), "x", false },
        { TEXT("# Title\n\nSome words.\n"), "readme.md", false },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const Format *format = import_recognise(row[i].head, str_from(row[i].name), true);
        assert_int_equal(format == &format_talk, row[i].is_talk);
    }
}

static void comes_back(void **state)
{
    (void)state;
    Random random = random_start("random conversations as .talk");
    static const char *const WORD[] = { "no", "parcel:", "10:30", "\xC3\xA9t\xC3\xA9", "(note)", "~~~", "==",
                                        "#",  "agent",   "a\\b" };
    static const char *const ROLE[] = { "customer", "agent", "bot", "system" };
    for (int round = 0; round < 300; round++) {
        Buf talk = { 0 }, expected = { 0 };
        for (size_t c = 1 + random_below(&random, 4); c; c--) {
            buf_printf(&talk, "== case %zu\n# id: c%zu\n# channel: phone\n", c, c);
            buf_printf(&expected, "== c%zu phone\n", c);
            for (size_t t = 1 + random_below(&random, 5); t; t--) {
                const char *role = ROLE[random_below(&random, 4)];
                size_t minute = random_below(&random, 60), second = random_below(&random, 60);
                buf_printf(&talk, "%s %02zu:%02zu: ", role, minute, second);
                buf_printf(&expected, "%s %zu: ", role, (minute * 60 + second) * 1000);
                for (size_t line = 1 + random_below(&random, 3), first = line; line; line--) {
                    buf_add(&talk, line == first ? STR("word ") : STR("\n\tword "));
                    buf_add(&expected, line == first ? STR("word ") : STR("|word "));
                    for (size_t n = random_below(&random, 5); n; n--) {
                        const char *word = WORD[random_below(&random, COUNT(WORD))];
                        buf_printf(&talk, "%s ", word);
                        buf_printf(&expected, "%s ", word);
                    }
                    buf_lit(&talk, "end");
                    buf_lit(&expected, "end");
                }
                buf_lit(&talk, "\n");
                buf_lit(&expected, "\n");
            }
        }
        buf_char(&expected, 0);
        reads(buf_str(&talk), expected.data);
        buf_clear(&talk);
        buf_clear(&expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_conversations),
        cmocka_unit_test(cuts_before_the_last_title),
        cmocka_unit_test(recognises),
        cmocka_unit_test(comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
