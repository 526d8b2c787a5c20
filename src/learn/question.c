/* question.c -- see question.h. */
#include "learn/question.h"

#include <math.h>
#include <stdlib.h>

static bool parse_question(Str label, Question *ret, Err *err)
{
    *ret = (Question){ .asks = ASKS_VALUE, .key = label };
    size_t equals = str_find_char(label, '='), above = str_find_char(label, '>');
    if (equals != STR_NOT_FOUND) {
        ret->asks = ASKS_EQUALS;
        ret->key = str_sub(label, 0, equals);
        ret->value = str_from_byte(label, equals + 1);
    } else if (above != STR_NOT_FOUND) {
        ret->asks = ASKS_ABOVE;
        ret->key = str_sub(label, 0, above);
        if (!str_to_double(str_trim(str_from_byte(label, above + 1)), &ret->above))
            return err_set(err, ERR_USAGE, "--label '%.*s': behind > stands a number", STR_ARG(label));
    }
    ret->key = str_trim(ret->key);
    return ret->key.len > 0 || err_set(err, ERR_USAGE, "--label '%.*s' names no key", STR_ARG(label));
}

/* What a passage says of the key; NULL when it does not. */
static const Json *value_of(const Passage *passage, Str key)
{
    char name[128];
    if (key.len >= sizeof name) return NULL;
    memcpy(name, key.data, key.len);
    name[key.len] = '\0';
    const Json *value =
        passage->is_whole ? json_get(passage->json, name) : json_get(json_get(passage->json, "labels"), name);
    return value && value->type != JSON_NULL ? value : NULL;
}

static Str written(Arena *arena, const Json *value)
{
    if (value->type == JSON_TRUE) return STR("true");
    if (value->type == JSON_FALSE) return STR("false");
    if (value->type != JSON_STRING) return value->text;
    Buf quoted = { 0 };
    buf_json(&quoted, value->text);
    Str ret = arena_str(arena, buf_str(&quoted));
    buf_clear(&quoted);
    return ret;
}

static bool holds(const Json *value, Str wanted)
{
    if (value->type == JSON_ARRAY) {
        JSON_EACH(item, value)
        if (holds(item, wanted)) return true;
        return false;
    }
    if (value->type == JSON_TRUE) return str_equal(wanted, STR("true")) || str_equal(wanted, STR("1"));
    if (value->type == JSON_FALSE) return str_equal(wanted, STR("false")) || str_equal(wanted, STR("0"));
    return str_equal(json_scalar(value), wanted);
}

static bool is_fraction(const Json *value)
{
    double number;
    return value->type == JSON_NUMBER && json_double(value, &number) && number != floor(number);
}

static int by_text(const void *a, const void *b) { return str_compare(*(const Str *)a, *(const Str *)b); }

static bool add_answer(Question *q, Arena *arena, const Json *value, Err *err)
{
    Str text = written(arena, value);
    for (size_t i = 0; i < q->answers; i++)
        if (str_equal(q->answer[i], text)) return true;
    if (q->answers == ANSWERS_MAX)
        return err_set(err, ERR_LIMIT, "%.*s has more than %d values", STR_ARG(q->key), ANSWERS_MAX);
    if (text.len >= sizeof((ModelLabelRecord *)0)->name)
        return err_set(err, ERR_LIMIT, "%.*s: a value is longer than %zu bytes: %.*s", STR_ARG(q->key),
                       sizeof((ModelLabelRecord *)0)->name - 1, (int)MIN(text.len, 60), text.data);
    q->answer[q->answers++] = text;
    return true;
}

static bool has_spans(const Passages *passages, Str id)
{
    for (size_t i = 0; i < passages->count; i++)
        for (uint32_t k = 0; k < passages->item[i].span_count; k++)
            if (str_equal(passages->item[i].span[k].id, id)) return true;
    return false;
}

/* The key is no entry of the lines but labelled in the words of conversations. */
static bool ask_behaviour(Question *q, Err *err)
{
    if (q->asks != ASKS_VALUE)
        return err_set(err, ERR_USAGE, "%.*s is a behaviour: it is labelled or not, and has no values",
                       STR_ARG(q->key));
    if (q->key.len >= sizeof((ModelLabelRecord *)0)->name)
        return err_set(err, ERR_LIMIT, "the name of a behaviour has at most %zu bytes",
                       sizeof((ModelLabelRecord *)0)->name - 1);
    q->extent = EXTENT_CLAUSE;
    q->kind = MODEL_YES_NO;
    q->answer[q->answers++] = q->key;
    return true;
}

