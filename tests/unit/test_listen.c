/* Listening: what models add while a conversation is heard is what they say of each clause by itself, and is the same
 * on every processor.
 *
 * A company's own words bring behaviours that no rule knows, and models of them whose weights are drawn by chance, half
 * of all clauses above the threshold.  So their marks can be foretold to the byte from hear_units and model_sums, which
 * add up every feature of a clause anew; listen.c keeps sums from clause to clause.
 */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "hear/hear_json.h"
#include "hear/hearing.h"
#include "hear/units.h"
#include "learn/model_write.h"
#include "learn/passages.h"
#include "random.h"

enum { LABELS = 19, CONVERSATIONS = 300, COLUMNS_MOST = 60000, PARTIES = 2 };

static const char *const MODEL_NAME[PARTIES] = { "own-staff.gwm", "own-customers.gwm" };
static char folder[] = "/tmp/goodwill-listen-XXXXXX";
static Passages gold;
static Hearer *hearer;
static Buf model_bytes[PARTIES];

/* --- words of their own ----------------------------------------------------------------- */

static void put(const char *name, Str bytes)
{
    char path[128];
    Err err;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!file_write(path, bytes, &err)) fail_msg("%s", err.text);
}

static void put_behaviours(void)
{
    Buf table = { 0 };
    buf_add(&table, embedded_find(&embedded_words, STR("behaviours.tsv"))->bytes);
    for (unsigned who = 0; who < PARTIES; who++)
        for (unsigned l = 0; l < LABELS; l++)
            buf_printf(&table, "own.%c%u\t%s\t+\tOwn\tx\ty\tz\n", who ? 'c' : 'a', l, who ? "customer" : "agent");
    put("behaviours.tsv", buf_str(&table));
    buf_clear(&table);
}

/* Features as they are met, each once. */
typedef struct Gathered {
    UnitSink base;
    Column *column;
    uint32_t count;
    uint64_t slot[COLUMNS_MOST * 4];
} Gathered;

static void meet(UnitSink *base, uint32_t utterance, uint32_t begin, uint32_t end, const Features *f)
{
    Gathered *met = (Gathered *)base;
    (void)utterance;
    (void)begin;
    (void)end;
    for (size_t i = 0, group = 0; i < f->count && met->count < COLUMNS_MOST; i++) {
        while (i >= f->end[group]) group++;
        size_t at = f->item[i] % COUNT(met->slot);
        while (met->slot[at] && met->slot[at] != f->item[i]) at = (at + 1) % COUNT(met->slot);
        if (met->slot[at]) continue;
        met->slot[at] = f->item[i];
        met->column[met->count++] = (Column){
            .name = f->item[i], .rows = 9, .group = (uint8_t)group, .idf = 1 + (float)(f->item[i] % 700) / 100
        };
    }
}

static void write_models(const Gathered *met, Random *random)
{
    static const float SCALES[GROUP_COUNT] = { 1, .6f, .5f, .2f, .15f, .25f };
    size_t stride = label_stride(LABELS);
    float *weight = calloc(met->count * stride, sizeof *weight);
    assert_non_null(weight);
    for (unsigned who = 0; who < PARTIES; who++) {
        LabelPlan label[LABELS];
        char name[LABELS][16];
        for (size_t i = 0; i < met->count; i++)
            for (size_t l = 0; l < LABELS; l++) weight[i * stride + l] = (float)random_below(random, 2001) / 1000 - 1;
        for (unsigned l = 0; l < LABELS; l++) {
            snprintf(name[l], sizeof name[l], "own.%c%u", who ? 'c' : 'a', l);
            label[l] = (LabelPlan){
                .name = str_from(name[l]), .sigmoid = { 1, 0 }, .mode = l % 2 ? MODE_EITHER : MODE_MODEL, .passages = 12
            };
        }
        ModelPlan plan = { .kind = MODEL_MANY_OF,
                           .who = (Who)who,
                           .column = met->column,
                           .column_count = met->count,
                           .weight = weight,
                           .label = label,
                           .label_count = LABELS,
                           .unit = 1,
                           .card = STR("{}\n") };
        memcpy(plan.group_weight, SCALES, sizeof SCALES);
        if (who) plan.group_weight[GROUP_BEFORE] = 0; /* a group that a model does not ask for */
        model_write(&plan, &model_bytes[who]);
        char path[64];
        snprintf(path, sizeof path, "models/%s", MODEL_NAME[who]);
        put(path, buf_str(&model_bytes[who]));
    }
    free(weight);
}

