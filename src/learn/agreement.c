/* agreement.c -- see agreement.h. */
#include "learn/agreement.h"

static bool shares(const GoldSpan *gold, const MarkedWords *marked)
{
    return gold->utterance == marked->utterance && gold->begin < marked->end && marked->begin < gold->end;
}

static double jaccard(const GoldSpan *gold, const MarkedWords *marked)
{
    double both = (double)MIN(gold->end, marked->end) - (double)MAX(gold->begin, marked->begin);
    return both / ((double)MAX(gold->end, marked->end) - (double)MIN(gold->begin, marked->begin));
}

void agreement_add(const Passage *passage, Str behaviour, const MarkedWords *marked, size_t count, Agreement *to)
{
    for (size_t m = 0; m < count; m++) {
        bool right = false, contested = false;
        for (uint32_t i = 0; i < passage->span_count; i++) {
            const GoldSpan *gold = &passage->span[i];
            if (gold->utterance != marked[m].utterance || !str_equal(gold->id, behaviour)) continue;
            contested |= gold->contested;
            right |= !gold->contested && shares(gold, &marked[m]);
        }
        to->wrong += !right && !contested;
    }
    for (uint32_t i = 0; i < passage->span_count; i++) {
        const GoldSpan *gold = &passage->span[i];
        double best = 0;
        if (gold->contested || !str_equal(gold->id, behaviour)) continue;
        for (size_t m = 0; m < count; m++)
            if (shares(gold, &marked[m])) best = MAX(best, jaccard(gold, &marked[m]));
        to->met += best > 0;
        to->missed += best <= 0;
        to->overlap += best;
    }
}

void agreement_sum(Agreement *to, const Agreement *from, double weight)
{
    to->met += weight * from->met;
    to->wrong += weight * from->wrong;
    to->missed += weight * from->missed;
    to->overlap += weight * from->overlap;
}
