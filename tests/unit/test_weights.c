/* test_weights.c -- a file of weights is read where it is whole, and refused wherever it is not. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "encode/weights.h"

enum { TABLES = 2, BYTES = 64 * (1 + TABLES + 2) };

static const Str NAME = TEXT("some.gwe");

static void put32(char *at, uint32_t value) { memcpy(at, &value, sizeof value); }
static void put64(char *at, uint64_t value) { memcpy(at, &value, sizeof value); }

static void sign(char *file)
{
    for (size_t i = 0; i < TABLES; i++) {
        char *entry = file + 64 + 64 * i;
        put32(entry + 48, (uint32_t)crc32(0, (const Bytef *)file + 64 * (1 + TABLES + i), i ? 8 : 24));
    }
    put32(file + 24, (uint32_t)crc32(0, (const Bytef *)file + 64, 64 * TABLES));
}

/* Two tables: "card" of 24 bytes, "b" of 1 by 2 floats.  Freed by the caller. */
static char *make(void)
{
    char *file = aligned_alloc(64, BYTES);
    assert_non_null(file);
    memset(file, 0, BYTES);
    memcpy(file, "GWENCODE", 8);
    put32(file + 8, 1);
    put32(file + 12, TABLES);
    put64(file + 16, BYTES);
    strcpy(file + 64, "card");
    put32(file + 64 + 24, 1);
    put64(file + 64 + 32, 64 * 3);
    put64(file + 64 + 40, 24);
    strcpy(file + 128, "b");
    put32(file + 128 + 24, 1);
    put32(file + 128 + 28, 2);
    put64(file + 128 + 32, 64 * 4);
    put64(file + 128 + 40, 8);
    strcpy(file + 64 * 3, "made for a test, free.");
    memcpy(file + 64 * 4, (const float[]){ 1, 2 }, 8);
    sign(file);
    return file;
}

static void check_wrong(const char *file, size_t bytes, const char *reason)
{
    Weights weights;
    Err err = { .kind = ERR_NONE };
    assert_false(weights_check(str_make(file, bytes), NAME, &weights, &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_non_null(strstr(err.text, "some.gwe: "));
    if (!strstr(err.text, reason)) fail_msg("\"%s\" does not say \"%s\"", err.text, reason);
    assert_true(err.hint[0] != 0);
}

static void test_whole(void **state)
{
    (void)state;
    char *file = make();
    Weights weights;
    Err err;
    Str card;
    const void *table;
    assert_true(weights_check(str_make(file, BYTES), NAME, &weights, &err));
    assert_true(weights_text(&weights, "card", &card, &err));
    assert_str(str_sub(card, 0, 4), STR("made"));
    assert_true(weights_table(&weights, "b", 1, 2, sizeof(float), &table, &err));
    assert_true(((const float *)table)[1] == 2);
    assert_false(weights_table(&weights, "b", 2, 1, sizeof(float), &table, &err));
    assert_non_null(strstr(err.text, "has no table 'b' of 2 by 1"));
    assert_false(weights_table(&weights, "b", 1, 2, sizeof(double), &table, &err));
    assert_false(weights_table(&weights, "c", 1, 2, sizeof(float), &table, &err));
    assert_false(weights_text(&weights, "car", &card, &err));
    weights_close(&weights);
    free(file);
}

static void test_damaged(void **state)
{
    (void)state;
    char *file = make();
    for (size_t len = 0; len < BYTES; len++) check_wrong(file, len, "");
    for (size_t i = 0; i < BYTES; i++) { /* every byte that says something; what fills up to a boundary says nothing */
        bool fill = (i >= 28 && i < 64) || (i >= 64 * 3 + 24 && i < 64 * 4) || i >= 64 * 4 + 8;
        file[i] ^= 0x20;
        if (!fill) check_wrong(file, BYTES, "");
        file[i] ^= 0x20;
    }
    free(file);
}

static void test_lies(void **state)
{
    (void)state;
    static const struct {
        size_t at, bytes;
        uint64_t value;
        const char *reason;
    } LIE[] = {
        { 0, 4, 0, "is no file of the sentence encoder" },
        { 8, 4, 2, "has version 2, this program reads 1" },
        { 12, 4, 5, "the list of tables lies outside the file" },
        { 12, 4, UINT32_MAX, "the list of tables lies outside the file" },
        { 16, 8, BYTES + 1, "is cut short or has grown" },
        { 64 + 32, 8, 64 * 100, "a table lies outside the file" },
        { 64 + 32, 8, 64 * 3 + 4, "a table lies outside the file" },
        { 64 + 32, 8, UINT64_MAX - 63, "a table lies outside the file" },
        { 64 + 40, 8, BYTES, "a table lies outside the file" },
        { 64 + 40, 8, UINT64_MAX, "a table lies outside the file" },
    };
    for (size_t i = 0; i < COUNT(LIE); i++) {
        char *file = make();
        memcpy(file + LIE[i].at, &LIE[i].value, LIE[i].bytes);
        put32(file + 24, (uint32_t)crc32(0, (const Bytef *)file + 64, 64 * TABLES));
        check_wrong(file, BYTES, LIE[i].reason);
        free(file);
    }
    char *file = make();
    memset(file + 64, 'x', 24);
    put32(file + 24, (uint32_t)crc32(0, (const Bytef *)file + 64, 64 * TABLES));
    check_wrong(file, BYTES, "a table has no name");
    free(file);
}

static void test_file(void **state)
{
    (void)state;
    char path[] = "/tmp/goodwill-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    Weights weights;
    Err err = { .kind = ERR_NONE };
    assert_false(weights_open(path, &weights, &err));
    assert_non_null(strstr(err.text, ": is empty"));
    char *file = make();
    assert_true(file_write_all(fd, str_make(file, BYTES), path, &err));
    assert_true(weights_open(path, &weights, &err));
    weights_close(&weights);
    weights_close(&weights);
    assert_true(file_write_all(fd, STR("more"), path, &err));
    assert_false(weights_open(path, &weights, &err));
    assert_non_null(strstr(err.text, "is cut short or has grown"));
    (void)close(fd);
    (void)unlink(path);
    assert_false(weights_open(path, &weights, &err));
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_false(weights_open("/", &weights, &err));
    assert_non_null(strstr(err.text, "is not a file"));
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_lies),
        cmocka_unit_test(test_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
