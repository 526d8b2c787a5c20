/* Questions over whole turns and conversations, learned from a few made-up lines and asked of the same kind. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "hear/hear.h"
#include "learn/texts.h"
#include "random.h"

static Hearer *hearer;
static Encoder *encoder; /* NULL where the build has none */

static int open_all(void **state)
{
    Err err = { .kind = ERR_NONE };
    (void)state;
    hearer = hear_open_reader(NULL, READER_RULES, &err);
    encoder = encoder_open((EncoderSettings){ .numbers = ENCODER_INT8 }, &err);
    return hearer ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    hear_free(hearer);
    encoder_free(encoder);
    return 0;
}

/* --- lines ------------------------------------------------------------------------------- */

static const char *const FRUIT[] = { "apples", "pears", "plums", "cherries", "grapes", "melons" };
static const char *const TOOL[] = { "hammers", "saws", "drills", "pliers", "chisels", "planes" };
static const char *const SAID[] = { "we have %s in stock", "the %s are on the left", "%s came in today",
                                    "would you like some %s", "I looked for %s" };

/* Talk of fruit, tools, both or neither; how much a word `glad` stands in it is its score. */
static void utterances(Buf *ret, size_t count)
{
    Random random = random_start("lines");
    for (size_t i = 0; i < count; i++) {
        bool fruit = random_below(&random, 2), tool = random_below(&random, 2);
        size_t glad = random_below(&random, 4);
        char words[4][80] = { "good morning", "", "", "" };
        if (fruit) snprintf(words[1], sizeof words[1], SAID[random_below(&random, 5)], FRUIT[random_below(&random, 6)]);
        if (tool) snprintf(words[2], sizeof words[2], SAID[random_below(&random, 5)], TOOL[random_below(&random, 6)]);
        for (size_t g = 0; g < glad; g++) strcat(words[3], " glad");
        buf_printf(ret, "{\"conv\":\"c%zu\",\"role\":\"agent\",\"text\":\"%s. %s. %s.%s\",\"labels\":{", i / 3,
                   words[0], words[1], words[2], words[3]);
        buf_printf(ret, "\"shelf\":\"%s\",\"count\":%d,\"all\":[", fruit ? "fruit" : "other", fruit + tool);
        buf_printf(ret, "%s%s%s],\"glad\":%.1f,\"same\":1}}\n", fruit ? "\"fruit\"" : "", fruit && tool ? "," : "",
                   tool ? "\"tool\"" : "", (double)glad + .5);
    }
}

/* Conversations in which staff sometimes says "zum wohl" (a label of no list) and which end well or badly. */
static void conversations(Buf *ret, size_t count)
{
    Random random = random_start("conversations");
    for (size_t i = 0; i < count; i++) {
        bool parrot = random_below(&random, 2), well = random_below(&random, 2);
        buf_printf(ret,
                   "{\"id\":\"c%zu\",\"ends\":\"%s\",\"turns\":[{\"role\":\"customer\",\"text\":\"where are the %s\"},"
                   "{\"role\":\"agent\",\"text\":\"%s, the %s are here\",\"labels\":[%s]},"
                   "{\"role\":\"customer\",\"text\":\"%s\"}]}\n",
                   i, well ? "happy" : "angry", TOOL[random_below(&random, 6)], parrot ? "zum wohl my friend" : "well",
                   TOOL[random_below(&random, 6)],
                   parrot ? "{\"id\":\"shop.toast\",\"quote\":\"zum wohl my friend\"}" : "",
                   well ? "lovely, thank you so much" : "this is rubbish and I am off");
    }
}

static void read_lines(Passages *passages, Str lines)
{
    char path[] = "/tmp/goodwill-texts-XXXXXX";
    Err err = { .kind = ERR_NONE };
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, lines.data, lines.len), lines.len);
    close(fd);
    bool good = passages_read(passages, path, &err);
    unlink(path);
    if (!good) fail_msg("%s", err.text);
}

/* --- asking -------------------------------------------------------------------------------- */

static bool train(Str lines, const char *label, bool regress, const Encoder *with, Buf *model, Err *err)
{
    Passages passages = { 0 };
    Buf report = { 0 };
    TextOptions options = { .label = str_from(label),
                            .regress = regress,
                            .encoder = with,
                            .seed = 1,
                            .date = STR("2026-01-31"),
                            .licences = STR("none") };
    read_lines(&passages, lines);
    bool good = texts_train(hearer, &passages, &options, model, &report, err);
    assert_true(!good || report.len > 20);
    buf_clear(&report);
    passages_clear(&passages);
    return good;
}

