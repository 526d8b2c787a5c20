/* rules.c -- see rules.h.  Reads the lines of rules files; phrases are phrase.c's. */
#include "hear/rules.h"

#include <stdlib.h>

enum { RULES_MAX = 20000, CLASSES_MAX = 10000, MISTAKES_MAX = 100 };

/* One line that says something, with the lines that go on below it joined. */
typedef struct Line {
    Str text;
    uint32_t number;
    bool indented;
} Line;

/* A phrase that is parsed and waits for the others. */
typedef struct Pending {
    struct Element *element;
    uint32_t phrase;
    bool sentence_start;
} Pending;

typedef struct Reader {
    Rules *rules;
    const Words *words;
    Arena scratch;
    Classes classes;
    PhraseContext context;
    Buf *report;
    size_t mistakes;
    Str file;           /* "recovery.rules" */
    uint16_t behaviour; /* the section we are in */
    Str signal;
    bool boundary, in_section;
    bool told;  /* what is wrong with the section or rule that this line belongs to */
    Rule *rule; /* NULL before the first of a section */
    Pending *pending;
    uint32_t pending_count, pending_capacity;
} Reader;

static void mistake(Reader *r, uint32_t line, const char *reason)
{
    if (++r->mistakes <= MISTAKES_MAX && r->report)
        buf_printf(r->report, "%.*s line %u: %s\n", STR_ARG(r->file), line, reason);
}

/* The first word of *rest and what stands behind it. */
static Str take_word(Str *rest)
{
    Str s = str_trim(*rest);
    size_t end = 0;
    while (end < s.len && !ascii_space(s.data[end])) end++;
    *rest = str_trim(str_from_byte(s, end));
    return str_sub(s, 0, end);
}

/* --- lines ------------------------------------------------------------------ */

/* A comment begins with '#' at the start of a line or before a blank: "#number" is a shape. */
static Str without_comment(Str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.data[i] == '#' && (i == 0 || ascii_space(line.data[i - 1])) &&
            (i + 1 == line.len || ascii_space(line.data[i + 1]) || line.data[i + 1] == '#'))
            return str_sub(line, 0, i);
    return line;
}

/* A line that begins with '|' goes on with the one before. */
static void join_lines(Reader *r, Str *rest, uint32_t *number, Line *line)
{
    Buf whole = { 0 };
    for (Str ahead = *rest, more; str_next_line(&ahead, &more);) {
        Str trimmed = str_trim(without_comment(more));
        if (trimmed.len && trimmed.data[0] != '|') break;
        if (trimmed.len) {
            if (!whole.len) buf_add(&whole, line->text);
            buf_char(&whole, ' ');
            buf_add(&whole, trimmed);
        }
        *rest = ahead;
        ++*number;
    }
    if (whole.len) line->text = arena_str(&r->scratch, buf_str(&whole));
    buf_clear(&whole);
}

static bool next_line(Reader *r, Str *rest, uint32_t *number, Line *ret)
{
    Str line;
    while (str_next_line(rest, &line)) {
        ++*number;
        bool indented = line.len && ascii_space(line.data[0]);
        Str text = str_trim(without_comment(line));
        if (text.len == 0) continue;
        *ret = (Line){ .text = text, .number = *number, .indented = indented };
        join_lines(r, rest, number, ret);
        return true;
    }
    return false;
}

/* --- classes ---------------------------------------------------------------- */

static Str class_from_list(Reader *r, Str list)
{
    Buf text = { 0 };
    for (Str rest = list, line; str_next_line(&rest, &line);) {
        line = str_trim(without_comment(line));
        if (line.len == 0) continue;
        if (text.len) buf_lit(&text, " | ");
        buf_add(&text, line);
    }
    Str made = arena_str(&r->scratch, buf_str(&text));
    buf_clear(&text);
    return made;
}

