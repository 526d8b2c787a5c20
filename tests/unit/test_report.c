/* test_report.c -- drawn conversations: every text escaped, overlapping marks cut into pieces, strengths first, and a
 * page that loads nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

#include "web/heard.h"
#include "web/labels.h"
#include "web/report.h"

/* ---- a small world of three behaviours ---- */

static const Behaviour behaviours[] = {
    { { "recovery.apology", 16 },
      WHO_AGENT,
      SIGN_STRENGTH,
      { "Apology <owned>", 15 },
      { "Says sorry & for what", 21 },
      { "", 0 },
      { "recovery", 8 } },
    { { "harm.blame", 10 },
      WHO_AGENT,
      SIGN_HARM,
      { "Blames the customer", 19 },
      { "Puts the fault on them", 22 },
      { "", 0 },
      { "harm", 4 } },
    { { "customer.anger", 14 },
      WHO_CUSTOMER,
      SIGN_NEUTRAL,
      { "Anger", 5 },
      { "Irritation", 10 },
      { "", 0 },
      { "customer", 8 } },
};

static const Behaviour *behaviour_of(void *context, uint16_t number)
{
    (void)context;
    return number < COUNT(behaviours) ? &behaviours[number] : NULL;
}

static Str reason_of(void *context, uint32_t rule)
{
    (void)context;
    return rule == 1 ? STR("own.rules: <b>\"why\"</b>") : STR("own.rules: because");
}

static Conversation two_turns(Arena *arena, Str customer, Str staff)
{
    Conversation c;
    conversation_init(&c);
    c.id = STR("x");
    c.channel = CHANNEL_EMAIL;
    c.started = 1772442900000;
    c.source = STR("test");
    uint32_t who = conversation_participant(&c, arena, STR("c"), STR("Dana <script>"), ROLE_CUSTOMER);
    conversation_say(&c, arena, who, ROLE_CUSTOMER, customer);
    who = conversation_participant(&c, arena, STR("a"), STR("Lena"), ROLE_AGENT);
    conversation_say(&c, arena, who, ROLE_AGENT, staff);
    return c;
}

static Reading no_reading(void)
{
    return (Reading){ .talk_share = -1, .response_median_ms = WHEN_NONE, .response_max_ms = WHEN_NONE };
}

static Str drawn(Buf *out, Arena *arena, const Conversation *c, Marks marks, const Reading *reading)
{
    HeardPage page = { .conversation = c,
                       .marks = marks,
                       .reading = reading,
                       .names = { behaviour_of, reason_of, NULL, NULL },
                       .anchor = STR("c1") };
    out->len = 0;
    heard_html_of(out, &page, arena);
    return buf_str(out);
}

static size_t count_of(Str text, const char *what)
{
    size_t n = 0;
    Str needle = str_from(what);
    for (size_t at; (at = str_find(text, needle)) != STR_NOT_FOUND; n++) text = str_from_byte(text, at + needle.len);
    return n;
}

static void has(Str text, const char *what)
{
    if (str_find(text, str_from(what)) == STR_NOT_FOUND) fail_msg("there is no %s in\n%.*s", what, STR_ARG(text));
}

static void has_not(Str text, const char *what)
{
    if (str_find(text, str_from(what)) != STR_NOT_FOUND) fail_msg("there is %s", what);
}

/* What stands inside of <p class="said"> of a turn, its tips left out: words, and the classes of what covers them. */
static Str pieces_of(Str html, uint32_t turn, Arena *arena)
{
    Str begin = arena_printf(arena, "id=\"c1-t%u\"", turn + 1);
    size_t at = str_find(html, begin);
    assert_true(at != STR_NOT_FOUND);
    html = str_from_byte(html, at);
    html = str_from_byte(html, str_find(html, STR("<p class=\"said\">")) + 16);
    html = str_sub(html, 0, str_find(html, STR("</p>")));
    Buf out = { 0 };
    while (html.len) {
        if (str_starts(html, STR("<span class=\"w "))) {
            html = str_from_byte(html, 15);
            size_t end = str_find_char(html, '"'), words = str_find_char(html, '>');
            buf_char(&out, '[');
            buf_add(&out, str_sub(html, 0, end));
            buf_char(&out, ':');
            html = str_from_byte(html, words + 1);
            buf_add(&out, str_sub(html, 0, str_find_char(html, '<')));
            buf_char(&out, ']');
            html = str_from_byte(html, str_find(html, STR("</span></span></span>")) + 21);
        } else {
            buf_char(&out, html.data[0]);
            html = str_from_byte(html, 1);
        }
    }
    Str ret = arena_str(arena, buf_str(&out));
    buf_clear(&out);
    return ret;
}

