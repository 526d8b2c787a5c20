/* test_promise.c -- when promises fall due, and what a Reading says of a conversation. */
#include "hear_case.h"

#include "hear/outcome.h"
#include "hear/promise.h"

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

/* --- due ---------------------------------------------------------------------------- */

/* 2 March 2026 is a Monday. */
#define MORNING "2026-03-02T09:15:00Z"

static const struct {
    const char *promise, *said, *due; /* "-": not known */
} DUES[] = {
    { "I'll call you back today", MORNING, "2026-03-02T18:00:00Z" },
    { "I'll call you tonight", MORNING, "2026-03-02T21:00:00Z" },
    { "I'll call you back tomorrow", MORNING, "2026-03-03T18:00:00Z" },
    { "I'll call you tomorrow morning", MORNING, "2026-03-03T12:00:00Z" },
    { "I'll call you tomorrow afternoon", MORNING, "2026-03-03T18:00:00Z" },
    { "I'll call you tomorrow at three", MORNING, "2026-03-03T15:00:00Z" },
    { "he will be there on Wednesday", MORNING, "2026-03-04T18:00:00Z" },
    { "he will be there on Monday", MORNING, "2026-03-09T18:00:00Z" },
    { "he will be there by Sunday", "2026-03-07T09:15:00Z", "2026-03-08T18:00:00Z" },
    { "he will be there Thursday at 8:30", MORNING, "2026-03-05T08:30:00Z" },
    { "within two hours", MORNING, "2026-03-02T11:15:00Z" },
    { "within 48 hours", MORNING, "2026-03-04T09:15:00Z" },
    { "in 5 minutes", MORNING, "2026-03-02T09:20:00Z" },
    { "in half an hour", MORNING, "2026-03-02T09:45:00Z" },
    { "in a couple of hours", MORNING, "2026-03-02T11:15:00Z" },
    { "in forty five minutes", MORNING, "2026-03-02T10:00:00Z" },
    { "in 24 to 48 hours", MORNING, "2026-03-04T09:15:00Z" },
    { "three to five working days", MORNING, "2026-03-09T18:00:00Z" },
    { "within three working days", MORNING, "2026-03-05T18:00:00Z" },
    { "within a fortnight", MORNING, "2026-03-16T09:15:00Z" },
    { "next week", MORNING, "2026-03-09T18:00:00Z" },
    { "by five", MORNING, "2026-03-02T17:00:00Z" },
    { "by 5", MORNING, "2026-03-02T17:00:00Z" },
    { "by 5pm", MORNING, "2026-03-02T17:00:00Z" },
    { "by 5 pm", MORNING, "2026-03-02T17:00:00Z" },
    { "by 5.30", MORNING, "2026-03-02T17:30:00Z" },
    { "by 17:30", MORNING, "2026-03-02T17:30:00Z" },
    { "by nine", MORNING, "2026-03-03T09:00:00Z" },
    { "at half past four", MORNING, "2026-03-02T16:30:00Z" },
    { "at half four", MORNING, "2026-03-02T16:30:00Z" },
    { "by quarter to six", MORNING, "2026-03-02T17:45:00Z" },
    { "at ten past eleven", MORNING, "2026-03-02T11:10:00Z" },
    { "by noon", MORNING, "2026-03-02T12:00:00Z" },
    { "by 12am", MORNING, "2026-03-03T00:00:00Z" },
    { "at 12pm", MORNING, "2026-03-02T12:00:00Z" },
    { "by lunchtime tomorrow", MORNING, "2026-03-03T12:00:00Z" },
    { "by the end of the day", MORNING, "2026-03-02T18:00:00Z" },
    { "by end of day tomorrow", MORNING, "2026-03-03T18:00:00Z" },
    { "by close of business on Friday", MORNING, "2026-03-06T18:00:00Z" },
    { "BY FIVE TOMORROW", MORNING, "2026-03-03T17:00:00Z" },
    { "I'll call you this afternoon", MORNING, "2026-03-02T18:00:00Z" },
    { "by the end of the week", MORNING, "2026-03-06T18:00:00Z" },
    { "by the end of the month", MORNING, "-" },
    { "in two to three hours", MORNING, "2026-03-02T12:15:00Z" },
    { "two working days", "2026-03-06T09:15:00Z", "2026-03-10T18:00:00Z" },
    { "one business day", "2026-03-07T09:15:00Z", "2026-03-09T18:00:00Z" },
    { "tonight at eight", MORNING, "2026-03-02T20:00:00Z" },
    { "tomorrow morning at seven", MORNING, "2026-03-03T07:00:00Z" },
    { "at seven tomorrow", MORNING, "2026-03-03T19:00:00Z" },
    { "by 5pm tomorrow, not in the morning", MORNING, "2026-03-03T17:00:00Z" },
    { "by 5.99999999999999999999999999999", MORNING, "-" },
    /* as people say it */
    { "I'll have it with you by close of play", MORNING, "2026-03-02T18:00:00Z" },
    { "you'll hear by close of play Thursday", MORNING, "2026-03-05T18:00:00Z" },
    { "by COB tomorrow", MORNING, "2026-03-03T18:00:00Z" },
    { "by EOD", MORNING, "2026-03-02T18:00:00Z" },
    { "before we close today", MORNING, "2026-03-02T18:00:00Z" },
    { "by the end of play on Wednesday", MORNING, "2026-03-04T18:00:00Z" },
    { "by the end of today", MORNING, "2026-03-02T18:00:00Z" },
    { "by the end of tomorrow", MORNING, "2026-03-03T18:00:00Z" },
    { "within two working days", MORNING, "2026-03-04T18:00:00Z" },
    { "within 2 working days", MORNING, "2026-03-04T18:00:00Z" },
    { "within 3-5 working days", MORNING, "2026-03-09T18:00:00Z" },
    { "it takes 5 to 7 business days", MORNING, "2026-03-11T18:00:00Z" },
    { "two to three working days", "2026-03-05T09:15:00Z", "2026-03-10T18:00:00Z" },
    { "in an hour", MORNING, "2026-03-02T10:15:00Z" },
    { "inside the hour", MORNING, "2026-03-02T10:15:00Z" },
    { "within the hour", MORNING, "2026-03-02T10:15:00Z" },
    { "within the next hour", MORNING, "2026-03-02T10:15:00Z" },
    { "inside the next half an hour", MORNING, "2026-03-02T09:45:00Z" },
    { "in an hour and a half", MORNING, "2026-03-02T10:45:00Z" },
    { "in two and a half hours", MORNING, "2026-03-02T11:45:00Z" },
    { "in three quarters of an hour", MORNING, "2026-03-02T10:00:00Z" },
    { "in a quarter of an hour", MORNING, "2026-03-02T09:30:00Z" },
    { "in the next ten minutes", MORNING, "2026-03-02T09:25:00Z" },
    { "in 20 mins", MORNING, "2026-03-02T09:35:00Z" },
    { "within 24 hrs", MORNING, "2026-03-03T09:15:00Z" },
    { "within 48h", MORNING, "2026-03-04T09:15:00Z" },
    { "in 24-48 hours", MORNING, "2026-03-04T09:15:00Z" },
    { "first thing tomorrow", MORNING, "2026-03-03T10:00:00Z" },
    { "first thing in the morning", MORNING, "2026-03-03T10:00:00Z" },
    { "first thing on Monday", MORNING, "2026-03-09T10:00:00Z" },
    { "tomorrow first thing", MORNING, "2026-03-03T10:00:00Z" },
    { "in the morning", MORNING, "2026-03-03T12:00:00Z" },
    { "this morning", MORNING, "2026-03-02T12:00:00Z" },
    { "this evening", MORNING, "2026-03-02T21:00:00Z" },
    { "on Thursday morning", MORNING, "2026-03-05T12:00:00Z" },
    { "Thursday afternoon at two", MORNING, "2026-03-05T14:00:00Z" },
    { "on Friday evening", MORNING, "2026-03-06T21:00:00Z" },
    { "Tuesday between eight and ten", MORNING, "2026-03-03T10:00:00Z" },
    { "between 9 and 11 tomorrow", MORNING, "2026-03-03T11:00:00Z" },
    { "between two and four this afternoon", MORNING, "2026-03-02T16:00:00Z" },
    { "tomorrow between ten and two", MORNING, "2026-03-03T14:00:00Z" },
    { "from 8 to 10 on Wednesday", MORNING, "2026-03-04T10:00:00Z" },
    { "by 12 noon", MORNING, "2026-03-02T12:00:00Z" },
    { "by twelve noon tomorrow", MORNING, "2026-03-03T12:00:00Z" },
    { "before noon on Thursday", MORNING, "2026-03-05T12:00:00Z" },
    { "by midday", MORNING, "2026-03-02T12:00:00Z" },
    { "by 5 o'clock", MORNING, "2026-03-02T17:00:00Z" },
    { "at ten o'clock tomorrow morning", MORNING, "2026-03-03T10:00:00Z" },
    { "at 9 in the morning", MORNING, "2026-03-03T09:00:00Z" },
    { "by 4.30pm", MORNING, "2026-03-02T16:30:00Z" },
    { "at 2:15 p.m. tomorrow", MORNING, "2026-03-03T14:15:00Z" },
    { "by Weds", MORNING, "2026-03-04T18:00:00Z" },
    { "on Fri at 10am", MORNING, "2026-03-06T10:00:00Z" },
    { "by next Friday", MORNING, "2026-03-06T18:00:00Z" },
    { "a week on Tuesday", MORNING, "2026-03-10T18:00:00Z" },
    { "Tuesday week", MORNING, "2026-03-10T18:00:00Z" },
    { "the day after tomorrow", MORNING, "2026-03-04T18:00:00Z" },
    { "by the 14th", MORNING, "2026-03-14T18:00:00Z" },
    { "on the 14th", "2026-03-20T09:15:00Z", "2026-04-14T18:00:00Z" },
    { "on the 31st", "2026-04-02T09:15:00Z", "2026-05-31T18:00:00Z" },
    { "by 14 March", MORNING, "2026-03-14T18:00:00Z" },
    { "by the 3rd of April at noon", MORNING, "2026-04-03T12:00:00Z" },
    { "by March 9th", MORNING, "2026-03-09T18:00:00Z" },
    { "on Jan 5", MORNING, "2027-01-05T18:00:00Z" },
    { "on the 2nd", MORNING, "2026-03-02T18:00:00Z" },
    { "Monday the 16th at ten", MORNING, "2026-03-16T10:00:00Z" },
    { "the 3rd option is yours", MORNING, "-" },
    { "I may send it", MORNING, "-" },
    { "you can march in and ask", MORNING, "-" },
    { "the first thing I did was check", MORNING, "-" },
    { "it's the second time", MORNING, "-" },
    { "as soon as it lands", MORNING, "-" },
    { "between us, I'll do it", MORNING, "-" },
    { "I'll send 3 to 5 copies", MORNING, "-" },
    { "to be fair I'll do it", MORNING, "-" },
    { "half of it is yours", MORNING, "-" },
    { "at once", MORNING, "-" },
    /* the month's and year's end; a local day that is not UTC's */
    { "tomorrow", "2026-12-31T09:00:00Z", "2027-01-01T18:00:00Z" },
    { "today", "2026-03-02T23:30:00+05:30", "2026-03-02T23:59:00+05:30" },
    { "tomorrow at nine", "2026-03-02T23:30:00-08:00", "2026-03-03T09:00:00-08:00" },
    { "by Tuesday", "2026-03-02T23:30:00-08:00", "2026-03-03T18:00:00-08:00" },
    { "today", "1969-12-31T10:00:00Z", "1969-12-31T18:00:00Z" },
    /* no time in it, or one that is none */
    { "I'll look into it", MORNING, "-" },
    { "I'll send two emails", MORNING, "-" },
    { "you have one option to choose", MORNING, "-" },
    { "by 25:99", MORNING, "-" },
    { "in 99999999999999999999 hours", MORNING, "-" },
    { "", MORNING, "-" },
};