static void read_class(Reader *r, const Line *line)
{
    Str rest = line->text, name;
    take_word(&rest);
    name = take_word(&rest);
    if (name.len && name.data[name.len - 1] == '=') {
        name.len--;
        rest = str_trim(rest);
    } else if (rest.len && rest.data[0] == '=') {
        rest = str_trim(str_from_byte(rest, 1));
    } else if (str_starts(rest, STR("from "))) {
        take_word(&rest);
        Str bytes = words_bytes(r->words, rest);
        if (bytes.len == 0) {
            mistake(r, line->number, "the file that the class is taken from is not there or empty");
            return;
        }
        rest = class_from_list(r, bytes);
    } else {
        name.len = 0;
    }
    if (name.len == 0 || rest.len == 0) {
        mistake(r, line->number, "a class is written `class NAME = word | word` or `class NAME from FILE`");
        return;
    }
    if (r->classes.count >= CLASSES_MAX) {
        mistake(r, line->number, "there are too many classes");
        return;
    }
    for (uint32_t i = 0; i < r->classes.count; i++)
        if (str_equal(r->classes.item[i].name, name)) {
            mistake(r, line->number, "a class of this name is already there");
            return;
        }
    *ARENA_PUSH(&r->scratch, r->classes.item, r->classes.count, r->classes.capacity) =
        (ClassText){ .name = name, .text = rest, .file = r->file, .line = line->number };
}

/* --- behaviours ------------------------------------------------------------- */

static bool read_behaviours(Reader *r)
{
    Rules *rules = r->rules;
    uint32_t capacity = 0, number = 0;
    r->file = STR("behaviours.tsv");
    for (Str rest = words_bytes(r->words, r->file), line; str_next_line(&rest, &line);) {
        Str column[7] = { { 0 } };
        number++;
        if (number == 1 || str_trim(line).len == 0) continue;
        Str cells = line;
        for (size_t i = 0; i < COUNT(column); i++)
            if (!str_next_part(&cells, '\t', &column[i])) break;
        bool strength = str_equal(column[2], STR("+")), harm = str_equal(column[2], STR("-")),
             neutral = str_equal(column[2], STR("."));
        bool agent = str_equal(column[1], STR("agent")), customer = str_equal(column[1], STR("customer"));
        if (!(strength || harm || neutral) || !(agent || customer) || column[0].len == 0 || column[3].len == 0) {
            mistake(r, number,
                    "columns are: id, who (agent or customer), sign (+ - .), name, what counts, what does not");
            continue;
        }
        size_t dot = str_find_char(column[0], '.');
        Behaviour *b = ARENA_PUSH(&rules->arena, rules->behaviour, rules->behaviour_count, capacity);
        *b = (Behaviour){ .id = arena_str(&rules->arena, column[0]),
                          .who = agent ? WHO_AGENT : WHO_CUSTOMER,
                          .sign = strength ? SIGN_STRENGTH
                                  : harm   ? SIGN_HARM
                                           : SIGN_NEUTRAL,
                          .name = arena_str(&rules->arena, column[3]),
                          .counts = arena_str(&rules->arena, column[4]),
                          .does_not_count = arena_str(&rules->arena, column[5]) };
        b->family = str_sub(b->id, 0, dot == STR_NOT_FOUND ? b->id.len : dot);
    }
    return rules->behaviour_count > 0;
}

static bool find_behaviour(const Rules *rules, Str id, uint16_t *ret)
{
    for (uint32_t i = 0; i < rules->behaviour_count; i++)
        if (str_equal(rules->behaviour[i].id, id)) {
            *ret = (uint16_t)i;
            return true;
        }
    return false;
}

/* --- sections and rules ------------------------------------------------------ */

static void begin_section(Reader *r, const Line *line)
{
    Str rest = line->text, word = take_word(&rest), id = take_word(&rest);
    r->rule = NULL;
    r->boundary = str_equal(word, STR("boundary"));
    r->signal = STR("");
    r->behaviour = NO_BEHAVIOUR;
    r->in_section = true;
    r->told = false;
    if (str_equal(word, STR("behaviour"))) {
        if (!find_behaviour(r->rules, id, &r->behaviour)) {
            mistake(r, line->number, "behaviours.tsv has no behaviour of this name");
            r->in_section = false;
            r->told = true;
        }
    } else if (str_equal(word, STR("signal"))) {
        r->signal = arena_str(&r->rules->arena, id);
        if (!str_equal(id, STR("emotion")) && !str_equal(id, STR("speaker")) && !str_equal(id, STR("outcome"))) {
            mistake(r, line->number, "a signal is emotion, speaker or outcome");
            r->in_section = false;
            r->told = true;
        }
    }
}

