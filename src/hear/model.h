/* model.h -- a learned linear model: features in, how likely each of its labels is.
 *
 * In: the bytes of a .gwm file (docs/models.md), and the features of some words.  Out: for each label a sum, and its
 * probability in hundredths.  All in integers, so that the same model gives the same marks on every processor:
 *
 *   sum = bias + Σ over groups g:  scale_g · Σ weight / √(Σ idf²)       (FACTS and RULES: without the root)
 *
 * Sums are in LOGIT_ONE-ths of a logit, after calibration (Platt 1999): probability = 1 / (1 + e^-sum).
 * A Model is read-only once opened, borrows the bytes, and may be shared by threads.
 */
#ifndef GOODWILL_HEAR_MODEL_H
#define GOODWILL_HEAR_MODEL_H

#include "hear/features.h"

enum { MODEL_LABELS_MAX = 256, MODEL_DENSE_MAX = 2048, MODEL_CARD_MAX = 1 << 20, LOGIT_ONE = 1024, MODEL_VERSION = 1 };

/* What the numbers of a model are for; in its card as "kind". */
typedef enum ModelKind {
    MODEL_YES_NO,  /* its one label is so or is not */
    MODEL_MANY_OF, /* each label may be so */
    MODEL_ONE_OF,  /* exactly one label is so */
    MODEL_NUMBER   /* a number */
} ModelKind;

/* How a behaviour's marks are made from what its rules and the model say; found on data. */
typedef enum ModelMode { MODE_MODEL, MODE_EITHER, MODE_RULES, MODE_OFF, MODE_COUNT } ModelMode;

typedef struct ModelLabel {
    Str name;
    ModelMode mode;
    int32_t threshold; /* in LOGIT_ONE-ths of a logit */
    uint32_t passages; /* labelled so, that it was learned from */
} ModelLabel;

typedef struct Model Model;

/* `name` is for messages.  The bytes must stay, and begin at a multiple of 16. */
Model *model_open(Str bytes, Str name, Err *err) MUST_USE;
void model_free(Model *model); /* NULL is fine */

size_t model_label_count(const Model *model);
const ModelLabel *model_label(const Model *model, size_t index);
ModelKind model_kind(const Model *model);
Who model_who(const Model *model);          /* whose turns it was learned from */
bool model_whole_turns(const Model *model); /* its units are turns, not clauses */
Str model_card(const Model *model);         /* JSON */
Str model_hash(const Model *model);         /* 8 hex digits over all its bytes */
uint32_t model_dense_columns(const Model *model);
double model_unit(const Model *model); /* MODEL_NUMBER: what a sum of LOGIT_ONE stands for */

/* `ret`: a sum for each label.  `dense`: model_dense_columns numbers in steps of DENSE_STEP, or NULL. */
void model_sums(const Model *model, const Features *features, const int8_t *dense, int32_t *ret);

/* The same in pieces, so that what comes back from unit to unit is added up once.  A Tally holds one group's part. */
typedef struct Tally {
    int32_t sum[MODEL_LABELS_MAX]; /* the first model_stride are used */
    uint64_t square;
} Tally;
size_t model_stride(const Model *model); /* labels, padded to 16 */
bool model_wants(const Model *model, FeatureGroup group);
void tally_clear(const Model *model, Tally *tally);
void tally_add(const Model *model, const uint64_t *feature, size_t count, Tally *to);
/* Many at once: feature i counts in the sums at place[i] × model_stride, and in the square at place[i]. */
void sums_add_features(const Model *model, const uint64_t *feature, const uint32_t *place, size_t count, int32_t *sum,
                       uint64_t *square);
/* to[i] += Σ from[…][i] over lists of `width` numbers, a multiple of 16. */
void sums_add(const int16_t *const *from, size_t count, size_t width, int32_t *to);
void model_finish(const Model *model, const Tally tally[GROUP_COUNT], const int8_t *dense, int32_t *ret);

void model_dense(const float *vector, size_t count, int8_t *ret); /* a sentence vector in steps of DENSE_STEP */

/* 0..100 of a sum. */
uint8_t model_hundredths(int32_t sum);

/* Ways to add up, for tests: each gives the same sums.  False: this processor cannot. */
typedef enum ModelPath { MODEL_PATH_PLAIN, MODEL_PATH_AVX2, MODEL_PATH_AVX512, MODEL_PATH_COUNT } ModelPath;
bool model_use_path(ModelPath path);

/* --- the file, for src/learn that writes it ------------------------------------------------- */

/* All numbers are little-endian.  Behind the head: the card (padded to 64), labels, slots, rows, dense weights. */
typedef struct ModelHead {
    char magic[8]; /* "GWMODEL1" */
    uint32_t version, kind, who, whole_turns;
    uint32_t label_count, row_bytes; /* row: int8 a label, padded to 16; uint16 idf, padded to 16 */
    uint32_t slot_count, row_count;  /* slots: a power of two */
    uint32_t dense_columns, card_bytes;
    int32_t group_scale[GROUP_COUNT]; /* 1 / 65536 */
    double unit;                      /* MODEL_NUMBER: what a sum of LOGIT_ONE stands for */
    uint32_t check;                   /* of all bytes behind the head */
    uint32_t zero;                    /* else padding, with whatever bytes */
} ModelHead;

typedef struct ModelLabelRecord {
    int32_t scale, dense_scale; /* of the label's int8 weights: 1 / 2^24 of a logit */
    int32_t bias, threshold;    /* LOGIT_ONE-ths of a logit */
    uint32_t mode, passages;
    char name[96]; /* NUL-padded */
} ModelLabelRecord;

typedef struct ModelSlot {
    uint32_t tag, row; /* tag 0: empty */
} ModelSlot;

enum { IDF_ONE = 1024 };
#define DENSE_STEP (1.f / 512) /* a sentence vector's numbers are seldom above a quarter */

static inline uint32_t model_tag(uint64_t feature) { return (uint32_t)feature | 1; }
static inline uint32_t model_slot(uint64_t feature, uint32_t slot_count)
{
    return (uint32_t)(feature >> 32) & (slot_count - 1);
}
uint32_t model_check(Str bytes); /* FNV-1a by words */

#endif
