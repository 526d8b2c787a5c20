/* phrase.c -- the phrases of the rule language become nodes of the automaton.
 *
 * In: `{sorry | apologise~} for ... <thing>`.  Out: a tree of elements, then
 * nodes.  Choices of single words become one set, however many words they have.
 */
#include "hear/rules.h"

enum { SEQUENCE_MAX = 60, GAP_DEFAULT = 5, GAP_MAX = 20, PHRASE_DEPTH_MAX = 24, PHRASE_BYTES_MAX = 200000 };

typedef enum ElementKind { EL_SYMBOL, EL_SET, EL_ANY, EL_GAP, EL_END, EL_SEQUENCE, EL_CHOICE, EL_OPTIONAL } ElementKind;

typedef struct Element Element;
struct Element {
    ElementKind kind;
    uint32_t value;        /* symbol, set, widest gap */
    Element *first, *last; /* of SEQUENCE, CHOICE, OPTIONAL (one) */
    Element *next;         /* beside it */
    uint32_t counted;      /* by phrase_count: in which phrase last */
    uint32_t cost;         /* see anchor_cost; 0: not known yet */
    uint32_t longest;      /* see longest; 0: not known yet */
};

typedef struct Parser {
    PhraseContext *context;
    Str text;
    size_t at;
    int depth;
} Parser;

static Element *element_new(const Parser *p, ElementKind kind, uint32_t value)
{
    Element *e = ARENA_NEW(p->context->arena, Element, 1);
    e->kind = kind;
    e->value = value;
    return e;
}

static void append(Element *parent, Element *child)
{
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
}

static void skip_blanks(Parser *p)
{
    while (p->at < p->text.len && ascii_space(p->text.data[p->at])) p->at++;
}

static bool is_word_byte(char c) { return ascii_alnum(c) || c == '\'' || c == '-' || (unsigned char)c >= 0x80; }

/* A word as the spelling table writes it out: one symbol, or a sequence of them. */
static bool add_plain_word(Parser *p, Element *to, Str folded, Err *err)
{
    Vocabulary *v = &p->context->rules->vocabulary;
    const WordEntry *entry = vocabulary_find(v, word_hash(folded));
    if (entry && entry->part_count > 1) {
        for (size_t i = 0; i < entry->part_count; i++) append(to, element_new(p, EL_SYMBOL, entry->part[i]));
        return true;
    }
    Symbol symbol;
    if (entry)
        symbol = entry->part[0];
    else if (!vocabulary_add(v, folded, &symbol, err))
        return false;
    append(to, element_new(p, EL_SYMBOL, symbol));
    return true;
}

static bool add_to_set(Parser *p, uint32_t set, Str folded, Err *err)
{
    Vocabulary *v = &p->context->rules->vocabulary;
    const WordEntry *entry = vocabulary_find(v, word_hash(folded));
    Symbol symbol;
    if (entry && entry->part_count > 1) return true; /* a form that is written out otherwise */
    if (entry)
        symbol = entry->part[0];
    else if (!vocabulary_add(v, folded, &symbol, err))
        return false;
    automaton_set_add(p->context->rules->automaton, set, symbol);
    return true;
}

static const char *const ENDINGS[] = { "er",   "ers", "ly",   "ment", "ments", "ation", "ations", "ion",
                                       "ions", "al",  "able", "ness", "ful",   "y",     "ies" };

static bool add_forms(Parser *p, Element *to, Str folded, bool broad, Err *err)
{
    uint32_t set = automaton_set_new(p->context->rules->automaton);
    Forms forms;
    word_forms(p->context->arena, folded, &p->context->irregular, &forms);
    for (size_t i = 0; i < forms.count; i++)
        if (!add_to_set(p, set, forms.item[i], err)) return false;
    for (size_t i = 0; broad && i < COUNT(ENDINGS); i++) {
        Str longer = arena_printf(p->context->arena, "%.*s%s", STR_ARG(folded), ENDINGS[i]);
        if (longer.len <= WORD_BYTES_MAX && !add_to_set(p, set, longer, err)) return false;
        if (folded.len > 3 && folded.data[folded.len - 1] == 'e') {
            longer = arena_printf(p->context->arena, "%.*s%s", (int)folded.len - 1, folded.data, ENDINGS[i]);
            if (longer.len <= WORD_BYTES_MAX && !add_to_set(p, set, longer, err)) return false;
        }
    }
    append(to, element_new(p, EL_SET, set));
    return true;
}

