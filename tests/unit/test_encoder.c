/* test_encoder.c -- vectors of the sentence encoder: those of tests/encode/vectors.tsv, alone, together, in threads.
 *
 * Without goodwill-encoder.gwe (the npm package was not there when the program was built) the cases are skipped.
 */
#include "unit.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "base/file.h"
#include "encode/encoder.h"

enum { SENTENCES = 200, SUMS = 16, FEW = 40 };

static const char *const PROCESSORS[] = { "plain", "avx2", "avxvnni", "avx512", "vnni" };

typedef struct Table {
    Buf bytes;
    Str text[SENTENCES];
    double sum[SENTENCES][SUMS];
} Table;

static Table table;
static float vector[SENTENCES][ENCODER_DIMS], other[SENTENCES][ENCODER_DIMS];

static int read_table(void **state)
{
    (void)state;
    Err err;
    Str rest, line;
    if (!file_read("tests/encode/vectors.tsv", 1 << 20, &table.bytes, &err)) return -1;
    rest = buf_str(&table.bytes);
    size_t count = 0;
    for (; str_next_line(&rest, &line) && count < SENTENCES; count++) {
        Str part;
        if (!str_next_part(&line, '\t', &table.text[count])) return -1;
        for (size_t n = 0; n < SUMS; n++)
            if (!str_next_part(&line, '\t', &part) || !str_to_double(part, &table.sum[count][n])) return -1;
    }
    return count == SENTENCES ? 0 : -1;
}

static int clear_table(void **state)
{
    (void)state;
    buf_clear(&table.bytes);
    return 0;
}

/* NULL where this processor cannot; the case is skipped where there are no weights. */
static Encoder *open_as(const char *processor, EncoderNumbers numbers)
{
    Err err = { .kind = ERR_NONE };
    Encoder *encoder = encoder_open((EncoderSettings){ .processor = processor, .numbers = numbers }, &err);
    if (!encoder && err.kind == ERR_SYSTEM) {
        print_message("%s\n", err.text);
        skip();
    }
    if (!encoder) assert_int_equal(err.kind, ERR_USAGE);
    return encoder;
}

static void run(const Encoder *encoder, const Str *text, size_t count, float (*ret)[ENCODER_DIMS])
{
    Arena arena = { 0 };
    Err err;
    assert_true(encoder_run(encoder, text, count, ret, &arena, &err));
    assert_int_equal(arena.used, 0);
    arena_clear(&arena);
}

/* As tests/encode/run.py has it. */
static double sign(size_t dim, size_t number)
{
    uint32_t h = (uint32_t)(dim * SUMS + number + 1) * 0x9E3779B1u;
    h = (h ^ h >> 15) * 0x85EBCA77u;
    return h >> 31 ? -1 : 1;
}

static double product(const float *a, const float *b)
{
    double sum = 0;
    for (size_t d = 0; d < ENCODER_DIMS; d++) sum += (double)a[d] * (double)b[d];
    return sum;
}

static void test_vectors(void **state)
{
    (void)state;
    for (size_t p = 0; p < COUNT(PROCESSORS); p++) {
        Encoder *encoder = open_as(PROCESSORS[p], ENCODER_FLOAT);
        if (!encoder) continue;
        assert_string_equal(encoder_processor(encoder), PROCESSORS[p]);
        run(encoder, table.text, SENTENCES, vector);
        for (size_t i = 0; i < SENTENCES; i++) {
            assert_true(fabs(product(vector[i], vector[i]) - 1) < 1e-5);
            for (size_t n = 0; n < SUMS; n++) {
                double sum = 0;
                for (size_t d = 0; d < ENCODER_DIMS; d++) sum += sign(d, n) * (double)vector[i][d];
                if (fabs(sum - table.sum[i][n]) > 1e-4)
                    fail_msg("%s, sum %zu: %f, expected %f, of: %.*s", PROCESSORS[p], n, sum, table.sum[i][n],
                             STR_ARG(table.text[i]));
            }
        }
        encoder_free(encoder);
    }
}

static void test_int8(void **state)
{
    (void)state;
    Encoder *encoder = open_as("plain", ENCODER_FLOAT);
    run(encoder, table.text + SENTENCES - FEW, FEW, other);
    encoder_free(encoder);
    encoder = open_as("plain", ENCODER_INT8);
    run(encoder, table.text + SENTENCES - FEW, FEW, vector);
    encoder_free(encoder);
    for (size_t i = 0; i < FEW; i++) assert_true(product(vector[i], other[i]) > 0.995);
    for (size_t p = 1; p < COUNT(PROCESSORS); p++) {
        encoder = open_as(PROCESSORS[p], ENCODER_INT8);
        if (!encoder) continue;
        run(encoder, table.text + SENTENCES - FEW, FEW, other);
        if (memcmp(vector, other, FEW * sizeof *vector) != 0) fail_msg("%s gives other bits than plain", PROCESSORS[p]);
        encoder_free(encoder);
    }
}