/* ---- the tests ---- */

static void words_are_cut_where_marks_begin_and_end(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        Mark mark[3];
        size_t count;
        const char *expect;
    } row[] = {
        { "none", { { 0 } }, 0, "0123456789" },
        { "one inside", { { .behaviour = 0, .utterance = 1, .begin = 2, .end = 5 } }, 1, "01[s:234]56789" },
        { "one over all", { { .behaviour = 1, .utterance = 1, .begin = 0, .end = 10 } }, 1, "[h:0123456789]" },
        { "side by side",
          { { .behaviour = 0, .utterance = 1, .begin = 0, .end = 3 },
            { .behaviour = 1, .utterance = 1, .begin = 3, .end = 6 } },
          2,
          "[s:012][h:345]6789" },
        { "overlapping",
          { { .behaviour = 0, .utterance = 1, .begin = 1, .end = 6 },
            { .behaviour = 1, .utterance = 1, .begin = 4, .end = 9 } },
          2,
          "0[s:123][s h:45][h:678]9" },
        { "one in the other",
          { { .behaviour = 1, .utterance = 1, .begin = 0, .end = 9 },
            { .behaviour = 0, .utterance = 1, .begin = 3, .end = 5 } },
          2,
          "[h:012][s h:34][h:5678]9" },
        { "the same words",
          { { .behaviour = 0, .utterance = 1, .begin = 2, .end = 4 },
            { .behaviour = 0, .utterance = 1, .begin = 2, .end = 4 },
            { .behaviour = 1, .utterance = 1, .begin = 2, .end = 4 } },
          3,
          "01[s h:23]456789" },
        { "of an unknown behaviour", { { .behaviour = 77, .utterance = 1, .begin = 2, .end = 4 } }, 1, "0123456789" },
    };
    Arena arena = { 0 };
    Buf out = { 0 };
    Conversation c = two_turns(&arena, STR("?"), STR("0123456789"));
    for (size_t i = 0; i < COUNT(row); i++) {
        Mark marks[3];
        memcpy(marks, row[i].mark, sizeof marks);
        Reading reading = no_reading();
        Str html = drawn(&out, &arena, &c, (Marks){ marks, row[i].count }, &reading);
        Str pieces = pieces_of(html, 1, &arena);
        if (!str_equal(pieces, str_from(row[i].expect))) fail_msg("%s: %.*s", row[i].name, STR_ARG(pieces));
    }
    buf_clear(&out);
    arena_clear(&arena);
}

static void every_text_is_escaped(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Buf out = { 0 };
    Conversation c = two_turns(&arena, STR("<img src=x onerror=alert(1)>"), STR("\"sorry\" & <b>bye</b>"));
    c.subject = STR("<i>subject</i>");
    c.file = STR("<file>");
    Mark mark = { .behaviour = 0, .utterance = 1, .begin = 0, .end = 7, .quality = 100, .confidence = 90, .rule = 1 };
    Span span = { 0, 0, 28 };
    Promise promise = { .span = { 1, 0, 7 }, .who = 1, .due = WHEN_NONE };
    Reading reading = no_reading();
    reading.demand = reading.need = (Spans){ &span, 1 };
    reading.promises.item = &promise;
    reading.promises.count = 1;
    Str html = drawn(&out, &arena, &c, (Marks){ &mark, 1 }, &reading);
    static const char *const never[] = { "<img", "<b>bye", "<i>subject", "<script", "<file>", "<b>\"why", "<owned>" };
    for (size_t i = 0; i < COUNT(never); i++) has_not(html, never[i]);
    has(html, "Apology &lt;owned&gt;");
    has(html, "&lt;b&gt;&quot;why&quot;&lt;/b&gt;");
    has(html, "Says sorry &amp; for what");
    assert_int_equal(count_of(html, "&lt;img src=x onerror=alert(1)&gt;"), 3); /* said, demanded, needed */
    buf_clear(&out);
    arena_clear(&arena);
}

