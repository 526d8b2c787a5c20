/* test_csv.c -- tables of messages: records, columns, order, times, what is refused. */
#include "unit.h"

#include "import/csv.h"
#include "import/formats.h"
#include "random.h"
#include "reading.h"

static void reads_as(Str bytes, const ImportOptions *options, const char *expected)
{
    Reading_ r = reading_of(&format_csv, bytes, options);
    assert_str(buf_str(&r.out), str_from(expected));
    buf_clear(&r.out);
}

static void reads_tables(void **state)
{
    (void)state;
    static const struct {
        Str bytes;
        const char *expected;
    } row[] = {
        { TEXT("conversation_id,turn,role,author,time,text\n"
               "7,1,customer,Dana,2026-03-02T09:15:00+01:00,\"Where is it, please?\"\n"
               "7,2,agent,Lena,2026-03-02T09:15:41+01:00,\"I'm \"\"very\"\" sorry.\nReally.\"\n"
               "8,1,customer,,,hello\r\n"),
          "?1 columns read: conversation_id=conversation_id, text=text, role=role, author=author, time=time, "
          "turn=turn\n"
          "== 7 unknown 2026-03-02T09:15:00+01:00\n"
          "customer Dana 0: Where is it, please?\n"
          "agent Lena 41000: I'm \"very\" sorry.|Really.\n"
          "== 8 unknown\ncustomer: hello\n" },
        /* other systems' names; semicolons; a note; directions; rows out of order by time */
        { TEXT("Ticket ID;Author Type;Author;Created At;Is Public;Comment;Channel;Subject;Tags\n"
               "A-1;Agent;Lena;02.03.2026 10:00;true;second;Email;Broken;x\n"
               "A-1;End-user;Dana;02.03.2026 09:00;true;first;Email;Broken;x\n"
               "A-1;Agent;Lena;13.03.2026 11:00;FALSE;third;Email;Broken;x\n"),
          "?1 columns read: conversation_id=Ticket ID, text=Comment, role=Author Type, author=Author, time=Created At, "
          "channel=Channel, public=Is Public, subject=Subject; not read: Tags\n"
          "== A-1 email 2026-03-02T09:00:00Z subject: Broken\n"
          "customer Dana 0: first\nagent Lena 3600000: second\nagent Lena 957600000 (note): third\n" },
        /* Excel's first line; tabs; a role column of true and false; rows that stand apart */
        { TEXT("sep=\t\nthread\tinbound\tbody\nx\tTrue\ta\ny\tFalse\tb\nx\tFalse\tc\n"),
          "?1 columns read: conversation_id=thread, text=body, role=inbound\n"
          "== x unknown\ncustomer: a\nagent: c\n== y unknown\nagent: b\n" },
        /* no column names the conversation: a transcript; nobody says who is who; times from the start */
        { TEXT("speaker,start,transcript\nA,0:05,good morning\nB,0:09.5,hi\nAgent,12,bye\n"),
          "?1 columns read: text=transcript, author=speaker, time=start; no column names the conversation, so the file "
          "is one\n"
          "== - unknown\nunknown A 5000: good morning\nunknown B 9500: hi\nagent 12000: bye\n" },
        /* bad rows cost themselves; blank lines nothing; empty texts no turn */
        { TEXT("id,who,text\n1,agent,a\n\n1\n,agent,x\n1,agent,\n1,agent,b,more,fields\n2,agent,\"open\n3,agent,c\n"),
          "?1 columns read: conversation_id=id, text=text, author=who\n"
          "!5 a row without a conversation\n"
          "!8 a quoted field is not closed\n"
          "!4 1 of 3 columns: there is no text\n"
          "== 1 unknown\nagent: a\nagent: b\n== 3 unknown\nagent: c\n" },
        { TEXT("id,when,said\n1,2,3\n"), "!! file: no column holds what was said; its columns are: id, when, said\n" },
        { TEXT("id,text\n"), "?1 columns read: conversation_id=id, text=text\n" },
        /* the names of agent and customer stand in columns of their own; HTML */
        { TEXT("case number|direction|html_body|agent|customer\n5|inbound|<p>It&#39;s "
               "<b>late</b></p>|Lena|Dana\n5|outbound|<p>Sorry</p>|Lena|Dana\n"),
          "?1 columns read: conversation_id=case number, text=html_body, role=direction, agent=agent, "
          "customer=customer\n"
          "== 5 unknown\ncustomer Dana: It's late\nagent Lena: Sorry\n" },
        /* no turn numbers, dates that nothing decides */
        { TEXT("ticket,name,date,message\n1,Dana,02/03/2026,b\n"),
          "?1 columns read: conversation_id=ticket, text=message, author=name, time=date\n"
          "?2 dates like 02/03/2026 are read with the day first\n"
          "== 1 unknown 2026-03-02T00:00:00Z\nunknown Dana 0: b\n" },
        { TEXT("ticket,name,date,message\n1,Dana,2/3/26 9:15 PM,b\n"),
          "?1 columns read: conversation_id=ticket, text=message, author=name, time=date\n"
          "== 1 unknown 2026-02-03T21:15:00Z\nunknown Dana 0: b\n" },
        { TEXT("ticket,name,date,time,message\n1,Dana,2026-03-02,09:15,a\n1,Dana,2026-03-02,09:16,b\n"),
          "?1 columns read: conversation_id=ticket, text=message, author=name, time=time, date=date\n"
          "== 1 unknown 2026-03-02T09:15:00Z\nunknown Dana 0: a\nunknown Dana 60000: b\n" },
    };
    for (size_t i = 0; i < COUNT(row); i++) reads_as(row[i].bytes, NULL, row[i].expected);
}

