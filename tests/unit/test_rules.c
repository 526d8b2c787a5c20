/* test_rules.c -- what each line of a rule does, as conversations with their marks; and what is said of wrong rules. */
#include "hear_case.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- what a rule says ---------------------------------------------------------------- */

static void hear_case(Hearing *h, Conversation *c)
{
    speakers_decide(h, c);
    judge_run(h, c);
}

#define ONE "behaviour a.one\nrule r: m\n  span match\n"

static const struct {
    const char *rules, *picture;
} CASES[] = {
    /* say: words, choices, options, classes, gaps, forms, places in the sentence */
    { ONE "  say sorry\n  say pardon me\n", "agent: Sorry, pardon me.\n"
                                            "       ~~~~~ a.one\n"
                                            "              ~~~~~~~~~ a.one\n"
                                            "customer: sorry\n" },
    { ONE "  say {sorry | pardon me} [very]\n", "agent: pardon me very much\n"
                                                "       ~~~~~~~~~~~~~~ a.one\n" },
    { "class colour = red | dark blue\n" ONE "  say the <colour>\n", "agent: the dark blue, the green\n"
                                                                     "       ~~~~~~~~~~~~~ a.one\n" },
    { "class colour from colours.txt\n" ONE "  say the <colour>\n", "agent: the red, the dark blue\n"
                                                                    "       ~~~~~~~ a.one\n"
                                                                    "                ~~~~~~~~~~~~~ a.one\n" },
    { "class colour from colours.txt\n" ONE "  say the colours\n", "agent: the red one\n" },
    { ONE "  say will ... call\n", "agent: I'll surely give you a call. I will not. Call him.\n"
                                   "       ~~~~~~~~~~~~~~~~~~~~~~~~~~~ a.one\n" },
    { ONE "  say will ...2 call\n", "agent: I'll give you a call. I'll just call.\n"
                                    "                             ~~~~~~~~~~~~~~ a.one\n" },
    { ONE "  say will _ call\n", "agent: I'll call, I'll just call\n"
                                 "                  ~~~~~~~~~~~~~~ a.one\n" },
    { ONE "  say refund~\n", "agent: refund, refunded, refunding, refunds, refundable\n"
                             "       ~~~~~~ a.one\n"
                             "               ~~~~~~~~ a.one\n"
                             "                         ~~~~~~~~~ a.one\n"
                             "                                    ~~~~~~~ a.one\n" },
    { ONE "  say go~\n", "agent: he went\n"
                         "          ~~~~ a.one\n" },
    { ONE "  say refund*\n", "agent: it is refundable\n"
                             "             ~~~~~~~~~~ a.one\n" },
    { ONE "  say ^ sorry\n", "agent: Sorry. I am sorry! Sorry.\n"
                             "       ~~~~~ a.one\n"
                             "                          ~~~~~ a.one\n" },
    { ONE "  say sorry $\n", "agent: sorry for that, sorry\n"
                             "                       ~~~~~ a.one\n" },
    { ONE "  say sorry , but\n", "agent: sorry but no, sorry - but no\n"
                                 "                     ~~~~~~~~~~~ a.one\n" },
    { ONE "  say sorry ?\n", "agent: sorry. Sorry?\n"
                             "              ~~~~~ a.one\n" },
    { ONE "  say by {#clock | #date}\n  say #money\n", "agent: by 5pm or by 12/03, for $5 or 5\n"
                                                       "       ~~~~~~ a.one\n"
                                                       "                 ~~~~~~~~ a.one\n"
                                                       "                               ~~ a.one\n" },
    { ONE "  say do not\n  say going to\n", "agent: I dont, I Don't, I am gonna\n"
                                            "         ~~~~ a.one\n"
                                            "                 ~~~~~ a.one\n"
                                            "                             ~~~~~ a.one\n" },
    { ONE "  say {sorry\n\n# between\n      | pardon}\n", "agent: pardon\n"
                                                          "       ~~~~~~ a.one\n" },
    /* guards in the sentence and in the turn */
    { ONE "  say sorry\n  not {not | never} sorry\n", "agent: sorry. I am not sorry.\n"
                                                      "       ~~~~~ a.one\n" },
    { ONE "  say sorry\n  near delay\n", "agent: sorry. A delay, sorry.\n"
                                         "                       ~~~~~ a.one\n" },
    { ONE "  say sorry\n  unless delay\n", "agent: sorry. A delay, sorry.\n"
                                           "       ~~~~~ a.one\n" },
    { ONE "  say sorry\n  turn delay\n", "agent: sorry. A delay.\n"
                                         "       ~~~~~ a.one\n"
                                         "agent: sorry\n" },
    { ONE "  say sorry\n  turn-not delay\n", "agent: sorry. A delay.\n"
                                             "agent: sorry\n"
                                             "       ~~~~~ a.one\n" },
    { ONE "  say sorry\n  near delay\n  near wait\n", "agent: sorry for the wait\n"
                                                      "       ~~~~~ a.one\n" },
    /* other: the other party's turn just before; its last turns when there are several */
    { ONE "  say sorry\n  other late\n", "agent: sorry\n"
                                         "customer: it is late\n"
                                         "agent: sorry\n"
                                         "       ~~~~~ a.one\n"
                                         "agent: sorry, once more\n"
                                         "       ~~~~~ a.one\n"
                                         "customer: fine\n"
                                         "agent: sorry\n" },
    { ONE "  say sorry\n  other-not late\n", "customer: it is late\n"
                                             "customer: hello\n"
                                             "agent: sorry\n"
                                             "customer: fine\n"
                                             "agent: sorry\n"
                                             "       ~~~~~ a.one\n" },
    { ONE "  say sorry\n  other late\n", "customer (note): it is late\n"
                                         "agent: sorry\n" },
    /* earlier: any earlier turn of the other party; own: of the same */
    { ONE "  say sorry\n  earlier late\n", "agent: sorry\n"
                                           "customer: late\n"
                                           "agent: hello\n"
                                           "customer: hello\n"
                                           "agent: sorry\n"
                                           "       ~~~~~ a.one\n" },
    { ONE "  say sorry\n  earlier-not late\n", "agent: sorry\n"
                                               "       ~~~~~ a.one\n"
                                               "customer: late\n"
                                               "agent: sorry\n" },
    { ONE "  say sorry\n  own late\n", "customer: late\n"
                                       "agent: sorry, late\n"
                                       "agent: sorry\n"
                                       "       ~~~~~ a.one\n" },
    { ONE "  say sorry\n  own-not late\n", "agent: sorry, late\n"
                                           "       ~~~~~ a.one\n"
                                           "agent: sorry\n" },
    /* echo: content words that come back */
    { ONE "  span clause\n  say so\n  echo 2\n", "customer: the boiler leaked on the carpet\n"
                                                 "agent: so the boiler is leaking\n"
                                                 "       ~~~~~~~~~~~~~~~~~~~~~~~~ a.one\n"
                                                 "agent: so the boiler is off\n" },
    { ONE "  span clause\n  say so\n  echo-max 1\n", "customer: the boiler leaked on the carpet\n"
                                                     "agent: so the boiler is leaking\n"
                                                     "agent: so the boiler is off\n"
                                                     "       ~~~~~~~~~~~~~~~~~~~~ a.one\n" },
    /* questions; in a text without any mark nobody knows */
    { ONE "  say sorry\n  asks\n", "agent: Sorry? Sorry.\n"
                                   "       ~~~~~ a.one\n"
                                   "agent: sorry is it\n"
                                   "       ~~~~~ a.one\n" },
    { ONE "  say sorry\n  tells\n", "agent: Sorry? Sorry.\n"
                                    "              ~~~~~ a.one\n" },
    /* place: among the turns of this party */
    { ONE "  say sorry\n  place first\n", "customer: hello\n"
                                          "agent: sorry\n"
                                          "       ~~~~~ a.one\n"
                                          "agent: sorry\n" },
    { ONE "  say sorry\n  place last\n", "agent: sorry\n"
                                         "agent: sorry\n"
                                         "       ~~~~~ a.one\n"
                                         "agent (note): sorry\n"
                                         "customer: sorry\n" },
    { ONE "  say sorry\n  place opening\n", "agent: sorry 1\n       ~~~~~ a.one\nagent: sorry 2\n       ~~~~~ a.one\n"
                                            "agent: sorry 3\n" },
    { ONE "  say sorry\n  place closing\n", "agent: sorry 1\nagent: sorry 2\n       ~~~~~ a.one\n"
                                            "agent: sorry 3\n       ~~~~~ a.one\n" },
    { ONE "  say sorry\n  place not-first not-last\n", "agent: sorry 1\nagent: sorry 2\n       ~~~~~ a.one\n"
                                                       "agent: sorry 3\n" },
    { ONE "  say sorry\n  place first last\n", "agent: sorry 1\n       ~~~~~ a.one\nagent: sorry 2\n"
                                               "agent: sorry 3\n       ~~~~~ a.one\n" },
    { ONE "  say sorry\n  place first-long\n", "agent: sorry\n"
                                               "       ~~~~~ a.one\n"
                                               "agent: sorry for the long wait\n"
                                               "       ~~~~~ a.one\n"
                                               "agent: sorry for the long wait\n" },
    { ONE "  say sorry\n  words 2..3\n", "agent: sorry\n"
                                         "agent: sorry, don't\n"
                                         "       ~~~~~ a.one\n"
                                         "agent: sorry, I am\n"
                                         "       ~~~~~ a.one\n"
                                         "agent: sorry, I am not\n" },
    /* what is shown as evidence */
    { "behaviour a.one\nrule r: m\n  say sorry\n",
      "agent: Hello. I was late, and I am sorry for that, really so. Bye.\n"
      "                          ~~~~~~~~~~~~~~~~~~~~~~~ a.one\n" },
    { "behaviour a.one\nrule r: m\n  span sentence\n  say sorry\n",
      "agent: Hello. I was late, and I am sorry for that, really. Bye.\n"
      "              ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ a.one\n" },
    { "behaviour a.one\nrule r: m\n  span turn\n  say sorry\n", "agent: Hello. I was late, and I am sorry.\n"
                                                                "       ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ a.one\n" },
    { "behaviour a.one\nrule r: m\n  span to-clause-end\n  say sorry\n",
      "agent: I am sorry for the long delay, and I will call now. Bye.\n"
      "            ~~~~~~~~~~~~~~~~~~~~~~~~ a.one\n" },
    { "behaviour a.one\nrule r: m\n  span to-sentence-end\n  say sorry\n",
      "agent: I am sorry for the long delay, and I will call now. Bye.\n"
      "            ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ a.one\n" },
    { "behaviour a.one\nrule r: m\n  span from-clause-start\n  say sorry\n",
      "agent: I was late today, and I am sorry for the delay. Bye.\n"
      "                         ~~~~~~~~~~~~~~ a.one\n" },
    { "boundary\nrule b: m\n  say and\nbehaviour a.one\nrule r: m\n  say sorry\n",
      "agent: i was late today and i am sorry for it and i will call\n"
      "                        ~~~~~~~~~~~~~~~~~~~~~ a.one\n" },
    /* who is judged, and on what */
    { ONE "  say sorry\nbehaviour c.one\nrule r: m\n  span match\n  say sorry\n",
      "customer: sorry\n"
      "          ~~~~~ c.one\n"
      "agent: sorry\n"
      "       ~~~~~ a.one\n"
      "bot: sorry\n"
      "system: sorry\n"
      "agent (note): sorry\n"
      "agent (doubtful): sorry\n"
      "customer (doubtful): sorry\n"
      "                     ~~~~~ c.one\n" },
    /* marks that share words, and their order */
    { ONE "  say sorry about it\nrule s: m\n  span match\n  sure 80\n  say sorry\n", "agent: sorry about it\n"
                                                                                     "       ~~~~~ a.one 80\n" },
    { ONE "  say sorry\nrule s: m\n  span match\n  say sorry about it\n", "agent: sorry about it\n"
                                                                          "       ~~~~~~~~~~~~~~ a.one\n" },
    { ONE "  say sorry\nrule s: m\n  span match\n  say about\n", "agent: sorry about it\n"
                                                                 "       ~~~~~ a.one\n"
                                                                 "             ~~~~~ a.one\n" },
    { ONE
      "  say about it\n  say sorry about\nbehaviour a.two\nrule s: m\n  span match\n  say sorry\n  say sorry about it\n",
      "agent: sorry about it\n"
      "       ~~~~~~~~~~~~~~ a.two\n"
      "       ~~~~~~~~~~~ a.one\n" },
    { "behaviour a.two\nrule s: m\n  span match\n  say sorry\n" ONE "  say sorry\n", "agent: sorry\n"
                                                                                     "       ~~~~~ a.one\n"
                                                                                     "       ~~~~~ a.two\n" },
    /* a signal gives no marks */
    { "signal emotion\nrule r: m\n  weight -5\n  say sorry\n", "agent: sorry\n" },
};

