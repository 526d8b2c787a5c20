/* Figures of agreement against values worked out by hand or printed by those who made them, and a whole evaluation of
 * marks that a person counted. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>
#include "learn/evaluate.h"

static void near_to(double is, double expected, double within)
{
    if (!(fabs(is - expected) <= within)) fail_msg("%.6f is not %.6f", is, expected);
}

/* 20 twice yes, 15 twice no, 5 and 10 differ: p_o .7, p_e .5, kappa .4 (the worked example of Cohen's kappa that
 * textbooks give); q = .55: AC1 = (.7 - .495) / .505. */
static void kappa_of_fifty(void **state)
{
    (void)state;
    Units u = { 20, 5, 10, 15 };
    near_to(units_kappa(&u), .4, 1e-12);
    near_to(units_ac1(&u), (.7 - .495) / .505, 1e-12);
    near_to(units_prevalence(&u), .6, 1e-12);
}

/* Gwet's own example of the paradox: 118 of 125 subjects twice yes, none twice no: raters agree on 94 %, kappa is below
 * zero, AC1 is .941. */
static void gwet_on_the_paradox(void **state)
{
    (void)state;
    Units u = { 118, 5, 2, 0 };
    near_to(units_kappa(&u), -.0234, .0005);
    near_to(units_ac1(&u), .9408, .0005);
}

/* Krippendorff, "Computing Krippendorff's Alpha-Reliability", binary data of two observers: ten units, alpha .095. */
static void krippendorffs_ten_units(void **state)
{
    (void)state;
    Units u = { 1, 1, 3, 5 };
    near_to(units_alpha(&u), 1 - 19. * 4 / (6 * 14), 1e-12);
    near_to(units_alpha(&u), .095, .0005);
}

static void nothing_to_reckon_with(void **state)
{
    (void)state;
    Units none = { 0, 0, 0, 0 }, never = { 0, 0, 0, 9 }, always = { 4, 0, 0, 0 };
    assert_true(isnan(units_kappa(&none)) && isnan(units_ac1(&none)) && isnan(units_alpha(&none)));
    assert_true(isnan(units_kappa(&never)) && isnan(units_alpha(&never)));
    assert_true(isnan(units_alpha(&always)));
    near_to(units_ac1(&never), 1, 0);
    assert_true(isnan(units_prevalence(&none)));
    assert_true(isnan(wilson(0, 0).low));
    Bands bands = { 0 };
    assert_true(isnan(bands_error(&bands)));
}

/* 4 of 5: .38 to .96; 8 of 10: .49 to .94; 170 of 200: .79 to .89. */
static void wilson_of_small_samples(void **state)
{
    (void)state;
    static const struct {
        double right, of, low, high;
    } row[] = {
        { 4, 5, .3755, .9638 }, { 8, 10, .4902, .9433 }, { 170, 200, .7939, .8929 },
        { 0, 9, 0, .2991 },     { 9, 9, .7009, 1 },
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        Interval is = wilson(row[i].right, row[i].of);
        near_to(is.low, row[i].low, 5e-4);
        near_to(is.high, row[i].high, 5e-4);
    }
}

static void percentiles_leave_out_what_is_unknown(void **state)
{
    (void)state;
    double value[1010];
    for (size_t i = 0; i < 1000; i++) value[i] = (double)(i * 7 % 1000); /* 0..999 in disorder */
    for (size_t i = 1000; i < 1010; i++) value[i] = NAN;
    Interval is = percentiles(value, 1010);
    near_to(is.low, 25, 0);
    near_to(is.high, 974, 0);
    double unknown[] = { NAN, NAN };
    assert_true(isnan(percentiles(unknown, 2).low));
    double one[] = { .5 };
    near_to(percentiles(one, 1).low, .5, 0);
    near_to(one[0], .5, 0);
}

/* Two marks at .9, one right: off by .4 each; eight at .6 of which six right: by .15; together (2·.4 + 8·.15) / 10. */
static void calibration_by_hand(void **state)
{
    (void)state;
    Bands bands = { 0 };
    bands_add(&bands, 90, true);
    bands_add(&bands, 90, false);
    for (int i = 0; i < 8; i++) bands_add(&bands, 60, i < 6);
    near_to(bands_error(&bands), .2, 1e-12);
    bands_add(&bands, 0, false);
    bands_add(&bands, 100, true);
    near_to(bands.item[0].marks, 1, 0);
    near_to(bands.item[BANDS - 1].marks, 1, 0);
}

/* --- a whole evaluation -------------------------------------------------------------------------- */

