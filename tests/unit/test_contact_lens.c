/* test_contact_lens.c -- Contact Lens: the analysed contact on one side, the conversation on the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump.h"
#include "import/formats.h"

static const DumpCase CASES[] = {
    { "voice: roles joined by id, turns sorted by when they begin",
      "{\"Channel\":\"VOICE\",\"CustomerMetadata\":{\"ContactId\":\"c-1\"},\n"
      "\"Participants\":[{\"ParticipantId\":\"p1\",\"ParticipantRole\":\"AGENT\"},{\"ParticipantId\":\"p2\","
      "\"ParticipantRole\":\"CUSTOMER\"}],\n"
      "\"Transcript\":[{\"Id\":\"b\",\"ParticipantId\":\"p2\",\"BeginOffsetMillis\":4100,\"EndOffsetMillis\":6000,"
      "\"Content\":\"My [PII] is wrong.\",\"LoudnessScore\":[70.1,null]},\n"
      "{\"Id\":\"a\",\"ParticipantId\":\"p1\",\"BeginOffsetMillis\":0,\"EndOffsetMillis\":3000,\"Content\":\"Good "
      "morning.\"}]}",
      "# c-1 phone - [contact-lens line 1]\n"
      "@ 0 agent p1\n"
      "@ 1 customer p2\n"
      "0 0-3000ms agent: Good morning.\n"
      "1 4100-6000ms customer: My [PII] is wrong.\n" },
    { "the word stands where the id should; nothing else is known",
      "{\"Transcript\":[{\"ParticipantId\":\"CUSTOMER\",\"Content\":\"Hi\",\"BeginOffsetMillis\":5},{\"ParticipantId\":"
      "\"AGENT\",\"Content\":\"Hello\",\"BeginOffsetMillis\":6},"
      "{\"ParticipantId\":\"SUPERVISOR\",\"Content\":\"I am here "
      "too\",\"BeginOffsetMillis\":7},{\"ParticipantId\":\"x9\",\"Content\":\"?\",\"BeginOffsetMillis\":8}]}",
      "# (made) phone - [contact-lens line 1]\n"
      "@ 0 customer CUSTOMER\n"
      "@ 1 agent AGENT\n"
      "@ 2 agent SUPERVISOR\n"
      "@ 3 unknown x9\n"
      "0 5ms customer: Hi\n"
      "1 6ms agent: Hello\n"
      "2 7ms agent: I am here too\n"
      "3 8ms unknown: ?\n" },
    { "Transcribe's twin: the role on the turn, words without a whole, short names of offsets",
      "{\"JobName\":\"job "
      "7\",\"JobStatus\":\"COMPLETED\",\"Participants\":[{\"ParticipantRole\":\"AGENT\"},{\"ParticipantRole\":"
      "\"CUSTOMER\"}],"
      "\"Transcript\":[{\"ParticipantRole\":\"AGENT\",\"Begin\":10,\"End\":900,\"LoudnessScores\":[1],\"Items\":[{"
      "\"Content\":\"Well\",\"Confidence\":\"0.9\"},{\"Content\":\",\"},{\"Content\":\"yes\"},{\"Content\":\".\"}],"
      "\"Redaction\":{\"RedactedTimestamps\":[[{\"Begin\":1}]]}},{\"ParticipantRole\":\"CUSTOMER\","
      "\"BeginOffsetMillis\":950,\"Content\":\"No.\"}]}",
      "# job 7 phone - [contact-lens line 1]\n"
      "@ 0 agent AGENT\n"
      "@ 1 customer CUSTOMER\n"
      "0 10-900ms agent: Well, yes.\n"
      "1 950ms customer: No.\n" },
    { "chat: events, receipts, attachments and forms are not said; bots and systems keep their roles",
      "{\"Version\":\"CHAT-2022-11-30\",\"Channel\":\"CHAT\",\"CustomerMetadata\":{\"ContactId\":\"chat-1\"},"
      "\"Participants\":["
      "{\"ParticipantId\":\"c\",\"ParticipantRole\":\"CUSTOMER\",\"DisplayName\":\"Dana\"},{\"ParticipantId\":\"a\","
      "\"ParticipantRole\":\"AGENT\",\"DisplayName\":\"Kim\"}],\"Transcript\":["
      "{\"ParticipantId\":\"c\",\"AbsoluteTime\":\"2026-03-02T09:00:00.000Z\",\"Type\":\"EVENT\",\"ContentType\":"
      "\"application/vnd.amazonaws.connect.event.participant.joined\"},"
      "{\"ParticipantId\":\"c\",\"AbsoluteTime\":\"2026-03-02T09:00:04.500Z\",\"Type\":\"MESSAGE\",\"ContentType\":"
      "\"text/markdown\",\"Content\":\"**Late** again\"},"
      "{\"ParticipantId\":\"s\",\"ParticipantRole\":\"SYSTEM\",\"DisplayName\":\"SYSTEM_MESSAGE\",\"AbsoluteTime\":"
      "\"2026-03-02T09:00:01.000Z\",\"Type\":\"MESSAGE\",\"ContentType\":\"text/plain\",\"Content\":\"Please wait.\"},"
      "{\"ParticipantId\":\"b\",\"ParticipantRole\":\"CUSTOM_BOT\",\"AbsoluteTime\":\"2026-03-02T09:00:05Z\",\"Type\":"
      "\"MESSAGE\",\"ContentType\":\"text/plain\",\"Content\":\"I am Bo.\"},"
      "{\"ParticipantId\":\"a\",\"AbsoluteTime\":\"2026-03-02T09:00:06Z\",\"Type\":\"MESSAGE\",\"ContentType\":"
      "\"application/vnd.amazonaws.connect.message.interactive\",\"Content\":\"{}\"},"
      "{\"ParticipantId\":\"a\",\"AbsoluteTime\":\"2026-03-02T09:00:07Z\",\"Type\":\"ATTACHMENT\",\"ContentType\":"
      "\"application/pdf\",\"Attachments\":[]},"
      "{\"ParticipantId\":\"a\",\"AbsoluteTime\":\"2026-03-02T09:00:08Z\",\"Type\":\"MESSAGE\",\"ContentType\":\"text/"
      "plain\",\"Content\":\"I will see to it.\"}]}",
      "# chat-1 chat 2026-03-02T09:00:01Z [contact-lens line 1]\n"
      "@ 0 customer c \"Dana\"\n"
      "@ 1 agent a \"Kim\"\n"
      "@ 2 system s \"SYSTEM_MESSAGE\"\n"
      "@ 3 bot b\n"
      "2 0ms system: Please wait.\n"
      "0 3500ms customer: **Late** again\n"
      "3 4000ms bot: I am Bo.\n"
      "1 7000ms agent: I will see to it.\n" },
    { "the stream: pieces of two contacts, line by line",
      "{\"ContactId\":\"x\",\"Channel\":\"VOICE\",\"EventType\":\"SEGMENTS\",\"Segments\":[{\"Transcript\":{"
      "\"ParticipantId\":\"AGENT\",\"ParticipantRole\":\"AGENT\",\"Content\":\"Hello\",\"BeginOffsetMillis\":0,"
      "\"EndOffsetMillis\":9}},{\"Categories\":{}}]}\n"
      "{\"ContactId\":\"y\",\"Channel\":\"VOICE\",\"Segments\":[{\"Transcript\":{\"ParticipantRole\":\"CUSTOMER\","
      "\"Content\":\"Hey\",\"BeginOffsetMillis\":0}}]}\n"
      "{\"ContactId\":\"x\",\"Segments\":[{\"Utterance\":{\"PartialContent\":\"I\"}},{\"Transcript\":{"
      "\"ParticipantId\":\"CUSTOMER\",\"Content\":\"I wait\",\"BeginOffsetMillis\":10}}]}\n",
      "# x phone - [contact-lens line 1]\n"
      "@ 0 agent AGENT\n"
      "@ 1 customer CUSTOMER\n"
      "0 0-9ms agent: Hello\n"
      "1 10ms customer: I wait\n"
      "# y phone - [contact-lens line 2]\n"
      "@ 0 customer CUSTOMER\n"
      "0 0ms customer: Hey\n" },
    { "the user says it was the other way round",
      "{\"Transcript\":[{\"ParticipantId\":\"AGENT\",\"Content\":\"My kettle "
      "leaks\"},{\"ParticipantId\":\"CUSTOMER\",\"Content\":\"Let me see\"}]}",
      "# (made) phone - [contact-lens line 1]\n"
      "@ 0 customer AGENT\n"
      "@ 1 agent CUSTOMER\n"
      "0 - customer: My kettle leaks\n"
      "1 - agent: Let me see\n",
      "AGENT=customer,CUSTOMER=agent" },
    { "wrong types",
      "[{\"Transcript\":{}},{\"Transcript\":[1,null,{},{\"Content\":[]},{\"Content\":\"x\",\"ParticipantId\":{},"
      "\"BeginOffsetMillis\":\"9\",\"EndOffsetMillis\":-4,\"AbsoluteTime\":7,\"Items\":3}]},3]",
      "! line 1: no Transcript in this record\n"
      "# (made) chat 1970-01-01T00:00:07Z [contact-lens line 1]\n"
      "- 0ms unknown: x\n"
      "! line 1: an object was expected here\n" },
    { "no words at all", "{\"Transcript\":[]}", "! line 1: the conversation has no turns\n" },
};

static void cases(void **state)
{
    (void)state;
    assert_int_equal(dump_check(&format_contact_lens, CASES, COUNT(CASES)), 0);
}

static void named_by_its_file(void **state)
{
    static const ImportOptions none = { 0 };
    Buf out = { 0 };
    Arena scratch = { 0 };
    Err err;
    DumpSink dump = { .sink = { dump_conversation, dump_reject }, .out = &out };
    ImportBlock block = { .file = STR("calls.zip/voice/3f2a_analysis_2026-03-02T09:15:00Z.json"),
                          .bytes = STR("{\"Transcript\":[{\"Content\":\"x\"}]}"),
                          .line = 1,
                          .whole = true,
                          .format = "contact-lens",
                          .options = &none };
    (void)state;
    assert_true(format_contact_lens.read(&block, &dump.sink, &scratch, &err));
    assert_true(str_starts(buf_str(&out), STR("# 3f2a phone ")));
    arena_clear(&scratch);
    buf_clear(&out);
}

static void recognised(void **state)
{
    static const char *const yes[] = {
        "{\"Transcript\":[{\"Content\":\"x\",\"ParticipantRole\":\"AGENT\"",
        "{\n\"ConversationCharacteristics\": {\"Sentiment\": {}}, \"Categories\": {\"MatchedCategories\": [",
        "{\"Segments\":[{\"Transcript\":{\"Content\":\"",
        "[{\"Participants\":[{\"ParticipantRole\":\"AGENT\"}],\"JobStatus\":\"COMPLETED\",\"Tr",
    };
    static const char *const no[] = { "{\"transcripts\":[{\"Content\":\"\"}]}", "{\"Transcript\":\"some words\"}",
                                      "Transcript",
                                      "{\"a\":{\"Transcript\":[{\"Content\":\"\",\"ParticipantId\":1}]}}" };
    (void)state;
    for (size_t i = 0; i < COUNT(yes); i++)
        assert_ptr_equal(import_recognise(str_from(yes[i]), STR("x"), false), &format_contact_lens);
    for (size_t i = 0; i < COUNT(no); i++)
        assert_ptr_not_equal(import_recognise(str_from(no[i]), STR("x"), false), &format_contact_lens);
}

/* Of the public samples only counts, roles and times are known here. */
static void sample_is(const char *name, size_t turns, const char *head, const char *const *part, size_t part_count)
{
    Buf file = { 0 }, out = { 0 };
    if (!dump_shared(name, &file)) {
        print_message("no shared samples here\n");
        skip();
    }
    size_t seen = file.len < 65536 ? file.len : 65536;
    assert_ptr_equal(import_recognise(str_sub(buf_str(&file), 0, seen), STR("x.json"), false), &format_contact_lens);
    DumpSink dump = dump_file(&format_contact_lens, buf_str(&file), NULL, &out);
    assert_int_equal(dump.conversations, 1);
    assert_int_equal(dump.turns, turns);
    assert_int_equal(dump.rejects, 0);
    assert_true(str_starts(buf_str(&out), str_from(head)));
    for (size_t i = 0; i < part_count; i++)
        if (str_find(buf_str(&out), str_from(part[i])) == STR_NOT_FOUND) fail_msg("%s: not there: %s", name, part[i]);
    buf_clear(&file);
    buf_clear(&out);
}

static void samples(void **state)
{
    static const char *const voice[] = { "\n@ 0 customer CUSTOMER\n@ 1 agent AGENT\n",
                                         "\n1 0-90ms agent: ", "\n0 7370-11190ms customer: ",
                                         "\n1 24120-29710ms agent: ", "\n0 30580-32110ms customer: " };
    static const char *const chat[] = { "\n@ 0 customer ",     "\n@ 1 system ",       "\n@ 2 agent ",
                                        "\n1 0ms system: ",    "\n2 10072ms agent: ", "\n0 14712ms customer: ",
                                        "\n2 168058ms agent: " };
    (void)state;
    sample_is("formats/samples/contact-lens-voice.json", 10, "# (made) phone - [contact-lens line 1]", voice,
              COUNT(voice));
    sample_is("formats/samples/contact-lens-chat.json", 31, "# ", chat, COUNT(chat));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases),
        cmocka_unit_test(named_by_its_file),
        cmocka_unit_test(recognised),
        cmocka_unit_test(samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