static void pictures(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        Arena arena = { 0 };
        Buf report = { 0 }, drawn = { 0 };
        size_t mistakes = 0;
        Conversation c;
        Hearer hearer = { .rules = tiny_rules(CASES[i].rules, &report, &mistakes) };
        Hearing *hearing = hearing_new(&hearer);
        Str picture = str_from(CASES[i].picture);
        case_conversation(&c, &arena, picture);
        hear_case(hearing, &c);
        draw_marks(&drawn, hearer.rules, hearing->mark, hearing->mark_count, picture);
        if (report.len || !str_equal(buf_str(&drawn), picture)) {
            print_error("%s%.*sgot\n%.*sexpected\n%s\n", CASES[i].rules, STR_ARG(buf_str(&report)),
                        STR_ARG(buf_str(&drawn)), CASES[i].picture);
            wrong++;
        }
        hearing_free(hearing);
        rules_free(hearer.rules);
        buf_clear(&report);
        buf_clear(&drawn);
        arena_clear(&arena);
    }
    assert_int_equal(wrong, 0);
}

/* --- what it sets ----------------------------------------------------------------------- */

static const struct {
    const char *rules, *picture;
    uint8_t sure, quality;
} SETS[] = {
    { ONE "  say sorry\n", "agent: sorry\n", 60, 50 },
    { ONE "  say sorry\n  sure 81\n  quality stock\n", "agent: sorry\n", 81, 30 },
    { ONE "  say sorry\n  quality generic\n  span turn\n", "agent: sorry, $5\n", 60, 50 },
    { ONE "  say sorry\n  quality specific\n", "agent: sorry\n", 60, 100 },
    { ONE "  say sorry\n  span turn\n", "agent: sorry for the 3rd time\n", 60, 100 },
    { ONE "  say sorry\n", "agent: sorry for the 3rd time\n", 60, 50 },
    { ONE "  say sorry\n  span turn\n", "customer: my boiler leaks\nagent: sorry for the leaking boiler\n", 60, 100 },
    { ONE "  say sorry\n  span turn\n", "customer: my boiler leaks\nagent: sorry for the boiler\n", 60, 50 },
    { ONE "  say sorry\n  span turn\n", "agent: sorry for [CARD]\n", 60, 50 },
};

