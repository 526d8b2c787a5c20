/* sums.c -- see sums.h. */
#include "hear/sums.h"

#include "base/memory.h"

#include <stdlib.h>

/* What depends on a word alone: its own features, its letters, and itself as a word of the clause next door. */
enum { PART_WORDS, PART_LETTERS, PART_AROUND, PARTS };

/* One word that was met, with PARTS × stride sums behind it: no word has features enough to leave 16 bits. */
typedef struct WordSums {
    uint64_t hash; /* 0: empty */
    uint64_t square[PARTS];
    int16_t sum[];
} WordSums;

enum { WORD_SLOTS = 1 << 13 };

struct Sums {
    const Model *model;
    size_t stride, word_bytes;
    char *word; /* WORD_SLOTS of word_bytes */
    Features features;
    const int16_t *waiting[FEATURES_WORDS_MAX]; /* words of the unit in hand, to be added up together */
    size_t waits;
    int32_t *own; /* by unit: PARTS × stride sums of its words */
    size_t own_capacity;
    uint64_t (*square)[PARTS]; /* by unit */
    size_t square_capacity;
    int32_t *running; /* by unit and one more: what all units before it are to those beside them */
    size_t running_capacity;
    uint64_t *running_square;
    size_t running_square_capacity;
    Tally turn[GROUP_COUNT];  /* what is the same for all units: BEFORE, some of FACTS */
    Tally tally[GROUP_COUNT]; /* of the unit in hand */
    Tally word_tally;
};

Sums *sums_new(const Model *model)
{
    Sums *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->model = model;
    s->stride = model_stride(model);
    s->word_bytes = (sizeof(WordSums) + PARTS * s->stride * sizeof(int16_t) + 63) / 64 * 64;
    s->word = memory_table(WORD_SLOTS * s->word_bytes);
    return s;
}

void sums_free(Sums *s)
{
    if (!s) return;
    features_clear(&s->features);
    free(s->word);
    free(s->own);
    free(s->square);
    free(s->running);
    free(s->running_square);
    free(s);
}

/* --- words ------------------------------------------------------------------------------ */

static uint64_t lower_of_eight(uint64_t x)
{
    uint64_t low = x & 0x7f7f7f7f7f7f7f7fu;
    uint64_t from_a = low + 0x3f3f3f3f3f3f3f3fu, past_z = low + 0x2525252525252525u; /* 0x80 - 'A', 0x80 - 'Z' - 1 */
    return x | ((from_a & ~past_z & ~x & 0x8080808080808080u) >> 2);
}

/* Of all that the letters' features look at. */
static uint64_t letters_hash(const Token *token, Str text)
{
    uint64_t eight[FEATURES_LETTERS_MAX / 8] = { 0 }, hash = WORD_HASH_SEED;
    size_t n = MIN(token->end - token->begin, (size_t)FEATURES_LETTERS_MAX);
    memcpy(eight, text.data + token->begin, n);
    for (size_t i = 0; i < COUNT(eight) && i * 8 < n; i++) hash = word_hash_step(hash, lower_of_eight(eight[i]));
    return word_hash_end(hash, 0, n);
}

static uint64_t word_name(const Hearing *h, const Token *token, Str text)
{
    uint64_t letters = features_has_letters(token) ? letters_hash(token, text) : 0;
    return word_hash_end(word_hash_step(word_hash_step(WORD_HASH_SEED, features_key(h, token)), token->stem), letters,
                         0);
}

static void add_waiting(Sums *s, int32_t *own)
{
    sums_add(s->waiting, s->waits, PARTS * s->stride, own);
    s->waits = 0;
}

static void keep_part(Sums *s, unsigned part, WordSums *word)
{
    tally_clear(s->model, &s->word_tally);
    tally_add(s->model, s->features.item, s->features.count, &s->word_tally);
    for (size_t i = 0; i < s->stride; i++) word->sum[part * s->stride + i] = (int16_t)s->word_tally.sum[i];
    word->square[part] = s->word_tally.square;
    s->features.count = 0;
}

/* The word's sums, found or made; what waits is added up before another word loses its place. */
static const WordSums *word_sums(Sums *s, const Hearing *h, const Token *token, Str text, int32_t *own)
{
    uint64_t name = word_name(h, token, text);
    WordSums *word = (WordSums *)(void *)(s->word + name % WORD_SLOTS * s->word_bytes);
    if (LIKELY(word->hash == name)) return word;
    add_waiting(s, own);
    word->hash = name;
    s->features.count = 0;
    features_of_word(h, token, &s->features);
    keep_part(s, PART_WORDS, word);
    (void)features_of_letters(token, text, &s->features);
    keep_part(s, PART_LETTERS, word);
    features_of_word_beside(h, token, &s->features);
    keep_part(s, PART_AROUND, word);
    return word;
}

/* What the words of a unit come to, each by itself. */
static void add_words(Sums *s, const Hearing *h, const Conversation *c, uint32_t utterance, Unit unit, int32_t *own,
                      uint64_t *square)
{
    const Token *token = &h->tokens.item[h->turn[utterance].first_token];
    Str text = c->utterance[utterance].text;
    for (uint32_t i = unit.begin, words = 0; i < unit.end && words < FEATURES_WORDS_MAX; i++) {
        if (!token_is_word(&token[i])) continue;
        const WordSums *word = word_sums(s, h, &token[i], text, own);
        s->waiting[s->waits++] = word->sum;
        for (unsigned part = 0; part < PARTS; part++) square[part] += word->square[part];
        words++;
    }
    add_waiting(s, own);
}

/* --- a turn ------------------------------------------------------------------------------- */