static void strengths_come_before_harms(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Buf out = { 0 };
    Conversation c = two_turns(&arena, STR("why?"), STR("you clicked it, sorry"));
    Mark marks[] = { { .behaviour = 1, .utterance = 1, .begin = 0, .end = 14, .quality = 50, .confidence = 60 },
                     { .behaviour = 0, .utterance = 1, .begin = 16, .end = 21, .quality = 30, .confidence = 60 } };
    Reading reading = no_reading();
    Str html = drawn(&out, &arena, &c, (Marks){ marks, 2 }, &reading);
    Str labels = str_from_byte(html, str_find(html, STR("<ul class=\"labels\">")));
    assert_true(str_find(labels, STR("Apology")) < str_find(labels, STR("Blames")));
    Str skills = str_from_byte(html, str_find(html, STR("By skill")));
    assert_true(str_find(skills, STR("Putting it right")) < str_find(skills, STR("Did harm")));
    has(labels, "a stock phrase");
    assert_int_equal(count_of(labels, "<em>"), 1); /* quality is said of strengths alone */
    buf_clear(&out);
    arena_clear(&arena);
}

static void what_is_not_known_is_said_so(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Buf out = { 0 };
    Conversation c = two_turns(&arena, STR("hello"), STR("hi"));
    Reading reading = no_reading();
    Str html = drawn(&out, &arena, &c, (Marks){ 0 }, &reading);
    has(html, "No request was heard");
    has(html, "The reason behind it did not come to light");
    has(html, "Nothing was promised");
    has(html, "Too little was said to draw it");
    has_not(html, "% of the words");
    assert_int_equal(count_of(html, "Not clear"), 3);
    html = drawn(&out, &arena, &c, (Marks){ 0 }, NULL);
    has(html, "has not been read yet");
    c.speakers = SPEAKERS_SWAPPED;
    has(drawn(&out, &arena, &c, (Marks){ 0 }, &reading), "may be swapped");
    c.speakers = SPEAKERS_DECIDED;
    has(drawn(&out, &arena, &c, (Marks){ 0 }, &reading), "decided from what is said");
    buf_clear(&out);
    arena_clear(&arena);
}

static void a_reading_that_points_outside_is_left_out(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Buf out = { 0 };
    Conversation c = two_turns(&arena, STR("hello"), STR("hi"));
    Span spans[] = { { 9, 0, 1 }, { 0, 3, 99 }, { 0, 3, 3 } };
    Emotion emotion[] = { { 0, 10 }, { 77, 20 } };
    Promise promise = { .span = { 1, 1, 9 }, .who = 99, .due = INT64_MAX };
    AskedTwice asked = { 0, 5 };
    Reading reading = no_reading();
    reading.demand = reading.need = (Spans){ spans, COUNT(spans) };
    reading.emotion.item = emotion;
    reading.emotion.count = COUNT(emotion);
    reading.promises.item = &promise;
    reading.promises.count = 1;
    reading.asked_twice.item = &asked;
    reading.asked_twice.count = 1;
    Str html = drawn(&out, &arena, &c, (Marks){ 0 }, &reading);
    has(html, "No request was heard");
    has(html, "Nothing was promised");
    has(html, "Too little was said to draw it");
    has_not(html, "Asked twice");
    buf_clear(&out);
    arena_clear(&arena);
}

