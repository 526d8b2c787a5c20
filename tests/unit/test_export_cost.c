/* test_export_cost.c -- exports made to be slow: a record with very many members around very many turns.
 *
 * A reader that looks something up in the record once a turn would need hours
 * for these; one that takes time by the length of the file alone needs a moment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dump.h"
#include "import/formats.h"

enum { MEMBERS = 100000, TURNS = 50000 };

/* begin, MEMBERS times `member`, middle, TURNS times `turn`, end.  Each is a string with %d for its number. */
static const struct {
    const Format *format;
    const char *begin, *member, *middle, *turn, *end;
} CASES[] = {
    { &format_zendesk, "{\"ticket\":{", "\"a%d\":1,", "\"description\":\"\"},\"comments\":[",
      "{\"author_id\":%d,\"body\":\"x\"},", "{}]}" },
    { &format_zendesk, "{\"ticket\":{\"requester_id\":-7,\"collaborator_ids\":[", "%d,", "0]},\"comments\":[",
      "{\"author_id\":%d000000,\"body\":\"x\"},", "{}]}" },
    { &format_zendesk, "{\"ticket\":{\"requester\":{\"name\":\"y\"}},\"users\":[", "{\"id\":%d},", "{}],\"comments\":[",
      "{\"author_id\":%d,\"author\":{\"name\":\"n\"},\"body\":\"x\"},", "{}]}" },
    { &format_zendesk, "{\"audits\":[{", "\"a%d\":1,", "\"events\":[", "{\"type\":\"Comment\",\"body\":\"%d\"},",
      "{}]}]}" },
    { &format_zendesk_export, "{\"tickets\":[{\"requester_id\":1}],\"users\":[", "{\"id\":%d},", "{}]}\n",
      "{\"requester_id\":1,\"comments\":[{\"author_id\":%d,\"body\":\"x\"}]}\n", "" },
    { &format_zendesk, "{\"users\":[", "{\"id\":%d},", "{}],\"tickets\":[",
      "{\"requester_id\":1,\"comments\":[{\"author_id\":%d,\"body\":\"x\"}]},", "{}]}" },
    { &format_klaus, "{\"data\":[{", "\"a%d\":1,", "\"comments\":[", "{\"authorName\":\"%d\",\"comment\":\"x\"},",
      "{}]}]}" },
    { &format_intercom, "{\"contacts\":{\"contacts\":[", "{\"id\":%d},",
      "{}]},\"source\":{},\"conversation_parts\":{\"conversation_parts\":[",
      "{\"body\":\"x\",\"author\":{\"type\":\"user\",\"id\":%d}},", "{}]}}" },
    { &format_contact_lens, "{\"Participants\":[", "{\"ParticipantId\":%d},", "{}],\"Transcript\":[",
      "{\"ParticipantId\":%d,\"Content\":\"x\",\"BeginOffsetMillis\":1},", "{}]}" },
    { &format_genesys, "{\"participants\":[", "{\"participantPurpose\":\"agent\",\"userId\":%d,\"startTimeMs\":%d},",
      "{}],\"transcripts\":[{\"phrases\":[", "{\"text\":\"x\",\"participantPurpose\":\"internal\",\"startTimeMs\":%d},",
      "{}]}]}" },
    { &format_genesys, "{\"transcripts\":[{", "\"a%d\":1,", "\"phrases\":[", "{\"text\":\"%d\"},", "{}]}]}" },
    { &format_twilio, "{\"participants\":[", "{\"identity\":\"%d\"},", "{}],\"messages\":[",
      "{\"body\":\"x\",\"author\":\"%d\"},", "{}]}" },
    { &format_twilio, "{\"participants\":[", "{\"identity\":\"%d\"},", "{}],\"messages\":[",
      "{\"body\":\"x\",\"author\":\"a\",\"conversation_sid\":\"%d\"},", "{}]}" },
    { &format_twilio, "{\"participants\":[", "{\"channel_participant\":%d},", "{}],\"sentences\":[",
      "{\"transcript\":\"x\",\"media_channel\":%d},", "{}]}" },
    { &format_whisper, "{\"segments\":[", "{\"text\":\"x\",\"speaker\":1,\"start\":1,\"end\":%d},", "",
      "{\"text\":\"x\",\"speaker\":%d},", "{}]}" },
    { &format_chatwoot, "{\"meta\":{", "\"a%d\":1,", "\"b\":0},\"payload\":[",
      "{\"content\":\"x\",\"conversation_id\":1,\"sender\":{\"id\":%d}},", "{}]}" },
    { &format_tidio, "{\"contact\":{", "\"a%d\":1,", "\"b\":0},\"messages\":[",
      "{\"content\":\"%d\",\"author_type\":\"contact\"},", "{}]}" },
};

static bool count_conversation(ImportSink *sink, Conversation *c)
{
    (void)c;
    ((DumpSink *)sink)->conversations++;
    return true;
}

static bool count_reject(ImportSink *sink, const Reject *reject)
{
    (void)reject;
    ((DumpSink *)sink)->rejects++;
    return true;
}

static void repeat(Buf *text, const char *part, int count)
{
    for (int i = 0; i < count; i++) {
        for (const char *at = part; *at; at++) {
            if (at[0] == '%' && at[1] == 'd') {
                buf_u64(text, (uint64_t)i);
                at++;
            } else {
                buf_char(text, *at);
            }
        }
    }
}

static void no_case_is_slow(void **state)
{
    static const ImportOptions none = { 0 };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        Buf text = { 0 };
        Arena scratch = { 0 };
        Err err;
        DumpSink seen = { .sink = { count_conversation, count_reject } };
        repeat(&text, CASES[i].begin, 1);
        repeat(&text, CASES[i].member, MEMBERS);
        repeat(&text, CASES[i].middle, 1);
        repeat(&text, CASES[i].turn, TURNS);
        repeat(&text, CASES[i].end, 1);
        ImportBlock block = { .file = STR("slow"),
                              .bytes = buf_str(&text),
                              .line = 1,
                              .whole = true,
                              .format = CASES[i].format->name,
                              .options = &none };
        assert_true(CASES[i].format->read(&block, &seen.sink, &scratch, &err));
        assert_true(seen.conversations + seen.rejects > 0);
        arena_clear(&scratch);
        buf_clear(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_case_is_slow) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
