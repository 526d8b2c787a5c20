/* test_cases.c -- how much of what must go does go, and how much of what must stay stays, over cases.txt.
 *
 * A case is a conversation; {card:4111 …} is a card number in it.  Recall: of
 * the marked places, those whose digits and letters are all under placeholders.
 * Precision: of the placeholders of a kind, those that lie on a marked place of
 * this kind (a code, a date or a number of a card are one family).  The held
 * cases were written before the tuning; they are counted by themselves (docs/redaction.md).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file.h"
#include "redact/redact.h"

enum { MARKS_MAX = 16, PLACES_MAX = 64, TEXT_MAX = 4096 };

typedef struct Mark {
    RedactKind kind;
    size_t begin, end;
} Mark;

typedef struct Turn {
    Str plain;
    Mark mark[MARKS_MAX];
    size_t marks;
} Turn;

typedef struct Score {
    size_t wanted, found, given, right;
} Score;

typedef struct Scores {
    Score kind[REDACTED_KINDS];
    size_t cases, without;
} Scores;

static const struct {
    const char *name;
    RedactKind kind;
} NAME[] = {
    { "card", REDACTED_CARD }, { "code", REDACTED_CARD_CODE }, { "expiry", REDACTED_CARD_EXPIRY },
    { "iban", REDACTED_IBAN }, { "email", REDACTED_EMAIL },    { "phone", REDACTED_PHONE },
};

static Scores tuned, held;
static bool verbose;

static RedactKind kind_named(Str name)
{
    for (size_t i = 0; i < COUNT(NAME); i++)
        if (str_equal(name, str_from(NAME[i].name))) return NAME[i].kind;
    fail_msg("cases.txt names an unknown kind: %.*s", STR_ARG(name));
    return REDACTED_KINDS;
}

/* Takes the braces off a line and "\n" for line breaks. */
static void read_turn(Arena *arena, Str line, Turn *ret)
{
    char *data = arena_alloc(arena, line.len + 1);
    size_t len = 0;
    *ret = (Turn){ 0 };
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] == '{') {
            size_t colon = i + 1 + str_find_char(str_from_byte(line, i + 1), ':');
            assert_true(ret->marks < MARKS_MAX);
            ret->mark[ret->marks] = (Mark){ kind_named(str_sub(line, i + 1, colon)), len, len };
            i = colon;
        } else if (line.data[i] == '}') {
            ret->mark[ret->marks++].end = len;
        } else if (line.data[i] == '\\' && i + 1 < line.len && line.data[i + 1] == 'n') {
            data[len++] = '\n';
            i++;
        } else {
            data[len++] = line.data[i];
        }
    }
    ret->plain = (Str){ data, len };
}

static bool placeholder(Str s, RedactKind *ret)
{
    for (int k = 0; k < REDACTED_KINDS; k++)
        if (str_starts(s, str_from(redact_placeholder((RedactKind)k)))) {
            *ret = (RedactKind)k;
            return true;
        }
    return false;
}

/* Where in `plain` the placeholders of `out` stand: what is between them is unchanged. */
static size_t places(Str plain, Str out, Mark *place)
{
    size_t count = 0, from = 0, at = 0;
    RedactKind kind;
    while (at < out.len) {
        if (!placeholder(str_from_byte(out, at), &kind)) {
            assert_true(from < plain.len && plain.data[from] == out.data[at]);
            from++, at++;
            continue;
        }
        at += strlen(redact_placeholder(kind));
        size_t next = at;
        RedactKind ignored;
        while (next < out.len && !placeholder(str_from_byte(out, next), &ignored)) next++;
        Str between = str_sub(out, at, next);
        size_t end = plain.len;
        if (next == out.len) {
            end = plain.len - between.len;
        } else if (between.len) {
            size_t found = str_find(str_from_byte(plain, from + 1), between);
            assert_true(found != STR_NOT_FOUND);
            end = from + 1 + found;
        }
        assert_true(count < PLACES_MAX);
        place[count++] = (Mark){ kind, from, end };
        from = end;
    }
    return count;
}

static bool same_family(RedactKind a, RedactKind b)
{
    return a == b || (a <= REDACTED_CARD_EXPIRY && b <= REDACTED_CARD_EXPIRY);
}

static void judge(Scores *scores, const Turn *turn, Str out, const char *title)
{
    Mark place[PLACES_MAX];
    size_t count = places(turn->plain, out, place);
    for (size_t m = 0; m < turn->marks; m++) {
        const Mark *mark = &turn->mark[m];
        bool gone = true;
        for (size_t i = mark->begin; i < mark->end; i++) {
            bool under = !ascii_alnum(turn->plain.data[i]);
            for (size_t k = 0; k < count && !under; k++) under = i >= place[k].begin && i < place[k].end;
            gone = gone && under;
        }
        scores->kind[mark->kind].wanted++;
        scores->kind[mark->kind].found += gone;
        if (!gone && verbose)
            printf("# missed %s in '%s': %.*s -> %.*s\n", redact_placeholder(mark->kind), title, STR_ARG(turn->plain),
                   STR_ARG(out));
    }
    for (size_t k = 0; k < count; k++) {
        bool right = false;
        for (size_t m = 0; m < turn->marks; m++)
            right = right || (place[k].begin < turn->mark[m].end && turn->mark[m].begin < place[k].end &&
                              same_family(place[k].kind, turn->mark[m].kind));
        scores->kind[place[k].kind].given++;
        scores->kind[place[k].kind].right += right;
        if (!right && verbose)
            printf("# wrong %s in '%s': %.*s -> %.*s\n", redact_placeholder(place[k].kind), title, STR_ARG(turn->plain),
                   STR_ARG(out));
    }
}