static void begin_rule(Reader *r, const Line *line)
{
    Rules *rules = r->rules;
    Str rest = line->text, name, about;
    r->rule = NULL;
    take_word(&rest);
    size_t colon = str_find_char(rest, ':');
    name = str_trim(str_sub(rest, 0, colon == STR_NOT_FOUND ? rest.len : colon));
    about = colon == STR_NOT_FOUND ? name : str_trim(str_from_byte(rest, colon + 1));
    if (!r->in_section && r->told) return;
    r->told = true; /* unless all is well, below */
    if (!r->in_section) {
        mistake(r, line->number, "a rule stands below a `behaviour`, a `signal` or `boundary`");
        return;
    }
    if (name.len == 0 || about.len == 0) {
        mistake(r, line->number, "a rule is written `rule NAME: what it means, in words a supervisor understands`");
        return;
    }
    if (rules->rule_count >= RULES_MAX) {
        mistake(r, line->number, "there are too many rules");
        return;
    }
    for (uint32_t i = 0; i < rules->rule_count; i++)
        if (str_equal(rules->rule[i].name, name) && str_equal(rules->rule[i].file, r->file) &&
            rules->rule[i].behaviour == r->behaviour) {
            mistake(r, line->number, "a rule of this name is already in this file for this behaviour");
            return;
        }
    Rule *rule = ARENA_PUSH(&rules->arena, rules->rule, rules->rule_count, rules->rule_capacity);
    *rule = (Rule){ .file = arena_str(&rules->arena, r->file),
                    .name = arena_str(&rules->arena, name),
                    .about = arena_str(&rules->arena, about),
                    .line = line->number,
                    .behaviour = r->behaviour,
                    .signal = r->signal,
                    .is_emotion = str_equal(r->signal, STR("emotion")),
                    .is_speaker = str_equal(r->signal, STR("speaker")),
                    .weight = 1,
                    .sure = 60,
                    .echo_max = UINT8_MAX,
                    .words_max = UINT16_MAX };
    if (r->behaviour == NO_BEHAVIOUR)
        rule->who[WHO_AGENT] = rule->who[WHO_CUSTOMER] = true;
    else
        rule->who[rules->behaviour[r->behaviour].who] = true;
    r->rule = rule;
    r->told = false;
}

static const struct {
    const char *name;
    PhraseKind kind;
} KINDS[] = {
    { "say", PHRASE_SAY },         { "not", PHRASE_NOT },
    { "near", PHRASE_NEAR },       { "unless", PHRASE_UNLESS },
    { "turn", PHRASE_TURN },       { "turn-not", PHRASE_TURN_NOT },
    { "other", PHRASE_OTHER },     { "other-not", PHRASE_OTHER_NOT },
    { "earlier", PHRASE_EARLIER }, { "earlier-not", PHRASE_EARLIER_NOT },
    { "own", PHRASE_OWN },         { "own-not", PHRASE_OWN_NOT },
};

static void read_phrase(Reader *r, const Line *line, PhraseKind kind, Str text)
{
    Rules *rules = r->rules;
    Rule *rule = r->rule;
    bool sentence_start;
    Err err;
    uint32_t number = rules->phrase_count;
    struct Element *parsed = phrase_parse(&r->context, text, &sentence_start, &err);
    rule->has |= (uint16_t)(1u << kind);
    if (parsed && !phrase_begins_with_word(parsed)) {
        err_set(&err, ERR_INPUT, "a phrase begins with a word, a choice or a shape, and is never empty");
        parsed = NULL;
    }
    if (!parsed) {
        mistake(r, line->number, err.text);
        return;
    }
    *ARENA_PUSH(&rules->arena, rules->phrase, rules->phrase_count, rules->phrase_capacity) =
        (Phrase){ (uint32_t)(rule - rules->rule), kind };
    *ARENA_PUSH(&r->scratch, r->pending, r->pending_count, r->pending_capacity) =
        (Pending){ parsed, number, sentence_start };
}