static void dues(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(DUES); i++) {
        int64_t said;
        int offset = 0;
        Buf due = { 0 };
        assert_true(when_parse(str_from(DUES[i].said), &said, &offset));
        int64_t got = promise_due(hearer->time_words, str_from(DUES[i].promise), said, offset);
        if (got == WHEN_NONE)
            buf_lit(&due, "-");
        else
            when_print(&due, got, offset);
        if (!str_equal(buf_str(&due), str_from(DUES[i].due))) {
            print_error("\"%s\" at %s: got %.*s, expected %s\n", DUES[i].promise, DUES[i].said, STR_ARG(buf_str(&due)),
                        DUES[i].due);
            wrong++;
        }
        buf_clear(&due);
    }
    assert_int_equal(wrong, 0);
    assert_true(promise_due(hearer->time_words, STR("tomorrow"), WHEN_NONE, 0) == WHEN_NONE);
}

/* --- readings -------------------------------------------------------------------------- */

typedef struct Heard {
    Arena arena;
    Conversation c;
    Marks marks;
    Reading reading;
} Heard;

static Heard *hear(const char *picture)
{
    Heard *ret = calloc(1, sizeof *ret);
    assert_non_null(ret);
    case_conversation(&ret->c, &ret->arena, str_from(picture));
    return ret;
}

