/* automaton_parts.h -- what an Automaton is made of: for automaton.c, which builds it, and matcher.c, which runs it. */
#ifndef GOODWILL_HEAR_AUTOMATON_PARTS_H
#define GOODWILL_HEAR_AUTOMATON_PARTS_H

#include "hear/automaton.h"

#include <stdlib.h>

typedef enum NodeKind { NODE_SYMBOL, NODE_SET, NODE_ANY, NODE_END, NODE_EITHER, NODE_ACCEPT } NodeKind;

typedef struct NodeData {
    uint8_t kind;
    uint32_t value; /* symbol, set, phrase; EITHER: the other branch */
    Node next;
} NodeData;

/* A set of symbols by a few bits of each: it may say yes wrongly, never no. */
enum { FILTER_BITS = 512 };
typedef struct Filter {
    uint64_t word[FILTER_BITS / 64];
} Filter;

static inline unsigned filter_bit(Symbol symbol) { return (symbol ^ symbol >> 9) & (FILTER_BITS - 1); }
static inline bool filter_has(const Filter *f, Symbol symbol)
{
    return f->word[filter_bit(symbol) / 64] >> (filter_bit(symbol) % 64) & 1;
}
static inline void filter_add(Filter *f, Symbol symbol)
{
    f->word[filter_bit(symbol) / 64] |= (uint64_t)1 << (filter_bit(symbol) % 64);
}
/* The same in one word, for what must be small: a bit of 64. */
static inline uint64_t near_bit(Symbol symbol) { return (uint64_t)1 << ((uint32_t)symbol * 0x9E3779B1u >> 26); }

static inline void filter_join(Filter *f, const Filter *more)
{
    for (size_t i = 0; i < COUNT(f->word); i++) f->word[i] |= more->word[i];
}

typedef struct Start {
    Node node;
    bool sentence_only;
} Start;

typedef struct Group {
    Start *start;
    uint32_t start_count, start_capacity;
    Filter first;          /* each match begins with one of these, */
    Filter need;           /* and has one of these, */
    uint32_t words_before; /* with at most so many words before it */
    uint32_t words_most;   /* no match has more */
} Group;

/* For the first step: nodes that a symbol leads to from a root. */
typedef struct RootIndex {
    uint32_t *begin; /* by symbol: [begin[s], begin[s+1]) of target */
    Node *target;
} RootIndex;

struct Automaton {
    Arena arena;
    NodeData *node;
    uint32_t node_count, node_capacity;
    Group *group;
    uint32_t group_count, group_capacity;
    struct {
        Symbol *item;
        uint32_t count, capacity;
    } * set;
    uint32_t set_count, set_capacity;
    uint32_t symbol_count;
    Filter *set_filter;
    uint64_t *set_near;
    uint64_t *set_bits; /* symbol × set: a step asks many sets for one symbol */
    uint32_t set_words;
    RootIndex root[ROOTS][2]; /* [anywhere, at a sentence's start] */
};

static inline bool set_has(const Automaton *a, uint32_t set, Symbol symbol)
{
    return a->set_bits[(size_t)symbol * a->set_words + set / 64] >> (set % 64) & 1;
}

/* A list of nodes that grows; malloc'ed. */
typedef struct NodeList {
    Node *item;
    uint32_t count, capacity;
} NodeList;

static inline void list_push(NodeList *list, Node node)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 256;
        list->item = realloc(list->item, list->capacity * sizeof *list->item);
        if (!list->item) abort();
    }
    list->item[list->count++] = node;
}

/* The nodes reached from `node` without reading anything, but for choices themselves; those that `seen` stamps are
 * there already. */
void automaton_close(const Automaton *a, Node node, uint32_t *seen, uint32_t stamp, NodeList *stack, NodeList *ret);
/* Adds what a node may read. */
void automaton_may_read(const Automaton *a, const NodeData *node, Filter *ret);

#endif