static bool parse_word(Parser *p, Element *to, Err *err)
{
    size_t begin = p->at;
    while (p->at < p->text.len && is_word_byte(p->text.data[p->at])) p->at++;
    Str word = str_sub(p->text, begin, p->at);
    if (word.len > WORD_BYTES_MAX)
        return err_set(err, ERR_INPUT, "'%.*s…' is longer than %d bytes", 20, word.data, WORD_BYTES_MAX);
    char ending = p->at < p->text.len ? p->text.data[p->at] : ' ';
    if (ending == '~' || ending == '*') p->at++;
    if (p->at < p->text.len && !ascii_space(p->text.data[p->at]) && !strchr("|}],>.?", p->text.data[p->at]))
        return err_set(err, ERR_INPUT, "'%c' cannot stand behind '%.*s'", p->text.data[p->at], STR_ARG(word));
    /* Texts split words at a hyphen, and so do phrases. */
    for (Str rest = word, part; str_next_part(&rest, '-', &part);) {
        Str folded = word_fold(p->context->arena, part);
        if (folded.len == 0) continue;
        bool last = rest.len == 0;
        if (last && (ending == '~' || ending == '*')) {
            if (!add_forms(p, to, folded, ending == '*', err)) return false;
        } else if (!add_plain_word(p, to, folded, err)) {
            return false;
        }
    }
    return true;
}

static const struct {
    const char *name;
    Symbol symbol;
} SHAPES[] = {
    { "number", SYM_NUMBER },   { "ordinal", SYM_ORDINAL },         { "money", SYM_MONEY }, { "clock", SYM_CLOCK },
    { "date", SYM_DATE },       { "percent", SYM_PERCENT },         { "code", SYM_CODE },   { "name", SYM_NAME },
    { "capital", SYM_CAPITAL }, { "placeholder", SYM_PLACEHOLDER }, { "other", SYM_WORD },
};

static bool parse_shape(Parser *p, Element *to, Err *err)
{
    size_t begin = ++p->at;
    while (p->at < p->text.len && ascii_alpha(p->text.data[p->at])) p->at++;
    Str name = str_sub(p->text, begin, p->at);
    for (size_t i = 0; i < COUNT(SHAPES); i++)
        if (str_equal(name, str_from(SHAPES[i].name))) {
            append(to, element_new(p, EL_SYMBOL, SHAPES[i].symbol));
            return true;
        }
    return err_set(err, ERR_INPUT,
                   "'#%.*s' is no shape; shapes are #number #ordinal #money #clock #date #percent #code #name #capital "
                   "#placeholder #other",
                   STR_ARG(name));
}

static Element *parse_choice(Parser *p, char closing, Err *err);

static bool parse_class(Parser *p, Element *to, Err *err)
{
    size_t begin = ++p->at;
    while (p->at < p->text.len && p->text.data[p->at] != '>') p->at++;
    if (p->at == p->text.len) return err_set(err, ERR_INPUT, "'<' without its '>'");
    Str name = str_trim(str_sub(p->text, begin, p->at++));
    for (uint32_t i = 0; i < p->context->classes->count; i++) {
        ClassText *class = &p->context->classes->item[i];
        if (!str_equal(class->name, name)) continue;
        if (class->busy) return err_set(err, ERR_INPUT, "class <%.*s> holds itself", STR_ARG(name));
        if (!class->parsed) {
            if (p->context->classes_open == PHRASE_DEPTH_MAX)
                return err_set(err, ERR_INPUT, "classes are nested more than %d deep", PHRASE_DEPTH_MAX);
            class->busy = true;
            p->context->classes_open++;
            bool start;
            struct Element *parsed = phrase_parse(p->context, class->text, &start, err);
            p->context->classes_open--;
            class = &p->context->classes->item[i];
            class->busy = false;
            if (!parsed) {
                Err inside = *err;
                if (str_starts(str_from(inside.text), STR("class <"))) return false; /* it names the innermost */
                return err_set(err, ERR_INPUT, "class <%.*s> (%.*s line %u): %s", STR_ARG(name), STR_ARG(class->file),
                               class->line, inside.text);
            }
            class->parsed = parsed;
        }
        Element *copy = element_new(p, class->parsed->kind, class->parsed->value); /* its `next` is this place's own */
        copy->first = class->parsed->first;
        copy->last = class->parsed->last;
        append(to, copy);
        return true;
    }
    return err_set(err, ERR_INPUT, "there is no class <%.*s>", STR_ARG(name));
}

