/* judge.c -- turn by turn: matches of phrases, tried against their rule's guards, become marks.
 *
 * In: a conversation whose roles are known.  Out: h->mark, ordered by turn and
 * place, and h->signals.  Work is linear in the text but for a logarithm: hits
 * are sorted by rule and place, and a guard is a search in them.
 */
#include "hear/hearing.h"

#include <stdlib.h>

void *hearing_room(void *list, size_t *capacity, size_t count, size_t size)
{
    if (count <= *capacity) return list;
    size_t more = MAX(count, *capacity + *capacity / 2 + 64);
    list = realloc(list, more * size);
    if (!list) abort();
    *capacity = more;
    return list;
}

enum { SHORT_TURN_WORDS = 4 }; /* "hello, is anybody there": nothing has been told yet */

/* --- reading a turn --------------------------------------------------------- */

/* A hit as one number that sorts by rule, kind, place, and the longest first. */
enum { KEY_LENGTH_BITS = 8, KEY_BEGIN_BITS = 32, KEY_KIND_BITS = 4 };
static_assert(MATCH_TOKENS_MAX < 1 << KEY_LENGTH_BITS && (int)PHRASE_KINDS <= 1 << KEY_KIND_BITS, "a hit fits its key");

static uint64_t hit_key(Hit hit)
{
    uint64_t length = (1u << KEY_LENGTH_BITS) - 1 - (hit.end - hit.begin);
    return (((uint64_t)hit.rule << KEY_KIND_BITS | hit.kind) << KEY_BEGIN_BITS | hit.begin) << KEY_LENGTH_BITS | length;
}

static Hit hit_of_key(uint64_t key)
{
    uint32_t begin = (uint32_t)(key >> KEY_LENGTH_BITS);
    return (Hit){ .rule = (uint32_t)(key >> (KEY_LENGTH_BITS + KEY_BEGIN_BITS + KEY_KIND_BITS)),
                  .kind = (uint32_t)(key >> (KEY_LENGTH_BITS + KEY_BEGIN_BITS)) & ((1u << KEY_KIND_BITS) - 1),
                  .begin = begin,
                  .end = begin + (1u << KEY_LENGTH_BITS) - 1 - (uint32_t)(key & ((1u << KEY_LENGTH_BITS) - 1)) };
}

/* Shell's method with Ciura's steps: few keys as a rule, no bad case when there are many. */
static void sort_keys(uint64_t *key, size_t count)
{
    static const size_t STEPS[] = { 4193796, 1355339, 438013, 141553, 45747, 14785, 4778, 1544,
                                    701,     301,     132,    57,     23,    10,    4,    1 };
    for (size_t s = 0; s < COUNT(STEPS); s++) {
        size_t step = STEPS[s];
        if (step * 2 > count && step > 1) continue;
        for (size_t i = step; i < count; i++) {
            uint64_t moving = key[i];
            size_t at = i;
            for (; at >= step && key[at - step] > moving; at -= step) key[at] = key[at - step];
            key[at] = moving;
        }
    }
}

/* Commas and stops that a phrase asked for at its ends are not evidence; a guard may be nothing else: `near ?`. */
static bool trim(const Token *token, PhraseKind kind, Match *match)
{
    Match whole = *match;
    while (match->begin < match->end && !token_is_word(&token[match->begin])) match->begin++;
    while (match->end > match->begin && !token_is_word(&token[match->end - 1])) match->end--;
    if (match->begin == match->end && kind != PHRASE_SAY) *match = whole;
    return match->begin < match->end;
}

/* Matches sorted into `ret`, behind what it holds: of those with one rule, kind and beginning the longest. */
static void take_hits(Hearing *h, const Token *token, const Match *item, size_t matches, Hits *ret)
{
    size_t count = 0;
    h->key = hearing_room(h->key, &h->key_capacity, matches, sizeof *h->key);
    for (size_t i = 0; i < matches; i++) {
        Match match = item[i];
        const Phrase *phrase = &h->rules->phrase[match.phrase];
        if (trim(token, phrase->kind, &match))
            h->key[count++] = hit_key((Hit){ phrase->rule, phrase->kind, match.begin, match.end });
    }
    sort_keys(h->key, count);
    ret->item = hearing_room(ret->item, &ret->capacity, ret->count + count, sizeof *ret->item);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || h->key[i] >> KEY_LENGTH_BITS != h->key[i - 1] >> KEY_LENGTH_BITS)
            ret->item[ret->count++] = hit_of_key(h->key[i]);
}

