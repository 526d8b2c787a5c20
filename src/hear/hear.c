/* hear.c -- opens the words, runs the stages, answers for the names.  See hear.h and hearing.h. */
#include "hear/hearing.h"
#include "base/memory.h"
#include "hear/agreed.h"
#include "hear/features.h"
#include "hear/listen.h"
#include "hear/outcome.h"
#include "hear/promise.h"

#include <stdlib.h>

enum { ECHO_SLOTS = 1 << 13, NAME_BYTES_MIN = 2 };

static uint16_t named(const Hearer *hearer, const char *id)
{
    size_t index;
    return hear_behaviour_named(hearer, str_from(id), &index) ? (uint16_t)index : NO_BEHAVIOUR;
}

static bool read_emotions(Hearer *hearer, Err *err)
{
    uint32_t number = 0;
    hearer->emotion_of = ARENA_NEW(&hearer->arena, int8_t, hearer->rules->behaviour_count + 1);
    for (Str rest = words_bytes(&hearer->words, STR("emotion.tsv")), line; str_next_line(&rest, &line);) {
        Str value = line, id;
        int64_t hundredths;
        size_t index;
        number++;
        if (line.len == 0 || line.data[0] == '#') continue;
        if (!str_next_part(&value, '\t', &id) || !str_to_i64(value, &hundredths) || hundredths < -100 ||
            hundredths > 100)
            return err_set(err, ERR_INPUT, "emotion.tsv line %u: columns are behaviour and hundredths, -100 to 100",
                           number);
        if (hear_behaviour_named(hearer, id, &index)) hearer->emotion_of[index] = (int8_t)hundredths;
    }
    return true;
}

static bool read_spans(Hearer *hearer, Err *err)
{
    uint32_t number = 0;
    hearer->span_of = ARENA_NEW(&hearer->arena, uint8_t, hearer->rules->behaviour_count + 1);
    memset(hearer->span_of, SPAN_MATCH, hearer->rules->behaviour_count);
    for (Str rest = words_bytes(&hearer->words, STR("spans.tsv")), line; str_next_line(&rest, &line);) {
        Str mode = line, id;
        size_t index;
        number++;
        if (line.len == 0 || line.data[0] == '#') continue;
        bool named = str_next_part(&mode, '\t', &id);
        if (!named || (!str_equal(mode, STR("sentence")) && !str_equal(mode, STR("turn"))))
            return err_set(err, ERR_INPUT, "spans.tsv line %u: columns are behaviour and sentence or turn", number);
        if (hear_behaviour_named(hearer, id, &index))
            hearer->span_of[index] = str_equal(mode, STR("turn")) ? SPAN_TURN : SPAN_SENTENCE;
    }
    return true;
}

/* What readings need beside the rules. */
static bool open_readings(Hearer *hearer, Err *err)
{
    hearer->known = (HearerKnown){ .demand = named(hearer, "customer.demand"),
                                   .need = named(hearer, "customer.need"),
                                   .commitment = named(hearer, "efficiency.commitment"),
                                   .ownership = named(hearer, "recovery.ownership") };
    hearer->key_you = word_hash(STR("you"));
    hearer->key_your = word_hash(STR("your"));
    hearer->key_i = word_hash(STR("i"));
    hearer->key_we = word_hash(STR("we"));
    hearer->time_words = time_words_open(&hearer->words, &hearer->arena);
    return read_emotions(hearer, err) && read_spans(hearer, err) &&
           lexicon_open(&hearer->words, hearer->rules, &hearer->arena, &hearer->lexicon, err) &&
           outcome_open(&hearer->words, hearer->rules, &hearer->arena, &hearer->outcome, err);
}

const char *hear_reader_name(ReaderKind reader)
{
    static const char *const NAMES[] = { [READER_FAST] = "fast", [READER_RULES] = "rules", [READER_DEEP] = "deep" };
    return NAMES[reader];
}

static bool open_agreement(Hearer *hearer, Err *err)
{
    const Embedded *built_in = embedded_find(&embedded_words, AGREED_FILE);
    hearer->agreement_is_own =
        !str_equal(words_bytes(&hearer->words, AGREED_FILE), built_in ? built_in->bytes : STR(""));
    return agreed_open(&hearer->words, hearer->rules, str_from(hear_reader_name(hearer->reader)), &hearer->arena,
                       &hearer->agreement, err);
}

ReaderKind hear_reader(const Hearer *hearer) { return hearer->reader; }

bool hear_reader_from(Str name, ReaderKind *ret)
{
    for (int i = READER_FAST; i <= READER_DEEP; i++)
        if (str_equal(name, str_from(hear_reader_name((ReaderKind)i)))) {
            *ret = (ReaderKind)i;
            return true;
        }
    return false;
}

