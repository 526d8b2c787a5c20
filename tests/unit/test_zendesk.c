/* test_zendesk.c -- Zendesk tickets: the export on one side, the conversation on the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump.h"
#include "import/formats.h"

#define C(id, author, when, body)                                                                                      \
    "{\"id\":" id ",\"type\":\"Comment\",\"author_id\":" author ",\"body\":\"" body "\",\"html_body\":\"\","           \
    "\"public\":true,\"created_at\":\"" when "\"}"

static const DumpCase CASES[] = {
    { "an answer of the API alone: nobody says who is who",
      "{\"comments\":[" C("1", "11", "2026-03-02T09:15:00Z", "My kettle leaks.") "," C(
          "2", "22", "2026-03-02T09:16:30Z", "Sorry to hear that.") "],\"next_page\":null,\"count\":2}",
      "# (made) unknown 2026-03-02T09:15:00Z [zendesk line 1]\n"
      "@ 0 unknown 11\n"
      "@ 1 unknown 22\n"
      "0 0ms unknown: My kettle leaks.\n"
      "1 90000ms unknown: Sorry to hear that.\n" },
    { "users beside the comments; newest first; the address of the next page names the ticket",
      "{\"users\":[{\"id\":22,\"name\":\"Kim Osei\",\"email\":\"kim@shop.example\",\"role\":\"agent\"},"
      "{\"id\":11,\"name\":\"Dana Ruiz\",\"role\":\"end-user\"}],\"comments\":[" C(
          "2", "22", "2026-03-02T09:16:30Z",
          "Sorry to hear that.") "," C("1", "11", "2026-03-02T09:15:00Z",
                                       "My kettle leaks.") "],"
                                                           "\"next_page\":\"https://shop.zendesk.example/api/v2/"
                                                           "tickets/8812/comments.json?page=2\"}",
      "# 8812 unknown 2026-03-02T09:15:00Z [zendesk line 1]\n"
      "@ 0 agent 22 \"Kim Osei\" <kim@shop.example>\n"
      "@ 1 customer 11 \"Dana Ruiz\"\n"
      "1 0ms customer: My kettle leaks.\n"
      "0 90000ms agent: Sorry to hear that.\n" },
    { "a note tells who is staff",
      "{\"comments\":[" C("1", "11", "2026-03-02T09:15:00Z",
                          "My kettle leaks.") ","
                                              "{\"id\":2,\"author_id\":22,\"body\":\"bad batch "
                                              "again\",\"public\":false,\"created_at\":\"2026-03-02T09:16:00Z\"}," C(
                                                  "3", "22", "2026-03-02T09:17:00Z", "A new one is on its way.") "]}",
      "# (made) unknown 2026-03-02T09:15:00Z [zendesk line 1]\n"
      "@ 0 unknown 11\n"
      "@ 1 agent 22\n"
      "0 0ms unknown: My kettle leaks.\n"
      "1 60000ms agent (note): bad batch again\n"
      "1 120000ms agent: A new one is on its way.\n" },
    { "a ticket and its comments: the requester is the customer, the copied friend too, the rest is staff",
      "{\"ticket\":{\"id\":35,\"subject\":\"Kettle\",\"requester_id\":11,\"submitter_id\":11,\"email_cc_ids\":[33],"
      "\"description\":\"My kettle leaks.\",\"created_at\":\"2026-03-02T09:14:58Z\",\"via\":{\"channel\":\"email\"}},"
      "\"comments\":[" C("1", "11", "2026-03-02T09:15:00Z", "My kettle leaks.") "," C(
          "2", "33", "2026-03-02T09:20:00Z",
          "Mine too.") "," C("3", "44", "2026-03-02T09:21:00Z",
                             "Two new ones, then.") "," C("4", "-1", "2026-03-02T09:22:00Z", "Rate us!") "]}",
      "# 35 email 2026-03-02T09:14:58Z \"Kettle\" [zendesk line 1]\n"
      "@ 0 customer 11\n"
      "@ 1 customer 33\n"
      "@ 2 agent 44\n"
      "@ 3 system -1\n"
      "0 2000ms customer: My kettle leaks.\n"
      "1 302000ms customer: Mine too.\n"
      "2 362000ms agent: Two new ones, then.\n"
      "3 422000ms system: Rate us!\n" },
    { "a list of tickets with the users behind it; the second has only a description; the third is no ticket",
      "{\"tickets\":[\n{\"id\":1,\"requester_id\":11,\"submitter_id\":22,\"comments\":[" C(
          "1", "22", "2026-03-02T09:15:00Z",
          "We saw that your parcel is late.") "]},\n"
                                              "{\"id\":2,\"requester_id\":11,\"submitter_id\":11,\"description\":"
                                              "\"Where is it?\",\"created_at\":\"2026-03-03T09:15:00+01:00\"},\n"
                                              "{\"id\":3},\n7],\"users\":[{\"id\":11,\"name\":\"Dana\"}]}",
      "# 1 unknown 2026-03-02T09:15:00Z [zendesk line 2]\n"
      "@ 0 agent 22\n"
      "0 0ms agent: We saw that your parcel is late.\n"
      "# 2 unknown 2026-03-03T09:15:00+01:00 [zendesk line 3]\n"
      "@ 0 customer 11 \"Dana\"\n"
      "0 0ms customer: Where is it?\n"
      "! line 4: no ticket, comments or audits in this record\n"
      "! line 5: an object was expected here\n" },
    { "only html; an empty body; entities in the plain form",
      "{\"comments\":[{\"id\":1,\"author_id\":1,\"body\":\"\",\"html_body\":\"<p>Fish &amp; "
      "chips<br>cold</p>\",\"created_at\":\"2026-03-02T09:15:00Z\"},"
      "{\"id\":2,\"author_id\":1,\"body\":\" \",\"attachments\":[{\"file_name\":\"a.png\"}]},"
      "{\"id\":3,\"author_id\":1,\"body\":null,\"plain_body\":\"very&nbsp;cold\"}]}",
      "# (made) unknown 2026-03-02T09:15:00Z [zendesk line 1]\n"
      "@ 0 unknown 1\n"
      "0 0ms unknown: Fish & chips\\ncold\n"
      "0 - unknown: very cold\n" },
    { "comments that stand alone are brought together by their ticket",
      "[" C("1", "1", "2026-03-02T09:15:00Z",
            "a") ",{\"ticket_id\":9,\"author_id\":2,\"body\":\"b\",\"public\":true}," C("2", "1",
                                                                                        "2026-03-02T09:14:00Z",
                                                                                        "c") "]",
      "# (made) unknown 2026-03-02T09:14:00Z [zendesk line 1]\n"
      "@ 0 unknown 1\n"
      "0 0ms unknown: c\n"
      "0 60000ms unknown: a\n"
      "# 9 unknown - [zendesk line 1]\n"
      "@ 0 unknown 2\n"
      "0 - unknown: b\n" },
    { "the user says who is who", "{\"comments\":[" C("1", "11", "2026-03-02T09:15:00Z", "hi") "]}",
      "# (made) unknown 2026-03-02T09:15:00Z [zendesk line 1]\n"
      "@ 0 agent 11\n"
      "0 0ms agent: hi\n",
      "11=agent" },
    { "a voicemail, a call with its transcript, a call without",
      "{\"ticket\":{\"id\":5,\"requester_id\":11,\"requester\":{\"id\":11,\"name\":\"Dana\"},\"submitter_id\":11},"
      "\"comments\":["
      "{\"type\":\"VoiceComment\",\"author_id\":-1,\"public\":true,\"body\":\"Voicemail from: +1 555 "
      "0100\",\"created_at\":\"2026-03-02T09:15:00Z\","
      "\"data\":{\"from\":\"+15550100\",\"answered_by_id\":null,\"transcription_text\":\"please ring me back\"}},"
      "{\"type\":\"VoiceComment\",\"author_id\":22,\"public\":false,\"body\":\"Call to: +1 555 "
      "0100\",\"created_at\":\"2026-03-02T10:15:00Z\","
      "\"data\":{\"answered_by_id\":22,\"transcription_text\":\"Agent: hello, it is Kim\\nand how are you?\\nCustomer: "
      "well\"}},"
      "{\"type\":\"VoiceComment\",\"author_id\":22,\"public\":true,\"body\":\"Call to: +1 555 0100\\nTime of call: "
      "11:00\",\"created_at\":\"2026-03-02T11:15:00Z\"}]}",
      "# 5 phone 2026-03-02T09:15:00Z [zendesk line 1]\n"
      "@ 0 system -1\n"
      "@ 1 agent \"Agent\"\n"
      "@ 2 customer \"Customer\"\n"
      "@ 3 agent 22\n"
      "0 0ms customer: please ring me back\n"
      "1 3600000ms agent: hello, it is Kim\\nand how are you?\n"
      "2 3600000ms customer: well\n"
      "3 7200000ms system: Call to: +1 555 0100\\nTime of call: 11:00\n" },
    { "a chat pasted into its comment",
      "{\"ticket\":{\"id\":6,\"requester_id\":11,\"via\":{\"channel\":\"chat\"}},\"users\":[{\"id\":11,\"name\":"
      "\"Dana\",\"role\":\"end-user\"}],"
      "\"comments\":[{\"author_id\":11,\"public\":true,\"created_at\":\"2026-03-02T23:59:00Z\",\"via\":{\"channel\":"
      "\"chat\"},"
      "\"body\":\"Chat started: 2026-03-02 11:59 PM UTC\\n\\n(11:59:30 PM) Dana: anyone?\\n(11:59:31 PM) *** Kim "
      "joined ***\\n(12:00:10 AM) Kim: yes\\nme\"}]}",
      "# 6 chat 2026-03-02T23:59:00Z [zendesk line 1]\n"
      "@ 0 customer \"Dana\"\n"
      "@ 1 agent \"Kim\"\n"
      "0 0ms customer: anyone?\n"
      "1 40000ms agent: yes\\nme\n" },
    { "audits: a chat told message by message, and a comment",
      "{\"audits\":[{\"id\":1,\"ticket_id\":77,\"created_at\":\"2026-03-02T09:15:00Z\",\"author_id\":11,\"via\":{"
      "\"channel\":\"chat\"},\"events\":["
      "{\"type\":\"ChatStartedEvent\",\"value\":{\"history\":[{\"type\":\"ChatMessage\",\"actor_type\":\"end-user\","
      "\"actor_id\":11,\"actor_name\":\"Dana\",\"message\":\"hi\",\"timestamp\":1772442900000},"
      "{\"type\":\"ChatJoin\",\"actor_name\":\"Kim\"},{\"type\":\"ChatMessage\",\"actor_type\":\"agent\",\"actor_"
      "name\":\"Kim\",\"message\":\"hello\",\"timestamp\":1772442910000}]}},"
      "{\"type\":\"Comment\",\"author_id\":11,\"public\":true,\"body\":\"(09:15) Dana: hi\"}]},"
      "{\"ticket_id\":77,\"created_at\":\"2026-03-02T10:15:00Z\",\"author_id\":22,\"via\":{\"channel\":\"web\"},"
      "\"events\":["
      "{\"type\":\"Change\",\"value\":\"open\"},{\"type\":\"Comment\",\"public\":false,\"body\":\"calm\"}]}]}",
      "# 77 chat 2026-03-02T09:15:00Z [zendesk line 1]\n"
      "@ 0 customer 11 \"Dana\"\n"
      "@ 1 agent \"Kim\"\n"
      "@ 2 agent 22\n"
      "0 0ms customer: hi\n"
      "1 10000ms agent: hello\n"
      "2 3600000ms agent (note): calm\n" },
    { "as a customer sees a request: staff is flagged",
      "{\"comments\":[{\"author_id\":1,\"body\":\"a\"},{\"author_id\":2,\"body\":\"b\"}],\"users\":[{\"id\":2,\"agent\":true},{\"id\":1,\"agent\":false}]}",
      "# (made) unknown - [zendesk line 1]\n@ 0 customer 1\n@ 1 agent 2\n0 - customer: a\n1 - agent: b\n" },
    { "no numbers: people are known by e-mail or name, and by the mail they came in",
      "{\"id\":4,\"subject\":\"x\",\"requester\":{\"name\":\"Dana\",\"email\":\"dana@example.org\"},\"comments\":[{\"author\":\"Dana\",\"body\":\"a\"},"
      "{\"author\":{\"name\":\"Kim\"},\"body\":\"b\"},{\"via\":{\"channel\":\"email\",\"source\":{\"from\":{\"name\":\"D. Ruiz\",\"address\":\"dana@example.org\"}}},\"body\":\"c\"}]}",
      "# 4 email - \"x\" [zendesk line 1]\n@ 0 customer \"Dana\"\n@ 1 agent \"Kim\"\n@ 2 customer \"D. Ruiz\" <dana@example.org>\n"
      "0 - customer: a\n1 - agent: b\n2 - customer: c\n" },
    { "every type is wrong", "{\"ticket\":[],\"comments\":{\"a\":1},\"users\":7}",
      "! line 1: the conversation has no turns\n" },
    { "comments of wrong types are passed over",
      "{\"comments\":[null,7,\"x\",[],{\"body\":7},{\"body\":\"said\",\"author_id\":{},\"created_at\":[],\"public\":"
      "\"no\",\"via\":3}]}",
      "# (made) unknown - [zendesk line 1]\n- - unknown: said\n" },
    { "cut off in the middle", "{\"comments\":[{\"body\":\"a\"", "! line 1: the json ends too early\n" },
    { "nothing at all", "", "" },
};

static const DumpCase EXPORT[] = {
    { "tickets with what is inside them; a broken line; the time is the customer's",
      "{\"id\":1,\"subject\":\"Late\",\"requester\":{\"id\":11,\"name\":\"Dana\",\"email\":\"dana@example.org\"},"
      "\"via\":{\"channel\":\"web\"},"
      "\"created_at\":\"2026-03-02T09:15:00+02:00\",\"comments\":[{\"author_id\":11,\"body\":\"Where is "
      "it?\",\"public\":true,\"created_at\":\"2026-03-02T09:15:00+02:00\"},"
      "{\"author_id\":22,\"author\":{\"id\":22,\"name\":\"Kim\",\"role\":\"agent\"},\"body\":\"Today.\",\"public\":"
      "true,\"created_at\":\"2026-03-02T07:16:00Z\"}]}\n"
      "{\"id\":2,\"comments\":[{\"author_id\":11,\"body\":\"cut\n"
      "{\"id\":3,\"requester_id\":5,\"comments\":[{\"author_id\":5,\"body\":\"Hm.\",\"public\":true}]}\n",
      "# 1 email 2026-03-02T09:15:00+02:00 \"Late\" [zendesk-export line 1]\n"
      "@ 0 customer 11 \"Dana\" <dana@example.org>\n"
      "@ 1 agent 22 \"Kim\"\n"
      "0 0ms customer: Where is it?\n"
      "1 60000ms agent: Today.\n"
      "! line 2: the line ends within a string of the json\n"
      "# 3 unknown - [zendesk-export line 3]\n"
      "@ 0 customer 5\n"
      "0 - customer: Hm.\n" },
};

static void cases(void **state)
{
    (void)state;
    assert_int_equal(dump_check(&format_zendesk, CASES, COUNT(CASES)), 0);
    assert_int_equal(dump_check(&format_zendesk_export, EXPORT, COUNT(EXPORT)), 0);
}

static void recognised(void **state)
{
    static const struct {
        const char *text, *format;
    } row[] = {
        { "{\"comments\":[{\"id\":2,\"author_id\":3,\"body\":\"x\",\"public\":true", "zendesk" },
        { "{\"next_page\":null,\"comments\":[{\"html_body\":\"\",\"plain_body\":\"\",\"author_id\":3", "zendesk" },
        { "\xEF\xBB\xBF{\n \"ticket\": {\"id\": 1,\n \"requester_id\": 3, \"submitter_id\": 3", "zendesk" },
        { "{\"tickets\":[{\"requester_id\":1,\"submitter_id\":3", "zendesk" },
        { "{\"audits\":[{\"ticket_id\":1,\"events\":[{\"type\":\"Comment\"", "zendesk" },
        { "[{\"id\":2,\"author_id\":3,\"body\":\"x\",\"public\":true", "zendesk" },
        { "{\n \"id\":1,\n \"requester_id\":1,\n \"submitter_id\":2", "zendesk" },
        { "{\"id\":1,\"requester_id\":1,\"submitter_id\":2,\"comments\":[{\"author_id\":1", "zendesk-export" },
        { "{\"id\":1,\"requester\":{\"id\":3},\"comments\":[{\"author_id\":1,\"body\":\"\"}]}\n{\"id\":2",
          "zendesk-export" },
        { "{\"id\":1,\"comments\":[{\"body\":\"cut\n{\"id\":1,\"requester_id\":1,\"via\":{\"channel\":\"web\"}}\n{\"id\":2",
          "zendesk-export" },
        { "{\"comments\":[]}", NULL },
        { "{\"swagger\":\"2.0\",\"definitions\":{\"comments\":{\"author_id\":1}}}", NULL },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        const Format *found = import_recognise(str_from(row[i].text), STR("x.json"), false);
        if (!found || !row[i].format ? (found != NULL) != (row[i].format != NULL)
                                     : strcmp(found->name, row[i].format) != 0)
            fail_msg("%s: %s", row[i].text, found ? found->name : "nobody");
    }
}

static void cut(void **state)
{
    static const char text[] = "{\"id\":1}\n{\"id\":2}\n{\"id";
    uint64_t lines = 0;
    (void)state;
    assert_int_equal(format_zendesk_export.cut(str_from(text), (Str){ NULL, 0 }, NULL, &lines), 18);
    assert_int_equal(lines, 2);
}

static void sample(void **state)
{
    Buf file = { 0 }, out = { 0 };
    (void)state;
    if (!dump_shared("formats/samples/zendesk-ticket-comments.json", &file)) {
        print_message("no shared samples here\n");
        skip();
    }
    assert_ptr_equal(import_recognise(buf_str(&file), STR("x.json"), true), &format_zendesk);
    DumpSink dump = dump_file(&format_zendesk, buf_str(&file), NULL, &out);
    assert_int_equal(dump.conversations, 1);
    assert_int_equal(dump.turns, 2);
    assert_int_equal(dump.rejects, 0);
    assert_true(str_starts(buf_str(&out), STR("# (made) unknown 2019-06-03T01:23:47Z")));
    assert_true(str_find(buf_str(&out), STR("\n0 0ms unknown: ")) != STR_NOT_FOUND);
    assert_true(str_find(buf_str(&out), STR("\n0 3600000ms unknown: ")) != STR_NOT_FOUND);
    buf_clear(&file);
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases),
        cmocka_unit_test(recognised),
        cmocka_unit_test(cut),
        cmocka_unit_test(sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