/* Phrases become nodes when all of them are known: how rare a word is among them tells by which to look for it. */
static void make_nodes(Reader *r)
{
    Rules *rules = r->rules;
    Automaton *a = rules->automaton;
    r->context.occurs = ARENA_NEW(&r->scratch, uint32_t, rules->vocabulary.symbol_count);
    for (uint32_t i = 0; i < r->pending_count; i++) phrase_count(&r->context, r->pending[i].element);
    for (uint32_t i = 0; i < r->pending_count; i++) {
        const Pending *pending = &r->pending[i];
        const Phrase *phrase = &rules->phrase[pending->phrase];
        Rule *rule = &rules->rule[phrase->rule];
        Node start = phrase_nodes(&r->context, pending->element, automaton_accept(a, pending->phrase));
        if (phrase->kind == PHRASE_SAY || phrase->kind == PHRASE_BOUNDARY) {
            for (unsigned who = 0; who < ROOTS; who++)
                if (rule->who[who]) automaton_start(a, who, pending->sentence_start, start);
            continue;
        }
        uint32_t *group = &rule->group[phrase->kind];
        if (!*group) *group = automaton_group_new(a);
        automaton_start(a, *group, pending->sentence_start, start);
        phrase_need(&r->context, pending->element, *group);
    }
}

static bool read_number(Str text, int64_t low, int64_t high, int64_t *ret)
{
    return str_to_i64(text, ret) && *ret >= low && *ret <= high;
}

static const struct {
    const char *name;
    SpanMode mode;
} SPANS[] = {
    { "clause", SPAN_CLAUSE },
    { "match", SPAN_MATCH },
    { "sentence", SPAN_SENTENCE },
    { "turn", SPAN_TURN },
    { "to-clause-end", SPAN_TO_CLAUSE_END },
    { "to-sentence-end", SPAN_TO_SENTENCE_END },
    { "from-clause-start", SPAN_FROM_CLAUSE_START },
};
static const struct {
    const char *name;
    Place place;
} PLACES[] = {
    { "first", PLACE_FIRST },           { "last", PLACE_LAST },           { "opening", PLACE_OPENING },
    { "closing", PLACE_CLOSING },       { "not-first", PLACE_NOT_FIRST }, { "not-last", PLACE_NOT_LAST },
    { "first-long", PLACE_FIRST_LONG },
};

/* Settings of a rule, but for its phrases.  Returns what is wrong, or NULL. */
static const char *read_setting(Rule *rule, Str name, Str value)
{
    int64_t n;
    if (str_equal(name, STR("sure"))) {
        if (!read_number(value, 1, 99, &n)) return "sure is a number from 1 to 99";
        rule->sure = (uint8_t)n;
    } else if (str_equal(name, STR("quality"))) {
        if (str_equal(value, STR("specific")))
            rule->quality = 100;
        else if (str_equal(value, STR("generic")))
            rule->quality = 50;
        else if (str_equal(value, STR("stock")))
            rule->quality = 30;
        else
            return "quality is specific, generic or stock";
    } else if (str_equal(name, STR("weight"))) {
        if (!read_number(value, -1000, 1000, &n)) return "weight is a number from -1000 to 1000";
        rule->weight = (int32_t)n;
    } else if (str_equal(name, STR("echo"))) {
        if (!read_number(value, 1, 50, &n)) return "echo is a number from 1 to 50";
        rule->echo = (uint8_t)n;
    } else if (str_equal(name, STR("echo-max"))) {
        if (!read_number(value, 0, 50, &n)) return "echo-max is a number from 0 to 50";
        rule->echo_max = (uint8_t)n;
    } else if (str_equal(name, STR("words"))) {
        size_t dots = str_find(value, STR(".."));
        int64_t high;
        if (dots == STR_NOT_FOUND || !read_number(str_sub(value, 0, dots), 0, 60000, &n) ||
            !read_number(str_from_byte(value, dots + 2), n, 60000, &high))
            return "words is written `words 3..20`: how long the turn is";
        rule->words_min = (uint16_t)n;
        rule->words_max = (uint16_t)high;
    } else if (str_equal(name, STR("asks"))) {
        rule->asks = true;
    } else if (str_equal(name, STR("tells"))) {
        rule->tells = true;
    } else if (str_equal(name, STR("span"))) {
        for (size_t i = 0; i < COUNT(SPANS); i++)
            if (str_equal(value, str_from(SPANS[i].name))) {
                rule->span = (uint8_t)SPANS[i].mode;
                return NULL;
            }
        return "span is clause, match, sentence, turn, to-clause-end, to-sentence-end or from-clause-start";
    } else if (str_equal(name, STR("place"))) {
        for (Str rest = value, one = take_word(&rest); one.len; one = take_word(&rest)) {
            bool found = false;
            for (size_t i = 0; i < COUNT(PLACES); i++)
                if (str_equal(one, str_from(PLACES[i].name))) {
                    rule->place |= (uint8_t)PLACES[i].place;
                    found = true;
                }
            if (!found) return "place is first, last, opening, closing, first-long, not-first or not-last";
        }
    } else if (str_equal(name, STR("channel"))) {
        for (Str rest = value, one = take_word(&rest); one.len; one = take_word(&rest)) {
            Channel channel = channel_from(one);
            if (channel == CHANNEL_UNKNOWN) return "channel is phone, chat, email, in_person or social";
            rule->channels |= (uint16_t)(1u << channel);
        }
    } else if (str_equal(name, STR("who"))) {
        if (rule->behaviour != NO_BEHAVIOUR)
            return "who is said for signals only: behaviours.tsv says it for behaviours";
        rule->who[WHO_AGENT] = str_equal(value, STR("agent"));
        rule->who[WHO_CUSTOMER] = str_equal(value, STR("customer"));
        if (!rule->who[WHO_AGENT] && !rule->who[WHO_CUSTOMER]) return "who is agent or customer";
        if (rule->has) return "who stands before the first phrase";
    } else {
        return "unknown word at the start of the line; docs/rules.md lists what a rule may say";
    }
    return NULL;
}