/* The turn's tokens, behind those of the turns before it. */
static void read_tokens(Hearing *h, const Utterance *u, Turn *turn)
{
    turn->first_token = (uint32_t)h->tokens.count;
    text_tokens(&h->tokens, &h->rules->vocabulary, (NameSet){ h->name, h->name_count }, u->text);
    turn->token_count = (uint32_t)h->tokens.count - turn->first_token;
    turn->word_count = 0;
    turn->punctuated = false;
    memset(turn->stems, 0, sizeof turn->stems);
    Token *token = &h->tokens.item[turn->first_token];
    for (uint32_t i = 0; i < turn->token_count; i++) {
        token[i].stem = stem_of(h->rules, u->text, &token[i]);
        if (token[i].stem && i < TURN_STEMS_TOKENS) turn_note_stem(turn, token[i].stem);
        turn->word_count += token_is_word(&token[i]) && !(token[i].flags & TOKEN_PART);
        if (i + 1 < turn->token_count && !token_is_word(&token[i])) turn->punctuated = true;
    }
    if (turn->token_count && token[turn->token_count - 1].begin < token[turn->token_count - 1].end)
        turn->punctuated = true;
}

static void take_turn_hits(Hearing *h, Turn *turn, const Match *match, size_t count)
{
    turn->first_hit = (uint32_t)h->hits.count;
    take_hits(h, &h->tokens.item[turn->first_token], match, count, &h->hits);
    turn->hit_count = (uint32_t)h->hits.count - turn->first_hit;
}

void judge_read_turn(Hearing *h, const Conversation *c, uint32_t utterance, unsigned root, Turn *turn)
{
    read_tokens(h, &c->utterance[utterance], turn);
    Piece piece = { turn->first_token, turn->token_count, root };
    h->matches.count = 0;
    matcher_run(h->matcher, h->tokens.item, &piece, 1, &h->matches);
    take_turn_hits(h, turn, h->matches.item, h->matches.count);
}

/* --- reading turns together ---------------------------------------------------- */

enum { TOKENS_TOGETHER = 4096 }; /* enough for the matcher's parties; what is found waits in memory */

/* Turns from `utterance` on, until there are tokens enough: their matches, by turn.  Returns the first turn not read.
 */
static uint32_t read_ahead(Hearing *h, const Conversation *c, uint32_t utterance)
{
    uint32_t first_token = (uint32_t)h->tokens.count;
    h->piece_count = 0;
    for (; utterance < c->utterance_count && h->tokens.count - first_token < TOKENS_TOGETHER; utterance++) {
        Turn *turn = &h->turn[utterance];
        if (!turn->judged) continue;
        read_tokens(h, &c->utterance[utterance], turn);
        h->piece = hearing_room(h->piece, &h->piece_capacity, h->piece_count + 1, sizeof *h->piece);
        h->piece[h->piece_count++] =
            (Piece){ turn->first_token, turn->token_count, (unsigned)role_root(c->utterance[utterance].role) };
    }
    h->matches.count = 0;
    matcher_run(h->matcher, h->tokens.item, h->piece, h->piece_count, &h->matches);
    h->piece_first = hearing_room(h->piece_first, &h->piece_first_capacity, h->piece_count + 2, sizeof *h->piece_first);
    memset(h->piece_first, 0, (h->piece_count + 2) * sizeof *h->piece_first);
    for (size_t i = 0; i < h->matches.count; i++) h->piece_first[h->matches.item[i].piece + 2]++;
    for (size_t i = 2; i < h->piece_count + 2; i++) h->piece_first[i] += h->piece_first[i - 1];
    h->ahead.item = hearing_room(h->ahead.item, &h->ahead.capacity, h->matches.count, sizeof *h->ahead.item);
    for (size_t i = 0; i < h->matches.count; i++)
        h->ahead.item[h->piece_first[h->matches.item[i].piece + 1]++] = h->matches.item[i];
    return utterance;
}

/* --- sentences and clauses --------------------------------------------------- */

enum { CLAUSE_WORDS_MIN = 3 }; /* a comma after fewer words does not part clauses: "sorry, Denise, that was us" */

