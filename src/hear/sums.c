/* sums.c -- see sums.h. */
#include "hear/sums.h"

#include "base/memory.h"

#include <stdlib.h>

/* What a unit comes to, in parts; of the first three each word has its own: its own features, its letters, and itself
 * as a word of the clause next door. */
enum { PART_WORDS, PART_LETTERS, PART_AROUND, WORD_PARTS, PART_FACTS = WORD_PARTS, PART_RULES, PARTS };

/* One word that was met, with WORD_PARTS × stride sums behind it: no word has features enough to leave 16 bits. */
typedef struct WordSums {
    uint64_t hash; /* 0: empty */
    uint64_t square[WORD_PARTS];
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
    uint64_t *feature; /* of all units of the turn, to be looked for together: hardly one waits for another */
    uint32_t *place;   /* by feature: unit × PARTS + part that it counts in */
    size_t named, feature_capacity, place_capacity;
    int32_t *own; /* by unit, and one more for what all units share: PARTS × stride sums */
    size_t own_capacity;
    uint64_t *square; /* by unit and part */
    size_t square_capacity;
    int32_t *running; /* by unit and one more: what all units before it are to those beside them */
    size_t running_capacity;
    uint64_t *running_square;
    size_t running_square_capacity;
    Tally tally[GROUP_COUNT]; /* of the unit in hand; BEFORE: of the turn */
    Tally word_tally;
};

Sums *sums_new(const Model *model)
{
    Sums *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->model = model;
    s->stride = model_stride(model);
    s->word_bytes = (sizeof(WordSums) + WORD_PARTS * s->stride * sizeof(int16_t) + 63) / 64 * 64;
    s->word = memory_table(WORD_SLOTS * s->word_bytes);
    return s;
}

void sums_free(Sums *s)
{
    if (!s) return;
    features_clear(&s->features);
    free(s->word);
    free(s->feature);
    free(s->place);
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
    sums_add(s->waiting, s->waits, WORD_PARTS * s->stride, own);
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
        for (unsigned part = 0; part < WORD_PARTS; part++) square[part] += word->square[part];
        words++;
    }
    add_waiting(s, own);
}

/* --- a turn ------------------------------------------------------------------------------- */

static void make_room(Sums *s, size_t units)
{
    size_t parts = (units + 1) * PARTS;
    s->own = hearing_room(s->own, &s->own_capacity, parts * s->stride, sizeof *s->own);
    s->square = hearing_room(s->square, &s->square_capacity, parts, sizeof *s->square);
    s->running = hearing_room(s->running, &s->running_capacity, (units + 1) * s->stride, sizeof *s->running);
    s->running_square =
        hearing_room(s->running_square, &s->running_square_capacity, units + 1, sizeof *s->running_square);
    memset(s->own, 0, parts * s->stride * sizeof *s->own);
    memset(s->square, 0, parts * sizeof *s->square);
    memset(s->running, 0, s->stride * sizeof *s->running);
    s->running_square[0] = 0;
    s->named = 0;
}

static const int32_t *own_of(const Sums *s, size_t u, unsigned part) { return s->own + (u * PARTS + part) * s->stride; }

/* Features [begin, end) of those just named will count in a part of unit `u`. */
static void take_features(Sums *s, size_t begin, size_t end, size_t u, unsigned part)
{
    size_t count = end - begin, at = s->named;
    if (count == 0) return;
    s->feature = hearing_room(s->feature, &s->feature_capacity, at + count, sizeof *s->feature);
    s->place = hearing_room(s->place, &s->place_capacity, at + count, sizeof *s->place);
    memcpy(s->feature + at, s->features.item + begin, count * sizeof *s->feature);
    for (size_t i = 0; i < count; i++) s->place[at + i] = (uint32_t)(u * PARTS + part);
    s->named += count;
}

static void take_turn(Sums *s, Hearing *h, const Conversation *c, uint32_t utterance, const Unit *unit, size_t units)
{
    tally_clear(s->model, &s->tally[GROUP_BEFORE]);
    if (model_wants(s->model, GROUP_BEFORE)) {
        features_of_unit(h, c, utterance, unit, units, 0, 1u << GROUP_BEFORE, &s->features);
        tally_add(s->model, s->features.item, s->features.count, &s->tally[GROUP_BEFORE]);
    }
    s->features.count = 0;
    if (model_wants(s->model, GROUP_FACTS)) features_of_turn(h, c, utterance, units, &s->features);
    take_features(s, 0, s->features.count, units, PART_FACTS);
}