static bool parse_gap(Parser *p, Element *to, Err *err)
{
    p->at += 3;
    size_t begin = p->at;
    while (p->at < p->text.len && ascii_digit(p->text.data[p->at])) p->at++;
    int64_t widest = GAP_DEFAULT;
    if (p->at > begin && (!str_to_i64(str_sub(p->text, begin, p->at), &widest) || widest < 1 || widest > GAP_MAX))
        return err_set(err, ERR_INPUT, "a gap is 1 to %d words wide", GAP_MAX);
    append(to, element_new(p, EL_GAP, (uint32_t)widest));
    return true;
}

static bool parse_one(Parser *p, Element *to, Err *err)
{
    char c = p->text.data[p->at];
    if (c == '{' || c == '[') {
        p->at++;
        Element *inside = parse_choice(p, c == '{' ? '}' : ']', err);
        if (!inside) return false;
        if (c == '[') {
            Element *optional = element_new(p, EL_OPTIONAL, 0);
            append(optional, inside);
            inside = optional;
        }
        append(to, inside);
        return true;
    }
    if (c == '<') return parse_class(p, to, err);
    if (c == '#') return parse_shape(p, to, err);
    if (str_starts(str_from_byte(p->text, p->at), STR("..."))) return parse_gap(p, to, err);
    if (is_word_byte(c)) return parse_word(p, to, err);
    p->at++;
    switch (c) {
    case '_': append(to, element_new(p, EL_ANY, 0)); return true;
    case ',': append(to, element_new(p, EL_SYMBOL, SYM_COMMA)); return true;
    case '?': append(to, element_new(p, EL_SYMBOL, SYM_QUESTION)); return true;
    case '$': append(to, element_new(p, EL_END, 0)); return true;
    default: return err_set(err, ERR_INPUT, "'%c' means nothing here", c);
    }
}

static Element *parse_sequence(Parser *p, Err *err)
{
    Element *sequence = element_new(p, EL_SEQUENCE, 0);
    int count = 0;
    for (;;) {
        skip_blanks(p);
        if (p->at == p->text.len || strchr("|}]", p->text.data[p->at])) break;
        if (!parse_one(p, sequence, err)) return NULL;
        if (++count > SEQUENCE_MAX) {
            err_set(err, ERR_INPUT, "a phrase of more than %d words", SEQUENCE_MAX);
            return NULL;
        }
    }
    if (!sequence->first) {
        err_set(err, ERR_INPUT, "an empty phrase");
        return NULL;
    }
    return sequence->first == sequence->last ? sequence->first : sequence;
}

/* Choices of single words and sets are one set. */
static Element *simplify(Parser *p, Element *choice)
{
    if (choice->first == choice->last) return choice->first;
    Automaton *a = p->context->rules->automaton;
    uint32_t set = UINT32_MAX;
    Element *kept = element_new(p, EL_CHOICE, 0);
    for (Element *e = choice->first, *next; e; e = next) {
        next = e->next;
        e->next = NULL;
        if (e->kind == EL_SYMBOL && e->value > SYM_COMMA) {
            if (set == UINT32_MAX) {
                set = automaton_set_new(a);
                append(kept, element_new(p, EL_SET, set));
            }
            automaton_set_add(a, set, (Symbol)e->value);
        } else {
            append(kept, e);
        }
    }
    return kept->first == kept->last ? kept->first : kept;
}

