/* model.c -- see model.h. */
#include "hear/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

struct Model {
    ModelHead head;
    Str bytes, card;
    ModelLabel label[MODEL_LABELS_MAX];
    int32_t scale[MODEL_LABELS_MAX], dense_scale[MODEL_LABELS_MAX], bias[MODEL_LABELS_MAX];
    const ModelSlot *slot;
    const unsigned char *row;
    const int8_t *dense; /* dense_columns × padded labels */
    uint64_t *present;   /* a bit for each hash of a feature that the model knows: most others end here */
    uint32_t present_mask;
    char hash[9];
};

enum { ROW_TAIL = 16, PAD = 64, GROUP_SCALE_MAX = 64 << 16 };

/* --- opening ------------------------------------------------------------------------- */

uint32_t model_check(Str bytes)
{
    uint64_t hash = 0xcbf29ce484222325u;
    size_t at = 0;
    for (; at + 8 <= bytes.len; at += 8) {
        uint64_t word;
        memcpy(&word, bytes.data + at, 8);
        hash = (hash ^ word) * 0x100000001b3u;
        hash ^= hash >> 31;
    }
    for (; at < bytes.len; at++) hash = (hash ^ (unsigned char)bytes.data[at]) * 0x100000001b3u;
    return (uint32_t)(hash ^ hash >> 32);
}

static size_t padded(size_t n) { return (n + PAD - 1) / PAD * PAD; }
static uint32_t padded_labels(uint32_t labels) { return (labels + 15) / 16 * 16; }

static bool damaged(Str name, const char *what, Err *err)
{
    return err_set(err, ERR_INPUT, "%.*s: no model that can be used: %s", STR_ARG(name), what);
}

static bool check_head(const ModelHead *head, Str bytes, Str name, Err *err)
{
    if (memcmp(head->magic, "GWMODEL1", 8) != 0) return damaged(name, "it does not begin as one", err);
    if (head->version != MODEL_VERSION) return damaged(name, "it was written by another version of the program", err);
    if (head->kind > MODEL_NUMBER || head->who > WHO_CUSTOMER) return damaged(name, "its kind is not known", err);
    if (head->label_count == 0 || head->label_count > MODEL_LABELS_MAX)
        return damaged(name, "it has no labels, or too many", err);
    if (head->row_bytes != padded_labels(head->label_count) + ROW_TAIL)
        return damaged(name, "its rows have a wrong length", err);
    if (head->slot_count < 2 || head->slot_count > 1u << 26 || (head->slot_count & (head->slot_count - 1)) ||
        head->row_count >= head->slot_count || head->dense_columns > MODEL_DENSE_MAX ||
        head->card_bytes > MODEL_CARD_MAX)
        return damaged(name, "its sizes do not fit together", err);
    for (unsigned group = 0; group < GROUP_COUNT; group++)
        if (head->group_scale[group] < 0 || head->group_scale[group] > GROUP_SCALE_MAX)
            return damaged(name, "a group of features weighs too much", err);
    if (!(head->unit >= 0 && head->unit < 1e300)) return damaged(name, "its unit is no number", err);
    size_t need = padded(sizeof *head) + padded(head->card_bytes) +
                  padded(head->label_count * sizeof(ModelLabelRecord)) + padded(head->slot_count * sizeof(ModelSlot)) +
                  padded((size_t)head->row_count * head->row_bytes) +
                  (size_t)head->dense_columns * padded_labels(head->label_count);
    if (bytes.len != need) return damaged(name, "it is shorter or longer than it says", err);
    if (model_check(str_from_byte(bytes, sizeof *head)) != head->check)
        return damaged(name, "its bytes were changed", err);
    return true;
}

static bool read_labels(Model *model, const char *at, Str name, Err *err)
{
    for (uint32_t i = 0; i < model->head.label_count; i++) {
        const ModelLabelRecord *record = (const ModelLabelRecord *)(const void *)at + i;
        size_t length = strnlen(record->name, sizeof record->name);
        if (record->mode >= MODE_COUNT || length == 0)
            return damaged(name, "a label has no name or no known mode", err);
        model->label[i] =
            (ModelLabel){ { record->name, length }, (ModelMode)record->mode, record->threshold, record->passages };
        model->scale[i] = record->scale;
        model->dense_scale[i] = record->dense_scale;
        model->bias[i] = record->bias;
    }
    return true;
}

