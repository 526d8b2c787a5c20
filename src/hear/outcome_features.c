/* outcome_features.c -- see outcome_features.h. */
#include "hear/outcome_features.h"

enum { SIGNALS_MAX = 64 };

struct OutcomeKeys {
    uint64_t *symbol;    /* of its word, or of "<number>" and the like */
    uint64_t *behaviour; /* of its id */
    uint8_t *signal;     /* by rule: from 1, which of the rules of the signal "outcome" */
    uint64_t signal_key[SIGNALS_MAX];
    Str signal_name[SIGNALS_MAX];
    uint32_t signals;
    uint16_t refusal, shield, bad_news, remedy, options, can_do, handover, asks_supervisor, satisfied;
};

static const char *const SHAPE[SYM_FIRST_WORD] = {
    [SYM_STOP] = "<stop>",       [SYM_QUESTION] = "<question>", [SYM_COMMA] = "<comma>",   [SYM_WORD] = "<word>",
    [SYM_CAPITAL] = "<capital>", [SYM_NUMBER] = "<number>",     [SYM_ORDINAL] = "<nth>",   [SYM_MONEY] = "<money>",
    [SYM_CLOCK] = "<clock>",     [SYM_DATE] = "<date>",         [SYM_PERCENT] = "<share>", [SYM_CODE] = "<code>",
    [SYM_NAME] = "<name>",       [SYM_PLACEHOLDER] = "<hidden>"
};

/* Groups but FACTS, as their names begin. */
static const char *const GROUP[OUTCOME_GROUPS] = {
    "", "customer_last", "customer_before", "staff_last", "staff_before", "customer_first", "customer_all", "staff_all"
};

