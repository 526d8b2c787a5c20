/* test_marks.c -- packed marks and readings: what goes in comes out, and damage is told. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/marks.h"
#include "store/pack.h"
#include "store/reading_pack.h"

enum { TURNS = 300, ROUNDS = 300 };

static uint64_t seed;

static uint32_t chance(uint32_t below) /* xorshift64*: the same numbers for the same seed */
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (uint32_t)((seed * 0x2545F4914F6CDD1DULL) >> 33) % below;
}

static int setup(void **state)
{
    (void)state;
    const char *given = getenv("SEED");
    seed = given ? strtoull(given, NULL, 10) | 1 : 20260321;
    print_message("SEED=%llu\n", (unsigned long long)seed);
    return 0;
}

/* Small steps mostly, now and then the greatest there are. */
static uint32_t some(uint32_t usual) { return chance(50) == 0 ? UINT32_MAX / 4 : chance(usual); }

static Marks some_marks(Arena *arena)
{
    size_t count = chance(200);
    Mark *item = ARENA_NEW(arena, Mark, count);
    uint32_t utterance = 0, begin = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t turns = chance(3);
        if (utterance + turns >= TURNS) turns = 0;
        begin = turns || begin > UINT32_MAX / 4 ? some(400) : begin + chance(100);
        if (!turns && i && begin < item[i - 1].begin) begin = item[i - 1].begin;
        utterance += turns;
        item[i] = (Mark){ .behaviour = (uint16_t)chance(UINT16_MAX + 1u),
                          .quality = (uint8_t)chance(101),
                          .confidence = (uint8_t)chance(101),
                          .utterance = utterance,
                          .begin = begin,
                          .end = begin + 1 + some(60),
                          .rule = chance(30) == 0 ? UINT32_MAX : chance(3000) };
    }
    return (Marks){ item, count };
}

static void marks_come_back(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Buf out = { 0 };
    size_t total = 0, bytes = 0;
    for (int round = 0; round < ROUNDS; round++) {
        arena_reset(&arena);
        out.len = 0;
        Marks marks = some_marks(&arena), back;
        Err err = { 0 };
        marks_pack(&out, marks);
        assert_true(marks_unpack(buf_str(&out), TURNS, &arena, &back, &err));
        assert_int_equal(back.count, marks.count);
        for (size_t i = 0; i < marks.count; i++)
            assert_memory_equal(&back.item[i], &marks.item[i], sizeof marks.item[i]);
        total += marks.count;
        bytes += out.len;
    }
    print_message("%zu marks, %.1f bytes each\n", total, (double)bytes / (double)total);
    assert_true(total > 10000);
    buf_clear(&out);
    arena_clear(&arena);
}

/* A blob with one byte changed, cut short or too long is refused, or gives marks that can be: in order, inside the
 * turns, hundredths within 100; and what it gives packs to the same bytes again, so no damage is read in two ways. */
static void damage_is_told(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Buf out = { 0 }, again = { 0 };
    size_t refused = 0, read = 0;
    for (int round = 0; round < ROUNDS * 20; round++) {
        arena_reset(&arena);
        out.len = again.len = 0;
        marks_pack(&out, some_marks(&arena));
        switch (chance(3)) {
        case 0: out.len = chance((uint32_t)out.len); break;
        case 1: buf_char(&out, (char)chance(256)); break;
        default: out.data[chance((uint32_t)out.len)] = (char)chance(256); break;
        }
        Marks back;
        Err err = { 0 };
        if (!marks_unpack(buf_str(&out), TURNS, &arena, &back, &err)) {
            assert_int_equal(err.kind, ERR_STORE);
            assert_true(err.text[0] != '\0');
            refused++;
            continue;
        }
        read++;
        for (size_t i = 0; i < back.count; i++) {
            const Mark *m = &back.item[i];
            assert_true(m->utterance < TURNS && m->begin < m->end && m->quality <= 100 && m->confidence <= 100);
        }
        marks_pack(&again, back);
        assert_true(str_equal(buf_str(&again), buf_str(&out)));
    }
    print_message("%zu refused, %zu still readable\n", refused, read);
    assert_true(refused > ROUNDS * 10 && read > 0);
    buf_clear(&out);
    buf_clear(&again);
    arena_clear(&arena);
}

static void marks_outside_the_words_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t utterance, begin, end;
        bool fits;
    } row[] = {
        { "sorry", 0, 0, 5, true },
        { "sorry", 0, 0, 6, false },
        { "sorry", 1, 0, 1, false },
        { "d\xC3\xA9j\xC3\xA0", 0, 1, 3, true },
        { "d\xC3\xA9j\xC3\xA0", 0, 2, 3, false }, /* begins inside a character */
        { "d\xC3\xA9j\xC3\xA0", 0, 0, 2, false },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        Utterance u = { .text = str_from(row[i].text) };
        Conversation c = { .utterance = &u, .utterance_count = 1 };
        Mark mark = { .utterance = row[i].utterance, .begin = row[i].begin, .end = row[i].end };
        assert_int_equal(marks_fit((Marks){ &mark, 1 }, &c), row[i].fits);
    }
}