static void maps_columns(void **state)
{
    (void)state;
    Str bytes = STR("Nummer,Wer,Was\n1,0,guten Tag\n1,1,hallo\n");
    reads_as(
        bytes, &(ImportOptions){ .map = "conversation_id=Nummer, role = wer ,text=Was", .roles = "0=agent,1=customer" },
        "?1 columns read: conversation_id=Nummer, text=Was, role=Wer\n== 1 unknown\nagent: guten Tag\ncustomer: hallo\n");
    reads_as(bytes, &(ImportOptions){ .map = "text=Woher" },
             "!! file: there is no column Woher; its columns are: Nummer, Wer, Was\n");
    reads_as(bytes, &(ImportOptions){ .map = "words=Was" }, "!! --map: there is no key words\n");
    reads_as(bytes, &(ImportOptions){ .map = "Was" }, "!! --map: Was: KEY=COLUMN is wanted\n");
}

static void tells_of_times(void **state)
{
    (void)state;
    reads_as(STR("role,time,text\nagent,some day,a\nagent,another,b\n"), NULL,
             "?1 columns read: text=text, role=role, time=time; no column names the conversation, so the file is one\n"
             "?2 the time some day cannot be read, so the turn has none\n== - unknown\nagent: a\nagent: b\n");
}

static void takes_calls_apart(void **state)
{
    (void)state;
    reads_as(
        STR("case_id,transcript\n1,\"Agent: hello\nand welcome\nCustomer: my oven is cold\"\n"), NULL,
        "?1 columns read: conversation_id=case_id, text=transcript\n== 1 unknown\nagent: hello|and welcome\ncustomer: my oven is cold\n");
    /* Where a column says who speaks, the text stays in one piece. */
    reads_as(
        STR("role,text\nagent,\"Customer: I said\nAgent: so\"\n"), NULL,
        "?1 columns read: text=text, role=role; no column names the conversation, so the file is one\n== - unknown\nagent: Customer: I said|Agent: so\n");
}

static void reads_other_bytes(void **state)
{
    (void)state;
    reads_as(STR("role,text\nagent,caf\xE9 \x80 5\ncustomer,ja\n"), NULL,
             "?1 columns read: text=text, role=role; no column names the conversation, so the file is one\n"
             "?2 not in UTF-8: read as Windows-1252\n== - unknown\nagent: caf\xC3\xA9 \xE2\x82\xAC 5\ncustomer: ja\n");
}

