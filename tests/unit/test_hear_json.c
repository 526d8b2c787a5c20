/* test_hear_json.c -- the `--json` line: its exact shape, read back by our own parser. */
#include "unit.h"

#include "base/json.h"
#include "hear/hear_json.h"

static Hearer *hearer;

static int open_hearer(void **state)
{
    (void)state;
    Err err;
    hearer = hear_open(NULL, &err);
    return hearer ? 0 : -1;
}

static int close_hearer(void **state)
{
    (void)state;
    hear_free(hearer);
    return 0;
}

static const int64_t STARTED = 1772442900000; /* 2026-03-02T09:15:00Z */

/* Everything known and awkward: quotes, a line break, a note, a name that holds a quote, somebody without a name. */
static void everything(Conversation *c, Arena *arena)
{
    conversation_init(c);
    c->id = STR("a\"1");
    c->file = STR("in\\x.jsonl");
    c->line = 12;
    c->channel = CHANNEL_CHAT;
    c->started = STARTED;
    c->offset_minutes = 120;
    uint32_t dana = conversation_participant(c, arena, STR("c7"), STR("Dana \"D\" Ruiz"), ROLE_CUSTOMER);
    uint32_t lena = conversation_participant(c, arena, (Str){ 0 }, STR("Lena"), ROLE_AGENT);
    conversation_say(c, arena, dana, ROLE_CUSTOMER, STR("Nine \"days\"\nof waiting."))->at_ms = 0;
    conversation_say(c, arena, lena, ROLE_AGENT, STR("Sorry. I'll call at four."))->at_ms = 41000;
    conversation_say(c, arena, NO_PARTICIPANT, ROLE_BOT, STR("gr\xC3\xBC\xC3\x9F"));
    conversation_say(c, arena, lena, ROLE_AGENT, STR("small child"))->is_public = false;
}

static void whole(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Conversation c;
    everything(&c, &arena);
    size_t apology;
    assert_true(hear_behaviour_named(hearer, STR("recovery.apology"), &apology));
    Mark mark = {
        .behaviour = (uint16_t)apology, .quality = 50, .confidence = 85, .utterance = 1, .begin = 0, .end = 6
    };
    Reading reading = {
        .outcome = OUTCOME_DEFERRED,
        .outcome_confidence = 70,
        .first_contact = ANSWER_NO,
        .first_contact_confidence = 100,
        .ends = ENDS_CALM,
        .ends_confidence = 5,
        .talk_share = 54,
        .response_median_ms = 41000,
        .response_max_ms = 41000,
        .demand = { (Span[]){ { 0, 5, 11 } }, 1 },
        .need = { (Span[]){ { 0, 0, 4 }, { 0, 12, 14 } }, 2 },
        .emotion = { (Emotion[]){ { 0, -100 }, { 2, 7 } }, 2 },
        .promises = { (Promise[]){ { { 1, 7, 24 }, 1, STR("I'll call at four"), STARTED + 24300000 },
                                   { { 2, 0, 2 }, NO_PARTICIPANT, STR("gr"), WHEN_NONE } },
                      2 },
        .asked_twice = { (AskedTwice[]){ { 1, 3 } }, 1 },
    };
    Buf out = { 0 }, expect = { 0 };
    hear_json(&out, hearer, &c, (Marks){ &mark, 1 }, &reading, true);
    buf_lit(
        &expect,
        "{\"id\":\"a\\\"1\",\"source\":{\"file\":\"in\\\\x.jsonl\",\"line\":12},\"speakers\":\"given\",\"channel\":\"chat\","
        "\"started_at\":\"2026-03-02T11:15:00+02:00\",\"participants\":["
        "{\"id\":\"c7\",\"role\":\"customer\",\"name\":\"Dana \\\"D\\\" Ruiz\",\"email\":null},"
        "{\"id\":\"Lena\",\"role\":\"agent\",\"name\":\"Lena\",\"email\":null}],\"turns\":["
        "{\"participant\":\"c7\",\"role\":\"customer\",\"at\":0,\"text\":\"Nine \\\"days\\\"\\nof waiting.\",\"public\":true},"
        "{\"participant\":\"Lena\",\"role\":\"agent\",\"at\":41000,\"text\":\"Sorry. I'll call at four.\",\"public\":true},"
        "{\"participant\":null,\"role\":\"bot\",\"at\":null,\"text\":\"gr\xC3\xBC\xC3\x9F\",\"public\":true},"
        "{\"participant\":\"Lena\",\"role\":\"agent\",\"at\":null,\"text\":\"small child\",\"public\":false}],\"reading\":{"
        "\"outcome\":\"deferred\",\"outcome_confidence\":0.7,\"first_contact_resolution\":false,"
        "\"first_contact_resolution_confidence\":1,\"ends\":\"calm\",\"ends_confidence\":0.05,"
        "\"demand\":[{\"turn\":0,\"begin\":5,\"end\":11}],"
        "\"need\":[{\"turn\":0,\"begin\":0,\"end\":4},{\"turn\":0,\"begin\":12,\"end\":14}],"
        "\"emotion\":[{\"turn\":0,\"value\":-1},{\"turn\":2,\"value\":0.07}],\"promises\":["
        "{\"turn\":1,\"begin\":7,\"end\":24,\"who\":\"Lena\",\"what\":\"I'll call at four\",\"due\":\"2026-03-02T18:00:00+02:00\"},"
        "{\"turn\":2,\"begin\":0,\"end\":2,\"who\":\"bot\",\"what\":\"gr\",\"due\":null}],"
        "\"asked_twice\":[[1,3]],\"talk_share\":0.54,\"response_ms\":{\"median\":41000,\"max\":41000}},\"marks\":["
        "{\"turn\":1,\"behaviour\":\"recovery.apology\",\"begin\":0,\"end\":6,\"text\":\"Sorry.\",\"quality\":0.5,"
        "\"confidence\":0.85,\"reason\":");
    buf_json(&expect, hear_reason(hearer, 0));
    const char *name = agreement_state_name(hear_agreement(hearer, apology)->state);
    if (name)
        buf_printf(&expect, ",\"state\":\"%s\"}]}", name);
    else
        buf_lit(&expect, ",\"state\":null}]}");
    assert_str(buf_str(&out), buf_str(&expect));
    buf_clear(&out);
    buf_clear(&expect);
    arena_clear(&arena);
}