/* Trains on some lines, answers others: one line a line. */
static void ask(Str lines, const char *label, bool regress, const Encoder *with, Str asked, Buf *answers)
{
    Err err = { .kind = ERR_NONE };
    Buf bytes = { 0 };
    Passages passages = { 0 };
    if (!train(lines, label, regress, with, &bytes, &err)) fail_msg("%s", err.text);
    char *file = aligned_alloc(64, (bytes.len + 63) / 64 * 64);
    memcpy(file, bytes.data, bytes.len);
    Model *model = model_open(str_make(file, bytes.len), STR("m"), &err);
    if (!model) fail_msg("%s", err.text);
    assert_int_equal(model_dense_columns(model) > 0, with != NULL);
    read_lines(&passages, asked);
    if (!texts_predict(hearer, with, model, &passages, answers, &err)) fail_msg("%s", err.text);
    model_free(model);
    free(file);
    buf_clear(&bytes);
    passages_clear(&passages);
}

static const char FOUR[] =
    "{\"role\":\"agent\",\"text\":\"good morning. the plums are on the left. .\"}\n"
    "{\"role\":\"agent\",\"text\":\"good morning. . saws came in today. glad glad glad\"}\n"
    "{\"role\":\"agent\",\"text\":\"good morning. we have grapes in stock. I looked for drills. glad\"}\n"
    "{\"role\":\"agent\",\"text\":\"good morning. . .\"}\n";

/* The `pred` of each line, a blank behind each. */
static void assert_preds(Str answers, const char *expected)
{
    Buf preds = { 0 };
    for (Str line; str_next_line(&answers, &line);) {
        size_t end = str_find(line, STR(",\"scores\""));
        assert_true(str_starts(line, STR("{\"pred\":")) && end != STR_NOT_FOUND);
        buf_add(&preds, str_sub(line, 8, end));
        buf_char(&preds, ' ');
    }
    assert_str(buf_str(&preds), str_from(expected));
    buf_clear(&preds);
}

static void check_preds(const char *label, const Encoder *with, const char *expected)
{
    Buf lines = { 0 }, answers = { 0 };
    utterances(&lines, 240);
    ask(buf_str(&lines), label, false, with, str_from(FOUR), &answers);
    assert_preds(buf_str(&answers), expected);
    buf_clear(&lines);
    buf_clear(&answers);
}

static void one_value_or_not(void **state)
{
    (void)state;
    check_preds("shelf=fruit", NULL, "true false true false ");
    check_preds("all=tool", NULL, "false true true false ");
}

static void above_a_number(void **state)
{
    (void)state;
    check_preds("count>0", NULL, "true true true false ");
    check_preds("count>1", NULL, "false false true false ");
}

static void one_of_several(void **state)
{
    (void)state;
    check_preds("shelf", NULL, "\"fruit\" \"other\" \"fruit\" \"other\" ");
    check_preds("count", NULL, "1 1 2 0 ");
}

static void several_at_once(void **state)
{
    (void)state;
    check_preds("all", NULL, "[\"fruit\"] [\"tool\"] [\"fruit\",\"tool\"] [] ");
}

static void with_sentence_vectors(void **state)
{
    (void)state;
    if (!encoder) {
        print_message("the build has no sentence encoder\n");
        skip();
    }
    check_preds("all", encoder, "[\"fruit\"] [\"tool\"] [\"fruit\",\"tool\"] [] ");
}

static double number_of(Str *answers)
{
    Str line;
    double ret = 0;
    assert_true(str_next_line(answers, &line));
    assert_true(str_starts(line, STR("{\"pred\":")) && str_ends(line, STR("}")));
    assert_true(str_to_double(str_sub(line, 8, line.len - 1), &ret));
    return ret;
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        bool regress;
        double least, most; /* of the fourth line, then of the second: none and three */
    } row[] = { { "glad", false, 1, 3 }, { "count", true, .5, .6 } };
    for (size_t i = 0; i < COUNT(row); i++) {
        Buf lines = { 0 }, answers = { 0 };
        utterances(&lines, 240);
        ask(buf_str(&lines), row[i].label, row[i].regress, NULL, str_from(FOUR), &answers);
        Str rest = buf_str(&answers);
        (void)number_of(&rest);
        double three = number_of(&rest);
        (void)number_of(&rest);
        double none = number_of(&rest);
        assert_true(none < row[i].least);
        assert_true(three > row[i].most);
        buf_clear(&lines);
        buf_clear(&answers);
    }
}