static void understands_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int day_first;
        bool good, relative;
        int64_t at;
    } row[] = {
        { "2026-03-02 09:15", 0, true, false, 1772442900000 },
        { "2026-03-02T10:15:00+01:00", 0, true, false, 1772442900000 },
        { "1772442900", 0, true, false, 1772442900000 },
        { "1772442900123", 0, true, false, 1772442900123 },
        { "02/03/2026 09:15", 1, true, false, 1772442900000 },
        { "03/02/2026 09:15", -1, true, false, 1772442900000 },
        { "3-2-26, 9:15 am", -1, true, false, 1772442900000 },
        { "2.3.2026 09:15:00.5", 0, true, false, 1772442900500 },
        { "2026/03/02 09:15", 0, true, false, 1772442900000 },
        { "25/03/2026", -1, true, false, 1774396800000 }, /* only days can be 25 */
        { "12:30 PM", 0, false, false, 0 },
        { "00:41", 0, true, true, 41000 },
        { "1:02:03.25", 0, true, true, 3723250 },
        { "12.5", 0, true, true, 12500 },
        { "31/02/2026", 1, false, false, 0 },
        { "13/13/2026", 0, false, false, 0 },
        { "99999999999999999999", 0, false, false, 0 },
        { "-5", 0, false, false, 0 },
        { "nan", 0, false, false, 0 },
        { "Mon Mar 02 09:15:00 +0000 2026", 0, true, false, 1772442900000 },
        { "Mar 2, 2026 9:15 AM", 0, true, false, 1772442900000 },
        { "Monday, March 2nd, 2026 at 10:15:00.250 +01:00", 0, true, false, 1772442900250 },
        { "02-Mar-2026 21:15:00 -1200", 0, true, false, 1772529300000 },
        { "Mon, 2 Mar 2026 09:15:00 GMT", 0, true, false, 1772442900000 },
        { "2 Mar 2026", 0, true, false, 1772409600000 },
        { "2/3/2026, 9:15\xE2\x80\xAFp. m.", 1, true, false, 1772486100000 },
        { "02/03/2026 09:15 a.m.", 1, true, false, 1772442900000 },
        { "1772442900000000", 0, true, false, 1772442900000 },
        { "2 Mar 2026 13:15 PM", 0, false, false, 0 },
        { "2 Mar 2026 09:15 PST", 0, false, false, 0 }, /* nobody knows how many hours that is */
        { "Mar 2 Mar 2026", 0, false, false, 0 },
        { "30 Feb 2026", 0, false, false, 0 },
        { "soon", 0, false, false, 0 },
        { "", 0, false, false, 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        CsvTime time = { 0 };
        bool good = csv_time(str_from(row[i].text), row[i].day_first, false, &time);
        if (good != row[i].good || (good && (time.at != row[i].at || time.is_relative != row[i].relative)))
            fail_msg("%s: %d %lld %d", row[i].text, good, (long long)time.at, time.is_relative);
    }
}

