/* matcher.c -- finds an Automaton's phrases in texts; see automaton.h.
 *
 * DFA states are sorted lists of NFA nodes, found again by hash, made as texts ask for them.  Each state keeps the
 * steps that texts took from it in a small table of its own: a dense one would be 60,000 x 8,000 entries, of which
 * texts use a few in ten thousand.  The first step, taken from every token, has a dense row.
 *
 * What costs time is not work but waiting for memory: runs are taken in parties, and what a run asks next is sent for
 * while the others are looked at.
 */
#include "base/memory.h"
#include "hear/automaton_parts.h"

#include <stdlib.h>

/* States are named by their index and by two bits of what they are, so that most runs need not look at them. */
enum { DEAD = 0, STATE_ACCEPTS = 1 << 30, STATE_GAP = 1 << 29, STATE_INDEX = STATE_GAP - 1 };
#define UNBUILT UINT32_MAX

/* What a state is asked at every token, as small as can be: most of them stay near the processor. */
typedef struct State {
    uint64_t next;  /* near_bit of symbols that may lead on: many steps are seen to end here */
    uint32_t cells; /* known steps: 2^bits cells of matcher->cell, by the symbol's slot */
    uint8_t bits;
} State;

/* What it is asked seldom. */
typedef struct Detail {
    Filter need;                    /* in a gap: one of these must come within `reach` words, or nothing will */
    uint32_t reach;                 /* 0: not in a gap, or any word will do */
    uint32_t accepts, accept_count; /* in matcher->accepts: phrases, sorted */
    uint32_t nodes, node_count;     /* in matcher->nodes; sorted */
    uint32_t cells_used;
    bool nothing_read; /* a group's: a comma before its first word is not stepped over */
} Detail;

/* A known step: symbol + 1 above, the state it leads to below; 0 is an empty one. */
typedef uint64_t Cell;

static inline uint32_t cell_slot(Symbol symbol, unsigned bits) { return (uint32_t)symbol * 0x9E3779B1u >> (32 - bits); }

/* A run that is still alive: where it began, where its piece ends, and the state it is in. */
typedef struct Run {
    uint32_t begin, past, state, piece;
} Run;

/* Runs are taken in parties of so many: their steps do not wait for one another. */
enum { PARTY = 1024, CELL_BITS_FIRST = 1 };

struct Matcher {
    const Automaton *automaton;
    uint32_t *first[ROOTS][2]; /* by symbol: state after the first step, UNBUILT when not known yet */
    uint32_t *from_nothing;    /* by group, twice: its state before any token, anywhere and where a sentence starts */
    State *state;
    Detail *detail; /* by state */
    uint32_t state_count, state_capacity;
    NodeList nodes, accepts;
    uint32_t *by_hash; /* states by their node lists; 0: empty */
    uint32_t by_hash_mask;
    Cell *cell;
    uint32_t cell_count, cell_capacity;
    Run run[PARTY];
    uint32_t place[PARTY]; /* the cell where each run's step should stand */
    uint32_t *seen, stamp;
    NodeList stack, gathered;
};

static void forget_all(Matcher *m)
{
    m->nodes.count = m->accepts.count = 0;
    m->state_count = 1; /* DEAD */
    m->state[0] = (State){ 0 };
    m->detail[0] = (Detail){ 0 };
    memset(m->by_hash, 0, (m->by_hash_mask + 1) * sizeof *m->by_hash);
    m->cell_count = 0;
    memset(m->from_nothing, 0, 2 * m->automaton->group_count * sizeof *m->from_nothing);
    for (unsigned root = 0; root < ROOTS; root++)
        for (unsigned start = 0; start < 2; start++)
            memset(m->first[root][start], 0xFF, m->automaton->symbol_count * sizeof(uint32_t));
}

