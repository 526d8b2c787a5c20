/* automaton.c -- see automaton.h.
 *
 * DFA states are sorted lists of NFA nodes, found again by hash.  Transitions
 * are kept in one open hash table keyed by (state, symbol): a dense table would
 * be 60,000 × 8,000 entries, of which texts use a few in ten thousand.  The
 * first step, taken from every token, has a dense row of its own.
 */
#include "hear/automaton.h"

#include "base/memory.h"

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
static void filter_add(Filter *f, Symbol symbol)
{
    f->word[filter_bit(symbol) / 64] |= (uint64_t)1 << (filter_bit(symbol) % 64);
}
static void filter_join(Filter *f, const Filter *more)
{
    for (size_t i = 0; i < COUNT(f->word); i++) f->word[i] |= more->word[i];
}

typedef struct Start {
    Node node;
    bool sentence_only;
} Start;

/* For the first step: nodes that a symbol leads to from a root. */
typedef struct RootIndex {
    uint32_t *begin; /* by symbol: [begin[s], begin[s+1]) of target */
    Node *target;
} RootIndex;

struct Automaton {
    Arena arena;
    NodeData *node;
    uint32_t node_count, node_capacity;
    Start *start[ROOTS];
    uint32_t start_count[ROOTS], start_capacity[ROOTS];
    struct {
        Symbol *item;
        uint32_t count, capacity;
    } * set;
    uint32_t set_count, set_capacity;
    uint32_t symbol_count;
    Filter *set_filter;
    uint64_t *set_bits; /* set × symbol */
    uint32_t set_words;
    RootIndex root[ROOTS][2]; /* [anywhere, at a sentence's start] */
};

Automaton *automaton_new(void)
{
    Automaton *a = calloc(1, sizeof *a);
    if (!a) abort();
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

void automaton_start(Automaton *a, unsigned root, bool sentence_only, Node node)
{
    assert(root < ROOTS);
    *ARENA_PUSH(&a->arena, a->start[root], a->start_count[root], a->start_capacity[root]) =
        (Start){ node, sentence_only };
}

/* --- compiling ------------------------------------------------------------ */

static bool set_has(const Automaton *a, uint32_t set, Symbol symbol)
{
    return a->set_bits[(size_t)set * a->set_words + symbol / 64] >> (symbol % 64) & 1;
}

/* The nodes reached from `node` without reading anything, but for choices themselves. */
typedef struct NodeList {
    Node *item;
    uint32_t count, capacity;
} NodeList;

static void list_push(NodeList *list, Node node)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 256;
        list->item = realloc(list->item, list->capacity * sizeof *list->item);
        if (!list->item) abort();
    }
    list->item[list->count++] = node;
}

static void close_over(const Automaton *a, Node node, uint32_t *seen, uint32_t stamp, NodeList *stack, NodeList *ret)
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
    for (uint32_t i = 0; i < a->start_count[root]; i++)
        if (at_sentence_start || !a->start[root][i].sentence_only)
            close_over(a, a->start[root][i].node, seen, 1, &stack, &nodes);
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

bool automaton_compile(Automaton *a, uint32_t symbol_count, Err *err)
{
    if (a->node_count > NODES_MAX)
        return err_set(err, ERR_LIMIT, "the rules need %u nodes; the most is %d", a->node_count, NODES_MAX);
    a->symbol_count = symbol_count;
    a->set_words = (symbol_count + 63) / 64;
    a->set_bits = ARENA_NEW(&a->arena, uint64_t, (size_t)a->set_count * a->set_words + 1);
    a->set_filter = ARENA_NEW(&a->arena, Filter, a->set_count + 1);
    for (uint32_t i = 0; i < a->set_count; i++)
        for (uint32_t k = 0; k < a->set[i].count; k++) {
            Symbol symbol = a->set[i].item[k];
            filter_add(&a->set_filter[i], symbol);
            a->set_bits[(size_t)i * a->set_words + symbol / 64] |= (uint64_t)1 << (symbol % 64);
        }
    for (unsigned root = 0; root < ROOTS; root++)
        if (!index_root(a, root, false, err) || !index_root(a, root, true, err)) return false;
    return true;
}

/* --- matching ------------------------------------------------------------- */

/* States are named by their index and by two bits of what they are, so that most runs need not look at them. */
enum { DEAD = 0, STATE_ACCEPTS = 1 << 23, STATE_GAP = 1 << 22, STATE_INDEX = STATE_GAP - 1 };
#define UNBUILT UINT32_MAX

