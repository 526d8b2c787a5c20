/* fuzz_weights.c -- any bytes as a file of weights: as they are, then with the sums made right, so that what the file
 * says of its tables is believed as far as it may be. */
#include <stdlib.h>
#include <zlib.h>

#include "encode/weights.h"

enum { LINE = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(Str bytes)
{
    Weights weights;
    Err err = { .kind = ERR_NONE };
    if (!weights_check(bytes, STR("fuzz.gwe"), &weights, &err)) {
        if (err.kind != ERR_INPUT || !err.text[0]) abort();
        return;
    }
    Str card;
    const void *table;
    volatile char sum = 0;
    if (weights_text(&weights, "card", &card, &err))
        for (size_t i = 0; i < card.len; i++) sum = (char)(sum + card.data[i]);
    if (weights_table(&weights, "b", 2, 4, sizeof(float), &table, &err))
        for (size_t i = 0; i < 2 * 4 * sizeof(float); i++) sum = (char)(sum + ((const char *)table)[i]);
    weights_close(&weights);
}

static uint32_t crc_of(const char *from, uint64_t len) { return (uint32_t)crc32_z(0, (const Bytef *)from, len); }

static void make_right(char *file, size_t size)
{
    const uint32_t version = 1;
    const uint64_t bytes = size;
    uint32_t tables, crc;
    memcpy(file, "GWENCODE", 8);
    memcpy(file + 8, &version, 4);
    memcpy(&tables, file + 12, 4);
    tables %= 8;
    memcpy(file + 12, &tables, 4);
    memcpy(file + 16, &bytes, 8);
    if ((size_t)LINE * (tables + 1) > size) return;
    for (uint32_t i = 1; i <= tables; i++) {
        uint64_t offset, len;
        memcpy(&offset, file + LINE * i + 32, 8);
        memcpy(&len, file + LINE * i + 40, 8);
        if (offset > size || len > size - offset) continue;
        crc = crc_of(file + offset, len);
        memcpy(file + LINE * i + 48, &crc, 4);
    }
    crc = crc_of(file + LINE, (uint64_t)LINE * tables);
    memcpy(file + 24, &crc, 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *file = aligned_alloc(LINE, (size + LINE) / LINE * LINE);
    if (!file) abort();
    if (size) memcpy(file, data, size);
    ask(str_make(file, size));
    if (size >= LINE) {
        make_right(file, size);
        ask(str_make(file, size));
    }
    free(file);
    return 0;
}