static void run(Heard *heard)
{
    Hearing *hearing = hearing_new(hearer);
    hear_run(hearing, &heard->c, &heard->arena, &heard->marks, &heard->reading);
    hearing_free(hearing);
}

static void end(Heard *heard)
{
    arena_clear(&heard->arena);
    free(heard);
}

static void emotion_is_the_customers(void **state)
{
    (void)state;
    Heard *h =
        hear("agent: I am absolutely furious and disgusted, this is a disgrace!\n"
             "customer: I am absolutely furious and disgusted, this is a disgrace! Worst company ever! I hate this!"
             " Unacceptable! Ridiculous! I am angry, really angry, so angry! Useless!\n"
             "customer (note): I am absolutely furious\n"
             "bot: thank you so much\n"
             "customer: Thank you so much, that is brilliant, you have been wonderful!\n"
             "customer: The box is in the hall.\n");
    run(h);
    assert_int_equal(h->reading.emotion.count, 3);
    const Emotion *e = h->reading.emotion.item;
    for (size_t i = 0; i < 3; i++) assert_in_range(e[i].value + 100, 0, 200);
    assert_int_equal(e[0].utterance, 1);
    assert_int_equal(e[1].utterance, 4);
    assert_int_equal(e[2].utterance, 5);
    assert_true(e[0].value < -50);
    assert_true(e[1].value > 30);
    assert_int_equal(e[2].value, 0);
    end(h);
}