/* What a state is asked at every token: in cache lines of their own. */
typedef struct State {
    Filter next;                    /* symbols that may lead on: most steps are seen to end here, without a search */
    Filter need;                    /* in a gap: one of these must come within `reach` words, or nothing will */
    uint32_t reach;                 /* 0: not in a gap, or any word will do */
    uint32_t accepts, accept_count; /* in matcher->accepts: phrases, sorted */
    uint32_t nodes, node_count;     /* in matcher->nodes; sorted */
    uint32_t unused[11];
} State;
static_assert(sizeof(State) % 64 == 0, "a state fills its cache lines");

/* A run that is still alive: which token it began at, and the state it is in. */
typedef struct Run {
    uint32_t begin, state;
} Run;

/* A known step in eight bytes, so that most of them stay in the cache: state (24 bits), symbol (16), state it leads to
 * (24); 0 is an empty slot (nothing leads from DEAD). */
typedef uint64_t Step;
enum { STEP_STATE_BITS = 24, STEP_STATES = 1 << STEP_STATE_BITS };

/* Runs are taken in parties of so many: their steps do not wait for one another. */
enum { PARTY = 512, FRONT_BITS = 16, FRONT = 1 << FRONT_BITS };

struct Matcher {
    const Automaton *automaton;
    uint32_t *first[ROOTS][2]; /* by symbol: state after the first step, UNBUILT when not known yet */
    State *state;
    uint32_t state_count, state_capacity;
    NodeList nodes, accepts;
    uint32_t *by_hash; /* states by their node lists; 0: empty */
    uint32_t by_hash_mask;
    Step *step;
    size_t step_mask, step_used;
    Step front[FRONT]; /* steps taken lately: few enough to stay near, where the table of all is not */
    Run run[PARTY];
    Symbol symbol[PARTY]; /* what each run reads next */
    uint32_t *seen, stamp;
    NodeList stack, gathered;
};

static void *must(void *memory)
{
    if (!memory) abort();
    return memory;
}

static void forget_all(Matcher *m)
{
    m->nodes.count = m->accepts.count = 0;
    m->state_count = 1; /* DEAD */
    m->state[0] = (State){ 0 };
    memset(m->by_hash, 0, (m->by_hash_mask + 1) * sizeof *m->by_hash);
    memset(m->step, 0, (m->step_mask + 1) * sizeof *m->step);
    m->step_used = 0;
    memset(m->front, 0, sizeof m->front);
    for (unsigned root = 0; root < ROOTS; root++)
        for (unsigned start = 0; start < 2; start++)
            memset(m->first[root][start], 0xFF, m->automaton->symbol_count * sizeof(uint32_t));
}

Matcher *matcher_new(const Automaton *a)
{
    Matcher *m = must(calloc(1, sizeof *m));
    m->automaton = a;
    m->state_capacity = 1024;
    m->state = memory_table(m->state_capacity * sizeof *m->state);
    m->by_hash_mask = (1u << 17) - 1;
    m->by_hash = memory_table((m->by_hash_mask + 1) * sizeof *m->by_hash);
    m->step_mask = (1u << 12) - 1;
    m->step = memory_table((m->step_mask + 1) * sizeof *m->step);
    m->seen = must(calloc(a->node_count + 1, sizeof *m->seen));
    for (unsigned root = 0; root < ROOTS; root++)
        for (unsigned start = 0; start < 2; start++)
            m->first[root][start] = must(malloc((a->symbol_count + 1) * sizeof(uint32_t)));
    forget_all(m);
    return m;
}

void matcher_free(Matcher *m)
{
    if (!m) return;
    for (unsigned root = 0; root < ROOTS; root++)
        for (unsigned start = 0; start < 2; start++) free(m->first[root][start]);
    free(m->state);
    free(m->by_hash);
    free(m->step);
    free(m->seen);
    free(m->nodes.item);
    free(m->accepts.item);
    free(m->stack.item);
    free(m->gathered.item);
    free(m);
}