static void find_bounds(Hearing *h, const Turn *turn)
{
    uint32_t n = turn->token_count;
    const Token *token = &h->tokens.item[turn->first_token];
    h->bounds = hearing_room(h->bounds, &h->bounds_capacity, n + 1, sizeof *h->bounds);
    Bounds *b = h->bounds;
    for (uint32_t i = 0; i < n; i++)
        b[i].clause_end = 0; /* until the last loop fills it: 1 where a clause begins by its words */
    const Hit *hit = &h->hits.item[turn->first_hit];
    for (uint32_t i = 0; i < turn->hit_count; i++)
        if (hit[i].kind == PHRASE_BOUNDARY) b[hit[i].begin].clause_end = 1;
    uint32_t sentence = 0, clause = 0, words = 0;
    for (uint32_t i = 0; i < n; i++) {
        bool after_stop = i > 0 && token[i - 1].symbol <= SYM_QUESTION;
        bool after_comma = i > 0 && token[i - 1].symbol == SYM_COMMA;
        if (after_stop) sentence = i;
        if (after_stop || (after_comma && words >= CLAUSE_WORDS_MIN) || (b[i].clause_end && words > 0)) {
            clause = i;
            words = 0;
        }
        words += token_is_word(&token[i]);
        b[i].sentence_begin = sentence;
        b[i].clause_begin = clause;
    }
    uint32_t sentence_end = n, clause_end = n;
    for (uint32_t i = n; i-- > 0;) {
        if (i + 1 < n && b[i + 1].sentence_begin == i + 1) sentence_end = i + 1;
        if (i + 1 < n && b[i + 1].clause_begin == i + 1) clause_end = i + 1;
        b[i].sentence_end = sentence_end;
        b[i].clause_end = clause_end;
    }
}

typedef struct TokenSpan {
    uint32_t begin, end;
} TokenSpan;

/* --- guards ------------------------------------------------------------------- */

/* A guard's matches in a turn that begin at tokens [from, to), into h->matches. */
static void find_guard(Hearing *h, const Turn *turn, uint32_t rule, PhraseKind kind, TokenSpan begins, bool first_only)
{
    h->matches.count = 0;
    matcher_find(h->matcher, h->rules->rule[rule].group[kind], &h->tokens.item[turn->first_token], turn->token_count,
                 begins.begin, begins.end, first_only, &h->matches);
}

/* Whether the sentence [begin, end) has words of a guard, NEAR or UNLESS. */
static bool sentence_has(Hearing *h, const Turn *turn, uint32_t rule, PhraseKind kind, uint32_t begin, uint32_t end)
{
    InSentence *known = &h->in_sentence[kind == PHRASE_UNLESS];
    if (known->rule == rule && known->begin == begin) return known->has;
    const Token *token = &h->tokens.item[turn->first_token];
    TokenSpan begins = { begin, end };
    while (begins.begin > 0 && !token_is_word(&token[begins.begin - 1])) begins.begin--; /* it may be trimmed */
    find_guard(h, turn, rule, kind, begins, false);
    *known = (InSentence){ rule, begin, false };
    for (size_t i = 0; i < h->matches.count && !known->has; i++) {
        Match match = h->matches.item[i];
        trim(token, kind, &match);
        known->has = match.begin >= begin && match.begin < end;
    }
    return known->has;
}

/* Whether words of its NOT share a token with [begin, end). */
static bool overlapped(Hearing *h, const Turn *turn, uint32_t rule, uint32_t begin, uint32_t end)
{
    uint32_t longest = 2 * automaton_group_words(h->rules->automaton, h->rules->rule[rule].group[PHRASE_NOT]);
    find_guard(h, turn, rule, PHRASE_NOT, (TokenSpan){ begin > longest ? begin - longest : 0, end }, false);
    for (size_t i = 0; i < h->matches.count; i++) {
        Match match = h->matches.item[i];
        trim(&h->tokens.item[turn->first_token], PHRASE_NOT, &match);
        if (match.begin < end && match.end > begin) return true;
    }
    return false;
}

static bool turn_has(Hearing *h, const Turn *turn, uint32_t rule, PhraseKind kind)
{
    find_guard(h, turn, rule, kind, (TokenSpan){ 0, turn->token_count }, true);
    return h->matches.count > 0;
}