Hearer *hear_open(const char *words_dir, Err *err) { return hear_open_reader(words_dir, READER_FAST, err); }

Hearer *hear_open_reader(const char *words_dir, ReaderKind reader, Err *err)
{
    Hearer *hearer = calloc(1, sizeof *hearer);
    Buf report = { 0 };
    size_t mistakes = 0;
    if (!hearer) abort();
    hearer->reader = reader;
    bool good = words_open(words_dir, &hearer->arena, &hearer->words, err);
    if (good) hearer->words = listener_words(&hearer->words, reader, &hearer->arena);
    if (!good || !(hearer->rules = rules_open(&hearer->words, &report, &mistakes, err))) {
        buf_clear(&report);
        hear_free(hearer);
        return NULL;
    }
    if (mistakes) {
        size_t line = str_find_char(buf_str(&report), '\n');
        err_set(err, ERR_INPUT, "%.*s", (int)MIN(line, 400), report.data);
        err_hint(err, "%zu mistakes in the rules; `goodwill rules check FILE` lists them.", mistakes);
        hear_free(hearer);
        hearer = NULL;
    } else if (!open_readings(hearer, err) || !open_agreement(hearer, err) ||
               (reader != READER_RULES && !listener_open(&hearer->words, hearer->rules, reader == READER_DEEP,
                                                         &hearer->arena, &hearer->listener, err))) {
        hear_free(hearer);
        hearer = NULL;
    }
    buf_clear(&report);
    return hearer;
}

void hear_free(Hearer *hearer)
{
    if (!hearer) return;
    rules_free(hearer->rules);
    listener_free(hearer->listener);
    arena_clear(&hearer->arena);
    free(hearer);
}

Hearing *hearing_new(const Hearer *hearer)
{
    Hearing *h = memory_must(calloc(1, sizeof *h));
    h->hearer = hearer;
    h->rules = hearer->rules;
    h->matcher = matcher_new(h->rules->automaton);
    /* Lists are pointed into also where nothing was found yet. */
    h->tokens.item = hearing_room(NULL, &h->tokens.capacity, 1, sizeof *h->tokens.item);
    h->matches.item = hearing_room(NULL, &h->matches.capacity, 1, sizeof *h->matches.item);
    h->ahead.item = hearing_room(NULL, &h->ahead.capacity, 1, sizeof *h->ahead.item);
    h->piece_first = hearing_room(NULL, &h->piece_first_capacity, 2, sizeof *h->piece_first);
    h->hits.item = hearing_room(NULL, &h->hits.capacity, 1, sizeof *h->hits.item);
    h->mark = hearing_room(NULL, &h->mark_capacity, 1, sizeof *h->mark);
    h->echo_slot = memory_must(calloc(ECHO_SLOTS, sizeof *h->echo_slot));
    h->echo_stamp = memory_must(calloc(ECHO_SLOTS, sizeof *h->echo_stamp));
    if (hearer->listener) h->sink = h->listening = listening_new(hearer->listener);
    for (size_t i = 0; i < COUNT(h->met); i++)
        h->met[i] = memory_must(calloc(h->rules->rule_count + 1, sizeof *h->met[i]));
    return h;
}

void hearing_free(Hearing *h)
{
    if (!h) return;
    matcher_free(h->matcher);
    listening_free(h->listening);
    tokens_clear(&h->tokens);
    matches_clear(&h->matches);
    matches_clear(&h->ahead);
    free(h->piece);
    free(h->piece_first);
    free(h->hits.item);
    free(h->signals.item);
    free(h->key);
    free(h->turn);
    free(h->bounds);
    free(h->echo_slot);
    free(h->echo_stamp);
    free(h->mark);
    free(h->fired);
    free(h->rule_mark);
    for (size_t i = 0; i < COUNT(h->met); i++) free(h->met[i]);
    free(h);
}

/* Each word of a name as the source told it: "Denise Holroyd" is met as either. */
static void gather_names(Hearing *h, const Conversation *c, Arena *arena)
{
    h->name_count = 0;
    for (uint32_t i = 0; i < c->participant_count; i++)
        for (Str rest = c->participant[i].name, word; str_next_part(&rest, ' ', &word);) {
            if (word.len < NAME_BYTES_MIN || word.len > WORD_BYTES_MAX || h->name_count == COUNT(h->name)) continue;
            if (role_from(word) != ROLE_UNKNOWN || !((unsigned char)word.data[0] >= 0x80 || ascii_upper(word.data[0])))
                continue;
            h->name[h->name_count++] = word_hash(word_fold(arena, word));
        }
}