Matcher *matcher_new(const Automaton *a)
{
    Matcher *m = memory_must(calloc(1, sizeof *m));
    m->automaton = a;
    m->state_capacity = 1024;
    m->state = memory_table(m->state_capacity * sizeof *m->state);
    m->detail = memory_table(m->state_capacity * sizeof *m->detail);
    m->by_hash_mask = (1u << 17) - 1;
    m->by_hash = memory_table((m->by_hash_mask + 1) * sizeof *m->by_hash);
    m->cell_capacity = 1u << 14;
    m->cell = memory_table(m->cell_capacity * sizeof *m->cell);
    m->seen = memory_must(calloc(a->node_count + 1, sizeof *m->seen));
    m->from_nothing = memory_must(malloc(2 * a->group_count * sizeof *m->from_nothing));
    for (unsigned root = 0; root < ROOTS; root++)
        for (unsigned start = 0; start < 2; start++)
            m->first[root][start] = memory_must(malloc((a->symbol_count + 1) * sizeof(uint32_t)));
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
    free(m->detail);
    free(m->cell);
    free(m->seen);
    free(m->from_nothing);
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

enum { REACH_MAX = 24 };

/* What must come behind the gap that `node` stands in, and how far away at most.  False: any word will do. */
static bool look_past_gap(const Automaton *a, Node at, uint32_t depth, Detail *ret, int *budget)
{
    if (--*budget < 0 || depth > REACH_MAX) return false;
    const NodeData *node = &a->node[at];
    switch ((NodeKind)node->kind) {
    case NODE_EITHER:
        return look_past_gap(a, node->value, depth, ret, budget) && look_past_gap(a, node->next, depth, ret, budget);
    case NODE_ANY: return look_past_gap(a, node->next, depth + 1, ret, budget);
    case NODE_ACCEPT: return depth == 0; /* it has ended already, whatever comes */
    default:
        automaton_may_read(a, node, &ret->need);
        ret->reach = MAX(ret->reach, depth + 1);
        return true;
    }
}

static void find_need(const Matcher *m, const NodeList *nodes, Detail *ret)
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
    const Detail *s = &m->detail[index];
    return index | (s->accept_count ? (uint32_t)STATE_ACCEPTS : 0) | (s->reach ? (uint32_t)STATE_GAP : 0);
}

/* A larger table with what the old one held. */
static void *moved(void *old, size_t bytes, size_t more)
{
    void *table = memory_table(more);
    memcpy(table, old, bytes);
    free(old);
    return table;
}

static uint32_t cells_new(Matcher *m, unsigned bits)
{
    uint32_t count = 1u << bits;
    while (m->cell_count + count > m->cell_capacity) {
        m->cell = moved(m->cell, m->cell_count * sizeof *m->cell, 2 * (size_t)m->cell_capacity * sizeof *m->cell);
        m->cell_capacity *= 2;
    }
    memset(m->cell + m->cell_count, 0, count * sizeof *m->cell);
    m->cell_count += count;
    return m->cell_count - count;
}

/* near_bit of what a node may read. */
static uint64_t node_near(const Automaton *a, const NodeData *node)
{
    switch ((NodeKind)node->kind) {
    case NODE_SYMBOL: return near_bit((Symbol)node->value);
    case NODE_SET: return a->set_near[node->value];
    case NODE_ANY: return UINT64_MAX;
    case NODE_END: return near_bit(SYM_STOP) | near_bit(SYM_QUESTION);
    default: return 0;
    }
}

/* A new state of the nodes in m->gathered, which are in order. */
static uint32_t make_state(Matcher *m, bool nothing_read)
{
    NodeList *g = &m->gathered;
    if (m->state_count == m->state_capacity) {
        m->state = moved(m->state, m->state_count * sizeof *m->state, 2 * m->state_capacity * sizeof *m->state);
        m->detail = moved(m->detail, m->state_count * sizeof *m->detail, 2 * m->state_capacity * sizeof *m->detail);
        m->state_capacity *= 2;
    }
    State made = { .cells = cells_new(m, CELL_BITS_FIRST), .bits = CELL_BITS_FIRST };
    Detail detail = {
        .nodes = m->nodes.count, .node_count = g->count, .accepts = m->accepts.count, .nothing_read = nothing_read
    };
    for (uint32_t i = 0; i < g->count; i++) {
        const NodeData *node = &m->automaton->node[g->item[i]];
        if (node->kind == NODE_ACCEPT) list_push(&m->accepts, node->value);
        made.next |= node_near(m->automaton, node);
        if (node->kind != NODE_ACCEPT && !nothing_read) made.next |= near_bit(SYM_COMMA); /* it is stepped over */
        list_push(&m->nodes, g->item[i]);
    }
    find_need(m, g, &detail);
    detail.accept_count = m->accepts.count - detail.accepts;
    if (detail.accept_count > 1) { /* several ends of one phrase count once */
        Node *accept = m->accepts.item + detail.accepts;
        uint32_t kept = 1;
        sort_nodes(accept, detail.accept_count);
        for (uint32_t i = 1; i < detail.accept_count; i++)
            if (accept[i] != accept[kept - 1]) accept[kept++] = accept[i];
        detail.accept_count = kept;
        m->accepts.count = detail.accepts + kept;
    }
    m->state[m->state_count] = made;
    m->detail[m->state_count] = detail;
    return m->state_count++;
}

