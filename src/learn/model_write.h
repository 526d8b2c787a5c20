/* model_write.h -- fitted weights become a .gwm file.
 *
 * In: columns and weights as linear_fit left them, calibrations and thresholds of each label, a card.  Out: the file's
 * bytes (hear/model.h): weights in int8, for each label by its largest.
 */
#ifndef GOODWILL_LEARN_MODEL_WRITE_H
#define GOODWILL_LEARN_MODEL_WRITE_H

#include "hear/model.h"
#include "learn/examples.h"

typedef struct LabelPlan {
    Str name;
    Sigmoid sigmoid;  /* probability from the fitted sum */
    double threshold; /* of the fitted sum */
    ModelMode mode;
    uint32_t passages;
} LabelPlan;

typedef struct ModelPlan {
    ModelKind kind;
    Who who;
    bool whole_turns;
    const Column *column;
    uint32_t column_count, dense_columns;
    float dense_weight; /* what dense numbers were multiplied with in learning */
    double unit;        /* MODEL_NUMBER: of the targets */
    float group_weight[GROUP_COUNT];
    const float *weight; /* (column_count + dense_columns) × label_stride */
    const LabelPlan *label;
    size_t label_count;
    Str card;
} ModelPlan;

void model_write(const ModelPlan *plan, Buf *ret);

#endif