static void test_neighbours(void **state)
{
    (void)state;
    for (int numbers = ENCODER_FLOAT; numbers <= ENCODER_INT8; numbers++) {
        Encoder *encoder = open_as(NULL, (EncoderNumbers)numbers);
        run(encoder, table.text, SENTENCES, vector);
        for (size_t i = 0; i < SENTENCES; i++) run(encoder, table.text + i, 1, other + i);
        assert_memory_equal(vector, other, sizeof vector);
        encoder_free(encoder);
    }
}

static void test_meaning(void **state)
{
    (void)state;
    Encoder *encoder = open_as(NULL, ENCODER_FLOAT);
    const Str text[] = { STR("I'm so sorry that you had to wait."), STR("Apologies for the delay."),
                         STR("The box is blue and ten inches wide."), STR(""), STR("") };
    run(encoder, text, COUNT(text), vector);
    assert_true(product(vector[0], vector[1]) > product(vector[0], vector[2]) + 0.2);
    assert_memory_equal(vector[3], vector[4], sizeof vector[3]);
    assert_true(fabs(product(vector[3], vector[3]) - 1) < 1e-5);
    encoder_free(encoder);
}

static void test_long(void **state)
{
    (void)state;
    Encoder *encoder = open_as(NULL, ENCODER_INT8);
    enum { WORDS = 100000 };
    Buf text = { 0 };
    for (int i = 0; i < WORDS; i++) buf_lit(&text, "again ");
    const Str texts[] = { buf_str(&text), str_sub(buf_str(&text), 0, 6 * 128), STR("again") };
    run(encoder, texts, COUNT(texts), vector);
    assert_memory_equal(vector[0], vector[1], sizeof vector[0]); /* what follows the first 128 pieces does not count */
    assert_true(memcmp(vector[1], vector[2], sizeof vector[1]) != 0);
    Arena small = { .budget = 1 << 20 };
    Err err = { .kind = ERR_NONE };
    assert_false(encoder_run(encoder, texts, COUNT(texts), vector, &small, &err));
    assert_int_equal(err.kind, ERR_LIMIT);
    arena_clear(&small);
    buf_clear(&text);
    encoder_free(encoder);
}

typedef struct Share {
    const Encoder *encoder;
    float (*ret)[ENCODER_DIMS];
} Share;

static void *read_share(void *arg)
{
    const Share *share = arg;
    Arena arena = { 0 };
    Err err;
    bool done = encoder_run(share->encoder, table.text, FEW, share->ret, &arena, &err);
    arena_clear(&arena);
    return done ? arg : NULL;
}

static void test_threads(void **state)
{
    (void)state;
    Encoder *encoder = open_as(NULL, ENCODER_INT8);
    Share first = { encoder, vector }, second = { encoder, other };
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, read_share, &first), 0);
    assert_non_null(read_share(&second));
    void *done;
    assert_int_equal(pthread_join(thread, &done), 0);
    assert_non_null(done);
    assert_memory_equal(vector, other, FEW * sizeof *vector);
    encoder_free(encoder);
}

static double thread_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static void test_opening(void **state)
{
    (void)state;
    Err err = { .kind = ERR_NONE };
    double least_ms = 1e9;
    for (int i = 0; i < 5; i++) {
        double start = thread_ms();
        Encoder *encoder = open_as(NULL, ENCODER_INT8);
        least_ms = fmin(least_ms, thread_ms() - start);
        if (i == 0) assert_true(str_find(encoder_card(encoder), STR("licence: Apache-2.0")) != STR_NOT_FOUND);
        encoder_free(encoder);
    }
    print_message("opened in %.1f ms\n", least_ms);
#if defined __OPTIMIZE__ && !defined __SANITIZE_ADDRESS__ && !defined __clang__
    assert_true(least_ms < 50);
#endif
    assert_null(encoder_open((EncoderSettings){ .processor = "abacus" }, &err));
    assert_int_equal(err.kind, ERR_USAGE);
    assert_null(encoder_open((EncoderSettings){ .path = "tests/encode/no-such.gwe" }, &err));
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_true(err.hint[0] != 0);
    assert_null(encoder_open((EncoderSettings){ .path = "tests/encode/vectors.tsv" }, &err));
    assert_int_equal(err.kind, ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors), cmocka_unit_test(test_int8), cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_meaning), cmocka_unit_test(test_long), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_opening),
    };
    return cmocka_run_group_tests(tests, read_table, clear_table);
}