/* The state with the nodes in m->gathered; made when it is new.  `nothing_read`: a comma before its first word is not
 * stepped over. */
static uint32_t state_of_gathered(Matcher *m, bool nothing_read)
{
    NodeList *g = &m->gathered;
    if (g->count == 0) return DEAD;
    sort_nodes(g->item, g->count);
    uint32_t at = (uint32_t)(list_hash(g->item, g->count) + nothing_read) & m->by_hash_mask;
    for (; m->by_hash[at]; at = (at + 1) & m->by_hash_mask) {
        const Detail *s = &m->detail[m->by_hash[at]];
        if (s->node_count == g->count && s->nothing_read == nothing_read &&
            memcmp(m->nodes.item + s->nodes, g->item, g->count * sizeof(Node)) == 0)
            return state_name(m, m->by_hash[at]);
    }
    m->by_hash[at] = make_state(m, nothing_read);
    return state_name(m, m->by_hash[at]);
}

static uint32_t build_first(Matcher *m, unsigned root, bool start, Symbol symbol)
{
    const RootIndex *index = &m->automaton->root[root][start];
    new_stamp(m);
    m->gathered.count = 0;
    for (uint32_t i = index->begin[symbol]; i < index->begin[symbol + 1]; i++)
        automaton_close(m->automaton, index->target[i], m->seen, m->stamp, &m->stack, &m->gathered);
    return m->first[root][start][symbol] = state_of_gathered(m, false);
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
    const Automaton *a = m->automaton;
    const Detail *s = &m->detail[from & STATE_INDEX];
    new_stamp(m);
    m->gathered.count = 0;
    for (uint32_t i = 0; i < s->node_count; i++) {
        Node at = m->nodes.item[s->nodes + i];
        const NodeData *node = &a->node[at];
        if (reads(a, node, symbol)) automaton_close(a, node->next, m->seen, m->stamp, &m->stack, &m->gathered);
        /* A comma is stepped over by whoever does not ask for it; what had ended before it stays ended. */
        if (symbol == SYM_COMMA && node->kind != NODE_ACCEPT && !s->nothing_read && m->seen[at] != m->stamp) {
            m->seen[at] = m->stamp;
            list_push(&m->gathered, at);
        }
    }
    return state_of_gathered(m, false);
}

/* The cell of a symbol among a state's, or the empty one where it would stand; `at` is where it is looked for first. */
static inline uint32_t find_cell(const Matcher *m, const State *s, Symbol symbol, uint32_t at)
{
    uint32_t mask = (1u << s->bits) - 1;
    at -= s->cells;
    while (m->cell[s->cells + at] && m->cell[s->cells + at] >> 32 != (Cell)symbol + 1) at = (at + 1) & mask;
    return s->cells + at;
}

static uint32_t learn_step(Matcher *m, uint32_t from, Symbol symbol)
{
    uint32_t to = build_step(m, from, symbol);
    State *s = &m->state[from & STATE_INDEX];
    uint32_t used = ++m->detail[from & STATE_INDEX].cells_used;
    if (used * 4 > 3u << s->bits) { /* three in four are enough */
        State old = *s;
        s->bits++;
        s->cells = cells_new(m, s->bits);
        for (uint32_t i = 0; i < 1u << old.bits; i++) {
            Cell cell = m->cell[old.cells + i];
            if (!cell) continue;
            Symbol of = (Symbol)((cell >> 32) - 1);
            m->cell[find_cell(m, s, of, s->cells + cell_slot(of, s->bits))] = cell;
        }
    }
    m->cell[find_cell(m, s, symbol, s->cells + cell_slot(symbol, s->bits))] = ((Cell)symbol + 1) << 32 | to;
    return to;
}