/* Shell's method: mostly few and nearly in order. */
static void sort_nodes(Node *node, size_t count)
{
    static const size_t STEPS[] = { 141553, 45747, 14785, 4778, 1544, 701, 301, 132, 57, 23, 10, 4, 1 };
    for (size_t s = 0; s < COUNT(STEPS); s++) {
        size_t step = STEPS[s];
        if (step * 2 > count && step > 1) continue;
        for (size_t i = step; i < count; i++) {
            Node moving = node[i];
            size_t at = i;
            for (; at >= step && node[at - step] > moving; at -= step) node[at] = node[at - step];
            node[at] = moving;
        }
    }
}

static void new_stamp(Matcher *m)
{
    if (++m->stamp == 0) {
        memset(m->seen, 0, (m->automaton->node_count + 1) * sizeof *m->seen);
        m->stamp = 1;
    }
}

static uint64_t list_hash(const Node *node, size_t count)
{
    uint64_t hash = count;
    for (size_t i = 0; i < count; i++) hash = (hash ^ node[i]) * 0xff51afd7ed558ccdu, hash ^= hash >> 31;
    return hash;
}

/* Adds what a node may read. */
static void may_read(const Automaton *a, const NodeData *node, Filter *ret)
{
    if (node->kind == NODE_SYMBOL) filter_add(ret, (Symbol)node->value);
    if (node->kind == NODE_SET) filter_join(ret, &a->set_filter[node->value]);
    if (node->kind == NODE_ANY) memset(ret, 0xFF, sizeof *ret);
    if (node->kind == NODE_END) {
        filter_add(ret, SYM_STOP);
        filter_add(ret, SYM_QUESTION);
    }
}

enum { REACH_MAX = 24 };

/* What must come behind the gap that `node` stands in, and how far away at most.  False: any word will do. */
static bool look_past_gap(const Automaton *a, Node at, uint32_t depth, State *ret, int *budget)
{
    if (--*budget < 0 || depth > REACH_MAX) return false;
    const NodeData *node = &a->node[at];
    switch ((NodeKind)node->kind) {
    case NODE_EITHER:
        return look_past_gap(a, node->value, depth, ret, budget) && look_past_gap(a, node->next, depth, ret, budget);
    case NODE_ANY: return look_past_gap(a, node->next, depth + 1, ret, budget);
    case NODE_ACCEPT: return depth == 0; /* it has ended already, whatever comes */
    default:
        may_read(a, node, &ret->need);
        ret->reach = MAX(ret->reach, depth + 1);
        return true;
    }
}

static void find_need(const Matcher *m, const NodeList *nodes, State *ret)
{
    bool in_gap = false, bounded = true;
    int budget = 2000;
    for (uint32_t i = 0; i < nodes->count && !in_gap; i++) in_gap = m->automaton->node[nodes->item[i]].kind == NODE_ANY;
    for (uint32_t i = 0; i < nodes->count && in_gap && bounded; i++)
        bounded = look_past_gap(m->automaton, nodes->item[i], 0, ret, &budget);
    if (!in_gap || !bounded) ret->reach = 0;
}

static uint32_t state_name(const Matcher *m, uint32_t index)
{
    const State *s = &m->state[index];
    return index | (s->accept_count ? STATE_ACCEPTS : 0) | (s->reach ? STATE_GAP : 0);
}

/* The state with the nodes in m->gathered; made when it is new. */
static uint32_t state_of_gathered(Matcher *m)
{
    NodeList *g = &m->gathered;
    if (g->count == 0) return DEAD;
    sort_nodes(g->item, g->count);
    uint32_t at = (uint32_t)list_hash(g->item, g->count) & m->by_hash_mask;
    for (; m->by_hash[at]; at = (at + 1) & m->by_hash_mask) {
        const State *s = &m->state[m->by_hash[at]];
        if (s->node_count == g->count && memcmp(m->nodes.item + s->nodes, g->item, g->count * sizeof(Node)) == 0)
            return state_name(m, m->by_hash[at]);
    }
    if (m->state_count == m->state_capacity) {
        State *more = memory_table(2 * m->state_capacity * sizeof *m->state);
        memcpy(more, m->state, m->state_capacity * sizeof *m->state);
        free(m->state);
        m->state = more;
        m->state_capacity *= 2;
    }
    State made = { .nodes = m->nodes.count, .node_count = g->count, .accepts = m->accepts.count };
    for (uint32_t i = 0; i < g->count; i++) {
        const NodeData *node = &m->automaton->node[g->item[i]];
        if (node->kind == NODE_ACCEPT) list_push(&m->accepts, node->value);
        may_read(m->automaton, node, &made.next);
        if (node->kind != NODE_ACCEPT) filter_add(&made.next, SYM_COMMA); /* it is stepped over */
        list_push(&m->nodes, g->item[i]);
    }
    find_need(m, g, &made);
    made.accept_count = m->accepts.count - made.accepts;
    if (made.accept_count > 1) { /* several ends of one phrase count once */
        Node *accept = m->accepts.item + made.accepts;
        uint32_t kept = 1;
        sort_nodes(accept, made.accept_count);
        for (uint32_t i = 1; i < made.accept_count; i++)
            if (accept[i] != accept[kept - 1]) accept[kept++] = accept[i];
        made.accept_count = kept;
        m->accepts.count = made.accepts + kept;
    }
    m->state[m->state_count] = made;
    m->by_hash[at] = m->state_count;
    return state_name(m, m->state_count++);
}

