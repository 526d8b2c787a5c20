/* speakers.c -- who is staff, when nobody says; and whether those who say look right.
 *
 * Signals named "speaker" (words/rules/speakers.rules) carry a weight: above
 * zero staff speak so, below zero customers do.  A person's weights are added
 * up.  Turns without any name are parted by the likeliest alternation: staying
 * with one speaker costs something, changing is free (Viterbi over two states).
 */
#include "hear/hearing.h"

#include <stdlib.h>

enum { STAY_COST = 2, SWAPPED_LEAST = 4 };

static bool is_speaker_signal(const Rules *rules, uint32_t rule)
{
    return str_equal(rules->rule[rule].signal, STR("speaker"));
}

/* Above zero: staff's words. */
static int32_t turn_weight(Hearing *h, const Conversation *c, uint32_t utterance)
{
    Turn turn = { 0 };
    int32_t weight = 0;
    h->tokens.count = h->hits.count = 0;
    judge_read_turn(h, c, utterance, WHO_AGENT, &turn);
    for (uint32_t i = 0; i < turn.hit_count; i++) {
        const Hit *hit = &h->hits.item[i];
        if (hit->kind == PHRASE_SAY && is_speaker_signal(h->rules, hit->rule))
            weight += h->rules->rule[hit->rule].weight;
    }
    return MAX(-20, MIN(20, weight));
}

static bool is_open(const Utterance *u) { return u->role == ROLE_UNKNOWN; }

static void set_role(Conversation *c, uint32_t participant, Role role)
{
    c->participant[participant].role = role;
    for (uint32_t i = 0; i < c->utterance_count; i++)
        if (c->utterance[i].participant == participant && is_open(&c->utterance[i])) c->utterance[i].role = role;
}

/* People with names: their turns' weights are added up. */
static bool decide_people(Hearing *h, Conversation *c)
{
    int64_t *weight = calloc(c->participant_count + 1, sizeof *weight);
    bool *open = calloc(c->participant_count + 1, sizeof *open);
    if (!weight || !open) abort();
    uint32_t people = 0;
    bool staff_known = false, customer_known = false, decided = false;
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
        decided = true;
    }
    free(weight);
    free(open);
    return decided;
}

/* Turns that name nobody: state 0 staff, 1 customer. */
static bool decide_nameless(Hearing *h, Conversation *c)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < c->utterance_count; i++)
        count += is_open(&c->utterance[i]) && c->utterance[i].participant == NO_PARTICIPANT;
    if (count == 0) return false;
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
    bool decided = evidence > 0 && best[0] != best[1];
    if (decided) {
        int state = best[0] > best[1] ? 0 : 1;
        for (uint32_t n = count; n-- > 0;) {
            c->utterance[index[n]].role = state == 0 ? ROLE_AGENT : ROLE_CUSTOMER;
            state = from[2 * n + (uint32_t)state];
        }
    }
    free(index);
    free(from);
    return decided;
}

void speakers_decide(Hearing *h, Conversation *c)
{
    bool open = false;
    for (uint32_t i = 0; i < c->utterance_count && !open; i++) open = is_open(&c->utterance[i]);
    if (!open) return;
    bool decided = decide_people(h, c);
    decided |= decide_nameless(h, c);
    if (decided) c->speakers = SPEAKERS_DECIDED;
}

void speakers_check(const Hearing *h, Conversation *c)
{
    if (c->speakers != SPEAKERS_GIVEN) return;
    int64_t staff = 0, customers = 0;
    for (size_t i = 0; i < h->signals.count; i++) {
        const SignalHit *hit = &h->signals.item[i];
        if (!is_speaker_signal(h->rules, hit->rule)) continue;
        if (c->utterance[hit->utterance].role == ROLE_AGENT)
            staff += h->rules->rule[hit->rule].weight;
        else
            customers += h->rules->rule[hit->rule].weight;
    }
    if (staff < 0 && customers > 0 && customers - staff >= SWAPPED_LEAST) c->speakers = SPEAKERS_SWAPPED;
}