static int open_all(void **state)
{
    (void)state;
    Err err = { 0 };
    Arena arena = { 0 };
    char path[128];
    Random random = random_start("weights");
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/models", folder);
    if (mkdir(path, 0700) != 0 || !passages_read(&gold, "corpus/gold/dev.jsonl", &err) ||
        !passages_read(&gold, "corpus/gold/train-1.jsonl", &err)) {
        print_error("%s\n", err.text);
        return -1;
    }
    put_behaviours();
    Hearer *rules = hear_open_reader(folder, READER_RULES, &err);
    Gathered *met = calloc(1, sizeof *met);
    if (!rules || !met) return -1;
    met->base = (UnitSink){ .unit = meet, .only = UINT32_MAX };
    met->column = calloc(COLUMNS_MOST, sizeof *met->column);
    Hearing *hearing = hearing_new(rules);
    for (size_t i = 0; i < gold.count; i += 3) {
        Marks marks;
        hear_units(hearing, &gold.item[i].conversation, &met->base, &arena, &marks);
    }
    write_models(met, &random);
    hearing_free(hearing);
    hear_free(rules);
    free(met->column);
    free(met);
    arena_clear(&arena);
    hearer = hear_open(folder, &err);
    if (!hearer) print_error("%s\n", err.text);
    return hearer ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    char path[128];
    for (unsigned who = 0; who < PARTIES; who++) {
        snprintf(path, sizeof path, "%s/models/%s", folder, MODEL_NAME[who]);
        remove(path);
        buf_clear(&model_bytes[who]);
    }
    snprintf(path, sizeof path, "%s/models", folder);
    remove(path);
    snprintf(path, sizeof path, "%s/behaviours.tsv", folder);
    remove(path);
    remove(folder);
    hear_free(hearer);
    passages_clear(&gold);
    return 0;
}

/* --- foretold ------------------------------------------------------------------------------ */

typedef struct Told {
    UnitSink base;
    const Conversation *c;
    const Model *model[PARTIES];
    struct {
        uint32_t utterance, begin, end;
        int32_t sum[LABELS];
    } * unit;
    size_t count, capacity;
} Told;

static void tell(UnitSink *base, uint32_t utterance, uint32_t begin, uint32_t end, const Features *f)
{
    Told *told = (Told *)base;
    if (told->count == told->capacity) {
        told->capacity = told->capacity ? told->capacity * 2 : 64;
        told->unit = realloc(told->unit, told->capacity * sizeof *told->unit);
        assert_non_null(told->unit);
    }
    told->unit[told->count].utterance = utterance;
    told->unit[told->count].begin = begin;
    told->unit[told->count].end = end;
    model_sums(told->model[told->c->utterance[utterance].role == ROLE_CUSTOMER], f, NULL, told->unit[told->count].sum);
    told->count++;
}

/* One line a mark, label by label. */
static void draw_told(const Told *told, Buf *out)
{
    for (size_t l = 0; l < LABELS; l++)
        for (size_t u = 0, last; u < told->count; u = last + 1) {
            last = u;
            if (told->unit[u].sum[l] < 0) continue;
            int32_t best = told->unit[u].sum[l];
            while (last + 1 < told->count && told->unit[last + 1].utterance == told->unit[u].utterance &&
                   told->unit[last + 1].sum[l] >= 0) {
                last++;
                best = MAX(best, told->unit[last].sum[l]);
            }
            buf_printf(out, "%zu turn %u %u-%u %u\n", l, told->unit[u].utterance, told->unit[u].begin,
                       told->unit[last].end, MAX(1, model_hundredths(best)));
        }
}

static void draw_heard(const Marks *marks, Buf *out)
{
    for (size_t l = 0; l < LABELS; l++) {
        char agent[16], customer[16];
        snprintf(agent, sizeof agent, "own.a%zu", l);
        snprintf(customer, sizeof customer, "own.c%zu", l);
        for (size_t i = 0; i < marks->count; i++) {
            const Mark *m = &marks->item[i];
            Str id = hear_behaviour(hearer, m->behaviour)->id;
            if (!str_equal(id, str_from(agent)) && !str_equal(id, str_from(customer))) continue;
            buf_printf(out, "%zu turn %u %u-%u %u\n", l, m->utterance, m->begin, m->end, m->confidence);
            assert_true(str_find(hear_reason(hearer, m->rule), STR("12 passages")) != STR_NOT_FOUND);
        }
    }
}

static Str some_turn(Random *random)
{
    const Conversation *c = &gold.item[random_below(random, gold.count)].conversation;
    return c->utterance_count ? c->utterance[random_below(random, c->utterance_count)].text : STR("");
}

/* Turns of any conversations one behind the other, some of them joined, some broken off within a word. */
static void some_conversation(Random *random, Arena *arena, Conversation *c)
{
    conversation_init(c);
    for (size_t turns = 1 + random_below(random, 8); turns-- > 0;) {
        Str text = some_turn(random);
        for (size_t more = random_below(random, 4) ? 0 : random_below(random, 12); more-- > 0;)
            text = arena_printf(arena, "%.*s%s%.*s", STR_ARG(text), random_below(random, 2) ? " " : ". ",
                                STR_ARG(some_turn(random)));
        if (random_below(random, 5) == 0) text = str_sub(text, 0, random_below(random, text.len + 1));
        (void)conversation_say(c, arena, NO_PARTICIPANT, random_below(random, 2) ? ROLE_AGENT : ROLE_CUSTOMER, text);
    }
}