static bool other_has(Hearing *h, const Conversation *c, uint32_t utterance, uint32_t rule, PhraseKind kind)
{
    uint32_t other[6];
    size_t count = other_turns(h, c, utterance, other, COUNT(other));
    for (size_t i = 0; i < count; i++)
        if (turn_has(h, &h->turn[other[i]], rule, kind)) return true;
    return false;
}

/* Whether an earlier turn has it; each turn of a conversation is looked at once for each such guard. */
static bool met(Hearing *h, const Conversation *c, uint32_t utterance, uint32_t rule, PhraseKind kind)
{
    Met *met = &h->met[kind - PHRASE_EARLIER][rule];
    const Rule *of = &h->rules->rule[rule];
    if (met->conversation != h->conversation) *met = (Met){ .conversation = h->conversation };
    for (; !met->found && met->looked < utterance; met->looked++) {
        const Turn *turn = &h->turn[met->looked];
        if (!turn->judged) continue;
        int root = role_root(c->utterance[met->looked].role);
        bool of_other = kind == PHRASE_EARLIER || kind == PHRASE_EARLIER_NOT;
        if (of->who[of_other ? !root : root]) met->found = turn_has(h, turn, rule, kind);
    }
    return met->found;
}

static bool in_place(const Turn *turn, uint8_t place)
{
    if (place & PLACE_NOT_FIRST && turn->nth == 0) return false;
    if (place & PLACE_NOT_LAST && turn->nth_from_end == 0) return false;
    if (place & PLACE_FIRST_LONG && turn->nth_long > 0) return false;
    uint8_t wanted = place & (PLACE_FIRST | PLACE_LAST | PLACE_OPENING | PLACE_CLOSING);
    if (!wanted) return true;
    return (wanted & PLACE_FIRST && turn->nth == 0) || (wanted & PLACE_LAST && turn->nth_from_end == 0) ||
           (wanted & PLACE_OPENING && turn->nth < 2) || (wanted & PLACE_CLOSING && turn->nth_from_end < 2);
}

/* Guards that are the same for all matches of a rule in a turn. */
static bool turn_allows(Hearing *h, const Conversation *c, uint32_t utterance, uint32_t index)
{
    const Rule *rule = &h->rules->rule[index];
    const Turn *turn = &h->turn[utterance];
    if (rule->channels && !(rule->channels >> c->channel & 1)) return false;
    if (rule->place && !in_place(turn, rule->place)) return false;
    if (turn->word_count < rule->words_min) return false;
    if (turn->word_count > rule->words_max && rule->words_max < UINT16_MAX) return false;
    uint16_t has = rule->has;
    if (has & 1u << PHRASE_TURN && !turn_has(h, turn, index, PHRASE_TURN)) return false;
    if (has & 1u << PHRASE_TURN_NOT && turn_has(h, turn, index, PHRASE_TURN_NOT)) return false;
    if (has & 1u << PHRASE_OTHER && !other_has(h, c, utterance, index, PHRASE_OTHER)) return false;
    if (has & 1u << PHRASE_OTHER_NOT && other_has(h, c, utterance, index, PHRASE_OTHER_NOT)) return false;
    if (has & 1u << PHRASE_EARLIER && !met(h, c, utterance, index, PHRASE_EARLIER)) return false;
    if (has & 1u << PHRASE_EARLIER_NOT && met(h, c, utterance, index, PHRASE_EARLIER_NOT)) return false;
    if (has & 1u << PHRASE_OWN && !met(h, c, utterance, index, PHRASE_OWN)) return false;
    if (has & 1u << PHRASE_OWN_NOT && met(h, c, utterance, index, PHRASE_OWN_NOT)) return false;
    return true;
}

enum { LOOKED_AT_TOKENS_MAX = 300 }; /* on either side of a match: a clause without an end must not cost its square */

/* The part of a span in which words are compared with what the other party said. */
static TokenSpan looked_at(TokenSpan span, const Hit *say)
{
    if (say->begin - span.begin > LOOKED_AT_TOKENS_MAX) span.begin = say->begin - LOOKED_AT_TOKENS_MAX;
    if (span.end - say->end > LOOKED_AT_TOKENS_MAX) span.end = say->end + LOOKED_AT_TOKENS_MAX;
    return span;
}