static void a_behaviour_of_no_list(void **state)
{
    (void)state;
    Buf lines = { 0 }, answers = { 0 };
    conversations(&lines, 80);
    ask(buf_str(&lines), "shop.toast", false, NULL,
        STR("{\"turns\":[{\"role\":\"agent\",\"text\":\"zum wohl my friend\"},"
            "{\"role\":\"customer\",\"text\":\"zum wohl my friend\"},{\"role\":\"agent\",\"text\":\"well, the saws\"}]}\n"
            "{\"turns\":[]}\n"
            "{\"role\":\"agent\",\"text\":\"zum wohl my friend, the drills are here\"}\n"),
        &answers);
    assert_preds(buf_str(&answers), "[true,false,false] [] true ");
    buf_clear(&lines);
    buf_clear(&answers);
}

static void how_a_conversation_ends(void **state)
{
    (void)state;
    Buf lines = { 0 }, answers = { 0 };
    conversations(&lines, 80);
    ask(buf_str(&lines), "ends", false, NULL,
        STR("{\"turns\":[{\"role\":\"agent\",\"text\":\"well, the saws are here\"},"
            "{\"role\":\"customer\",\"text\":\"lovely, thank you so much\"}]}\n"
            "{\"turns\":[{\"role\":\"customer\",\"text\":\"this is rubbish and I am off\"}]}\n"),
        &answers);
    assert_preds(buf_str(&answers), "[\"happy\",\"happy\"] [\"angry\"] ");
    buf_clear(&lines);
    buf_clear(&answers);
}

/* --- bytes and errors ------------------------------------------------------------------------- */

static void the_same_bytes_twice(void **state)
{
    (void)state;
    static const char *const LABEL[] = { "all", "glad", "shelf=fruit" };
    Buf lines = { 0 }, whole = { 0 };
    Err err = { .kind = ERR_NONE };
    utterances(&lines, 120);
    conversations(&whole, 40);
    for (size_t i = 0; i < COUNT(LABEL) + 1; i++) {
        Buf first = { 0 }, second = { 0 };
        const char *label = i < COUNT(LABEL) ? LABEL[i] : "shop.toast";
        Str of = i < COUNT(LABEL) ? buf_str(&lines) : buf_str(&whole);
        assert_true(train(of, label, false, encoder, &first, &err));
        assert_true(train(of, label, false, encoder, &second, &err));
        assert_true(str_equal(buf_str(&first), buf_str(&second)));
        buf_clear(&first);
        buf_clear(&second);
    }
    buf_clear(&lines);
    buf_clear(&whole);
}

static void what_cannot_be_learned_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *label, *expect;
        ErrKind kind;
    } row[] = {
        { "nothing", "no line says anything of 'nothing'", ERR_INPUT },
        { "same", "same always has the same value", ERR_INPUT },
        { "same=1", "same: the answer is always the same (30 lines)", ERR_INPUT },
        { "count>9", "count: the answer is always the same (30 lines)", ERR_INPUT },
        { "count>many", "--label 'count>many': behind > stands a number", ERR_USAGE },
        { "=1", "--label '=1' names no key", ERR_USAGE },
    };
    Buf lines = { 0 }, model = { 0 };
    utterances(&lines, 30);
    for (size_t i = 0; i < COUNT(row); i++) {
        Err err = { .kind = ERR_NONE };
        assert_false(train(buf_str(&lines), row[i].label, false, NULL, &model, &err));
        assert_string_equal(err.text, row[i].expect);
        assert_int_equal(err.kind, row[i].kind);
        assert_int_equal(model.len, 0);
    }
    Err err = { .kind = ERR_NONE };
    assert_false(train(buf_str(&lines), "shelf", true, NULL, &model, &err));
    assert_string_equal(err.text, "shelf: some values are no numbers");
    buf_clear(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_value_or_not),       cmocka_unit_test(above_a_number),
        cmocka_unit_test(one_of_several),         cmocka_unit_test(several_at_once),
        cmocka_unit_test(with_sentence_vectors),  cmocka_unit_test(numbers),
        cmocka_unit_test(a_behaviour_of_no_list), cmocka_unit_test(how_a_conversation_ends),
        cmocka_unit_test(the_same_bytes_twice),   cmocka_unit_test(what_cannot_be_learned_is_said),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
