/* test_whatsapp.c -- exports of many phones in, conversations out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reader_case.h"

#define LRM   "\xE2\x80\x8E"
#define NNBSP "\xE2\x80\xAF"

/* The ids are hashes: replaced by "id". */
static const struct {
    const char *what, *in, *out;
} ROW[] = {
    { "iPhone, German",
      LRM "[15.01.24, 10:30:45] Lampenladen: " LRM "Nachrichten und Anrufe sind verschl\xC3\xBCsselt.\r\n"
          "[15.01.24, 10:30:45] Rosa: Die Lampe\r\nist kaputt\r\n" LRM "[15.01.24, 10:31:00] Rosa: " LRM
          "Bild weggelassen\r\n[15.01.24, 10:32:00] Lampenladen: Oh je. " LRM "<Diese Nachricht wurde bearbeitet.>\r\n",
      "= chat 2024-01-15T10:30:45Z id\nsystem Lampenladen 0: "
      "Nachrichten und Anrufe sind verschl\xC3\xBCsselt.\nunknown Rosa 0: Die Lampe|ist kaputt\nsystem Rosa 15000: "
      "Bild "
      "weggelassen\nunknown Lampenladen 75000: Oh je.\n" },
    { "Android, day first, system line, attached file with its words",
      "15/01/2024, 10:30 - Messages and calls are end-to-end encrypted. Tap to learn more.\n15/01/2024, 10:30 - Rosa: "
      "Hello: it broke\n15/01/2024, 10:31 - Rosa: IMG-20240115-WA0001.jpg (file attached)\nthe crack\n15/01/2024, "
      "10:40 - "
      "Support: Sorry!\n15/01/2024, 10:41 - Rosa changed the subject to \"Lamp: broken\"\n15/01/2024, 10:42 - Rosa: "
      "<Media omitted>\n",
      "= chat 2024-01-15T10:30:00Z id\nsystem 0: Messages and calls are end-to-end encrypted. Tap to learn "
      "more.\nunknown "
      "Rosa 0: Hello: it broke\nsystem Rosa 60000: IMG-20240115-WA0001.jpg (file attached)\nunknown Rosa 60000: the "
      "crack\nagent Support 600000: Sorry!\nsystem 660000: Rosa changed the subject to \"Lamp: broken\"\nsystem Rosa "
      "720000: <Media omitted>\n" },
    { "month first, decided by a day over 12; narrow no-break blank",
      "1/5/24, 11:59" NNBSP "PM - Ana: late\n1/13/24, 12:00" NNBSP "AM - Ana: midnight\n",
      "= chat 2024-01-05T23:59:00Z id\nunknown Ana 0: late\n= chat 2024-01-13T00:00:00Z id\nunknown Ana 0: "
      "midnight\n" },
    { "month first, decided by the length of the chat",
      "3/4/24, 9:00 AM - Ana: a\n3/5/24, 8:00 AM - Bo: b\n3/6/24, 7:00 AM - Ana: c\n",
      "= chat 2024-03-04T09:00:00Z id\nunknown Ana 0: a\nunknown Bo 82800000: b\nunknown Ana 165600000: c\n" },
    { "day first, decided by the order of time",
      "01/02/2024, 09:00 - Ana: a\n02/02/2024, 08:00 - Bo: b\n01/03/2024, 07:00 - Ana: c\n",
      "= chat 2024-02-01T09:00:00Z id\nunknown Ana 0: a\nunknown Bo 82800000: b\n= chat 2024-03-01T07:00:00Z "
      "id\nunknown Ana "
      "0: c\n" },
    { "nothing decides", "03/04/2024, 09:00 - Ana: a\n",
      "? 1: day and month cannot be told apart: read as day/month\n= chat 2024-04-03T09:00:00Z id\nunknown Ana 0: "
      "a\n" },
    { "year first, Swedish", "2024-02-03 10:30 - Ana: a\n2024-02-03 10.31 - Bo: b\n",
      "= chat 2024-02-03T10:30:00Z id\nunknown Ana 0: a\nunknown Bo 60000: b\n" },
    { "Spanish halves of the day; a telephone number is kept out of names",
      "[15/1/24, 9:05:01 p."
      "\xC2\xA0"
      "m.] "
      "\xE2\x80\xAA"
      "+34 600 00 00 00"
      "\xE2\x80\xAC"
      ": hola\n",
      "= chat 2024-01-15T21:05:01Z id\nunknown  0: hola\n" },
    { "Korean", "2024\xEB\x85\x84 1\xEC\x9B\x94 15\xEC\x9D\xBC \xEC\x98\xA4\xED\x9B\x84 3:05 - Min: a\n",
      "= chat 2024-01-15T15:05:00Z id\nunknown Min 0: a\n" },
    { "Chinese iPhone",
      "[2024/1/15 \xE4\xB8\x8B\xE5\x8D\x88"
      "3:05:06] Li: a\n",
      "= chat 2024-01-15T15:05:06Z id\nunknown Li 0: a\n" },
    { "Arabic digits",
      "\xD9\xA1\xD9\xA5/\xD9\xA1/\xD9\xA2\xD9\xA0\xD9\xA2\xD9\xA4\xD8\x8C \xD9\xA1\xD9\xA0:\xD9\xA3\xD9\xA0 \xD9\x85 - "
      "Ana: a\n",
      "= chat 2024-01-15T22:30:00Z id\nunknown Ana 0: a\n" },
    { "a word between date and time, Czech dots", "15. 1. 2024 v 10:30 - Ana: a\n",
      "= chat 2024-01-15T10:30:00Z id\nunknown Ana 0: a\n" },
    { "names not in the address book, a deleted message, a colon in a name",
      "[15.01.24, 10:30:45] ~"
      "\xC2\xA0"
      "Ana: a\n[15.01.24, 10:30:46] ~"
      "\xC2\xA0"
      "Ana: " LRM "This message was deleted.\n[15.01.24, 10:30:47] Shop 24:7: b\n15.01.24, 10:30 - X: quoted\n",
      "= chat 2024-01-15T10:30:45Z id\nunknown Ana 0: a\nsystem Ana 1000: This message was deleted.\nunknown Shop 24:7 "
      "2000: "
      "b|15.01.24, 10:30 - X: quoted\n" },
    { "a day that is none belongs to the message before", "15.01.24, 10:30 - Ana: a\n31.02.24, 10:30 - Bo: b\n",
      "? 2: no such date; the line goes with the message before it\n= chat 2024-01-15T10:30:00Z id\nunknown Ana 0: "
      "a|31.02.24, 10:30 - Bo: b\n" },
    { "a picture under words", "[15.01.24, 10:30:45] Ana: the crack " LRM "image omitted\n",
      "= chat 2024-01-15T10:30:45Z id\nunknown Ana 0: the crack\nsystem Ana 0: image omitted\n" },
    { "what the phone notes goes with the conversation it is near to",
      "15/01/2024, 10:30 - Ana: a\n15/01/2024, 23:30 - Ana left\n18/01/2024, 10:30 - You added Bo\n20/01/2024, 09:30 - You "
      "added Cy\n20/01/2024, 10:30 - Cy: b\n30/01/2024, 10:30 - Cy left\n",
      "= chat 2024-01-15T10:30:00Z id\nunknown Ana 0: a\nsystem 46800000: Ana left\n= chat 2024-01-20T09:30:00Z id\nsystem "
      "0: You added Cy\nunknown Cy 3600000: b\n" },
    { "a chat in which nobody wrote", "15/01/2024, 10:30 - You created this group\n",
      "= chat 2024-01-15T10:30:00Z\nsystem 0: You created this group\n" },
    { "no chat", "hello\n15 people\n", "! 1: no message: no line begins with a date and a time\n" },
};

