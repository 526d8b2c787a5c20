/* relations.c -- what of a turn comes back from the other party's last turns.
 *
 * Listening is relational: "so the engineer came without the part" is a
 * paraphrase because the customer said so.  Content words (all but
 * words/stopwords.txt) are compared by a light stem, so that "charged" answers
 * "charge".
 */
#include "hear/hearing.h"

enum { ECHO_SLOTS_MIN = 1 << 9, ECHO_SLOTS = 1 << 13, ECHO_WORDS_MAX = 3000, OTHER_TURNS_MAX = 8 };

int role_root(Role role) { return role == ROLE_AGENT ? WHO_AGENT : role == ROLE_CUSTOMER ? WHO_CUSTOMER : -1; }

size_t other_turns(const Hearing *h, const Conversation *c, uint32_t utterance, uint32_t *ret, size_t most)
{
    size_t count = 0;
    int root = role_root(c->utterance[utterance].role);
    for (uint32_t i = utterance, steps = 0; i-- > 0 && count < most && steps < 24; steps++) {
        if (!h->turn[i].judged) continue;
        if (role_root(c->utterance[i].role) != root)
            ret[count++] = i;
        else if (count)
            break; /* what lies before our own last turn was answered already */
    }
    return count;
}

uint64_t stem_of(const Rules *rules, Str text, const Token *token)
{
    if (token->symbol <= SYM_COMMA) return 0;
    if (token->symbol >= SYM_FIRST_WORD) return rules->stem[token->symbol];
    return word_stem(str_sub(text, token->begin, token->end));
}

static void echo_fill(Hearing *h, const Conversation *c, uint32_t utterance)
{
    uint32_t other[OTHER_TURNS_MAX];
    size_t count = other_turns(h, c, utterance, other, OTHER_TURNS_MAX), words = 0, tokens = 0;
    for (size_t i = 0; i < count; i++) tokens += h->turn[other[i]].token_count;
    uint32_t slots = ECHO_SLOTS_MIN;
    while (slots < ECHO_SLOTS && slots < 2 * tokens) slots *= 2;
    h->echo_mask = slots - 1;
    h->echo_now++;
    h->echo_of = utterance;
    for (size_t i = 0; i < count; i++) {
        const Turn *turn = &h->turn[other[i]];
        for (uint32_t k = 0; k < turn->token_count && words < ECHO_WORDS_MAX; k++) {
            uint64_t stem = h->tokens.item[turn->first_token + k].stem;
            if (!stem) continue;
            words++;
            uint32_t at = (uint32_t)stem & h->echo_mask;
            while (h->echo_stamp[at] == h->echo_now && h->echo_slot[at] != stem) at = (at + 1) & h->echo_mask;
            h->echo_stamp[at] = h->echo_now;
            h->echo_slot[at] = stem;
        }
    }
}

uint32_t echo_count(Hearing *h, const Conversation *c, uint32_t utterance, uint32_t begin, uint32_t end)
{
    if (h->echo_of != utterance) echo_fill(h, c, utterance);
    const Turn *turn = &h->turn[utterance];
    uint64_t counted[64];
    uint32_t count = 0;
    for (uint32_t i = begin; i < end && count < COUNT(counted); i++) {
        uint64_t stem = h->tokens.item[turn->first_token + i].stem;
        if (!stem) continue;
        uint32_t at = (uint32_t)stem & h->echo_mask;
        while (h->echo_stamp[at] == h->echo_now && h->echo_slot[at] != stem) at = (at + 1) & h->echo_mask;
        if (h->echo_stamp[at] != h->echo_now) continue;
        bool again = false;
        for (uint32_t k = 0; k < count; k++) again |= counted[k] == stem;
        if (!again) counted[count++] = stem;
    }
    return count;
}