static void nothing_known(void **state)
{
    (void)state;
    Conversation c;
    conversation_init(&c);
    c.id = STR("x");
    c.file = STR("-");
    c.speakers = SPEAKERS_SWAPPED;
    Reading reading = { .talk_share = -1,
                        .response_median_ms = WHEN_NONE,
                        .response_max_ms = WHEN_NONE,
                        .outcome_confidence = 9,
                        .ends_confidence = 9,
                        .first_contact_confidence = 9 };
    Buf out = { 0 };
    hear_json(&out, hearer, &c, (Marks){ 0 }, &reading, false);
    assert_str(
        buf_str(&out),
        STR("{\"id\":\"x\",\"source\":{\"file\":\"-\",\"line\":null},\"speakers\":\"swapped?\",\"channel\":\"unknown\","
            "\"started_at\":null,\"participants\":[],\"reading\":{\"outcome\":null,\"outcome_confidence\":null,"
            "\"first_contact_resolution\":null,\"first_contact_resolution_confidence\":null,\"ends\":null,"
            "\"ends_confidence\":null,\"demand\":[],\"need\":[],\"emotion\":[],\"promises\":[],\"asked_twice\":[],"
            "\"talk_share\":null,\"response_ms\":{\"median\":null,\"max\":null}},\"marks\":[]}"));
    buf_clear(&out);
}

/* A mark's text, taken from the line by another reader, is the bytes begin..end of the turn's text in the same line. */
static void evidence(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Conversation c;
    everything(&c, &arena);
    Mark mark[] = {
        { .utterance = 0, .begin = 5, .end = 12 },
        { .utterance = 0, .begin = 6, .end = 14 },
        { .utterance = 2, .begin = 0, .end = 6 },
        { .utterance = 2, .begin = 2, .end = 4 },
    };
    Reading reading = { .talk_share = -1, .response_median_ms = WHEN_NONE, .response_max_ms = WHEN_NONE };
    Buf out = { 0 };
    hear_json(&out, hearer, &c, (Marks){ mark, COUNT(mark) }, &reading, true);
    size_t at, count = 0;
    Err err;
    const Json *line = json_parse(buf_str(&out), &arena, &at, &err);
    assert_non_null(line);
    JSON_EACH(m, json_get(line, "marks"))
    {
        int64_t turn, begin, end;
        assert_true(json_i64(json_get(m, "turn"), &turn) && json_i64(json_get(m, "begin"), &begin) &&
                    json_i64(json_get(m, "end"), &end));
        const Json *said = json_get(line, "turns")->first;
        while (turn--) said = said->next;
        assert_str(json_str(json_get(m, "text")),
                   str_sub(json_str(json_get(said, "text")), (size_t)begin, (size_t)end));
        count++;
    }
    assert_int_equal(count, COUNT(mark));
    buf_clear(&out);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(whole), cmocka_unit_test(nothing_known),
                                        cmocka_unit_test(evidence) };
    return cmocka_run_group_tests(tests, open_hearer, close_hearer);
}