static void demand_and_need(void **state)
{
    (void)state;
    Heard *h = hear("customer: I want a full refund right now. My son needs the chair for his exam on Friday.\n"
                    "agent: I want a full refund right now.\n");
    run(h);
    const Reading *r = &h->reading;
    assert_true(r->demand.count >= 1);
    for (size_t i = 0; i < r->demand.count; i++) assert_int_equal(r->demand.item[i].utterance, 0);
    Str demand = str_sub(h->c.utterance[0].text, r->demand.item[0].begin, r->demand.item[0].end);
    assert_true(str_find(demand, STR("refund")) != STR_NOT_FOUND);
    for (size_t i = 0; i < r->need.count; i++) {
        assert_int_equal(r->need.item[i].utterance, 0);
        assert_true(r->need.item[i].begin >= r->demand.item[0].end);
    }
    assert_int_equal(r->need.count, 1);
    end(h);
}

static void promises(void **state)
{
    (void)state;
    Heard *h = hear("customer: I'll call you tomorrow by five.\n"
                    "agent: I'll call you back tomorrow by five.\n"
                    "agent: I'll take this on myself and see it through to the end.\n");
    int offset;
    assert_true(when_parse(STR("2026-03-02T09:15:00+01:00"), &h->c.started, &offset));
    h->c.offset_minutes = offset;
    h->c.utterance[1].participant = conversation_participant(&h->c, &h->arena, (Str){ 0 }, STR("Lena"), ROLE_AGENT);
    h->c.utterance[1].at_ms = 16 * 3600 * 1000; /* a quarter past one, the next day */
    run(h);
    const Reading *r = &h->reading;
    assert_int_equal(r->promises.count, 2);
    assert_int_equal(r->promises.item[0].span.utterance, 1);
    assert_int_equal(r->promises.item[0].who, 0);
    Buf due = { 0 };
    when_print(&due, r->promises.item[0].due, offset);
    assert_str(buf_str(&due), STR("2026-03-04T17:00:00+01:00"));
    assert_str(r->promises.item[0].what,
               str_sub(h->c.utterance[1].text, r->promises.item[0].span.begin, r->promises.item[0].span.end));
    assert_true(r->promises.item[1].due == WHEN_NONE);
    assert_int_equal(r->promises.item[1].who, NO_PARTICIPANT);
    buf_clear(&due);
    end(h);
    h = hear("agent: I'll call you back tomorrow by five.\n"); /* nobody knows when that was said */
    run(h);
    assert_int_equal(h->reading.promises.count, 1);
    assert_true(h->reading.promises.item[0].due == WHEN_NONE);
    end(h);
}