void hear_run(Hearing *h, Conversation *c, Arena *arena, Marks *marks, Reading *reading)
{
    gather_names(h, c, arena);
    speakers_decide(h, c);
    judge_run(h, c);
    speakers_check(h, c);
    *marks = (Marks){ ARENA_NEW(arena, Mark, h->mark_count + 1), h->mark_count };
    if (h->mark_count) memcpy(marks->item, h->mark, h->mark_count * sizeof *h->mark);
    reading_make(h, c, arena, reading);
}

/* --- names --------------------------------------------------------------------- */

size_t hear_behaviour_count(const Hearer *hearer) { return hearer->rules->behaviour_count; }
const Behaviour *hear_behaviour(const Hearer *hearer, size_t index) { return &hearer->rules->behaviour[index]; }

Str hear_reason(const Hearer *hearer, uint32_t rule)
{
    uint32_t rules = hearer->rules->rule_count;
    return rule < rules ? hearer->rules->rule[rule].reason : listener_reason(hearer->listener, rule - rules);
}

const HearAgreement *hear_agreement(const Hearer *hearer, size_t behaviour) { return &hearer->agreement[behaviour]; }
Str hear_agreement_table(const Hearer *hearer) { return words_bytes(&hearer->words, AGREED_FILE); }

AgreementState hear_mark_state(const Hearer *hearer, const Mark *mark)
{
    bool own = mark->rule < hearer->rules->rule_count && hearer->rules->rule[mark->rule].is_own;
    return own && !hearer->agreement_is_own ? STATE_UNMEASURED : hearer->agreement[mark->behaviour].state;
}

Str hear_rules_hash(const Hearer *hearer) { return hearer->rules->hash; }

size_t hear_rule_count(const Hearer *hearer, size_t behaviour)
{
    size_t count = 0;
    for (uint32_t i = 0; i < hearer->rules->rule_count; i++) count += hearer->rules->rule[i].behaviour == behaviour;
    return count;
}

bool hear_behaviour_named(const Hearer *hearer, Str id, size_t *ret)
{
    for (size_t i = 0; i < hearer->rules->behaviour_count; i++)
        if (str_equal(hearer->rules->behaviour[i].id, id)) {
            *ret = i;
            return true;
        }
    return false;
}

static const char *const OUTCOME_NAMES[OUTCOME_COUNT] = { NULL,        "resolved", "deferred",
                                                          "escalated", "refused",  "abandoned" };
static const char *const ENDS_NAMES[ENDS_COUNT] = { NULL, "happy", "calm", "unhappy", "angry", "left" };

const char *outcome_name(Outcome outcome) { return OUTCOME_NAMES[outcome]; }
const char *ends_name(Ends ends) { return ENDS_NAMES[ends]; }

bool outcome_from(Str name, Outcome *ret)
{
    for (int i = 1; i < OUTCOME_COUNT; i++)
        if (str_equal(name, str_from(OUTCOME_NAMES[i]))) {
            *ret = (Outcome)i;
            return true;
        }
    return false;
}

bool ends_from(Str name, Ends *ret)
{
    for (int i = 1; i < ENDS_COUNT; i++)
        if (str_equal(name, str_from(ENDS_NAMES[i]))) {
            *ret = (Ends)i;
            return true;
        }
    return false;
}

bool hear_check_rules(Str file_name, Str text, const char *words_dir, Buf *report)
{
    Arena arena = { 0 };
    Words words;
    Err err;
    size_t mistakes = 0;
    Rules *rules = NULL;
    bool good = words_open(words_dir, &arena, &words, &err);
    if (good) {
        size_t slash = file_name.len;
        while (slash > 0 && file_name.data[slash - 1] != '/') slash--;
        Str name = arena_printf(&arena, "rules/%.*s", STR_ARG(str_from_byte(file_name, slash)));
        Embedded *item = ARENA_NEW(&arena, Embedded, words.count + 1);
        bool replaced = false;
        memcpy(item, words.item, words.count * sizeof *item);
        for (size_t i = 0; i < words.count; i++)
            if (str_equal(item[i].name, name)) {
                item[i].bytes = text;
                replaced = true;
            }
        if (!replaced) item[words.count++] = (Embedded){ name, text };
        words.item = item;
        rules = rules_open(&words, report, &mistakes, &err);
        good = rules != NULL;
    }
    if (!good) buf_printf(report, "%.*s: %s\n", STR_ARG(file_name), err.text);
    rules_free(rules);
    arena_clear(&arena);
    return good && mistakes == 0;
}
