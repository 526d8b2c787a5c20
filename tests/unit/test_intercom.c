/* test_intercom.c -- Intercom conversations: the answer of the API on one side, the conversation on the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump.h"
#include "import/formats.h"

static const DumpCase CASES[] = {
    { "source first, parts by time; notes; bots; events without words",
      "{\"type\":\"conversation\",\"id\":\"503\",\"created_at\":1772442900,\"title\":null,"
      "\"source\":{\"type\":\"conversation\",\"subject\":\"<p>Kettle</p>\",\"body\":\"<p>My kettle &amp; cup "
      "leak.</p>\",\"author\":{\"type\":\"user\",\"id\":\"u1\",\"name\":\"Dana\",\"email\":\"dana@example.org\"}},"
      "\"conversation_parts\":{\"type\":\"conversation_part.list\",\"total_count\":6,\"conversation_parts\":["
      "{\"part_type\":\"comment\",\"body\":\"<p>I am Fin.</p><p>Which "
      "kettle?</p>\",\"created_at\":1772442905,\"author\":{\"type\":\"bot\",\"id\":\"9\",\"name\":\"Fin\"}},"
      "{\"part_type\":\"close\",\"body\":\"<p>Closing "
      "this.</p>\",\"created_at\":1772443200,\"author\":{\"type\":\"admin\",\"id\":\"7\",\"name\":\"Kim\"}},"
      "{\"part_type\":\"note\",\"body\":\"<p>bad "
      "batch</"
      "p>\",\"created_at\":1772443000,\"author\":{\"type\":\"admin\",\"id\":\"7\",\"name\":\"Kim\",\"email\":\"kim@"
      "shop.example\"}},"
      "{\"part_type\":\"assignment\",\"body\":null,\"created_at\":1772443001,\"author\":{\"type\":\"admin\",\"id\":"
      "\"7\"}},"
      "{\"part_type\":\"comment\",\"body\":\"<p>A smart "
      "answer.</"
      "p>\",\"created_at\":1772443002,\"author\":{\"type\":\"admin\",\"id\":\"8\",\"name\":\"Operator\",\"from_ai_"
      "agent\":true}},"
      "{\"part_type\":\"open\",\"body\":\"<p>Still "
      "leaking!</p>\",\"created_at\":1772443100,\"author\":{\"type\":\"user\",\"id\":\"u1\"}}]}}",
      "# 503 chat 2026-03-02T09:15:00Z \"Kettle\" [intercom line 1]\n"
      "@ 0 customer u1 \"Dana\" <dana@example.org>\n"
      "@ 1 bot 9 \"Fin\"\n"
      "@ 2 agent 7 \"Kim\" <kim@shop.example>\n"
      "@ 3 bot 8 \"Operator\"\n"
      "0 0ms customer: My kettle & cup leak.\n"
      "1 5000ms bot: I am Fin.\\n\\nWhich kettle?\n"
      "2 100000ms agent (note): bad batch\n"
      "3 102000ms bot: A smart answer.\n"
      "0 200000ms customer: Still leaking!\n"
      "2 300000ms agent: Closing this.\n" },
    { "a list; plain bodies keep their lines; parts that were left out are told",
      "{\"type\":\"conversation.list\",\"conversations\":[\n"
      "{\"id\":1,\"source\":{\"type\":\"email\",\"subject\":\"Order\",\"body\":\"one\\ntwo < "
      "three\",\"author\":{\"type\":\"lead\",\"id\":\"l\"}},\"created_at\":1772442900},\n"
      "{\"id\":2,\"source\":{\"type\":\"facebook\",\"body\":null,\"author\":{\"type\":\"admin\",\"id\":\"7\"}},"
      "\"conversation_parts\":{\"total_count\":501,\"conversation_parts\":[{\"part_type\":\"comment\",\"body\":\"hey\","
      "\"author\":{\"type\":\"contact\",\"id\":\"c\"}}]}},\n"
      "{\"id\":3}],\"pages\":{}}",
      "# 1 email 2026-03-02T09:15:00Z \"Order\" [intercom line 2]\n"
      "@ 0 customer l\n"
      "0 0ms customer: one\\ntwo < three\n"
      "? line 3: conversation 2: only 1 of its 501 parts are here\n"
      "# 2 social - [intercom line 3]\n"
      "@ 0 customer c\n"
      "0 - customer: hey\n"
      "! line 4: neither source nor parts of a conversation here\n" },
    { "JSON Lines; an older version; a notification; a call",
      "{\"type\":\"conversation\",\"id\":\"a\",\"created_at\":1772442900,\"conversation_message\":{\"type\":"
      "\"conversation_message\",\"body\":\"<p>old</"
      "p>\",\"author\":{\"type\":\"user\",\"id\":\"u\"}},\"conversation_parts\":[]}\n"
      "{\"type\":\"notification_event\",\"data\":{\"item\":{\"type\":\"conversation\",\"id\":\"b\",\"source\":{"
      "\"type\":\"phone_call\",\"body\":\"<p>x</p>\",\"author\":{\"type\":\"operator\",\"id\":\"o\"}}}}}\n",
      "# a unknown 2026-03-02T09:15:00Z [intercom line 1]\n"
      "@ 0 customer u\n"
      "0 0ms customer: old\n"
      "# b phone - [intercom line 2]\n"
      "@ 0 bot o\n"
      "0 - bot: x\n" },
    { "a first message that is dated after the parts stays first",
      "{\"id\":\"c\",\"created_at\":1772443000,\"source\":{\"body\":\"one\",\"author\":{\"type\":\"user\",\"id\":\"u\"}"
      "},\"conversation_parts\":{\"conversation_parts\":["
      "{\"part_type\":\"comment\",\"body\":\"two\",\"created_at\":1772442900,\"author\":{\"type\":\"admin\",\"id\":"
      "\"a\"}}]}}",
      "# c unknown 2026-03-02T09:15:00Z [intercom line 1]\n"
      "@ 0 customer u\n"
      "@ 1 agent a\n"
      "0 100000ms customer: one\n"
      "1 0ms agent: two\n" },
    { "wrong types",
      "{\"source\":[],\"conversation_parts\":{\"conversation_parts\":[1,{\"body\":{}},{\"body\":\"x\",\"author\":"
      "\"me\",\"created_at\":\"soon\",\"part_type\":4}],\"total_count\":\"y\"},\"contacts\":7}",
      "# (made) unknown - [intercom line 1]\n"
      "- - unknown: x\n" },
};

static void cases(void **state)
{
    (void)state;
    assert_int_equal(dump_check(&format_intercom, CASES, COUNT(CASES)), 0);
}

static void recognised(void **state)
{
    static const char *const yes[] = {
        "{\"type\":\"conversation\",\"id\":\"1\",\"source\":{\"author\":{",
        "{\"conversations\":[{\"source\":{\"delivered_as\":\"x\",\"author\":{",
        "{\n \"conversation_parts\": {\n \"conversation_parts\": [",
        "{\"type\":\"conversation.list\",\"total",
        "{\"type\":\"notification_event\",\"data\":{\"item\":{\"type\":\"conversation\",\"source\":",
    };
    static const char *const no[] = { "{\"type\":\"conversation\",\"turns\":[",
                                      "{\"source\":\"crm\",\"conversations\":[{\"turns\":[{\"text\":" };
    (void)state;
    for (size_t i = 0; i < COUNT(yes); i++)
        assert_ptr_equal(import_recognise(str_from(yes[i]), STR("x"), false), &format_intercom);
    for (size_t i = 0; i < COUNT(no); i++)
        assert_ptr_not_equal(import_recognise(str_from(no[i]), STR("x"), false), &format_intercom);
}

static void sample(void **state)
{
    Buf file = { 0 }, out = { 0 };
    (void)state;
    if (!dump_shared("formats/samples/intercom-conversation.json", &file)) {
        print_message("no shared samples here\n");
        skip();
    }
    assert_ptr_equal(import_recognise(buf_str(&file), STR("x.json"), true), &format_intercom);
    DumpSink dump = dump_file(&format_intercom, buf_str(&file), NULL, &out);
    assert_int_equal(dump.conversations, 1);
    assert_int_equal(dump.turns, 2);
    assert_int_equal(dump.rejects, 0);
    assert_true(str_starts(buf_str(&out), STR("# 503 chat ")));
    assert_true(str_find(buf_str(&out), STR("\n0 70940288000ms agent: ")) != STR_NOT_FOUND);
    assert_true(str_find(buf_str(&out), STR("\n1 0ms agent: ")) != STR_NOT_FOUND);
    buf_clear(&file);
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(cases), cmocka_unit_test(recognised),
                                        cmocka_unit_test(sample) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
