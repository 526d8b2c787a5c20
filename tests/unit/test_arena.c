/* test_arena.c -- pieces keep their bytes until their end, and no longer cost anything after it. */
#include "unit.h"

#include "base/arena.h"
#include "random.h"

static void pieces_are_aligned_and_apart(void **state)
{
    (void)state;
    Arena arena = { 0 };
    unsigned char *piece[300];
    size_t size[300];
    Random random = random_start("arena");
    for (size_t i = 0; i < COUNT(piece); i++) {
        size[i] = random_below(&random, i % 50 ? 500 : 300000);
        piece[i] = arena_alloc(&arena, size[i]);
        assert_int_equal((uintptr_t)piece[i] % 16, 0);
        memset(piece[i], (int)(i & 0xFF), size[i]);
    }
    for (size_t i = 0; i < COUNT(piece); i++)
        for (size_t k = 0; k < size[i]; k++) assert_int_equal(piece[i][k], i & 0xFF);
    arena_clear(&arena);
    assert_int_equal(arena.used, 0);
    arena_clear(&arena);
}

static void zeroed_and_copied(void **state)
{
    (void)state;
    Arena arena = { 0 };
    memset(arena_alloc(&arena, 4000), 0xAA, 4000);
    arena_reset(&arena);
    const char *zero = arena_zero(&arena, 1000, 4);
    for (size_t i = 0; i < 4000; i++) assert_int_equal(zero[i], 0);
    Str copy = arena_str(&arena, STR("a\0b"));
    assert_str(copy, STR("a\0b"));
    assert_int_equal(copy.data[3], 0);
    assert_int_equal(arena_str(&arena, (Str){ 0 }).len, 0);
    assert_str(arena_printf(&arena, "%s %d", "order", 12), STR("order 12"));
    assert_str(arena_printf(&arena, "%s", ""), STR(""));
    arena_clear(&arena);
}

/* Whatever is taken and given back in whatever order: what lies before the mark stays as it was. */
static void marks_nest(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Random random = random_start("marks");
    struct {
        ArenaMark mark;
        unsigned char *piece;
        size_t size, used;
    } level[40];
    size_t depth = 0;
    for (int round = 0; round < 3000; round++) {
        if (depth < COUNT(level) && random_below(&random, 2)) {
            level[depth].used = arena.used;
            level[depth].mark = arena_mark(&arena);
            level[depth].size = random_below(&random, random_below(&random, 20) ? 2000 : 200000);
            level[depth].piece = arena_alloc(&arena, level[depth].size);
            memset(level[depth].piece, (int)depth, level[depth].size);
            depth++;
        } else if (depth) {
            depth = random_below(&random, depth);
            arena_back_to(&arena, level[depth].mark);
            assert_int_equal(arena.used, level[depth].used);
        }
        for (size_t i = 0; i < depth; i++)
            for (size_t k = 0; k < level[i].size; k += 997) assert_int_equal(level[i].piece[k], i);
        if (random_below(&random, 200) == 0) {
            arena_reset(&arena);
            depth = 0;
        }
    }
    arena_clear(&arena);
}

static void mark_of_an_empty_arena(void **state)
{
    (void)state;
    Arena arena = { 0 };
    ArenaMark mark = arena_mark(&arena);
    memset(arena_alloc(&arena, 100000), 1, 100000);
    arena_back_to(&arena, mark);
    assert_int_equal(arena.used, 0);
    memset(arena_alloc(&arena, 10), 1, 10);
    arena_reset(&arena);
    mark = arena_mark(&arena);
    memset(arena_alloc(&arena, 10), 1, 10);
    arena_back_to(&arena, mark);
    arena_clear(&arena);
}

static void grows_and_keeps(void **state)
{
    (void)state;
    Arena arena = { 0 };
    unsigned char *piece = NULL;
    size_t size = 0;
    for (size_t next = 1; next < 1000000; next = next * 2 + 3) {
        piece = arena_grow(&arena, piece, size, next);
        memset(piece + size, (int)(next & 0xFF), next - size);
        size = next;
        if (next % 3 == 0) (void)arena_alloc(&arena, 5); /* then it is not the last piece */
    }
    size_t at = 0;
    for (size_t next = 1; next < 1000000; next = next * 2 + 3)
        for (; at < next; at++) assert_int_equal(piece[at], next & 0xFF);
    arena_clear(&arena);

    struct {
        int *item;
        size_t count, capacity;
    } list = { 0 };
    for (int i = 0; i < 1000; i++) *ARENA_PUSH(&arena, list.item, list.count, list.capacity) = i;
    for (int i = 0; i < 1000; i++) assert_int_equal(list.item[i], i);
    assert_int_equal(list.count, 1000);
    arena_clear(&arena);
}

static void budget_is_told(void **state)
{
    (void)state;
    Arena arena = { .budget = 1024 };
    (void)arena_alloc(&arena, 1000);
    assert_true(arena_ok(&arena));
    ArenaMark mark = arena_mark(&arena);
    memset(arena_alloc(&arena, 5000), 1, 5000); /* given all the same */
    assert_false(arena_ok(&arena));
    arena_back_to(&arena, mark);
    assert_true(arena_ok(&arena));
    (void)arena_alloc(&arena, 5000);
    arena_reset(&arena);
    assert_true(arena_ok(&arena));
    arena_clear(&arena);
    assert_int_equal(arena.budget, 1024);
    arena = (Arena){ 0 };
    (void)arena_alloc(&arena, 100000);
    assert_true(arena_ok(&arena));
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_aligned_and_apart),
        cmocka_unit_test(zeroed_and_copied),
        cmocka_unit_test(marks_nest),
        cmocka_unit_test(mark_of_an_empty_arena),
        cmocka_unit_test(grows_and_keeps),
        cmocka_unit_test(budget_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