static void make_room(Sums *s, size_t units)
{
    size_t width = PARTS * s->stride;
    s->own = hearing_room(s->own, &s->own_capacity, units * width, sizeof *s->own);
    s->square = hearing_room(s->square, &s->square_capacity, units, sizeof *s->square);
    s->running = hearing_room(s->running, &s->running_capacity, (units + 1) * s->stride, sizeof *s->running);
    s->running_square =
        hearing_room(s->running_square, &s->running_square_capacity, units + 1, sizeof *s->running_square);
    memset(s->own, 0, units * width * sizeof *s->own);
    memset(s->square, 0, units * sizeof *s->square);
    memset(s->running, 0, s->stride * sizeof *s->running);
    s->running_square[0] = 0;
}

/* The unit's part in what stands beside others, behind that of the units before it. */
static void run_on(Sums *s, const Hearing *h, const Turn *turn, Unit unit, size_t u)
{
    Tally *pairs = &s->word_tally;
    int32_t *around = s->own + (u * PARTS + PART_AROUND) * s->stride, *running = s->running + u * s->stride;
    tally_clear(s->model, pairs);
    s->features.count = 0;
    features_of_pairs_beside(h, turn, unit, &s->features);
    tally_add(s->model, s->features.item, s->features.count, pairs);
    for (size_t i = 0; i < s->stride; i++) running[s->stride + i] = running[i] + (around[i] += pairs->sum[i]);
    s->square[u][PART_AROUND] += pairs->square;
    s->running_square[u + 1] = s->running_square[u] + s->square[u][PART_AROUND];
}

static void find_around(Sums *s, size_t u, size_t units)
{
    size_t from = u > UNITS_BESIDE ? u - UNITS_BESIDE : 0, past = MIN(units, u + UNITS_BESIDE + 1);
    const int32_t *own = s->own + (u * PARTS + PART_AROUND) * s->stride;
    const int32_t *low = s->running + from * s->stride, *high = s->running + past * s->stride;
    Tally *tally = &s->tally[GROUP_AROUND];
    for (size_t i = 0; i < s->stride; i++) tally->sum[i] = high[i] - low[i] - own[i];
    tally->square = s->running_square[past] - s->running_square[from] - s->square[u][PART_AROUND];
}

static void start_with(const Sums *s, const int32_t *sum, uint64_t square, Tally *tally)
{
    memcpy(tally->sum, sum, s->stride * sizeof *sum);
    tally->square = square;
}

static void find_turn(Sums *s, Hearing *h, const Conversation *c, uint32_t utterance, const Unit *unit, size_t units)
{
    tally_clear(s->model, &s->turn[GROUP_BEFORE]);
    tally_clear(s->model, &s->turn[GROUP_FACTS]);
    if (model_wants(s->model, GROUP_BEFORE)) {
        features_of_unit(h, c, utterance, unit, units, 0, 1u << GROUP_BEFORE, &s->features);
        tally_add(s->model, s->features.item, s->features.count, &s->turn[GROUP_BEFORE]);
    }
    if (model_wants(s->model, GROUP_FACTS)) {
        s->features.count = 0;
        features_of_turn(h, c, utterance, units, &s->features);
        tally_add(s->model, s->features.item, s->features.count, &s->turn[GROUP_FACTS]);
    }
}

void sums_of_turn(Sums *s, Hearing *h, const Conversation *c, uint32_t utterance, const Unit *unit, size_t units,
                  const float *vector, int32_t *ret)
{
    static const FeatureGroup OF_UNIT[] = { GROUP_WORDS, GROUP_FACTS, GROUP_RULES };
    const Model *model = s->model;
    size_t labels = model_label_count(model), width = PARTS * s->stride, columns = model_dense_columns(model);
    bool around = model_wants(model, GROUP_AROUND) && units > 1;
    unsigned wanted = FEATURES_WORDS_APART | FEATURES_TURN_APART;
    int8_t dense[MODEL_DENSE_MAX];
    if (units == 0) return;
    for (size_t g = 0; g < COUNT(OF_UNIT); g++)
        if (model_wants(model, OF_UNIT[g])) wanted |= 1u << OF_UNIT[g];
    make_room(s, units);
    find_turn(s, h, c, utterance, unit, units);
    for (size_t u = 0; u < units; u++) {
        add_words(s, h, c, utterance, unit[u], s->own + u * width, s->square[u]);
        if (around) run_on(s, h, &h->turn[utterance], unit[u], u);
    }
    for (size_t u = 0; u < units; u++) {
        const int32_t *own = s->own + u * width;
        start_with(s, own + PART_WORDS * s->stride, s->square[u][PART_WORDS], &s->tally[GROUP_WORDS]);
        start_with(s, own + PART_LETTERS * s->stride, s->square[u][PART_LETTERS], &s->tally[GROUP_LETTERS]);
        start_with(s, s->turn[GROUP_BEFORE].sum, s->turn[GROUP_BEFORE].square, &s->tally[GROUP_BEFORE]);
        start_with(s, s->turn[GROUP_FACTS].sum, s->turn[GROUP_FACTS].square, &s->tally[GROUP_FACTS]);
        tally_clear(model, &s->tally[GROUP_RULES]);
        s->tally[GROUP_AROUND].square = 0;
        if (around) find_around(s, u, units);
        features_of_unit(h, c, utterance, unit, units, u, wanted, &s->features);
        for (size_t i = 0; i < COUNT(OF_UNIT); i++) {
            FeatureGroup g = OF_UNIT[i];
            size_t begin = g ? s->features.end[g - 1] : 0;
            if (s->features.end[g] > begin)
                tally_add(model, s->features.item + begin, s->features.end[g] - begin, &s->tally[g]);
        }
        if (vector) model_dense(vector + u * columns, columns, dense);
        model_finish(model, s->tally, vector ? dense : NULL, ret + u * labels);
    }
}