static void read_line(Reader *r, const Line *line)
{
    Str rest = line->text, word = take_word(&rest);
    if (!line->indented) {
        if (str_equal(word, STR("class"))) return; /* read before */
        if (str_equal(word, STR("behaviour")) || str_equal(word, STR("signal")) || str_equal(word, STR("boundary")))
            begin_section(r, line);
        else if (str_equal(word, STR("rule")))
            begin_rule(r, line);
        else
            mistake(
                r, line->number,
                "a line begins with class, behaviour, signal, boundary or rule; what belongs to a rule is indented");
        return;
    }
    if (!r->rule) {
        if (!r->told) mistake(r, line->number, "this line belongs to no rule");
        return;
    }
    for (size_t i = 0; i < COUNT(KINDS); i++)
        if (str_equal(word, str_from(KINDS[i].name))) {
            read_phrase(r, line, r->boundary && KINDS[i].kind == PHRASE_SAY ? PHRASE_BOUNDARY : KINDS[i].kind, rest);
            return;
        }
    const char *wrong = read_setting(r->rule, word, rest);
    if (wrong) mistake(r, line->number, wrong);
}

static bool is_rules_file(Str name) { return str_starts(name, STR("rules/")) && str_ends(name, STR(".rules")); }

static void each_line(Reader *r, bool classes)
{
    for (size_t i = 0; i < r->words->count; i++) {
        if (!is_rules_file(r->words->item[i].name)) continue;
        r->file = str_from_byte(r->words->item[i].name, 6);
        r->rule = NULL;
        r->in_section = r->told = false;
        uint32_t number = 0;
        Line line;
        for (Str rest = r->words->item[i].bytes; next_line(r, &rest, &number, &line);) {
            Str after = line.text;
            bool is_class = !line.indented && str_equal(take_word(&after), STR("class"));
            if (classes && is_class)
                read_class(r, &line);
            else if (!classes)
                read_line(r, &line);
        }
    }
}