static void sure_and_quality(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(SETS); i++) {
        Arena arena = { 0 };
        size_t mistakes = 0;
        Conversation c;
        Hearer hearer = { .rules = tiny_rules(SETS[i].rules, NULL, &mistakes) };
        Hearing *hearing = hearing_new(&hearer);
        case_conversation(&c, &arena, str_from(SETS[i].picture));
        hear_case(hearing, &c);
        if (mistakes || hearing->mark_count != 1 || hearing->mark[0].confidence != SETS[i].sure ||
            hearing->mark[0].quality != SETS[i].quality)
            fail_msg("%s%s: %zu marks, sure %u, quality %u", SETS[i].rules, SETS[i].picture, hearing->mark_count,
                     hearing->mark_count ? hearing->mark[0].confidence : 0,
                     hearing->mark_count ? hearing->mark[0].quality : 0);
        hearing_free(hearing);
        rules_free(hearer.rules);
        arena_clear(&arena);
    }
}

static void channels(void **state)
{
    (void)state;
    size_t mistakes = 0;
    Hearer hearer = { .rules = tiny_rules(ONE "  say sorry\n  channel phone chat\n", NULL, &mistakes) };
    Hearing *hearing = hearing_new(&hearer);
    for (int channel = 0; channel < CHANNEL_COUNT; channel++) {
        Arena arena = { 0 };
        Conversation c;
        case_conversation(&c, &arena, STR("agent: sorry\n"));
        c.channel = (Channel)channel;
        hear_case(hearing, &c);
        assert_int_equal(hearing->mark_count, channel == CHANNEL_PHONE || channel == CHANNEL_CHAT);
        arena_clear(&arena);
    }
    hearing_free(hearing);
    rules_free(hearer.rules);
}

