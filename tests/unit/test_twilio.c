/* test_twilio.c -- Twilio messages and sentences on one side, the conversation on the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump.h"
#include "import/formats.h"

static const DumpCase CASES[] = {
    { "messages of two conversations, newest first; a picture; the system; a telephone makes the others staff",
      "{\"messages\":["
      "{\"sid\":\"IM3\",\"conversation_sid\":\"CH1\",\"index\":3,\"author\":\"kim_40shop_2Eexample\",\"body\":"
      "\"Tomorrow.\",\"date_created\":\"2026-03-02T09:15:20Z\"},\n"
      "{\"sid\":\"IM9\",\"conversation_sid\":\"CH2\",\"index\":0,\"author\":\"smee\",\"body\":\"Ahoy!\",\"date_"
      "created\":\"2026-03-02T09:15:00Z\"},\n"
      "{\"sid\":\"IM2\",\"conversation_sid\":\"CH1\",\"index\":2,\"author\":\"+15550100\",\"body\":\"And "
      "when?\",\"date_created\":\"2026-03-02T09:15:20Z\"},\n"
      "{\"sid\":\"IM1\",\"conversation_sid\":\"CH1\",\"index\":1,\"author\":\"system\",\"body\":\"Kim "
      "joined.\",\"date_created\":\"2026-03-02T09:15:10Z\"},\n"
      "{\"sid\":\"IM4\",\"conversation_sid\":\"CH1\",\"index\":4,\"author\":\"+15550100\",\"body\":null,\"media\":[{}],"
      "\"date_created\":\"2026-03-02T09:16:00Z\"},\n"
      "{\"sid\":\"IM0\",\"conversation_sid\":\"CH1\",\"index\":0,\"author\":\"+15550100\",\"body\":\"Where is "
      "it?\",\"date_created\":\"2026-03-02T09:15:00Z\"}],\"meta\":{}}",
      "# CH1 chat 2026-03-02T09:15:00Z [twilio line 1]\n"
      "@ 0 customer speaker 1\n"
      "@ 1 system system\n"
      "@ 2 agent speaker 3 <kim@shop.example>\n"
      "0 0ms customer: Where is it?\n"
      "1 10000ms system: Kim joined.\n"
      "0 20000ms customer: And when?\n"
      "2 20000ms agent: Tomorrow.\n"
      "# CH2 chat 2026-03-02T09:15:00Z [twilio line 2]\n"
      "@ 0 unknown smee\n"
      "0 0ms unknown: Ahoy!\n" },
    { "SMS, newest first, dates as in mail; the direction tells who is who; another customer is another conversation",
      "{\"messages\":[{\"from\":\"+15550100\",\"to\":\"+15559999\",\"direction\":\"inbound\",\"body\":\"Thanks\","
      "\"date_sent\":\"Mon, 02 Mar 2026 09:16:00 +0000\",\"num_segments\":\"1\"},\n"
      "{\"from\":\"+15550200\",\"to\":\"+15559999\",\"direction\":\"inbound\",\"body\":\"Hey\",\"date_sent\":\"Mon, 02 "
      "Mar 2026 09:15:59 +0000\"},\n"
      "{\"from\":\"+15559999\",\"to\":\"+15550100\",\"direction\":\"outbound-api\",\"body\":\"It is "
      "here\",\"date_sent\":\"Mon, 02 Mar 2026 09:16:00 +0000\"}]}",
      "# (made) chat 2026-03-02T09:16:00Z [twilio line 1]\n"
      "@ 0 agent speaker 1\n"
      "@ 1 customer speaker 2\n"
      "0 0ms agent: It is here\n"
      "1 0ms customer: Thanks\n"
      "# (made) chat 2026-03-02T09:15:59Z [twilio line 2]\n"
      "@ 0 customer speaker 1\n"
      "0 0ms customer: Hey\n" },
    { "sentences: numbers are strings; nobody says whose a channel is",
      "{\"sentences\":[{\"sid\":\"GX2\",\"media_channel\":2,\"sentence_index\":1,\"start_time\":\"4.21\",\"end_time\":"
      "\"5.5\",\"transcript\":\"My kettle leaks.\",\"confidence\":\"0.9\"},"
      "{\"sid\":\"GX1\",\"media_channel\":1,\"sentence_index\":0,\"start_time\":\"0.5\",\"end_time\":\"3.1\","
      "\"transcript\":\"Good morning.\"}],"
      "\"meta\":{\"url\":\"https://intelligence.example/v2/Transcripts/GT77/Sentences?PageSize=50\"}}",
      "# GT77 phone - [twilio line 1]\n"
      "@ 0 unknown 2\n"
      "@ 1 unknown 1\n"
      "1 500-3100ms unknown: Good morning.\n"
      "0 4210-5500ms unknown: My kettle leaks.\n" },
    { "the same, and the user says whose",
      "{\"sentences\":[{\"media_channel\":0,\"transcript\":\"a\"},{\"media_channel\":1,\"transcript\":\"b\"}]}",
      "# (made) phone - [twilio line 1]\n@ 0 agent 0\n@ 1 customer 1\n0 - agent: a\n1 - customer: b\n",
      "0=agent,1=customer" },
    { "the same with the transcript resource",
      "{\"transcript\":{\"sid\":\"GT1\",\"media_start_time\":\"2026-03-02T09:15:00Z\",\"channel\":{\"participants\":[{"
      "\"channel_participant\":1,\"role\":\"Agent\",\"full_name\":\"Kim "
      "Osei\",\"email\":\"kim@shop.example\"},{\"channel_participant\":\"2\",\"role\":\"Customer\"}]}},"
      "\"sentences\":[{\"media_channel\":1,\"start_time\":null,\"words\":[{\"start_time\":\"1.5\"}],\"transcript\":"
      "\"Good morning.\"},{\"media_channel\":2,\"start_time\":2,\"transcript\":\"Hm.\"}]}",
      "# GT1 phone 2026-03-02T09:15:00Z [twilio line 1]\n"
      "@ 0 agent 1 \"Kim Osei\" <kim@shop.example>\n"
      "@ 1 customer 2\n"
      "0 1500ms agent: Good morning.\n"
      "1 2000ms customer: Hm.\n" },
    { "wrong types",
      "{\"messages\":[{\"body\":7,\"author\":{}},{\"sid\":1},{\"body\":\"x\",\"author\":[],\"index\":\"a\",\"date_"
      "created\":-4,\"conversation_sid\":{}}]}\n{\"sentences\":{\"a\":1}}",
      "! line 1: neither a message nor sentences of a transcript\n"
      "! line 2: the conversation has no turns\n"
      "# (made) chat - [twilio line 1]\n"
      "- - unknown: x\n" },
};

static void cases(void **state)
{
    (void)state;
    assert_int_equal(dump_check(&format_twilio, CASES, COUNT(CASES)), 0);
}

static void sample(void **state)
{
    Buf file = { 0 }, out = { 0 };
    (void)state;
    if (!dump_shared("formats/samples/twilio-message.json", &file)) {
        print_message("no shared samples here\n");
        skip();
    }
    assert_ptr_equal(import_recognise(buf_str(&file), STR("x.json"), true), &format_twilio);
    DumpSink dump = dump_file(&format_twilio, buf_str(&file), NULL, &out);
    assert_int_equal(dump.conversations, 1);
    assert_int_equal(dump.turns, 1);
    assert_true(str_starts(buf_str(&out), STR("# CHXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX chat 2015-12-16T22:18:37Z [twilio "
                                              "line 1]\n@ 0 unknown smee\n0 0ms unknown: ")));
    buf_clear(&file);
    buf_clear(&out);
}

static void recognised(void **state)
{
    static const char *const yes[] = { "{\"sentences\":[{\"media_channel\":1,\"sentence_index\":",
                                       "[{\"sentence_index\":0,\"media_channel\":1",
                                       "{\"messages\":[{\"body\":\"x\",\"direction\":\"inbound\",\"account_sid\":",
                                       "{ \"conversation_sid\":\"CH\", \"body\":\"" };
    (void)state;
    for (size_t i = 0; i < COUNT(yes); i++)
        assert_ptr_equal(import_recognise(str_from(yes[i]), STR("x"), false), &format_twilio);
    assert_ptr_not_equal(import_recognise(STR("{\"messages\":[{\"body\":\"x\",\"author\":\"y\"}]}"), STR("x"), true),
                         &format_twilio);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(cases), cmocka_unit_test(recognised),
                                        cmocka_unit_test(sample) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
