/* test_genesys.c -- Genesys Cloud transcripts on one side, the conversation on the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump.h"
#include "import/formats.h"

static const DumpCase CASES[] = {
    { "times count from the start; the decorated text is better; a phrase without it",
      "{\"conversationId\":\"g-1\",\"mediaType\":\"voice\",\"transcripts\":[{\"phrases\":["
      "{\"text\":\"my bill is wrong\",\"decoratedText\":\"My bill is "
      "wrong.\",\"startTimeMs\":500,\"duration\":{\"milliseconds\":1500},\"participantPurpose\":\"external\"},"
      "{\"text\":\"let me look\",\"decoratedText\":\" \",\"startTimeMs\":4200,\"participantPurpose\":\"internal\"}]}],"
      "\"participants\":[{\"participantPurpose\":\"external\",\"ani\":\"+15550100\",\"startTimeMs\":0,\"endTimeMs\":"
      "9000},{\"participantPurpose\":\"internal\",\"userId\":\"kim\",\"startTimeMs\":0,\"endTimeMs\":9000}]}",
      "# g-1 phone - [genesys line 1]\n"
      "@ 0 customer customer\n"
      "@ 1 agent kim\n"
      "0 500-2000ms customer: My bill is wrong.\n"
      "1 4200ms agent: let me look\n" },
    { "two communications of one conversation, the later one first; a transfer; a machine's words go",
      "[{\"conversationId\":\"g-2\",\"communicationId\":\"b\",\"mediaType\":\"call\",\"conversationStartTime\":"
      "1772442900000,\"startTime\":1772442960000,\"transcripts\":[{\"phrases\":["
      "{\"text\":\"I am Lou.\",\"startTimeMs\":1772442961000,\"participantPurpose\":\"internal\"}]}],\"participants\":["
      "{\"participantPurpose\":\"agent\",\"userId\":\"kim\",\"startTimeMs\":1772442905000,\"endTimeMs\":1772442959000},"
      "{\"participantPurpose\":\"agent\",\"userId\":\"lou\",\"startTimeMs\":1772442960000},{\"participantPurpose\":"
      "\"customer\",\"participantName\":\"Dana\",\"from\":\"dana@example.org\",\"startTimeMs\":1772442900000}]},\n"
      "{\"conversationId\":\"g-3\",\"transcripts\":[{\"phrases\":[{\"text\":\"?\",\"participantPurpose\":\"voicemail\"}"
      "]}]},\n"
      "{\"conversationId\":\"g-2\",\"communicationId\":\"a\",\"conversationStartTime\":1772442900000,\"transcripts\":[{"
      "\"phrases\":["
      "{\"text\":\"Press one.\",\"startTimeMs\":1772442901000,\"participantPurpose\":\"internal\"},"
      "{\"text\":\"Hello?\",\"startTimeMs\":1772442907000,\"participantPurpose\":\"external\"},"
      "{\"text\":\"Kim here.\",\"startTimeMs\":1772442906000,\"participantPurpose\":\"internal\"}]}],\"participants\":["
      "{\"participantPurpose\":\"ivr\",\"startTimeMs\":1772442900000,\"endTimeMs\":1772442904000},{"
      "\"participantPurpose\":\"agent\",\"userId\":\"kim\",\"startTimeMs\":1772442905000,\"endTimeMs\":1772442959000},{"
      "\"participantPurpose\":\"customer\",\"participantName\":\"Dana\",\"startTimeMs\":1772442900000}]}]",
      "# g-2 phone 2026-03-02T09:15:00Z [genesys line 1]\n"
      "@ 0 agent kim\n"
      "@ 1 agent lou\n"
      "@ 2 customer \"Dana\" <dana@example.org>\n"
      "0 6000ms agent: Kim here.\n"
      "2 7000ms customer: Hello?\n"
      "1 61000ms agent: I am Lou.\n"
      "! line 2: conversation g-3 has no turns\n" },
    { "offsets and a known start; a bot; nobody told who takes part; a chat",
      "{\"conversationId\":\"g-4\",\"mediaType\":\"message\",\"startTime\":1772442900000,\"transcripts\":[{"
      "\"messageType\":\"webmessaging\",\"phrases\":["
      "{\"text\":\"hi\",\"offset\":{\"milliseconds\":250},\"participantPurpose\":\"external\"},{\"text\":\"I am "
      "Bo\",\"startTimeMs\":900,\"participantPurpose\":\"bot\"},{\"text\":\"well\",\"startTimeMs\":1100}]}]}",
      "# g-4 chat 2026-03-02T09:15:00.250Z [genesys line 1]\n"
      "@ 0 customer customer\n"
      "@ 1 bot bot\n"
      "0 0ms customer: hi\n"
      "1 650ms bot: I am Bo\n"
      "- 850ms unknown: well\n" },
    { "wrong types",
      "[{\"conversationId\":{},\"transcripts\":[7,{\"phrases\":{\"a\":1}},{\"phrases\":[null,{\"text\":[]},{\"text\":"
      "\"x\",\"startTimeMs\":\"soon\",\"duration\":[],\"participantPurpose\":4}]}],\"participants\":\"me\"},{"
      "\"transcripts\":1}]",
      "# (made) unknown - [genesys line 1]\n"
      "- - unknown: x\n"
      "! line 1: no transcripts in this record\n" },
};

static void cases(void **state)
{
    (void)state;
    assert_int_equal(dump_check(&format_genesys, CASES, COUNT(CASES)), 0);
}

static void sample(void **state)
{
    Buf file = { 0 }, out = { 0 };
    (void)state;
    if (!dump_shared("formats/samples/genesys-transcript.json", &file)) {
        print_message("no shared samples here\n");
        skip();
    }
    assert_ptr_equal(import_recognise(buf_str(&file), STR("x.json"), true), &format_genesys);
    DumpSink dump = dump_file(&format_genesys, buf_str(&file), NULL, &out);
    assert_int_equal(dump.conversations, 1);
    assert_int_equal(dump.turns, 3);
    assert_int_equal(dump.rejects, 0);
    assert_true(str_starts(buf_str(&out),
                           STR("# conv-1 phone - [genesys line 1]\n@ 0 customer customer\n@ 1 agent agent-1\n")));
    assert_true(str_find(buf_str(&out), STR("\n0 500ms customer: Hi, ")) != STR_NOT_FOUND);
    assert_true(str_find(buf_str(&out), STR("\n1 4200ms agent: ")) != STR_NOT_FOUND);
    assert_true(str_find(buf_str(&out), STR("\n0 90000ms customer: ")) != STR_NOT_FOUND);
    buf_clear(&file);
    buf_clear(&out);
}

static void recognised(void **state)
{
    (void)state;
    assert_ptr_equal(import_recognise(STR("[{\"participants\":[{\"participantPurpose\":\"x\"}],\"communicationId\":1,"
                                          "\"conversationId\":\"x\",\"tr"),
                                      STR("x"), false),
                     &format_genesys);
    assert_ptr_equal(
        import_recognise(STR("{\n\"transcripts\": [ {\"phrases\": [ {\"participantPurpose\":"), STR("x"), false),
        &format_genesys);
    assert_ptr_not_equal(import_recognise(STR("{\"conversationId\":1,\"turns\":[{\"text\":\"x\"}]}"), STR("x"), true),
                         &format_genesys);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(cases), cmocka_unit_test(recognised),
                                        cmocka_unit_test(sample) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
