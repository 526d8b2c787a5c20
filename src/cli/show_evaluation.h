/* show_evaluation.h -- how far the reader agrees with people, as a table for eyes (at most 100 columns) and as JSON. */
#ifndef GOODWILL_CLI_SHOW_EVALUATION_H
#define GOODWILL_CLI_SHOW_EVALUATION_H

#include "learn/evaluate.h"

/* `left_out`: each file was judged by a reader learned from the others. */
void show_evaluation(Buf *out, const Hearer *hearer, const Evaluation *evaluation, bool left_out);
void show_evaluation_json(Buf *out, const Hearer *hearer, const Evaluation *evaluation, bool left_out);

#endif
