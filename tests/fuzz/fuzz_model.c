/* fuzz_model.c -- any bytes as a .gwm file: as they are, then with the check made right, so that what the file says of
 * its sizes and weights is believed as far as it may be. */
#include <stdlib.h>

#include "hear/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(Str bytes)
{
    Err err = { .kind = ERR_NONE };
    Model *model = model_open(bytes, STR("fuzz.gwm"), &err);
    if (!model) {
        if (err.kind != ERR_INPUT || !err.text[0]) abort();
        return;
    }
    uint64_t item[64];
    int8_t dense[MODEL_DENSE_MAX];
    int32_t plain[MODEL_LABELS_MAX], sum[MODEL_LABELS_MAX];
    Features f = { .item = item, .count = COUNT(item) };
    memset(dense, 0x7f, sizeof dense);
    for (size_t i = 0; i < COUNT(item); i++) { /* features whose slots lie at the file's words */
        uint32_t word = 1;
        if (bytes.len >= 8) memcpy(&word, bytes.data + (i * 37 * 8) % (bytes.len - 7), 4);
        item[i] = (uint64_t)i << 32 | word;
    }
    for (unsigned group = 0; group < GROUP_COUNT; group++) f.end[group] = COUNT(item) * (group + 1) / GROUP_COUNT;
    for (int path = 0; path < MODEL_PATH_COUNT; path++) {
        if (!model_use_path((ModelPath)path)) continue;
        model_sums(model, &f, dense, path ? sum : plain);
        if (path && memcmp(sum, plain, model_label_count(model) * sizeof *sum) != 0) abort();
    }
    for (size_t l = 0; l < model_label_count(model); l++)
        if (model_hundredths(plain[l]) > 100 || !model_label(model, l)->name.len) abort();
    model_free(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *file = aligned_alloc(64, (size + 64) / 64 * 64);
    if (!file) abort();
    if (size) memcpy(file, data, size);
    ask(str_make(file, size));
    if (size >= sizeof(ModelHead)) {
        ModelHead head;
        memcpy(&head, file, sizeof head);
        memcpy(head.magic, "GWMODEL1", 8);
        head.version = MODEL_VERSION;
        head.check = model_check(str_from_byte(str_make(file, size), sizeof head));
        memcpy(file, &head, sizeof head);
        ask(str_make(file, size));
    }
    free(file);
    return 0;
}