static const struct {
    const char *picture;
    int first, again; /* -1: none */
} ASKED[] = {
    { "agent: What is your order number?\ncustomer: 12.\nagent: What is your order number?\n", 0, 2 },
    { "agent: What is your order number?\ncustomer: 12.\nagent: And your order number is?\n", 0, 2 },
    { "agent: What is your order number?\ncustomer: 12.\nagent: What is your postcode?\n", -1, -1 },
    { "agent: What is your order number?\ncustomer: What is my order number?\n", -1, -1 },
    { "agent: What is your order number?\nagent (note): What is your order number?\n", -1, -1 },
    { "agent: Is it? What is it? Is it?\ncustomer: no\nagent: Is it?\n", -1, -1 },
    { "agent: What is your order number? What is your order number?\n", -1, -1 },
    { "customer: When does the van arrive?\nagent: Hello.\ncustomer: When does the van arrive then?\n", 0, 2 },
};

static void asked_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ASKED); i++) {
        Heard *h = hear(ASKED[i].picture);
        run(h);
        bool good = h->reading.asked_twice.count == (ASKED[i].first >= 0);
        if (good && h->reading.asked_twice.count)
            good = (int)h->reading.asked_twice.item[0].first == ASKED[i].first &&
                   (int)h->reading.asked_twice.item[0].again == ASKED[i].again;
        if (!good) fail_msg("%s%zu found", ASKED[i].picture, h->reading.asked_twice.count);
        end(h);
    }
}

static const struct {
    const char *picture;
    int share;
} SHARES[] = {
    { "agent: one two three\ncustomer: one\n", 75 },
    { "agent: don't, I'll\ncustomer: one two\n", 50 }, /* short forms are one word, as they were said */
    { "agent: one\ncustomer: one\nbot: one two three\nagent (note): one two\n", 50 },
    { "agent: one\ncustomer: one two\n", 33 },
    { "agent: one\n", 100 },
    { "customer: one\n", 0 },
    { "bot: one\n", -1 },
    { "agent: ...\ncustomer: !\n", -1 },
};

static void talk_share(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(SHARES); i++) {
        Heard *h = hear(SHARES[i].picture);
        run(h);
        if (h->reading.talk_share != SHARES[i].share)
            fail_msg("%sgot %d, expected %d", SHARES[i].picture, h->reading.talk_share, SHARES[i].share);
        end(h);
    }
}

