/* speakers.c -- who is staff, when nobody says; and whether those who say look right.
 *
 * Signals named "speaker" (words/rules/speakers.rules) carry a weight: above
 * zero staff speak so, below zero customers do.  A person's weights are added
 * up.  Turns without any name are parted by the likeliest alternation: staying
 * with one speaker costs something, changing is free (Viterbi over two states).
 */
#include "hear/hearing.h"

#include <stdlib.h>

enum {
    STAY_COST = 120,       /* hundredths, as turns' weights */
    TURN_WEIGHT_MAX = 600, /* one turn alone does not decide */
    BEHAVIOUR_SHARE = 2,   /* of a behaviour's confidence, in both sides' phrases */
    SIGNAL_SHARE = 2,      /* a signal is met from both sides: half each */
    SWAPPED_LEAST = 4,     /* signals' weights, over all turns */
    SWAPPED_TURN = 5,      /* and in one turn */
};

static bool is_speaker_signal(const Rules *rules, uint32_t rule)
{
    return str_equal(rules->rule[rule].signal, STR("speaker"));
}

/* How much the phrases of one side's behaviours (guards aside) and the signals speak for it, in hundredths. */
static int32_t side_weight(Hearing *h, const Conversation *c, uint32_t utterance, unsigned root)
{
    Turn turn = { 0 };
    int32_t weight = 0;
    uint32_t last_rule = UINT32_MAX;
    h->tokens.count = h->hits.count = 0;
    judge_read_turn(h, c, utterance, root, &turn);
    for (uint32_t i = 0; i < turn.hit_count; i++) {
        const Hit *hit = &h->hits.item[i];
        const Rule *rule = &h->rules->rule[hit->rule];
        if (hit->kind != PHRASE_SAY || hit->rule == last_rule) continue;
        last_rule = hit->rule;
        if (rule->behaviour != NO_BEHAVIOUR)
            weight += rule->sure / BEHAVIOUR_SHARE;
        else if (rule->is_speaker)
            weight += (root == WHO_AGENT ? 100 : -100) * rule->weight / SIGNAL_SHARE;
    }
    return weight;
}

/* Above zero: staff's words. */
static int32_t turn_weight(Hearing *h, const Conversation *c, uint32_t utterance)
{
    int32_t weight = side_weight(h, c, utterance, WHO_AGENT) - side_weight(h, c, utterance, WHO_CUSTOMER);
    return MAX(-TURN_WEIGHT_MAX, MIN(TURN_WEIGHT_MAX, weight));
}

static bool is_open(const Utterance *u) { return u->role == ROLE_UNKNOWN; }

static void set_role(Conversation *c, uint32_t participant, Role role)
{
    c->participant[participant].role = role;
    for (uint32_t i = 0; i < c->utterance_count; i++)
        if (c->utterance[i].participant == participant && is_open(&c->utterance[i])) c->utterance[i].role = role;
}

/* People with names: their turns' weights are added up. */
static void decide_people(Hearing *h, Conversation *c)
{
    int64_t *weight = calloc(c->participant_count + 1, sizeof *weight);
    bool *open = calloc(c->participant_count + 1, sizeof *open);
    if (!weight || !open) abort();
    uint32_t people = 0;
    bool staff_known = false, customer_known = false;
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        const Utterance *u = &c->utterance[i];
        staff_known |= u->role == ROLE_AGENT;
        customer_known |= u->role == ROLE_CUSTOMER;
        if (!is_open(u) || u->participant >= c->participant_count) continue;
        people += !open[u->participant];
        open[u->participant] = true;
        weight[u->participant] += turn_weight(h, c, i);
    }
    uint32_t best = NO_PARTICIPANT, least = NO_PARTICIPANT;
    for (uint32_t i = 0; i < c->participant_count; i++) {
        if (!open[i]) continue;
        if (best == NO_PARTICIPANT || weight[i] > weight[best]) best = i;
        if (least == NO_PARTICIPANT || weight[i] < weight[least]) least = i;
    }
    for (uint32_t i = 0; i < c->participant_count; i++) {
        if (!open[i]) continue;
        Role role = ROLE_UNKNOWN;
        if (people == 1 && (staff_known != customer_known))
            role = staff_known ? ROLE_CUSTOMER : ROLE_AGENT;
        else if (people == 2 && !staff_known && !customer_known && weight[best] > weight[least])
            role = i == best ? ROLE_AGENT : ROLE_CUSTOMER;
        else if (weight[i] != 0)
            role = weight[i] > 0 ? ROLE_AGENT : ROLE_CUSTOMER;
        if (role == ROLE_UNKNOWN) continue;
        set_role(c, i, role);
    }
    free(weight);
    free(open);
}