static bool match_allows(Hearing *h, const Conversation *c, uint32_t utterance, const Hit *say, TokenSpan span)
{
    const Rule *rule = &h->rules->rule[say->rule];
    const Turn *turn = &h->turn[utterance];
    const Bounds *b = &h->bounds[say->begin];
    const Token *token = &h->tokens.item[turn->first_token];
    Symbol end = b->sentence_end > 0 ? token[b->sentence_end - 1].symbol : SYM_STOP;
    if (rule->asks && end != SYM_QUESTION && turn->punctuated) return false;
    if (rule->tells && end == SYM_QUESTION) return false;
    if (rule->has & 1u << PHRASE_NOT && overlapped(h, turn, say->rule, say->begin, say->end)) return false;
    if (rule->has & 1u << PHRASE_NEAR &&
        !sentence_has(h, turn, say->rule, PHRASE_NEAR, b->sentence_begin, b->sentence_end))
        return false;
    if (rule->has & 1u << PHRASE_UNLESS &&
        sentence_has(h, turn, say->rule, PHRASE_UNLESS, b->sentence_begin, b->sentence_end))
        return false;
    if (rule->echo || rule->echo_max < UINT8_MAX) {
        TokenSpan looked = looked_at(span, say);
        uint32_t echo = echo_count(h, c, utterance, looked.begin, looked.end);
        if (echo < rule->echo || echo > rule->echo_max) return false;
    }
    return true;
}

/* --- spans and marks ----------------------------------------------------------- */

enum { UNPARTED_WORDS_MAX = 25 };

/* Words widened to the clause, sentence or turn that a mode asks for; words stand at both ends. */
static TokenSpan widened(const Hearing *h, const Turn *turn, TokenSpan words, SpanMode mode)
{
    const Bounds *first = &h->bounds[words.begin], *last = &h->bounds[words.end - 1];
    TokenSpan span = words;
    /* Speech written down without marks has no sentences: what would be one is parted by its joining words. */
    if (!turn->punctuated && turn->word_count > UNPARTED_WORDS_MAX) {
        if (mode == SPAN_SENTENCE || mode == SPAN_TURN) mode = SPAN_CLAUSE;
        if (mode == SPAN_TO_SENTENCE_END) mode = SPAN_TO_CLAUSE_END;
    }
    switch (mode) {
    case SPAN_MATCH: break;
    case SPAN_CLAUSE: span = (TokenSpan){ first->clause_begin, last->clause_end }; break;
    case SPAN_SENTENCE: span = (TokenSpan){ first->sentence_begin, last->sentence_end }; break;
    case SPAN_TURN: span = (TokenSpan){ 0, turn->token_count }; break;
    case SPAN_TO_CLAUSE_END: span.end = last->clause_end; break;
    case SPAN_TO_SENTENCE_END: span.end = last->sentence_end; break;
    case SPAN_FROM_CLAUSE_START: span.begin = first->clause_begin; break;
    }
    const Token *token = &h->tokens.item[turn->first_token];
    while (span.begin < words.begin && !token_is_word(&token[span.begin])) span.begin++;
    while (span.end > words.end && !token_is_word(&token[span.end - 1])) span.end--;
    return span;
}

static TokenSpan span_of(const Hearing *h, const Turn *turn, const Hit *say)
{
    return widened(h, turn, (TokenSpan){ say->begin, say->end }, (SpanMode)h->rules->rule[say->rule].span);
}

void judge_widen(const Hearing *h, uint32_t utterance, SpanMode mode, uint32_t *begin, uint32_t *end)
{
    TokenSpan span = widened(h, &h->turn[utterance], (TokenSpan){ *begin, *end }, mode);
    *begin = span.begin;
    *end = span.end;
}

/* 1 specific to this case (a number, a name, a time, or words that the other party said), .5 generic. */
static uint8_t quality_of(Hearing *h, const Conversation *c, uint32_t utterance, TokenSpan span)
{
    const Token *token = &h->tokens.item[h->turn[utterance].first_token];
    for (uint32_t i = span.begin; i < span.end; i++)
        if (token[i].symbol >= SYM_CAPITAL && token[i].symbol < SYM_FIRST_WORD && token[i].symbol != SYM_PLACEHOLDER)
            return 100;
    return echo_count(h, c, utterance, span.begin, span.end) >= 2 ? 100 : 50;
}

