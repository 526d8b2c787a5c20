/* intercom.c -- Intercom conversations: one, a list of them, JSON Lines of them, or the notification that carries one.
 *
 * The first message is `source` (before API version 2: `conversation_message`)
 * and stands first whatever the times say; the parts follow in order of time.
 * A part is said when it has a body: comments, but also what is written on
 * closing, opening or assigning; notes are internal.  Bodies are HTML unless
 * they were asked for as plain text.
 */
#include "import/draft.h"
#include "import/formats.h"
#include "import/records.h"
#include "import/shape.h"

static Role author_role(const Json *author)
{
    Str type = json_str(json_get(author, "type"));
    if (json_true(json_get(author, "from_ai_agent")) || json_true(json_get(author, "is_ai_answer")) ||
        json_true(json_get(author, "is_ai")))
        return ROLE_BOT;
    if (str_equal_nocase(type, STR("operator"))) return ROLE_BOT; /* what older versions call the bot */
    if (str_equal_nocase(type, STR("team"))) return ROLE_AGENT;
    return role_from(type);
}

static uint32_t author_of(Conversation *c, Arena *arena, const Json *author, Role role)
{
    Str id = json_scalar(json_get(author, "id")), name = str_trim(json_str(json_get(author, "name")));
    if (id.len == 0 && name.len == 0) return NO_PARTICIPANT;
    uint32_t index = conversation_participant(c, arena, id, name, role);
    Participant *p = &c->participant[index];
    if (p->email.len == 0) p->email = str_trim(json_str(json_get(author, "email")));
    return index;
}

static bool is_note(Str part_type)
{
    return str_starts_nocase(part_type, STR("note")) || str_ends(part_type, STR("_note"));
}

/* Lists and customer attributes name people whom the author of a message does not. */
static Utterance *say(Conversation *c, Arena *arena, const Json *message, const Json *author)
{
    Str text = str_trim(draft_text(arena, json_str(json_get(message, "body"))));
    if (text.len == 0) return NULL;
    Role role = author_role(author);
    return conversation_say(c, arena, author_of(c, arena, author, role), role, text);
}

static void add_part(Conversation *c, Arena *arena, const Json *part)
{
    Utterance *u = say(c, arena, part, json_get(part, "author"));
    if (!u) return;
    u->at_ms = draft_when(json_get(part, "created_at"), NULL);
    u->is_public = !is_note(json_str(json_get(part, "part_type")));
}

static Channel channel_of(const Json *conversation, const Json *source)
{
    static const char *const in_app[] = {
        "conversation", "push",     "inapp",          "in_app",          "chat",
        "messenger",    "operator", "user_initiated", "admin_initiated", "customer_initiated"
    };
    Str type = json_str(json_get(source, "type"));
    if (type.len == 0)
        type = json_path(conversation, "channel.initial") ? json_str(json_path(conversation, "channel.initial")) : type;
    if (str_starts(type, STR("phone"))) return CHANNEL_PHONE; /* phone_call, phone_switch */
    for (size_t i = 0; i < COUNT(in_app); i++)
        if (str_equal(type, str_from(in_app[i]))) return CHANNEL_CHAT;
    return channel_from(type);
}

/* Who the customer is, when the messages only give a number: contacts, customers or user of the conversation. */
static void add_contacts(Conversation *c, Arena *arena, const Json *contacts)
{
    JSON_EACH(contact, contacts)
    {
        Str id = json_scalar(json_get(contact, "id"));
        bool spoke = false;
        for (uint32_t i = 0; id.len && i < c->participant_count && i < 16; i++) /* the customer speaks early */
            spoke |= str_equal(c->participant[i].id, id);
        if (!spoke) continue;
        uint32_t index =
            conversation_participant(c, arena, id, str_trim(json_str(json_get(contact, "name"))), ROLE_CUSTOMER);
        if (c->participant[index].email.len == 0) c->participant[index].email = json_str(json_get(contact, "email"));
    }
}