/* Roles of turns, when they begin and when they end (-1: not told), and staff's waits. */
static const struct {
    const char *roles;
    int64_t at[8], end[8], median, longest;
} WAITS[] = {
    { "ca", { 0, 5000 }, { -1, -1 }, 5000, 5000 },
    { "ca", { 0, 5000 }, { 4000, -1 }, 1000, 1000 },
    { "ca", { 0, 5000 }, { 7000, -1 }, 0, 0 },                /* they spoke at once */
    { "cca", { 0, 2000, 5000 }, { -1, -1, -1 }, 3000, 3000 }, /* from the customer's last word */
    { "caa", { 0, 5000, 9000 }, { -1, -1, -1 }, 5000, 5000 },
    { "caca", { 0, 1000, 2000, 5000 }, { -1, -1, -1, -1 }, 2000, 3000 },
    { "cacaca", { 0, 1000, 2000, 5000, 6000, 16000 }, { -1, -1, -1, -1, -1, -1 }, 3000, 10000 },
    { "cba", { 0, 1000, 5000 }, { -1, -1, -1 }, 5000, 5000 }, /* a bot's answer is none of staff's */
    { "ac", { 0, 5000 }, { -1, -1 }, -1, -1 },
    { "ca", { -1, 5000 }, { -1, -1 }, -1, -1 },
    { "ca", { 0, -1 }, { -1, -1 }, -1, -1 },
};

static void response_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(WAITS); i++) {
        Heard *h = hear("");
        size_t turns = strlen(WAITS[i].roles);
        for (size_t k = 0; k < turns; k++) {
            Role role = WAITS[i].roles[k] == 'a' ? ROLE_AGENT : WAITS[i].roles[k] == 'b' ? ROLE_BOT : ROLE_CUSTOMER;
            Utterance *u = conversation_say(&h->c, &h->arena, NO_PARTICIPANT, role, STR("Well."));
            u->at_ms = WAITS[i].at[k] < 0 ? WHEN_NONE : WAITS[i].at[k];
            u->end_ms = WAITS[i].end[k] < 0 ? WHEN_NONE : WAITS[i].end[k];
        }
        run(h);
        int64_t none = WHEN_NONE;
        if (h->reading.response_median_ms != (WAITS[i].median < 0 ? none : WAITS[i].median) ||
            h->reading.response_max_ms != (WAITS[i].longest < 0 ? none : WAITS[i].longest))
            fail_msg("case %zu (%s): median %lld, longest %lld", i, WAITS[i].roles,
                     (long long)h->reading.response_median_ms, (long long)h->reading.response_max_ms);
        end(h);
    }
}

/* What is not sure has no answer and no confidence; what is has one of at least OUTCOME_UNSURE_BELOW. */
static void outcomes(void **state)
{
    (void)state;
    static const char *const PICTURE[] = {
        "",
        "bot: Hello.\n",
        "customer: Hello.\n",
        "customer: The lamp is broken.\nagent: I have refunded it.\ncustomer: Brilliant, thank you so much!\n",
        "customer: The lamp is broken.\nagent: I am sorry, I can't do that.\ncustomer: This is a disgrace.\n",
        "customer: Where is it?\nagent: I'll pass you to my manager.\ncustomer: Right.\n",
    };
    size_t sure = 0;
    for (size_t i = 0; i < COUNT(PICTURE); i++) {
        Heard *h = hear(PICTURE[i]);
        run(h);
        const Reading *r = &h->reading;
        const struct {
            int answer;
            uint8_t confidence;
        } question[] = { { (int)r->outcome, r->outcome_confidence },
                         { (int)r->first_contact, r->first_contact_confidence },
                         { (int)r->ends, r->ends_confidence } };
        for (size_t k = 0; k < COUNT(question); k++) {
            if (question[k].answer == 0 ? question[k].confidence != 0
                                        : question[k].confidence < OUTCOME_UNSURE_BELOW || question[k].confidence > 100)
                fail_msg("%squestion %zu: answer %d, confidence %u", PICTURE[i], k, question[k].answer,
                         question[k].confidence);
            sure += question[k].answer != 0;
        }
        if (i == 0) assert_int_equal(r->outcome, OUTCOME_UNSURE);
        end(h);
    }
    assert_true(sure > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dues),
        cmocka_unit_test(emotion_is_the_customers),
        cmocka_unit_test(demand_and_need),
        cmocka_unit_test(promises),
        cmocka_unit_test(asked_twice),
        cmocka_unit_test(talk_share),
        cmocka_unit_test(response_times),
        cmocka_unit_test(outcomes),
    };
    return cmocka_run_group_tests(tests, open_hearer, close_hearer);
}
