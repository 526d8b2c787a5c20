/* automaton.c -- builds an Automaton; see automaton.h.  matcher.c runs it. */
#include "hear/automaton_parts.h"

#include <stdlib.h>

Automaton *automaton_new(void)
{
    Automaton *a = calloc(1, sizeof *a);
    if (!a) abort();
    for (unsigned root = 0; root < ROOTS; root++) automaton_group_new(a);
    return a;
}

void automaton_free(Automaton *a)
{
    if (!a) return;
    arena_clear(&a->arena);
    free(a);
}

size_t automaton_nodes(const Automaton *a) { return a->node_count; }

static Node add_node(Automaton *a, NodeKind kind, uint32_t value, Node next)
{
    NodeData *node = ARENA_PUSH(&a->arena, a->node, a->node_count, a->node_capacity);
    *node = (NodeData){ .kind = (uint8_t)kind, .value = value, .next = next };
    return a->node_count - 1;
}

Node automaton_accept(Automaton *a, uint32_t phrase) { return add_node(a, NODE_ACCEPT, phrase, 0); }
Node automaton_symbol(Automaton *a, Symbol symbol, Node next) { return add_node(a, NODE_SYMBOL, symbol, next); }
Node automaton_set(Automaton *a, uint32_t set, Node next) { return add_node(a, NODE_SET, set, next); }
Node automaton_any(Automaton *a, Node next) { return add_node(a, NODE_ANY, 0, next); }
Node automaton_end(Automaton *a, Node next) { return add_node(a, NODE_END, 0, next); }
Node automaton_either(Automaton *a, Node one, Node other)
{
    return one == other ? one : add_node(a, NODE_EITHER, other, one);
}

uint32_t automaton_set_new(Automaton *a)
{
    memset(ARENA_PUSH(&a->arena, a->set, a->set_count, a->set_capacity), 0, sizeof *a->set);
    return a->set_count - 1;
}

void automaton_set_add(Automaton *a, uint32_t set, Symbol symbol)
{
    *ARENA_PUSH(&a->arena, a->set[set].item, a->set[set].count, a->set[set].capacity) = symbol;
}

const Symbol *automaton_set_symbols(const Automaton *a, uint32_t set, size_t *count)
{
    *count = a->set[set].count;
    return a->set[set].item;
}

void automaton_need(Automaton *a, uint32_t group, bool is_set, uint32_t value, uint32_t words_before)
{
    a->group[group].words_before = MAX(a->group[group].words_before, words_before);
    if (!is_set) filter_add(&a->group[group].need, (Symbol)value);
    for (uint32_t i = 0; is_set && i < a->set[value].count; i++)
        filter_add(&a->group[group].need, a->set[value].item[i]);
}

void automaton_longest(Automaton *a, uint32_t group, uint32_t words)
{
    a->group[group].words_most = MAX(a->group[group].words_most, words);
}

uint32_t automaton_group_words(const Automaton *a, uint32_t group) { return a->group[group].words_most; }

uint32_t automaton_group_new(Automaton *a)
{
    *ARENA_PUSH(&a->arena, a->group, a->group_count, a->group_capacity) = (Group){ 0 };
    return a->group_count - 1;
}

void automaton_start(Automaton *a, uint32_t group, bool sentence_only, Node node)
{
    assert(group < a->group_count);
    Group *g = &a->group[group];
    *ARENA_PUSH(&a->arena, g->start, g->start_count, g->start_capacity) = (Start){ node, sentence_only };
}

void automaton_close(const Automaton *a, Node node, uint32_t *seen, uint32_t stamp, NodeList *stack, NodeList *ret)
{
    stack->count = 0;
    list_push(stack, node);
    while (stack->count) {
        Node at = stack->item[--stack->count];
        if (seen[at] == stamp) continue;
        seen[at] = stamp;
        if (a->node[at].kind == NODE_EITHER) {
            list_push(stack, a->node[at].value);
            list_push(stack, a->node[at].next);
        } else {
            list_push(ret, at);
        }
    }
}

void automaton_may_read(const Automaton *a, const NodeData *node, Filter *ret)
{
    if (node->kind == NODE_SYMBOL) filter_add(ret, (Symbol)node->value);
    if (node->kind == NODE_SET) filter_join(ret, &a->set_filter[node->value]);
    if (node->kind == NODE_ANY) memset(ret, 0xFF, sizeof *ret);
    if (node->kind == NODE_END) {
        filter_add(ret, SYM_STOP);
        filter_add(ret, SYM_QUESTION);
    }
}