static void add_mark(Hearing *h, const Conversation *c, uint32_t utterance, const Hit *say, TokenSpan span)
{
    const Rule *rule = &h->rules->rule[say->rule];
    const Token *token = &h->tokens.item[h->turn[utterance].first_token];
    h->fired = hearing_room(h->fired, &h->fired_capacity, h->fired_count + 1, sizeof *h->fired);
    h->fired[h->fired_count++] = (Fired){ say->rule, span.begin, span.end };
    h->mark = hearing_room(h->mark, &h->mark_capacity, h->mark_count + 1, sizeof *h->mark);
    h->mark[h->mark_count++] =
        (Mark){ .behaviour = rule->behaviour,
                .quality = rule->quality ? rule->quality : quality_of(h, c, utterance, looked_at(span, say)),
                .confidence = rule->sure,
                .utterance = utterance,
                .begin = token[span.begin].begin,
                .end = token[span.end - 1].end,
                .rule = say->rule };
}

uint8_t judge_quality(Hearing *h, const Conversation *c, uint32_t utterance, uint32_t begin, uint32_t end)
{
    Hit all = { .begin = begin, .end = end };
    return quality_of(h, c, utterance, looked_at((TokenSpan){ begin, end }, &all));
}

static void add_signal(Hearing *h, uint32_t utterance, const Hit *say)
{
    const Token *token = &h->tokens.item[h->turn[utterance].first_token];
    h->signals.item =
        hearing_room(h->signals.item, &h->signals.capacity, h->signals.count + 1, sizeof *h->signals.item);
    h->signals.item[h->signals.count++] =
        (SignalHit){ say->rule, utterance, token[say->begin].begin, token[say->end - 1].end };
}

static int by_behaviour(const void *x, const void *y)
{
    const Mark *a = x, *b = y;
    if (a->behaviour != b->behaviour) return a->behaviour < b->behaviour ? -1 : 1;
    if (a->begin != b->begin) return a->begin < b->begin ? -1 : 1;
    if (a->end != b->end) return a->end > b->end ? -1 : 1;
    if (a->confidence != b->confidence) return a->confidence > b->confidence ? -1 : 1;
    return a->rule < b->rule ? -1 : a->rule > b->rule;
}

static int by_place(const void *x, const void *y)
{
    const Mark *a = x, *b = y;
    if (a->begin != b->begin) return a->begin < b->begin ? -1 : 1;
    if (a->end != b->end) return a->end > b->end ? -1 : 1;
    return a->behaviour < b->behaviour ? -1 : a->behaviour > b->behaviour;
}

static void sort_marks(Mark *mark, size_t count, int (*order)(const void *, const void *))
{
    if (count > 24) {
        qsort(mark, count, sizeof *mark, order);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        Mark moving = mark[i];
        size_t at = i;
        for (; at > 0 && order(&mark[at - 1], &moving) > 0; at--) mark[at] = mark[at - 1];
        mark[at] = moving;
    }
}

/* Marks of one behaviour that share a byte are one: the surer one's words, the longer one's when both are as sure. */
void judge_merge(Hearing *h, size_t first)
{
    Mark *mark = h->mark + first;
    size_t count = h->mark_count - first, kept = 0;
    if (count == 0) return;
    sort_marks(mark, count, by_behaviour);
    for (size_t i = 1; i < count; i++) {
        Mark *last = &mark[kept], next = mark[i];
        if (last->behaviour != next.behaviour || next.begin >= last->end) {
            mark[++kept] = next;
        } else if (next.confidence > last->confidence ||
                   (next.confidence == last->confidence && next.end - next.begin > last->end - last->begin)) {
            *last = next;
        }
    }
    h->mark_count = first + kept + 1;
    sort_marks(mark, kept + 1, by_place);
}

/* --- a turn and a conversation --------------------------------------------------- */

/* Whether a match is judged by what stands around it, for which sentences and clauses must be known. */
static bool looks_around(const Rule *rule)
{
    return rule->has & (1u << PHRASE_NEAR | 1u << PHRASE_UNLESS) || rule->asks || rule->tells || rule->echo ||
           rule->echo_max < UINT8_MAX;
}