static uint64_t mixed(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    uint64_t x = (a ^ 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;
    x = ((x ^ x >> 32) + b) * 0xc4ceb9fe1a85ec53u;
    x = ((x ^ x >> 29) + c) * 0x94d049bb133111ebu;
    x = ((x ^ x >> 31) + d) * 0xff51afd7ed558ccdu;
    return x ^ x >> 30;
}

static uint16_t behaviour_named(const Rules *rules, Str id)
{
    for (uint16_t i = 0; i < rules->behaviour_count; i++)
        if (str_equal(rules->behaviour[i].id, id)) return i;
    return NO_BEHAVIOUR;
}

OutcomeKeys *outcome_keys_open(const Rules *rules, Arena *arena)
{
    OutcomeKeys *ret = ARENA_NEW(arena, OutcomeKeys, 1);
    uint32_t symbols = rules->vocabulary.symbol_count;
    ret->symbol = ARENA_NEW(arena, uint64_t, symbols + 1);
    ret->behaviour = ARENA_NEW(arena, uint64_t, rules->behaviour_count + 1);
    for (uint32_t i = 0; i < symbols; i++)
        ret->symbol[i] = word_hash(i < SYM_FIRST_WORD ? str_from(SHAPE[i]) : rules->vocabulary.name[i]);
    for (uint32_t i = 0; i < rules->behaviour_count; i++) ret->behaviour[i] = word_hash(rules->behaviour[i].id);
    ret->signal = ARENA_NEW(arena, uint8_t, rules->rule_count + 1);
    for (uint32_t i = 0; i < rules->rule_count && ret->signals < SIGNALS_MAX; i++) {
        if (!str_equal(rules->rule[i].signal, STR("outcome"))) continue;
        ret->signal_name[ret->signals] = rules->rule[i].name;
        ret->signal_key[ret->signals] = word_hash(rules->rule[i].name);
        ret->signal[i] = (uint8_t)++ret->signals;
    }
    ret->refusal = behaviour_named(rules, STR("harm.bare_refusal"));
    ret->shield = behaviour_named(rules, STR("harm.policy_shield"));
    ret->bad_news = behaviour_named(rules, STR("clarity.bad_news"));
    ret->remedy = behaviour_named(rules, STR("recovery.remedy"));
    ret->options = behaviour_named(rules, STR("negotiation.options"));
    ret->can_do = behaviour_named(rules, STR("clarity.can_do"));
    ret->handover = behaviour_named(rules, STR("deescalate.handover"));
    ret->asks_supervisor = behaviour_named(rules, STR("customer.asks_supervisor"));
    ret->satisfied = behaviour_named(rules, STR("customer.satisfied"));
    return ret;
}

/* --- facts: "kind", "kind:behaviour", "kind=number" --------------------------------- */

static void fact(OutcomeSink *sink, Str kind, uint64_t about, Str about_name, uint64_t value)
{
    if (sink->name) {
        sink->name->len = 0;
        buf_add(sink->name, kind);
        if (about) {
            buf_char(sink->name, ':');
            buf_add(sink->name, about_name);
        }
        buf_char(sink->name, '=');
        buf_u64(sink->name, value);
    }
    sink->take(sink, OUTCOME_FACTS, mixed(OUTCOME_FACTS, word_hash(kind), about, value));
}

static void number(OutcomeSink *sink, Str kind, uint64_t value) { fact(sink, kind, 0, STR(""), value); }

static void yes(OutcomeSink *sink, Str kind, bool value)
{
    if (value) number(sink, kind, 1);
}

/* 0 1 2 3-4 5-8 9-14 15-22 23-40 41- */
static uint64_t size_class(uint64_t n)
{
    return n < 3 ? n : n < 5 ? 3 : n < 9 ? 4 : n < 15 ? 5 : n < 23 ? 6 : n < 41 ? 7 : 8;
}

/* Of an emotion in hundredths: 0 very sour to 5 very glad, 2 says nothing. */
static uint64_t mood(int value)
{
    return value < -50 ? 0 : value < -10 ? 1 : value <= 10 ? 2 : value <= 40 ? 3 : value <= 70 ? 4 : 5;
}

/* Where the turns that matter most stand. */
enum { END_TURNS = 4, FIRST_TURNS = 4 };

typedef struct Places {
    uint32_t judged, end, early, late; /* end: first of the last turns; early: past the first; late: last third */
    uint32_t customer[2], staff[2], first[2]; /* newest first; first: the customer's first two.  UINT32_MAX: none */
    uint32_t customer_tail, staff_tail;       /* turns after the other party's last */
    bool system_after;                        /* the system says something after the customer's last turn */
} Places;

static Places find_places(const Hearing *h, const Conversation *c)
{
    Places p = { .customer = { UINT32_MAX, UINT32_MAX },
                 .staff = { UINT32_MAX, UINT32_MAX },
                 .first = { UINT32_MAX, UINT32_MAX } };
    uint32_t nth = 0, customers = 0, staff = 0, firsts = 0;
    for (uint32_t i = 0; i < c->utterance_count; i++) p.judged += h->turn[i].judged;
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        if (!h->turn[i].judged) continue;
        bool customer = c->utterance[i].role == ROLE_CUSTOMER;
        if (nth < FIRST_TURNS) p.early = i + 1;
        if (nth + END_TURNS < p.judged) p.end = i + 1;
        if (3 * nth < 2 * p.judged) p.late = i;
        if (customer && firsts < 2) p.first[firsts++] = i;
        nth++;
    }
    for (uint32_t i = c->utterance_count; i-- > 0;) {
        if (!h->turn[i].judged) {
            p.system_after |= customers == 0 && c->utterance[i].role == ROLE_SYSTEM;
            continue;
        }
        if (c->utterance[i].role == ROLE_CUSTOMER) {
            if (staff == 0) p.customer_tail++;
            if (customers < 2) p.customer[customers] = i;
            customers++;
        } else {
            if (customers == 0) p.staff_tail++;
            if (staff < 2) p.staff[staff] = i;
            staff++;
        }
    }
    return p;
}

enum { WHERE_ANY, WHERE_OFTEN, WHERE_EARLY, WHERE_LATE, WHERE_END, WHERE_LAST, WHERE_BEFORE, WHERE_COUNT };
static const char *const WHERE[WHERE_COUNT] = { "any", "often", "early", "late", "end", "last", "before" };
enum { OFTEN = 3, BEHAVIOURS_MAX = 1024 };

