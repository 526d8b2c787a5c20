/* model_write.c -- see model_write.h. */
#include "learn/model_write.h"

#include <math.h>
#include <stdlib.h>

enum { PAD = 64, ROW_TAIL = 16 };

static void pad(Buf *out)
{
    while (out->len % PAD) buf_char(out, '\0');
}

static void put(Buf *out, const void *bytes, size_t len) { buf_add(out, str_make(bytes, len)); }

/* A column whose weights all round to nothing is left out. */
static bool is_empty(const int8_t *weight, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (weight[i]) return false;
    return true;
}

static float largest(const ModelPlan *plan, size_t label, uint32_t begin, uint32_t end, bool with_idf)
{
    size_t stride = label_stride(plan->label_count);
    float most = 0;
    for (uint32_t i = begin; i < end; i++) {
        bool root = with_idf && plan->column[i].group < GROUP_FACTS;
        most = fmaxf(most, fabsf(plan->weight[i * stride + label]) * (root ? plan->column[i].idf : 1));
    }
    return most > 0 ? most : 1;
}

static int8_t rounded(float x) { return (int8_t)lroundf(fmaxf(-127, fminf(127, x))); }

void model_write(const ModelPlan *plan, Buf *ret)
{
    size_t labels = plan->label_count, stride = label_stride(labels), bytes = (labels + 15) / 16 * 16;
    float most[MODEL_LABELS_MAX], most_dense[MODEL_LABELS_MAX];
    for (size_t l = 0; l < labels; l++) {
        most[l] = largest(plan, l, 0, plan->column_count, true);
        most_dense[l] = largest(plan, l, plan->column_count, plan->column_count + plan->dense_columns, false);
    }
    Buf rows = { 0 };
    uint32_t row_count = 0, slot_count = 2;
    while (slot_count < plan->column_count * 2 + 2) slot_count *= 2;
    ModelSlot *slot = calloc(slot_count, sizeof *slot);
    int8_t *row = calloc(1, bytes + ROW_TAIL);
    if (!slot || !row) abort();
    for (uint32_t i = 0; i < plan->column_count; i++) {
        const Column *column = &plan->column[i];
        float idf = column->group < GROUP_FACTS ? column->idf : 1;
        for (size_t l = 0; l < labels; l++) row[l] = rounded(plan->weight[i * stride + l] * idf * 127 / most[l]);
        if (is_empty(row, labels) && column->group >= GROUP_FACTS) continue;
        uint16_t idf_whole = (uint16_t)lroundf(idf * IDF_ONE);
        memcpy(row + bytes, &idf_whole, sizeof idf_whole);
        uint32_t at = model_slot(column->name, slot_count);
        while (slot[at].tag) at = (at + 1) & (slot_count - 1);
        slot[at] = (ModelSlot){ model_tag(column->name), row_count++ };
        put(&rows, row, bytes + ROW_TAIL);
    }
    ModelHead head = { .version = MODEL_VERSION,
                       .kind = plan->kind,
                       .who = plan->who,
                       .whole_turns = plan->whole_turns,
                       .label_count = (uint32_t)labels,
                       .row_bytes = (uint32_t)(bytes + ROW_TAIL),
                       .slot_count = slot_count,
                       .row_count = row_count,
                       .dense_columns = plan->dense_columns,
                       .unit = plan->unit,
                       .card_bytes = (uint32_t)plan->card.len };
    memcpy(head.magic, "GWMODEL1", 8);
    for (unsigned g = 0; g < GROUP_COUNT; g++) head.group_scale[g] = (int32_t)lroundf(plan->group_weight[g] * 65536);
    size_t begin = ret->len;
    put(ret, &head, sizeof head);
    pad(ret);
    buf_add(ret, plan->card);
    pad(ret);
    for (size_t l = 0; l < labels; l++) {
        const LabelPlan *label = &plan->label[l];
        double a = label->sigmoid.a;
        double dense_weight = plan->dense_weight > 0 ? (double)plan->dense_weight : 1;
        ModelLabelRecord record = { .scale = (int32_t)lround(a * (double)most[l] / 127 * (1 << 24)),
                                    .dense_scale = (int32_t)lround(a * (double)most_dense[l] / 127 *
                                                                   (double)DENSE_STEP * dense_weight * (1 << 24)),
                                    .bias = (int32_t)lround(label->sigmoid.b * LOGIT_ONE),
                                    .threshold = (int32_t)lround((a * label->threshold + label->sigmoid.b) * LOGIT_ONE),
                                    .mode = label->mode,
                                    .passages = label->passages };
        memcpy(record.name, label->name.data, MIN(label->name.len, sizeof record.name));
        put(ret, &record, sizeof record);
    }
    pad(ret);
    put(ret, slot, slot_count * sizeof *slot);
    pad(ret);
    buf_add(ret, buf_str(&rows));
    pad(ret);
    int8_t *dense = calloc(1, bytes);
    if (!dense) abort();
    for (uint32_t i = 0; i < plan->dense_columns; i++) {
        for (size_t l = 0; l < labels; l++)
            dense[l] = rounded(plan->weight[((size_t)plan->column_count + i) * stride + l] * 127 / most_dense[l]);
        put(ret, dense, bytes);
    }
    uint32_t check = model_check(str_make(ret->data + begin + sizeof head, ret->len - begin - sizeof head));
    memcpy(ret->data + begin + offsetof(ModelHead, check), &check, sizeof check);
    free(dense);
    free(slot);
    free(row);
    buf_clear(&rows);
}