static bool find_answers(Question *q, Passages *passages, bool regress, Err *err)
{
    size_t said = 0, wholes = 0, numbers = 0, some = 0;
    double sum = 0, squares = 0;
    bool lists = false, fractions = false;
    for (size_t i = 0; i < passages->count; i++) {
        const Json *value = value_of(&passages->item[i], q->key);
        double number;
        if (!value) continue;
        said++;
        wholes += passages->item[i].is_whole;
        lists |= value->type == JSON_ARRAY;
        some += value->type != JSON_ARRAY || value->count > 0;
        fractions |= is_fraction(value);
        if (value->type == JSON_NUMBER && json_double(value, &number)) {
            numbers++;
            sum += number;
            squares += number * number;
        }
    }
    if (!said && has_spans(passages, q->key)) return ask_behaviour(q, err);
    if (!said) return err_set(err, ERR_INPUT, "no line says anything of '%.*s'", STR_ARG(q->key));
    if (wholes && wholes < said)
        return err_set(err, ERR_INPUT, "%.*s: some lines are conversations, others single utterances", STR_ARG(q->key));
    q->extent = wholes ? EXTENT_CONVERSATION : EXTENT_TURN;
    q->always_some = some == said;
    if (q->asks != ASKS_VALUE) {
        q->kind = MODEL_YES_NO;
        q->answer[q->answers++] = STR("true");
        return true;
    }
    if (regress || (fractions && numbers == said)) {
        if (numbers < said) return err_set(err, ERR_INPUT, "%.*s: some values are no numbers", STR_ARG(q->key));
        q->kind = MODEL_NUMBER;
        q->mean = sum / (double)said;
        q->unit = sqrt(fmax(squares / (double)said - q->mean * q->mean, 1e-12));
        q->answer[q->answers++] = q->key;
        return true;
    }
    q->kind = lists ? MODEL_MANY_OF : MODEL_ONE_OF;
    for (size_t i = 0; i < passages->count; i++) {
        const Json *value = value_of(&passages->item[i], q->key);
        if (!value) continue;
        if (value->type != JSON_ARRAY && !add_answer(q, &passages->arena, value, err)) return false;
        JSON_EACH(item, value->type == JSON_ARRAY ? value : NULL)
        if (!add_answer(q, &passages->arena, item, err)) return false;
    }
    qsort(q->answer, q->answers, sizeof *q->answer, by_text);
    return q->answers > 1 || lists || err_set(err, ERR_INPUT, "%.*s always has the same value", STR_ARG(q->key));
}

static void set_targets(const Question *q, Arena *arena, const Json *value, float *ret)
{
    double number = 0;
    if (!value) {
        for (size_t i = 0; i < q->answers; i++) ret[i] = NAN;
    } else if (q->asks == ASKS_EQUALS) {
        ret[0] = holds(value, q->value);
    } else if (q->asks == ASKS_ABOVE) {
        ret[0] = json_double(value, &number) ? number > q->above : NAN;
    } else if (q->kind == MODEL_NUMBER) {
        ret[0] = json_double(value, &number) ? (float)((number - q->mean) / q->unit) : NAN;
    } else {
        for (size_t i = 0; i < q->answers; i++) ret[i] = 0;
        for (const Json *item = value->type == JSON_ARRAY ? value->first : value; item;
             item = value->type == JSON_ARRAY ? item->next : NULL) {
            Str text = written(arena, item);
            for (size_t i = 0; i < q->answers; i++)
                if (str_equal(q->answer[i], text)) ret[i] = 1;
        }
    }
}

/* Yes or no that is always the same, or a number that is, cannot be learned. */
static bool is_told_apart(const Question *q, Passages *passages, Err *err)
{
    size_t yes = 0, no = 0;
    float target[ANSWERS_MAX];
    if (q->extent == EXTENT_CLAUSE || q->kind == MODEL_ONE_OF) return true;
    for (size_t i = 0; i < passages->count; i++) {
        question_targets(q, passages, i, target);
        for (size_t l = 0; l < q->answers; l++) {
            yes += target[l] > .5f;
            no += target[l] <= .5f;
        }
    }
    if (q->kind == MODEL_NUMBER ? q->unit > 1e-5 : yes > 0 && no > 0) return true;
    return err_set(err, ERR_INPUT, "%.*s: the answer is always the same (%zu lines)", STR_ARG(q->key), yes + no);
}

bool question_open(Str label, Passages *passages, bool regress, Question *ret, Err *err)
{
    return parse_question(label, ret, err) && find_answers(ret, passages, regress, err) &&
           is_told_apart(ret, passages, err);
}

void question_targets(const Question *question, Passages *passages, size_t passage, float *ret)
{
    set_targets(question, &passages->arena, value_of(&passages->item[passage], question->key), ret);
}

static const char *const EXTENT[] = { "turn", "clause", "conversation" };

const char *extent_name(Extent extent) { return EXTENT[extent]; }

bool extent_from(Str name, Extent *ret)
{
    for (size_t i = 0; i < COUNT(EXTENT); i++)
        if (str_equal(name, str_from(EXTENT[i]))) {
            *ret = (Extent)i;
            return true;
        }
    return false;
}