/* `last`: in the last turn of whose behaviour it is; `before`: in the one before that. */
static void add_marked(const OutcomeKeys *keys, const Hearing *h, const Conversation *c, const Places *p,
                       OutcomeSink *sink)
{
    uint8_t where[BEHAVIOURS_MAX] = { 0 }, count[BEHAVIOURS_MAX] = { 0 };
    uint32_t behaviours = MIN(h->rules->behaviour_count, BEHAVIOURS_MAX);
    for (size_t i = 0; i < h->mark_count; i++) {
        const Mark *mark = &h->mark[i];
        if (mark->behaviour >= behaviours) continue;
        const uint32_t *last = c->utterance[mark->utterance].role == ROLE_CUSTOMER ? p->customer : p->staff;
        uint8_t *bits = &where[mark->behaviour];
        if (count[mark->behaviour] < OFTEN) count[mark->behaviour]++;
        *bits |= 1 << WHERE_ANY;
        if (count[mark->behaviour] == OFTEN) *bits |= 1 << WHERE_OFTEN;
        if (mark->utterance < p->early) *bits |= 1 << WHERE_EARLY;
        if (mark->utterance > p->late) *bits |= 1 << WHERE_LATE;
        if (mark->utterance >= p->end) *bits |= 1 << WHERE_END;
        if (mark->utterance == last[0]) *bits |= 1 << WHERE_LAST;
        if (mark->utterance == last[1]) *bits |= 1 << WHERE_BEFORE;
    }
    for (uint32_t b = 0; b < behaviours; b++)
        for (unsigned w = 0; where[b] && w < WHERE_COUNT; w++)
            if (where[b] >> w & 1) fact(sink, str_from(WHERE[w]), keys->behaviour[b], h->rules->behaviour[b].id, 1);
#define AT(behaviour, place) ((behaviour) < behaviours && (where[behaviour] >> (place)&1))
    bool no = AT(keys->refusal, WHERE_LATE) || AT(keys->shield, WHERE_LATE) || AT(keys->bad_news, WHERE_LATE);
    bool help = AT(keys->remedy, WHERE_LATE) || AT(keys->options, WHERE_LATE) || AT(keys->can_do, WHERE_LATE);
    yes(sink, STR("refused_late"), no && !help);
    yes(sink, STR("refused_and_helped_late"), no && help);
    yes(sink, STR("helped_late"), help && !no);
    yes(sink, STR("taken_over"), AT(keys->asks_supervisor, WHERE_ANY) && AT(keys->handover, WHERE_ANY));
    yes(sink, STR("not_taken_over"), AT(keys->asks_supervisor, WHERE_ANY) && !AT(keys->handover, WHERE_ANY));
    yes(sink, STR("helped_and_glad"), AT(keys->remedy, WHERE_ANY) && AT(keys->satisfied, WHERE_LATE));
#undef AT
}

static const char *const SAID[WHERE_COUNT] = { "said",     "said_often", "said_early", "said_late",
                                               "said_end", "said_last",  "said_before" };

/* Likewise for words that say how it comes out (rules of the signal "outcome"). */
static void add_said(const OutcomeKeys *keys, const Hearing *h, const Conversation *c, const Places *p,
                     OutcomeSink *sink)
{
    uint8_t where[SIGNALS_MAX] = { 0 };
    for (size_t i = 0; i < h->signals.count; i++) {
        const SignalHit *hit = &h->signals.item[i];
        unsigned signal = keys->signal[hit->rule];
        if (!signal) continue;
        const uint32_t *last = c->utterance[hit->utterance].role == ROLE_CUSTOMER ? p->customer : p->staff;
        uint8_t *bits = &where[signal - 1];
        *bits |= 1 << WHERE_ANY;
        if (hit->utterance > p->late) *bits |= 1 << WHERE_LATE;
        if (hit->utterance >= p->end) *bits |= 1 << WHERE_END;
        if (hit->utterance == last[0]) *bits |= 1 << WHERE_LAST;
        if (hit->utterance == last[1]) *bits |= 1 << WHERE_BEFORE;
    }
    for (uint32_t s = 0; s < keys->signals; s++)
        for (unsigned w = 0; where[s] && w < WHERE_COUNT; w++)
            if (where[s] >> w & 1) fact(sink, str_from(SAID[w]), keys->signal_key[s], keys->signal_name[s], 1);
}

static void add_emotion(const Reading *r, OutcomeSink *sink)
{
    size_t n = r->emotion.count;
    int least = 0, most = 0, first = 0;
    if (n == 0) return;
    for (size_t i = 0; i < n; i++) {
        least = MIN(least, r->emotion.item[i].value);
        most = MAX(most, r->emotion.item[i].value);
        if (i < 2) first += r->emotion.item[i].value;
    }
    int last = r->emotion.item[n - 1].value, before = n > 1 ? r->emotion.item[n - 2].value : 0;
    number(sink, STR("mood_last"), mood(last));
    number(sink, STR("mood_before"), mood(before));
    number(sink, STR("mood_end"), mood(last + before));
    number(sink, STR("mood_first"), mood(first));
    number(sink, STR("mood_least"), mood(least));
    number(sink, STR("mood_most"), mood(most));
    yes(sink, STR("mood_mended"), least < -30 && last + before > 10);
    yes(sink, STR("mood_stays_sour"), least < -30 && last + before < -10);
}