static void read_spelling(Reader *r)
{
    uint32_t number = 0;
    r->file = STR("spelling.tsv");
    for (Str rest = words_bytes(r->words, r->file), line; str_next_line(&rest, &line);) {
        number++;
        if (line.len == 0 || line.data[0] == '#') continue;
        Str to = line, from;
        Err err;
        if (!str_next_part(&to, '\t', &from)) continue;
        Str folded = word_fold(&r->scratch, from);
        if (!vocabulary_spelling(&r->rules->vocabulary, folded, to, &err)) mistake(r, number, err.text);
    }
    number = 0;
    r->file = STR("endings.tsv");
    for (Str rest = words_bytes(r->words, r->file), line; str_next_line(&rest, &line);) {
        Str to = line, from;
        Err err;
        number++;
        if (line.len == 0 || line.data[0] == '#') continue;
        if (!str_next_part(&to, '\t', &from)) continue;
        if (!vocabulary_ending(&r->rules->vocabulary, from, to, &err)) mistake(r, number, err.text);
    }
    for (Str rest = words_bytes(r->words, STR("abbreviations.txt")), line; str_next_line(&rest, &line);)
        if (str_trim(line).len && line.data[0] != '#')
            vocabulary_abbreviation(&r->rules->vocabulary, word_fold(&r->scratch, str_trim(line)));
    for (Str rest = words_bytes(r->words, STR("stopwords.txt")), line; str_next_line(&rest, &line);)
        if (str_trim(line).len && line.data[0] != '#')
            vocabulary_common(&r->rules->vocabulary, word_fold(&r->scratch, str_trim(line)));
}

static void find_stems(Rules *rules)
{
    const Vocabulary *v = &rules->vocabulary;
    rules->stem = ARENA_NEW(&rules->arena, uint64_t, v->symbol_count);
    for (uint32_t i = SYM_FIRST_WORD; i < v->symbol_count; i++)
        if (!v->is_common[i]) rules->stem[i] = word_stem(v->name[i]);
}

/* A file that is not embedded as it is was laid over the defaults by somebody. */
static bool is_own(const Words *words, Str file)
{
    for (size_t i = 0; i < words->count; i++) {
        Str name = words->item[i].name;
        if (!str_ends(name, file) || name.len != file.len + strlen("rules/")) continue;
        const Embedded *of_old = embedded_find(&embedded_words, name);
        return !of_old || !str_equal(of_old->bytes, words->item[i].bytes);
    }
    return true;
}

static void finish_rules(Reader *r)
{
    Rules *rules = r->rules;
    for (uint32_t i = 0; i < rules->rule_count; i++) {
        Rule *rule = &rules->rule[i];
        r->file = rule->file;
        if (!(rule->has & (1u << PHRASE_SAY | 1u << PHRASE_BOUNDARY))) mistake(r, rule->line, "the rule has no `say`");
        rule->is_own = is_own(r->words, rule->file);
        if (rule->behaviour != NO_BEHAVIOUR) rule->behaviour_key = word_hash(rules->behaviour[rule->behaviour].id);
        rule->reason = arena_printf(&rules->arena, "%.*s: %.*s (%.*s, rules %.*s)", STR_ARG(rule->file),
                                    STR_ARG(rule->about), STR_ARG(rule->name), STR_ARG(rules->hash));
    }
}

Rules *rules_open(const Words *words, Buf *report, size_t *mistakes, Err *err)
{
    Rules *rules = calloc(1, sizeof *rules);
    if (!rules) abort();
    Reader r = { .rules = rules, .words = words, .report = report, .behaviour = NO_BEHAVIOUR };
    vocabulary_init(&rules->vocabulary, &rules->arena);
    rules->automaton = automaton_new();
    rules->hash = words_hash(&rules->arena, words);
    r.context = (PhraseContext){
        .rules = rules,
        .arena = &r.scratch,
        .classes = &r.classes,
    };
    irregular_open(&r.context.irregular, &r.scratch, words_bytes(words, STR("irregular.tsv")));
    bool good = read_behaviours(&r) || err_set(err, ERR_INPUT, "behaviours.tsv holds no behaviours");
    if (good) {
        read_spelling(&r);
        each_line(&r, true);
        each_line(&r, false);
        make_nodes(&r);
        finish_rules(&r);
        find_stems(rules);
        good = automaton_compile(rules->automaton, rules->vocabulary.symbol_count, err);
    }
    *mistakes = r.mistakes;
    arena_clear(&r.scratch);
    if (good) return rules;
    rules_free(rules);
    return NULL;
}

void rules_free(Rules *rules)
{
    if (!rules) return;
    automaton_free(rules->automaton);
    vocabulary_clear(&rules->vocabulary);
    arena_clear(&rules->arena);
    free(rules);
}