static bool read_conversation(const ImportBlock *block, ImportSink *sink, Arena *scratch, const Record *record,
                              size_t count)
{
    const Json *json = record->json, *item = json_path(json, "data.item");
    (void)count;
    if (item) json = item; /* a notification */
    const Json *source = json_get(json, "source"), *parts = json_get(json, "conversation_parts");
    if (!json_is(source, JSON_OBJECT)) source = json_get(json, "conversation_message");
    if (!json_is(source, JSON_OBJECT) && !parts)
        return import_reject(sink, block, record->line, record->offset,
                             "neither source nor parts of a conversation here");
    if (json_is(parts, JSON_OBJECT)) parts = json_get(parts, "conversation_parts");

    Conversation c;
    conversation_init(&c);
    c.id = json_scalar(json_get(json, "id"));
    if (str_equal(json_str(json_get(json, "type")), STR("ticket")) && c.id.len == 0)
        c.id = json_scalar(json_get(json, "ticket_id"));
    c.channel = channel_of(json, source);
    c.subject = str_trim(draft_text(scratch, json_str(json_get(source, "subject"))));
    if (c.subject.len == 0) c.subject = str_trim(json_str(json_get(json, "title")));
    c.started = draft_when(json_get(json, "created_at"), NULL);

    Utterance *first = say(&c, scratch, source, json_get(source, "author"));
    if (first) first->at_ms = c.started;
    uint32_t first_part = c.utterance_count;
    if (json_is(parts, JSON_ARRAY)) JSON_EACH(part, parts) add_part(&c, scratch, part);
    add_contacts(&c, scratch, json_path(json, "contacts.contacts"));
    add_contacts(&c, scratch, json_get(json, "customers"));

    int64_t total;
    if (json_i64(json_path(json, "conversation_parts.total_count"), &total) && json_is(parts, JSON_ARRAY) &&
        total > parts->count &&
        !import_warn(sink, block, record->line, record->offset, "conversation %.*s: only %u of its %lld parts are here",
                     STR_ARG(str_sub(c.id, 0, 80)), parts->count, (long long)total))
        return false;
    draft_roles(&c, block->options);
    draft_hide_addresses(&c, scratch);
    draft_sort(&c, first_part, scratch);
    draft_settle(&c);
    return import_give(sink, block, &c, record->line, scratch);
}

static bool read_conversations(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    static const char *const lists[] = { "conversations", "data", NULL };
    static const RecordReader reader = { .lists = lists, .read = read_conversation };
    return records_read(block, sink, scratch, &reader, err);
}

static int recognise(Str head, Str file_name, bool whole)
{
    enum {
        TYPE,
        LIST,
        PARTS,
        SOURCE,
        DELIVERED,
        L_TYPE,
        L_PARTS,
        L_SOURCE,
        D_TYPE,
        D_SOURCE,
        N_PARTS,
        N_SOURCE,
        OLD,
        L_OLD,
        PART_TYPE,
        L_PART_TYPE,
        L_DELIVERED,
        N_TYPE
    };
    static const char *const marks[] = {
        [TYPE] = "type=conversation",
        [LIST] = "type=conversation.list",
        [PARTS] = "conversation_parts.conversation_parts",
        [SOURCE] = "source.author",
        [DELIVERED] = "source.delivered_as",
        [L_TYPE] = "conversations.type=conversation",
        [L_PARTS] = "conversations.conversation_parts",
        [L_SOURCE] = "conversations.source.author",
        [D_TYPE] = "data.type=conversation",
        [D_SOURCE] = "data.source.author",
        [N_PARTS] = "data.item.conversation_parts",
        [N_SOURCE] = "data.item.source",
        [OLD] = "conversation_message.author",
        [L_OLD] = "conversations.conversation_message.author",
        [PART_TYPE] = "conversation_parts.part_type",
        [L_PART_TYPE] = "conversations.conversation_parts.conversation_parts.part_type",
        [L_DELIVERED] = "conversations.source.delivered_as",
        [N_TYPE] = "data.item.type=conversation",
    };
    uint32_t seen = shape_marks(head, marks, COUNT(marks));
#define SEEN(mark) shape_met(seen, mark)
    bool sure = SEEN(PARTS) || SEEN(PART_TYPE) || SEEN(LIST) || (SEEN(SOURCE) && (SEEN(DELIVERED) || SEEN(TYPE))) ||
                SEEN(L_PART_TYPE) || (SEEN(L_SOURCE) && (SEEN(L_TYPE) || SEEN(L_DELIVERED) || SEEN(L_PARTS))) ||
                (SEEN(D_TYPE) && SEEN(D_SOURCE)) || SEEN(OLD) || SEEN(L_OLD) ||
                (SEEN(N_TYPE) && (SEEN(N_PARTS) || SEEN(N_SOURCE)));
#undef SEEN
    (void)file_name, (void)whole;
    return sure ? 90 : 0;
}

const Format format_intercom = {
    .name = "intercom", .about = "Intercom conversations", .recognise = recognise, .read = read_conversations
};