static Element *parse_choice(Parser *p, char closing, Err *err)
{
    Element *choice = element_new(p, EL_CHOICE, 0);
    if (++p->depth > PHRASE_DEPTH_MAX) {
        err_set(err, ERR_INPUT, "choices are nested more than %d deep", PHRASE_DEPTH_MAX);
        return NULL;
    }
    for (;;) {
        Element *one = parse_sequence(p, err);
        if (!one) return NULL;
        append(choice, one);
        if (p->at < p->text.len && p->text.data[p->at] == '|') {
            p->at++;
            continue;
        }
        break;
    }
    char found = p->at < p->text.len ? p->text.data[p->at] : 0;
    if (found != closing) {
        if (closing)
            err_set(err, ERR_INPUT, "'%c' is missing", closing);
        else
            err_set(err, ERR_INPUT, "'%c' without its beginning", found);
        return NULL;
    }
    if (closing) p->at++;
    p->depth--;
    return simplify(p, choice);
}

struct Element *phrase_parse(PhraseContext *context, Str text, bool *sentence_start, Err *err)
{
    Parser p = { .context = context, .text = text };
    *sentence_start = false;
    if (text.len > PHRASE_BYTES_MAX) {
        err_set(err, ERR_LIMIT, "a phrase of more than %d bytes", PHRASE_BYTES_MAX);
        return NULL;
    }
    skip_blanks(&p);
    if (p.at < text.len && text.data[p.at] == '^') {
        *sentence_start = true;
        p.at++;
    }
    return parse_choice(&p, 0, err);
}

/* Whether nothing but optional parts stands here: what follows may begin the phrase. */
static bool may_be_empty(const Element *e) { return e->kind == EL_OPTIONAL || e->kind == EL_GAP; }

bool phrase_begins_with_word(const Element *e)
{
    switch (e->kind) {
    case EL_SYMBOL:
    case EL_SET: return true;
    case EL_OPTIONAL: return false; /* alone it is empty; parts of a sequence are asked below */
    case EL_CHOICE:
        for (const Element *one = e->first; one; one = one->next)
            if (!phrase_begins_with_word(one)) return false;
        return true;
    case EL_SEQUENCE:
        for (const Element *part = e->first; part; part = part->next) {
            if (!phrase_begins_with_word(part->kind == EL_OPTIONAL ? part->first : part)) return false;
            if (!may_be_empty(part)) return true;
        }
        return false;
    default: return false;
    }
}

static Node sequence_nodes(PhraseContext *context, const Element *element, Node next)
{
    if (!element) return next;
    return phrase_nodes(context, element, sequence_nodes(context, element->next, next));
}

Node phrase_nodes(PhraseContext *context, const Element *e, Node next)
{
    Automaton *a = context->rules->automaton;
    /* Classes that hold classes twice grow without bound when they are written out; automaton_compile refuses so many.
     */
    if (automaton_nodes(a) > NODES_MAX) return next;
    switch (e->kind) {
    case EL_SYMBOL: return automaton_symbol(a, (Symbol)e->value, next);
    case EL_SET: return automaton_set(a, e->value, next);
    case EL_ANY: return automaton_any(a, next);
    case EL_END: return automaton_end(a, next);
    case EL_SEQUENCE: return sequence_nodes(context, e->first, next);
    case EL_OPTIONAL: return automaton_either(a, phrase_nodes(context, e->first, next), next);
    case EL_GAP: {
        Node at = next;
        for (uint32_t i = 0; i < e->value; i++) at = automaton_either(a, automaton_any(a, at), next);
        return at;
    }
    case EL_CHOICE: {
        Node at = phrase_nodes(context, e->first, next);
        for (const Element *one = e->first->next; one; one = one->next)
            at = automaton_either(a, phrase_nodes(context, one, next), at);
        return at;
    }
    }
    return next;
}