static bool read_slots(Model *model, Str name, Err *err)
{
    uint32_t bits = model->head.slot_count * 4;
    model->present_mask = bits - 1;
    model->present = calloc(bits / 64 + 1, sizeof *model->present);
    if (!model->present) abort();
    uint32_t used = 0;
    for (uint32_t i = 0; i < model->head.slot_count; i++) {
        ModelSlot slot = model->slot[i];
        if (!slot.tag) continue;
        used++;
        if (slot.row >= model->head.row_count) return damaged(name, "a feature has no row", err);
        uint32_t bit = slot.tag * 0x9e3779b1u & model->present_mask;
        model->present[bit / 64] |= (uint64_t)1 << (bit % 64);
    }
    if (used >= model->head.slot_count) return damaged(name, "its table is full", err);
    return true;
}

Model *model_open(Str bytes, Str name, Err *err)
{
    ModelHead head;
    if (bytes.len < sizeof head || ((uintptr_t)bytes.data & 15)) {
        (void)damaged(name, "it is too short", err);
        return NULL;
    }
    memcpy(&head, bytes.data, sizeof head);
    if (!check_head(&head, bytes, name, err)) return NULL;
    Model *model = calloc(1, sizeof *model);
    if (!model) abort();
    const char *at = bytes.data + padded(sizeof head);
    model->head = head;
    model->bytes = bytes;
    model->card = str_make(at, head.card_bytes);
    at += padded(head.card_bytes);
    const char *labels = at;
    at += padded(head.label_count * sizeof(ModelLabelRecord));
    model->slot = (const ModelSlot *)(const void *)at;
    at += padded(head.slot_count * sizeof(ModelSlot));
    model->row = (const unsigned char *)at;
    model->dense = (const int8_t *)at + padded((size_t)head.row_count * head.row_bytes);
    snprintf(model->hash, sizeof model->hash, "%08x", head.check);
    if (read_labels(model, labels, name, err) && read_slots(model, name, err)) return model;
    model_free(model);
    return NULL;
}

void model_free(Model *model)
{
    if (!model) return;
    free(model->present);
    free(model);
}

size_t model_label_count(const Model *model) { return model->head.label_count; }
const ModelLabel *model_label(const Model *model, size_t index) { return &model->label[index]; }
ModelKind model_kind(const Model *model) { return (ModelKind)model->head.kind; }
Who model_who(const Model *model) { return (Who)model->head.who; }
bool model_whole_turns(const Model *model) { return model->head.whole_turns != 0; }
Str model_card(const Model *model) { return model->card; }
Str model_hash(const Model *model) { return str_from(model->hash); }
double model_unit(const Model *model) { return model->head.unit; }
uint32_t model_dense_columns(const Model *model) { return model->head.dense_columns; }

/* --- adding up --------------------------------------------------------------------------- */

/* to[i] += from[i] · by, n a multiple of 16. */
#define ADD_ROW_BODY                                                                                                   \
    for (size_t i = 0; i < n; i++) to[i] += (int32_t)from[i] * by;

static void add_row_plain(int32_t *restrict to, const int8_t *restrict from, int32_t by, size_t n) { ADD_ROW_BODY }
#ifdef __x86_64__
__attribute__((target("avx2"))) static void add_row_avx2(int32_t *restrict to, const int8_t *restrict from, int32_t by,
                                                         size_t n)
{
    __m256i factor = _mm256_set1_epi32(by);
    for (size_t i = 0; i < n; i += 8) {
        __m256i wide = _mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)(from + i)));
        __m256i *at = (__m256i *)(void *)(to + i);
        _mm256_storeu_si256(at, _mm256_add_epi32(_mm256_loadu_si256(at), _mm256_mullo_epi32(wide, factor)));
    }
}
__attribute__((target("avx512f"))) static void add_row_avx512(int32_t *restrict to, const int8_t *restrict from,
                                                              int32_t by, size_t n)
{
    __m512i factor = _mm512_set1_epi32(by);
    for (size_t i = 0; i < n; i += 16) {
        __m512i wide = _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(const void *)(from + i)));
        _mm512_storeu_si512(to + i, _mm512_add_epi32(_mm512_loadu_si512(to + i), _mm512_mullo_epi32(wide, factor)));
    }
}
#endif

