/* hear_case.h -- small words of a test's own, and conversations drawn with their marks.
 *
 * A picture is both the question and the answer:
 *
 *   customer: where is it
 *   agent: sorry about that
 *          ~~~~~ a.one
 *
 * Lines without tildes are turns: a role, behind it "(note)" or "(doubtful)" when it is one, and the text.  Below them
 * stand the marks in their order.  draw_marks makes it anew from the turns.  Texts are ASCII.
 */
#ifndef GOODWILL_TESTS_HEAR_CASE_H
#define GOODWILL_TESTS_HEAR_CASE_H

#include "unit.h"

#include <stdlib.h>
#include "hear/hearing.h"

#define TINY_BEHAVIOURS                                                                                                \
    "id\twho\tsign\tname\tcounts\tdoes not\tdomain\n"                                                                  \
    "a.one\tagent\t+\tOne\tx\ty\tz\n"                                                                                  \
    "a.two\tagent\t-\tTwo\tx\ty\tz\n"                                                                                  \
    "c.one\tcustomer\t.\tOne\tx\ty\tz\n"

/* Rules in force are those of one file, "test.rules", over a few short forms and three behaviours. */
static inline Rules *tiny_rules(const char *rules, Buf *report, size_t *mistakes)
{
    Embedded item[] = { { STR("abbreviations.txt"), STR("mr\n") },
                        { STR("behaviours.tsv"), STR(TINY_BEHAVIOURS) },
                        { STR("colours.txt"), STR("# colours\nred\n\ndark blue\n") },
                        { STR("endings.tsv"), STR("'s\tis\n'll\twill\n") },
                        { STR("irregular.tsv"), STR("go goes went gone going\n") },
                        { STR("rules/test.rules"), str_from(rules) },
                        { STR("spelling.tsv"),
                          STR("don't\tdo not\ndont\tdo not\ni'll\ti will\ngonna\tgoing to\npls\tplease\n") },
                        { STR("stopwords.txt"), STR("the\na\nis\nit\ni\nwill\nabout\nthat\n") } };
    Words words = { item, COUNT(item) };
    Err err = { 0 };
    Rules *ret = rules_open(&words, report, mistakes, &err);
    if (!ret) fail_msg("%s", err.text);
    return ret;
}

static inline Role case_role(Str *line, bool *is_note, bool *doubtful)
{
    size_t colon = str_find(*line, STR(": "));
    if (colon == STR_NOT_FOUND) fail_msg("no turn: %.*s", STR_ARG(*line));
    Str who = str_sub(*line, 0, colon);
    *line = str_from_byte(*line, colon + 2);
    *is_note = str_ends(who, STR(" (note)"));
    *doubtful = str_ends(who, STR(" (doubtful)"));
    size_t blank = str_find_char(who, ' ');
    who = str_sub(who, 0, blank == STR_NOT_FOUND ? who.len : blank);
    return role_from(who);
}

static inline bool is_drawn(Str line)
{
    Str s = str_trim(line);
    return s.len && s.data[0] == '~';
}

/* The turns of a picture; nobody has a name. */
static inline void case_conversation(Conversation *c, Arena *arena, Str picture)
{
    conversation_init(c);
    for (Str rest = picture, line; str_next_line(&rest, &line);) {
        bool is_note, doubtful;
        if (is_drawn(line) || str_trim(line).len == 0) continue;
        Role role = case_role(&line, &is_note, &doubtful);
        Utterance *u = conversation_say(c, arena, NO_PARTICIPANT, role, line);
        u->is_public = !is_note;
        u->doubtful = doubtful;
    }
}

static inline void draw_marks(Buf *out, const Rules *rules, const Mark *mark, size_t count, Str picture)
{
    uint32_t turn = 0;
    for (Str rest = picture, line; str_next_line(&rest, &line);) {
        if (is_drawn(line) || str_trim(line).len == 0) continue;
        buf_printf(out, "%.*s\n", STR_ARG(line));
        size_t text = str_find(line, STR(": ")) + 2;
        for (size_t i = 0; i < count; i++) {
            if (mark[i].utterance != turn) continue;
            for (size_t k = 0; k < text + mark[i].begin; k++) buf_char(out, ' ');
            for (size_t k = mark[i].begin; k < mark[i].end; k++) buf_char(out, '~');
            buf_printf(out, " %.*s", STR_ARG(rules->behaviour[mark[i].behaviour].id));
            if (mark[i].confidence != 60) buf_printf(out, " %u", mark[i].confidence);
            buf_char(out, '\n');
        }
        turn++;
    }
}

#endif