static void note_rule_marks(Hearing *h, size_t first)
{
    size_t count = h->mark_count - first;
    h->rule_mark =
        hearing_room(h->rule_mark, &h->rule_mark_capacity, h->rule_mark_count + count + 1, sizeof *h->rule_mark);
    if (count) memcpy(h->rule_mark + h->rule_mark_count, h->mark + first, count * sizeof *h->mark);
    h->rule_mark_count += count;
}

static void judge_turn(Hearing *h, const Conversation *c, uint32_t utterance)
{
    const Turn *turn = &h->turn[utterance];
    size_t first_mark = h->mark_count;
    bool staff_unsure = c->utterance[utterance].doubtful && c->utterance[utterance].role == ROLE_AGENT;
    bool prepared = h->sink != NULL;
    h->fired_count = 0;
    if (prepared) find_bounds(h, turn);
    for (size_t i = 0; i < COUNT(h->in_sentence); i++) h->in_sentence[i].rule = UINT32_MAX;
    for (uint32_t i = 0; i < turn->hit_count;) {
        uint32_t rule = h->hits.item[turn->first_hit + i].rule, past = i;
        while (past < turn->hit_count && h->hits.item[turn->first_hit + past].rule == rule) past++;
        bool says = h->hits.item[turn->first_hit + i].kind == PHRASE_SAY; /* the lowest kind comes first */
        bool is_signal = h->rules->rule[rule].behaviour == NO_BEHAVIOUR;
        if (says && (is_signal || !staff_unsure) && turn_allows(h, c, utterance, rule)) {
            bool plain = is_signal && !looks_around(&h->rules->rule[rule]);
            if (!prepared && !plain) {
                find_bounds(h, turn);
                prepared = true;
            }
            for (uint32_t k = i; k < past; k++) {
                Hit say = h->hits.item[turn->first_hit + k];
                if (say.kind != PHRASE_SAY) break;
                if (plain) {
                    if (!(h->rules->rule[rule].has & 1u << PHRASE_NOT) ||
                        !overlapped(h, turn, rule, say.begin, say.end))
                        add_signal(h, utterance, &say);
                    continue;
                }
                TokenSpan span = span_of(h, turn, &say);
                if (!match_allows(h, c, utterance, &say, span)) continue;
                if (is_signal)
                    add_signal(h, utterance, &say);
                else
                    add_mark(h, c, utterance, &say, span);
            }
        }
        i = past;
    }
    if (h->mark_count > first_mark) judge_merge(h, first_mark);
    if (h->sink) {
        note_rule_marks(h, first_mark);
        h->sink->turn(h->sink, h, c, utterance);
    }
}

static void count_turns(Hearing *h, const Conversation *c)
{
    uint32_t nth[2] = { 0, 0 };
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        int root = role_root(c->utterance[i].role);
        h->turn[i] = (Turn){ .judged = root >= 0 && c->utterance[i].is_public };
        if (h->turn[i].judged) h->turn[i].nth = nth[root]++;
    }
    for (uint32_t i = 0; i < c->utterance_count; i++)
        if (h->turn[i].judged) h->turn[i].nth_from_end = nth[role_root(c->utterance[i].role)] - 1 - h->turn[i].nth;
}

void judge_run(Hearing *h, const Conversation *c)
{
    h->turn = hearing_room(h->turn, &h->turn_capacity, c->utterance_count, sizeof *h->turn);
    h->tokens.count = h->hits.count = h->signals.count = h->mark_count = h->rule_mark_count = 0;
    h->conversation++;
    h->echo_of = h->other.of = UINT32_MAX;
    count_turns(h, c);
    h->long_turns[WHO_AGENT] = h->long_turns[WHO_CUSTOMER] = 0;
    for (uint32_t i = 0, past = 0, piece = 0; i < c->utterance_count; i++) {
        if (i == past) {
            past = read_ahead(h, c, i);
            piece = 0;
        }
        Turn *turn = &h->turn[i];
        if (!turn->judged) continue;
        uint32_t first = h->piece_first[piece], count = h->piece_first[piece + 1] - first;
        piece++;
        take_turn_hits(h, turn, h->ahead.item + first, count);
        int root = role_root(c->utterance[i].role);
        turn->nth_long = h->long_turns[root];
        judge_turn(h, c, i);
        h->long_turns[root] += turn->word_count > SHORT_TURN_WORDS;
    }
}