/* to[i] += Σ from[…][i], n a multiple of 16: sixteen sums at a time stay in registers. */
#define ADD_LISTS_BODY                                                                                                 \
    for (size_t k = 0; k < count; k++)                                                                                 \
        for (size_t i = 0; i < n; i++) to[i] += from[k][i];

static void add_rows_plain(int32_t *restrict to, const int8_t *const *from, size_t count, size_t n) { ADD_LISTS_BODY }
static void add_sums_plain(int32_t *restrict to, const int16_t *const *from, size_t count, size_t n) { ADD_LISTS_BODY }
#ifdef __x86_64__
__attribute__((target("avx2"))) static void add_rows_avx2(int32_t *restrict to, const int8_t *const *from, size_t count,
                                                          size_t n)
{
    for (size_t i = 0; i < n; i += 16) {
        __m256i *low = (__m256i *)(void *)(to + i), *high = low + 1;
        __m256i a = _mm256_loadu_si256(low), b = _mm256_loadu_si256(high);
        for (size_t k = 0; k < count; k++) {
            __m128i row = _mm_loadu_si128((const __m128i *)(const void *)(from[k] + i));
            a = _mm256_add_epi32(a, _mm256_cvtepi8_epi32(row));
            b = _mm256_add_epi32(b, _mm256_cvtepi8_epi32(_mm_unpackhi_epi64(row, row)));
        }
        _mm256_storeu_si256(low, a);
        _mm256_storeu_si256(high, b);
    }
}
__attribute__((target("avx2"))) static void add_sums_avx2(int32_t *restrict to, const int16_t *const *from,
                                                          size_t count, size_t n)
{
    for (size_t i = 0; i < n; i += 16) {
        __m256i *low = (__m256i *)(void *)(to + i), *high = low + 1;
        __m256i a = _mm256_loadu_si256(low), b = _mm256_loadu_si256(high);
        for (size_t k = 0; k < count; k++) {
            const __m128i *list = (const __m128i *)(const void *)(from[k] + i);
            a = _mm256_add_epi32(a, _mm256_cvtepi16_epi32(_mm_loadu_si128(list)));
            b = _mm256_add_epi32(b, _mm256_cvtepi16_epi32(_mm_loadu_si128(list + 1)));
        }
        _mm256_storeu_si256(low, a);
        _mm256_storeu_si256(high, b);
    }
}
__attribute__((target("avx512f"))) static void add_rows_avx512(int32_t *restrict to, const int8_t *const *from,
                                                               size_t count, size_t n)
{
    for (size_t i = 0; i < n; i += 16) {
        __m512i sum = _mm512_loadu_si512(to + i);
        for (size_t k = 0; k < count; k++)
            sum = _mm512_add_epi32(sum,
                                   _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(const void *)(from[k] + i))));
        _mm512_storeu_si512(to + i, sum);
    }
}
__attribute__((target("avx512f"))) static void add_sums_avx512(int32_t *restrict to, const int16_t *const *from,
                                                               size_t count, size_t n)
{
    for (size_t i = 0; i < n; i += 16) {
        __m512i sum = _mm512_loadu_si512(to + i);
        for (size_t k = 0; k < count; k++)
            sum = _mm512_add_epi32(
                sum, _mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)(from[k] + i))));
        _mm512_storeu_si512(to + i, sum);
    }
}
#endif

static struct {
    void (*row)(int32_t *restrict to, const int8_t *restrict from, int32_t by, size_t n);
    void (*rows)(int32_t *restrict to, const int8_t *const *from, size_t count, size_t n);
    void (*sums)(int32_t *restrict to, const int16_t *const *from, size_t count, size_t n);
} adding = { add_row_plain, add_rows_plain, add_sums_plain };

__attribute__((constructor)) static void choose_path(void)
{
    for (int path = MODEL_PATH_COUNT; path-- > 0;)
        if (model_use_path((ModelPath)path)) return;
}