static inline uint32_t take_step(Matcher *m, uint32_t from, Symbol symbol)
{
    const State *s = &m->state[from & STATE_INDEX];
    Cell cell = m->cell[find_cell(m, s, symbol, s->cells + cell_slot(symbol, s->bits))];
    return LIKELY(cell) ? (uint32_t)cell : learn_step(m, from, symbol);
}

static inline void add_match(Matches *ret, Match match)
{
    if (UNLIKELY(ret->count == ret->capacity)) {
        ret->capacity = ret->capacity ? ret->capacity * 2 : 256;
        ret->item = memory_must(realloc(ret->item, ret->capacity * sizeof *ret->item));
    }
    ret->item[ret->count++] = match;
}

static void add_matches(const Matcher *m, uint32_t state, Match match, Matches *ret)
{
    const Detail *s = &m->detail[state & STATE_INDEX];
    for (uint32_t i = 0; i < s->accept_count; i++) {
        match.phrase = m->accepts.item[s->accepts + i];
        add_match(ret, match);
    }
}

static bool starts_sentence(const Token *token, size_t at)
{
    return at == 0 || token[at].flags & TOKEN_STARTS_SENTENCE || token[at - 1].symbol <= SYM_QUESTION;
}

/* Whether something that the state needs comes soon enough; `token` is the next one. */
static inline bool need_is_met(const Detail *s, const Token *token, size_t count)
{
    uint32_t words = 0;
    for (size_t i = 0; i < count && words < s->reach; i++) {
        if (filter_has(&s->need, token[i].symbol)) return true;
        if (token[i].symbol <= SYM_QUESTION) return false;
        words += token[i].symbol != SYM_COMMA;
    }
    return false;
}

static inline bool may_go_on(const Matcher *m, uint32_t state, const Token *token, size_t count)
{
    return m->state[state & STATE_INDEX].next & near_bit(token->symbol) &&
           (!(state & STATE_GAP) || need_is_met(&m->detail[state & STATE_INDEX], token, count));
}

static bool is_full(const Matcher *m)
{
    return m->state_count > MATCHER_STATES_MAX || m->nodes.count > MATCHER_NODES_MAX ||
           m->cell_count > MATCHER_CELLS_MAX;
}

/* What will be asked of a state in the next round is sent for. */
static inline void send_for(const Matcher *m, uint32_t state)
{
    __builtin_prefetch(&m->state[state & STATE_INDEX]);
    if (state & (STATE_GAP | STATE_ACCEPTS)) {
        __builtin_prefetch(&m->detail[state & STATE_INDEX]);
        __builtin_prefetch((const char *)&m->detail[state & STATE_INDEX] + 64);
    }
}

/* Takes the runs in m->run, which have read one token, to their ends. */
static void run_party(Matcher *m, const Token *token, const Piece *piece, size_t alive, Matches *ret)
{
    for (uint32_t length = 1;; length++) {
        for (size_t i = 0; i < alive; i++) {
            const Run *run = &m->run[i];
            if (!(run->state & STATE_ACCEPTS)) continue;
            uint32_t begin = run->begin - piece[run->piece].first;
            add_matches(m, run->state, (Match){ 0, begin, begin + length, run->piece }, ret);
        }
        if (alive == 0 || length == MATCH_TOKENS_MAX) return;
        size_t going = 0, still = 0;
        for (size_t i = 0; i < alive; i++) {
            Run run = m->run[i];
            uint32_t at = run.begin + length;
            if (at >= run.past || !may_go_on(m, run.state, &token[at], run.past - at)) continue;
            const State *s = &m->state[run.state & STATE_INDEX];
            m->place[going] = s->cells + cell_slot(token[at].symbol, s->bits);
            __builtin_prefetch(&m->cell[m->place[going]]);
            m->run[going++] = run;
        }
        for (size_t i = 0; i < going; i++) {
            Run run = m->run[i];
            Symbol symbol = token[run.begin + length].symbol;
            Cell cell = m->cell[m->place[i]];
            if (LIKELY(cell >> 32 == (Cell)symbol + 1))
                run.state = (uint32_t)cell;
            else
                run.state = take_step(m, run.state, symbol);
            if (run.state == DEAD) continue;
            send_for(m, run.state);
            m->run[still++] = run;
        }
        alive = still;
    }
}