static void run_case(Str block)
{
    Arena arena = { 0 };
    Conversation c;
    Str title = { 0 }, line;
    Turn *turn = arena_zero(&arena, 32, sizeof *turn);
    bool is_held = false;
    size_t marks = 0;
    conversation_init(&c);
    while (str_next_line(&block, &line)) {
        if (str_starts(line, STR("== "))) {
            is_held = str_starts(line, STR("== held"));
            title = arena_str(&arena, str_from_byte(line, 3));
            continue;
        }
        if (line.len < 4) continue;
        Role role = line.data[0] == 'a' ? ROLE_AGENT : line.data[0] == 'c' ? ROLE_CUSTOMER : ROLE_SYSTEM;
        Turn *t = &turn[c.utterance_count];
        read_turn(&arena, str_from_byte(line, 3), t);
        marks += t->marks;
        conversation_say(&c, &arena, NO_PARTICIPANT, role, t->plain);
    }
    if (!c.utterance_count) return;
    redact_conversation(&c, REDACT_DEFAULT, &arena, NULL);
    Scores *scores = is_held ? &held : &tuned;
    scores->cases++;
    scores->without += marks == 0;
    for (uint32_t i = 0; i < c.utterance_count; i++) judge(scores, &turn[i], c.utterance[i].text, title.data);
    arena_clear(&arena);
}

static void run_file(void **state)
{
    (void)state;
    Buf bytes = { 0 };
    Err err = { 0 };
    verbose = getenv("GOODWILL_VERBOSE") != NULL;
    assert_true(file_read(REDACT_CASES, 16 << 20, &bytes, &err));
    Str rest = buf_str(&bytes);
    while (rest.len) {
        size_t end = str_find(rest, STR("\n\n"));
        run_case(str_sub(rest, 0, end == STR_NOT_FOUND ? rest.len : end));
        rest = end == STR_NOT_FOUND ? (Str){ 0 } : str_from_byte(rest, end + 2);
    }
    buf_clear(&bytes);
    assert_true(tuned.cases + held.cases >= 800);
    assert_true(tuned.without + held.without >= 400);
}

static double share(size_t part, size_t whole) { return whole ? (double)part / (double)whole : 1; }

static Score family(const Scores *scores, RedactKind first, RedactKind last)
{
    Score sum = { 0 };
    for (RedactKind k = first; k <= last; k++) {
        sum.wanted += scores->kind[k].wanted;
        sum.found += scores->kind[k].found;
        sum.given += scores->kind[k].given;
        sum.right += scores->kind[k].right;
    }
    return sum;
}

static void print(const char *what, const Scores *scores)
{
    printf("# %s: %zu conversations, %zu of them with nothing to redact\n", what, scores->cases, scores->without);
    for (size_t i = 0; i < COUNT(NAME); i++) {
        Score s = scores->kind[NAME[i].kind];
        printf("#   %-7s recall %.3f of %zu   precision %.3f of %zu\n", NAME[i].name, share(s.found, s.wanted),
               s.wanted, share(s.right, s.given), s.given);
    }
}

static void hold(const Scores *scores, RedactKind first, RedactKind last, double recall, double precision)
{
    Score s = family(scores, first, last);
    assert_true(s.wanted > 0);
    assert_true(share(s.found, s.wanted) >= recall);
    assert_true(share(s.right, s.given) >= precision);
}

static void cards_leave(void **state)
{
    (void)state;
    print("tuned", &tuned);
    print("held out", &held);
    hold(&tuned, REDACTED_CARD, REDACTED_CARD_EXPIRY, .99, .95);
    hold(&held, REDACTED_CARD, REDACTED_CARD_EXPIRY, .99, .95);
}

static void accounts_and_addresses_leave(void **state)
{
    (void)state;
    hold(&tuned, REDACTED_IBAN, REDACTED_EMAIL, .99, .95);
    hold(&held, REDACTED_IBAN, REDACTED_EMAIL, .99, .95);
}

static void telephones_leave(void **state)
{
    (void)state;
    hold(&tuned, REDACTED_PHONE, REDACTED_PHONE, .95, .90);
    hold(&held, REDACTED_PHONE, REDACTED_PHONE, .95, .90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_file),
        cmocka_unit_test(cards_leave),
        cmocka_unit_test(accounts_and_addresses_leave),
        cmocka_unit_test(telephones_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
