/* test_captions.c -- WebVTT and SRT in, turns out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "import/speaker.h"
#include "reader_case.h"

typedef struct Row {
    const char *what;
    Str in;
    const char *out;
} Row;

#define T1 "00:00:01.000 --> 00:00:02.000\n"

static const Row VTT[] = {
    { "voices, joined when at most two seconds apart",
      STR("WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v Ana Lima>Good morning,\n\n2\n00:04.000 --> 00:05.000\n<v Ana "
          "Lima>how "
          "can I help?</v>\n\n3\n00:07.001 --> 00:08.000\n<v Ana Lima>Hello?</v>\n\n00:08.500 --> 00:09.000\n<v.loud "
          "Bo>Yes."),
      "= phone -\nunknown Ana Lima 1000-5000: Good morning, how can I help?\nunknown Ana Lima 7001-8000: Hello?\n"
      "unknown Bo 8500-9000: Yes.\n" },
    { "a voice counts for its own cue only", STR("WEBVTT\n\n" T1 "<v Ana>One.\n\n" T1 "Two.\n"),
      "= phone -\nunknown Ana 1000-2000: One.\nunknown 1000-2000: Two.\n" },
    { "names before the text, as Zoom writes them; a clock is none",
      STR("WEBVTT\n\n1\n" T1 "Ana Lima: Is it\nready?\n\n2\n" T1 "10:30 Meeting: not yet\n\n3\n" T1 "Bo: It is.\n"),
      "= phone -\nunknown Ana Lima 1000-2000: Is it ready?\nunknown 1000-2000: 10:30 Meeting: not yet\n"
      "unknown Bo 1000-2000: It is.\n" },
    { "names that say a role",
      STR("WEBVTT\n\n" T1 "<v Agent 1>Hi\n\n" T1 "customer: hello\n\n" T1 "Eva (support): hm\n"),
      "= phone -\nagent Agent 1 1000-2000: Hi\ncustomer customer 1000-2000: hello\nagent Eva (support) 1000-2000: "
      "hm\n" },
    { "what looks like a name once among many cues is none",
      STR("WEBVTT\n\n" T1 "We met.\n\n" T1 "Then it rained.\n\n" T1 "Remember: keep the box.\n\n" T1 "And so on.\n\n" T1
          "That was all.\n"),
      "= phone -\nunknown 1000-2000: We met.\nunknown 1000-2000: Then it rained.\nunknown 1000-2000: Remember: keep "
      "the "
      "box.\nunknown 1000-2000: And so on.\nunknown 1000-2000: That was all.\n" },
    { "two voices in one cue", STR("WEBVTT\n\n" T1 "<v Ana>Ready?</v> <v Bo>Yes.</v>\n"),
      "= phone -\nunknown Ana 1000-2000: Ready?\nunknown Bo 1000-2000: Yes.\n" },
    { "dashes are speakers that nobody names", STR("WEBVTT\n\n" T1 "- Ready?\n- Yes,\nI am.\n\n" T1 "- alone\n"),
      "= phone -\nunknown 1000-2000: Ready?\nunknown 1000-2000: Yes, I am.\nunknown 1000-2000: - alone\n" },
    { "marks of change carry a name", STR("WEBVTT\n\n" T1 ">> Ana: One.\n\n" T1 "Two.\n\n" T1 "&gt;&gt; Three.\n"),
      "= phone -\nunknown Ana 1000-2000: One. Two.\nunknown 1000-2000: Three.\n" },
    { "tags, references, an escaped voice",
      STR("WEBVTT\n\n" T1
          "<i.x>a</i> <00:01.500>b <c.red>&amp;amp</c> &lt;v Bo&gt; <lang en>c</lang> &#x41;&#66;&bogus; 5 < 6\n"),
      "= phone -\nunknown 1000-2000: a b &amp <v Bo> c AB&bogus; 5 < 6\n" },
    { "comments, styles, regions, ids, settings",
      STR("WEBVTT - kind\nX: y\n\nNOTE\none --\n\nSTYLE\n::cue { a: b }\n\nREGION\nid:x\n\nid one\n00:00.000 --> "
          "00:01.000 "
          "align:start line:0\nfirst\n\nNOTE a\n00:02.000 --> 00:03.000\nsecond\n"),
      "= phone -\nunknown 0-1000: first\nunknown 2000-3000: second\n" },
    { "a cue may begin in the header's lines and end at the next arrow",
      STR("WEBVTT\n00:00.000 --> 00:01.000\none\n00:01.000 --> 00:02.000\ntwo\n-->\n00:02.000 --> 00:03.000\nthree"),
      "! 6: a cue's times cannot be read: -->\n= phone -\nunknown 0-1000: one\nunknown 1000-2000: two\nunknown "
      "2000-3000: "
      "three\n" },
    { "byte order mark, every kind of line end, NUL",
      STR("\xEF\xBB\xBFWEBVTT\r\r\n00:00.000 --> 00:01.000\r\none\r\n\r\n00:01.000 --> 00:02.000\rt\0wo\r\r"
          "00:02.000 --> 00:03.000\nthree"),
      "= phone -\nunknown 0-1000: one\nunknown 1000-2000: t\xEF\xBF\xBDwo\nunknown 2000-3000: three\n" },
    { "times as the specification has them",
      STR("WEBVTT\n\n123:00:00.000-->123:00:01.000\na\n\n\f60:00.000 --> 00:01.000\nno\n\n00:60.000 --> "
          "00:01.000\nno\n\n1:00.000 "
          "--> 00:02.000\nno\n\n00:00.00 --> 00:01.000\nno\n\n00:00,000 --> 00:01,000\nno\n\n00:05.000 --> "
          "00:04.000x\nb\n\n"
          "\v00:00.000 --> 00:01.000\nno\n\n0:00:01.000 --> 0:00:02.000\nc\n"),
      "! 6: a cue's times cannot be read:  60:00.000 --> 00:01.000\n! 9: a cue's times cannot be read: 00:60.000 --> "
      "00:01.000\n! 12: a cue's times cannot be read: 1:00.000 --> 00:02.000\n! 15: a cue's times cannot be read: "
      "00:00.00 "
      "--> 00:01.000\n! 18: a cue's times cannot be read: 00:00,000 --> 00:01,000\n! 24: a cue's times cannot be read: "
      " 00:00.000 --> 00:01.000\n= phone -\nunknown 1000-2000: c\nunknown 5000: b\nunknown 442800000-442801000: a\n" },
    { "out of order", STR("WEBVTT\n\n00:05.000 --> 00:06.000\nlate\n\n00:01.000 --> 00:02.000\nearly\n"),
      "= phone -\nunknown 1000-2000: early\nunknown 5000-6000: late\n" },
    { "no cue", STR("WEBVTT\n"), "! 1: the conversation has no turns\n" },
    { "not WebVTT", STR("WEBVTTX\n\n" T1 "a\n"), "! 1: not WebVTT: the first line is not WEBVTT\n" },
    { "a sound is nobody's words, a redacted turn is somebody's",
      STR("WEBVTT\n\n" T1 "[dial tone]\n\n" T1 "<v Bo>[PII]\n"),
      "= phone -\nsystem 1000-2000: [dial tone]\nunknown Bo 1000-2000: [PII]\n" },
};

static const Row SRT[] = {
    { "names are carried over notes and cues without one",
      STR("1\n00:00:00,500 --> 00:00:02,000\n>> EVA: Hello, this is Eva.\n\n2\n00:00:02,000 --> 00:00:04,000\nWhat "
          "can\nI "
          "do?\n\n3\n00:00:04,000 --> 00:00:05,000\n[beep]\n\n4\n00:00:09,000 --> "
          "00:00:10,000\nHello?\n\n5\n00:00:11,000 --> "
          "00:00:12,000\n>> OLE: Here."),
      "= phone -\nunknown EVA 500-4000: Hello, this is Eva. What can I do?\nsystem 4000-5000: [beep]\nunknown EVA "
      "9000-10000: Hello?\nunknown OLE 11000-12000: Here.\n" },
    { "loose files: dots, no hours, no numbers, no empty lines, places, CRLF, a byte order mark",
      STR("\xEF\xBB\xBF"
          "00:01.5 --> 00:02.250 X1:1 X2:2\r\n<font color=\"#fff\">a</font> <b>b</b>{\\an8}\r\n2\r\n0:00:03 --> "
          "0:00:04,0\r\nR&D &amp; <unk> 5 < 6\r\n3\r\n\r\n4\r\n00:00:05,000 --> 00:00:06,000\r\n42\r\n"),
      "= phone -\nunknown 1500-2250: a b\nunknown 3000-4000: R&D & <unk> 5 < 6 3\nunknown 5000-6000: 42\n" },
    { "a bad time is told and its cue skipped",
      STR("1\n00:00:01,000 --> 00:00:02,000\nkept\n\n2\n00:0x:01,000 --> 00:00:02,000\nlost\n\n3\n00:00:03,000 --> "
          "00:00:04,000\nkept too\n"),
      "! 6: a cue's times cannot be read: 00:0x:01,000 --> 00:00:02,000\n= phone -\nunknown 1000-2000: kept\nunknown "
      "3000-4000: kept too\n" },
    { "speakers of a transcriber",
      STR("1\n00:00:01,000 --> 00:00:02,000\n[SPEAKER_00]: Hi.\n\n2\n00:00:02,000 --> "
          "00:00:03,000\n[SPEAKER_01]: Hi you.\n"),
      "= phone -\nunknown SPEAKER_00 1000-2000: Hi.\nunknown SPEAKER_01 2000-3000: Hi you.\n" },
    { "Windows-1252", STR("1\n00:00:01,000 --> 00:00:02,000\ncaf\xE9\n"),
      "= phone -\nunknown 1000-2000: caf\xC3\xA9\n" },
    { "UTF-16",
      STR("\xFF\xFE"
          "1\0\n\0"
          "0\0"
          "0\0:\0"
          "0\0"
          "1\0 \0-\0-\0>\0 \0"
          "0\0"
          "0\0:\0"
          "0\0"
          "2\0\n\0h\0i\0"),
      "= phone -\nunknown 1000-2000: hi\n" },
};

static void check(const Format *format, const Row *row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *out = case_read(format, row[i].in, "case", NULL, false);
        if (strcmp(out, row[i].out)) print_error("%s\n", row[i].what);
        assert_string_equal(out, row[i].out);
        free(out);
    }
}

static void vtt(void **state)
{
    (void)state;
    check(&format_vtt, VTT, COUNT(VTT));
}

static void srt(void **state)
{
    (void)state;
    check(&format_srt, SRT, COUNT(SRT));
}

static void recognised(void **state)
{
    (void)state;
    assert_true(format_vtt.recognise(STR("\xEF\xBB\xBFWEBVTT"), STR("x"), true) >= 80);
    assert_int_equal(format_vtt.recognise(STR("WEBVT"), STR("x.vtt"), true), 0);
    assert_int_equal(format_vtt.recognise(STR("webvtt\n"), STR("x.vtt"), true), 0);
    assert_int_equal(format_vtt.recognise(STR("\nWEBVTT\n"), STR("x.vtt"), true), 0);
    assert_true(format_srt.recognise(STR("\n1\n00:00:01,000 --> 00:00:02,000\n"), STR("x"), true) >= 80);
    assert_true(format_srt.recognise(STR("00:00:01,000 --> 00:00:02,000\n"), STR("x.srt"), true) >= 20);
    assert_int_equal(format_srt.recognise(STR("1\n2\n00:00:01,000 --> 00:00:02,000\n"), STR("x"), true), 0);
    assert_int_equal(format_srt.recognise(STR("WEBVTT\n\n00:00:01,000 --> 00:00:02,000\n"), STR("x"), true), 0);
}

static void names(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        NameShape shape;
        const char *name;
    } row[] = {
        { "Ana Lima: hi", NAME_STRONG, "Ana Lima" },
        { "ANA: hi", NAME_STRONG, "ANA" },
        { "Ana: hi", NAME_DOUBTFUL, "Ana" },
        { "Lima, Ana: hi", NAME_STRONG, "Lima, Ana" },
        { "Dr. J. M. van der Berg-O'Neil: hi", NAME_STRONG, "Dr. J. M. van der Berg-O'Neil" },
        { "\xC3\x89lodie Durand: hi", NAME_STRONG, "\xC3\x89lodie Durand" },
        { "\xE7\x94\xB0\xE4\xB8\xAD\xEF\xBC\x9A\xE3\x81\xAF\xE3\x81\x84", NAME_DOUBTFUL, "\xE7\x94\xB0\xE4\xB8\xAD" },
        { "Speaker 2: hi", NAME_STRONG, "Speaker 2" },
        { "agent: hi", NAME_DOUBTFUL, "agent" },
        { "+1 555 0100: hi", NAME_STRONG, "+1 555 0100" },
        { "10:30 Meeting: hi", NAME_NONE, NULL },
        { "10 Downing: hi", NAME_NONE, NULL },
        { "https://a.example: hi", NAME_NONE, NULL },
        { "The trouble is: it leaks", NAME_NONE, NULL },
        { "Note: closed", NAME_NONE, NULL },
        { "Order Number: 5", NAME_NONE, NULL },
        { "Step 2: open it", NAME_NONE, NULL },
        { "Is it? Yes: it is", NAME_NONE, NULL },
        { ": hi", NAME_NONE, NULL },
        { "no colon", NAME_NONE, NULL },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        Str name = { 0 }, rest = { 0 };
        assert_int_equal(speaker_prefix(str_from(row[i].line), &name, &rest), row[i].shape);
        if (row[i].name) assert_true(str_equal(name, str_from(row[i].name)));
    }
    ImportOptions options = { .roles = "agent=Ana Lima, bo=customer" };
    assert_int_equal(speaker_role(STR("Ana Lima"), &options), ROLE_AGENT);
    assert_int_equal(speaker_role(STR("Bo"), &options), ROLE_CUSTOMER);
    assert_int_equal(speaker_role(STR("Cy"), &options), ROLE_UNKNOWN);
    assert_int_equal(speaker_role(STR("CUSTOMER_01"), NULL), ROLE_CUSTOMER);
}

/* Each of these takes hours where cost is quadratic. */
static void hostile_is_linear(void **state)
{
    (void)state;
    static const struct {
        const char *head, *piece;
    } row[] = {
        { "WEBVTT\n\n" T1, "<a" },    { "WEBVTT\n\n" T1, "&" },          { "WEBVTT\n\n" T1, "A:\n" },
        { "WEBVTT\n\n", "-->\n" },    { "WEBVTT\n\n", T1 "Ab: c\n" },    { "WEBVTT\n\n", T1 "<v Ab>c\n" },
        { "WEBVTT\n\n" T1, "<v b>" }, { "WEBVTT\n\n" T1, "- >> (a) [" },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        Buf in = { 0 };
        buf_add(&in, str_from(row[i].head));
        while (in.len < 2 << 20) buf_add(&in, str_from(row[i].piece));
        free(case_read(&format_vtt, buf_str(&in), "case", NULL, false));
        free(case_read(&format_srt, buf_str(&in), "case", NULL, false));
        buf_clear(&in);
    }
}

static void samples(void **state)
{
    (void)state;
    Buf bytes = { 0 };
    Err err;
    if (!file_read("../shared/formats/samples/sample.srt", 1 << 20, &bytes, &err)) {
        print_message("no samples here: skipped\n");
        skip();
    }
    char *out = case_read(&format_srt, buf_str(&bytes), "sample.srt", NULL, false);
    assert_non_null(strstr(out, "unknown ALICE 16700-21480: "));
    assert_non_null(strstr(out, "unknown JOHN 4160-6770: "));
    free(out);
    bytes.len = 0;
    assert_true(file_read("../shared/formats/samples/sample.vtt", 1 << 20, &bytes, &err));
    out = case_read(&format_vtt, buf_str(&bytes), "sample.vtt", NULL, false);
    assert_non_null(strstr(out, "unknown 24000-30000: "));
    assert_null(strstr(out, "lip-reading"));
    free(out);
    buf_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vtt),
        cmocka_unit_test(srt),
        cmocka_unit_test(recognised),
        cmocka_unit_test(names),
        cmocka_unit_test(hostile_is_linear),
        cmocka_unit_test(samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
