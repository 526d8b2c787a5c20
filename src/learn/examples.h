/* examples.h -- labelled passages become rows of numbers to learn from.
 *
 * In: Passages and a Hearer.  Out: Examples: one row a unit (a clause, or a whole turn), its features as columns with
 * values, and which labelled words it covers.
 *
 * Values: in each group of features (features.h) a column's value is its idf, ln((1 + rows) / (1 + rows that have it))
 * + 1, over the group's Euclidean length, times the group's weight; FACTS have the value FACTS_VALUE each.
 */
#ifndef GOODWILL_LEARN_EXAMPLES_H
#define GOODWILL_LEARN_EXAMPLES_H

#include "hear/units.h"
#include "learn/linear.h"
#include "learn/passages.h"

typedef struct Example {
    uint32_t passage, utterance, begin, end; /* bytes of the utterance's text */
} Example;

typedef struct Column {
    uint64_t name; /* the feature's */
    uint32_t rows; /* that have it */
    uint8_t group;
    float idf;
} Column;

typedef struct Examples {
    Example *item;
    size_t count, capacity;
    Column *column;
    uint32_t column_count;
    Rows rows;
    Marks *by_rules; /* of each passage */
    Arena arena;
} Examples;

typedef struct ExamplesOptions {
    Who who; /* whose turns; whole_turns of passages of the second form take either */
    bool whole_turns;
    bool conversations;  /* one row a conversation: how it ends (units.h) */
    unsigned rows_least; /* a feature that fewer rows have is left out */
    float group_weight[GROUP_COUNT];
} ExamplesOptions;

void examples_make(Examples *ret, const Hearer *hearer, Passages *passages, const ExamplesOptions *options);
void examples_clear(Examples *examples);

#endif