static Spans some_spans(Arena *arena)
{
    Spans spans = { .count = chance(5) };
    spans.item = ARENA_NEW(arena, Span, spans.count);
    for (size_t i = 0; i < spans.count; i++) {
        uint32_t begin = some(300);
        spans.item[i] = (Span){ chance(TURNS), begin, begin + some(90) };
    }
    return spans;
}

static Reading some_reading(Arena *arena)
{
    Reading r = { .demand = some_spans(arena), .need = some_spans(arena) };
    r.emotion.count = chance(60);
    r.emotion.item = ARENA_NEW(arena, Emotion, r.emotion.count);
    for (size_t i = 0; i < r.emotion.count; i++)
        r.emotion.item[i] = (Emotion){ chance(TURNS), (int8_t)((int)chance(201) - 100) };
    r.promises.count = chance(4);
    r.promises.item = ARENA_NEW(arena, Promise, r.promises.count);
    for (size_t i = 0; i < r.promises.count; i++) {
        Spans one = { 0 };
        while (one.count == 0) one = some_spans(arena);
        r.promises.item[i] = (Promise){ .span = one.item[0],
                                        .who = chance(3) ? chance(9) : NO_PARTICIPANT,
                                        .what = chance(4) ? STR("ring you back by five \xE2\x82\xAC") : (Str){ 0 },
                                        .due = chance(2) ? (int64_t)1767225600000 - chance(1000) : WHEN_NONE };
        if (chance(20) == 0) r.promises.item[i].due = INT64_MAX;
    }
    r.asked_twice.count = chance(3);
    r.asked_twice.item = ARENA_NEW(arena, AskedTwice, r.asked_twice.count);
    for (size_t i = 0; i < r.asked_twice.count; i++)
        r.asked_twice.item[i] = (AskedTwice){ chance(TURNS), chance(TURNS) };
    return r;
}

static void readings_come_back(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Buf out = { 0 }, again = { 0 };
    for (int round = 0; round < ROUNDS; round++) {
        arena_reset(&arena);
        out.len = again.len = 0;
        Reading reading = some_reading(&arena), back = { .outcome = OUTCOME_RESOLVED };
        Err err = { 0 };
        reading_pack(&out, &reading);
        assert_true(reading_unpack(buf_str(&out), TURNS, &arena, &back, &err));
        assert_int_equal(back.outcome, OUTCOME_RESOLVED);
        assert_int_equal(back.promises.count, reading.promises.count);
        for (size_t i = 0; i < reading.promises.count; i++) {
            const Promise *a = &reading.promises.item[i], *b = &back.promises.item[i];
            assert_true(a->who == b->who && a->due == b->due && str_equal(a->what, b->what));
            assert_memory_equal(&a->span, &b->span, sizeof a->span);
        }
        for (size_t i = 0; i < reading.emotion.count; i++)
            assert_true(back.emotion.item[i].utterance == reading.emotion.item[i].utterance &&
                        back.emotion.item[i].value == reading.emotion.item[i].value);
        reading_pack(&again, &back);
        assert_true(str_equal(buf_str(&again), buf_str(&out)));
    }
    buf_clear(&out);
    buf_clear(&again);
    arena_clear(&arena);
}

static void a_damaged_reading_is_told(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Buf out = { 0 };
    size_t refused = 0;
    for (int round = 0; round < ROUNDS * 10; round++) {
        arena_reset(&arena);
        out.len = 0;
        Reading reading = some_reading(&arena), back = { 0 };
        Err err = { 0 };
        reading_pack(&out, &reading);
        out.len = chance((uint32_t)out.len); /* cut short: always told */
        assert_false(reading_unpack(buf_str(&out), TURNS, &arena, &back, &err));
        assert_int_equal(back.emotion.count, 0); /* written on success only */
        refused++;
    }
    assert_true(refused == ROUNDS * 10);
    buf_clear(&out);
    arena_clear(&arena);
}

static void numbers_have_one_form(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        bool good;
        uint64_t value;
    } row[] = {
        { "\x00", 1, true, 0 },
        { "\x7F", 1, true, 127 },
        { "\x80\x01", 2, true, 128 },
        { "\x80\x00", 2, false, 0 }, /* 0 in two bytes */
        { "\x80", 1, false, 0 },
        { "", 0, false, 0 },
        { "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 10, true, UINT64_MAX },
        { "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10, false, 0 }, /* 65 bits */
        { "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x81\x01", 11, false, 0 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        Unpack u = unpack_start(str_make(row[i].bytes, row[i].len));
        assert_int_equal(unpack_u64(&u), row[i].value);
        assert_int_equal(unpack_end(&u), row[i].good);
    }
    static const int64_t whole[] = { 0, -1, 1, INT64_MIN, INT64_MAX, -123456789 };
    for (size_t i = 0; i < COUNT(whole); i++) {
        Buf out = { 0 };
        pack_i64(&out, whole[i]);
        Unpack u = unpack_start(buf_str(&out));
        assert_true(unpack_i64(&u) == whole[i] && unpack_end(&u));
        buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(marks_come_back, setup),           cmocka_unit_test_setup(damage_is_told, setup),
        cmocka_unit_test(marks_outside_the_words_do_not_fit),     cmocka_unit_test_setup(readings_come_back, setup),
        cmocka_unit_test_setup(a_damaged_reading_is_told, setup), cmocka_unit_test(numbers_have_one_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
