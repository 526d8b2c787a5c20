/* chatwoot.c -- Chatwoot messages: what the API, exports and webhooks give; brought together by conversation.
 *
 * message_type is 0 to 3, or a word in webhooks: incoming (the customer),
 * outgoing (staff, or a bot that answers for them), activity (nobody's words:
 * left out), template (sent by the system).  What is private is an internal
 * note.
 */
#include "import/draft.h"
#include "import/formats.h"
#include "import/records.h"
#include "import/shape.h"

typedef enum Kind { KIND_NONE, KIND_INCOMING, KIND_OUTGOING, KIND_ACTIVITY, KIND_TEMPLATE } Kind;

static Kind kind_of(const Json *message)
{
    static const char *const word[] = { "incoming", "outgoing", "activity", "template" };
    const Json *type = json_get(message, "message_type");
    int64_t number;
    for (size_t i = 0; i < COUNT(word); i++)
        if (str_equal(json_str(type), str_from(word[i])) || (json_i64(type, &number) && number == (int64_t)i))
            return (Kind)(KIND_INCOMING + i);
    return KIND_NONE;
}

static Role role_of(const Json *message, Kind kind)
{
    Str type = json_str(json_get(message, "sender_type")), sender = json_str(json_path(message, "sender.type"));
    if (str_equal_nocase(type, STR("AgentBot")) || str_equal_nocase(type, STR("Captain::Assistant")) ||
        str_equal_nocase(sender, STR("agent_bot")))
        return ROLE_BOT;
    if (str_equal_nocase(type, STR("Contact")) || str_equal_nocase(sender, STR("contact"))) return ROLE_CUSTOMER;
    if (kind == KIND_TEMPLATE) return ROLE_SYSTEM;
    return kind == KIND_INCOMING ? ROLE_CUSTOMER : kind == KIND_OUTGOING ? ROLE_AGENT : ROLE_UNKNOWN;
}

static void add_message(Conversation *c, Arena *arena, const Json *message)
{
    Kind kind = kind_of(message);
    Str text = json_str(json_get(message, "content"));
    if (kind == KIND_ACTIVITY || str_trim(text).len == 0) return;
    Role role = role_of(message, kind);
    const Json *sender = json_get(message, "sender");
    Str number = json_scalar(json_get(sender, "id")), name = str_trim(json_str(json_get(sender, "name")));
    if (number.len == 0) number = json_scalar(json_get(message, "sender_id"));
    /* Contacts, users and bots are numbered each for themselves. */
    Str id = number.len ? arena_printf(arena, "%s %.*s", role_name(role), STR_ARG(number)) : number;
    uint32_t participant = id.len || name.len ? conversation_participant(c, arena, id, name, role) : NO_PARTICIPANT;
    if (participant != NO_PARTICIPANT && c->participant[participant].email.len == 0)
        c->participant[participant].email = json_str(json_get(sender, "email"));
    Utterance *u = conversation_say(c, arena, participant, role, text);
    u->at_ms = draft_when(json_get(message, "created_at"), NULL);
    u->is_public = !json_true(json_get(message, "private"));
}

static Str conversation_of(const Json *json)
{
    Str id = json_scalar(json_get(json, "conversation_id"));
    return id.len ? id : json_scalar(json_path(json, "conversation.id"));
}

static bool read_conversation(const ImportBlock *block, ImportSink *sink, Arena *scratch, const Record *record,
                              size_t count)
{
    Conversation c;
    conversation_init(&c);
    const Json *json = record->json, *messages = json_get(json, "messages");
    bool whole = json_is(messages, JSON_ARRAY);
    if (!whole && !json_get(json, "content"))
        return import_reject(sink, block, record->line, record->offset, "neither a message nor a conversation");
    c.id = whole ? json_scalar(json_get(json, "id")) : conversation_of(json);
    if (whole && c.id.len == 0 && messages->count) c.id = conversation_of(messages->first);
    Str channel = json_str(json_path(json, whole ? "meta.channel" : "conversation.channel")); /* "Channel::Email" */
    if (str_starts(channel, STR("Channel::"))) channel = str_from_byte(channel, strlen("Channel::"));
    c.channel = channel_from(channel);
    if (c.channel == CHANNEL_UNKNOWN) c.channel = CHANNEL_CHAT; /* widget, API, SMS and messengers */
    for (size_t i = 0; i < count; i++) {
        if (whole)
            JSON_EACH(message, json_get(record[i].json, "messages")) add_message(&c, scratch, message);
        else
            add_message(&c, scratch, record[i].json);
    }
    return draft_give(sink, block, &c, record->line, scratch);
}

static bool group_of(const Record *record, Arena *arena, Str *key)
{
    (void)arena;
    if (json_is(json_get(record->json, "messages"), JSON_ARRAY)) return false;
    *key = conversation_of(record->json);
    return json_get(record->json, "content") != NULL;
}

static bool read_conversations(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    static const char *const lists[] = { "payload", NULL };
    static const RecordReader reader = { .lists = lists, .group = group_of, .read = read_conversation };
    return records_read(block, sink, scratch, &reader, err);
}

static int recognise(Str head, Str file_name, bool whole)
{
    enum { TYPE, CONTENT, PLACE, P_TYPE, P_CONTENT, P_PLACE, M_TYPE, M_CONTENT, M_PLACE, L_TYPE, L_CONTENT, L_PLACE };
    static const char *const marks[] = {
        [TYPE] = "message_type",
        [CONTENT] = "content",
        [PLACE] = "inbox_id",
        [P_TYPE] = "payload.message_type",
        [P_CONTENT] = "payload.content",
        [P_PLACE] = "payload.inbox_id",
        [M_TYPE] = "messages.message_type",
        [M_CONTENT] = "messages.content",
        [M_PLACE] = "messages.inbox_id",
        [L_TYPE] = "payload.messages.message_type",
        [L_CONTENT] = "payload.messages.content",
        [L_PLACE] = "payload.messages.inbox_id",
    };
    uint32_t seen = shape_marks(head, marks, COUNT(marks));
    (void)file_name, (void)whole;
    for (int first = TYPE; first <= L_TYPE; first += P_TYPE - TYPE)
        if (shape_met(seen, first) && shape_met(seen, first + 1) && shape_met(seen, first + 2)) return 85;
    return shape_met(seen, TYPE) && shape_met(seen, CONTENT) ? 40 : 0;
}

const Format format_chatwoot = { .name = "chatwoot",
                                 .about = "Chatwoot messages and conversations",
                                 .recognise = recognise,
                                 .read = read_conversations };
