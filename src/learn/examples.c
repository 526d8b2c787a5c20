/* examples.c -- see examples.h. */
#include "learn/examples.h"

#include "base/memory.h"
#include <math.h>
#include <stdlib.h>

/* Features met so far, by name. */
typedef struct Index {
    uint64_t *name;
    uint32_t *id;
    size_t mask, count;
} Index;

typedef struct Gathering {
    UnitSink base;
    const ExamplesOptions *options;
    const Passages *passages;
    uint32_t passage;
    Examples *to;
    Index index;
    struct {
        uint32_t rows, last_row;
        uint8_t group;
        uint64_t name;
    } * seen;
    size_t seen_capacity;
    uint32_t *cell; /* of all rows, group by group: ids of features */
    size_t cell_count, cell_capacity;
    size_t *row_end; /* GROUP_COUNT a row */
    size_t row_capacity;
} Gathering;

static void index_grow(Index *index)
{
    size_t slots = index->mask ? (index->mask + 1) * 2 : 1 << 16;
    uint64_t *name = memory_must(calloc(slots, sizeof *name));
    uint32_t *id = memory_must(calloc(slots, sizeof *id));
    for (size_t i = 0; index->mask && i <= index->mask; i++) {
        if (!index->name[i]) continue;
        size_t at = index->name[i] & (slots - 1);
        while (name[at]) at = (at + 1) & (slots - 1);
        name[at] = index->name[i];
        id[at] = index->id[i];
    }
    free(index->name);
    free(index->id);
    *index = (Index){ name, id, slots - 1, index->count };
}

static uint32_t id_of(Gathering *g, uint64_t name, uint8_t group)
{
    Index *index = &g->index;
    if (name == 0) name = 1;
    if (2 * index->count >= index->mask) index_grow(index);
    size_t at = name & index->mask;
    while (index->name[at] && index->name[at] != name) at = (at + 1) & index->mask;
    if (!index->name[at]) {
        index->name[at] = name;
        index->id[at] = (uint32_t)index->count;
        g->seen = hearing_room(g->seen, &g->seen_capacity, index->count + 1, sizeof *g->seen);
        g->seen[index->count].rows = 0;
        g->seen[index->count].last_row = UINT32_MAX;
        g->seen[index->count].group = group;
        g->seen[index->count].name = name;
        index->count++;
    }
    return index->id[at];
}

static void take_unit(UnitSink *base, uint32_t utterance, uint32_t begin, uint32_t end, const Features *f)
{
    Gathering *g = (Gathering *)base;
    Examples *to = g->to;
    const Passage *passage = &g->passages->item[g->passage];
    Role wanted = g->options->who == WHO_AGENT ? ROLE_AGENT : ROLE_CUSTOMER;
    if (passage->is_whole && !g->options->conversations && passage->conversation.utterance[utterance].role != wanted)
        return;
    size_t row = to->count;
    to->item = hearing_room(to->item, &to->capacity, row + 1, sizeof *to->item);
    to->item[row] = (Example){ g->passage, utterance, begin, end };
    g->row_end = hearing_room(g->row_end, &g->row_capacity, (row + 1) * GROUP_COUNT, sizeof *g->row_end);
    g->cell = hearing_room(g->cell, &g->cell_capacity, g->cell_count + f->count, sizeof *g->cell);
    size_t at = 0;
    for (uint8_t group = 0; group < GROUP_COUNT; group++) {
        for (; at < f->end[group]; at++) {
            if (g->options->group_weight[group] <= 0) continue;
            uint32_t id = id_of(g, f->item[at], group);
            g->cell[g->cell_count++] = id;
            if (g->seen[id].last_row != row) {
                g->seen[id].last_row = (uint32_t)row;
                g->seen[id].rows++;
            }
        }
        g->row_end[row * GROUP_COUNT + group] = g->cell_count;
    }
    to->count++;
}