static const char LABELLED[] =
    "{\"id\":\"a\",\"channel\":\"chat\",\"outcome\":\"resolved\",\"first_contact_resolution\":true,\"ends\":\"calm\","
    "\"turns\":[{\"role\":\"customer\",\"text\":\"where is it\",\"labels\":[]},"
    "{\"role\":\"agent\",\"text\":\"sorry, so sorry\",\"labels\":[{\"id\":\"recovery.apology\",\"quote\":\"sorry\"},"
    "{\"id\":\"recovery.apology\",\"quote\":\"so sorry\"},{\"id\":\"harm.blame\",\"quote\":\"so\"},"
    "{\"id\":\"respect.closing\",\"quote\":\"so\",\"contested\":true}]},"
    "{\"role\":\"agent\",\"text\":\"goodbye then\",\"labels\":[{\"id\":\"respect.closing\",\"quote\":\"goodbye\"}]}]}\n"
    "{\"id\":\"b\",\"turns\":[{\"role\":\"agent\",\"text\":\"hm\",\"labels\":[]},"
    "{\"role\":\"agent\",\"text\":\"you broke it\",\"labels\":[]}]}\n";

static Passages read_text(const char *text)
{
    char path[] = "/tmp/goodwill-evaluate-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    Err err = { 0 };
    assert_true(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    Passages passages = { 0 };
    if (!passages_read(&passages, path, &err)) fail_msg("%s", err.text);
    unlink(path);
    return passages;
}

static uint16_t named(const Hearer *hearer, const char *id)
{
    size_t ret = 0;
    assert_true(hear_behaviour_named(hearer, str_from(id), &ret));
    return (uint16_t)ret;
}

typedef struct Case {
    Hearer *hearer;
    Passages passages;
    Arena arena;
    Mark mark[8];
    Judgement judged[2];
    Reading reading;
} Case;

/* Apology 0-10 meets both labels, 13-14 meets "so sorry" too; closing in the turn with a contested one counts nowhere;
 * blame is right in a, and wrong in b; the apology in b is wrong. */
static void open_case(Case *c)
{
    Err err = { 0 };
    *c = (Case){ .passages = read_text(LABELLED) };
    c->hearer = hear_open_reader(NULL, READER_RULES, &err);
    assert_non_null(c->hearer);
    uint16_t apology = named(c->hearer, "recovery.apology"), blame = named(c->hearer, "harm.blame");
    uint16_t closing = named(c->hearer, "respect.closing");
    Mark marks[] = { { .behaviour = apology, .utterance = 1, .begin = 0, .end = 10, .confidence = 90 },
                     { .behaviour = apology, .utterance = 1, .begin = 13, .end = 14, .confidence = 90 },
                     { .behaviour = blame, .utterance = 1, .begin = 1, .end = 3, .confidence = 80 },
                     { .behaviour = closing, .utterance = 1, .begin = 3, .end = 5, .confidence = 80 },
                     { .behaviour = apology, .utterance = 0, .begin = 0, .end = 2, .confidence = 60 },
                     { .behaviour = blame, .utterance = 1, .begin = 0, .end = 3, .confidence = 60 } };
    memcpy(c->mark, marks, sizeof marks);
    c->reading = (Reading){ .outcome = OUTCOME_RESOLVED, .first_contact = ANSWER_NO, .ends = ENDS_UNSURE };
    c->judged[0] = (Judgement){ { c->mark, 4 }, &c->reading };
    c->judged[1] = (Judgement){ { c->mark + 4, 2 }, NULL };
}

static void close_case(Case *c)
{
    hear_free(c->hearer);
    passages_clear(&c->passages);
    arena_clear(&c->arena);
}

static const EvaluateOptions OPTIONS = { .rounds = 200, .seed = 7, .macro_least = 1 };

static void counts_of_two_conversations(void **state)
{
    (void)state;
    Case c;
    Evaluation e;
    open_case(&c);
    evaluate(c.hearer, &c.passages, c.judged, &OPTIONS, &c.arena, &e);
    const BehaviourMeasured *apology = &e.item[named(c.hearer, "recovery.apology")];
    const BehaviourMeasured *blame = &e.item[named(c.hearer, "harm.blame")];
    const BehaviourMeasured *closing = &e.item[named(c.hearer, "respect.closing")];
    assert_int_equal(e.conversations, 2);
    assert_int_equal(e.turns, 5);
    near_to(apology->counts.met, 2, 0);
    near_to(apology->counts.wrong, 1, 0);
    near_to(apology->counts.missed, 0, 0);
    near_to(apology->precision.value, 2. / 3, 1e-12);
    /* "sorry" shares 5 of 10 bytes with 0-10; "so sorry" 7-15 shares 3 of 15 with it, and 1 of 8 with 13-14. */
    near_to(apology->counts.overlap, 5. / 10 + 3. / 15, 1e-12);
    /* Of four turns of staff: one both, one only the reader's, two neither. */
    near_to(apology->units.both, 1, 0);
    near_to(apology->units.only_reader, 1, 0);
    near_to(apology->units.only_people, 0, 0);
    near_to(apology->units.neither, 2, 0);
    near_to(apology->kappa.value, (.75 - .5) / .5, 1e-12);
    near_to(apology->prevalence.value, .25, 1e-12);
    near_to(apology->alpha.value, 1 - 7. * 1 / (3 * 5), 1e-12);
    /* "so" first stands in "sorry", at 0: the blame of a is right. */
    near_to(blame->counts.met, 1, 0);
    near_to(blame->counts.wrong, 1, 0);
    /* The contested turn is no unit of closing: three of four are left. */
    near_to(closing->counts.wrong, 0, 0);
    near_to(closing->counts.missed, 1, 0);
    near_to(closing->units.only_people, 1, 0);
    near_to(closing->units.neither, 2, 0);
    near_to(e.all.met, 3, 0);
    near_to(e.all.wrong, 2, 0);
    near_to(e.all.missed, 1, 0);
    near_to(e.f1.value, 2 * 3. / (2 * 3 + 2 + 1), 1e-12);
    near_to(e.macro_f1.value, (2 * 2. / 5 + 2. / 3 + 0) / 3, 1e-12);
    near_to(e.harms_precision.value, .5, 1e-12);
    near_to(e.answer[0].share.value, 1, 0);
    near_to(e.answer[1].share.value, 0, 0);
    near_to(e.answer[2].share.value, 0, 0); /* not sure is wrong */
    near_to(e.answer[0].asked, 1, 0);
    near_to(e.bands.item[8].marks, 2, 0); /* the contested mark is in no band */
    near_to(e.bands.item[7].marks, 1, 0);
    close_case(&c);
}

static void states_and_intervals(void **state)
{
    (void)state;
    Case c;
    Evaluation e, again;
    open_case(&c);
    evaluate(c.hearer, &c.passages, c.judged, &OPTIONS, &c.arena, &e);
    const BehaviourMeasured *apology = &e.item[named(c.hearer, "recovery.apology")];
    assert_int_equal(apology->state, STATE_CHECK);
    assert_int_equal(e.item[named(c.hearer, "respect.closing")].state, STATE_CHECK); /* labelled, never marked */
    assert_int_equal(e.item[named(c.hearer, "respect.thanks")].state, STATE_UNMEASURED);
    /* Two of three: Wilson's interval is wider than what drawing one of two conversations can show. */
    near_to(apology->precision.interval.low, 0, .3);
    assert_true(apology->precision.interval.low <= wilson(2, 3).low);
    for (size_t b = 0; b < e.count; b++) {
        const BehaviourMeasured *m = &e.item[b];
        if (isnan(m->f1.value) || isnan(m->f1.interval.low)) continue;
        assert_true(m->f1.interval.low <= m->f1.interval.high);
        assert_true(!m->in_figures || m->state == STATE_SURE);
    }
    evaluate(c.hearer, &c.passages, c.judged, &OPTIONS, &c.arena, &again);
    near_to(again.f1.interval.low, e.f1.interval.low, 0);
    near_to(again.f1.interval.high, e.f1.interval.high, 0);
    close_case(&c);
}

static void what_may_enter_a_figure(void **state)
{
    (void)state;
    assert_true(agreement_in_figures(STATE_SURE, .667));
    assert_false(agreement_in_figures(STATE_SURE, .666));
    assert_false(agreement_in_figures(STATE_SURE, NAN));
    assert_false(agreement_in_figures(STATE_CHECK, .9));
}

static void a_table_keeps_what_was_not_measured(void **state)
{
    (void)state;
    Case c;
    Evaluation e;
    Buf table = { 0 };
    open_case(&c);
    evaluate(c.hearer, &c.passages, c.judged, &OPTIONS, &c.arena, &e);
    static const char BEFORE[] = "# old\nreader\tbehaviour\nfast\trecovery.apology\tsure\tx\n"
                                 "rules\trecovery.apology\tsure\tx\nrules\trespect.thanks\toff\tx\n";
    evaluate_table(c.hearer, &e, str_from(BEFORE), STR("2026-03-02"), &table);
    Str text = buf_str(&table);
    assert_true(str_find(text, STR("\nfast\trecovery.apology\tsure\tx\n")) != STR_NOT_FOUND);
    assert_true(str_find(text, STR("\nrules\trespect.thanks\toff\tx\n")) != STR_NOT_FOUND);
    assert_true(str_find(text, STR("rules\trecovery.apology\tsure\tx")) == STR_NOT_FOUND);
    assert_true(str_find(text, STR("\nrules\trecovery.apology\tto check\t0.667\t")) != STR_NOT_FOUND);
    assert_true(str_find(text, STR("\t2\t2026-03-02\t")) != STR_NOT_FOUND);
    assert_true(str_find(text, STR("# old")) == STR_NOT_FOUND);
    buf_clear(&table);
    close_case(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kappa_of_fifty),
        cmocka_unit_test(gwet_on_the_paradox),
        cmocka_unit_test(krippendorffs_ten_units),
        cmocka_unit_test(nothing_to_reckon_with),
        cmocka_unit_test(wilson_of_small_samples),
        cmocka_unit_test(percentiles_leave_out_what_is_unknown),
        cmocka_unit_test(calibration_by_hand),
        cmocka_unit_test(counts_of_two_conversations),
        cmocka_unit_test(states_and_intervals),
        cmocka_unit_test(what_may_enter_a_figure),
        cmocka_unit_test(a_table_keeps_what_was_not_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