bool model_use_path(ModelPath path)
{
    if (path == MODEL_PATH_PLAIN) {
        adding.row = add_row_plain, adding.rows = add_rows_plain, adding.sums = add_sums_plain;
        return true;
    }
#ifdef __x86_64__
    __builtin_cpu_init();
    if (path == MODEL_PATH_AVX2 && __builtin_cpu_supports("avx2")) {
        adding.row = add_row_avx2, adding.rows = add_rows_avx2, adding.sums = add_sums_avx2;
        return true;
    }
    if (path == MODEL_PATH_AVX512 && __builtin_cpu_supports("avx512f")) {
        adding.row = add_row_avx512, adding.rows = add_rows_avx512, adding.sums = add_sums_avx512;
        return true;
    }
#endif
    return false;
}

static uint32_t whole_root(uint64_t n)
{
    uint64_t root = (uint64_t)sqrt((double)n); /* IEEE: correctly rounded, the same everywhere */
    while (root * root > n) root--;
    while ((root + 1) * (root + 1) <= n) root++;
    return (uint32_t)root;
}

/* Slots and rows are sent for while other features are looked at: nearly all the time would be waiting for memory. */
enum { ROWS_TOGETHER = 1024 };

/* The rows of `count` features, at most ROWS_TOGETHER, in their order; those that the model does not know are left out.
 */
static size_t rows_of(const Model *model, const uint64_t *feature, size_t count, const int8_t **ret, uint32_t *which)
{
    uint32_t tag[ROWS_TOGETHER], slot[ROWS_TOGETHER], of_feature[ROWS_TOGETHER], mask = model->head.slot_count - 1;
    size_t present = 0, known = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t of = model_tag(feature[i]), bit = of * 0x9e3779b1u & model->present_mask;
        tag[present] = of; /* without a branch: half of them are not there */
        slot[present] = model_slot(feature[i], model->head.slot_count);
        of_feature[present] = (uint32_t)i;
        present += model->present[bit / 64] >> (bit % 64) & 1;
    }
    for (size_t i = 0; i < present; i++) __builtin_prefetch(&model->slot[slot[i]]);
    for (size_t i = 0; i < present; i++)
        for (uint32_t at = slot[i]; model->slot[at].tag; at = (at + 1) & mask) {
            if (model->slot[at].tag != tag[i]) continue;
            const unsigned char *row = model->row + (size_t)model->slot[at].row * model->head.row_bytes;
            for (uint32_t line = 0; line < model->head.row_bytes; line += 64) __builtin_prefetch(row + line);
            __builtin_prefetch(row + model->head.row_bytes - 1);
            which[known] = of_feature[i];
            ret[known++] = (const int8_t *)row;
            break;
        }
    return known;
}

size_t model_stride(const Model *model) { return padded_labels(model->head.label_count); }
bool model_wants(const Model *model, FeatureGroup group) { return model->head.group_scale[group] != 0; }

void tally_clear(const Model *model, Tally *tally)
{
    memset(tally->sum, 0, model_stride(model) * sizeof *tally->sum);
    tally->square = 0;
}

/* The sums of rows, to `to`; returns Σ idf². */
static uint64_t add_found(const int8_t *const *row, size_t rows, size_t stride, int32_t *to)
{
    uint64_t square = 0;
    for (size_t i = 0; i < rows; i++) {
        uint16_t idf;
        memcpy(&idf, row[i] + stride, sizeof idf);
        square += (uint64_t)idf * idf;
    }
    adding.rows(to, row, rows, stride);
    return square;
}

void tally_add(const Model *model, const uint64_t *feature, size_t count, Tally *to)
{
    for (size_t at = 0; at < count; at += ROWS_TOGETHER) {
        const int8_t *row[ROWS_TOGETHER];
        uint32_t which[ROWS_TOGETHER];
        size_t rows = rows_of(model, feature + at, MIN((size_t)ROWS_TOGETHER, count - at), row, which);
        if (rows) to->square += add_found(row, rows, model_stride(model), to->sum);
    }
}

void sums_add_features(const Model *model, const uint64_t *feature, const uint32_t *place, size_t count, int32_t *sum,
                       uint64_t *square)
{
    size_t stride = model_stride(model);
    for (size_t at = 0; at < count; at += ROWS_TOGETHER) {
        const int8_t *row[ROWS_TOGETHER];
        uint32_t which[ROWS_TOGETHER];
        size_t rows = rows_of(model, feature + at, MIN((size_t)ROWS_TOGETHER, count - at), row, which);
        for (size_t i = 0, past; i < rows; i = past) {
            uint32_t to = place[at + which[i]];
            for (past = i + 1; past < rows && place[at + which[past]] == to;) past++;
            square[to] += add_found(row + i, past - i, stride, sum + to * stride);
        }
    }
}