static uint32_t build_first(Matcher *m, unsigned root, bool start, Symbol symbol)
{
    const RootIndex *index = &m->automaton->root[root][start];
    new_stamp(m);
    m->gathered.count = 0;
    for (uint32_t i = index->begin[symbol]; i < index->begin[symbol + 1]; i++)
        close_over(m->automaton, index->target[i], m->seen, m->stamp, &m->stack, &m->gathered);
    return m->first[root][start][symbol] = state_of_gathered(m);
}

static bool reads(const Automaton *a, const NodeData *node, Symbol symbol)
{
    switch ((NodeKind)node->kind) {
    case NODE_SYMBOL: return node->value == symbol;
    case NODE_SET: return set_has(a, node->value, symbol);
    case NODE_ANY: return symbol > SYM_COMMA;
    case NODE_END: return symbol <= SYM_QUESTION;
    default: return false;
    }
}

static uint32_t build_step(Matcher *m, uint32_t from, Symbol symbol)
{
    from &= STATE_INDEX;
    const Automaton *a = m->automaton;
    new_stamp(m);
    m->gathered.count = 0;
    for (uint32_t i = 0; i < m->state[from].node_count; i++) {
        Node at = m->nodes.item[m->state[from].nodes + i];
        const NodeData *node = &a->node[at];
        if (reads(a, node, symbol)) close_over(a, node->next, m->seen, m->stamp, &m->stack, &m->gathered);
        /* A comma is stepped over by whoever does not ask for it; what had ended before it stays ended. */
        if (symbol == SYM_COMMA && node->kind != NODE_ACCEPT && m->seen[at] != m->stamp) {
            m->seen[at] = m->stamp;
            list_push(&m->gathered, at);
        }
    }
    return state_of_gathered(m);
}

static inline Step step_key(uint32_t from, Symbol symbol) { return (Step)from << 40 | (Step)symbol << 24; }
static inline size_t step_slot(const Matcher *m, Step key) { return (key * 0x9e3779b97f4a7c15u >> 40) & m->step_mask; }

static void grow_steps(Matcher *m)
{
    Step *old = m->step;
    size_t count = m->step_mask + 1;
    m->step_mask = m->step_mask * 2 + 1;
    m->step = memory_table((m->step_mask + 1) * sizeof *m->step);
    for (size_t i = 0; i < count; i++) {
        if (!old[i]) continue;
        size_t at = step_slot(m, old[i] >> STEP_STATE_BITS << STEP_STATE_BITS);
        while (m->step[at]) at = (at + 1) & m->step_mask;
        m->step[at] = old[i];
    }
    free(old);
}

static uint32_t learn_step(Matcher *m, uint32_t from, Symbol symbol)
{
    uint32_t to = build_step(m, from, symbol);
    if (++m->step_used * 2 > m->step_mask) grow_steps(m);
    size_t at = step_slot(m, step_key(from, symbol));
    while (m->step[at]) at = (at + 1) & m->step_mask;
    m->step[at] = step_key(from, symbol) | to;
    return to;
}

static inline size_t front_slot(Step key) { return key * 0x9e3779b97f4a7c15u >> (64 - FRONT_BITS); }

static inline uint32_t take_step(Matcher *m, uint32_t from, Symbol symbol)
{
    Step key = step_key(from, symbol), *near = &m->front[front_slot(key)];
    if (LIKELY((*near ^ key) < STEP_STATES)) return (uint32_t)(*near & (STEP_STATES - 1));
    uint32_t to = UNBUILT;
    for (size_t at = step_slot(m, key); m->step[at]; at = (at + 1) & m->step_mask)
        if ((m->step[at] ^ key) < STEP_STATES) {
            to = (uint32_t)(m->step[at] & (STEP_STATES - 1));
            break;
        }
    if (to == UNBUILT) to = learn_step(m, from, symbol);
    *near = key | to;
    return to;
}