static void cuts_before_the_last_conversation(void **state)
{
    (void)state;
    static const struct {
        Str bytes;
        size_t len, lines, late;
    } row[] = {
        { TEXT("1,a\n1,b\n2,c\n"), 8, 2, 0 },
        { TEXT("1,a\n1,b\n"), 0, 0, 0 },
        { TEXT("1,a\n2,\"x\ny\"\n3,c"), 4, 1, 0 },
        { TEXT("1,a\n2,\"x\ny\"\n3,c\n"), 12, 3, 0 },
        { TEXT("1,a\n2,b\n1,c\n3,d\n"), 12, 3, 3 },
        { TEXT("1,a\n\"2\",b\n2,\"open"), 4, 1, 0 },
        { TEXT(""), 0, 0, 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        uint64_t lines = 0, late;
        CsvOrder *order = csv_order_new();
        assert_int_equal(csv_cut(row[i].bytes, STR("id,text\n"), NULL, &lines, order, &late), row[i].len);
        assert_int_equal(lines, row[i].lines);
        assert_int_equal(late, row[i].late);
        csv_order_free(order);
    }
    assert_true(csv_is_unsorted(STR("1,a\n2,b\n1,c"), STR("id,text\n"), NULL) == false); /* the last may be cut off */
    assert_true(csv_is_unsorted(STR("1,a\n2,b\n1,c\n"), STR("id,text\n"), NULL));
    assert_false(csv_is_unsorted(STR("1,a\n1,b\n2,c\n"), STR("id,text\n"), NULL));
}

static void recognises(void **state)
{
    (void)state;
    static const struct {
        Str head;
        const char *name;
        bool is_csv;
    } row[] = {
        { TEXT("conversation_id,role,text\n1,agent,a\n"), "x", true },
        { TEXT("Case Number;Comment\n1;a\n"), "x", true },
        { TEXT("a,b\n1,2\n"), "x.csv", true }, /* to be refused by what it lacks */
        { TEXT("a,b\n1,2\n"), "x.txt", false },
        { TEXT("agent: a message, author and text\ncustomer: b\n"), "x", false },
        { TEXT("{\"text\":1,\"id\":2}\n"), "x", false },
        { TEXT("text\nhello\n"), "x", false },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        assert_int_equal(import_recognise(row[i].head, str_from(row[i].name), true) == &format_csv, row[i].is_csv);
}

/* ---- What was printed comes back, whatever the separator, and however the rows are mixed. ---- */

static void print_field(Buf *out, Str text, char separator, Random *random)
{
    bool quote = random_below(random, 4) == 0;
    for (size_t i = 0; i < text.len; i++)
        quote = quote || text.data[i] == separator || text.data[i] == '\n' || text.data[i] == '"';
    if (quote) buf_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"') buf_char(out, '"');
        buf_char(out, text.data[i]);
    }
    if (quote) buf_char(out, '"');
}

static void comes_back(void **state)
{
    (void)state;
    Random random = random_start("random conversations as CSV");
    static const char *const PIECE[] = {
        "a", "parcel", " ", "\"", "\n", ",", ";", "|", "\t", "\xC3\xA9", "\"\"", "''"
    };
    for (int round = 0; round < 300; round++) {
        char separator = ",;|\t"[random_below(&random, 4)];
        Buf csv = { 0 }, text = { 0 }, expected[5] = { 0 };
        buf_printf(&csv, "conversation%crole%ctext\n", separator, separator);
        size_t conversations = 1 + random_below(&random, 5), rows = 1 + random_below(&random, 20);
        uint32_t order[5], seen = 0, turns = 0;
        for (size_t n = 0; n < rows; n++, turns++) {
            uint32_t c = (uint32_t)random_below(&random, conversations), known = 0;
            while (known < seen && order[known] != c) known++;
            if (known == seen) {
                order[seen++] = c;
                buf_printf(&expected[c], "== c%u unknown\n", c);
            }
            text.len = 0;
            buf_lit(&text, "<");
            for (size_t k = random_below(&random, 9); k; k--)
                buf_add(&text, str_from(PIECE[random_below(&random, COUNT(PIECE))]));
            buf_lit(&text, "!");
            bool agent = random_below(&random, 2);
            buf_printf(&csv, "c%u%c%s%c", c, separator, agent ? "agent" : "customer", separator);
            print_field(&csv, buf_str(&text), separator, &random);
            buf_add(&csv, random_below(&random, 2) ? STR("\n") : STR("\r\n"));
            buf_printf(&expected[c], "%s: ", agent ? "agent" : "customer");
            reading_text(&expected[c], buf_str(&text));
            buf_char(&expected[c], '\n');
        }
        Buf all = { 0 };
        buf_printf(&all, "?1 columns read: conversation_id=conversation, text=text, role=role\n");
        for (uint32_t i = 0; i < seen; i++) buf_add(&all, buf_str(&expected[order[i]]));
        buf_char(&all, 0);
        reads_as(buf_str(&csv), NULL, all.data);
        for (size_t i = 0; i < COUNT(expected); i++) buf_clear(&expected[i]);
        buf_clear(&all);
        buf_clear(&csv);
        buf_clear(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_tables),
        cmocka_unit_test(maps_columns),
        cmocka_unit_test(understands_times),
        cmocka_unit_test(tells_of_times),
        cmocka_unit_test(takes_calls_apart),
        cmocka_unit_test(reads_other_bytes),
        cmocka_unit_test(cuts_before_the_last_conversation),
        cmocka_unit_test(recognises),
        cmocka_unit_test(comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