void matcher_run(Matcher *m, const Token *token, const Piece *piece, size_t pieces, Matches *ret)
{
    size_t alive = 0;
    for (uint32_t p = 0; p < pieces; p++) {
        const Token *text = token + piece[p].first;
        for (uint32_t i = 0; i < piece[p].count; i++) {
            if (UNLIKELY(alive == PARTY)) {
                run_party(m, token, piece, alive, ret);
                alive = 0;
                if (is_full(m)) forget_all(m);
            }
            bool start = starts_sentence(text, i);
            uint32_t state = m->first[piece[p].root][start][text[i].symbol];
            if (UNLIKELY(state == UNBUILT)) state = build_first(m, piece[p].root, start, text[i].symbol);
            if (state == DEAD) continue;
            send_for(m, state);
            m->run[alive++] = (Run){ piece[p].first + i, piece[p].first + piece[p].count, state, p };
        }
    }
    run_party(m, token, piece, alive, ret);
    if (is_full(m)) forget_all(m);
}

/* The state of a group that has read nothing yet. */
static uint32_t from_nothing(Matcher *m, uint32_t group, bool start)
{
    uint32_t *known = &m->from_nothing[2 * group + start];
    if (LIKELY(*known)) return *known;
    const Group *g = &m->automaton->group[group];
    new_stamp(m);
    m->gathered.count = 0;
    for (uint32_t i = 0; i < g->start_count; i++)
        if (start || !g->start[i].sentence_only)
            automaton_close(m->automaton, g->start[i].node, m->seen, m->stamp, &m->stack, &m->gathered);
    return *known = state_of_gathered(m, true);
}

enum { BEGINS_MAX = 32 };

/* Where matches of a group may begin: few at a time, so that their first steps do not wait for one another. */
typedef struct Begins {
    uint32_t at[BEGINS_MAX], count;
} Begins;

/* Matches that begin there; true when there is one and one is enough. */
static bool find_from(Matcher *m, uint32_t group, const Token *token, size_t count, Begins *begins, bool first_only,
                      Matches *ret)
{
    uint32_t going = 0;
    for (uint32_t i = 0; i < begins->count; i++) {
        const Token *t = &token[begins->at[i]];
        uint32_t state = from_nothing(m, group, starts_sentence(token, begins->at[i]));
        const State *s = &m->state[state & STATE_INDEX];
        if (!(s->next & near_bit(t->symbol))) continue;
        __builtin_prefetch(&m->cell[s->cells + cell_slot(t->symbol, s->bits)]);
        begins->at[going++] = begins->at[i];
    }
    begins->count = 0;
    for (uint32_t i = 0; i < going; i++) {
        uint32_t at = begins->at[i], state = from_nothing(m, group, starts_sentence(token, at));
        do {
            state = take_step(m, state, token[at++].symbol);
            if (state & STATE_ACCEPTS) {
                add_matches(m, state, (Match){ 0, begins->at[i], at, 0 }, ret);
                if (first_only) return true;
            }
        } while (state != DEAD && at < count && at - begins->at[i] < MATCH_TOKENS_MAX &&
                 may_go_on(m, state, &token[at], count - at));
    }
    return false;
}

void matcher_find(Matcher *m, uint32_t group, const Token *token, size_t count, uint32_t from, uint32_t to,
                  bool first_only, Matches *ret)
{
    const Group *g = &m->automaton->group[group];
    Begins begins = { .count = 0 };
    /* Between two words stands one comma at most: text.h. */
    uint32_t past = (uint32_t)MIN(count, (size_t)to + 2 * g->words_before);
    if (UNLIKELY(is_full(m))) forget_all(m);
    for (uint32_t at = from; at < past; at++) {
        if (LIKELY(!filter_has(&g->need, token[at].symbol))) continue;
        uint32_t begin = at;
        for (uint32_t words = 0; begin > from && words < g->words_before; begin--)
            words += token[begin - 1].symbol != SYM_COMMA;
        for (; begin <= at && begin < to; begin++) {
            if (!filter_has(&g->first, token[begin].symbol)) continue;
            begins.at[begins.count++] = begin;
            if (begins.count == BEGINS_MAX && find_from(m, group, token, count, &begins, first_only, ret)) return;
        }
        from = MIN(at + 1, to); /* what begins before it was sought already */
    }
    if (begins.count) find_from(m, group, token, count, &begins, first_only, ret);
}

void matches_clear(Matches *matches)
{
    free(matches->item);
    *matches = (Matches){ 0 };
}