static void kept_sums_are_the_sums_of_all_features(void **state)
{
    (void)state;
    Random random = random_start("conversations");
    Err err;
    Arena arena = { 0 };
    Buf expected = { 0 }, heard = { 0 };
    Hearing *one = hearing_new(hearer), *other = hearing_new(hearer);
    Told told = { .base = { .unit = tell, .only = UINT32_MAX } };
    void *held[PARTIES];
    size_t lines = 0;
    for (unsigned who = 0; who < PARTIES; who++) {
        held[who] = aligned_alloc(64, (model_bytes[who].len + 63) / 64 * 64);
        assert_non_null(held[who]);
        memcpy(held[who], model_bytes[who].data, model_bytes[who].len);
        told.model[who] = model_open(str_make(held[who], model_bytes[who].len), STR("own"), &err);
        assert_non_null(told.model[who]);
    }
    for (int i = 0; i < CONVERSATIONS; i++) {
        Conversation c;
        Marks marks, by_rules;
        Reading reading;
        some_conversation(&random, &arena, &c);
        told.c = &c;
        told.count = expected.len = heard.len = 0;
        hear_run(one, &c, &arena, &marks, &reading);
        hear_units(other, &c, &told.base, &arena, &by_rules);
        draw_told(&told, &expected);
        draw_heard(&marks, &heard);
        assert_str(buf_str(&heard), buf_str(&expected));
        for (size_t k = 0; k < expected.len; k++) lines += expected.data[k] == '\n';
        arena_reset(&arena);
    }
    assert_true(lines > 10 * CONVERSATIONS);
    for (unsigned who = 0; who < PARTIES; who++) {
        model_free((Model *)(uintptr_t)told.model[who]);
        free(held[who]);
    }
    free(told.unit);
    hearing_free(one);
    hearing_free(other);
    buf_clear(&expected);
    buf_clear(&heard);
    arena_clear(&arena);
}

/* --- processors ------------------------------------------------------------------------------ */

static void hear_gold(Buf *out)
{
    Arena arena = { 0 };
    Hearing *hearing = hearing_new(hearer);
    for (size_t i = 0; i < gold.count; i++) {
        Marks marks;
        Reading reading;
        hear_run(hearing, &gold.item[i].conversation, &arena, &marks, &reading);
        hear_json(out, hearer, &gold.item[i].conversation, marks, &reading, false);
        arena_reset(&arena);
    }
    hearing_free(hearing);
    arena_clear(&arena);
}

static void every_path_hears_the_same(void **state)
{
    (void)state;
    Buf plain = { 0 };
    assert_true(model_use_path(MODEL_PATH_PLAIN));
    hear_gold(&plain);
    assert_true(plain.len > 100000);
    for (int path = MODEL_PATH_PLAIN + 1; path < MODEL_PATH_COUNT; path++) {
        Buf out = { 0 };
        if (!model_use_path((ModelPath)path)) {
            printf("# this processor has no path %d\n", path);
            continue;
        }
        hear_gold(&out);
        assert_true(str_equal(buf_str(&out), buf_str(&plain)));
        buf_clear(&out);
    }
    buf_clear(&plain);
    for (int path = MODEL_PATH_COUNT; path-- > 0;)
        if (model_use_path((ModelPath)path)) break;
}

/* --- turns that are too long ------------------------------------------------------------------- */

/* Beyond the last clause that models look at, rules stay; and what stands there costs no more than its length. */
static void a_turn_of_very_many_clauses(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Buf text = { 0 };
    Conversation c;
    Marks marks;
    Reading reading;
    Hearing *hearing = hearing_new(hearer);
    for (int i = 0; i < 5000; i++) buf_lit(&text, "You are number 12. ");
    uint32_t tail = (uint32_t)text.len;
    buf_lit(&text, "I'm so sorry about the delay with your order. ");
    conversation_init(&c);
    (void)conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_CUSTOMER, buf_str(&text));
    (void)conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_AGENT, buf_str(&text));
    hear_run(hearing, &c, &arena, &marks, &reading);
    size_t apologies = 0;
    for (size_t i = 0; i < marks.count; i++) {
        assert_true(
            i == 0 || marks.item[i].utterance > marks.item[i - 1].utterance ||
            (marks.item[i].utterance == marks.item[i - 1].utterance && marks.item[i].begin >= marks.item[i - 1].begin));
        apologies += marks.item[i].begin >= tail && marks.item[i].utterance == 1 &&
                     str_equal(hear_behaviour(hearer, marks.item[i].behaviour)->id, STR("recovery.apology"));
    }
    assert_int_equal(apologies, 1);
    hearing_free(hearing);
    buf_clear(&text);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_sums_are_the_sums_of_all_features),
        cmocka_unit_test(every_path_hears_the_same),
        cmocka_unit_test(a_turn_of_very_many_clauses),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