/* How much of what was demanded comes back in staff's last turns, in thirds. */
enum { STEMS_MAX = 24 };
static void add_demand_back(const Hearing *h, const Conversation *c, const Places *p, const Reading *r,
                            OutcomeSink *sink)
{
    uint64_t stem[STEMS_MAX];
    uint32_t count = 0, back = 0;
    for (size_t s = 0; s < r->demand.count; s++) {
        const Span *span = &r->demand.item[s];
        const Turn *turn = &h->turn[span->utterance];
        for (uint32_t i = 0; i < turn->token_count && count < STEMS_MAX; i++) {
            const Token *token = &h->tokens.item[turn->first_token + i];
            if (token->begin < span->begin || token->end > span->end) continue;
            uint64_t one = stem_of(h->rules, c->utterance[span->utterance].text, token);
            if (one) stem[count++] = one;
        }
    }
    if (count == 0) return;
    for (uint32_t s = 0; s < count; s++) {
        bool found = false;
        for (uint32_t u = p->end; u < c->utterance_count && !found; u++) {
            const Turn *turn = &h->turn[u];
            if (!turn->judged || c->utterance[u].role != ROLE_AGENT) continue;
            for (uint32_t i = 0; i < turn->token_count && !found; i++)
                found = stem_of(h->rules, c->utterance[u].text, &h->tokens.item[turn->first_token + i]) == stem[s];
        }
        back += found;
    }
    number(sink, STR("demand_back"), (3 * back + count - 1) / count);
}

static bool asks(const Hearing *h, uint32_t utterance)
{
    if (utterance == UINT32_MAX) return false;
    const Turn *turn = &h->turn[utterance];
    return turn->token_count && h->tokens.item[turn->first_token + turn->token_count - 1].symbol == SYM_QUESTION;
}

static uint32_t words_of(const Hearing *h, uint32_t utterance)
{
    return utterance == UINT32_MAX ? 0 : h->turn[utterance].word_count;
}

static uint32_t staff_people(const Conversation *c)
{
    uint32_t first = NO_PARTICIPANT;
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        const Utterance *u = &c->utterance[i];
        if (u->role != ROLE_AGENT || u->participant == NO_PARTICIPANT) continue;
        if (first == NO_PARTICIPANT)
            first = u->participant;
        else if (u->participant != first)
            return 2;
    }
    return 1;
}

static void add_shape(const Hearing *h, const Conversation *c, const Places *p, const Reading *r, OutcomeSink *sink)
{
    uint32_t open = 0;
    number(sink, STR("channel"), (uint64_t)c->channel);
    number(sink, STR("turns"), size_class(p->judged));
    number(sink, STR("staff_tail"), MIN(p->staff_tail, 3));
    number(sink, STR("customer_tail"), MIN(p->customer_tail, 3));
    yes(sink, STR("system_after"), p->system_after);
    yes(sink, STR("staff_people"), staff_people(c) > 1);
    number(sink, STR("customer_last_words"), size_class(words_of(h, p->customer[0])));
    number(sink, STR("customer_before_words"), size_class(words_of(h, p->customer[1])));
    number(sink, STR("staff_last_words"), size_class(words_of(h, p->staff[0])));
    yes(sink, STR("customer_last_asks"), asks(h, p->customer[0]));
    yes(sink, STR("staff_last_asks"), asks(h, p->staff[0]));
    for (size_t i = 0; i < r->promises.count; i++) open += r->promises.item[i].span.utterance >= p->end;
    number(sink, STR("promises"), MIN(r->promises.count, 4));
    number(sink, STR("promises_at_end"), MIN(open, 2));
    yes(sink, STR("asked_twice"), r->asked_twice.count > 0);
}

/* --- words: "group:one two" -------------------------------------------------------------- */

static uint64_t word_key(const OutcomeKeys *keys, const Token *token)
{
    return token->symbol == SYM_WORD || token->symbol == SYM_CAPITAL ? token->hash : keys->symbol[token->symbol];
}

static void name_word(const Hearing *h, Str text, const Token *token, Arena *arena, Buf *name)
{
    if (token->symbol >= SYM_FIRST_WORD)
        buf_add(name, h->rules->vocabulary.name[token->symbol]);
    else if (token->symbol == SYM_WORD || token->symbol == SYM_CAPITAL)
        buf_add(name, word_fold(arena, str_sub(text, token->begin, token->end)));
    else
        buf_add(name, str_from(SHAPE[token->symbol]));
}