/* Columns are the features that enough rows have, in the order in which they were met. */
static uint32_t *choose_columns(Gathering *g)
{
    Examples *to = g->to;
    uint32_t *column_of = memory_must(malloc((g->index.count + 1) * sizeof *column_of));
    to->column = memory_must(calloc(g->index.count + 1, sizeof *to->column));
    for (size_t i = 0; i < g->index.count; i++) {
        column_of[i] = UINT32_MAX;
        if (g->seen[i].rows < g->options->rows_least) continue;
        column_of[i] = to->column_count;
        to->column[to->column_count++] = (Column){ g->seen[i].name, g->seen[i].rows, g->seen[i].group,
                                                   logf((float)(1 + to->count) / (float)(1 + g->seen[i].rows)) + 1 };
    }
    return column_of;
}

static void fill_rows(Gathering *g, const uint32_t *column_of)
{
    Examples *to = g->to;
    size_t *start = memory_must(malloc((to->count + 1) * sizeof *start));
    uint32_t *column = memory_must(malloc((g->cell_count + 1) * sizeof *column));
    float *value = memory_must(malloc((g->cell_count + 1) * sizeof *value));
    size_t *place = memory_must(
        malloc((to->column_count + 1) * sizeof *place)); /* where a column stands, in this row if behind its start */
    size_t filled = 0, at = 0;
    memset(place, 0xff, (to->column_count + 1) * sizeof *place);
    for (size_t row = 0; row < to->count; row++) {
        start[row] = filled;
        for (unsigned group = 0; group < GROUP_COUNT; group++) {
            size_t first = filled;
            float square = 0, weight = g->options->group_weight[group];
            for (; at < g->row_end[row * GROUP_COUNT + group]; at++) {
                uint32_t to_column = column_of[g->cell[at]];
                if (to_column == UINT32_MAX) continue;
                float idf = group >= GROUP_FACTS ? 1 : to->column[to_column].idf;
                square += idf * idf;
                if (place[to_column] != SIZE_MAX && place[to_column] >= first) { /* said twice */
                    value[place[to_column]] += idf;
                    continue;
                }
                place[to_column] = filled;
                column[filled] = to_column;
                value[filled++] = idf;
            }
            float by = group >= GROUP_FACTS ? weight : square > 0 ? weight / sqrtf(square) : 0;
            for (size_t i = first; i < filled; i++) value[i] *= by;
        }
    }
    free(place);
    start[to->count] = filled;
    to->rows =
        (Rows){ .count = to->count, .columns = to->column_count, .start = start, .column = column, .value = value };
}

void examples_make(Examples *ret, const Hearer *hearer, Passages *passages, const ExamplesOptions *options)
{
    *ret = (Examples){ 0 };
    Gathering g = { .base = { .unit = take_unit, .whole_turns = options->whole_turns, .only = UINT32_MAX },
                    .options = options,
                    .passages = passages,
                    .to = ret };
    Hearing *hearing = hearing_new(hearer);
    ret->by_rules = ARENA_NEW(&ret->arena, Marks, passages->count + 1);
    for (size_t i = 0; i < passages->count; i++) {
        Passage *passage = &passages->item[i];
        g.passage = (uint32_t)i;
        g.base.only = passage->is_whole ? UINT32_MAX : passage->target;
        if (options->conversations)
            hear_ending(hearing, &passage->conversation, &g.base, &ret->arena, &ret->by_rules[i]);
        else
            hear_units(hearing, &passage->conversation, &g.base, &ret->arena, &ret->by_rules[i]);
    }
    hearing_free(hearing);
    uint32_t *column_of = choose_columns(&g);
    fill_rows(&g, column_of);
    free(column_of);
    free(g.index.name);
    free(g.index.id);
    free(g.seen);
    free(g.cell);
    free(g.row_end);
}

void examples_clear(Examples *e)
{
    free(e->item);
    free(e->column);
    free((void *)(uintptr_t)e->rows.start);
    free((void *)(uintptr_t)e->rows.column);
    free((void *)(uintptr_t)e->rows.value);
    arena_clear(&e->arena);
    *e = (Examples){ 0 };
}
