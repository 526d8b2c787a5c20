/* agreement.c -- see agreement.h. */
#include "learn/agreement.h"

static bool shares(const GoldSpan *gold, const MarkedWords *marked)
{
    return gold->utterance == marked->utterance && gold->begin < marked->end && marked->begin < gold->end;
}

static uint32_t shared_bytes(const GoldSpan *gold, const MarkedWords *marked)
{
    return MIN(gold->end, marked->end) - MAX(gold->begin, marked->begin);
}

static double jaccard(const GoldSpan *gold, const MarkedWords *marked)
{
    return shared_bytes(gold, marked) / (double)(MAX(gold->end, marked->end) - MIN(gold->begin, marked->begin));
}

Judged agreement_judge(const Passage *passage, Str behaviour, const MarkedWords *marked)
{
    Judged judged = JUDGED_WRONG;
    for (uint32_t i = 0; i < passage->span_count; i++) {
        const GoldSpan *gold = &passage->span[i];
        if (gold->utterance != marked->utterance || !str_equal(gold->id, behaviour)) continue;
        if (!gold->contested && shares(gold, marked)) return JUDGED_RIGHT;
        if (gold->contested) judged = JUDGED_CONTESTED;
    }
    return judged;
}

void agreement_add(const Passage *passage, Str behaviour, const MarkedWords *marked, size_t count, Agreement *to)
{
    for (size_t m = 0; m < count; m++) to->wrong += agreement_judge(passage, behaviour, &marked[m]) == JUDGED_WRONG;
    for (uint32_t i = 0; i < passage->span_count; i++) {
        const GoldSpan *gold = &passage->span[i];
        const MarkedWords *best = NULL;
        if (gold->contested || !str_equal(gold->id, behaviour)) continue;
        for (size_t m = 0; m < count; m++)
            if (shares(gold, &marked[m]) && (!best || shared_bytes(gold, &marked[m]) > shared_bytes(gold, best)))
                best = &marked[m];
        to->met += best != NULL;
        to->missed += best == NULL;
        if (best) to->overlap += jaccard(gold, best);
    }
}

void agreement_sum(Agreement *to, const Agreement *from, double weight)
{
    to->met += weight * from->met;
    to->wrong += weight * from->wrong;
    to->missed += weight * from->missed;
    to->overlap += weight * from->overlap;
}