static void the_report_stands_alone_and_is_bounded(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Buf out = { 0 };
    Err err = { 0 };
    Hearer *hearer = hear_open(NULL, &err);
    assert_non_null(hearer);
    Report *report = report_new(hearer);
    Conversation c = two_turns(&arena, STR("hello"), STR("hi"));
    Reading reading = no_reading();
    for (size_t i = 0; i < REPORT_CONVERSATIONS_MAX; i++)
        assert_true(report_add(report, &c, (Marks){ 0 }, &reading, &err));
    assert_false(report_add(report, &c, (Marks){ 0 }, &reading, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    assert_true(err.hint[0] != '\0');
    assert_int_equal(report_count(report), REPORT_CONVERSATIONS_MAX);
    report_html(report, STR("<Calls>"), &out);
    Str html = buf_str(&out);
    has(html, "<title>&lt;Calls&gt;</title>");
    has(html, "default-src 'none'");
    has(html, "href=\"#c200\"");
    static const char *const never[] = { "src=", "href=\"http", "url(", "@import", "<script", "<link" };
    for (size_t i = 0; i < COUNT(never); i++) has_not(html, never[i]);
    report_free(report);
    hear_free(hearer);
    buf_clear(&out);
    arena_clear(&arena);
}

static void times_in_words(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *words;
    } row[] = {
        { WHEN_NONE, "" },
        { -1, "" },
        { 0, "less than a second" },
        { 1000, "1 second" },
        { 41400, "41 seconds" },
        { 90000, "2 minutes" },
        { 5400000, "2 hours" },
        { 129600000, "2 days" },
        { INT64_MAX, "106751991167 days" },
    };
    Arena arena = { 0 };
    for (size_t i = 0; i < COUNT(row); i++) {
        Str words = label_duration(&arena, row[i].ms);
        if (!str_equal(words, str_from(row[i].words))) fail_msg("%s: %.*s", row[i].words, STR_ARG(words));
    }
    assert_true(str_equal(label_moment(&arena, 1772442900000, 60), STR("Monday 2 March 2026, 10:15")));
    assert_true(str_equal(label_moment_short(&arena, 1772442900000, -600), STR("1 Mar 2026, 23:15")));
    assert_int_equal(label_moment(&arena, WHEN_NONE, 60).len, 0);
    assert_true(str_equal(label_clock(&arena, 41000), STR("00:41")));
    assert_true(str_equal(label_clock(&arena, 3729000), STR("1:02:09")));
    arena_clear(&arena);
}

static void what_has_a_name_has_a_label(void **state)
{
    (void)state;
    Err err = { 0 };
    Hearer *hearer = hear_open(NULL, &err);
    assert_non_null(hearer);
    for (size_t i = 0; i < hear_behaviour_count(hearer); i++) {
        Str family = hear_behaviour(hearer, i)->family;
        if (str_equal(label("family", family), family))
            fail_msg("family.%.*s is missing in labels.tsv", STR_ARG(family));
    }
    for (int i = 0; i < OUTCOME_COUNT; i++) assert_true(label_outcome("outcome_long", (Outcome)i).len > 12);
    for (int i = 0; i < ENDS_COUNT; i++) assert_true(label_ends("ends_long", (Ends)i).len > 12);
    for (int i = 0; i < CHANNEL_COUNT; i++)
        assert_false(
            str_equal(label("channel", str_from(channel_name((Channel)i))), str_from(channel_name((Channel)i))));
    for (int i = 0; i < ROLE_COUNT; i++)
        assert_false(str_equal(label("role", str_from(role_name((Role)i))), str_from(role_name((Role)i))));
    assert_true(str_equal(label("role", STR("new one")), STR("new one")));
    hear_free(hearer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_cut_where_marks_begin_and_end),
        cmocka_unit_test(every_text_is_escaped),
        cmocka_unit_test(strengths_come_before_harms),
        cmocka_unit_test(what_is_not_known_is_said_so),
        cmocka_unit_test(a_reading_that_points_outside_is_left_out),
        cmocka_unit_test(the_report_stands_alone_and_is_bounded),
        cmocka_unit_test(times_in_words),
        cmocka_unit_test(what_has_a_name_has_a_label),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