static void add_matches(const Matcher *m, Matches *ret, uint32_t state, uint32_t begin, uint32_t end)
{
    const State *s = &m->state[state & STATE_INDEX];
    for (uint32_t i = 0; i < s->accept_count; i++) {
        if (ret->count == ret->capacity) {
            ret->capacity = ret->capacity ? ret->capacity * 2 : 256;
            ret->item = must(realloc(ret->item, ret->capacity * sizeof *ret->item));
        }
        ret->item[ret->count++] = (Match){ m->accepts.item[s->accepts + i], begin, end };
    }
}

/* First steps from tokens [begin, end): those alive go into m->run. */
static size_t start_runs(Matcher *m, unsigned root, const Token *token, uint32_t begin, uint32_t end, Matches *ret)
{
    size_t alive = 0;
    for (uint32_t i = begin; i < end; i++) {
        bool start = i == 0 || token[i].flags & TOKEN_STARTS_SENTENCE || token[i - 1].symbol <= SYM_QUESTION;
        uint32_t state = m->first[root][start][token[i].symbol];
        if (UNLIKELY(state == UNBUILT)) state = build_first(m, root, start, token[i].symbol);
        if (state == DEAD) continue;
        __builtin_prefetch(&m->state[state & STATE_INDEX]);
        m->run[alive++] = (Run){ i, state };
    }
    for (size_t i = 0; i < alive; i++)
        if (m->run[i].state & STATE_ACCEPTS) add_matches(m, ret, m->run[i].state, m->run[i].begin, m->run[i].begin + 1);
    return alive;
}

/* Whether something that the state needs comes soon enough; `token` is the next one. */
static inline bool need_is_met(const State *s, const Token *token, size_t count)
{
    uint32_t words = 0;
    for (size_t i = 0; i < count && words < s->reach; i++) {
        if (filter_has(&s->need, token[i].symbol)) return true;
        if (token[i].symbol <= SYM_QUESTION) return false;
        words += token[i].symbol != SYM_COMMA;
    }
    return false;
}

void matcher_run(Matcher *m, unsigned root, const Token *token, size_t count, Matches *ret)
{
    for (uint32_t begin = 0; begin < count; begin += PARTY) {
        if (UNLIKELY(m->state_count > MATCHER_STATES_MAX || m->nodes.count > MATCHER_NODES_MAX ||
                     m->step_used > MATCHER_STEPS_MAX))
            forget_all(m);
        size_t alive = start_runs(m, root, token, begin, (uint32_t)MIN(count, begin + PARTY), ret);
        for (uint32_t length = 1; alive && length < MATCH_TOKENS_MAX; length++) {
            /* Those that go on ask for their step's slot first, so that the slots come while others are asked. */
            size_t going = 0, still = 0;
            for (size_t i = 0; i < alive; i++) {
                Run run = m->run[i];
                if (run.begin + length >= count) continue;
                Symbol symbol = token[run.begin + length].symbol;
                const State *s = &m->state[run.state & STATE_INDEX];
                if (!filter_has(&s->next, symbol)) continue;
                if (run.state & STATE_GAP && !need_is_met(s, &token[run.begin + length], count - run.begin - length))
                    continue;
                Step key = step_key(run.state, symbol);
                if ((m->front[front_slot(key)] ^ key) >= STEP_STATES) __builtin_prefetch(&m->step[step_slot(m, key)]);
                m->symbol[going] = symbol;
                m->run[going++] = run;
            }
            for (size_t i = 0; i < going; i++) {
                Run run = m->run[i];
                run.state = take_step(m, run.state, m->symbol[i]);
                if (run.state == DEAD) continue;
                __builtin_prefetch(&m->state[run.state & STATE_INDEX]);
                m->run[still++] = run;
            }
            for (size_t i = 0; i < still; i++)
                if (m->run[i].state & STATE_ACCEPTS)
                    add_matches(m, ret, m->run[i].state, m->run[i].begin, m->run[i].begin + length + 1);
            alive = still;
        }
    }
}

void matches_clear(Matches *matches)
{
    free(matches->item);
    *matches = (Matches){ 0 };
}