/* Turns that name nobody: state 0 staff, 1 customer. */
static void decide_nameless(Hearing *h, Conversation *c)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->utterance_count; i++)
        count += is_open(&c->utterance[i]) && c->utterance[i].participant == NO_PARTICIPANT;
    if (count == 0) return;
    uint32_t *index = malloc(count * sizeof *index);
    uint8_t *from = malloc(2 * (size_t)count);
    if (!index || !from) abort();
    int64_t best[2] = { 0, 0 }, evidence = 0;
    for (uint32_t i = 0, n = 0; i < c->utterance_count; i++) {
        if (!is_open(&c->utterance[i]) || c->utterance[i].participant != NO_PARTICIPANT) continue;
        int32_t weight = turn_weight(h, c, i);
        int64_t next[2];
        evidence += weight < 0 ? -weight : weight;
        for (int s = 0; s < 2; s++) {
            bool stays = n > 0 && best[s] - STAY_COST > best[!s];
            next[s] = (n == 0 ? 0 : stays ? best[s] - STAY_COST : best[!s]) + (s == 0 ? weight : -weight);
            from[2 * n + (uint32_t)s] = (uint8_t)(stays ? s : !s);
        }
        best[0] = next[0];
        best[1] = next[1];
        index[n++] = i;
    }
    if (evidence > 0 && best[0] != best[1]) {
        int state = best[0] > best[1] ? 0 : 1;
        for (uint32_t n = count; n-- > 0;) {
            c->utterance[index[n]].role = state == 0 ? ROLE_AGENT : ROLE_CUSTOMER;
            state = from[2 * n + (uint32_t)state];
        }
    }
    free(index);
    free(from);
}

void speakers_decide(Hearing *h, Conversation *c)
{
    bool open = false;
    for (uint32_t i = 0; i < c->utterance_count && !open; i++) open = is_open(&c->utterance[i]);
    if (!open) return;
    decide_people(h, c);
    decide_nameless(h, c);
    c->speakers = SPEAKERS_DECIDED; /* also where nothing was said that tells: those turns stay unknown and unjudged */
}

/* What is said fits the other way round: over all turns, or so plainly in one that it must be somebody else's. */
void speakers_check(const Hearing *h, Conversation *c)
{
    int64_t staff = 0, customers = 0, turn = 0;
    uint32_t turn_of = UINT32_MAX;
    bool swapped = false;
    if (c->speakers != SPEAKERS_GIVEN) return;
    for (size_t i = 0; i < h->signals.count; i++) {
        const SignalHit *hit = &h->signals.item[i];
        if (!is_speaker_signal(h->rules, hit->rule)) continue;
        bool by_staff = c->utterance[hit->utterance].role == ROLE_AGENT;
        int64_t weight = h->rules->rule[hit->rule].weight;
        if (hit->utterance != turn_of) turn = 0;
        turn_of = hit->utterance;
        turn += by_staff ? weight : -weight;
        swapped |= turn <= -SWAPPED_TURN;
        *(by_staff ? &staff : &customers) += weight;
    }
    swapped |= staff < 0 && customers > 0 && customers - staff >= SWAPPED_LEAST;
    if (swapped) c->speakers = SPEAKERS_SWAPPED;
}
