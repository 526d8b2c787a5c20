/* test_whisper.c -- Whisper's segments on one side, the conversation on the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump.h"
#include "import/formats.h"

static const DumpCase CASES[] = {
    { "without speakers each segment stays for itself; doubtful ones are told",
      "{\"text\":\" Hello. My kettle\",\"segments\":[{\"id\":0,\"start\":0.0,\"end\":1.52,\"text\":\" "
      "Hello.\",\"avg_logprob\":-0.2,\"compression_ratio\":1.1,\"no_speech_prob\":0.01},"
      "{\"id\":1,\"start\":1.6,\"end\":3,\"text\":\" My "
      "kettle\",\"avg_logprob\":-1.2},{\"start\":3,\"end\":4,\"text\":\"la la la "
      "la\",\"compression_ratio\":2.5},{\"start\":4,\"end\":5,\"text\":\"Thanks\",\"no_speech_prob\":\"0.9\"},{"
      "\"start\":5,\"text\":\"  \"}],\"language\":\"en\"}",
      "# (made) phone - [whisper line 1]\n"
      "- 0-1520ms unknown: Hello.\n"
      "- 1600-3000ms unknown (doubtful): My kettle\n"
      "- 3000-4000ms unknown (doubtful): la la la la\n"
      "- 4000-5000ms unknown (doubtful): Thanks\n" },
    { "with speakers: joined over a short pause, not over a long one, nor from sure to doubtful",
      "{\"segments\":[{\"start\":0,\"end\":1,\"text\":\"Good\",\"speaker\":\"SPEAKER_00\"},{\"start\":3,\"end\":4,"
      "\"text\":\"morning.\",\"speaker\":\"SPEAKER_00\"},"
      "{\"start\":6.1,\"end\":7,\"text\":\"Hello?\",\"speaker\":\"SPEAKER_00\"},{\"start\":7,\"end\":8,\"text\":"
      "\"Yes\",\"words\":[{\"word\":\"Yes\"},{\"speaker\":\"SPEAKER_01\"}]},"
      "{\"start\":8,\"end\":9,\"text\":\"hm\",\"speaker\":\"SPEAKER_01\",\"avg_logprob\":-2}]}",
      "# (made) phone - [whisper line 1]\n"
      "@ 0 unknown SPEAKER_00\n"
      "@ 1 unknown SPEAKER_01\n"
      "0 0-4000ms unknown: Good morning.\n"
      "0 6100-7000ms unknown: Hello?\n"
      "1 7000-8000ms unknown: Yes\n"
      "1 8000-9000ms unknown (doubtful): hm\n" },
    { "roles as speakers, and roles that the user names",
      "{\"segments\":[{\"start\":0,\"end\":1,\"text\":\"Hi\",\"speaker\":\"agent\"},{\"start\":1,\"end\":2,\"text\":"
      "\"Ho\",\"speaker\":\"B\"}]}",
      "# (made) phone - [whisper line 1]\n@ 0 agent agent\n@ 1 customer B\n0 0-1000ms agent: Hi\n1 1000-2000ms "
      "customer: Ho\n",
      "B=customer" },
    { "whisper.cpp",
      "{\"model\":{\"type\":\"base\"},\"transcription\":[{\"timestamps\":{\"from\":\"00:00:00,000\"},\"offsets\":{"
      "\"from\":0,\"to\":1100},\"text\":\" (speaker 1) Hi\"},{\"offsets\":{\"from\":1200,\"to\":\"x\"},\"text\":\" "
      "(speaker ?) Ho\"}]}",
      "# (made) phone - [whisper line 1]\n@ 0 unknown 1\n0 0-1100ms unknown: Hi\n- 1200ms unknown: Ho\n" },
    { "chunks with pairs of times",
      "{\"text\":\"x\",\"chunks\":[{\"timestamp\":[0.5,2.25],\"text\":\" Hi\"},{\"timestamp\":[3,null],\"text\":\" "
      "Ho\"}]}",
      "# (made) phone - [whisper line 1]\n- 500-2250ms unknown: Hi\n- 3000ms unknown: Ho\n" },
    { "only the text; silence; wrong types",
      "{\"text\":\" All of it. "
      "\"}\n{\"text\":\"\",\"segments\":[]}\n{\"segments\":[7,{\"text\":[]},{\"text\":\"x\",\"start\":\"-\",\"end\":"
      "1e99,\"speaker\":{},\"words\":3,\"avg_logprob\":[]}]}\n{\"a\":1}",
      "# (made) phone - [whisper line 1]\n- - unknown: All of it.\n"
      "! line 2: the conversation has no turns\n"
      "# (made) phone - [whisper line 3]\n- - unknown: x\n"
      "! line 4: no segments in this record\n" },
};

static void cases(void **state)
{
    (void)state;
    assert_int_equal(dump_check(&format_whisper, CASES, COUNT(CASES)), 0);
}

static void recognised(void **state)
{
    static const char *const yes[] = {
        "{\"text\":\"x\",\"segments\":[{\"id\":0,\"seek\":0,\"start\":0.0,\"end\":1.0,\"text\":\"",
        "{\"chunks\":[{\"timestamp\":[0,1],\"text\":\"",
        "{\"systeminfo\":\"\",\"transcription\":[{\"offsets\":{},\"text\":\"",
        "{\"text\": \"a very long talk without an end in sight"
    };
    (void)state;
    for (size_t i = 0; i < COUNT(yes); i++)
        assert_ptr_equal(import_recognise(str_from(yes[i]), STR("x"), false), &format_whisper);
    assert_ptr_not_equal(import_recognise(STR("{\"text\":\"x\",\"role\":\"agent\"}"), STR("x"), true), &format_whisper);
}

/* A turn of one speaker ends where it would be hard to read. */
static void long_turns(void **state)
{
    Buf file = { 0 }, out = { 0 };
    (void)state;
    buf_lit(&file, "{\"segments\":[");
    for (int i = 0; i < 100; i++)
        buf_printf(&file,
                   "%s{\"start\":%d,\"end\":%d,\"speaker\":\"A\",\"text\":\"ninety-nine bytes ninety-nine bytes "
                   "ninety-nine bytes ninety-nine bytes ninety-nine bytes ninety-nine\"}",
                   i ? "," : "", i, i + 1);
    buf_lit(&file, "]}");
    DumpSink dump = dump_file(&format_whisper, buf_str(&file), NULL, &out);
    assert_int_equal(dump.turns, 12);
    buf_clear(&file);
    buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(cases), cmocka_unit_test(recognised),
                                        cmocka_unit_test(long_turns) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