static void take_unit(Sums *s, Hearing *h, const Conversation *c, uint32_t utterance, const Unit *unit, size_t units,
                      size_t u)
{
    static const struct {
        FeatureGroup group;
        unsigned part;
    } OF_UNIT[] = { { GROUP_WORDS, PART_WORDS }, { GROUP_FACTS, PART_FACTS }, { GROUP_RULES, PART_RULES } };
    unsigned wanted = FEATURES_WORDS_APART | FEATURES_TURN_APART;
    add_words(s, h, c, utterance, unit[u], s->own + u * PARTS * s->stride, s->square + u * PARTS);
    for (size_t i = 0; i < COUNT(OF_UNIT); i++)
        if (model_wants(s->model, OF_UNIT[i].group)) wanted |= 1u << OF_UNIT[i].group;
    features_of_unit(h, c, utterance, unit, units, u, wanted, &s->features);
    for (size_t i = 0; i < COUNT(OF_UNIT); i++) {
        FeatureGroup g = OF_UNIT[i].group;
        take_features(s, g ? s->features.end[g - 1] : 0, s->features.end[g], u, OF_UNIT[i].part);
    }
    s->features.count = 0;
    if (units > 1 && model_wants(s->model, GROUP_AROUND))
        features_of_pairs_beside(h, &h->turn[utterance], unit[u], &s->features);
    take_features(s, 0, s->features.count, u, PART_AROUND);
}

static void run_on(Sums *s, size_t u)
{
    const int32_t *around = own_of(s, u, PART_AROUND);
    int32_t *running = s->running + u * s->stride;
    for (size_t i = 0; i < s->stride; i++) running[s->stride + i] = running[i] + around[i];
    s->running_square[u + 1] = s->running_square[u] + s->square[u * PARTS + PART_AROUND];
}

static void find_around(Sums *s, size_t u, size_t units)
{
    size_t from = u > UNITS_BESIDE ? u - UNITS_BESIDE : 0, past = MIN(units, u + UNITS_BESIDE + 1);
    const int32_t *own = own_of(s, u, PART_AROUND);
    const int32_t *low = s->running + from * s->stride, *high = s->running + past * s->stride;
    Tally *tally = &s->tally[GROUP_AROUND];
    for (size_t i = 0; i < s->stride; i++) tally->sum[i] = high[i] - low[i] - own[i];
    tally->square = s->running_square[past] - s->running_square[from] - s->square[u * PARTS + PART_AROUND];
}

static void tally_part(const Sums *s, size_t u, unsigned part, Tally *tally)
{
    memcpy(tally->sum, own_of(s, u, part), s->stride * sizeof *s->own);
    tally->square = s->square[u * PARTS + part];
}

static void find_tallies(Sums *s, size_t u, size_t units)
{
    const int32_t *shared = own_of(s, units, PART_FACTS);
    tally_part(s, u, PART_WORDS, &s->tally[GROUP_WORDS]);
    tally_part(s, u, PART_LETTERS, &s->tally[GROUP_LETTERS]);
    tally_part(s, u, PART_RULES, &s->tally[GROUP_RULES]);
    tally_part(s, u, PART_FACTS, &s->tally[GROUP_FACTS]);
    for (size_t i = 0; i < s->stride; i++) s->tally[GROUP_FACTS].sum[i] += shared[i];
    s->tally[GROUP_FACTS].square += s->square[units * PARTS + PART_FACTS];
    find_around(s, u, units);
}

void sums_of_turn(Sums *s, Hearing *h, const Conversation *c, uint32_t utterance, const Unit *unit, size_t units,
                  const float *vector, int32_t *ret)
{
    size_t labels = model_label_count(s->model), columns = model_dense_columns(s->model);
    int8_t dense[MODEL_DENSE_MAX];
    if (units == 0) return;
    make_room(s, units);
    take_turn(s, h, c, utterance, unit, units);
    for (size_t u = 0; u < units; u++) take_unit(s, h, c, utterance, unit, units, u);
    sums_add_features(s->model, s->feature, s->place, s->named, s->own, s->square);
    for (size_t u = 0; u < units; u++) run_on(s, u);
    for (size_t u = 0; u < units; u++) {
        find_tallies(s, u, units);
        if (vector) model_dense(vector + u * columns, columns, dense);
        model_finish(s->model, s->tally, vector ? dense : NULL, ret + u * labels);
    }
}