static void names_that_the_source_told(void **state)
{
    (void)state;
    Arena arena = { 0 };
    Conversation c;
    Hearer *hearer;
    Err err;
    char folder[] = "/tmp/goodwill-words-XXXXXX", rules[64], file[96];
    static const char RULE[] =
        "behaviour respect.name\nrule told: t\n  sure 99\n  quality generic\n  span match\n  say qwx #name\n";
    assert_non_null(mkdtemp(folder));
    snprintf(rules, sizeof rules, "%s/rules", folder);
    snprintf(file, sizeof file, "%s/mine.rules", rules);
    assert_int_equal(mkdir(rules, 0700), 0);
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    fputs(RULE, out);
    fclose(out);
    hearer = hear_open(folder, &err);
    if (!hearer) fail_msg("%s", err.text);
    Hearing *hearing = hearing_new(hearer);
    Marks marks;
    Reading reading;
    conversation_init(&c);
    uint32_t denise = conversation_participant(&c, &arena, (Str){ 0 }, STR("Denise Holroyd"), ROLE_CUSTOMER);
    conversation_say(&c, &arena, denise, ROLE_CUSTOMER, STR("Hello."));
    conversation_say(&c, &arena, NO_PARTICIPANT, ROLE_AGENT, STR("qwx Holroyd, qwx Smith"));
    hear_run(hearing, &c, &arena, &marks, &reading);
    size_t told = 0;
    for (size_t i = 0; i < marks.count; i++) {
        if (marks.item[i].confidence != 99) continue;
        told++;
        assert_str(str_sub(c.utterance[1].text, marks.item[i].begin, marks.item[i].end), STR("qwx Holroyd"));
        Str reason = hear_reason(hearer, marks.item[i].rule), hash = hear_rules_hash(hearer);
        assert_true(str_starts(reason, STR("mine.rules: t (told, rules ")));
        assert_int_equal(hash.len, 16);
        assert_true(str_find(reason, hash) != STR_NOT_FOUND);
    }
    assert_int_equal(told, 1);
    hearing_free(hearing);
    hear_free(hearer);

    /* A wrong file among a company's own words: they are refused, by name. */
    out = fopen(file, "a");
    assert_non_null(out);
    fputs("  sure 100\n", out);
    fclose(out);
    assert_null(hear_open(folder, &err));
    assert_string_equal(err.text, "mine.rules line 7: sure is a number from 1 to 99");
    unlink(file);
    rmdir(rules);
    rmdir(folder);
    arena_clear(&arena);
}

