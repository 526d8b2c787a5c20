/* test_pieces.c -- the cut of a text into word pieces, over a small list of our own. */
#include "unit.h"

#include "encode/pieces.h"

typedef struct Piece {
    const char *text;
    double score;
} Piece;

/* U+2581 stands for a space; the first two are never found in a text. */
static const Piece LIST[] = {
    { "\uFFFD", 0 },
    { "<s>", 0 },
    { "\u2581", -2 },
    { "s", -3 },
    { "o", -4 },
    { "r", -4 },
    { "y", -4 },
    { "\u2581sorry", -5 },
    { "\u2581so", -3 },
    { "rry", -3.5 },
    { "fine", -4 },
    { "\u00E9", -6 },
    { "f", -5 },
    { "i", -5 },
    { "n", -5 },
    { "e", -5 },
    { "\u2581sorry", -4.5 },
};
enum { SPACE = 2, S = 3, SO = 8, FINE = 10, E_ACUTE = 11, SORRY = 16 /* the later of two */ };

static Pieces *open_list(void)
{
    char text[256] = "";
    uint32_t end[COUNT(LIST)];
    double score[COUNT(LIST)];
    for (size_t i = 0; i < COUNT(LIST); i++) {
        strcat(text, LIST[i].text);
        end[i] = (uint32_t)strlen(text);
        score[i] = LIST[i].score;
    }
    Err err;
    Pieces *pieces = pieces_open(str_from(text), end, score, COUNT(LIST), 2, &err);
    assert_non_null(pieces);
    return pieces;
}

static void check_cut(const Pieces *pieces, Str text, const uint16_t *expected, size_t count)
{
    Arena arena = { 0 };
    uint16_t got[PIECES_MAX];
    assert_int_equal(pieces_cut(pieces, text, &arena, got), count);
    for (size_t i = 0; i < count; i++) assert_int_equal(got[i], expected[i]);
    assert_int_equal(arena.used, 0);
    arena_clear(&arena);
}

#define CHECK_CUT(pieces, text, ...)                                                                                   \
    check_cut((pieces), STR(text), (const uint16_t[]){ __VA_ARGS__ }, COUNT(((const uint16_t[]){ __VA_ARGS__ })))

static void test_cut(void **state)
{
    (void)state;
    Pieces *pieces = open_list();
    check_cut(pieces, STR(""), NULL, 0);
    CHECK_CUT(pieces, "sorry", SORRY); /* -4.5 is more than _so + rry */
    CHECK_CUT(pieces, "so", SO);
    CHECK_CUT(pieces, "sos", SO, S);
    CHECK_CUT(pieces, " fine", SPACE, SPACE, FINE); /* one is put before every text */
    CHECK_CUT(pieces, "s  s", SPACE, S, SPACE, SPACE, S);
    CHECK_CUT(pieces, "\u00A0s", SPACE, SPACE, S); /* NFKC: a space like another */
    CHECK_CUT(pieces, "\uFB01ne", SPACE, FINE);    /* NFKC: the ligature is two letters */
    CHECK_CUT(pieces, "e\u0301", SPACE, E_ACUTE);  /* NFKC: composed */
    pieces_free(pieces);
}

static void test_unknown(void **state)
{
    (void)state;
    Pieces *pieces = open_list();
    CHECK_CUT(pieces, "#", SPACE, 0);
    CHECK_CUT(pieces, "####", SPACE, 0); /* a run is one */
    CHECK_CUT(pieces, "#s#", SPACE, 0, S, 0);
    CHECK_CUT(pieces, "\xFF\xFEs", SPACE, 0, S); /* no UTF-8 */
    CHECK_CUT(pieces, "\uFFFDs", SPACE, 0, S);   /* reserved */
    CHECK_CUT(pieces, "a\0b", SPACE, 0);
    pieces_free(pieces);
}

static void test_long(void **state)
{
    (void)state;
    Pieces *pieces = open_list();
    Arena arena = { 0 };
    uint16_t got[PIECES_MAX];
    static char many[3 << 20];
    memset(many, 's', sizeof many);
    assert_int_equal(pieces_cut(pieces, str_make(many, sizeof many), &arena, got), PIECES_MAX);
    assert_int_equal(got[0], SPACE);
    for (size_t i = 1; i < PIECES_MAX; i++) assert_int_equal(got[i], S);
    for (size_t i = 0; i + 3 <= sizeof many; i += 3) memcpy(many + i, "\uFDFA", 3); /* NFKC makes four words of it */
    assert_int_equal(pieces_cut(pieces, str_make(many, sizeof many), &arena, got), PIECES_MAX);
    arena_clear(&arena);
    pieces_free(pieces);
}

static void check_refused(const char *text, const uint32_t *end, size_t count, size_t reserved)
{
    static const double SCORE[4] = { 0 };
    Err err = { .kind = ERR_NONE };
    assert_null(pieces_open(str_from(text), end, SCORE, count, reserved, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

static void test_list_is_checked(void **state)
{
    (void)state;
    check_refused("abc", (const uint32_t[]){ 1, 2, 4 }, 3, 1);
    check_refused("abc", (const uint32_t[]){ 1, 1, 3 }, 3, 1);
    check_refused("abc", (const uint32_t[]){ 2, 1, 3 }, 3, 1);
    check_refused("abc", (const uint32_t[]){ 1, 2 }, 2, 1);
    check_refused("abc", (const uint32_t[]){ 1, 2, 3 }, 3, 0);
    check_refused("abc", (const uint32_t[]){ 1, 2, 3 }, 3, 4);
    check_refused("", NULL, 0, 1);
    check_refused("a\xFF\x62", (const uint32_t[]){ 1, 2, 3 }, 3, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_list_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
