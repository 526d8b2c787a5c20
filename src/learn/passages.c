/* passages.c -- see passages.h. */
#include "learn/passages.h"

#include "base/file.h"

enum { PASSAGES_BYTES_MAX = 1 << 30 };

static bool read_labels(Passages *p, Passage *passage, uint32_t utterance, const Json *labels, Str text, Err *err)
{
    JSON_EACH(label, labels)
    {
        Str id = json_str(json_get(label, "id")), quote = json_str(json_get(label, "quote"));
        size_t at = str_find(text, quote);
        if (id.len == 0 || quote.len == 0 || at == STR_NOT_FOUND)
            return err_set(err, ERR_INPUT, "a label of turn %u has no id, or its quote \"%.*s\" is not in the text",
                           utterance, (int)MIN(quote.len, 60), quote.data ? quote.data : "");
        *ARENA_PUSH(&p->arena, passage->span, passage->span_count, passage->span_capacity) =
            (GoldSpan){ utterance, (uint32_t)at, (uint32_t)(at + quote.len), id,
                        json_true(json_get(label, "contested")) };
    }
    return true;
}

static bool read_conversation(Passages *p, Passage *passage, Err *err)
{
    Conversation *c = &passage->conversation;
    passage->is_whole = true;
    c->channel = channel_from(json_str(json_get(passage->json, "channel")));
    c->id = json_scalar(json_get(passage->json, "id"));
    JSON_EACH(turn, json_get(passage->json, "turns"))
    {
        Role role = role_from(json_str(json_get(turn, "role")));
        Str name = json_str(json_get(turn, "name"));
        uint32_t who =
            conversation_participant(c, &p->arena, STR(""), name.len ? name : str_from(role_name(role)), role);
        Utterance *u = conversation_say(c, &p->arena, who, role, json_str(json_get(turn, "text")));
        if (json_is(json_get(turn, "public"), JSON_FALSE)) u->is_public = false;
        if (!read_labels(p, passage, c->utterance_count - 1, json_get(turn, "labels"), u->text, err)) return false;
    }
    return true;
}

static void read_utterance(Passages *p, Passage *passage)
{
    Conversation *c = &passage->conversation;
    Role role = role_from(json_str(json_get(passage->json, "role")));
    if (role != ROLE_CUSTOMER) role = ROLE_AGENT;
    Role other = role == ROLE_AGENT ? ROLE_CUSTOMER : ROLE_AGENT;
    Str prev = json_str(json_get(passage->json, "prev")), group = json_scalar(json_get(passage->json, "conv"));
    if (prev.len)
        (void)conversation_say(c, &p->arena, conversation_participant(c, &p->arena, STR("p"), STR(""), other), other,
                               prev);
    (void)conversation_say(c, &p->arena, conversation_participant(c, &p->arena, STR("t"), STR(""), role), role,
                           json_str(json_get(passage->json, "text")));
    passage->target = c->utterance_count - 1;
    passage->group = group.len ? str_hash(group) : passage->line;
}

static bool read_line(Passages *p, Str line, uint32_t file, uint64_t number, Err *err)
{
    size_t at;
    Passage passage = { .file = file, .line = number };
    passage.json = json_parse(line, &p->arena, &at, err);
    if (!passage.json) return false;
    conversation_init(&passage.conversation);
    if (json_is(json_get(passage.json, "turns"), JSON_ARRAY)) {
        if (!read_conversation(p, &passage, err)) return false;
    } else if (json_is(json_get(passage.json, "text"), JSON_STRING)) {
        read_utterance(p, &passage);
    } else {
        return err_set(err, ERR_INPUT, "neither \"turns\" nor \"text\" is there");
    }
    *ARENA_PUSH(&p->arena, p->item, p->count, p->capacity) = passage;
    return true;
}

bool passages_read(Passages *p, const char *path, Err *err)
{
    Buf bytes = { 0 };
    uint32_t file = p->files++;
    uint64_t number = 0;
    const char *opened = strcmp(path, "-") == 0 ? "/dev/stdin" : path;
    if (!file_read(opened, PASSAGES_BYTES_MAX, &bytes, err)) {
        buf_clear(&bytes);
        return false;
    }
    Str rest = arena_str(&p->arena, buf_str(&bytes));
    buf_clear(&bytes);
    for (Str line; str_next_line(&rest, &line);) {
        Err why = { 0 };
        number++;
        if (str_trim(line).len == 0) continue;
        if (!read_line(p, line, file, number, &why))
            return err_set(err, ERR_INPUT, "%.200s line %llu: %.250s", path, (unsigned long long)number, why.text);
    }
    return true;
}

void passages_clear(Passages *p)
{
    arena_clear(&p->arena);
    *p = (Passages){ 0 };
}