static void without_ids(char *out)
{
    for (char *id; (id = strstr(out, " whatsapp-"));) {
        memcpy(id, " id", 3);
        memmove(id + 3, id + 26, strlen(id + 26) + 1);
    }
}

static void table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ROW); i++) {
        char *out = case_read(&format_whatsapp, str_from(ROW[i].in), "case", NULL, false);
        without_ids(out);
        if (strcmp(out, ROW[i].out)) print_error("%s\n", ROW[i].what);
        assert_string_equal(out, ROW[i].out);
        free(out);
    }
}

/* An export of the same chat a week later: the ids of what was there stay. */
static void ids_stay(void **state)
{
    (void)state;
    static const char early[] = "15/01/2024, 10:30 - Rosa: It broke.\n18/01/2024, 10:30 - Rosa: Hello?\n";
    static const char later[] =
        "15/01/2024, 10:30 - Rosa: It broke.\n18/01/2024, 10:30 - Rosa: Hello?\n18/01/2024, 11:30 "
        "- Shop: Hi!\n25/01/2024, 10:30 - Rosa: Thanks.\n";
    char *a = case_read(&format_whatsapp, str_from(early), "case", NULL, false);
    char *b = case_read(&format_whatsapp, str_from(later), "case", NULL, false);
    assert_memory_equal(a, b, strlen(a));
    assert_non_null(strstr(b + strlen(a), "Shop"));
    free(a);
    free(b);
}

static int sure(const char *head, const char *name)
{
    return format_whatsapp.recognise(str_from(head), str_from(name), true);
}

static void recognised(void **state)
{
    (void)state;
    assert_true(sure("[15.01.24, 10:30:45] Ana: a\n", "x.txt") >= 80);
    assert_true(sure("15/01/2024, 10:30 - Ana: a\n", "x.txt") >= 80);
    assert_true(sure("2024-01-15 10:30 - Ana: a\n", "WhatsApp Chat with Ana.txt") >= 80);
    assert_true(sure("2024-01-15 10:30 - Ana: a\n", "x.txt") < 80);
    assert_int_equal(sure("15/01/2024, 10:30\n", "x.txt"), 0);
    assert_int_equal(sure("1.2.3 released\n", "x.txt"), 0);
    assert_int_equal(sure("", "_chat.txt"), 0);
}

static void hostile_is_linear(void **state)
{
    (void)state;
    static const char *const piece[] = { "15/01/2024, 10:30 - \n",
                                         "15/01/2024, 10:30 - A: \xE2\x80\x8E<\n",
                                         "[",
                                         "a:b:",
                                         "15/01/2024, 10:30 - A: x\n16/02/2024, 10:30 - y\n",
                                         "<a>\n",
                                         LRM };
    for (size_t i = 0; i < COUNT(piece); i++) {
        Buf in = { 0 };
        buf_lit(&in, "15/01/2024, 10:30 - A: ");
        while (in.len < 1 << 20) buf_add(&in, str_from(piece[i]));
        free(case_read(&format_whatsapp, buf_str(&in), "case", NULL, false));
        buf_clear(&in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(ids_stay),
        cmocka_unit_test(recognised),
        cmocka_unit_test(hostile_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