/* --- anchors: the words without which a phrase cannot be met ----------------------- */

enum { COST_NEVER = UINT32_MAX, MARK_COST = 1000 };

static const Symbol *symbols_of(PhraseContext *context, const Element *e, Symbol *one, size_t *count)
{
    if (e->kind == EL_SET) return automaton_set_symbols(context->rules->automaton, e->value, count);
    *one = (Symbol)e->value;
    *count = 1;
    return one;
}

static void count_words(PhraseContext *context, Element *e)
{
    if (e->counted == context->counting) return;
    e->counted = context->counting;
    if (e->kind == EL_SYMBOL || e->kind == EL_SET) {
        Symbol one;
        size_t count;
        const Symbol *symbol = symbols_of(context, e, &one, &count);
        for (size_t i = 0; i < count; i++) context->occurs[symbol[i]]++;
    }
    for (Element *part = e->first; part; part = part->next) count_words(context, part);
}

void phrase_count(PhraseContext *context, Element *e)
{
    context->counting++;
    count_words(context, e);
}

static uint32_t add_cost(uint32_t a, uint32_t b) { return a > COST_NEVER - b ? COST_NEVER : a + b; }

/* About how often one of the words comes that every way to read this has one of; those that many phrases have are
 * common.  COST_NEVER: it may be read without any. */
static uint32_t anchor_cost(PhraseContext *context, Element *e)
{
    if (e->cost) return e->cost;
    uint32_t cost = COST_NEVER;
    if (e->kind == EL_SYMBOL || e->kind == EL_SET) {
        Symbol one;
        size_t count;
        const Symbol *symbol = symbols_of(context, e, &one, &count);
        cost = 1;
        for (size_t i = 0; i < count; i++)
            cost = add_cost(cost, context->occurs[symbol[i]] + (symbol[i] < SYM_NUMBER ? MARK_COST : 0));
    } else if (e->kind == EL_SEQUENCE) {
        for (Element *part = e->first; part; part = part->next) cost = MIN(cost, anchor_cost(context, part));
    } else if (e->kind == EL_CHOICE) {
        cost = 0;
        for (Element *one = e->first; one; one = one->next) cost = add_cost(cost, anchor_cost(context, one));
    }
    return e->cost = cost;
}

/* The part of a sequence that it is looked for by. */
static Element *anchor_part(PhraseContext *context, Element *sequence)
{
    Element *best = sequence->first;
    for (Element *part = best->next; part; part = part->next)
        if (anchor_cost(context, part) < anchor_cost(context, best)) best = part;
    return best;
}

/* Words in the longest way to read this. */
static uint32_t longest(Element *e)
{
    if (e->longest) return e->longest;
    uint32_t words = e->kind == EL_GAP ? e->value : 1;
    if (e->kind == EL_SEQUENCE) {
        words = 0;
        for (Element *part = e->first; part; part = part->next) words = MIN(words + longest(part), MATCH_TOKENS_MAX);
    } else if (e->first) {
        for (Element *one = e->first; one; one = one->next) words = MAX(words, longest(one));
    }
    return e->longest = words;
}

static void need_words(PhraseContext *context, Element *e, uint32_t before, uint32_t group)
{
    if (automaton_nodes(context->rules->automaton) > NODES_MAX) return; /* as phrase_nodes does */
    if (e->kind == EL_SEQUENCE) {
        Element *anchor = anchor_part(context, e);
        for (Element *part = e->first; part != anchor; part = part->next) before += longest(part);
        need_words(context, anchor, before, group);
    } else if (e->kind == EL_CHOICE) {
        for (Element *one = e->first; one; one = one->next) need_words(context, one, before, group);
    } else {
        automaton_need(context->rules->automaton, group, e->kind == EL_SET, e->value, before);
    }
}

void phrase_need(PhraseContext *context, Element *e, uint32_t group)
{
    anchor_cost(context, e);
    need_words(context, e, 0, group);
    automaton_longest(context->rules->automaton, group, longest(e));
}
