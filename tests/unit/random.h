/* random.h -- chance for tests that can be run again: the seed is GOODWILL_SEED or 1, and is printed (as a remark of
 * TAP). */
#ifndef GOODWILL_TESTS_RANDOM_H
#define GOODWILL_TESTS_RANDOM_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Random {
    uint64_t state;
} Random;

static inline Random random_start(const char *what)
{
    const char *text = getenv("GOODWILL_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : 1;
    printf("# %s: GOODWILL_SEED=%" PRIu64 "\n", what, seed);
    return (Random){ seed };
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t random_u64(Random *random)
{
    uint64_t z = random->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* 0 .. below - 1 */
static inline size_t random_below(Random *random, size_t below) { return (size_t)(random_u64(random) % below); }

#endif