/* --- what is wrong with rules -------------------------------------------------------------- */

static const struct {
    const char *rules, *report;
} WRONG[] = {
    { ONE "  say sorry\n", "" },
    { "  say sorry\n", "test.rules line 1: this line belongs to no rule\n" },
    { "rule r: m\n  say sorry\n", "test.rules line 1: a rule stands below a `behaviour`, a `signal` or `boundary`\n" },
    { "behavior a.one\n",
      "test.rules line 1: a line begins with class, behaviour, signal, boundary or rule; what belongs to a rule is indented\n" },
    { "behaviour a.three\nrule r: m\n  say sorry\n",
      "test.rules line 1: behaviours.tsv has no behaviour of this name\n" },
    { "behaviour a.one\n  say sorry\n", "test.rules line 2: this line belongs to no rule\n" },
    { "behaviour a.one\nrule\n",
      "test.rules line 2: a rule is written `rule NAME: what it means, in words a supervisor understands`\n" },
    { "behaviour a.one\nrule r:\n  say sorry\n",
      "test.rules line 2: a rule is written `rule NAME: what it means, in words a supervisor understands`\n" },
    { "behaviour a.one\nrule r: m\n  sure 80\n", "test.rules line 2: the rule has no `say`\n" },
    { "behaviour a.one\nrule r: m\n  say sorry\nrule r: m\n  say pardon\n",
      "test.rules line 4: a rule of this name is already in this file for this behaviour\n" },
    { "behaviour a.one\n\n# remark\nrule r: m\n  say {sorry\n    | pardon}\n  sure ten\n",
      "test.rules line 7: sure is a number from 1 to 99\n" },
    { ONE "  say\n", "test.rules line 4: an empty phrase\n" },
    { ONE "  say {sorry | }\n", "test.rules line 4: an empty phrase\n" },
    { ONE "  say {sorry | pardon\n", "test.rules line 4: '}' is missing\n" },
    { ONE "  say sorry}\n", "test.rules line 4: '}' without its beginning\n" },
    { ONE "  say [sorry\n", "test.rules line 4: ']' is missing\n" },
    { ONE "  say {sorry]\n", "test.rules line 4: '}' is missing\n" },
    { ONE "  say sorry!\n", "test.rules line 4: '!' cannot stand behind 'sorry'\n" },
    { ONE "  say sorry & so\n", "test.rules line 4: '&' means nothing here\n" },
    { ONE "  say <thing>\n", "test.rules line 4: there is no class <thing>\n" },
    { ONE "  say <thing\n", "test.rules line 4: '<' without its '>'\n" },
    { ONE "  say #colour\n",
      "test.rules line 4: '#colour' is no shape; shapes are #number #ordinal #money #clock #date #percent #code #name #capital #placeholder #other\n" },
    { ONE "  say sorry ...0 so\n", "test.rules line 4: a gap is 1 to 20 words wide\n" },
    { ONE "  say sorry ...21 so\n", "test.rules line 4: a gap is 1 to 20 words wide\n" },
    { ONE "  say ... sorry\n",
      "test.rules line 4: a phrase begins with a word, a choice or a shape, and is never empty\n" },
    { ONE "  say [very] _ sorry\n",
      "test.rules line 4: a phrase begins with a word, a choice or a shape, and is never empty\n" },
    { ONE "  say [very]\n",
      "test.rules line 4: a phrase begins with a word, a choice or a shape, and is never empty\n" },
    { ONE "  say $\n", "test.rules line 4: a phrase begins with a word, a choice or a shape, and is never empty\n" },
    { ONE "  say aaaaaaaaaabbbbbbbbbbaaaaaaaaaabbbbbbbbbbaaaaaaaaaa\n",
      "test.rules line 4: 'aaaaaaaaaabbbbbbbbbb…' is longer than 48 bytes\n" },
    { ONE "  say sorry\n  sure 0\n", "test.rules line 5: sure is a number from 1 to 99\n" },
    { ONE "  say sorry\n  sure 100\n", "test.rules line 5: sure is a number from 1 to 99\n" },
    { ONE "  say sorry\n  quality good\n", "test.rules line 5: quality is specific, generic or stock\n" },
    { ONE "  say sorry\n  weight 1001\n", "test.rules line 5: weight is a number from -1000 to 1000\n" },
    { ONE "  say sorry\n  echo 0\n", "test.rules line 5: echo is a number from 1 to 50\n" },
    { ONE "  say sorry\n  echo-max 51\n", "test.rules line 5: echo-max is a number from 0 to 50\n" },
    { ONE "  say sorry\n  words 3\n", "test.rules line 5: words is written `words 3..20`: how long the turn is\n" },
    { ONE "  say sorry\n  words 5..3\n", "test.rules line 5: words is written `words 3..20`: how long the turn is\n" },
    { ONE "  say sorry\n  span line\n",
      "test.rules line 5: span is clause, match, sentence, turn, to-clause-end, to-sentence-end or from-clause-start\n" },
    { ONE "  say sorry\n  place middle\n",
      "test.rules line 5: place is first, last, opening, closing, first-long, not-first or not-last\n" },
    { ONE "  say sorry\n  channel pigeon\n",
      "test.rules line 5: channel is phone, chat, email, in_person or social\n" },
    { ONE "  says sorry\n",
      "test.rules line 4: unknown word at the start of the line; docs/rules.md lists what a rule may say\n"
      "test.rules line 2: the rule has no `say`\n" },
    { ONE "  say sorry\n  near {\n", "test.rules line 5: an empty phrase\n" },
    { "class\n", "test.rules line 1: a class is written `class NAME = word | word` or `class NAME from FILE`\n" },
    { "class x\n", "test.rules line 1: a class is written `class NAME = word | word` or `class NAME from FILE`\n" },
    { "class = a\n", "test.rules line 1: a class is written `class NAME = word | word` or `class NAME from FILE`\n" },
    { "class x =\n" ONE "  say <x>\n",
      "test.rules line 1: a class is written `class NAME = word | word` or `class NAME from FILE`\n"
      "test.rules line 5: there is no class <x>\n" },
    { "class x from nowhere.txt\n",
      "test.rules line 1: the file that the class is taken from is not there or empty\n" },
    { "class x = a\nclass x = b\n", "test.rules line 2: a class of this name is already there\n" },
    { "class x = <y>\nclass y = b <x>\n" ONE "  say <x>\n", "test.rules line 6: class <x> holds itself\n" },
    { "class x = {a\n" ONE "  say <x>\n", "test.rules line 5: class <x> (test.rules line 1): '}' is missing\n" },
    { "signal\nrule r: m\n  say sorry\n", "test.rules line 1: a signal is emotion, speaker or outcome\n" },
};