void sums_add(const int16_t *const *from, size_t count, size_t width, int32_t *to)
{
    if (count) adding.sums(to, from, count, width);
}

static int32_t clamped(int64_t logit) { return (int32_t)MAX(-64 * LOGIT_ONE, MIN(64 * LOGIT_ONE, logit)); }

static void finish(const Model *model, const Tally *tally, const int32_t *dense, int32_t *ret)
{
    uint32_t labels = model->head.label_count;
    int64_t total[MODEL_LABELS_MAX] = { 0 };
    for (unsigned group = 0; group < GROUP_COUNT; group++) {
        int64_t scale = model->head.group_scale[group];
        if (!scale || !tally[group].square) continue;
        int64_t by = group >= GROUP_FACTS ? scale : scale * IDF_ONE / MAX(1, whole_root(tally[group].square));
        for (uint32_t l = 0; l < labels; l++) total[l] += tally[group].sum[l] * by;
    }
    for (uint32_t l = 0; l < labels; l++) {                       /* 2^-16 · 2^-24 to LOGIT_ONE-ths */
        int64_t words = MAX(INT32_MIN, MIN(INT32_MAX, total[l])); /* a foreign file's scales may be any */
        int64_t logit = words * model->scale[l] / ((int64_t)1 << 30) + model->bias[l];
        if (dense) logit += (int64_t)dense[l] * model->dense_scale[l] / (1 << 14);
        ret[l] = clamped(logit);
    }
}

static void add_dense(const Model *model, const int8_t *dense, int32_t *sum)
{
    size_t stride = model_stride(model);
    memset(sum, 0, stride * sizeof *sum);
    for (uint32_t i = 0; i < model->head.dense_columns; i++)
        if (dense[i]) adding.row(sum, model->dense + (size_t)i * stride, dense[i], stride);
}

void model_finish(const Model *model, const Tally tally[GROUP_COUNT], const int8_t *dense, int32_t *ret)
{
    int32_t sum[MODEL_LABELS_MAX];
    if (dense) add_dense(model, dense, sum);
    finish(model, tally, dense ? sum : NULL, ret);
}

void model_sums(const Model *model, const Features *f, const int8_t *dense, int32_t *ret)
{
    Tally tally[GROUP_COUNT];
    for (unsigned group = 0; group < GROUP_COUNT; group++) {
        size_t begin = group ? f->end[group - 1] : 0;
        tally_clear(model, &tally[group]);
        if (model->head.group_scale[group] && f->end[group] > begin)
            tally_add(model, f->item + begin, f->end[group] - begin, &tally[group]);
    }
    model_finish(model, tally, dense, ret);
}

void model_dense(const float *vector, size_t count, int8_t *ret)
{
    for (size_t i = 0; i < count; i++) {
        float x = vector[i] * (1 / DENSE_STEP);
        ret[i] = (int8_t)lroundf(x > 127 ? 127 : x < -127 ? -127 : x);
    }
}

/* 100 / (1 + e^-x) by steps of 1/8 logit, from 0 to 8; whole numbers, so that every machine has the same. */
static const uint8_t HUNDREDTHS[65] = { 50,  53,  56,  59,  62,  65,  68,  71,  73,  75,  78,  80,  82,
                                        84,  85,  87,  88,  89,  90,  91,  92,  93,  94,  95,  95,  96,
                                        96,  97,  97,  97,  98,  98,  98,  98,  99,  99,  99,  99,  99,
                                        99,  99,  99,  99,  100, 100, 100, 100, 100, 100, 100, 100, 100,
                                        100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100 };

uint8_t model_hundredths(int32_t sum)
{
    int32_t size = sum < 0 ? -sum : sum, step = MIN(64, (size * 8 + LOGIT_ONE / 2) / LOGIT_ONE);
    return sum < 0 ? (uint8_t)(100 - HUNDREDTHS[step]) : HUNDREDTHS[step];
}
