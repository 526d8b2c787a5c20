/* Models: every way to add up gives the same sums, and a file that is not as it was written is refused. */
#include "unit.h"

#include <stdlib.h>

#include "learn/model_write.h"
#include "random.h"

enum { FEATURES = 700, LABELS_MOST = 40, DENSE = 96 };

/* Weights by chance: what is tested is arithmetic. */
static void write_model(Random *random, size_t labels, uint32_t dense, Buf *ret)
{
    size_t stride = label_stride(labels);
    Column column[FEATURES];
    float *weight = calloc((FEATURES + dense) * stride, sizeof *weight);
    LabelPlan plan[LABELS_MOST];
    for (uint32_t i = 0; i < FEATURES; i++)
        column[i] = (Column){ .name = random_u64(random),
                              .rows = 3,
                              .group = (uint8_t)(i * GROUP_COUNT / FEATURES),
                              .idf = 1 + (float)random_below(random, 400) / 100 };
    for (size_t i = 0; i < (FEATURES + dense) * stride; i++) weight[i] = (float)random_below(random, 2001) / 1000 - 1;
    for (size_t l = 0; l < labels; l++)
        plan[l] = (LabelPlan){ .name = STR("label"), .sigmoid = { 1.5, -.3 }, .threshold = .2, .mode = MODE_MODEL };
    ModelPlan whole = { .kind = MODEL_MANY_OF,
                        .column = column,
                        .column_count = FEATURES,
                        .dense_columns = dense,
                        .group_weight = { 1, .8f, .3f, .2f, .2f, .1f },
                        .weight = weight,
                        .label = plan,
                        .label_count = labels,
                        .unit = 1,
                        .card = STR("{}\n") };
    model_write(&whole, ret);
    free(weight);
}

static char *aligned_copy(Str bytes)
{
    char *ret = aligned_alloc(64, (bytes.len + 64) / 64 * 64);
    assert_non_null(ret);
    memcpy(ret, bytes.data, bytes.len);
    return ret;
}

static const ModelSlot *slots_of(const char *file, const ModelHead *head)
{
    size_t at = (sizeof *head + 63) / 64 * 64 + (head->card_bytes + 63) / 64 * 64 +
                (head->label_count * sizeof(ModelLabelRecord) + 63) / 64 * 64;
    return (const ModelSlot *)(const void *)(file + at);
}

/* Features that the model knows, by what its table says of them, and some that it does not. */
static void some_features(Random *random, const char *file, Features *f)
{
    ModelHead head;
    memcpy(&head, file, sizeof head);
    const ModelSlot *slot = slots_of(file, &head);
    f->count = 0;
    for (unsigned group = 0; group < GROUP_COUNT; group++) {
        for (size_t i = random_below(random, 60); i-- > 0;) {
            uint32_t at = (uint32_t)random_below(random, head.slot_count);
            f->item[f->count++] = random_below(random, 4) ? (uint64_t)at << 32 | slot[at].tag : random_u64(random);
        }
        f->end[group] = f->count;
    }
}

static void every_path_gives_the_same_sums(void **state)
{
    (void)state;
    static const size_t LABELS[] = { 1, 7, 16, 17, LABELS_MOST };
    Random random = random_start("sums");
    uint64_t item[GROUP_COUNT * 60];
    Features f = { .item = item, .capacity = COUNT(item) };
    size_t nonzero = 0;
    for (size_t i = 0; i < COUNT(LABELS); i++) {
        Buf bytes = { 0 };
        Err err;
        write_model(&random, LABELS[i], i % 2 ? DENSE : 0, &bytes);
        char *file = aligned_copy(buf_str(&bytes));
        Model *model = model_open(str_make(file, bytes.len), STR("m"), &err);
        assert_non_null(model);
        for (int round = 0; round < 200; round++) {
            int8_t dense[DENSE];
            for (size_t d = 0; d < DENSE; d++) dense[d] = (int8_t)(random_below(&random, 256) - 128);
            int32_t plain[LABELS_MOST], sum[LABELS_MOST];
            some_features(&random, file, &f);
            assert_true(model_use_path(MODEL_PATH_PLAIN));
            model_sums(model, &f, dense, plain);
            for (int path = MODEL_PATH_PLAIN + 1; path < MODEL_PATH_COUNT; path++) {
                if (!model_use_path((ModelPath)path)) continue;
                model_sums(model, &f, dense, sum);
                assert_memory_equal(sum, plain, LABELS[i] * sizeof *sum);
            }
            for (size_t l = 0; l < LABELS[i]; l++) nonzero += plain[l] != 0;
        }
        model_free(model);
        free(file);
        buf_clear(&bytes);
    }
    assert_true(nonzero > 10000);
    for (int path = MODEL_PATH_COUNT; path-- > 0;)
        if (model_use_path((ModelPath)path)) break;
}

static bool opens(const char *file, size_t len)
{
    Err err = { .kind = ERR_NONE };
    Model *model = model_open(str_make(file, len), STR("some.gwm"), &err);
    if (!model) {
        assert_int_equal(err.kind, ERR_INPUT);
        assert_true(str_starts(str_from(err.text), STR("some.gwm: ")));
    }
    model_free(model);
    return model != NULL;
}

static void a_changed_file_is_refused(void **state)
{
    (void)state;
    Random random = random_start("changes");
    Buf bytes = { 0 };
    write_model(&random, 3, 16, &bytes);
    char *file = aligned_copy(buf_str(&bytes));
    assert_true(opens(file, bytes.len));
    for (size_t at = sizeof(ModelHead); at < bytes.len; at += 1 + random_below(&random, 40)) {
        file[at] ^= 0x10;
        assert_false(opens(file, bytes.len));
        file[at] ^= 0x10;
    }
    for (size_t len = 0; len < bytes.len; len += 1 + random_below(&random, 200)) assert_false(opens(file, len));
    file[0] ^= 1;
    assert_false(opens(file, bytes.len));
    free(file);
    buf_clear(&bytes);
}

static void sizes_that_do_not_fit_are_refused(void **state)
{
    (void)state;
    static const size_t FIELD[] = { offsetof(ModelHead, version),    offsetof(ModelHead, kind),
                                    offsetof(ModelHead, who),        offsetof(ModelHead, label_count),
                                    offsetof(ModelHead, row_bytes),  offsetof(ModelHead, slot_count),
                                    offsetof(ModelHead, row_count),  offsetof(ModelHead, dense_columns),
                                    offsetof(ModelHead, card_bytes), offsetof(ModelHead, group_scale) };
    Random random = random_start("sizes");
    Buf bytes = { 0 };
    write_model(&random, 3, 16, &bytes);
    char *file = aligned_copy(buf_str(&bytes));
    for (size_t i = 0; i < COUNT(FIELD); i++) {
        const uint32_t most = UINT32_MAX;
        uint32_t was;
        memcpy(&was, file + FIELD[i], sizeof was);
        memcpy(file + FIELD[i], &most, sizeof most);
        assert_false(opens(file, bytes.len));
        memcpy(file + FIELD[i], &was, sizeof was);
    }
    assert_true(opens(file, bytes.len));
    free(file);
    buf_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_gives_the_same_sums),
        cmocka_unit_test(a_changed_file_is_refused),
        cmocka_unit_test(sizes_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