static void mistakes_are_told(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(WRONG); i++) {
        Buf report = { 0 };
        size_t mistakes = 0, lines = 0;
        rules_free(tiny_rules(WRONG[i].rules, &report, &mistakes));
        for (size_t k = 0; k < report.len; k++) lines += report.data[k] == '\n';
        if (lines != mistakes || !str_equal(buf_str(&report), str_from(WRONG[i].report))) {
            print_error("%s=> got\n%.*s=> expected\n%s=> end\n", WRONG[i].rules, STR_ARG(buf_str(&report)),
                        WRONG[i].report);
            wrong++;
        }
        buf_clear(&report);
    }
    assert_int_equal(wrong, 0);
}

/* Depth, width and number have limits that are told. */
static void too_much(void **state)
{
    (void)state;
    Buf rules = { 0 }, report = { 0 };
    size_t mistakes;
    buf_lit(&rules, ONE "  say ");
    for (int i = 0; i < 100000; i++) buf_char(&rules, '{');
    buf_lit(&rules, "\n  say ");
    for (int i = 0; i < 61; i++) buf_lit(&rules, "a ");
    buf_lit(&rules, "\n  say {a");
    for (int i = 0; i < 60000; i++) buf_lit(&rules, " | a b");
    buf_lit(&rules, "}\n");
    buf_char(&rules, 0);
    rules_free(tiny_rules(rules.data, &report, &mistakes));
    assert_str(buf_str(&report), STR("test.rules line 4: choices are nested more than 24 deep\n"
                                     "test.rules line 5: a phrase of more than 60 words\n"
                                     "test.rules line 6: a phrase of more than 200000 bytes\n"));
    assert_int_equal(mistakes, 3);
    report.len = rules.len = 0;
    for (int i = 0; i < 150; i++) buf_lit(&rules, "oops\n"); /* the first hundred are told, all are counted */
    buf_char(&rules, 0);
    rules_free(tiny_rules(rules.data, &report, &mistakes));
    assert_int_equal(mistakes, 150);
    size_t lines = 0;
    for (size_t k = 0; k < report.len; k++) lines += report.data[k] == '\n';
    assert_int_equal(lines, 100);
    buf_clear(&rules);
    buf_clear(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures),          cmocka_unit_test(sure_and_quality),
        cmocka_unit_test(channels),          cmocka_unit_test(names_that_the_source_told),
        cmocka_unit_test(mistakes_are_told), cmocka_unit_test(too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