/* --- compiling: what a symbol leads to from each root, what a group begins with --- */

typedef struct Edge {
    Symbol symbol;
    Node target;
} Edge;

static bool index_root(Automaton *a, unsigned root, bool at_sentence_start, Err *err)
{
    uint32_t *seen = calloc(a->node_count + 1, sizeof *seen);
    NodeList stack = { 0 }, nodes = { 0 };
    Edge *edge = NULL;
    size_t count = 0, capacity = 0;
    bool good = true;
    if (!seen) abort();
    const Group *group = &a->group[root];
    for (uint32_t i = 0; i < group->start_count; i++)
        if (at_sentence_start || !group->start[i].sentence_only)
            automaton_close(a, group->start[i].node, seen, 1, &stack, &nodes);
    for (uint32_t i = 0; i < nodes.count && good; i++) {
        const NodeData *node = &a->node[nodes.item[i]];
        const Symbol one = (Symbol)node->value;
        const Symbol *symbol = &one;
        size_t symbols = 1;
        if (node->kind == NODE_SET) {
            symbol = a->set[node->value].item;
            symbols = a->set[node->value].count;
        } else if (node->kind != NODE_SYMBOL) {
            good = err_set(err, ERR_INPUT, "a phrase begins with a gap, any word or an end, or is empty");
            break;
        }
        for (size_t k = 0; k < symbols; k++) {
            if (count == capacity) {
                capacity = capacity ? capacity * 2 : 4096;
                edge = realloc(edge, capacity * sizeof *edge);
                if (!edge) abort();
            }
            edge[count++] = (Edge){ symbol[k], node->next };
        }
    }
    if (good) {
        RootIndex *index = &a->root[root][at_sentence_start];
        index->begin = ARENA_NEW(&a->arena, uint32_t, a->symbol_count + 2);
        index->target = ARENA_NEW(&a->arena, Node, count + 1);
        for (size_t i = 0; i < count; i++) index->begin[edge[i].symbol + 2]++;
        for (uint32_t symbol = 2; symbol < a->symbol_count + 2; symbol++)
            index->begin[symbol] += index->begin[symbol - 1];
        for (size_t i = 0; i < count; i++) index->target[index->begin[edge[i].symbol + 1]++] = edge[i].target;
    }
    free(seen);
    free(stack.item);
    free(nodes.item);
    free(edge);
    return good;
}

static void index_groups(Automaton *a)
{
    uint32_t *seen = calloc(a->node_count + 1, sizeof *seen);
    NodeList stack = { 0 }, nodes = { 0 };
    if (!seen) abort();
    for (uint32_t g = ROOTS; g < a->group_count; g++) {
        Group *group = &a->group[g];
        nodes.count = 0;
        for (uint32_t i = 0; i < group->start_count; i++)
            automaton_close(a, group->start[i].node, seen, g, &stack, &nodes);
        for (uint32_t i = 0; i < nodes.count; i++) automaton_may_read(a, &a->node[nodes.item[i]], &group->first);
    }
    free(seen);
    free(stack.item);
    free(nodes.item);
}

bool automaton_compile(Automaton *a, uint32_t symbol_count, Err *err)
{
    if (a->node_count > NODES_MAX)
        return err_set(err, ERR_LIMIT, "the rules need %u nodes; the most is %d", a->node_count, NODES_MAX);
    a->symbol_count = symbol_count;
    a->set_words = (a->set_count + 63) / 64;
    a->set_bits = ARENA_NEW(&a->arena, uint64_t, (size_t)symbol_count * a->set_words + 1);
    a->set_filter = ARENA_NEW(&a->arena, Filter, a->set_count + 1);
    a->set_near = ARENA_NEW(&a->arena, uint64_t, a->set_count + 1);
    for (uint32_t i = 0; i < a->set_count; i++)
        for (uint32_t k = 0; k < a->set[i].count; k++) {
            Symbol symbol = a->set[i].item[k];
            filter_add(&a->set_filter[i], symbol);
            a->set_near[i] |= near_bit(symbol);
            a->set_bits[(size_t)symbol * a->set_words + i / 64] |= (uint64_t)1 << (i % 64);
        }
    for (unsigned root = 0; root < ROOTS; root++)
        if (!index_root(a, root, false, err) || !index_root(a, root, true, err)) return false;
    index_groups(a);
    return true;
}