typedef struct Saying {
    const OutcomeKeys *keys;
    const Hearing *h;
    const Conversation *c;
    OutcomeSink *sink;
} Saying;

static void say_words(const Saying *s, OutcomeGroup group, Str text, const Token *const *token, unsigned count)
{
    uint64_t key[3] = { 0 };
    for (unsigned i = 0; i < count; i++) key[i] = word_key(s->keys, token[i]);
    if (s->sink->name) {
        Arena arena = { 0 };
        s->sink->name->len = 0;
        buf_add(s->sink->name, str_from(GROUP[group]));
        for (unsigned i = 0; i < count; i++) {
            buf_char(s->sink->name, i ? ' ' : ':');
            name_word(s->h, text, token[i], &arena, s->sink->name);
        }
        arena_clear(&arena);
    }
    s->sink->take(s->sink, group, mixed(group, key[0], key[1], key[2]));
}

/* `most`: how many words a feature has at most. */
static void add_words(const Saying *s, OutcomeGroup group, uint32_t utterance, unsigned most)
{
    if (utterance == UINT32_MAX) return;
    const Turn *turn = &s->h->turn[utterance];
    Str text = s->c->utterance[utterance].text;
    const Token *last[3] = { NULL, NULL, NULL };
    for (uint32_t i = 0; i < turn->token_count; i++) {
        const Token *token = &s->h->tokens.item[turn->first_token + i];
        if (!token_is_word(token)) continue;
        last[0] = last[1];
        last[1] = last[2];
        last[2] = token;
        for (unsigned count = 1; count <= most && last[3 - count]; count++)
            say_words(s, group, text, &last[3 - count], count);
    }
}

void outcome_features(const OutcomeKeys *keys, const Hearing *h, const Conversation *c, const Reading *reading,
                      OutcomeSink *sink)
{
    Places p = find_places(h, c);
    add_marked(keys, h, c, &p, sink);
    add_said(keys, h, c, &p, sink);
    add_emotion(reading, sink);
    add_demand_back(h, c, &p, reading, sink);
    add_shape(h, c, &p, reading, sink);
    Saying s = { keys, h, c, sink };
    add_words(&s, OUTCOME_CUSTOMER_LAST, p.customer[0], 3);
    add_words(&s, OUTCOME_CUSTOMER_BEFORE, p.customer[1], 2);
    add_words(&s, OUTCOME_STAFF_LAST, p.staff[0], 3);
    add_words(&s, OUTCOME_STAFF_BEFORE, p.staff[1], 2);
    add_words(&s, OUTCOME_CUSTOMER_FIRST, p.first[0], 2);
    add_words(&s, OUTCOME_CUSTOMER_FIRST, p.first[1], 2);
    for (uint32_t i = 0; i < c->utterance_count; i++)
        if (h->turn[i].judged)
            add_words(&s, c->utterance[i].role == ROLE_CUSTOMER ? OUTCOME_CUSTOMER : OUTCOME_STAFF, i, 2);
}

/* --- from a name ----------------------------------------------------------------------------- */

bool outcome_feature_named(Str name, OutcomeGroup *group, uint64_t *ret)
{
    Str rest = name, kind, word;
    if (!str_next_part(&rest, ':', &kind)) return false;
    for (unsigned g = OUTCOME_FACTS + 1; g < OUTCOME_GROUPS; g++) {
        if (!str_equal(kind, str_from(GROUP[g]))) continue;
        uint64_t key[3] = { 0 };
        unsigned count = 0;
        while (str_next_part(&rest, ' ', &word)) {
            if (count == COUNT(key) || word.len == 0) return false;
            key[count++] = word_hash(word);
        }
        *group = (OutcomeGroup)g;
        *ret = mixed(g, key[0], key[1], key[2]);
        return count > 0;
    }
    Str value = rest.len ? rest : name, about = { 0 };
    int64_t n;
    if (!str_next_part(&value, '=', rest.len ? &about : &kind) || !str_to_i64(value, &n) || n < 0) return false;
    *group = OUTCOME_FACTS;
    *ret = mixed(OUTCOME_FACTS, word_hash(kind), about.len ? word_hash(about) : 0, (uint64_t)n);
    return true;
}
